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
  /* The same, but where to write and to read it takes no copies, though its ops may be slower: for the little that goes
   * to and fro with each submission. NULL: allocate does so. */
  VcBuffer *(*share)    (VcDevice *device,
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

  /* Bytes that can be allocated now, about. */
  guint64   (*get_free) (VcDevice *device);

  void      (*free)     (VcDevice *device);
} VcDeviceClass;

/* The ways in which a dispatch that has tiles can be run. */
typedef enum
{
  VC_WAY_PLAIN,   /* STEM.comp */
  VC_WAY_TILES,   /* STEM_tiles.comp */
  VC_WAY_TEXELS,  /* the same, reading texel buffers */
  VC_N_ALIKE,     /* give the same bits */
  VC_WAY_MATRIX = VC_N_ALIKE,  /* STEM_matrix.comp, for coarse products alone */
  VC_N_WAYS
} VcWay;

/* Of one kind of dispatch with weights of one type: the way that is the fastest, and the fastest where
 * tensors are too large for texel buffers. */
typedef struct
{
  VcWay any;
  VcWay untexelled;
} VcWays;

/* Weights are f32 or f16. */
#define VC_N_STORES 2

/* What a device was given so far. The host has no barriers, and does not count. */
typedef struct
{
  guint64 lists;       /* that dispatches were sent in */
  guint64 written;     /* of those, how many had to be written first */
  guint64 dispatches;
  guint64 barriers;    /* between them */
  guint64 copies;      /* to it and from it, that were submissions of their own */
} VcSent;

/* Both are the first field of the device's own struct. */
struct _VcDevice
{
  const VcDeviceClass *class;
  VcDeviceInfo         info;
  gsize                max_buffer;  /* bytes; 0 where memory alone is the limit */
  gsize                max_range;   /* bytes of a tensor that an op can reach; 0: all */

  gboolean             has_ways;    /* to choose from; if not, what follows is not looked at */
  VcWays               ways[VC_N_TILES][VC_N_STORES];
  VcMatrix             matrix;      /* that it multiplies at once; all 0: it does not */
  VcWay                last_way;    /* of the last dispatch that had a choice */

  VcSent               sent;

  VcStep               waiting;      /* see vc_device_set_waiting() */
  gpointer             waiting_data;
};

struct _VcBuffer
{
  VcDevice *device;  /* borrowed */
  gsize     size;
};

/* (element-type VcDeviceInfo): the host, then GPUs, the best first, those that failed with the reason: marks the one
 * that "auto" takes, and says why it does or why it does not. */
void       vc_device_choose (GPtrArray *list);

/* Called with each device that vc_device_open() hands out. Tests set it, before they open any, to put a class that
 * fails in the place of the device's own; the program never does. NULL: nobody is called. */
typedef void (*VcMeet) (VcDevice *device,
                        gpointer  data);
void       vc_device_meet (VcMeet   meet,
                           gpointer data);

/* The doors of the two rooms behind this one. */
VcDevice  *vc_host_open (GError **error);
/* @cache: (nullable): a directory to keep compiled shaders in */
VcDevice  *vc_gpu_open  (const char *id,
                         const char *cache,
                         GError    **error);
/* (element-type VcDeviceInfo): Vulkan devices, the best first, not yet tested; empty without a loader */
GPtrArray *vc_gpu_list  (void);

G_END_DECLS
