/* conv2d.c: conv2d on the processor, as products of matrices */

#include <cblas.h>
#include <stdatomic.h>
#include <string.h>

#include "host/host.h"
#include "interface/conv2d.h"
#include "tensor/half.h"

/* Floats of one panel of taps: what a core's own cache holds beside the weights that pass through. */
#define PANEL_FLOATS (256u * 1024)

typedef struct
{
  const struct vc_conv2d_push *push;

  const float *x;
  const float *weight;         /* (outputs, taps) */
  const float *bias;           /* may be NULL */
  float       *y;

  float       *panels;         /* one a worker; NULL where x itself is the matrix */
  uint32_t     taps;
  uint32_t     panel_pixels;
  uint32_t     n_panels;
  uint32_t     block_outputs;
  uint32_t     n_blocks;
  atomic_uint  next;           /* tile, of n_panels * n_blocks */
} Work;

typedef struct
{
  const uint16_t *halves;
  float          *values;
  uint32_t        width;
} Widening;

static void
widen_rows (guint    first,
            guint    end,
            gpointer data)
{
  const Widening *work = data;

  vc_half_widen (work->halves + (gsize) first * work->width,
                 work->values + (gsize) first * work->width, (gsize) (end - first) * work->width);
}

/* Writes down the pixels that the kernel sees from @pixel, (side, side, inputs), zeros outside. */
static void
write_taps (const Work *work,
            uint32_t    pixel,
            float      *taps)
{
  const struct vc_conv2d_push *push = work->push;
  const uint32_t area = push->out_height * push->out_width;
  const float *picture = work->x + (gsize) (pixel / area) * push->height * push->width * push->inputs;
  const int64_t top = (int64_t) (pixel % area / push->out_width) * push->stride - push->before;
  const int64_t left = (int64_t) (pixel % push->out_width) * push->stride - push->before;
  /* Columns of the kernel that lie inside the picture. */
  const int64_t begin = CLAMP (-left, 0, push->side);
  const int64_t end = CLAMP (push->width - left, begin, push->side);
  const gsize row = (gsize) push->side * push->inputs;
  const gsize size = (end - begin) * push->inputs * sizeof (float);

  for (uint32_t v = 0; v < push->side; v++, taps += row)
    {
      const int64_t line = top + v;

      if (line < 0 || line >= push->height || end == begin)
        {
          memset (taps, 0, row * sizeof (float));
          continue;
        }

      memset (taps, 0, begin * push->inputs * sizeof (float));
      memcpy (taps + begin * push->inputs,
              picture + (line * push->width + left + begin) * push->inputs, size);
      memset (taps + end * push->inputs, 0, (push->side - end) * push->inputs * sizeof (float));
    }
}

static void
convolve_tile (const Work *work,
               float      *panel,
               uint32_t    tile)
{
  const struct vc_conv2d_push *push = work->push;
  const uint32_t first = tile / work->n_blocks * work->panel_pixels;
  const uint32_t pixels = MIN (work->panel_pixels, push->pixels - first);
  const uint32_t first_output = tile % work->n_blocks * work->block_outputs;
  const uint32_t outputs = MIN (work->block_outputs, push->outputs - first_output);
  const float *matrix = work->x + (gsize) first * work->taps;
  float *y = work->y + (gsize) first * push->outputs + first_output;

  if (panel != NULL)
    {
      for (uint32_t i = 0; i < pixels; i++)
        write_taps (work, first + i, panel + (gsize) i * work->taps);
      matrix = panel;
    }

  if (work->bias != NULL)
    for (uint32_t i = 0; i < pixels; i++)
      memcpy (y + (gsize) i * push->outputs, work->bias + first_output, outputs * sizeof (float));

  cblas_sgemm (CblasRowMajor, CblasNoTrans, CblasTrans, pixels, outputs, work->taps,
               1, matrix, work->taps, work->weight + (gsize) first_output * work->taps, work->taps,
               work->bias != NULL ? 1 : 0, y, push->outputs);
}

/* A worker has a panel of its own and takes tiles until there are no more. */
static void
run_workers (guint    first,
             guint    end,
             gpointer data)
{
  Work *work = data;

  for (guint worker = first; worker < end; worker++)
    {
      float *panel = work->panels == NULL ? NULL :
                     work->panels + (gsize) worker * work->panel_pixels * work->taps;

      for (;;)
        {
          const uint32_t tile = atomic_fetch_add (&work->next, 1);

          if (tile >= work->n_panels * work->n_blocks)
            break;

          convolve_tile (work, panel, tile);
        }
    }
}

void
vc_host_conv2d (VcHost       *host,
                const VcCall *call)
{
  const struct vc_conv2d_push *push = call->push;
  const guint threads = vc_host_get_threads (host);
  const uint32_t taps = push->side * push->side * push->inputs;
  const gboolean is_product = push->side == 1 && push->stride == 1 && push->before == 0 &&
                              push->out_height == push->height && push->out_width == push->width;
  Work work = {
    .push = push,
    .x = call->reads[0],
    .weight = call->reads[1],
    .bias = call->constants[VC_CONV2D_BIAS] ? call->reads[2] : NULL,
    .y = call->writes[0],
    .taps = taps,
  };
  gsize panel;
  gsize widened;
  float *scratch;

  work.panel_pixels = CLAMP (PANEL_FLOATS / taps / 16 * 16, 64, 512);
  work.panel_pixels = MIN (work.panel_pixels, push->pixels);
  work.n_panels = (push->pixels + work.panel_pixels - 1) / work.panel_pixels;

  /* Few pixels on many cores: the outputs are shared out too, though each block lays out its taps again. */
  work.n_blocks = MIN ((2 * threads + work.n_panels - 1) / work.n_panels, (push->outputs + 63) / 64);
  if (work.n_panels >= 2 * threads)
    work.n_blocks = 1;
  work.block_outputs = (push->outputs + work.n_blocks - 1) / work.n_blocks;
  work.n_blocks = (push->outputs + work.block_outputs - 1) / work.block_outputs;

  panel = is_product ? 0 : (gsize) work.panel_pixels * taps;
  widened = call->store == VC_F16 ? (gsize) push->outputs * taps : 0;
  scratch = vc_host_scratch (host, MAX (1, (threads * panel + widened) * sizeof (float)));
  if (!is_product)
    work.panels = scratch;

  if (widened > 0)
    {
      Widening widening = { call->reads[1], scratch + threads * panel, taps };

      vc_host_parallel (host, push->outputs, vc_host_grain (taps), widen_rows, &widening);
      work.weight = widening.values;
    }

  vc_host_parallel (host, threads, 1, run_workers, &work);
}
