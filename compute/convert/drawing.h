/* drawing.h: what the importers of drawing models share */
#pragma once

#include "convert/import-private.h"

G_BEGIN_DECLS

/* A tensor by a name that is put together, or NULL. Borrowed. */
const VcParameter *vc_drawing_find   (VcCheckpoint  *checkpoint,
                                      const char    *format,
                                      ...) G_GNUC_PRINTF (2, 3);
/* Its extent along @axis; 0 where there is none. */
uint32_t           vc_drawing_axis   (VcCheckpoint  *checkpoint,
                                      uint32_t       axis,
                                      const char    *format,
                                      ...) G_GNUC_PRINTF (3, 4);
/* How many there are of a name with one number in it, from 0 on: "blocks.%u.ln1.weight". */
uint32_t           vc_drawing_count  (VcCheckpoint  *checkpoint,
                                      const char    *format);

/**
 * vc_drawing_open:
 * @stems: (array zero-terminated=1): names without their ends, relative to the folder
 * @checkpoint: (out): in import's keeping; NULL when there is none
 *
 * The weights of the first of @stems that is there, with any of the ends that publishers use.
 *
 * Returns: FALSE when they are there and cannot be read
 */
gboolean           vc_drawing_open   (VcImport           *import,
                                      const char * const *stems,
                                      VcCheckpoint      **checkpoint,
                                      GError            **error);
/* The first of @names that is a file of the folder, or NULL. Borrowed from @names. */
const char        *vc_drawing_choose (VcImport           *import,
                                      const char * const *names);
/* A whole number that a configuration beside the weights has under one of @keys, or @otherwise. */
uint32_t           vc_drawing_ask    (VcImport           *import,
                                      const char * const *keys,
                                      uint32_t            otherwise);

/* @name.weight, and with @biased @name.bias, from the same of @source: (out, in), or a vector where in is 0. */
void               vc_drawing_copy   (VcPlan        *plan,
                                      const char    *name,
                                      const char    *source,
                                      uint64_t       out,
                                      uint64_t       in,
                                      gboolean       biased);
/* A norm that has no weights in the source: they are all 1. */
void               vc_drawing_norm   (VcPlan        *plan,
                                      const char    *name,
                                      const char    *source,
                                      uint64_t       width);

/* A VQGAN by the names of taming-transformers. */
typedef struct
{
  VcCheckpoint *checkpoint;
  const char   *codebook;  /* its name there */
  uint32_t      levels;
  uint32_t      channels[8];
  gboolean      attends[8];
  uint32_t      blocks;
  uint32_t      latent;
  uint32_t      width;
  uint32_t      codes;
  gboolean      reads;
  gboolean      votes;
} VcVqganShape;

/* FALSE where the weights are no VQGAN's. */
gboolean           vc_drawing_measure_vqgan (VcVqganShape  *shape,
                                             VcCheckpoint  *checkpoint);
/* What stage1.safetensors is to hold. */
VcPlan            *vc_drawing_plan_vqgan    (const VcVqganShape *shape) G_GNUC_WARN_UNUSED_RESULT;
/* "stage1": { … } of config.json */
void               vc_drawing_describe_vqgan (const VcVqganShape *shape,
                                             uint32_t            grid,
                                             const char         *epsilon,
                                             GString            *text);

/* config.json and both plans, which are taken; what was written is looked at before the weights are. */
void               vc_drawing_add           (VcImport           *import,
                                             const GString      *config,
                                             VcPlan             *stage1,
                                             VcPlan             *stage2);

G_END_DECLS
