/* upsample.c: upsample on the processor */

#include <string.h>

#include "host/host.h"
#include "interface/upsample.h"

typedef struct
{
  const struct vc_upsample_push *push;

  const float *x;
  float       *y;
} Work;

static void
double_lines (guint    first,
              guint    end,
              gpointer data)
{
  const Work *work = data;
  const uint32_t width = work->push->width;
  const gsize channels = work->push->channels;

  for (guint line = first; line < end; line++)
    {
      const float *x = work->x + (gsize) line * width * channels;
      float *y = work->y + (gsize) line * width * channels * 4;

      for (uint32_t column = 0; column < width; column++)
        {
          memcpy (y + 2 * column * channels, x + column * channels, channels * sizeof (float));
          memcpy (y + (2 * column + 1) * channels, x + column * channels, channels * sizeof (float));
        }
      memcpy (y + 2 * width * channels, y, 2 * width * channels * sizeof (float));
    }
}

void
vc_host_upsample (VcHost       *host,
                  const VcCall *call)
{
  const struct vc_upsample_push *push = call->push;
  Work work = { push, call->reads[0], call->writes[0] };

  vc_host_parallel (host, push->lines, vc_host_grain ((gsize) push->width * push->channels * 4),
                    double_lines, &work);
}
