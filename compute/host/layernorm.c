/* layernorm.c: layernorm on the processor */

#include <math.h>

#include "host/host.h"
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
  const uint32_t width = work->width;

  for (guint row = first; row < end; row++)
    {
      const float *x = work->x + (gsize) row * width;
      float *y = work->y + (gsize) row * width;
      float sum = 0;
      float squares = 0;

      for (uint32_t i = 0; i < width; i++)
        sum += x[i];

      const float mean = sum / width;

      for (uint32_t i = 0; i < width; i++)
        squares += (x[i] - mean) * (x[i] - mean);

      const float scale = 1 / sqrtf (squares / width + work->epsilon);

      for (uint32_t i = 0; i < width; i++)
        y[i] = (x[i] - mean) * scale * work->gain[i] + work->bias[i];
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
