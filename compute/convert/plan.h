/* plan.h: what a safetensors file is to hold, tensor by tensor, and from where in a checkpoint each comes */
#pragma once

#include "convert/checkpoint.h"

G_BEGIN_DECLS

typedef struct _VcPlan VcPlan;

/* Called between pieces of work with what is done of it, 0 to 1; returning FALSE stops it with
 * VC_ERROR_CANCELLED. */
typedef gboolean (*VcConvertStep) (double   fraction,
                                   gpointer data);

/**
 * vc_plan_new:
 * @checkpoint: (nullable): where from; must outlive the plan
 * @matrices: VC_STORED_F16 or VC_STORED_F32: how tensors of two axes and more are written. Vectors and scalars,
 *   which are few, are always f32.
 *
 * What is asked of a plan is written down; the first fault is kept for vc_plan_write().
 */
VcPlan    *vc_plan_new       (VcCheckpoint       *checkpoint,
                              VcStored            matrices) G_GNUC_WARN_UNUSED_RESULT;
void       vc_plan_free      (VcPlan             *plan);

/* From here on, tensors come out of another checkpoint. */
void       vc_plan_turn_to   (VcPlan             *plan,
                              VcCheckpoint       *checkpoint);

#define VC_AXES(...) (sizeof ((uint64_t[]) { __VA_ARGS__ }) / sizeof (uint64_t)), (uint64_t[]) { __VA_ARGS__ }
#define VC_SCALAR 0, NULL

/* The file's @name is the checkpoint's @source, which must have these axes, extents of 1 left out on both sides.
 * vc_plan_copy (plan, "visual_projection.weight", "visual.head", VC_AXES (512, 768)); */
void       vc_plan_copy      (VcPlan             *plan,
                              const char         *name,
                              const char         *source,
                              uint32_t            n_axes,
                              const uint64_t     *axes);
/* Part @part of @n_parts of the @source, which has so many times the first of these axes: queries of what has
 * queries, keys and values one under another are part 0 of 3. */
void       vc_plan_part      (VcPlan             *plan,
                              const char         *name,
                              const char         *source,
                              uint32_t            part,
                              uint32_t            n_parts,
                              uint32_t            n_axes,
                              const uint64_t     *axes);
/* (rows, width) from the source's (width, rows) */
void       vc_plan_transpose (VcPlan             *plan,
                              const char         *name,
                              const char         *source,
                              uint64_t            rows,
                              uint64_t            width);
/* Elements from row @first of the @source on, which has @rows rows of what @axes say but for the first: heads of two
 * tongues lie in one table. */
void       vc_plan_rows      (VcPlan             *plan,
                              const char         *name,
                              const char         *source,
                              uint64_t            first,
                              uint64_t            rows,
                              uint32_t            n_axes,
                              const uint64_t     *axes);
/* (side * side, width): row i is row i / side of @rows and row i % side of @columns, added; always f32. */
void       vc_plan_square    (VcPlan             *plan,
                              const char         *name,
                              const char         *rows,
                              const char         *columns,
                              uint64_t            side,
                              uint64_t            width);
/* What was asked for last is written as f32 whatever its axes. */
void       vc_plan_keep_wide (VcPlan             *plan);
/* A scalar of this value. */
void       vc_plan_constant  (VcPlan             *plan,
                              const char         *name,
                              float               value);
/* This value everywhere. */
void       vc_plan_fill      (VcPlan             *plan,
                              const char         *name,
                              float               value,
                              uint32_t            n_axes,
                              const uint64_t     *axes);
/* A remark in the file's header, of letters, digits and signs that JSON leaves alone. What else a model is than its
 * weights belongs here: two that differ in it must not have the same hash. */
void       vc_plan_note      (VcPlan             *plan,
                              const char         *note);
/* A fault that the caller found; kept if it is the first. */
void       vc_plan_fault     (VcPlan             *plan,
                              const char         *format,
                              ...) G_GNUC_PRINTF (2, 3);
/* The first fault, if there is one: what is planned can be written as far as the checkpoint's shapes go. */
gboolean   vc_plan_check     (VcPlan             *plan,
                              GError            **error) G_GNUC_WARN_UNUSED_RESULT;

/* Bytes of the file. */
guint64    vc_plan_measure   (VcPlan             *plan);

/**
 * vc_plan_write:
 * @path: a file that is not there yet
 * @step: (nullable)
 *
 * Takes memory for one tensor at most, and for a few megabytes of one that is neither turned nor spread. The file
 * is on the disk when this returns; after an error, what there is of it is for the caller to remove.
 *
 * Errors: the first fault; %VC_ERROR_BAD_MODEL for numbers that are not finite or too large for f16;
 * %VC_ERROR_CANCELLED; G_FILE_ERROR for what the disk says.
 */
gboolean   vc_plan_write     (VcPlan             *plan,
                              const char         *path,
                              VcConvertStep       step,
                              gpointer            data,
                              GError            **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VcPlan, vc_plan_free)

G_END_DECLS
