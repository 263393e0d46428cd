/* ops.h: every op with its shapes: the page to read first
 *
 * Activations are f32. "weight" means f32 or f16, as the model's file has it. Shapes are written
 * outermost first; where an op speaks of (rows, width), leading extents are multiplied.
 *
 * An op records one dispatch (or a few) and returns nothing; vc_recorder_submit() tells what failed.
 * Wrong shapes are bugs and are asserted. No op writes what it reads.
 *
 * Every row is computed by the same steps in the same order whatever the number of rows, as long as
 * that number is at most %VC_FEW_ROWS: a picture's tokens do not depend on how many pictures are drawn
 * beside it. Where a device can run an op in more than one way (#VcTiles), all of them give the same bits:
 * a seed draws the same tokens on one device whichever is the fastest. Between devices exp() and the order
 * of sums differ, and tokens may.
 */
#pragma once

#include "recorder.h"

G_BEGIN_DECLS

/* Up to here linear reads its weights once for all rows and keeps the order of its sums. */
#define VC_FEW_ROWS 16

typedef enum
{
  VC_GELU,        /* x Φ(x), by erf [Hendrycks & Gimpel 2016] */
  VC_QUICK_GELU,  /* x σ(1.702 x) [openai/CLIP, model.py] */
  VC_SILU,        /* x σ(x) */
  VC_RELU,        /* x where it is above 0 */
  VC_TANH_GELU,   /* x σ(1.5957691 (x + 0.044715 x³)): Φ by a tanh [Hendrycks & Gimpel 2016] */
} VcActivation;

/* Invocations for a row of @width: a power of two from 32 to 256, no wider than the row needs. */
uint32_t vc_op_group (uint32_t width) G_GNUC_CONST;

/* Rows of a table or of weights that one dispatch takes: as many as it can reach, all if it can, and in
 * slices that begin where tensors may. */
uint32_t vc_op_slice (VcRecorder     *rec,
                      const VcTensor *weight);

/**
 * vc_op_embed:
 * @ids:       (rows)           u32     each below @table's rows: checked by the caller
 * @table:     (vocab, width)   weight
 * @positions: (places, width)  weight, of @table's dtype; or %NULL
 * @first:     the place of the first row; row r is at place first + r % @cycle
 * @cycle:     rows of one sequence, at least 1; first + cycle <= places
 * @y:         (rows, width)    f32
 *
 * y[r] = table[ids[r]] + positions[first + r % cycle]. Without positions: gathers rows.
 */
void vc_op_embed     (VcRecorder     *rec,
                      const VcTensor *ids,
                      const VcTensor *table,
                      const VcTensor *positions,
                      uint32_t        first,
                      uint32_t        cycle,
                      const VcTensor *y);

/**
 * vc_op_linear:
 * @x:      (rows, in)   f32
 * @weight: (out, in)    weight
 * @bias:   (out)        f32; or %NULL
 * @y:      (rows, out)  f32
 *
 * y = x weightᵀ + bias. Any in and out from 1.
 */
void vc_op_linear    (VcRecorder     *rec,
                      const VcTensor *x,
                      const VcTensor *weight,
                      const VcTensor *bias,
                      const VcTensor *y);

/* y = f (x weightᵀ + bias), bit by bit what vc_op_activate() makes of what vc_op_linear() gives. */
void vc_op_linear_then (VcRecorder     *rec,
                        const VcTensor *x,
                        const VcTensor *weight,
                        const VcTensor *bias,
                        VcActivation    activation,
                        const VcTensor *y);

/**
 * vc_op_layernorm:
 * @x: (rows, width)  @gain, @bias: (width)  @y: (rows, width)  f32
 *
 * y = (x - mean) / sqrt (variance + epsilon) * gain + bias, over each row [Ba et al. 2016].
 */
void vc_op_layernorm (VcRecorder     *rec,
                      const VcTensor *x,
                      const VcTensor *gain,
                      const VcTensor *bias,
                      const VcTensor *y,
                      float           epsilon);

/* y = f(x), element by element.  x, y: any one shape, f32 */
void vc_op_activate  (VcRecorder     *rec,
                      VcActivation    activation,
                      const VcTensor *x,
                      const VcTensor *y);

/* y = f (the first half of each row of x) * the second half [Dauphin et al. 2017; Shazeer 2020].
 * x: (rows, 2 * width)  y: (rows, width)  f32 */
void vc_op_gate      (VcRecorder     *rec,
                      VcActivation    activation,
                      const VcTensor *x,
                      const VcTensor *y);

/* y = a + b, element by element.  a, b, y: any one shape, f32 */
void vc_op_add       (VcRecorder     *rec,
                      const VcTensor *a,
                      const VcTensor *b,
                      const VcTensor *y);
/* y = a + scale * b */
void vc_op_add_share (VcRecorder     *rec,
                      const VcTensor *a,
                      float           scale,
                      const VcTensor *b,
                      const VcTensor *y);

/**
 * vc_op_remember:
 * @qkv:   (count * tokens, parts * width)        f32  query, key, value side by side, as many as are given
 * @heads: width = heads * head width
 * @at:    the place of the first token in the memory; at + tokens <= capacity
 * @q:     (count, heads, tokens, head width)     f32  written; or %NULL
 * @k, @v: (count, heads, capacity, head width)   f32  places at to at + tokens written, the rest kept;
 *         or both %NULL
 *
 * Takes the fused projection apart: the queries for vc_op_attention(), the keys and values into the
 * memory of the tokens so far. For an attention without memory, capacity is tokens and at is 0. Where
 * tokens look at what others have said, queries come of the former, keys and values of the latter: the
 * other parts are then %NULL.
 */
void vc_op_remember  (VcRecorder     *rec,
                      const VcTensor *qkv,
                      uint32_t        at,
                      const VcTensor *q,
                      const VcTensor *k,
                      const VcTensor *v);

/**
 * VcSight:
 * @bits:   (rows, words) u32; bit j % 32 of word j / 32 says whether place j is seen; words * 32 is at
 *          least the keys
 * @first:  the row for the first token of the first sequence
 * @along:  rows from one token to the next: 0 or 1
 * @across: rows from one sequence to the next
 */
typedef struct
{
  const VcTensor *bits;
  uint32_t        first;
  uint32_t        along;
  uint32_t        across;
} VcSight;

/**
 * vc_op_attention:
 * @q:      (count, heads, tokens, head width)    f32
 * @k, @v:  (count, heads, capacity, head width)  f32
 * @keys:   places of k and v that are filled, 1 to capacity
 * @causal: token t of q, which is at place keys - tokens + t, sees the places up to its own;
 *          otherwise all @keys places
 * @sight:  which of these it sees; or %NULL, all. Every token must see one at least
 * @y:      (count * tokens, heads * head width)  f32
 *
 * softmax (q kᵀ / sqrt (head width)) v, heads side by side again [Vaswani et al. 2017]. Head width 8 to
 * 512, not only powers of two. No matrix of scores lies in memory; the maximum is taken out before exp.
 */
void vc_op_attention (VcRecorder     *rec,
                      const VcTensor *q,
                      const VcTensor *k,
                      const VcTensor *v,
                      uint32_t        keys,
                      gboolean        causal,
                      const VcSight  *sight,
                      const VcTensor *y);

/**
 * vc_op_repeat:
 * @x: (rows, width)          f32
 * @y: (rows * times, width)  f32
 *
 * y[r * times + i] = x[r] for i below times: one prompt's memory for each of its pictures.
 */
void vc_op_repeat    (VcRecorder     *rec,
                      const VcTensor *x,
                      uint32_t        times,
                      const VcTensor *y);

/**
 * vc_op_assemble:
 * @patches:   (count * n, width)        f32
 * @class:     (width)                   f32
 * @positions: (n + 1, width)            weight
 * @y:         (count * (n + 1), width)  f32
 *
 * The class token before each picture's n patches, and their places added to all [ViT].
 */
void vc_op_assemble  (VcRecorder     *rec,
                      const VcTensor *patches,
                      const VcTensor *class_token,
                      const VcTensor *positions,
                      const VcTensor *y);

/* y = x / |x|, each row; a row of zeros stays zeros.  x, y: (rows, width) f32 */
void vc_op_unitnorm  (VcRecorder     *rec,
                      const VcTensor *x,
                      const VcTensor *y);

/**
 * vc_op_conv2d:
 * @x:      (count, height, width, in)             f32
 * @weight: (out, side, side, in)                  weight; mind the order: files have (out, in, side, side)
 * @bias:   (out)                                  f32; or %NULL
 * @stride: at least 1
 * @before: zeros above and at the left
 * @after:  zeros below and at the right
 * @y:      (count, out height, out width, out)    f32; out height = (height + before + after - side) / stride + 1
 *
 * The field's convolution: a correlation, the kernel not turned round. Padding is counted as zero.
 */
void vc_op_conv2d    (VcRecorder     *rec,
                      const VcTensor *x,
                      const VcTensor *weight,
                      const VcTensor *bias,
                      uint32_t        stride,
                      uint32_t        before,
                      uint32_t        after,
                      const VcTensor *y);

/**
 * vc_op_groupnorm:
 * @x, @y:        (count, height, width, channels)  f32
 * @gain, @bias:  (channels)                        f32
 * @groups:       channels is a multiple of it
 * @silu:         whether to follow it by x σ(x)
 *
 * Mean 0 and variance 1 over each picture's group of neighbouring channels [Wu & He 2018].
 */
void vc_op_groupnorm (VcRecorder     *rec,
                      const VcTensor *x,
                      const VcTensor *gain,
                      const VcTensor *bias,
                      uint32_t        groups,
                      float           epsilon,
                      gboolean        silu,
                      const VcTensor *y);

/* Each pixel becomes two by two.  x: (count, h, w, channels)  y: (count, 2h, 2w, channels)  f32 */
void vc_op_upsample  (VcRecorder     *rec,
                      const VcTensor *x,
                      const VcTensor *y);

/* Two by two pixels become one, by the greatest of each channel.
 * x: (count, 2h, 2w, channels)  y: (count, h, w, channels)  f32 */
void vc_op_maxpool   (VcRecorder     *rec,
                      const VcTensor *x,
                      const VcTensor *y);

/* Where in each row its greatest element is; the lowest index of equals.  x: (rows, width) f32  ids: (rows) u32 */
void vc_op_argmax    (VcRecorder     *rec,
                      const VcTensor *x,
                      const VcTensor *ids);

/**
 * vc_op_nearest:
 * @x:     (rows, width)  f32
 * @table: (codes, width) weight
 * @ids:   (rows)         u32
 *
 * The row of @table that is nearest to each row of @x (squared distance); the lowest index of equals.
 */
void vc_op_nearest   (VcRecorder     *rec,
                      const VcTensor *x,
                      const VcTensor *table,
                      const VcTensor *ids);

/**
 * vc_op_torgb:
 * @x: (count, height, width, 3)  f32
 * @y: (count * height * width)   u32  red in the low byte, then green, blue, 255
 *
 * round (255 * clamp (x * scale + shift, 0, 1)). The high byte of a pixel with a value that is not finite is 0.
 */
void vc_op_torgb     (VcRecorder     *rec,
                      const VcTensor *x,
                      float           scale,
                      float           shift,
                      const VcTensor *y);

G_END_DECLS
