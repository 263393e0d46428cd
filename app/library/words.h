/* words.h: pictures whose prompt, tags or file name have the words that were typed */
#pragma once

#include "library/library-private.h"

G_BEGIN_DECLS

typedef struct
{
  gint64 id;
  float  score;  /* 0 to below 1; 0 of all where very many have them */
} VigWordHit;

/* (element-type VigWordHit): by id. @text: as VigQuery.text */
GArray *vig_words_find (VigTransaction *t,
                        const char     *text) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
