/* kernels.h: the inner loops of the processor, one table for each instruction set */
#pragma once

#include "ops/ops.h"

G_BEGIN_DECLS

#define VC_NEAREST_ROWS 8

/* Outputs that products makes at a time. */
#define VC_KERNEL_OUTS 6

/* Floats of scratch that multiply needs. */
#define VC_KERNEL_SCRATCH (80 * 1024)

/**
 * VcKernels:
 *
 * kernels*.c are compiled once for every instruction set that it is worth it for. Within one table, a
 * result depends on its operands alone: never on what is computed beside it, nor on its address.
 */
typedef struct
{
  const char *name;

  /**
   * products:
   * @x:       (rows, in)   f32     a row begins every @x_stride floats
   * @weight:  (out, in)    of @store: f32 or f16
   * @bias:    (out)        or %NULL
   * @y:       (rows, out)  filled; a row begins every @y_stride floats
   *
   * y = x weightᵀ + bias for few rows: up to %VC_FEW_ROWS, the weights are read from memory once. Best where @out is a multiple
   * of %VC_KERNEL_OUTS, and where rows do not begin whole powers of two of bytes apart.
   */
  void  (*products)   (const float  *x,
                       gsize         x_stride,
                       const void   *weight,
                       VcDtype       store,
                       const float  *bias,
                       float        *y,
                       gsize         y_stride,
                       uint32_t      rows,
                       uint32_t      in,
                       uint32_t      out);

  /**
   * multiply:
   * @x:        (rows, in)   f32     a row begins every @x_stride floats
   * @weight:   (out, in)    of @store; (in, out) where @turned
   * @bias:     (out)        or %NULL
   * @y:        (rows, out)  filled; a row begins every @y_stride floats
   * @scratch:  %VC_KERNEL_SCRATCH floats
   *
   * The same for any number of rows; the more the better.
   */
  void  (*multiply)   (const float  *x,
                       gsize         x_stride,
                       const void   *weight,
                       VcDtype       store,
                       gboolean      turned,
                       const float  *bias,
                       float        *y,
                       gsize         y_stride,
                       uint32_t      rows,
                       uint32_t      in,
                       uint32_t      out,
                       float        *scratch);

  /* multiply with numbers of 8 bits, their sums being floats [bfloat16], never @turned; %NULL where the processor
   * knows no such products. */
  void  (*multiply_coarse) (const float  *x,
                       gsize         x_stride,
                       const void   *weight,
                       VcDtype       store,
                       gboolean      turned,
                       const float  *bias,
                       float        *y,
                       gsize         y_stride,
                       uint32_t      rows,
                       uint32_t      in,
                       uint32_t      out,
                       float        *scratch);

  /* y = (x - mean) / sqrt (variance + epsilon) * gain + bias, over n numbers; the mean first */
  void  (*normalise)  (const float  *x,
                       const float  *gain,
                       const float  *bias,
                       float        *y,
                       uint32_t      n,
                       float         epsilon);

  /* y (width) = the sum over i of shares[i] * rows[i * width …]; @n at least 1 */
  void  (*blend)      (const float  *shares,
                       const float  *rows,
                       float        *y,
                       uint32_t      n,
                       uint32_t      width);

  /* Scores (n) become softmax (scale * scores); @n at least 1. */
  void  (*softmax)    (float        *scores,
                       float         scale,
                       uint32_t      n);

  void  (*activate)   (VcActivation  activation,
                       const float  *x,
                       float        *y,
                       gsize         n);

  /* Adds to each channel's sum the values of (pixels, channels) x; or, with @means (channels), the
   * squares of their distances to its mean. */
  void  (*sum_channels) (const float  *x,
                         const double *means,
                         double       *sums,
                         uint32_t      pixels,
                         uint32_t      channels);

  /* y = (x - mean) * scale * gain + bias over (pixels, channels), each of the four a channel's own */
  void  (*normalise_channels) (const float  *x,
                               const double *means,
                               const double *scales,
                               const float  *gain,
                               const float  *bias,
                               float        *y,
                               uint32_t      pixels,
                               uint32_t      channels);

  /**
   * spread_pixels, spread_weights, gather_pixels:
   *
   * The three transforms of a 3x3 convolution by Winograd's minimal filtering, F(4x4, 3x3) [Lavin &
   * Gray 2015]: 6x6 pixels, (channels) each, become 36 rows of @into, (channels) each and @stride apart;
   * so do 3x3 weights; and 36 rows of products become 4x4 pixels, to which @bias (may be NULL) is added,
   * those that are NULL left out. @channels is at least 16.
   */
  void  (*spread_pixels)  (const float *const  pixels[36],
                           float              *into,
                           gsize               stride,
                           uint32_t            channels);
  void  (*spread_weights) (const float        *weights,
                           float              *into,
                           gsize               stride,
                           uint32_t            channels);
  void  (*gather_pixels)  (const float        *from,
                           gsize               stride,
                           const float        *bias,
                           float *const        pixels[16],
                           uint32_t            channels);

  /**
   * nearest:
   * @x:     (rows, width)
   * @table: (codes, width)
   * @ids:   (rows)  filled
   * @rows:  at most %VC_NEAREST_ROWS: @table is read from memory once for them
   *
   * For each row the code of the least squared distance, the first of equals. Distances are sums of
   * squared differences, in the same order for every row and code.
   */
  void  (*nearest)    (const float  *x,
                       const float  *table,
                       uint32_t     *ids,
                       uint32_t      rows,
                       uint32_t      codes,
                       uint32_t      width);
} VcKernels;

extern const VcKernels vc_kernels_portable;
#ifdef __x86_64__
extern const VcKernels vc_kernels_v3;  /* x86-64-v3: AVX2, FMA, F16C */
extern const VcKernels vc_kernels_v4;  /* x86-64-v4: AVX-512 */
extern const VcKernels vc_kernels_v4bf16;  /* the same with AVX512-BF16 */
#endif

/* The tables that this processor can run, best first, ending with %NULL. */
const VcKernels * const *vc_kernels_list (void);
/* The first of them. */
const VcKernels         *vc_kernels      (void);

G_END_DECLS
