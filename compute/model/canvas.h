/* canvas.h: one picture on its way through convolutions, and the memory that it takes */
#pragma once

#include "model/block.h"

G_BEGIN_DECLS

/* kernel: (out, side, side, in)   bias: (out) f32 */
typedef struct
{
  VcTensor kernel;
  VcTensor bias;
} VcConv;

/* The names of a kernel (out, in, side, side) and its bias are @name with these ends. */
VcConv    vc_conv_load       (VcLoader             *loader,
                              const char           *name,
                              const char           *kernel_end,
                              const char           *bias_end,
                              uint32_t              out,
                              uint32_t              in,
                              uint32_t              side);

/* What lies on a canvas: three layers as large as the largest picture on the way, of which one holds the
 * picture so far, and the smaller ones that attention needs. */
typedef struct
{
  VcRecorder    *rec;       /* owned */
  VcArena       *arena;     /* owned */
  VcTensor       layers[3];
  VcTensor       looks[4];  /* query, key, value and their mix; of one element where nothing is attended to */
  uint32_t       now;       /* the layer that holds the picture */
  uint32_t       side;      /* pixels of its width and height */
  uint32_t       channels;
} VcCanvas;

/**
 * vc_canvas_new:
 * @largest: elements of the largest picture on the way
 * @attended: … and of the largest that is attended to; 0 for none
 *
 * Errors: %VC_ERROR_OUT_OF_MEMORY.
 */
VcCanvas *vc_canvas_new      (VcDevice             *device,
                              gsize                 largest,
                              gsize                 attended,
                              GError              **error);
/* Bytes of the device that it takes. */
gsize     vc_canvas_get_room (gsize                 largest,
                              gsize                 attended);
void      vc_canvas_free     (VcCanvas             *canvas);

/* The picture so far: (1, side, side, channels). */
VcTensor  vc_canvas_get      (const VcCanvas       *canvas);
/* A layer for what comes next, of any shape that fits: the picture so far when @ahead is 0. */
VcTensor  vc_canvas_peek     (const VcCanvas       *canvas,
                              uint32_t              ahead,
                              uint32_t              side,
                              uint32_t              channels);
/* That layer is the picture now. */
void      vc_canvas_turn     (VcCanvas             *canvas,
                              uint32_t              ahead,
                              uint32_t              side,
                              uint32_t              channels);
/* (1, side, side, channels) of one of looks */
VcTensor  vc_canvas_look     (const VcCanvas       *canvas,
                              uint32_t              look,
                              uint32_t              side,
                              uint32_t              channels);

/* Each takes the picture so far and leaves another. */
/* As many pixels; the kernel's side is odd. */
void      vc_canvas_conv     (VcCanvas             *canvas,
                              const VcConv         *conv,
                              uint32_t              out);
/* Half the pixels along a side: stride 2, a row of zeros below and one at the right. */
void      vc_canvas_shrink   (VcCanvas             *canvas,
                              const VcConv         *conv);
/* Twice the pixels along a side. */
void      vc_canvas_double   (VcCanvas             *canvas);
/* Half of them, by the greatest of four. */
void      vc_canvas_pool     (VcCanvas             *canvas);
void      vc_canvas_activate (VcCanvas             *canvas,
                              VcActivation          activation);
void      vc_canvas_linear   (VcCanvas             *canvas,
                              const VcLinear       *linear,
                              uint32_t              out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VcCanvas, vc_canvas_free)

G_END_DECLS
