/* device-private.h: what a device must be able to do; gpu and host each do it */
#pragma once

#include "recorder.h"

G_BEGIN_DECLS

typedef struct
{
  /* A buffer of at least @size bytes. NULL with VC_ERROR_OUT_OF_MEMORY. */
  VcBuffer *(*allocate) (VcDevice *device,
                         gsize     size,
                         GError  **error);
  void      (*release)  (VcBuffer *buffer);

  gboolean  (*upload)   (VcBuffer   *buffer,
                         gsize       offset,
                         const void *data,
                         gsize       size,
                         GError    **error);
  gboolean  (*download) (VcBuffer *buffer,
                         gsize     offset,
                         void     *data,
                         gsize     size,
                         GError  **error);

  /* Runs the dispatches in order, each seeing what those before it wrote. Blocks. */
  gboolean  (*submit)   (VcDevice         *device,
                         const VcRecorded *dispatches,
                         guint             count,
                         GError          **error);

  void      (*free)     (VcDevice *device);
} VcDeviceClass;

/* Both are the first field of the device's own struct. */
struct _VcDevice
{
  const VcDeviceClass *class;
  VcDeviceInfo         info;
  gsize                max_buffer;  /* bytes; 0 where memory alone is the limit */
};

struct _VcBuffer
{
  VcDevice *device;  /* borrowed */
  gsize     size;
};

/* The doors of the two rooms behind this one. */
VcDevice  *vc_host_open (GError **error);
VcDevice  *vc_gpu_open  (const char *id,
                         GError    **error);
/* (element-type VcDeviceInfo): Vulkan devices, the best first, not yet tested; empty without a loader */
GPtrArray *vc_gpu_list  (void);

G_END_DECLS
