/* maxpool.c: two by two pixels become one, on the processor */

#include "host/host.h"
#include "interface/maxpool.h"

typedef struct
{
  const float                  *x;
  float                        *y;
  const struct vc_maxpool_push *push;
} Work;

static void
halve_lines (guint    first,
             guint    end,
             gpointer data)
{
  const Work *work = data;
  const gsize channels = work->push->channels;
  const gsize line = 2 * work->push->width * channels;

  for (guint row = first; row < end; row++)
    for (uint32_t column = 0; column < work->push->width; column++)
      {
        const float *x = work->x + 2 * row * line + 2 * column * channels;
        float *y = work->y + row * line / 2 + column * channels;

        for (gsize c = 0; c < channels; c++)
          {
            const float upper = MAX (x[c], x[channels + c]);
            const float lower = MAX (x[line + c], x[line + channels + c]);

            y[c] = MAX (upper, lower);
          }
      }
}

void
vc_host_maxpool (VcHost       *host,
                 const VcCall *call)
{
  const struct vc_maxpool_push *push = call->push;
  Work work = { call->reads[0], call->writes[0], push };

  vc_host_parallel (host, push->lines, vc_host_grain ((gsize) push->width * push->channels * 4),
                    halve_lines, &work);
}
