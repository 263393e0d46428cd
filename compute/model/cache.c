/* cache.c: keys and values of the tokens so far */

#include "model/cache.h"

VcMemory
vc_memory_take (VcArena       *arena,
                const VcTower *tower,
                uint32_t       count,
                uint32_t       capacity)
{
  const uint32_t head = tower->width / tower->heads;

  return (VcMemory) {
    .k = vc_arena_take4 (arena, VC_F32, count, tower->heads, capacity, head),
    .v = vc_arena_take4 (arena, VC_F32, count, tower->heads, capacity, head),
  };
}

gsize
vc_memory_room (const VcTower *tower,
                uint32_t       count,
                uint32_t       capacity)
{
  return 2 * vc_arena_room (VC_F32, (gsize) count * capacity * tower->width);
}

VcCache *
vc_cache_new (VcDevice       *device,
              const VcTower  *tower,
              uint32_t        count,
              uint32_t        capacity,
              GError        **error)
{
  const gsize size = tower->layers * vc_memory_room (tower, count, capacity);
  VcArena *arena = vc_arena_new (device, size, error);
  VcCache *cache;

  if (arena == NULL)
    return NULL;

  cache = g_new0 (VcCache, 1);
  cache->arena = arena;
  cache->layers = g_new0 (VcMemory, tower->layers);
  for (uint32_t layer = 0; layer < tower->layers; layer++)
    cache->layers[layer] = vc_memory_take (arena, tower, count, capacity);

  return cache;
}

void
vc_cache_free (VcCache *cache)
{
  if (cache == NULL)
    return;

  g_free (cache->layers);
  vc_arena_free (cache->arena);
  g_free (cache);
}
