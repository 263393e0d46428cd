/* linear.c: every row times a matrix of weights, on the processor */

#include <string.h>

#include "host/host.h"
#include "host/kernels.h"
#include "interface/linear.h"

/* Weights that a thread takes at a time: below this, waking it costs more than it does. */
#define FEW_WEIGHTS 65536

/* A line of the cache: rows that do not begin with one are read by halves. */
#define LINE 16
/* Where rows begin a multiple of so many floats apart, many of them share one place of the nearest cache. */
#define CROWDED 256

/* What counts as few here: up to so many it is faster to read the weights twice than to lay them out. */
#define FEW_ROWS (2 * VC_FEW_ROWS)

/* Many rows are taken in blocks of so many, and of so many outputs, by one thread each. */
#define BLOCK_ROWS 240
#define BLOCK_OUTS 128

typedef struct
{
  const float *x;
  gsize        stride;  /* of x */
  const void  *weight;
  const float *bias;  /* may be NULL */
  float       *y;
  gsize        y_stride;
  VcDtype      store;
  uint32_t     rows;
  uint32_t     in;
  uint32_t     out;
  uint32_t     then;
  gboolean     coarse;  /* of many rows */
} Work;

/* Moves the rows of x to where they are quick to read. */
static void
spread_rows (VcHost *host,
             Work   *work)
{
  const gsize stride = work->in / LINE * LINE + LINE;
  float *spread = vc_host_scratch (host, work->rows * stride * sizeof *spread);

  for (uint32_t r = 0; r < work->rows; r++)
    memcpy (spread + r * stride, work->x + (gsize) r * work->in, work->in * sizeof *spread);
  work->x = spread;
  work->stride = stride;
}

/* What follows the bias, for a part of y that a thread has just written. */
static void
finish (const Work *work,
        float      *y,
        uint32_t    rows,
        uint32_t    outs)
{
  if (work->then == VC_LINEAR_NOTHING)
    return;

  for (uint32_t r = 0; r < rows; r++, y += work->y_stride)
    vc_kernels ()->activate (work->then - VC_LINEAR_ACTIVATED, y, y, outs);
}

static void
multiply_few (guint    first,
              guint    end,
              gpointer data)
{
  const Work *work = data;
  const gsize start = (gsize) first * work->in * vc_dtype_size (work->store);

  vc_kernels ()->products (work->x, work->stride, (const uint8_t *) work->weight + start, work->store,
                           work->bias != NULL ? work->bias + first : NULL,
                           work->y + first, work->y_stride, work->rows, work->in, end - first);
  finish (work, work->y + first, work->rows, end - first);
}

static void
multiply_blocks (guint    first,
                 guint    end,
                 gpointer data)
{
  const Work *work = data;
  const guint panels = (work->out + BLOCK_OUTS - 1) / BLOCK_OUTS;
  const VcKernels *kernels = vc_kernels ();
  float *scratch = vc_host_thread_scratch (VC_KERNEL_SCRATCH * sizeof *scratch);

  for (guint i = first; i < end; i++)
    {
      const uint32_t row = i / panels * BLOCK_ROWS;
      const uint32_t o = i % panels * BLOCK_OUTS;
      const gsize start = (gsize) o * work->in * vc_dtype_size (work->store);

      (work->coarse ? kernels->multiply_coarse : kernels->multiply) (
        work->x + row * work->stride, work->stride, (const uint8_t *) work->weight + start, work->store, FALSE,
        work->bias != NULL ? work->bias + o : NULL, work->y + row * work->y_stride + o, work->y_stride,
        MIN (BLOCK_ROWS, work->rows - row), work->in, MIN (BLOCK_OUTS, work->out - o), scratch);
      finish (work, work->y + row * work->y_stride + o, MIN (BLOCK_ROWS, work->rows - row),
              MIN (BLOCK_OUTS, work->out - o));
    }
}

void
vc_host_linear (VcHost       *host,
                const VcCall *call)
{
  const struct vc_linear_push *push = call->push;
  Work work = { call->reads[0], push->in_width, call->reads[1],
                call->constants[VC_LINEAR_BIASED] ? (const float *) call->reads[2] + push->first_out : NULL,
                (float *) call->writes[0] + push->first_out, push->out_width,
                call->store, push->rows, push->in_width, push->outs,
                call->constants[VC_LINEAR_THEN],
                call->constants[VC_LINEAR_COARSE] && vc_kernels ()->multiply_coarse != NULL };

  if (work.rows <= VC_FEW_ROWS || (work.rows <= FEW_ROWS && !work.coarse))
    {
      const guint panels = MAX (1, FEW_WEIGHTS / VC_KERNEL_OUTS / work.in);

      /* Of f16 weights there is so much less in the cache that rows need not be moved. */
      if (work.rows > 4 && work.store == VC_F32 && (work.in % CROWDED == 0 || work.in % LINE != 0))
        spread_rows (host, &work);
      vc_host_parallel (host, work.out, panels * VC_KERNEL_OUTS, multiply_few, &work);
    }
  else
    {
      const guint panels = (work.out + BLOCK_OUTS - 1) / BLOCK_OUTS;
      const guint blocks = (work.rows + BLOCK_ROWS - 1) / BLOCK_ROWS;

      vc_host_parallel (host, blocks * panels, 1, multiply_blocks, &work);
    }
}
