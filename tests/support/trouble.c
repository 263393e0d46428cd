/* trouble.c: devices that fail when a test says so */

#include "trouble.h"

#include <string.h>

#include "device-private.h"
#include "gpu/gpu.h"

/* A device's class in the place of its own. Nobody frees one before the program ends: they are few. */
typedef struct
{
  VcDeviceClass        class;
  const VcDeviceClass *real;
  guint                allocated;
  guint                asked;
  guint                submitted;
  guint                downloaded;
  gboolean             lost;
} Troubled;

/* Written before devices are opened, then by the thread that computes alone. */
static TestTrouble trouble;
static int opened;
static int refused;
static int allocated;
static int submitted;

static Troubled *
get_troubled (VcDevice *device)
{
  return (Troubled *) device->class;
}

static gboolean
set_lost (GError **error)
{
  g_set_error_literal (error, VC_ERROR, VC_ERROR_DEVICE_LOST, "the device of a test has stopped answering");
  return FALSE;
}

static VcBuffer *
allocate (VcDevice  *device,
          gsize      size,
          GError   **error)
{
  Troubled *self = get_troubled (device);

  if (self->allocated++ >= trouble.spared && trouble.largest != 0 && size > trouble.largest)
    {
      g_atomic_int_inc (&refused);
      g_set_error_literal (error, VC_ERROR, VC_ERROR_OUT_OF_MEMORY, "the device of a test is full");
      return NULL;
    }
  g_atomic_int_inc (&allocated);

  return self->real->allocate (device, size, error);
}

static gboolean
upload (VcBuffer   *buffer,
        gsize       offset,
        const void *data,
        gsize       size,
        GError    **error)
{
  Troubled *self = get_troubled (buffer->device);

  return self->lost ? set_lost (error) : self->real->upload (buffer, offset, data, size, error);
}

static gboolean
download (VcBuffer  *buffer,
          gsize      offset,
          void      *data,
          gsize      size,
          GError   **error)
{
  Troubled *self = get_troubled (buffer->device);

  if (self->lost)
    return set_lost (error);
  if (!self->real->download (buffer, offset, data, size, error))
    return FALSE;

  /* Bits of a float that is no number, and of a pixel that is none. */
  if (trouble.nothing_at != 0 && ++self->downloaded >= trouble.nothing_at)
    for (gsize i = 0; i < size / 4; i++)
      ((uint32_t *) data)[i] = 0x7fc00000;

  return TRUE;
}

static gboolean
submit (VcDevice         *device,
        const VcRecorded *dispatches,
        guint             count,
        GError          **error)
{
  Troubled *self = get_troubled (device);

  g_atomic_int_inc (&submitted);
  if (trouble.lost_at != 0 && ++self->submitted == trouble.lost_at)
    self->lost = TRUE;

  return self->lost ? set_lost (error) : self->real->submit (device, dispatches, count, error);
}

static guint64
get_free (VcDevice *device)
{
  Troubled *self = get_troubled (device);

  if (trouble.free_later != 0 && self->asked++ >= trouble.loads)
    return trouble.free_later;

  return trouble.free != 0 ? trouble.free : self->real->get_free (device);
}

/* The GPU that hangs, one at a time. */
static PFN_vkWaitForFences wait_truly;
static guint waited;

static VKAPI_ATTR VkResult VKAPI_CALL
wait_for_fences (VkDevice       device,
                 uint32_t       count,
                 const VkFence *fences,
                 VkBool32       all,
                 uint64_t       timeout)
{
  if (++waited < trouble.hung_at)
    return wait_truly (device, count, fences, all, timeout);

  g_usleep (2000);

  return VK_TIMEOUT;
}

static void
hang (VcGpu *gpu)
{
  wait_truly = gpu->WaitForFences;
  waited = 0;
  gpu->WaitForFences = wait_for_fences;
  if (!trouble.patient)
    gpu->patience_us = G_USEC_PER_SEC / 10;
}

static void
meet (VcDevice *device,
      gpointer  data)
{
  static GPtrArray *kept;
  Troubled *self;

  if ((guint) g_atomic_int_add (&opened, 1) >= trouble.devices)
    return;

  if (trouble.hung_at != 0 && strcmp (device->info.kind, "gpu") == 0)
    {
      hang ((VcGpu *) device);
      return;
    }

  if (kept == NULL)
    kept = g_ptr_array_new ();
  self = g_new0 (Troubled, 1);
  g_ptr_array_add (kept, self);

  self->real = device->class;
  self->class = *device->class;
  self->class.allocate = allocate;
  self->class.upload = upload;
  self->class.download = download;
  self->class.submit = submit;
  self->class.get_free = get_free;
  device->class = &self->class;

  if (trouble.graphics)
    {
      g_free (device->info.kind);
      device->info.kind = g_strdup ("gpu");
    }
}

void
test_make_trouble (const TestTrouble *wanted)
{
  trouble = wanted != NULL ? *wanted : (TestTrouble) { 0 };
  opened = refused = allocated = submitted = 0;
  vc_device_meet (wanted != NULL ? meet : NULL, NULL);
}

guint
test_count_opened (void)
{
  return g_atomic_int_get (&opened);
}

guint
test_count_refused (void)
{
  return g_atomic_int_get (&refused);
}

guint
test_count_allocated (void)
{
  return g_atomic_int_get (&allocated);
}

guint
test_count_submitted (void)
{
  return g_atomic_int_get (&submitted);
}
