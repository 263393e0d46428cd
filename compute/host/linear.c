/* linear.c: every row times a matrix of weights, on the processor */

#include <cblas.h>

#include "host/host.h"
#include "host/kernels.h"
#include "interface/linear.h"
#include "tensor/half.h"

/* Weights that a thread takes at a time: below this, waking it costs more than it does. */
#define FEW_WEIGHTS 65536

/* A block of many rows and its outputs: BLAS has them on one thread. The size is fixed, so that the
 * numbers do not depend on how many threads there are. */
#define BLOCK_ROWS 512
#define BLOCK_OUTS 128

typedef struct
{
  const float *x;
  const void  *weight;
  const float *bias;  /* may be NULL */
  float       *y;
  VcDtype      store;
  uint32_t     rows;
  uint32_t     in;
  uint32_t     out;
} Work;

static void
multiply_few (guint    first,
              guint    end,
              gpointer data)
{
  const Work *work = data;
  const gsize start = (gsize) first * work->in * vc_dtype_size (work->store);

  vc_kernels ()->products (work->x, (const uint8_t *) work->weight + start, work->store,
                           work->bias != NULL ? work->bias + first : NULL,
                           work->y + first, work->out, work->rows, work->in, end - first);
}

static void
multiply_block (const Work *work,
                uint32_t    first_row,
                uint32_t    first_out)
{
  const uint32_t rows = MIN (BLOCK_ROWS, work->rows - first_row);
  const uint32_t outs = MIN (BLOCK_OUTS, work->out - first_out);
  const gsize start = (gsize) first_out * work->in;
  const gsize n = (gsize) outs * work->in;
  const float *weight = (const float *) work->weight + start;
  float *y = work->y + (gsize) first_row * work->out + first_out;

  if (work->store == VC_F16)
    {
      float *wide = vc_host_thread_scratch (n * sizeof *wide);

      vc_half_widen ((const uint16_t *) work->weight + start, wide, n);
      weight = wide;
    }

  cblas_sgemm (CblasRowMajor, CblasNoTrans, CblasTrans, rows, outs, work->in,
               1, work->x + (gsize) first_row * work->in, work->in, weight, work->in,
               0, y, work->out);

  if (work->bias != NULL)
    for (uint32_t r = 0; r < rows; r++)
      for (uint32_t o = 0; o < outs; o++)
        y[(gsize) r * work->out + o] += work->bias[first_out + o];
}

static void
multiply_blocks (guint    first,
                 guint    end,
                 gpointer data)
{
  const Work *work = data;
  const guint panels = (work->out + BLOCK_OUTS - 1) / BLOCK_OUTS;

  for (guint i = first; i < end; i++)
    multiply_block (work, i / panels * BLOCK_ROWS, i % panels * BLOCK_OUTS);
}

void
vc_host_linear (VcHost       *host,
                const VcCall *call)
{
  const struct vc_linear_push *push = call->push;
  Work work = { call->reads[0], call->reads[1],
                call->constants[VC_LINEAR_BIASED] ? call->reads[2] : NULL, call->writes[0],
                call->store, push->rows, push->in_width, push->out_width };

  if (work.rows <= VC_FEW_ROWS)
    {
      vc_host_parallel (host, work.out, MAX (1, FEW_WEIGHTS / work.in), multiply_few, &work);
    }
  else
    {
      const guint panels = (work.out + BLOCK_OUTS - 1) / BLOCK_OUTS;
      const guint blocks = (work.rows + BLOCK_ROWS - 1) / BLOCK_ROWS;

      vc_host_parallel (host, blocks * panels, 1, multiply_blocks, &work);
    }
}
