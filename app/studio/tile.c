/* tile.c: one picture of a drawing job, from empty to finished */

#define G_LOG_DOMAIN "vig-tile"

#include "config.h"

#include <math.h>

#include "studio/tile-private.h"

struct _VigTile
{
  GObject     parent_instance;

  guint64     seed;
  guint       side;
  GBytes     *bytes;     /* owned; may be NULL */
  double      fraction;
  VigPicture *picture;   /* owned; may be NULL */
  guint32    *tokens;    /* owned; may be NULL */
  guint       n_tokens;
  double      score;     /* NaN until judged */
  gboolean    chosen;
};

G_DEFINE_FINAL_TYPE (VigTile, vig_tile, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_SIDE,
  PROP_BYTES,
  PROP_FRACTION,
  PROP_PICTURE,
  PROP_SCORE,
  PROP_CHOSEN,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static gboolean
same_score (double a,
            double b)
{
  return a == b || (isnan (a) && isnan (b));
}

void
vig_tile_update (VigTile       *self,
                 guint          side,
                 const VigLook *look)
{
  GObject *object = G_OBJECT (self);

  g_object_freeze_notify (object);

  if (self->side != side)
    {
      self->side = side;
      g_object_notify_by_pspec (object, properties[PROP_SIDE]);
    }
  if (self->fraction != look->fraction)
    {
      self->fraction = look->fraction;
      g_object_notify_by_pspec (object, properties[PROP_FRACTION]);
    }
  if (self->bytes != look->bytes)
    {
      g_clear_pointer (&self->bytes, g_bytes_unref);
      self->bytes = look->bytes == NULL ? NULL : g_bytes_ref (look->bytes);
      g_object_notify_by_pspec (object, properties[PROP_BYTES]);
    }
  if (self->n_tokens != look->n_tokens)
    {
      g_free (self->tokens);
      self->tokens = g_memdup2 (look->tokens, look->n_tokens * sizeof *look->tokens);
      self->n_tokens = look->n_tokens;
    }
  if (!same_score (self->score, look->score))
    {
      self->score = look->score;
      g_object_notify_by_pspec (object, properties[PROP_SCORE]);
    }
  if (g_set_object (&self->picture, look->picture))
    g_object_notify_by_pspec (object, properties[PROP_PICTURE]);
  if (self->chosen != look->chosen)
    {
      self->chosen = look->chosen;
      g_object_notify_by_pspec (object, properties[PROP_CHOSEN]);
    }

  g_object_thaw_notify (object);
}

VigTile *
vig_tile_new (guint64 seed)
{
  VigTile *self = g_object_new (VIG_TYPE_TILE, NULL);

  self->seed = seed;

  return self;
}

guint64
vig_tile_get_seed (VigTile *self)
{
  g_return_val_if_fail (VIG_IS_TILE (self), 0);

  return self->seed;
}

guint
vig_tile_get_side (VigTile *self)
{
  g_return_val_if_fail (VIG_IS_TILE (self), 0);

  return self->side;
}

GBytes *
vig_tile_get_bytes (VigTile *self)
{
  g_return_val_if_fail (VIG_IS_TILE (self), NULL);

  return self->bytes;
}

double
vig_tile_get_fraction (VigTile *self)
{
  g_return_val_if_fail (VIG_IS_TILE (self), 0);

  return self->fraction;
}

VigPicture *
vig_tile_get_picture (VigTile *self)
{
  g_return_val_if_fail (VIG_IS_TILE (self), NULL);

  return self->picture;
}

const guint32 *
vig_tile_get_tokens (VigTile *self,
                     guint   *n_tokens)
{
  g_return_val_if_fail (VIG_IS_TILE (self), NULL);

  *n_tokens = self->n_tokens;

  return self->tokens;
}

double
vig_tile_get_score (VigTile *self)
{
  g_return_val_if_fail (VIG_IS_TILE (self), NAN);

  return self->score;
}

gboolean
vig_tile_get_chosen (VigTile *self)
{
  g_return_val_if_fail (VIG_IS_TILE (self), FALSE);

  return self->chosen;
}

static void
vig_tile_finalize (GObject *object)
{
  VigTile *self = VIG_TILE (object);

  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_clear_object (&self->picture);
  g_free (self->tokens);

  G_OBJECT_CLASS (vig_tile_parent_class)->finalize (object);
}

static void
vig_tile_get_property (GObject    *object,
                       guint       id,
                       GValue     *value,
                       GParamSpec *pspec)
{
  VigTile *self = VIG_TILE (object);

  switch (id)
    {
    case PROP_SIDE:
      g_value_set_uint (value, self->side);
      break;
    case PROP_BYTES:
      g_value_set_boxed (value, self->bytes);
      break;
    case PROP_FRACTION:
      g_value_set_double (value, self->fraction);
      break;
    case PROP_PICTURE:
      g_value_set_object (value, self->picture);
      break;
    case PROP_SCORE:
      g_value_set_double (value, self->score);
      break;
    case PROP_CHOSEN:
      g_value_set_boolean (value, self->chosen);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
vig_tile_class_init (VigTileClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->finalize = vig_tile_finalize;
  object_class->get_property = vig_tile_get_property;

  properties[PROP_SIDE] = g_param_spec_uint ("side", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_BYTES] = g_param_spec_boxed ("bytes", NULL, NULL, G_TYPE_BYTES, flags);
  properties[PROP_FRACTION] = g_param_spec_double ("fraction", NULL, NULL, 0, 1, 0, flags);
  properties[PROP_PICTURE] = g_param_spec_object ("picture", NULL, NULL, VIG_TYPE_PICTURE, flags);
  properties[PROP_SCORE] = g_param_spec_double ("score", NULL, NULL, -G_MAXDOUBLE, G_MAXDOUBLE, 0,
                                                flags);
  properties[PROP_CHOSEN] = g_param_spec_boolean ("chosen", NULL, NULL, TRUE, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
vig_tile_init (VigTile *self)
{
  self->score = NAN;
  self->chosen = TRUE;
}
