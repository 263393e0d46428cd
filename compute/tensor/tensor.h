/* tensor.h: a shape laid over a part of a buffer */
#pragma once

#include "device.h"

G_BEGIN_DECLS

/**
 * VcDtype:
 * @VC_F32: IEEE single; every activation
 * @VC_F16: IEEE half; weights only
 * @VC_U32: token ids, row indices, packed pixels
 */
typedef enum
{
  VC_F32,
  VC_F16,
  VC_U32,
} VcDtype;

/**
 * VcTensor:
 * @buffer: where it lies; must outlive the tensor
 * @offset: bytes from the buffer's start, a multiple of %VC_TENSOR_ALIGN
 * @coarse: of weights: numbers may be rounded to 8 bits before they are multiplied, where that is faster: with many
 *   rows, on processors that have bfloat16 and on graphics cards that multiply matrices of f16
 * @size: extents, outermost first; all at least 1, unused leading ones are 1
 *
 * Row-major, contiguous, no strides. A tensor is a value: it owns nothing and is copied freely.
 *
 * Images are (count, height, width, channels): pixels are rows of channels, so that a 1x1
 * convolution is a linear and an attention over pixels needs no transposition.
 */
typedef struct
{
  VcBuffer *buffer;
  gsize     offset;
  VcDtype   dtype;
  uint32_t  size[4];
  gboolean  coarse;
} VcTensor;

/* What Vulkan may ask of a storage buffer's offset, at most. */
#define VC_TENSOR_ALIGN 256

gsize    vc_dtype_size          (VcDtype         dtype) G_GNUC_CONST;

/* Elements in all; elements in one innermost row; rows = elements / width. */
gsize    vc_tensor_elements     (const VcTensor *tensor);
uint32_t vc_tensor_width        (const VcTensor *tensor);
uint32_t vc_tensor_rows         (const VcTensor *tensor);

/* Bytes it takes, rounded up to 4. */
gsize    vc_tensor_bytes        (const VcTensor *tensor);

gboolean vc_tensor_same_shape   (const VcTensor *a,
                                 const VcTensor *b);
/* Whether they share a byte: ops assert that they do not write what they read. */
gboolean vc_tensor_overlaps     (const VcTensor *a,
                                 const VcTensor *b);
/* Whether it is f32 and one row of @width: a bias, a gain. */
gboolean vc_tensor_is_vector    (const VcTensor *tensor,
                                 uint32_t        width);
/* Whether it is (@rows, @width) when leading extents are multiplied. */
gboolean vc_tensor_is_matrix    (const VcTensor *tensor,
                                 uint32_t        rows,
                                 uint32_t        width);

/* The same bytes seen as (@rows, @width); rows * width must be the number of elements. */
VcTensor vc_tensor_reshape      (const VcTensor *tensor,
                                 uint32_t        rows,
                                 uint32_t        width);
/* Rows @first to @first + @rows; the offset that results must be a multiple of VC_TENSOR_ALIGN. */
VcTensor vc_tensor_slice        (const VcTensor *tensor,
                                 uint32_t        first,
                                 uint32_t        rows);

/**
 * vc_tensor_upload:
 * @tensor: where to
 * @data: vc_tensor_elements() values of its dtype, row-major
 *
 * Blocks until the device has it. Thread: the device's maker's.
 *
 * Errors: %VC_ERROR_DEVICE_LOST.
 */
gboolean vc_tensor_upload       (const VcTensor *tensor,
                                 const void     *data,
                                 GError        **error) G_GNUC_WARN_UNUSED_RESULT;
/* The other way; everything submitted before is visible. */
gboolean vc_tensor_download     (const VcTensor *tensor,
                                 void           *data,
                                 GError        **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether all @n are finite. Errors: %VC_ERROR_NO_NUMBERS, “WHAT is not a number”. */
gboolean vc_numbers_check       (const float    *values,
                                 gsize           n,
                                 const char     *what,
                                 GError        **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
