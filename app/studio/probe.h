/* probe.h: a tag learned from pictures that have it */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* p = 1 / (1 + exp (− (weights·row + bias))) of a picture's row of unit length */
typedef struct
{
  guint   width;
  float  *weights;   /* owned; (width) */
  double  bias;
} VigProbe;

void      vig_probe_free  (VigProbe     *probe);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VigProbe, vig_probe_free)

/* Fewer than these say too little. */
#define VIG_PROBE_LEAST_WITH    3
#define VIG_PROBE_LEAST_WITHOUT 8

/**
 * vig_probe_learn:
 * @rows: (n_with + n_without + n_others, width) rows of unit length, in this order
 * @n_with: examples that have the tag
 * @n_without: examples that somebody said have it not: they count as much as those that have it
 * @n_others: pictures that nothing is said of: most have it not
 *
 * Logistic regression with an L2 penalty, by Newton's method in the space of the examples [Hastie et al., The Elements of
 * Statistical Learning, 4.4.1 and 18.3.5]: some hundred rows take some ten milliseconds, whatever the width. Both sides weigh the
 * same while it learns; then one picture in ten is taken to have the tag.
 *
 * Returns: (transfer full) (nullable): NULL where there are too few
 */
VigProbe *vig_probe_learn (const float  *rows,
                           guint         n_with,
                           guint         n_without,
                           guint         n_others,
                           guint         width) G_GNUC_WARN_UNUSED_RESULT;
double    vig_probe_rate  (const VigProbe *probe,
                           const float    *row);

G_END_DECLS
