/* cache.h: keys and values of the tokens so far */
#pragma once

#include "model/config.h"
#include "tensor/arena.h"

G_BEGIN_DECLS

/* One layer's. k, v: (count, heads, capacity, head width) */
typedef struct
{
  VcTensor k;
  VcTensor v;
} VcMemory;

/* All layers' of a model that goes on a token at a time. */
typedef struct
{
  VcArena  *arena;    /* owned */
  VcMemory *layers;   /* owned; tower.layers of them */
} VcCache;

/* From an arena that has the room, which vc_memory_room() tells. */
VcMemory  vc_memory_take (VcArena       *arena,
                          const VcTower *tower,
                          uint32_t       count,
                          uint32_t       capacity);
gsize     vc_memory_room (const VcTower *tower,
                          uint32_t       count,
                          uint32_t       capacity);

/**
 * vc_cache_new:
 * @count: sequences
 * @capacity: tokens of each
 *
 * Errors: %VC_ERROR_OUT_OF_MEMORY.
 */
VcCache  *vc_cache_new   (VcDevice      *device,
                          const VcTower *tower,
                          uint32_t       count,
                          uint32_t       capacity,
                          GError       **error) G_GNUC_WARN_UNUSED_RESULT;
void      vc_cache_free  (VcCache       *cache);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VcCache, vc_cache_free)

G_END_DECLS
