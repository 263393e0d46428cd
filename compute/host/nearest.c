/* nearest.c: nearest on the processor */

#include "host/host.h"
#include "host/kernels.h"
#include "interface/nearest.h"

typedef struct
{
  const struct vc_nearest_push *push;

  const float *x;
  const float *table;
  uint32_t    *ids;
} Work;

static void
find_rows (guint    first,
           guint    end,
           gpointer data)
{
  const Work *work = data;
  const uint32_t width = work->push->width;

  for (guint row = first; row < end; row += VC_NEAREST_ROWS)
    vc_kernels ()->nearest (work->x + (gsize) row * width, work->table, work->ids + row,
                            MIN (VC_NEAREST_ROWS, end - row), work->push->codes, width);
}

void
vc_host_nearest (VcHost       *host,
                 const VcCall *call)
{
  const struct vc_nearest_push *push = call->push;
  Work work = {
    .push = push,
    .x = call->reads[0],
    .table = vc_host_widen (host, call->reads[1], call->store, (gsize) push->codes * push->width),
    .ids = call->writes[0],
  };

  vc_host_parallel (host, push->rows, VC_NEAREST_ROWS, find_rows, &work);
}
