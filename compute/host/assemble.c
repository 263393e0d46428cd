/* assemble.c: a class token before each picture's patches, and places added, on the processor */

#include <string.h>

#include "host/host.h"
#include "interface/assemble.h"
#include "tensor/half.h"

typedef struct
{
  const float                   *patches;
  const float                   *class_token;
  const void                    *positions;
  float                         *y;
  VcDtype                        store;
  const struct vc_assemble_push *push;
} Work;

static void
assemble_rows (guint    first,
               guint    end,
               gpointer data)
{
  const Work *work = data;
  const gsize width = work->push->width;
  const uint32_t tokens = work->push->tokens;

  for (guint row = first; row < end; row++)
    {
      const uint32_t t = row % tokens;
      const gsize patch = (gsize) row / tokens * (tokens - 1) + t - 1;
      const float *from = t == 0 ? work->class_token : work->patches + patch * width;
      float *y = work->y + row * width;

      if (work->store == VC_F16)
        vc_half_widen ((const uint16_t *) work->positions + t * width, y, width);
      else
        memcpy (y, (const float *) work->positions + t * width, width * sizeof *y);

      for (uint32_t i = 0; i < width; i++)
        y[i] += from[i];
    }
}

void
vc_host_assemble (VcHost       *host,
                  const VcCall *call)
{
  const struct vc_assemble_push *push = call->push;
  Work work = { call->reads[0], call->reads[1], call->reads[2], call->writes[0], call->store, push };

  vc_host_parallel (host, push->count * push->tokens, vc_host_grain (push->width),
                    assemble_rows, &work);
}
