/* gpu.h: one GPU as a device: its Vulkan handles and its limits */
#pragma once

#include "device-private.h"
#include "gpu/instance.h"

G_BEGIN_DECLS

typedef struct _VcPrograms VcPrograms;
typedef struct _VcPushes VcPushes;
typedef struct _VcQueue VcQueue;
typedef struct _VcSheets VcSheets;
typedef struct _VcStaging VcStaging;

/* Bindings and workgroups as the ops make them. A device must allow this much; all known ones do. */
#define VC_GPU_BUFFERS (VC_MAX_READS + VC_MAX_WRITES)
#define VC_GPU_INVOCATIONS 256

typedef struct
{
  VcDevice                          parent;

  VcInstance                       *instance;  /* owned */
  VkPhysicalDevice                  physical;
  VkDevice                          device;
  VkQueue                           queue;
  uint32_t                          family;
  VkPhysicalDeviceMemoryProperties  memory;

  VkPhysicalDeviceProperties        properties;
  gsize                             max_texels;  /* vectors of 4 in a texel buffer; 0: it has none of use */
  gboolean                          unified;     /* device memory is the computer's memory */
  gboolean                          staged;      /* never mapped: only so under test */
  gboolean                          careless;    /* no barriers between dispatches: only so under test */
  gboolean                          lost;        /* it has stopped answering */
  gint64                            patience_us; /* that one submission can take, at most */

  VcPrograms                       *programs;  /* owned */
  VcQueue                          *work;      /* owned */
  VcSheets                         *sheets;    /* owned */
  VcStaging                        *staging;   /* owned; NULL until the first use */

#define CALL(name) PFN_vk##name name;
  VC_DEVICE_CALLS (CALL)
#undef CALL
} VcGpu;

/* vc_vk_ok() that remembers a lost device: nothing is asked of it any more. */
gboolean vc_gpu_ok (VcGpu       *gpu,
                    VkResult     result,
                    const char  *what,
                    GError     **error);

G_END_DECLS
