/* labels.h: a list of words to choose from, and what is none of them */
#pragma once

#include <vc.h>

#include "studio/workshop.h"

G_BEGIN_DECLS

typedef struct
{
  char  **words;   /* owned */
  guint   count;
  guint   width;
  float  *rows;    /* owned; (count + others, width): the words, then what is none of them */
  guint   others;
} VigLabels;

void       vig_labels_free (VigLabels          *labels);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VigLabels, vig_labels_free)

/* @words: (nullable): NULL: the vocabulary that comes with the program */
VigLabels *vig_labels_new  (VigWorkshop        *workshop,
                            VcClip             *clip,
                            const char * const *words,
                            GCancellable       *cancellable,
                            GError            **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * vig_labels_rate:
 * @row: (width) of a picture
 * @scale: of the CLIP that made it
 * @scores: (count) filled with probabilities; what they lack of 1 is “none of these”
 */
void       vig_labels_rate (const VigLabels    *labels,
                            const float        *row,
                            float               scale,
                            double             *scores);

G_END_DECLS
