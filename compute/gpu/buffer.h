/* buffer.h: a piece of a GPU's memory, and the ways in and out of it */
#pragma once

#include "gpu/gpu.h"

G_BEGIN_DECLS

typedef struct
{
  VcBuffer        parent;
  VkBuffer        handle;
  VkDeviceMemory  memory;
  uint8_t        *mapped;  /* NULL if it must be copied to and from */
  GHashTable     *views;   /* owned; parts of it as texel buffers; NULL until the first */
} VcGpuBuffer;

/* The functions of VcDeviceClass. A buffer that the device may still use is freed when it no longer does. */
VcBuffer *vc_buffer_allocate (VcDevice    *device,
                              gsize        size,
                              GError     **error);
VcBuffer *vc_buffer_share    (VcDevice    *device,
                              gsize        size,
                              GError     **error);
void      vc_buffer_release  (VcBuffer    *buffer);
gboolean  vc_buffer_upload   (VcBuffer    *buffer,
                              gsize        offset,
                              const void  *data,
                              gsize        size,
                              GError     **error);
gboolean  vc_buffer_download (VcBuffer    *buffer,
                              gsize        offset,
                              void        *data,
                              gsize        size,
                              GError     **error);

/* At once: nothing is under way. */
void      vc_buffer_destroy  (VcGpuBuffer *buffer);

/* @tensor as a texel buffer of vectors of 4: f32 as it is, f16 as two words. It is made once and kept as
 * long as the buffer. */
gboolean  vc_buffer_view     (const VcTensor  *tensor,
                              VkBufferView    *view,
                              GError         **error);

void      vc_staging_free    (VcGpu       *gpu,
                              VcStaging   *staging);

G_END_DECLS
