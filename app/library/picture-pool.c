/* picture-pool.c: the pictures alive, one object an id */

#define G_LOG_DOMAIN "vig-picture-pool"

#include "config.h"

#include "library/picture-private.h"

typedef struct
{
  gpointer object;  /* never followed: only to know whose slot this is */
  GWeakRef ref;
} Slot;

struct _VigPicturePool
{
  GMutex      mutex;
  GHashTable *slots;  /* id → Slot */
};

static void
free_slot (gpointer data)
{
  Slot *slot = data;

  g_weak_ref_clear (&slot->ref);
  g_free (slot);
}

VigPicturePool *
vig_picture_pool_new (void)
{
  VigPicturePool *pool = g_atomic_rc_box_new0 (VigPicturePool);

  g_mutex_init (&pool->mutex);
  pool->slots = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, free_slot);

  return pool;
}

static void
clear_pool (gpointer data)
{
  VigPicturePool *pool = data;

  g_hash_table_unref (pool->slots);
  g_mutex_clear (&pool->mutex);
}

void
vig_picture_pool_unref (VigPicturePool *pool)
{
  if (pool != NULL)
    g_atomic_rc_box_release_full (pool, clear_pool);
}

VigPicture *
vig_picture_pool_find (VigPicturePool *pool,
                       gint64          id)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&pool->mutex);
  Slot *slot = g_hash_table_lookup (pool->slots, &id);

  return slot != NULL ? g_weak_ref_get (&slot->ref) : NULL;
}

VigPicture *
vig_picture_pool_get (VigPicturePool  *pool,
                      VigPictureFacts *facts)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&pool->mutex);
  Slot *slot = g_hash_table_lookup (pool->slots, &facts->id);
  VigPicture *picture = slot != NULL ? g_weak_ref_get (&slot->ref) : NULL;

  if (picture != NULL)
    {
      vig_picture_update (picture, facts);
      return picture;
    }

  picture = vig_picture_new (facts, pool);
  slot = g_new0 (Slot, 1);
  slot->object = picture;
  g_weak_ref_init (&slot->ref, picture);
  g_hash_table_replace (pool->slots, g_memdup2 (&facts->id, sizeof facts->id), slot);

  return picture;
}

GArray *
vig_picture_pool_dup_ids (VigPicturePool *pool)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&pool->mutex);
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  GHashTableIter iter;
  gpointer id;

  g_hash_table_iter_init (&iter, pool->slots);
  while (g_hash_table_iter_next (&iter, &id, NULL))
    g_array_append_vals (ids, id, 1);

  return ids;
}

void
vig_picture_pool_leave (VigPicturePool *pool,
                        VigPicture     *picture,
                        gint64          id)
{
  g_mutex_lock (&pool->mutex);
  Slot *slot = g_hash_table_lookup (pool->slots, &id);
  /* Another object may have taken the slot since this one lost its last reference. */
  if (slot != NULL && slot->object == picture)
    g_hash_table_remove (pool->slots, &id);
  g_mutex_unlock (&pool->mutex);

  vig_picture_pool_unref (pool);
}
