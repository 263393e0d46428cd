/* clip.h: pictures and texts as rows of one space [Radford et al. 2021] */
#pragma once

#include "device.h"

G_BEGIN_DECLS

typedef struct _VcClip VcClip;

/**
 * vc_clip_load:
 * @directory: a model as Hugging Face publishes it: config.json, model.safetensors, vocab.json and
 *   merges.txt, preprocessor_config.json
 *
 * Errors: %VC_ERROR_BAD_MODEL says which file and what is wrong; %VC_ERROR_OUT_OF_MEMORY, before any is taken,
 * where the weights and one picture need more than is free.
 */
VcClip     *vc_clip_load         (VcDevice           *device,
                                  const char         *directory,
                                  GError            **error) G_GNUC_WARN_UNUSED_RESULT;
void        vc_clip_free         (VcClip             *clip);

uint32_t    vc_clip_get_width    (VcClip             *clip);  /* of a row */
uint32_t    vc_clip_get_side     (VcClip             *clip);  /* pixels of the square it looks at */
float       vc_clip_get_scale    (VcClip             *clip);  /* exp (logit_scale): softmax (scale * cosines) */
/* SHA-256 of model.safetensors in hex: which weights made a row. Borrowed. */
const char *vc_clip_get_hash     (VcClip             *clip);

/* Bytes of the device that vc_clip_embed_images() takes for @count pictures. */
gsize       vc_clip_get_room     (VcClip             *clip,
                                  uint32_t            count);

/**
 * vc_clip_tokenize:
 * @n_ids: (out): how many
 *
 * With start and end tokens, cut to the model's context, without padding.
 *
 * Returns: (transfer full): ids, free with g_free()
 */
uint32_t   *vc_clip_tokenize     (VcClip             *clip,
                                  const char         *text,
                                  uint32_t           *n_ids) G_GNUC_WARN_UNUSED_RESULT;

/**
 * vc_clip_prepare:
 * @rgb: (height, width, 3)  upright sRGB bytes; rows are @stride bytes apart
 * @pixels: (side, side, 3)  filled with what vc_clip_embed_images() takes
 *
 * Pillow's bicubic on the short side, the centre square, then mean and deviation [openai/CLIP,
 * clip.py _transform]. Arithmetic only: any thread.
 */
void        vc_clip_prepare      (VcClip             *clip,
                                  const uint8_t      *rgb,
                                  uint32_t            width,
                                  uint32_t            height,
                                  gsize               stride,
                                  float              *pixels);

/**
 * vc_clip_embed_images:
 * @pixels: (count, side, side, 3)  from vc_clip_prepare()
 * @count:  at least 1; worked on a few at a time
 * @rows:   (count, width)  filled with rows of unit length
 * @step:   (nullable): called after each few
 *
 * Errors: %VC_ERROR_CANCELLED, %VC_ERROR_OUT_OF_MEMORY, %VC_ERROR_DEVICE_LOST, %VC_ERROR_NO_NUMBERS; @rows is then undefined.
 */
gboolean    vc_clip_embed_images (VcClip             *clip,
                                  const float        *pixels,
                                  uint32_t            count,
                                  float              *rows,
                                  VcStep              step,
                                  gpointer            data,
                                  GError            **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same for @count texts: the dot product of two rows is their likeness, in [-1, 1]. */
gboolean    vc_clip_embed_texts  (VcClip             *clip,
                                  const char * const *texts,
                                  uint32_t            count,
                                  float              *rows,
                                  VcStep              step,
                                  gpointer            data,
                                  GError            **error) G_GNUC_WARN_UNUSED_RESULT;

uint32_t    vc_clip_get_cells    (VcClip             *clip);  /* a side of the map below: its patches, at most 8 */
/**
 * vc_clip_locate:
 * @pixels:    (side, side, 3)  from vc_clip_prepare()
 * @direction: (width)  a text's row, or any other: what is looked for is the product of it with a picture's row
 * @map:       (cells, cells)  filled; cells is vc_clip_get_cells()
 * @step:      (nullable): called after each few pictures
 *
 * Which parts of a picture make it what @direction says: each window of two by two cells is hidden in turn behind the
 * picture's mean colour, and the map tells by how much the product falls for it, as the mean of the windows that a cell is in [Zeiler and
 * Fergus 2014, 4.2]. Above 0: it speaks for it; below: against. It needs no gradient and holds for any CLIP, as it asks
 * nothing but what the model answers. Takes (cells − 1)² + 1 pictures.
 *
 * Errors: as vc_clip_embed_images(); @map is then undefined.
 */
gboolean    vc_clip_locate       (VcClip             *clip,
                                  const float        *pixels,
                                  const float        *direction,
                                  float              *map,
                                  VcStep              step,
                                  gpointer            data,
                                  GError            **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VcClip, vc_clip_free)

G_END_DECLS
