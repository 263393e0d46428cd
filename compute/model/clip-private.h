/* clip-private.h: what tests ask of CLIP beside its face */
#pragma once

#include "model/clip.h"

G_BEGIN_DECLS

/* vc_clip_embed_images() and vc_clip_embed_texts() before their rows are given unit length. */
gboolean vc_clip_project_images (VcClip         *clip,
                                 const float    *pixels,
                                 uint32_t        count,
                                 gboolean        unit,
                                 float          *rows,
                                 VcStep          step,
                                 gpointer        data,
                                 GError        **error) G_GNUC_WARN_UNUSED_RESULT;
/* @ids: (count, context)  of which the first @lengths[i] of row i are read */
gboolean vc_clip_project_ids    (VcClip         *clip,
                                 const uint32_t *ids,
                                 const uint32_t *lengths,
                                 uint32_t        count,
                                 gboolean        unit,
                                 float          *rows,
                                 VcStep          step,
                                 gpointer        data,
                                 GError        **error) G_GNUC_WARN_UNUSED_RESULT;

/* Patches a side. */
uint32_t vc_clip_get_grid       (VcClip         *clip);
/* From here on no product is coarse: rows come as near to those of others as f32 does. */
void     vc_clip_refine         (VcClip          *clip);

G_END_DECLS
