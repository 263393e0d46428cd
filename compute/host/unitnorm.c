/* unitnorm.c: every row at length 1, on the processor */

#include <math.h>

#include "host/host.h"
#include "interface/unitnorm.h"

typedef struct
{
  const float *x;
  float       *y;
  uint32_t     width;
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
      double squares = 0;

      for (uint32_t i = 0; i < width; i++)
        squares += (double) x[i] * x[i];

      const double scale = squares > 0 ? 1 / sqrt (squares) : 0;

      for (uint32_t i = 0; i < width; i++)
        y[i] = x[i] * scale;
    }
}

void
vc_host_unitnorm (VcHost       *host,
                  const VcCall *call)
{
  const struct vc_unitnorm_push *push = call->push;
  Work work = { call->reads[0], call->writes[0], push->width };

  vc_host_parallel (host, push->rows, vc_host_grain (push->width), normalise_rows, &work);
}
