/* torgb.c: torgb on the processor */

#include <math.h>

#include "host/host.h"
#include "interface/torgb.h"

typedef struct
{
  const struct vc_torgb_push *push;

  const float *x;
  uint32_t    *y;
} Work;

/* rintf() rounds a half to the even of its neighbours. */
static uint32_t
to_byte (const Work *work,
         float       value)
{
  const float within = value * work->push->scale + work->push->shift;

  return within > 0 ? (uint32_t) rintf (255 * MIN (within, 1)) : 0;
}

static void
pack_pixels (guint    first,
             guint    end,
             gpointer data)
{
  const Work *work = data;

  for (guint pixel = first; pixel < end; pixel++)
    {
      const float *x = work->x + (gsize) pixel * 3;

      work->y[pixel] = to_byte (work, x[0]) | to_byte (work, x[1]) << 8 | to_byte (work, x[2]) << 16 |
                       (isfinite (x[0]) && isfinite (x[1]) && isfinite (x[2]) ? 0xff000000u : 0);
    }
}

void
vc_host_torgb (VcHost       *host,
               const VcCall *call)
{
  const struct vc_torgb_push *push = call->push;
  Work work = { push, call->reads[0], call->writes[0] };

  vc_host_parallel (host, push->pixels, vc_host_grain (12), pack_pixels, &work);
}
