/* widen.c: f16 weights as floats, on all threads */

#include "host/host.h"
#include "tensor/half.h"

#define PIECE 65536u

typedef struct
{
  const uint16_t *halves;
  float          *values;
  gsize           n;
} Work;

static void
widen_pieces (guint    first,
              guint    end,
              gpointer data)
{
  const Work *work = data;
  const gsize start = (gsize) first * PIECE;

  vc_half_widen (work->halves + start, work->values + start, MIN ((gsize) end * PIECE, work->n) - start);
}

const float *
vc_host_widen (VcHost     *host,
               const void *weights,
               VcDtype     store,
               gsize       n)
{
  Work work = { weights, NULL, n };

  if (store != VC_F16)
    return weights;

  work.values = vc_host_scratch (host, n * sizeof *work.values);
  vc_host_parallel (host, (n + PIECE - 1) / PIECE, 1, widen_pieces, &work);

  return work.values;
}
