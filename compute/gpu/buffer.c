/* buffer.c: a piece of a GPU's memory, and the ways in and out of it */

#include "gpu/buffer.h"

#include <string.h>

#include "gpu/memory.h"
#include "gpu/submit.h"

/* Bytes copied at a time: large enough that the bus is the limit, not the submissions. */
#define CHUNK ((gsize) 4 << 20)

/* What is copied through: a part for each submission that can be under way, so that the processor
 * fills or empties one while the GPU copies the other. */
struct _VcStaging
{
  VkBuffer        handle;
  VkDeviceMemory  memory;
  uint8_t        *mapped;
};

VcBuffer *
vc_buffer_allocate (VcDevice  *device,
                    gsize      size,
                    GError   **error)
{
  VcGpu *gpu = (VcGpu *) device;
  VkBuffer handle;
  VkDeviceMemory memory;
  void *mapped;
  VcGpuBuffer *buffer;

  g_assert (size > 0);

  if (size > G_MAXSIZE - 3)
    {
      g_set_error (error, VC_ERROR, VC_ERROR_OUT_OF_MEMORY,
                   "no device has room for %" G_GSIZE_FORMAT " bytes", size);
      return NULL;
    }
  if (!vc_memory_create (gpu, VC_MEMORY_DEVICE, (size + 3) & ~(gsize) 3, &handle, &memory, &mapped,
                         error))
    return NULL;

  buffer = g_new0 (VcGpuBuffer, 1);
  buffer->parent.device = device;
  buffer->parent.size = size;
  buffer->handle = handle;
  buffer->memory = memory;
  buffer->mapped = mapped;

  return &buffer->parent;
}

void
vc_buffer_release (VcBuffer *buffer)
{
  VcGpuBuffer *self = (VcGpuBuffer *) buffer;

  if (buffer == NULL)
    return;

  vc_memory_destroy ((VcGpu *) buffer->device, self->handle, self->memory);
  g_free (self);
}

static VcStaging *
ensure_staging (VcGpu   *gpu,
                GError **error)
{
  g_autofree VcStaging *staging = NULL;
  void *mapped;

  if (gpu->staging != NULL)
    return gpu->staging;

  staging = g_new0 (VcStaging, 1);
  if (!vc_memory_create (gpu, VC_MEMORY_STAGING, VC_QUEUE_SLOTS * CHUNK, &staging->handle,
                         &staging->memory, &mapped, error))
    return NULL;
  staging->mapped = mapped;

  return gpu->staging = g_steal_pointer (&staging);
}

void
vc_staging_free (VcGpu     *gpu,
                 VcStaging *staging)
{
  if (staging == NULL)
    return;

  vc_memory_destroy (gpu, staging->handle, staging->memory);
  g_free (staging);
}

/* Copies in chunks, by turns through the parts of the staging buffer. One of @from and @to is NULL. */
static gboolean
copy (VcGpuBuffer    *buffer,
      gsize           offset,
      gsize           size,
      const uint8_t  *from,
      uint8_t        *to,
      GError        **error)
{
  VcGpu *gpu = (VcGpu *) buffer->parent.device;
  VcStaging *staging = ensure_staging (gpu, error);
  struct { uint8_t *to; gsize size; } waiting[VC_QUEUE_SLOTS] = { 0 };  /* to be fetched */

  if (staging == NULL)
    return FALSE;

  for (gsize done = 0; done < size;)
    {
      const gsize part = MIN (CHUNK, size - done);
      guint slot;
      const VkCommandBuffer commands = vc_queue_begin (gpu, &slot, error);
      const gsize at = slot * CHUNK;

      if (commands == NULL)
        return FALSE;

      /* Its turn means that what it was used for before has ended. */
      if (waiting[slot].size > 0)
        memcpy (waiting[slot].to, staging->mapped + at, waiting[slot].size);

      if (from != NULL)
        {
          memcpy (staging->mapped + at, from + done, part);
          gpu->CmdCopyBuffer (commands, staging->handle, buffer->handle, 1,
                              &(VkBufferCopy) { at, offset + done, part });
        }
      else
        {
          waiting[slot].to = to + done;
          waiting[slot].size = part;
          gpu->CmdCopyBuffer (commands, buffer->handle, staging->handle, 1,
                              &(VkBufferCopy) { offset + done, at, part });
        }

      if (!vc_queue_end (gpu, error))
        return FALSE;

      done += part;
    }

  if (!vc_queue_wait (gpu, error))
    return FALSE;

  for (guint slot = 0; slot < VC_QUEUE_SLOTS; slot++)
    if (waiting[slot].size > 0)
      memcpy (waiting[slot].to, staging->mapped + slot * CHUNK, waiting[slot].size);

  return TRUE;
}

gboolean
vc_buffer_upload (VcBuffer    *buffer,
                  gsize        offset,
                  const void  *data,
                  gsize        size,
                  GError     **error)
{
  VcGpuBuffer *self = (VcGpuBuffer *) buffer;

  g_assert (size <= buffer->size && offset <= buffer->size - size);

  if (self->mapped == NULL)
    return copy (self, offset, size, data, NULL, error);

  memcpy (self->mapped + offset, data, size);
  return TRUE;
}

gboolean
vc_buffer_download (VcBuffer  *buffer,
                    gsize      offset,
                    void      *data,
                    gsize      size,
                    GError   **error)
{
  VcGpuBuffer *self = (VcGpuBuffer *) buffer;

  g_assert (size <= buffer->size && offset <= buffer->size - size);

  if (self->mapped == NULL)
    return copy (self, offset, size, NULL, data, error);

  memcpy (data, self->mapped + offset, size);
  return TRUE;
}
