/* bpe.h: neighbouring symbols that are merged into one, by rank [Sennrich et al. 2016] */
#pragma once

#include <stdint.h>

#include "error.h"

G_BEGIN_DECLS

typedef struct _VcBpe VcBpe;

/**
 * vc_bpe_new:
 * @at_once: all occurrences of a pair are merged before another pair is looked for, as openai/CLIP does
 *   it; otherwise the leftmost of the lowest rank, and then one looks again, as min-dalle, Hugging Face's
 *   tokenizers and YouTokenToMe do
 */
VcBpe   *vc_bpe_new   (gboolean        at_once);
void     vc_bpe_free  (VcBpe          *bpe);

/* @left and @right become @result; the earlier it is added, the lower its rank. Of a pair that is added
 * twice the later counts. */
void     vc_bpe_add   (VcBpe          *bpe,
                       uint32_t        left,
                       uint32_t        right,
                       uint32_t        result);
uint32_t vc_bpe_count (VcBpe          *bpe);
/* To be called once, after the last. */
void     vc_bpe_seal  (VcBpe          *bpe);

/**
 * vc_bpe_merge:
 * @symbols: (n)  of one word, at least one
 * @ids: (element-type uint32_t): what is left when nothing more can be merged is added
 *
 * The time is n log n. Any thread.
 */
void     vc_bpe_merge (VcBpe          *bpe,
                       const uint32_t *symbols,
                       gsize           n,
                       GArray         *ids);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VcBpe, vc_bpe_free)

G_END_DECLS
