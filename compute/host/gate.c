/* gate.c: one half of each row opens the other, on the processor */

#include "host/host.h"
#include "host/kernels.h"
#include "interface/gate.h"

/* Elements that a thread takes at a time, so that few rows keep all threads busy. */
#define PIECE 1024u

typedef struct
{
  const float  *x;
  float        *y;
  VcActivation  activation;
  uint32_t      width;
  uint32_t      pieces;  /* of a row */
} Work;

static void
open_pieces (guint    first,
             guint    end,
             gpointer data)
{
  const Work *work = data;

  for (guint i = first; i < end; i++)
    {
      const gsize row = i / work->pieces;
      const uint32_t at = i % work->pieces * PIECE;
      const uint32_t n = MIN (PIECE, work->width - at);
      const float *opening = work->x + 2 * row * work->width + at;
      const float *through = opening + work->width;
      float *y = work->y + row * work->width + at;

      vc_kernels ()->activate (work->activation, opening, y, n);
      for (uint32_t k = 0; k < n; k++)
        y[k] *= through[k];
    }
}

void
vc_host_gate (VcHost       *host,
              const VcCall *call)
{
  const struct vc_gate_push *push = call->push;
  Work work = { call->reads[0], call->writes[0], call->constants[VC_GATE_KIND], push->width,
                (push->width + PIECE - 1) / PIECE };

  vc_host_parallel (host, push->rows * work.pieces, vc_host_grain (PIECE), open_pieces, &work);
}
