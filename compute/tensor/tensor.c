/* tensor.c: arithmetic on shapes */

#include "tensor/tensor.h"

#include <math.h>
#include <string.h>

#include "device-private.h"

gsize
vc_dtype_size (VcDtype dtype)
{
  return dtype == VC_F16 ? 2 : 4;
}

gsize
vc_tensor_elements (const VcTensor *tensor)
{
  return (gsize) tensor->size[0] * tensor->size[1] * tensor->size[2] * tensor->size[3];
}

uint32_t
vc_tensor_width (const VcTensor *tensor)
{
  return tensor->size[3];
}

uint32_t
vc_tensor_rows (const VcTensor *tensor)
{
  return tensor->size[0] * tensor->size[1] * tensor->size[2];
}

gsize
vc_tensor_bytes (const VcTensor *tensor)
{
  return (vc_tensor_elements (tensor) * vc_dtype_size (tensor->dtype) + 3) & ~(gsize) 3;
}

gboolean
vc_tensor_same_shape (const VcTensor *a,
                      const VcTensor *b)
{
  return a->dtype == b->dtype && memcmp (a->size, b->size, sizeof a->size) == 0;
}

gboolean
vc_tensor_overlaps (const VcTensor *a,
                    const VcTensor *b)
{
  return a->buffer == b->buffer &&
         a->offset < b->offset + vc_tensor_bytes (b) &&
         b->offset < a->offset + vc_tensor_bytes (a);
}

gboolean
vc_tensor_is_vector (const VcTensor *tensor,
                     uint32_t        width)
{
  return tensor->dtype == VC_F32 && vc_tensor_is_matrix (tensor, 1, width);
}

gboolean
vc_tensor_is_matrix (const VcTensor *tensor,
                     uint32_t        rows,
                     uint32_t        width)
{
  return vc_tensor_rows (tensor) == rows && vc_tensor_width (tensor) == width;
}

VcTensor
vc_tensor_reshape (const VcTensor *tensor,
                   uint32_t        rows,
                   uint32_t        width)
{
  VcTensor view = *tensor;

  g_assert ((gsize) rows * width == vc_tensor_elements (tensor));

  view.size[0] = view.size[1] = 1;
  view.size[2] = rows;
  view.size[3] = width;

  return view;
}

VcTensor
vc_tensor_slice (const VcTensor *tensor,
                 uint32_t        first,
                 uint32_t        rows)
{
  VcTensor view = vc_tensor_reshape (tensor, vc_tensor_rows (tensor), vc_tensor_width (tensor));

  g_assert (rows > 0 && first + rows <= vc_tensor_rows (tensor));

  view.offset += (gsize) first * vc_tensor_width (tensor) * vc_dtype_size (tensor->dtype);
  view.size[2] = rows;

  g_assert (view.offset % VC_TENSOR_ALIGN == 0);

  return view;
}

gboolean
vc_tensor_upload (const VcTensor  *tensor,
                  const void      *data,
                  GError         **error)
{
  const gsize size = vc_tensor_elements (tensor) * vc_dtype_size (tensor->dtype);
  VcDevice *device = tensor->buffer->device;

  return device->class->upload (tensor->buffer, tensor->offset, data, size, error);
}

gboolean
vc_tensor_download (const VcTensor  *tensor,
                    void            *data,
                    GError         **error)
{
  const gsize size = vc_tensor_elements (tensor) * vc_dtype_size (tensor->dtype);
  VcDevice *device = tensor->buffer->device;

  return device->class->download (tensor->buffer, tensor->offset, data, size, error);
}

gboolean
vc_numbers_check (const float  *values,
                  gsize         n,
                  const char   *what,
                  GError      **error)
{
  for (gsize i = 0; i < n; i++)
    if (!isfinite (values[i]))
      {
        g_set_error (error, VC_ERROR, VC_ERROR_NO_NUMBERS, "%s is not a number", what);
        return FALSE;
      }

  return TRUE;
}
