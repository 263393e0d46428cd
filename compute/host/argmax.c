/* argmax.c: where in each row its greatest element is, on the processor */

#include "host/host.h"
#include "interface/argmax.h"

typedef struct
{
  const float *x;
  uint32_t    *ids;
  uint32_t     width;
} Work;

static void
find_rows (guint    first,
           guint    end,
           gpointer data)
{
  const Work *work = data;

  for (guint row = first; row < end; row++)
    {
      const float *x = work->x + (gsize) row * work->width;
      uint32_t place = 0;

      while (place + 1 < work->width && x[place] != x[place])
        place++;
      for (uint32_t i = place + 1; i < work->width; i++)
        if (x[i] > x[place])
          place = i;
      work->ids[row] = x[place] == x[place] ? place : 0;
    }
}

void
vc_host_argmax (VcHost       *host,
                const VcCall *call)
{
  const struct vc_argmax_push *push = call->push;
  Work work = { call->reads[0], call->writes[0], push->width };

  vc_host_parallel (host, push->rows, vc_host_grain (push->width), find_rows, &work);
}
