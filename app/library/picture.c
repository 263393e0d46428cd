/* picture.c: one picture of the library, a photo or one that was made */

#define G_LOG_DOMAIN "vig-picture"

#include "config.h"

#include "library/picture.h"

#include "library/picture-private.h"

#include <math.h>

/* The facts are replaced whole, by one pointer, so that any thread may read while the library updates.
 * Those replaced are kept until the end: the getters lend from them. */
typedef struct _Page Page;

struct _Page
{
  VigPictureFacts *facts;   /* owned */
  Page            *before;  /* owned; what was true before, or NULL */
};

struct _VigPicture
{
  GObject         parent_instance;

  Page           *page;  /* atomic */
  VigPicturePool *pool;  /* a reference */
};

G_DEFINE_FINAL_TYPE (VigPicture, vig_picture, G_TYPE_OBJECT)

enum { CHANGED, N_SIGNALS };

static guint signals[N_SIGNALS];

void
vig_picture_facts_free (VigPictureFacts *facts)
{
  if (facts == NULL)
    return;

  g_free (facts->path);
  g_free (facts->hash);
  g_free (facts->prompt);
  g_free (facts->recipe);
  g_strfreev (facts->tags);
  g_free (facts);
}

static gboolean
same_score (double a,
            double b)
{
  return a == b || (isnan (a) && isnan (b));
}

static gboolean
same_facts (const VigPictureFacts *a,
            const VigPictureFacts *b)
{
  return a->kind == b->kind &&
         a->width == b->width && a->height == b->height &&
         a->time == b->time && a->missing == b->missing &&
         a->favourite == b->favourite && a->trashed == b->trashed &&
         a->seed == b->seed && same_score (a->score, b->score) &&
         g_strcmp0 (a->path, b->path) == 0 && g_strcmp0 (a->hash, b->hash) == 0 &&
         g_strcmp0 (a->prompt, b->prompt) == 0 && g_strcmp0 (a->recipe, b->recipe) == 0 &&
         g_strv_equal ((const char * const *) a->tags, (const char * const *) b->tags);
}

static const VigPictureFacts *
get_facts (VigPicture *self)
{
  const Page *page = g_atomic_pointer_get (&self->page);

  return page->facts;
}

VigPicture *
vig_picture_new (VigPictureFacts *facts,
                 VigPicturePool  *pool)
{
  VigPicture *self = g_object_new (VIG_TYPE_PICTURE, NULL);

  if (facts->tags == NULL)
    facts->tags = g_new0 (char *, 1);
  self->page = g_new0 (Page, 1);
  self->page->facts = facts;
  self->pool = g_atomic_rc_box_acquire (pool);

  return self;
}

static gboolean
tell_changed_cb (gpointer data)
{
  g_signal_emit (data, signals[CHANGED], 0);

  return G_SOURCE_REMOVE;
}

void
vig_picture_update (VigPicture      *self,
                    VigPictureFacts *facts)
{
  Page *before = g_atomic_pointer_get (&self->page);

  g_assert (before->facts->id == facts->id);

  if (facts->tags == NULL)
    facts->tags = g_new0 (char *, 1);
  if (same_facts (before->facts, facts))
    {
      vig_picture_facts_free (facts);
      return;
    }

  Page *page = g_new0 (Page, 1);
  page->facts = facts;
  do
    {
      before = g_atomic_pointer_get (&self->page);
      page->before = before;
    }
  while (!g_atomic_pointer_compare_and_exchange (&self->page, before, page));

  if (g_signal_has_handler_pending (self, signals[CHANGED], 0, FALSE))
    g_idle_add_full (G_PRIORITY_DEFAULT, tell_changed_cb, g_object_ref (self), g_object_unref);
}

gint64
vig_picture_get_id (VigPicture *self)
{
  g_return_val_if_fail (VIG_IS_PICTURE (self), 0);

  return get_facts (self)->id;
}

VigPictureKind
vig_picture_get_kind (VigPicture *self)
{
  g_return_val_if_fail (VIG_IS_PICTURE (self), VIG_PICTURE_PHOTO);

  return get_facts (self)->kind;
}

const char *
vig_picture_get_path (VigPicture *self)
{
  g_return_val_if_fail (VIG_IS_PICTURE (self), NULL);

  return get_facts (self)->path;
}

char *
vig_picture_dup_name (VigPicture *self)
{
  g_return_val_if_fail (VIG_IS_PICTURE (self), NULL);

  return g_filename_display_basename (get_facts (self)->path);
}

const char *
vig_picture_get_hash (VigPicture *self)
{
  g_return_val_if_fail (VIG_IS_PICTURE (self), NULL);

  return get_facts (self)->hash;
}

guint
vig_picture_get_width (VigPicture *self)
{
  g_return_val_if_fail (VIG_IS_PICTURE (self), 0);

  return get_facts (self)->width;
}

guint
vig_picture_get_height (VigPicture *self)
{
  g_return_val_if_fail (VIG_IS_PICTURE (self), 0);

  return get_facts (self)->height;
}

gint64
vig_picture_get_time (VigPicture *self)
{
  g_return_val_if_fail (VIG_IS_PICTURE (self), 0);

  return get_facts (self)->time;
}

gboolean
vig_picture_get_missing (VigPicture *self)
{
  g_return_val_if_fail (VIG_IS_PICTURE (self), FALSE);

  return get_facts (self)->missing;
}

gboolean
vig_picture_get_favourite (VigPicture *self)
{
  g_return_val_if_fail (VIG_IS_PICTURE (self), FALSE);

  return get_facts (self)->favourite;
}

gint64
vig_picture_get_trashed (VigPicture *self)
{
  g_return_val_if_fail (VIG_IS_PICTURE (self), 0);

  return get_facts (self)->trashed;
}

const char *
vig_picture_get_prompt (VigPicture *self)
{
  g_return_val_if_fail (VIG_IS_PICTURE (self), NULL);

  return get_facts (self)->prompt;
}

guint64
vig_picture_get_seed (VigPicture *self)
{
  g_return_val_if_fail (VIG_IS_PICTURE (self), 0);

  return get_facts (self)->seed;
}

double
vig_picture_get_score (VigPicture *self)
{
  g_return_val_if_fail (VIG_IS_PICTURE (self), NAN);

  return get_facts (self)->score;
}

const char *
vig_picture_get_recipe (VigPicture *self)
{
  g_return_val_if_fail (VIG_IS_PICTURE (self), NULL);

  return get_facts (self)->recipe;
}

const char * const *
vig_picture_get_tags (VigPicture *self)
{
  g_return_val_if_fail (VIG_IS_PICTURE (self), NULL);

  return (const char * const *) get_facts (self)->tags;
}

static void
vig_picture_finalize (GObject *object)
{
  VigPicture *self = VIG_PICTURE (object);

  vig_picture_pool_leave (self->pool, self, self->page->facts->id);
  while (self->page != NULL)
    {
      Page *page = self->page;

      self->page = page->before;
      vig_picture_facts_free (page->facts);
      g_free (page);
    }

  G_OBJECT_CLASS (vig_picture_parent_class)->finalize (object);
}

static void
vig_picture_class_init (VigPictureClass *class)
{
  G_OBJECT_CLASS (class)->finalize = vig_picture_finalize;

  /* Main context: something that a getter tells is different now. */
  signals[CHANGED] = g_signal_new ("changed", VIG_TYPE_PICTURE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 0);
}

static void
vig_picture_init (VigPicture *self)
{
}
