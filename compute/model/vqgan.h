/* vqgan.h: the tensors of a VQGAN, and the parts that its encoder and its decoder share
 *
 * [Esser et al. 2021], by the names of CompVis/taming-transformers (modules/diffusionmodules/model.py).
 */
#pragma once

#include "model/canvas.h"

G_BEGIN_DECLS

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
  VcLinear       quant;     /* latent to width; like all of the encoder only where it reads */
  VcLinear       votes;     /* width to codes, where the configuration says so */
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

/* Bytes of the device that a canvas takes. */
gsize    vc_vqgan_get_room  (const VcVqganConfig  *config);

/**
 * vc_vqgan_canvas:
 *
 * A canvas for one picture through the encoder or the decoder.
 *
 * Errors: %VC_ERROR_OUT_OF_MEMORY.
 */
VcCanvas *vc_vqgan_canvas    (const VcVqgan        *vqgan,
                              GError              **error) G_GNUC_WARN_UNUSED_RESULT;

/* Each takes the picture so far and leaves another. */
/* Twice the pixels along a side, then a convolution. */
void      vc_vqgan_grow      (const VcVqgan        *vqgan,
                              VcCanvas             *canvas,
                              const VcConv         *conv);
/* groupnorm, then silu */
void      vc_vqgan_norm      (const VcVqgan        *vqgan,
                              VcCanvas             *canvas,
                              const VcNorm         *norm);
void      vc_vqgan_residual  (const VcVqgan        *vqgan,
                              VcCanvas             *canvas,
                              const VcResidual     *residual);
void      vc_vqgan_gaze      (const VcVqgan        *vqgan,
                              VcCanvas             *canvas,
                              const VcGaze         *gaze);
void      vc_vqgan_middle    (const VcVqgan        *vqgan,
                              VcCanvas             *canvas,
                              const VcHalf         *half);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VcVqgan, vc_vqgan_free)

G_END_DECLS
