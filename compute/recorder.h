/* recorder.h: a list of dispatches, checked once */
#pragma once

#include "ops/stems.h"
#include "tensor/tensor.h"

G_BEGIN_DECLS

/* The least that Vulkan promises: 4 storage buffers a stage is the floor of the specification, and
 * every driver known gives at least 16; push constants are 128 bytes everywhere. */
#define VC_MAX_READS 6
#define VC_MAX_WRITES 3
#define VC_MAX_CONSTANTS 8
#define VC_MAX_PUSH 128

typedef struct
{
  const void *data;
  gsize       size;
} VcBytes;

#define VC_BYTES(struct_) ((VcBytes) { &(struct_), sizeof (struct_) })

/* What is measured to find the faster way, each for f32 and for f16 weights where there are weights. */
typedef enum
{
  VC_TILES_ATTENTION_FEW,   /* tokens */
  VC_TILES_ATTENTION_MANY,
  VC_TILES_LINEAR_ONE,      /* row */
  VC_TILES_LINEAR_FEW,
  VC_TILES_LINEAR_MANY,
  VC_TILES_LINEAR_COARSE,   /* many rows by f16 weights, where products may be coarse */
  VC_TILES_CONV2D,
  VC_N_TILES
} VcTilesKind;

/**
 * VcTiles:
 * @texels: bit i: reads[i] is read in vectors of 4, so that it can be a texel buffer
 * @constants, @groups: as in #VcDispatch
 *
 * How the same dispatch is launched by STEM_tiles.comp, where an op has one: it computes the same in the
 * same order, but each invocation by itself. A device takes what it runs faster, and never one that
 * gives other bits.
 */
typedef struct
{
  VcTilesKind kind;
  uint32_t    texels;
  uint32_t    constants[VC_MAX_CONSTANTS];
  uint32_t    groups[3];
} VcTiles;

/* The matrices that a device multiplies at once, rows by depth and depth by outs, and the invocations that do it
 * together. */
typedef struct
{
  uint32_t rows;
  uint32_t outs;
  uint32_t depth;
  uint32_t lanes;
} VcMatrix;

/* How the same dispatch is launched by STEM_matrix.comp, as in #VcDispatch. */
typedef struct
{
  uint32_t constants[VC_MAX_CONSTANTS];
  uint32_t groups[3];
} VcLaunch;

/**
 * VcDispatch:
 * @op: which shader, and which host kernel
 * @store: dtype of the weights it reads, %VC_F32 where it has none
 * @reads: bound first, in this order; ends at the first NULL
 * @writes: bound after them
 * @constants: specialisation constants by id: what changes the code
 * @push: the op's push struct: what changes the work
 * @groups: workgroups in x, y, z; 0 means 1. Each at most 65535. The host does not look at them.
 * @tiles: the other way to run it; without groups: there is none
 * @matrix: one more, where there are tiles and their kind is VC_TILES_LINEAR_COARSE
 */
typedef struct
{
  VcOp            op;
  VcDtype         store;
  const VcTensor *reads[VC_MAX_READS];
  const VcTensor *writes[VC_MAX_WRITES];
  uint32_t        constants[VC_MAX_CONSTANTS];
  VcBytes         push;
  uint32_t        groups[3];
  VcTiles         tiles;
  VcLaunch        matrix;
} VcDispatch;

/* A dispatch as the device gets it: values, nothing borrowed but the buffers. */
typedef struct
{
  VcOp     op;
  VcDtype  store;
  uint32_t n_reads;
  uint32_t n_writes;
  VcTensor tensors[VC_MAX_READS + VC_MAX_WRITES];  /* reads, then writes */
  uint32_t constants[VC_MAX_CONSTANTS];
  uint8_t  push[VC_MAX_PUSH];
  uint32_t push_size;
  uint32_t groups[3];
  VcTiles  tiles;
  VcLaunch matrix;
} VcRecorded;

typedef struct _VcRecorder VcRecorder;

VcRecorder *vc_recorder_new      (VcDevice         *device);
void        vc_recorder_free     (VcRecorder       *recorder);
VcDevice   *vc_recorder_get_device (VcRecorder     *recorder);

/* Writes it down; copies all of @dispatch. Never fails. */
void        vc_recorder_dispatch (VcRecorder       *recorder,
                                  const VcDispatch *dispatch);

/* Bytes of a tensor that a dispatch can reach; an op whose weights are larger goes through them in slices. */
gsize       vc_recorder_range    (VcRecorder       *recorder);

/* What its device multiplies at once; all 0: nothing. */
VcMatrix    vc_recorder_matrix   (VcRecorder       *recorder);

/* @rows as workgroups in x and y, where the shader counts y * groups.x + x: more than 65535 fit. */
#define VC_ROW_GROUPS(rows) { MIN ((rows), 32768u), ((rows) + 32767u) / 32768u, 1 }

/**
 * vc_recorder_submit:
 *
 * Runs what was recorded, in order, each op seeing what those before it wrote, and forgets it: the
 * recorder is then empty and can be used again. Blocks until the device has answered.
 *
 * Errors: %VC_ERROR_DEVICE_LOST, %VC_ERROR_OUT_OF_MEMORY; what the ops wrote is then undefined.
 */
gboolean    vc_recorder_submit   (VcRecorder       *recorder,
                                  GError          **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VcRecorder, vc_recorder_free)

G_END_DECLS
