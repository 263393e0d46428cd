/* picture-list.c: a GListModel of pictures that fetches pages as they are looked at */

#define G_LOG_DOMAIN "vig-picture-list"

#include "config.h"

#include "library/library-private.h"

/* What a screen shows is fetched at once; what was shown lately is kept. */
#define PAGE 64
#define KEPT 512

/* The first look may not take long: the rest comes from another thread. */
#define FIRST 1000

#define VIG_TYPE_PICTURE_LIST (vig_picture_list_get_type ())

G_DECLARE_FINAL_TYPE (VigPictureList, vig_picture_list, VIG, PICTURE_LIST, GObject)

struct _VigPictureList
{
  GObject     parent_instance;

  VigLibrary *library;     /* owned */
  VigFilter  *filter;      /* owned; never changed: a thread reads it */
  GArray     *ids;         /* of VigDated, newest picture first: all that is known of those not looked at */
  VigPicture *kept[KEPT];  /* owned; round and round */
  guint       next;
  gboolean    reading;     /* a thread reads the ids */
  gboolean    stale;       /* and they have changed since it began */
};

static void vig_picture_list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (VigPictureList, vig_picture_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, vig_picture_list_model_init))

/* @limit: -1 for all */
static GArray *
read_ids (VigPictureList *self,
          VigDatabase    *database,
          gint64          limit)
{
  g_autoptr(VigTransaction) t = vig_transaction_begin (database, VIG_READ);

  return vig_filter_read (self->filter, self->library, t, limit);
}

static gboolean
same_id (GArray *a,
         guint   i,
         GArray *b,
         guint   j)
{
  return g_array_index (a, VigDated, i).id == g_array_index (b, VigDated, j).id;
}

/* Tells only of what lies between the same beginning and the same end: new pictures come at the front. Takes @ids. */
static void
replace_ids (VigPictureList *self,
             GArray         *ids)
{
  g_autoptr(GArray) before = self->ids;
  const guint shorter = MIN (before->len, ids->len);
  guint start = 0, end = 0;

  while (start < shorter && same_id (before, start, ids, start))
    start++;
  while (end < shorter - start && same_id (before, before->len - 1 - end, ids, ids->len - 1 - end))
    end++;

  self->ids = ids;
  if (start + end < before->len || start + end < ids->len)
    g_list_model_items_changed (G_LIST_MODEL (self), start, before->len - start - end, ids->len - start - end);
}

static void
read_thread (GTask        *task,
             gpointer      source,
             gpointer      data,
             GCancellable *cancellable)
{
  VigPictureList *self = source;

  g_task_return_pointer (task, read_ids (self, self->library->reader, -1), (GDestroyNotify) g_array_unref);
}

static void start_reading (VigPictureList *self);

static void
read_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      data)
{
  VigPictureList *self = VIG_PICTURE_LIST (source);
  GArray *ids = g_task_propagate_pointer (G_TASK (result), NULL);  /* it cannot fail */

  self->reading = FALSE;
  replace_ids (self, ids);
  if (self->stale)
    start_reading (self);
}

static void
start_reading (VigPictureList *self)
{
  self->stale = self->reading;
  if (self->reading)
    return;

  g_autoptr(GTask) task = g_task_new (self, NULL, read_cb, NULL);

  self->reading = TRUE;
  g_task_run_in_thread (task, read_thread);
}

static void
keep (VigPictureList *self,
      VigPicture     *picture)
{
  g_set_object (&self->kept[self->next], picture);
  self->next = (self->next + 1) % KEPT;
}

/* A picture that somebody has forgotten a moment ago: the list will be told, but must answer now. */
static VigPicture *
make_gone (VigPictureList *self,
           gint64          id)
{
  VigPictureFacts *facts = g_new0 (VigPictureFacts, 1);

  facts->id = id;
  facts->path = g_strdup ("");
  facts->hash = g_strdup ("");
  facts->missing = TRUE;

  return vig_picture_pool_get (self->library->pool, facts);
}

static void
fetch_page (VigPictureList *self,
            guint           position)
{
  const guint from = position / PAGE * PAGE;
  const guint to = MIN (from + PAGE, self->ids->len);
  g_autoptr(VigTransaction) t = vig_transaction_begin (self->library->lister, VIG_READ);

  for (guint i = from; i < to; i++)
    {
      const gint64 id = g_array_index (self->ids, VigDated, i).id;
      g_autoptr(VigPicture) picture = vig_picture_pool_find (self->library->pool, id);

      if (picture == NULL)
        picture = vig_library_load_picture (self->library, t, id);
      if (picture != NULL)
        keep (self, picture);
    }
}

static GType
vig_picture_list_get_item_type (GListModel *model)
{
  return VIG_TYPE_PICTURE;
}

static guint
vig_picture_list_get_n_items (GListModel *model)
{
  return VIG_PICTURE_LIST (model)->ids->len;
}

static gpointer
vig_picture_list_get_item (GListModel *model,
                           guint       position)
{
  VigPictureList *self = VIG_PICTURE_LIST (model);

  if (position >= self->ids->len)
    return NULL;

  const gint64 id = g_array_index (self->ids, VigDated, position).id;
  VigPicture *picture = vig_picture_pool_find (self->library->pool, id);

  if (picture == NULL)
    {
      fetch_page (self, position);
      picture = vig_picture_pool_find (self->library->pool, id);
    }

  return picture != NULL ? picture : make_gone (self, id);
}

static void
vig_picture_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = vig_picture_list_get_item_type;
  iface->get_n_items = vig_picture_list_get_n_items;
  iface->get_item = vig_picture_list_get_item;
}

static void
vig_picture_list_finalize (GObject *object)
{
  VigPictureList *self = VIG_PICTURE_LIST (object);

  for (guint i = 0; i < KEPT; i++)
    g_clear_object (&self->kept[i]);
  g_clear_pointer (&self->ids, g_array_unref);
  g_clear_object (&self->library);
  vig_filter_free (self->filter);

  G_OBJECT_CLASS (vig_picture_list_parent_class)->finalize (object);
}

static void
vig_picture_list_class_init (VigPictureListClass *class)
{
  G_OBJECT_CLASS (class)->finalize = vig_picture_list_finalize;
}

static void
vig_picture_list_init (VigPictureList *self)
{
}

gint64
vig_picture_list_get_time (GListModel *list,
                           guint       position)
{
  g_autoptr(VigPicture) picture = NULL;

  g_return_val_if_fail (G_IS_LIST_MODEL (list), 0);

  if (VIG_IS_PICTURE_LIST (list))
    {
      const GArray *ids = VIG_PICTURE_LIST (list)->ids;

      return position < ids->len ? g_array_index (ids, VigDated, position).time : 0;
    }

  picture = g_list_model_get_item (list, position);

  return picture != NULL && VIG_IS_PICTURE (picture) ? vig_picture_get_time (picture) : 0;
}

GListModel *
vig_library_list_filtered (VigLibrary      *library,
                           const VigFilter *filter)
{
  g_return_val_if_fail (VIG_IS_LIBRARY (library), NULL);

  VigPictureList *self = g_object_new (VIG_TYPE_PICTURE_LIST, NULL);

  self->library = g_object_ref (library);
  self->filter = vig_filter_copy (filter);
  self->ids = read_ids (self, library->lister, FIRST);
  if (self->ids->len == FIRST)
    start_reading (self);
  g_signal_connect_object (library, "changed", G_CALLBACK (start_reading), self, G_CONNECT_SWAPPED);

  return G_LIST_MODEL (self);
}

GListModel *
vig_library_list_pictures (VigLibrary *library,
                           int         kind,
                           const char *tag)
{
  g_autoptr(VigFilter) filter = vig_filter_new ();

  filter->kind = kind;
  if (tag != NULL)
    vig_filter_add (&filter->tags, tag);

  return vig_library_list_filtered (library, filter);
}
