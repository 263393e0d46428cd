/* memory.h: which of a GPU's kinds of memory a buffer gets */
#pragma once

#include "gpu/gpu.h"

G_BEGIN_DECLS

typedef enum
{
  VC_MEMORY_DEVICE,   /* what shaders read and write */
  VC_MEMORY_SHARED,   /* the same, that the processor reads and writes too */
  VC_MEMORY_STAGING,  /* what the processor and the GPU both reach, to copy through */
  VC_MEMORY_PUSHES,   /* what the processor writes a little of, and shaders read at once */
} VcMemoryUse;

/**
 * vc_memory_create:
 * @size: bytes, a multiple of 4
 * @mapped: (out): where the processor sees it, or %NULL if it must be copied to and from
 *
 * A buffer with memory of its own. Mapped memory is coherent, and fast to read as well as to write.
 *
 * Errors: %VC_ERROR_OUT_OF_MEMORY.
 */
gboolean vc_memory_create  (VcGpu           *gpu,
                            VcMemoryUse      use,
                            gsize            size,
                            VkBuffer        *buffer,
                            VkDeviceMemory  *memory,
                            void           **mapped,
                            GError         **error);
/* Bytes that buffers can still have: what the driver tells by VK_EXT_memory_budget; where it does not, all that its
 * largest heap can hold. */
guint64  vc_memory_get_free (VcDevice       *device);
void     vc_memory_destroy (VcGpu           *gpu,
                            VkBuffer         buffer,
                            VkDeviceMemory   memory);

G_END_DECLS
