/* buffer.c: a piece of a GPU's memory, and the ways in and out of it */

#include "gpu/buffer.h"

#include <string.h>

#include "gpu/memory.h"
#include "gpu/queue.h"
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

static VcBuffer *
make (VcDevice     *device,
      VcMemoryUse   use,
      gsize         size,
      GError      **error)
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
  if (!vc_memory_create (gpu, use, (size + 3) & ~(gsize) 3, &handle, &memory, &mapped,
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

VcBuffer *
vc_buffer_allocate (VcDevice  *device,
                    gsize      size,
                    GError   **error)
{
  return make (device, VC_MEMORY_DEVICE, size, error);
}

VcBuffer *
vc_buffer_share (VcDevice  *device,
                 gsize      size,
                 GError   **error)
{
  return make (device, VC_MEMORY_SHARED, size, error);
}

/* A part of a buffer. Compared as bytes: without gaps. */
typedef struct
{
  uint64_t offset;
  uint64_t bytes;
  uint64_t dtype;
} Part;

static guint
hash_part (gconstpointer data)
{
  const Part *part = data;

  return (part->offset / VC_TENSOR_ALIGN * 2654435761u) ^ (part->bytes * 40503u) ^ part->dtype;
}

static gboolean
equal_parts (gconstpointer a,
             gconstpointer b)
{
  return memcmp (a, b, sizeof (Part)) == 0;
}

gboolean
vc_buffer_view (const VcTensor  *tensor,
                VkBufferView    *view,
                GError         **error)
{
  VcGpuBuffer *self = (VcGpuBuffer *) tensor->buffer;
  VcGpu *gpu = (VcGpu *) tensor->buffer->device;
  const Part part = { tensor->offset, vc_tensor_bytes (tensor), tensor->dtype };
  const VkBufferViewCreateInfo info = {
    .sType = VK_STRUCTURE_TYPE_BUFFER_VIEW_CREATE_INFO,
    .buffer = self->handle,
    .format = tensor->dtype == VC_F16 ? VK_FORMAT_R32G32_UINT : VK_FORMAT_R32G32B32A32_SFLOAT,
    .offset = part.offset,
    .range = part.bytes,
  };
  VkBufferView *kept;

  if (self->views == NULL)
    self->views = g_hash_table_new_full (hash_part, equal_parts, g_free, g_free);

  kept = g_hash_table_lookup (self->views, &part);
  if (kept == NULL)
    {
      if (!vc_gpu_ok (gpu, gpu->CreateBufferView (gpu->device, &info, NULL, view),
                      "see a buffer as texels", error))
        return FALSE;

      kept = g_memdup2 (view, sizeof *view);
      g_hash_table_insert (self->views, g_memdup2 (&part, sizeof part), kept);
    }
  *view = *kept;

  return TRUE;
}

static void
destroy_views (VcGpu      *gpu,
               GHashTable *views)
{
  GHashTableIter iter;
  gpointer view;

  if (views == NULL)
    return;

  g_hash_table_iter_init (&iter, views);
  while (g_hash_table_iter_next (&iter, NULL, &view))
    gpu->DestroyBufferView (gpu->device, *(VkBufferView *) view, NULL);
  g_hash_table_unref (views);
}

void
vc_buffer_destroy (VcGpuBuffer *self)
{
  VcGpu *gpu = (VcGpu *) self->parent.device;

  destroy_views (gpu, self->views);
  vc_memory_destroy (gpu, self->handle, self->memory);
  g_free (self);
}

void
vc_buffer_release (VcBuffer *buffer)
{
  VcGpu *gpu;

  if (buffer == NULL)
    return;

  gpu = (VcGpu *) buffer->device;
  vc_sheets_forget (gpu->sheets, buffer);
  if (vc_queue_is_idle (gpu))
    vc_buffer_destroy ((VcGpuBuffer *) buffer);
  else
    vc_queue_park (gpu, buffer);
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
  if (!vc_memory_create (gpu, VC_MEMORY_STAGING, VC_QUEUE_COPIES * CHUNK, &staging->handle,
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
  struct { uint8_t *to; gsize size; } waiting[VC_QUEUE_COPIES] = { 0 };  /* to be fetched */
  guint turn = 0;

  if (staging == NULL)
    return FALSE;

  for (gsize done = 0; done < size;)
    {
      const gsize part = MIN (CHUNK, size - done);
      const guint slot = turn++ % VC_QUEUE_COPIES;
      const VkCommandBuffer commands = vc_queue_begin (gpu, slot, FALSE, error);
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

      if (!vc_queue_end (gpu, slot, error) || !vc_queue_send (gpu, slot, error))
        return FALSE;

      gpu->parent.sent.copies++;
      done += part;
    }

  if (!vc_queue_wait (gpu, error))
    return FALSE;

  for (guint slot = 0; slot < VC_QUEUE_COPIES; slot++)
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

  /* An earlier failure may have left something under way. */
  if (!vc_queue_wait ((VcGpu *) buffer->device, error))
    return FALSE;

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

  if (!vc_queue_wait ((VcGpu *) buffer->device, error))
    return FALSE;

  if (self->mapped == NULL)
    return copy (self, offset, size, NULL, data, error);

  memcpy (data, self->mapped + offset, size);
  return TRUE;
}
