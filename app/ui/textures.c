/* textures.c: a bounded cache of pictures ready to be drawn, decoded off the main thread */

#define G_LOG_DOMAIN "vig-textures"

#include "config.h"

#include "ui/textures.h"

#include "library/pixels.h"
#include "ui/smooth.h"

#define SOFT_SIDE 256  /* smaller pictures are enlarged to about this */
#define THREADS   2

struct _VigTextures
{
  GObject parent_instance;

  char       *cache;    /* owned */
  gsize       limit;    /* bytes */
  gsize       size;     /* bytes kept now */
  GHashTable *entries;  /* owned; key → its link in order */
  GQueue      order;    /* of Entry, most recently wanted first */
};

typedef struct
{
  char       *key;      /* owned */
  GdkTexture *texture;  /* owned */
  gsize       size;
} Entry;

typedef struct
{
  char  *path;          /* owned */
  char  *hash;          /* owned; NULL: not kept */
  char  *cache;         /* owned */
  char  *key;           /* owned; NULL: not kept */
  guint  side;
} Wish;

G_DEFINE_FINAL_TYPE (VigTextures, vig_textures, G_TYPE_OBJECT)

static void
free_entry (Entry *entry)
{
  g_object_unref (entry->texture);
  g_free (entry->key);
  g_free (entry);
}

static void
free_wish (Wish *wish)
{
  g_free (wish->path);
  g_free (wish->hash);
  g_free (wish->cache);
  g_free (wish->key);
  g_free (wish);
}

static char *
make_key (VigPicture *picture,
          guint       side)
{
  return g_strdup_printf ("%s/%u", vig_picture_get_hash (picture), side);
}

GdkTexture *
vig_textures_make (const guint8 *rgb,
                   guint         width,
                   guint         height)
{
  const guint larger = MAX (MAX (width, height), 1);
  const guint times = MIN (SOFT_SIDE / larger, 4);
  const gsize bytes = (gsize) width * height * 3;
  g_autoptr(GBytes) data = NULL;

  if (times < 2)
    {
      data = g_bytes_new (rgb, bytes);
      return gdk_memory_texture_new (width, height, GDK_MEMORY_R8G8B8, data, (gsize) width * 3);
    }

  data = g_bytes_new_take (vig_smooth_enlarge (rgb, width, height, times), bytes * times * times);
  return gdk_memory_texture_new (width * times, height * times, GDK_MEMORY_R8G8B8, data,
                                 (gsize) width * times * 3);
}

static void
load_in_thread (gpointer data,
                gpointer user_data)
{
  g_autoptr(GTask) task = data;
  const Wish *wish = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);
  g_autoptr(VigPixels) pixels = NULL;
  GError *error = NULL;

  if (g_task_return_error_if_cancelled (task))
    return;

  pixels = wish->hash != NULL
    ? vig_pixels_load_thumbnail (wish->path, wish->hash, wish->cache, wish->side, cancellable, &error)
    : vig_pixels_load (wish->path, wish->side, cancellable, &error);

  if (pixels == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, vig_textures_make (pixels->rgb, pixels->width, pixels->height),
                           g_object_unref);
}

/* What was wanted last is on the screen now: it goes first. */
static int
compare_wishes (gconstpointer a,
                gconstpointer b,
                gpointer      user_data)
{
  return g_task_get_priority ((GTask *) a) - g_task_get_priority ((GTask *) b);
}

static GThreadPool *
get_pool (void)
{
  static GThreadPool *pool;

  if (g_once_init_enter (&pool))
    {
      GThreadPool *made = g_thread_pool_new (load_in_thread, NULL, THREADS, FALSE, NULL);

      g_thread_pool_set_sort_function (made, compare_wishes, NULL);
      g_once_init_leave (&pool, made);
    }

  return pool;
}

static void
push_wish (VigTextures         *self,
           Wish                *wish,
           GCancellable        *cancellable,
           GAsyncReadyCallback  callback,
           gpointer             user_data)
{
  static int turn = 0;
  g_autoptr(GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, push_wish);
  g_task_set_task_data (task, wish, (GDestroyNotify) free_wish);
  g_task_set_priority (task, -turn++);
  g_thread_pool_push (get_pool (), g_steal_pointer (&task), NULL);
}

GdkTexture *
vig_textures_lookup (VigTextures *self,
                     VigPicture  *picture,
                     guint        side)
{
  g_autofree char *key = make_key (picture, side);
  GList *link = g_hash_table_lookup (self->entries, key);

  g_return_val_if_fail (VIG_IS_TEXTURES (self), NULL);

  if (link == NULL)
    return NULL;

  g_queue_unlink (&self->order, link);
  g_queue_push_head_link (&self->order, link);

  return ((Entry *) link->data)->texture;
}

void
vig_textures_load_async (VigTextures         *self,
                         VigPicture          *picture,
                         guint                side,
                         GCancellable        *cancellable,
                         GAsyncReadyCallback  callback,
                         gpointer             user_data)
{
  Wish *wish = g_new0 (Wish, 1);

  g_return_if_fail (VIG_IS_TEXTURES (self));
  g_return_if_fail (VIG_IS_PICTURE (picture));

  wish->path = g_strdup (vig_picture_get_path (picture));
  wish->hash = g_strdup (vig_picture_get_hash (picture));
  wish->cache = g_strdup (self->cache);
  wish->key = make_key (picture, side);
  wish->side = side;
  push_wish (self, wish, cancellable, callback, user_data);
}

void
vig_textures_open_async (VigTextures         *self,
                         const char          *path,
                         guint                side,
                         GCancellable        *cancellable,
                         GAsyncReadyCallback  callback,
                         gpointer             user_data)
{
  Wish *wish = g_new0 (Wish, 1);

  g_return_if_fail (VIG_IS_TEXTURES (self));
  g_return_if_fail (path != NULL);

  wish->path = g_strdup (path);
  wish->side = side;
  push_wish (self, wish, cancellable, callback, user_data);
}

static void
keep_texture (VigTextures *self,
              const char  *key,
              GdkTexture  *texture)
{
  Entry *entry = NULL;

  if (g_hash_table_contains (self->entries, key))
    return;

  entry = g_new (Entry, 1);
  entry->key = g_strdup (key);
  entry->texture = g_object_ref (texture);
  entry->size = (gsize) gdk_texture_get_width (texture) * gdk_texture_get_height (texture) * 3;
  self->size += entry->size;
  g_queue_push_head (&self->order, entry);
  g_hash_table_insert (self->entries, entry->key, self->order.head);

  while (self->size > self->limit && self->order.length > 1)
    {
      Entry *oldest = g_queue_pop_tail (&self->order);

      self->size -= oldest->size;
      g_hash_table_remove (self->entries, oldest->key);
      free_entry (oldest);
    }
}

GdkTexture *
vig_textures_load_finish (VigTextures   *self,
                          GAsyncResult  *result,
                          GError       **error)
{
  GdkTexture *texture = NULL;
  const Wish *wish = NULL;

  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  texture = g_task_propagate_pointer (G_TASK (result), error);
  wish = g_task_get_task_data (G_TASK (result));
  if (texture != NULL && wish->key != NULL)
    keep_texture (self, wish->key, texture);

  return texture;
}

static void
vig_textures_finalize (GObject *object)
{
  VigTextures *self = VIG_TEXTURES (object);

  g_hash_table_unref (self->entries);
  g_queue_clear_full (&self->order, (GDestroyNotify) free_entry);
  g_free (self->cache);

  G_OBJECT_CLASS (vig_textures_parent_class)->finalize (object);
}

static void
vig_textures_class_init (VigTexturesClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = vig_textures_finalize;
}

static void
vig_textures_init (VigTextures *self)
{
  self->entries = g_hash_table_new (g_str_hash, g_str_equal);
  g_queue_init (&self->order);
}

VigTextures *
vig_textures_new (const char *cache,
                  gsize       limit)
{
  VigTextures *self = g_object_new (VIG_TYPE_TEXTURES, NULL);

  self->cache = g_strdup (cache);
  self->limit = limit;

  return self;
}
