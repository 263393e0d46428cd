/* winograd.c: 3x3 convolutions by fewer products, on the processor
 *
 * Winograd's minimal filtering F(4x4, 3x3) [Lavin & Gray 2015]: a tile of 4x4 outputs sees 6x6 pixels.
 * Both pixels and weights are transformed to 36 values each, which are multiplied place by place, summed
 * over the channels, and transformed back: 36 products where there were 144. The sums over channels are
 * 36 products of matrices: of a panel of tiles at a time, or, where the tiles are few, of a slice of the
 * outputs, whose weights are then multiplied as soon as they are transformed.
 */

#include "host/winograd.h"

#include "host/kernels.h"
#include "tensor/half.h"

#define SPOTS 36

/* Floats of a panel's transformed pixels: they are written and read again while still in the cache. */
#define PANEL_FLOATS (512u * 1024)

/* Up to so many tiles, outputs are sliced. */
#define FEW_TILES 64
/* Outputs of a slice, whose weights stay near the core: what products likes, and as many as the vectors need. */
#define SLICE (3 * VC_KERNEL_OUTS)

G_STATIC_ASSERT (SLICE >= 16);

/* Floats between what would fall on one place of the cache. */
#define APART 16

typedef struct
{
  const struct vc_conv2d_push *push;

  const float *x;
  const void  *weight;
  const float *bias;          /* may be NULL */
  float       *y;
  VcDtype      store;

  float       *spread;        /* (SPOTS, outputs, inputs) the transformed weights; of slices, the pixels */
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

/* The weights of @output; @wide, (9, inputs), is written over. */
static void
spread_output (const Work *work,
               uint32_t    output,
               float      *wide,
               float      *into,
               gsize       stride)
{
  const gsize n = 9 * (gsize) work->push->inputs;
  const float *weight = (const float *) work->weight + output * n;

  if (work->store == VC_F16)
    {
      vc_half_widen ((const uint16_t *) work->weight + output * n, wide, n);
      weight = wide;
    }

  vc_kernels ()->spread_weights (weight, into, stride, work->push->inputs);
}

static void
spread_outputs (guint    first,
                guint    end,
                gpointer data)
{
  const Work *work = data;
  const uint32_t inputs = work->push->inputs;
  float *wide = vc_host_thread_scratch (9 * (gsize) inputs * sizeof *wide);

  for (guint output = first; output < end; output++)
    spread_output (work, output, wide, work->spread + (gsize) output * inputs,
                   (gsize) work->push->outputs * inputs);
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

/* Outputs @first to @first + @outputs of a tile. */
static void
gather_tile (const Work  *work,
             uint32_t     tile,
             uint32_t     first,
             uint32_t     outputs,
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
                  work->y + place * push->outputs + first : NULL;
    }

  vc_kernels ()->gather_pixels (from, stride, work->bias != NULL ? work->bias + first : NULL, pixels, outputs);
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
        gather_tile (work, tile + i, 0, outputs, products + (gsize) i * outputs, out_stride);
    }
}

/* Of slices: floats between the transformed pixels of one spot and the next. */
static gsize
get_pixel_stride (const Work *work)
{
  return (gsize) work->n_tiles * (work->push->inputs + APART) + APART;
}

static void
spread_tiles (guint    first,
              guint    end,
              gpointer data)
{
  const Work *work = data;
  const uint32_t inputs = work->push->inputs;
  float *zeros = vc_host_thread_scratch (inputs * sizeof *zeros);

  for (uint32_t c = 0; c < inputs; c++)
    zeros[c] = 0;

  for (guint tile = first; tile < end; tile++)
    spread_tile (work, tile, zeros, work->spread + (gsize) tile * (inputs + APART), get_pixel_stride (work));
}

/* The last slice takes what is left. */
static void
convolve_slices (guint    first,
                 guint    end,
                 gpointer data)
{
  const Work *work = data;
  const uint32_t inputs = work->push->inputs;
  const uint32_t n_slices = work->push->outputs / SLICE;
  const gsize in_stride = 2 * SLICE * (gsize) inputs + APART;
  const gsize out_stride = (gsize) work->n_tiles * 2 * SLICE;
  float *weights = vc_host_thread_scratch ((SPOTS * (in_stride + out_stride) + 9 * (gsize) inputs) * sizeof *weights);
  float *products = weights + SPOTS * in_stride;
  float *wide = products + SPOTS * out_stride;

  for (guint slice = first; slice < end; slice++)
    {
      const uint32_t output = slice * SLICE;
      const uint32_t outputs = slice + 1 >= n_slices ? work->push->outputs - output : SLICE;

      for (uint32_t i = 0; i < outputs; i++)
        spread_output (work, output + i, wide, weights + (gsize) i * inputs, in_stride);

      for (guint spot = 0; spot < SPOTS; spot++)
        vc_kernels ()->products (work->spread + spot * get_pixel_stride (work), inputs + APART,
                                 weights + spot * in_stride, VC_F32, NULL, products + spot * out_stride, outputs,
                                 work->n_tiles, inputs, outputs);

      for (uint32_t i = 0; i < work->n_tiles; i++)
        gather_tile (work, i, output, outputs, products + (gsize) i * outputs, out_stride);
    }
}

void
vc_host_winograd (VcHost       *host,
                  const VcCall *call)
{
  const struct vc_conv2d_push *push = call->push;
  const gsize n = (gsize) push->outputs * push->inputs;
  const guint threads = vc_host_get_threads (host);
  Work work = {
    .push = push,
    .x = call->reads[0],
    .weight = call->reads[1],
    .bias = call->constants[VC_CONV2D_BIAS] ? call->reads[2] : NULL,
    .y = call->writes[0],
    .store = call->store,
    .tile_columns = (push->out_width + 3) / 4,
    .tile_rows = (push->out_height + 3) / 4,
  };
  guint most;
  guint n_panels;

  work.n_tiles = push->pixels / (push->out_height * push->out_width) * work.tile_rows * work.tile_columns;

  if (work.n_tiles <= FEW_TILES)
    {
      work.spread = vc_host_scratch (host, SPOTS * get_pixel_stride (&work) * sizeof (float));
      vc_host_parallel (host, work.n_tiles, vc_host_grain (push->inputs * SPOTS), spread_tiles, &work);
      vc_host_parallel (host, MAX (push->outputs / SLICE, 1), 1, convolve_slices, &work);
      return;
    }

  /* As many panels as keep all threads busy to the end. */
  most = CLAMP (PANEL_FLOATS / (SPOTS * MAX (push->inputs, push->outputs)), 16, 256);
  n_panels = (work.n_tiles + most - 1) / most;
  n_panels = (n_panels + threads - 1) / threads * threads;
  work.panel_tiles = (work.n_tiles + n_panels - 1) / n_panels;
  work.spread = vc_host_scratch (host, SPOTS * n * sizeof (float));

  vc_host_parallel (host, push->outputs, vc_host_grain (push->inputs * 16), spread_outputs, &work);
  vc_host_parallel (host, (work.n_tiles + work.panel_tiles - 1) / work.panel_tiles, 1,
                    convolve_panels, &work);
}
