/* canvas.c: one picture on its way through convolutions, and the memory that it takes */

#include "model/canvas.h"

VcConv
vc_conv_load (VcLoader   *loader,
              const char *name,
              const char *kernel_end,
              const char *bias_end,
              uint32_t    out,
              uint32_t    in,
              uint32_t    side)
{
  g_autofree char *kernel = g_strconcat (name, kernel_end, NULL);
  g_autofree char *bias = g_strconcat (name, bias_end, NULL);

  return (VcConv) {
    .kernel = vc_loader_kernel (loader, kernel, out, in, side),
    .bias = vc_loader_vector (loader, bias, out),
  };
}

gsize
vc_canvas_get_room (gsize largest,
                    gsize attended)
{
  VcCanvas *canvas;

  return G_N_ELEMENTS (canvas->layers) * vc_arena_room (VC_F32, largest) +
         G_N_ELEMENTS (canvas->looks) * vc_arena_room (VC_F32, MAX (attended, 1));
}

VcCanvas *
vc_canvas_new (VcDevice  *device,
               gsize      largest,
               gsize      attended,
               GError   **error)
{
  g_autoptr(VcCanvas) canvas = g_new0 (VcCanvas, 1);
  const gsize look = MAX (attended, 1);

  canvas->arena = vc_arena_new (device, vc_canvas_get_room (largest, attended), error);
  if (canvas->arena == NULL)
    return NULL;

  for (guint i = 0; i < G_N_ELEMENTS (canvas->layers); i++)
    canvas->layers[i] = vc_arena_take (canvas->arena, VC_F32, 1, largest);
  for (guint i = 0; i < G_N_ELEMENTS (canvas->looks); i++)
    canvas->looks[i] = vc_arena_take (canvas->arena, VC_F32, 1, look);
  canvas->rec = vc_recorder_new (device);

  return g_steal_pointer (&canvas);
}

void
vc_canvas_free (VcCanvas *canvas)
{
  if (canvas == NULL)
    return;

  g_clear_pointer (&canvas->rec, vc_recorder_free);
  vc_arena_free (canvas->arena);
  g_free (canvas);
}

static VcTensor
lay (const VcTensor *layer,
     uint32_t        side,
     uint32_t        channels)
{
  VcTensor view = *layer;

  view.size[0] = 1;
  view.size[1] = view.size[2] = side;
  view.size[3] = channels;

  g_assert (vc_tensor_elements (&view) <= vc_tensor_elements (layer));

  return view;
}

VcTensor
vc_canvas_look (const VcCanvas *canvas,
                uint32_t        look,
                uint32_t        side,
                uint32_t        channels)
{
  return lay (&canvas->looks[look], side, channels);
}

VcTensor
vc_canvas_peek (const VcCanvas *canvas,
                uint32_t        ahead,
                uint32_t        side,
                uint32_t        channels)
{
  return lay (&canvas->layers[(canvas->now + ahead) % G_N_ELEMENTS (canvas->layers)], side, channels);
}

VcTensor
vc_canvas_get (const VcCanvas *canvas)
{
  return vc_canvas_peek (canvas, 0, canvas->side, canvas->channels);
}

void
vc_canvas_turn (VcCanvas *canvas,
                uint32_t  ahead,
                uint32_t  side,
                uint32_t  channels)
{
  canvas->now = (canvas->now + ahead) % G_N_ELEMENTS (canvas->layers);
  canvas->side = side;
  canvas->channels = channels;
}

void
vc_canvas_conv (VcCanvas     *canvas,
                const VcConv *conv,
                uint32_t      out)
{
  const VcTensor x = vc_canvas_get (canvas);
  const VcTensor y = vc_canvas_peek (canvas, 1, canvas->side, out);

  const uint32_t around = conv->kernel.size[1] / 2;

  vc_op_conv2d (canvas->rec, &x, &conv->kernel, &conv->bias, 1, around, around, &y);
  vc_canvas_turn (canvas, 1, canvas->side, out);
}

void
vc_canvas_shrink (VcCanvas     *canvas,
                  const VcConv *conv)
{
  const VcTensor x = vc_canvas_get (canvas);
  const VcTensor y = vc_canvas_peek (canvas, 1, canvas->side / 2, canvas->channels);

  vc_op_conv2d (canvas->rec, &x, &conv->kernel, &conv->bias, 2, 0, 1, &y);
  vc_canvas_turn (canvas, 1, canvas->side / 2, canvas->channels);
}

void
vc_canvas_double (VcCanvas *canvas)
{
  const VcTensor x = vc_canvas_get (canvas);
  const VcTensor y = vc_canvas_peek (canvas, 1, canvas->side * 2, canvas->channels);

  vc_op_upsample (canvas->rec, &x, &y);
  vc_canvas_turn (canvas, 1, canvas->side * 2, canvas->channels);
}

void
vc_canvas_pool (VcCanvas *canvas)
{
  const VcTensor x = vc_canvas_get (canvas);
  const VcTensor y = vc_canvas_peek (canvas, 1, canvas->side / 2, canvas->channels);

  vc_op_maxpool (canvas->rec, &x, &y);
  vc_canvas_turn (canvas, 1, canvas->side / 2, canvas->channels);
}

void
vc_canvas_activate (VcCanvas     *canvas,
                    VcActivation  activation)
{
  const VcTensor x = vc_canvas_get (canvas);
  const VcTensor y = vc_canvas_peek (canvas, 1, canvas->side, canvas->channels);

  vc_op_activate (canvas->rec, activation, &x, &y);
  vc_canvas_turn (canvas, 1, canvas->side, canvas->channels);
}

void
vc_canvas_linear (VcCanvas       *canvas,
                  const VcLinear *linear,
                  uint32_t        out)
{
  const VcTensor x = vc_canvas_get (canvas);
  const VcTensor y = vc_canvas_peek (canvas, 1, canvas->side, out);

  vc_linear_apply (canvas->rec, &x, linear, &y);
  vc_canvas_turn (canvas, 1, canvas->side, out);
}
