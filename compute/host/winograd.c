/* winograd.c: 3x3 convolutions by fewer products, on the processor
 *
 * Winograd's minimal filtering F(4x4, 3x3) [Lavin & Gray 2015]: a tile of 4x4 outputs sees 6x6 pixels.
 * Both pixels and weights are transformed to 36 values each, which are multiplied place by place, summed
 * over the channels, and transformed back: 36 products where there were 144. The sums over channels are
 * 36 products of matrices, of a panel of tiles at a time.
 */

#include "host/winograd.h"


#include "host/kernels.h"
#include "tensor/half.h"

#define SPOTS 36

/* Floats of a panel's transformed pixels: they are written and read again while still in the cache. */
#define PANEL_FLOATS (512u * 1024)

typedef struct
{
  const struct vc_conv2d_push *push;

  const float *x;
  const void  *weight;
  const float *bias;          /* may be NULL */
  float       *y;
  VcDtype      store;

  float       *spread;        /* (SPOTS, outputs, inputs) the transformed weights */
  uint32_t     tile_columns;
  uint32_t     tile_rows;     /* of one picture */
  uint32_t     n_tiles;       /* of all */
  uint32_t     panel_tiles;
} Work;

gboolean
vc_host_winograd_suits (const struct vc_conv2d_push *push)
{
  /* The vectors need 16 channels. Transforming the weights costs the same whatever the picture's size;
   * at 16x16 pixels it is still less than what is saved: 100 and 146 GFLOP/s of a core, 512 channels
   * each way, and 113 and 378 at 256x256 and 128. */
  return push->side == 3 && push->stride == 1 && push->inputs >= 16 && push->outputs >= 16 &&
         push->out_height * push->out_width >= 16 * 16;
}

static void
spread_outputs (guint    first,
                guint    end,
                gpointer data)
{
  const Work *work = data;
  const uint32_t inputs = work->push->inputs;
  const gsize n = 9 * (gsize) inputs;

  for (guint output = first; output < end; output++)
    {
      const float *weight = (const float *) work->weight + output * n;

      if (work->store == VC_F16)
        {
          float *wide = vc_host_thread_scratch (n * sizeof *wide);

          vc_half_widen ((const uint16_t *) work->weight + output * n, wide, n);
          weight = wide;
        }

      vc_kernels ()->spread_weights (weight, work->spread + (gsize) output * inputs,
                                     (gsize) work->push->outputs * inputs, inputs);
    }
}

/* A tile's place: its picture, and its upper left output. */
static void
find_tile (const Work *work,
           uint32_t    tile,
           uint32_t   *picture,
           uint32_t   *top,
           uint32_t   *left)
{
  *picture = tile / (work->tile_rows * work->tile_columns);
  *top = tile / work->tile_columns % work->tile_rows * 4;
  *left = tile % work->tile_columns * 4;
}

static void
spread_tile (const Work  *work,
             uint32_t     tile,
             const float *zeros,
             float       *into,
             gsize        stride)
{
  const struct vc_conv2d_push *push = work->push;
  const float *pixels[SPOTS];
  uint32_t picture;
  uint32_t top;
  uint32_t left;

  find_tile (work, tile, &picture, &top, &left);

  for (guint i = 0; i < SPOTS; i++)
    {
      const int64_t line = (int64_t) top + i / 6 - push->before;
      const int64_t column = (int64_t) left + i % 6 - push->before;
      const gboolean inside = line >= 0 && line < push->height && column >= 0 && column < push->width;

      pixels[i] = !inside ? zeros :
                  work->x + (((gsize) picture * push->height + line) * push->width + column) * push->inputs;
    }

  vc_kernels ()->spread_pixels (pixels, into, stride, push->inputs);
}

static void
gather_tile (const Work  *work,
             uint32_t     tile,
             const float *from,
             gsize        stride)
{
  const struct vc_conv2d_push *push = work->push;
  float *pixels[16];
  uint32_t picture;
  uint32_t top;
  uint32_t left;

  find_tile (work, tile, &picture, &top, &left);

  for (guint i = 0; i < 16; i++)
    {
      const uint32_t line = top + i / 4;
      const uint32_t column = left + i % 4;
      const gsize place = ((gsize) picture * push->out_height + line) * push->out_width + column;

      pixels[i] = line < push->out_height && column < push->out_width ?
                  work->y + place * push->outputs : NULL;
    }

  vc_kernels ()->gather_pixels (from, stride, work->bias, pixels, push->outputs);
}

static void
convolve_panels (guint    first,
                 guint    end,
                 gpointer data)
{
  const Work *work = data;
  const uint32_t inputs = work->push->inputs;
  const uint32_t outputs = work->push->outputs;
  const gsize in_stride = (gsize) work->panel_tiles * inputs;
  const gsize out_stride = (gsize) work->panel_tiles * outputs;
  const gsize n = SPOTS * (in_stride + out_stride) + inputs + VC_KERNEL_SCRATCH;
  float *pixels = vc_host_thread_scratch (n * sizeof *pixels);
  float *products = pixels + SPOTS * in_stride;
  float *zeros = products + SPOTS * out_stride;
  float *scratch = zeros + inputs;

  for (uint32_t c = 0; c < inputs; c++)
    zeros[c] = 0;

  for (guint panel = first; panel < end; panel++)
    {
      const uint32_t tile = panel * work->panel_tiles;
      const uint32_t tiles = MIN (work->panel_tiles, work->n_tiles - tile);

      for (uint32_t i = 0; i < tiles; i++)
        spread_tile (work, tile + i, zeros, pixels + (gsize) i * inputs, in_stride);

      for (guint spot = 0; spot < SPOTS; spot++)
        vc_kernels ()->multiply (pixels + spot * in_stride, inputs,
                                 work->spread + (gsize) spot * outputs * inputs, VC_F32, FALSE, NULL,
                                 products + spot * out_stride, outputs, tiles, inputs, outputs, scratch);

      for (uint32_t i = 0; i < tiles; i++)
        gather_tile (work, tile + i, products + (gsize) i * outputs, out_stride);
    }
}

void
vc_host_winograd (VcHost       *host,
                  const VcCall *call)
{
  const struct vc_conv2d_push *push = call->push;
  const gsize n = (gsize) push->outputs * push->inputs;
  Work work = {
    .push = push,
    .x = call->reads[0],
    .weight = call->reads[1],
    .bias = call->constants[VC_CONV2D_BIAS] ? call->reads[2] : NULL,
    .y = call->writes[0],
    .store = call->store,
    .spread = vc_host_scratch (host, SPOTS * n * sizeof (float)),
    .tile_columns = (push->out_width + 3) / 4,
    .tile_rows = (push->out_height + 3) / 4,
  };

  work.n_tiles = push->pixels / (push->out_height * push->out_width) * work.tile_rows * work.tile_columns;
  work.panel_tiles = CLAMP (PANEL_FLOATS / (SPOTS * MAX (push->inputs, push->outputs)), 16, 256);

  vc_host_parallel (host, push->outputs, vc_host_grain (push->inputs * 16), spread_outputs, &work);
  vc_host_parallel (host, (work.n_tiles + work.panel_tiles - 1) / work.panel_tiles, 1,
                    convolve_panels, &work);
}
