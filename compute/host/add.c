/* add.c: the sum of two tensors of one shape, on the processor */

#include "host/host.h"
#include "interface/add.h"

typedef struct
{
  const float *a;
  const float *b;
  float       *y;
  float        scale;
} Work;

static void
add_elements (guint    first,
              guint    end,
              gpointer data)
{
  const Work *work = data;

  for (guint i = first; i < end; i++)
    work->y[i] = work->a[i] + work->scale * work->b[i];
}

void
vc_host_add (VcHost       *host,
             const VcCall *call)
{
  const struct vc_add_push *push = call->push;
  Work work = { call->reads[0], call->reads[1], call->writes[0], push->scale };

  vc_host_parallel (host, push->count, vc_host_grain (1), add_elements, &work);
}
