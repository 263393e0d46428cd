/* pushes.h: push structs in memory, for shaders whose numbers change between one run of a list and the next */
#pragma once

#include "gpu/gpu.h"

G_BEGIN_DECLS

/* Of set 1, binding 0: a uniform buffer of which each dispatch sees its own part. */
VcPushes              *vc_pushes_new        (VcGpu       *gpu,
                                             guint        places,
                                             GError     **error);
void                   vc_pushes_free       (VcGpu       *gpu,
                                             VcPushes    *pushes);

VkDescriptorSetLayout  vc_pushes_get_layout (VcPushes    *pushes);
VkDescriptorSet        vc_pushes_get_set    (VcPushes    *pushes);

/* What a dispatch is bound with to see @place; and what it sees there from the next submission on. No list that
 * looks there may be under way. */
uint32_t               vc_pushes_get_offset (guint        place) G_GNUC_CONST;
void                   vc_pushes_write      (VcPushes    *pushes,
                                             guint        place,
                                             const void  *push);

G_END_DECLS
