/* repeat.c: every row several times, on the processor */

#include <string.h>

#include "host/host.h"
#include "interface/repeat.h"

typedef struct
{
  const float                 *x;
  float                       *y;
  const struct vc_repeat_push *push;
} Work;

static void
repeat_rows (guint    first,
             guint    end,
             gpointer data)
{
  const Work *work = data;
  const gsize width = work->push->width;

  for (guint row = first; row < end; row++)
    memcpy (work->y + row * width, work->x + row / work->push->times * width, width * sizeof (float));
}

void
vc_host_repeat (VcHost       *host,
                const VcCall *call)
{
  const struct vc_repeat_push *push = call->push;
  Work work = { call->reads[0], call->writes[0], push };

  vc_host_parallel (host, push->rows * push->times, vc_host_grain (push->width), repeat_rows, &work);
}
