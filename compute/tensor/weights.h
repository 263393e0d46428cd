/* weights.h: a safetensors file, and the loader that places what is in it on a device */
#pragma once

#include "tensor/arena.h"
#include "tensor/parameter.h"

G_BEGIN_DECLS

typedef struct _VcWeights VcWeights;
typedef struct _VcLoader  VcLoader;

/**
 * vc_weights_open:
 * @path: a safetensors file
 *
 * Maps the file and checks all of its header: that each tensor has a name that no other has, a known
 * type, a shape whose size does not overflow, and bytes that are inside the file, as many as type and
 * shape ask for and no other tensor's. The numbers themselves are looked at when they are loaded.
 *
 * The file must not be changed while it is open. Each tensor is loaded only after a look at the file's
 * size, so that one that was cut short earlier is an error; one that is cut short in that very moment
 * ends the program with SIGBUS, as it does every reader of mapped files. Writers that replace the file
 * by renaming do no harm.
 *
 * Thread: any one at a time. Takes time and memory for the header alone.
 *
 * Errors: %VC_ERROR_BAD_MODEL.
 */
VcWeights  *vc_weights_open (const char  *path,
                             GError     **error) G_GNUC_WARN_UNUSED_RESULT;
void        vc_weights_free (VcWeights   *weights);

gboolean    vc_weights_has  (VcWeights   *weights,
                             const char  *name);

/* What is in the file, by name. (transfer container): of const VcParameter, which are the file's. */
GPtrArray  *vc_weights_list  (VcWeights   *weights) G_GNUC_WARN_UNUSED_RESULT;

/**
 * vc_weights_read:
 * @parameter: from vc_weights_list()
 * @first: of its elements, row-major
 * @n: how many; no more than there are
 * @bytes: filled with them as they lie in the file
 *
 * Errors: %VC_ERROR_BAD_MODEL when the file can no longer be read.
 */
gboolean    vc_weights_read  (VcWeights          *weights,
                              const VcParameter  *parameter,
                              guint64             first,
                              gsize               n,
                              void               *bytes,
                              GError            **error) G_GNUC_WARN_UNUSED_RESULT;

/* Bytes of a device that a loader takes for all that is in the file. */
gsize       vc_weights_get_room (VcWeights *weights);

/**
 * vc_weights_hash:
 *
 * SHA-256 of the whole file in hex, computed by the first call: reads all of it, about 2 to 4 seconds
 * a gigabyte. Borrowed.
 *
 * Errors: %VC_ERROR_BAD_MODEL when the file can no longer be read.
 */
const char *vc_weights_hash (VcWeights   *weights,
                             GError     **error) G_GNUC_WARN_UNUSED_RESULT;

/* The loader. What it gives is written down on the device at once; the first thing that goes wrong is
 * kept for vc_loader_finish(), and after it every tensor has the shape asked for and undefined content.
 *
 * A tensor of the file fits when its shape is the one asked for, extents of 1 left out on both sides: a
 * 1x1 convolution (out, in, 1, 1) is a matrix (out, in). F16 and F32 stay as they are where a matrix is
 * wanted; BF16 becomes f32; a vector is always f32. Numbers that are not finite are refused. */

/**
 * vc_loader_new:
 * @device:  where to
 * @weights: must outlive the loader
 *
 * Takes an arena with room for all tensors of the file, each once.
 *
 * Thread: the device's maker's.
 *
 * Errors: %VC_ERROR_OUT_OF_MEMORY.
 */
VcLoader   *vc_loader_new           (VcDevice           *device,
                                     VcWeights          *weights,
                                     GError            **error) G_GNUC_WARN_UNUSED_RESULT;
void        vc_loader_free          (VcLoader           *loader);

/* What stands before every name from here on: "vision_model.encoder.layers.%u."; %NULL for nothing. */
void        vc_loader_prefix        (VcLoader           *loader,
                                     const char         *format,
                                     ...) G_GNUC_PRINTF (2, 3);

/* Whether the file has prefix and @name. */
gboolean    vc_loader_has           (VcLoader           *loader,
                                     const char         *name);

/* (1, width) f32 */
VcTensor    vc_loader_vector        (VcLoader           *loader,
                                     const char         *name,
                                     uint32_t            width);
/* (rows, width) f16 or f32 */
VcTensor    vc_loader_matrix        (VcLoader           *loader,
                                     const char         *name,
                                     uint32_t            rows,
                                     uint32_t            width);
/* (rows, width) f16 or f32 from the file's (width, rows) */
VcTensor    vc_loader_transposed    (VcLoader           *loader,
                                     const char         *name,
                                     uint32_t            rows,
                                     uint32_t            width);
/* (out, side, side, in) f16 or f32 from the file's (out, in, side, side): what vc_op_conv2d() takes */
VcTensor    vc_loader_kernel        (VcLoader           *loader,
                                     const char         *name,
                                     uint32_t            out,
                                     uint32_t            in,
                                     uint32_t            side);
float       vc_loader_scalar        (VcLoader           *loader,
                                     const char         *name);

#define VC_NAMES(...) ((const char * const []) { __VA_ARGS__, NULL })

/* (n * rows, width): the n matrices of @names, each (rows, width), one under another; f32 unless all
 * are F16.  vc_loader_stack (loader, VC_NAMES ("q.weight", "k.weight", "v.weight"), width, width) */
VcTensor    vc_loader_stack         (VcLoader           *loader,
                                     const char * const *names,
                                     uint32_t            rows,
                                     uint32_t            width);
/* (1, n * width) f32: vectors one after another */
VcTensor    vc_loader_stack_vector  (VcLoader           *loader,
                                     const char * const *names,
                                     uint32_t            width);

/**
 * vc_loader_finish:
 *
 * To be called once, after the last tensor.
 *
 * Errors: the first that was met. %VC_ERROR_BAD_MODEL:
 * weights “model.safetensors”: “visual_projection.weight” is f16 (768, 512), wanted (1024, 512);
 * %VC_ERROR_OUT_OF_MEMORY, %VC_ERROR_DEVICE_LOST.
 *
 * Returns: (transfer full): the arena that all tensors lie in
 */
VcArena    *vc_loader_finish        (VcLoader           *loader,
                                     GError            **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VcWeights, vc_weights_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VcLoader, vc_loader_free)

G_END_DECLS
