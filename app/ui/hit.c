/* hit.c: a picture that a search found, with how sure it is and why */

#include "config.h"

#include "ui/hit.h"

struct _VigHit
{
  GObject parent_instance;

  VigPicture *picture;  /* owned */
  double      score;
  char       *why;      /* owned */
  gboolean    close;
};

G_DEFINE_FINAL_TYPE (VigHit, vig_hit, G_TYPE_OBJECT)

static void
vig_hit_finalize (GObject *object)
{
  VigHit *self = VIG_HIT (object);

  g_clear_object (&self->picture);
  g_free (self->why);

  G_OBJECT_CLASS (vig_hit_parent_class)->finalize (object);
}

static void
vig_hit_class_init (VigHitClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = vig_hit_finalize;
}

static void
vig_hit_init (VigHit *self)
{
}

VigHit *
vig_hit_new (VigPicture *picture,
             double      score,
             const char *why,
             gboolean    close)
{
  VigHit *self = g_object_new (VIG_TYPE_HIT, NULL);

  self->picture = g_object_ref (picture);
  self->score = score;
  self->why = g_strdup (why);
  self->close = close;

  return self;
}

VigPicture *
vig_hit_get_picture (VigHit *self)
{
  g_return_val_if_fail (VIG_IS_HIT (self), NULL);

  return self->picture;
}

double
vig_hit_get_score (VigHit *self)
{
  g_return_val_if_fail (VIG_IS_HIT (self), 0);

  return self->score;
}

const char *
vig_hit_get_why (VigHit *self)
{
  g_return_val_if_fail (VIG_IS_HIT (self), NULL);

  return self->why;
}

gboolean
vig_hit_get_close (VigHit *self)
{
  g_return_val_if_fail (VIG_IS_HIT (self), FALSE);

  return self->close;
}

VigPicture *
vig_hit_peel (gpointer item)
{
  return VIG_IS_HIT (item) ? VIG_HIT (item)->picture : VIG_PICTURE (item);
}
