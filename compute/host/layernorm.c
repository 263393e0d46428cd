/* layernorm.c: layernorm on the processor */

#include "host/host.h"
#include "host/kernels.h"
#include "interface/layernorm.h"

typedef struct
{
  const float *x;
  const float *gain;
  const float *bias;
  float       *y;
  uint32_t     width;
  float        epsilon;
} Work;

static void
normalise_rows (guint    first,
                guint    end,
                gpointer data)
{
  const Work *work = data;

  for (guint row = first; row < end; row++)
    {
      const gsize start = (gsize) row * work->width;

      vc_kernels ()->normalise (work->x + start, work->gain, work->bias, work->y + start, work->width,
                                work->epsilon);
    }
}

void
vc_host_layernorm (VcHost       *host,
                   const VcCall *call)
{
  const struct vc_layernorm_push *push = call->push;
  Work work = { call->reads[0], call->reads[1], call->reads[2], call->writes[0],
                push->width, push->epsilon };

  vc_host_parallel (host, push->rows, vc_host_grain (push->width), normalise_rows, &work);
}
