/* phrases.h: words and pictures as rows of CLIP's space */
#pragma once

#include <vc.h>

#include "studio/workshop.h"

G_BEGIN_DECLS

/* (count, width) rows of unit length, each the mean of a word in several sentences: for single words, not for what
 * people type. Made once and kept in the library. Free with g_free(). */
float  *vig_phrases_embed_words (VigWorkshop        *workshop,
                                 VcClip             *clip,
                                 const char * const *words,
                                 guint               count,
                                 GCancellable       *cancellable,
                                 GError            **error) G_GNUC_WARN_UNUSED_RESULT;
/* (width) the row of a text as it is. */
float  *vig_phrases_embed_text  (VcClip             *clip,
                                 const char         *text,
                                 GCancellable       *cancellable,
                                 GError            **error) G_GNUC_WARN_UNUSED_RESULT;
/* (width) the row of what somebody typed to find it. A few words are taken as a thing, which captions are put around:
 * of 269 emoji asked for by their names, 52 % are among the first five then, 25 % otherwise. */
float  *vig_phrases_embed_query (VcClip             *clip,
                                 const char         *text,
                                 GCancellable       *cancellable,
                                 GError            **error) G_GNUC_WARN_UNUSED_RESULT;
/* (width) the row of a picture: @rgb is (height, width, 3). */
float  *vig_phrases_embed_pixels (VcClip            *clip,
                                  const guint8      *rgb,
                                  guint              width,
                                  guint              height,
                                  GCancellable      *cancellable,
                                  GError           **error) G_GNUC_WARN_UNUSED_RESULT;
/* (width) the row of the picture in a file. */
float  *vig_phrases_embed_file  (VcClip             *clip,
                                 const char         *path,
                                 GCancellable       *cancellable,
                                 GError            **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
