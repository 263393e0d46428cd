/* labels.h: words to choose from, how probable each is for a picture, and whether it is none of them */
#pragma once

#include <vc.h>

#include "studio/yardstick.h"
#include "studio/probe.h"

G_BEGIN_DECLS

typedef struct
{
  char     *tag;        /* owned */
  char     *label;      /* owned */
  float    *row;        /* owned; (width) */
  double    mean;       /* of its evidence over the background */
  double    deviation;
  double    threshold;
  VigProbe *probe;      /* owned; of a tag that was taught; then its name does not count */
} VigKnownLabel;

typedef struct
{
  VigYardstick *background;  /* owned */
  GPtrArray     *known;       /* owned; of VigKnownLabel */
} VigLabels;

void       vig_labels_free     (VigLabels          *labels);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VigLabels, vig_labels_free)

/**
 * vig_labels_new:
 * @lines: (nullable): lines as of a vocabulary file; NULL: the vocabulary that comes with the program
 * @taught: whether tags that were taught are among them in any case
 *
 * Tags with a threshold of their own have it, and those that were taught are learned now.
 */
VigLabels *vig_labels_new      (VigWorkshop        *workshop,
                                VcClip             *clip,
                                const char * const *lines,
                                gboolean            taught,
                                GCancellable       *cancellable,
                                GError            **error) G_GNUC_WARN_UNUSED_RESULT;

/* Fills @scores, one for each label, with the probability that the picture of @row, (width), shows it, each for itself, as
 * yardstick.h has it. None near 1: it is none of these. */
void       vig_labels_rate     (const VigLabels    *labels,
                                const float        *row,
                                double             *scores);

/* (width) in which direction the evidence for a label grows: what is common to all captions is taken off it. */
float     *vig_labels_dup_direction (const VigLabels *labels,
                                     guint            index) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
