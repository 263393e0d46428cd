/* flow.h: what dispatches read and wrote since the last barrier, and whether the next one must wait for it */
#pragma once

#include "recorder.h"

G_BEGIN_DECLS

typedef struct _VcFlow VcFlow;

VcFlow   *vc_flow_new   (void);
void      vc_flow_free  (VcFlow           *flow);

/* As at the beginning of a list of commands, which sees all that was written before it. */
void      vc_flow_reset (VcFlow           *flow);

/**
 * vc_flow_next:
 * @next: the dispatch that follows those that were given before
 *
 * Its tensors are what its shader is bound to, and so all that it can reach: reads first, then writes. It must wait if
 * it reads bytes that were written since the last barrier, or writes bytes that were read or written since. Where
 * it must, that barrier is taken to be there: it is the caller's to record, before @next.
 *
 * Returns: %TRUE if there must be a barrier before @next
 */
gboolean  vc_flow_next  (VcFlow           *flow,
                         const VcRecorded *next);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VcFlow, vc_flow_free)

G_END_DECLS
