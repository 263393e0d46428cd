/* conv2d.c: conv2d on the processor, as products of matrices */

#include <string.h>

#include "host/host.h"
#include "host/kernels.h"
#include "host/winograd.h"
#include "interface/conv2d.h"

/* Floats of one panel of taps: what a core's own cache holds beside the weights that pass through. */
#define PANEL_FLOATS (256u * 1024)

/* Below this many outputs, red, green and blue for one, most of a vector of them would be idle. */
#define FEW_OUTPUTS 8

typedef struct
{
  const struct vc_conv2d_push *push;

  const float *x;
  const void  *weight;         /* (outputs, taps), of @store */
  const float *bias;           /* may be NULL */
  float       *y;
  VcDtype      store;

  gboolean     is_product;     /* x itself is the matrix: every pixel is its own taps */
  uint32_t     taps;
  uint32_t     panel_pixels;
  uint32_t     block_outputs;
  uint32_t     n_blocks;
} Work;

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

/* A panel of pixels by a block of outputs. */
static void
convolve_tile (const Work *work,
               uint32_t    panel,
               uint32_t    block)
{
  const struct vc_conv2d_push *push = work->push;
  const uint32_t first = panel * work->panel_pixels;
  const uint32_t pixels = MIN (work->panel_pixels, push->pixels - first);
  const uint32_t first_output = block * work->block_outputs;
  const uint32_t outputs = MIN (work->block_outputs, push->outputs - first_output);
  const uint8_t *weight = (const uint8_t *) work->weight +
                          (gsize) first_output * work->taps * vc_dtype_size (work->store);
  const float *bias = work->bias != NULL ? work->bias + first_output : NULL;
  float *y = work->y + (gsize) first * push->outputs + first_output;
  const gsize n_taps = work->is_product ? 0 : (gsize) work->panel_pixels * work->taps;
  float *scratch = vc_host_thread_scratch ((VC_KERNEL_SCRATCH + n_taps) * sizeof *scratch);
  const float *matrix = work->x + (gsize) first * work->taps;

  if (!work->is_product)
    {
      float *taps = scratch + VC_KERNEL_SCRATCH;

      for (uint32_t i = 0; i < pixels; i++)
        write_taps (work, first + i, taps + (gsize) i * work->taps);
      matrix = taps;
    }

  if (outputs < FEW_OUTPUTS)
    vc_kernels ()->products (matrix, work->taps, weight, work->store, bias, y, push->outputs,
                             pixels, work->taps, outputs);
  else
    vc_kernels ()->multiply (matrix, work->taps, weight, work->store, FALSE, bias, y, push->outputs,
                             pixels, work->taps, outputs, scratch);
}

static void
convolve_tiles (guint    first,
                guint    end,
                gpointer data)
{
  const Work *work = data;

  for (guint tile = first; tile < end; tile++)
    convolve_tile (work, tile / work->n_blocks, tile % work->n_blocks);
}

void
vc_host_conv2d (VcHost       *host,
                const VcCall *call)
{
  const struct vc_conv2d_push *push = call->push;
  const guint tiles = 2 * vc_host_get_threads (host);  /* as many as keep all threads busy */
  Work work = {
    .push = push,
    .x = call->reads[0],
    .weight = call->reads[1],
    .store = call->store,
    .bias = call->constants[VC_CONV2D_BIAS] ? call->reads[2] : NULL,
    .y = call->writes[0],
    .taps = push->side * push->side * push->inputs,
    .is_product = push->side == 1 && push->stride == 1 && push->before == 0 &&
                  push->out_height == push->height && push->out_width == push->width,
  };
  uint32_t n_panels;

  if (vc_host_winograd_suits (push))
    {
      vc_host_winograd (host, call);
      return;
    }

  work.panel_pixels = MIN (push->pixels, CLAMP (PANEL_FLOATS / work.taps / 16 * 16, 64, 512));
  n_panels = (push->pixels + work.panel_pixels - 1) / work.panel_pixels;

  /* Few pixels: the outputs are shared out too, though each block lays out its taps again. */
  work.n_blocks = CLAMP (tiles / n_panels, 1, (push->outputs + 63) / 64);
  work.block_outputs = (push->outputs + work.n_blocks - 1) / work.n_blocks;
  work.n_blocks = (push->outputs + work.block_outputs - 1) / work.block_outputs;

  vc_host_parallel (host, n_panels * work.n_blocks, 1, convolve_tiles, &work);
}
