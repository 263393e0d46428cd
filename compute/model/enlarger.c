/* enlarger.c: a picture with twice as many pixels along each side */

#include "model/enlarger.h"

#include "model/canvas.h"
#include "model/preprocess.h"
#include "tensor/json.h"

#include <math.h>
#include <string.h>

#define MOST_BLOCKS 32
#define MOST_WIDTH 256

/* Pixels along a square of the small picture. */
#define SQUARE 128

/* x + conv2 (silu (conv1 (x))) */
typedef struct
{
  VcConv conv1;
  VcConv conv2;
} Block;

struct _VcEnlarger
{
  VcDevice *device;   /* borrowed */
  VcArena  *arena;    /* owned: all tensors below */
  char     *hash;     /* owned */
  uint32_t  width;    /* channels on the way */
  uint32_t  n_blocks;
  VcConv    in;
  Block     blocks[MOST_BLOCKS];
  VcConv    up;
  VcConv    out;
};

static gboolean
read_config (VcEnlarger  *enlarger,
             const char  *directory,
             GError     **error)
{
  g_autofree char *path = g_build_filename (directory, "config.json", NULL);
  g_autoptr(VcJson) json = vc_json_load (path, VC_JSON_CONFIG, error);

  if (json == NULL)
    return FALSE;

  if (!g_str_equal (vc_json_string_or (json, "model_type", ""), "enlarger"))
    vc_json_fault (json, "model_type", "is not “enlarger”");
  enlarger->width = vc_json_u32 (json, "width", 1, MOST_WIDTH);
  enlarger->n_blocks = vc_json_u32 (json, "blocks", 0, MOST_BLOCKS);

  return vc_json_finish (json, error);
}

static VcConv
load_conv (VcLoader   *loader,
           const char *name,
           uint32_t    out,
           uint32_t    in)
{
  return vc_conv_load (loader, name, ".weight", ".bias", out, in, 3);
}

static gboolean
load_tensors (VcEnlarger  *enlarger,
              VcWeights   *weights,
              GError     **error)
{
  const uint32_t width = enlarger->width;
  g_autoptr(VcLoader) loader = vc_loader_new (enlarger->device, weights, error);

  if (loader == NULL)
    return FALSE;

  enlarger->in = load_conv (loader, "conv_in", width, 3);
  enlarger->up = load_conv (loader, "conv_up", width, width);
  enlarger->out = load_conv (loader, "conv_out", 3, width);
  for (uint32_t i = 0; i < enlarger->n_blocks; i++)
    {
      vc_loader_prefix (loader, "blocks.%u.", i);
      enlarger->blocks[i].conv1 = load_conv (loader, "conv1", width, width);
      enlarger->blocks[i].conv2 = load_conv (loader, "conv2", width, width);
    }

  enlarger->arena = vc_loader_finish (loader, error);

  return enlarger->arena != NULL;
}

VcEnlarger *
vc_enlarger_load (VcDevice    *device,
                  const char  *directory,
                  GError     **error)
{
  g_autoptr(VcEnlarger) enlarger = g_new0 (VcEnlarger, 1);
  g_autofree char *path = g_build_filename (directory, "model.safetensors", NULL);
  g_autoptr(VcWeights) weights = NULL;

  enlarger->device = device;
  if (!read_config (enlarger, directory, error) || (weights = vc_weights_open (path, error)) == NULL ||
      !load_tensors (enlarger, weights, error))
    return NULL;

  const char *hash = vc_weights_hash (weights, error);
  if (hash == NULL)
    return NULL;
  enlarger->hash = g_strdup (hash);

  return g_steal_pointer (&enlarger);
}

void
vc_enlarger_free (VcEnlarger *enlarger)
{
  if (enlarger == NULL)
    return;

  vc_arena_free (enlarger->arena);
  g_free (enlarger->hash);
  g_free (enlarger);
}

const char *
vc_enlarger_get_hash (VcEnlarger *enlarger)
{
  return enlarger->hash;
}

/* Pixels that one of the small picture reaches on each side: one a convolution, and half of one for each of the last
 * two, rounded up; even, so that bicubic (two pixels) and doubling stay in step. */
static uint32_t
get_reach (const VcEnlarger *enlarger)
{
  const uint32_t reach = MAX (1 + 2 * enlarger->n_blocks + 2, 3);

  return reach + reach % 2;
}

/* Three layers are enough: x, and two that take turns. */
static void
record_block (VcCanvas    *canvas,
              const Block *block)
{
  const uint32_t side = canvas->side;
  const uint32_t width = canvas->channels;
  const VcTensor x = vc_canvas_get (canvas);
  const VcTensor h = vc_canvas_peek (canvas, 1, side, width);
  const VcTensor g = vc_canvas_peek (canvas, 2, side, width);

  vc_op_conv2d (canvas->rec, &x, &block->conv1.kernel, &block->conv1.bias, 1, 1, 1, &h);
  vc_op_activate (canvas->rec, VC_SILU, &h, &g);
  vc_op_conv2d (canvas->rec, &g, &block->conv2.kernel, &block->conv2.bias, 1, 1, 1, &h);
  vc_op_add (canvas->rec, &x, &h, &g);
  vc_canvas_turn (canvas, 2, side, width);
}

/* (side, side, 3) in [0, 1] to what is to be added to (2 side, 2 side, 3). */
static gboolean
run (VcEnlarger   *enlarger,
     VcCanvas     *canvas,
     uint32_t      side,
     const float  *small,
     float        *added,
     GError      **error)
{
  vc_canvas_turn (canvas, 0, side, 3);

  const VcTensor first = vc_canvas_get (canvas);
  if (!vc_tensor_upload (&first, small, error))
    return FALSE;

  vc_canvas_conv (canvas, &enlarger->in, enlarger->width);
  for (uint32_t i = 0; i < enlarger->n_blocks; i++)
    record_block (canvas, &enlarger->blocks[i]);
  vc_canvas_double (canvas);
  vc_canvas_conv (canvas, &enlarger->up, enlarger->width);
  vc_canvas_activate (canvas, VC_SILU);
  vc_canvas_conv (canvas, &enlarger->out, 3);

  const VcTensor last = vc_canvas_get (canvas);

  return vc_recorder_submit (canvas->rec, error) && vc_tensor_download (&last, added, error);
}

/* A square of the picture; where that ends, its last pixels go on. */
static void
cut_square (const uint8_t *rgb,
            uint32_t       width,
            uint32_t       height,
            gsize          stride,
            int64_t        left,
            int64_t        top,
            uint32_t       side,
            uint8_t       *square)
{
  for (uint32_t y = 0; y < side; y++)
    {
      const uint8_t *row = rgb + (gsize) CLAMP (top + y, 0, (int64_t) height - 1) * stride;

      for (uint32_t x = 0; x < side; x++)
        memcpy (square + 3 * ((gsize) y * side + x), row + 3 * (gsize) CLAMP (left + x, 0, (int64_t) width - 1), 3);
    }
}

/* Adds up and places the middle of a square: (2 inner, 2 inner) pixels, as many of them as are in the picture. */
static gboolean
paste_square (const uint8_t *base,
              const float   *added,
              uint32_t       side,
              uint32_t       reach,
              uint32_t       left,
              uint32_t       top,
              uint32_t       width,
              uint32_t       height,
              uint8_t       *larger)
{
  const uint32_t inner = 2 * (side - 2 * reach);

  for (uint32_t y = 0; y < inner && 2 * top + y < 2 * height; y++)
    for (uint32_t x = 0; x < inner && 2 * left + x < 2 * width; x++)
      {
        const gsize from = 3 * ((gsize) (2 * reach + y) * 2 * side + 2 * reach + x);
        const gsize to = 3 * ((gsize) (2 * top + y) * 2 * width + 2 * left + x);

        for (uint32_t c = 0; c < 3; c++)
          {
            const float value = base[from + c] + 255 * added[from + c];

            if (!isfinite (value))
              return FALSE;
            larger[to + c] = (uint8_t) CLAMP (lrintf (value), 0, 255);
          }
      }

  return TRUE;
}

gboolean
vc_enlarger_double (VcEnlarger     *enlarger,
                    const uint8_t  *rgb,
                    uint32_t        width,
                    uint32_t        height,
                    gsize           stride,
                    uint8_t        *larger,
                    VcStep          step,
                    gpointer        data,
                    GError        **error)
{
  const uint32_t reach = get_reach (enlarger);
  const uint32_t inner = MIN (SQUARE, MAX (width, height));
  const uint32_t side = inner + 2 * reach;
  const gsize pixels = (gsize) side * side;
  g_autofree uint8_t *square = g_malloc (3 * pixels);
  g_autofree uint8_t *base = g_malloc (12 * pixels);
  g_autofree float *small = g_new (float, 3 * pixels);
  g_autofree float *added = g_new (float, 12 * pixels);
  g_autoptr(VcCanvas) canvas = NULL;

  g_assert (width >= 1 && width <= 32768 && height >= 1 && height <= 32768);

  canvas = vc_canvas_new (enlarger->device, 4 * pixels * MAX (enlarger->width, 3), 0, error);
  if (canvas == NULL)
    return FALSE;

  for (uint32_t top = 0; top < height; top += inner)
    for (uint32_t left = 0; left < width; left += inner)
      {
        if (step != NULL && !step (data))
          {
            g_set_error_literal (error, VC_ERROR, VC_ERROR_CANCELLED, "stopped");
            return FALSE;
          }

        cut_square (rgb, width, height, stride, (int64_t) left - reach, (int64_t) top - reach, side, square);
        for (gsize i = 0; i < 3 * pixels; i++)
          small[i] = square[i] / 255.0f;
        vc_preprocess_square (square, side, side, 3 * (gsize) side, 2 * side, base);
        if (!run (enlarger, canvas, side, small, added, error))
          return FALSE;
        if (!paste_square (base, added, side, reach, left, top, width, height, larger))
          {
            g_set_error_literal (error, VC_ERROR, VC_ERROR_NO_NUMBERS, "the enlarged picture");
            return FALSE;
          }
      }

  return TRUE;
}
