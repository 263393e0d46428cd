/* vqgan.h: the tensors of a VQGAN, and the parts that its encoder and its decoder share
 *
 * [Esser et al. 2021], by the names of CompVis/taming-transformers (modules/diffusionmodules/model.py).
 */
#pragma once

#include "model/block.h"

G_BEGIN_DECLS

/* kernel: (out, side, side, in)   bias: (out) f32 */
typedef struct
{
  VcTensor kernel;
  VcTensor bias;
} VcConv;

/* x + conv2 (silu (norm2 (conv1 (silu (norm1 (x)))))); x goes through shortcut where channels change */
typedef struct
{
  uint32_t in;
  uint32_t out;
  VcNorm   norm1;
  VcConv   conv1;
  VcNorm   norm2;
  VcConv   conv2;
  VcLinear shortcut;
} VcResidual;

/* x + proj (attention (norm (x))) over all pixels, one head */
typedef struct
{
  VcNorm   norm;
  VcLinear query;
  VcLinear key;
  VcLinear value;
  VcLinear proj;
} VcGaze;

typedef struct
{
  VcResidual blocks[VC_VQGAN_BLOCKS + 1];
  VcGaze     gazes[VC_VQGAN_BLOCKS + 1];
  VcConv     resample;  /* of the levels between which the number of pixels changes */
} VcLevel;

/* The encoder or the decoder: the same parts in opposite orders. */
typedef struct
{
  uint32_t   blocks;    /* of a level */
  VcConv     in;
  VcLevel    levels[VC_VQGAN_LEVELS];
  VcResidual mid1;
  VcGaze     gaze;
  VcResidual mid2;
  VcNorm     norm;
  VcConv     out;
} VcHalf;

typedef struct
{
  VcDevice      *device;    /* borrowed */
  VcVqganConfig  config;
  VcArena       *arena;     /* owned: all tensors below */
  VcTensor       codebook;  /* (codes, width) */
  VcLinear       quant;     /* latent to width */
  VcLinear       post;      /* width to latent */
  VcHalf         encoder;
  VcHalf         decoder;
} VcVqgan;

/**
 * vc_vqgan_load:
 *
 * Errors: %VC_ERROR_BAD_MODEL, %VC_ERROR_OUT_OF_MEMORY, %VC_ERROR_DEVICE_LOST.
 */
VcVqgan *vc_vqgan_load      (VcDevice             *device,
                             VcWeights            *weights,
                             const VcVqganConfig  *config,
                             GError              **error) G_GNUC_WARN_UNUSED_RESULT;
void     vc_vqgan_free      (VcVqgan              *vqgan);

/* Where one picture is worked on: three layers as large as the largest activation, of which one holds
 * the picture so far, and the smaller ones that attention needs. */
typedef struct
{
  const VcVqgan *vqgan;     /* borrowed */
  VcRecorder    *rec;       /* owned */
  VcArena       *arena;     /* owned */
  VcTensor       layers[3];
  VcTensor       looks[4];  /* query, key, value and their mix */
  uint32_t       now;       /* the layer that holds the picture */
  uint32_t       side;      /* pixels of its width and height */
  uint32_t       channels;
} VcCanvas;

VcCanvas *vc_canvas_new      (const VcVqgan        *vqgan,
                              GError              **error) G_GNUC_WARN_UNUSED_RESULT;
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

/* Each takes the picture so far and leaves another. */
void      vc_canvas_conv     (VcCanvas             *canvas,
                              const VcConv         *conv,
                              uint32_t              out);
/* Half the pixels along a side: stride 2, a row of zeros below and one at the right. */
void      vc_canvas_shrink   (VcCanvas             *canvas,
                              const VcConv         *conv);
/* Twice the pixels along a side, then a convolution. */
void      vc_canvas_grow     (VcCanvas             *canvas,
                              const VcConv         *conv);
void      vc_canvas_linear   (VcCanvas             *canvas,
                              const VcLinear       *linear,
                              uint32_t              out);
/* groupnorm, then silu */
void      vc_canvas_norm     (VcCanvas             *canvas,
                              const VcNorm         *norm);
void      vc_canvas_residual (VcCanvas             *canvas,
                              const VcResidual     *residual);
void      vc_canvas_gaze     (VcCanvas             *canvas,
                              const VcGaze         *gaze);
void      vc_canvas_middle   (VcCanvas             *canvas,
                              const VcHalf         *half);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VcVqgan, vc_vqgan_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VcCanvas, vc_canvas_free)

G_END_DECLS
