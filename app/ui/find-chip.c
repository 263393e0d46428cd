/* find-chip.c: one thing that is looked for, as it was understood: its word turns it round, its cross takes it off */

#include "config.h"

#include <glib/gi18n.h>

#include "ui/find-chip.h"

struct _VigFindChip
{
  GtkWidget parent_instance;

  VigTerm   *term;     /* owned */
  GtkWidget *picture;  /* of one that is a picture or has a sign; or NULL */
  GtkWidget *word;
  GtkWidget *label;
  GtkWidget *cross;
};

enum { REMOVED, TURNED, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (VigFindChip, vig_find_chip, GTK_TYPE_WIDGET)

const VigTerm *
vig_find_chip_get_term (VigFindChip *self)
{
  g_return_val_if_fail (VIG_IS_FIND_CHIP (self), NULL);

  return self->term;
}

const char *
vig_find_chip_get_label (VigFindChip *self)
{
  g_return_val_if_fail (VIG_IS_FIND_CHIP (self), NULL);

  return gtk_label_get_label (GTK_LABEL (self->label));
}

/* ---- What it says ---- */

static char *
describe_date (const VigTerm *term)
{
  if (g_str_equal (term->key, "after"))
    /* Translators: pictures from that year, month or day on. */
    return g_strdup_printf (_("from %s on"), term->value);
  if (g_str_equal (term->key, "before"))
    /* Translators: pictures of the time before that year, month or day. */
    return g_strdup_printf (_("before %s"), term->value);

  return g_strdup (term->value);
}

static char *
describe (const VigTerm *term)
{
  g_autofree char *base = NULL;

  switch (term->kind)
    {
    case VIG_TERM_LIKE:
      return g_strdup (term->minus ? _("not like this") : _("like this"));

    case VIG_TERM_DATE:
      return describe_date (term);

    case VIG_TERM_KIND:
      return g_strdup (g_str_equal (term->value, "photo") ? _("photos") : _("drawings"));

    case VIG_TERM_FAVOURITE:
      return g_strdup (_("favourites"));

    case VIG_TERM_FOLDER:
      base = g_filename_display_basename (term->value);
      return g_steal_pointer (&base);

    case VIG_TERM_WORD:
    case VIG_TERM_TAG:
      break;
    }

  /* Translators: a word or tag that is not wanted in the pictures that are looked for. */
  return term->minus ? g_strdup_printf (_("not %s"), term->value) : g_strdup (term->value);
}

static const char *
get_icon (const VigTerm *term)
{
  switch (term->kind)
    {
    case VIG_TERM_LIKE:
      return "image-x-generic-symbolic";

    case VIG_TERM_TAG:
      return "vignette-tag-symbolic";

    case VIG_TERM_FOLDER:
      return "folder-symbolic";

    case VIG_TERM_DATE:
      return "x-office-calendar-symbolic";

    case VIG_TERM_FAVOURITE:
      return "emblem-favorite-symbolic";

    case VIG_TERM_WORD:
    case VIG_TERM_KIND:
      break;
    }

  return NULL;
}

static gboolean
can_turn (const VigTerm *term)
{
  return term->kind == VIG_TERM_WORD || term->kind == VIG_TERM_TAG || term->kind == VIG_TERM_LIKE;
}

static void
show (VigFindChip *self)
{
  g_autofree char *label = describe (self->term);
  g_autofree char *remove = g_strdup_printf (_("Do not look for “%s”"), label);
  const char *turn = self->term->minus ? _("Not wanted; press it to want it") : _("Wanted; press it to leave it out");

  gtk_label_set_label (GTK_LABEL (self->label), label);
  gtk_widget_set_tooltip_text (self->word, can_turn (self->term) ? turn : self->term->value);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->word), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->word), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  can_turn (self->term) ? turn : "", -1);
  gtk_widget_set_tooltip_text (self->cross, remove);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->cross), GTK_ACCESSIBLE_PROPERTY_LABEL, remove, -1);
  if (self->term->minus)
    gtk_widget_add_css_class (GTK_WIDGET (self), "minus");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "minus");
}

/* ---- What is done to it ---- */

void
vig_find_chip_turn (VigFindChip *self)
{
  g_return_if_fail (VIG_IS_FIND_CHIP (self));

  if (!can_turn (self->term))
    return;

  self->term->minus = !self->term->minus;
  show (self);
  g_signal_emit (self, signals[TURNED], 0);
}

static void
remove_cb (VigFindChip *self)
{
  g_signal_emit (self, signals[REMOVED], 0);
}

static gboolean
key_pressed_cb (VigFindChip           *self,
                guint                  key,
                guint                  code,
                GdkModifierType        state,
                GtkEventControllerKey *controller)
{
  if (key != GDK_KEY_Delete && key != GDK_KEY_KP_Delete && key != GDK_KEY_BackSpace)
    return FALSE;

  remove_cb (self);

  return TRUE;
}

static void
loaded_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(VigFindChip) self = user_data;
  /* One that cannot be read is told by the search itself. */
  g_autoptr(GdkTexture) texture = vig_textures_load_finish (VIG_TEXTURES (object), result, NULL);

  if (texture != NULL && self->picture != NULL)
    gtk_image_set_from_paintable (GTK_IMAGE (self->picture), GDK_PAINTABLE (texture));
}

/* ---- The widget ---- */

static void
vig_find_chip_dispose (GObject *object)
{
  VigFindChip *self = VIG_FIND_CHIP (object);
  GtkWidget *child = NULL;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  self->picture = NULL;

  G_OBJECT_CLASS (vig_find_chip_parent_class)->dispose (object);
}

static void
vig_find_chip_finalize (GObject *object)
{
  vig_term_free (VIG_FIND_CHIP (object)->term);

  G_OBJECT_CLASS (vig_find_chip_parent_class)->finalize (object);
}

static void
vig_find_chip_class_init (VigFindChipClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = vig_find_chip_dispose;
  G_OBJECT_CLASS (klass)->finalize = vig_find_chip_finalize;

  signals[REMOVED] = g_signal_new ("removed", VIG_TYPE_FIND_CHIP, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 0);
  signals[TURNED] = g_signal_new ("turned", VIG_TYPE_FIND_CHIP, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 0);

  gtk_widget_class_set_css_name (widget_class, "tag-chip");
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
}

static void
vig_find_chip_init (VigFindChip *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  self->word = gtk_button_new ();
  gtk_widget_add_css_class (self->word, "flat");
  g_signal_connect_object (self->word, "clicked", G_CALLBACK (vig_find_chip_turn), self, G_CONNECT_SWAPPED);
  gtk_widget_set_parent (self->word, GTK_WIDGET (self));

  self->cross = gtk_button_new_from_icon_name ("window-close-symbolic");
  gtk_widget_add_css_class (self->cross, "flat");
  gtk_widget_add_css_class (self->cross, "circular");
  g_signal_connect_object (self->cross, "clicked", G_CALLBACK (remove_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_set_parent (self->cross, GTK_WIDGET (self));

  g_signal_connect_object (keys, "key-pressed", G_CALLBACK (key_pressed_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
}

GtkWidget *
vig_find_chip_new (const VigTerm *term,
                   VigTextures   *textures)
{
  VigFindChip *self = g_object_new (VIG_TYPE_FIND_CHIP, NULL);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  self->term = g_new (VigTerm, 1);
  *self->term = *term;
  self->term->key = g_strdup (term->key);
  self->term->value = g_strdup (term->value);

  self->label = gtk_label_new (NULL);
  gtk_label_set_ellipsize (GTK_LABEL (self->label), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (self->label), 24);
  if (get_icon (term) != NULL)
    {
      self->picture = gtk_image_new_from_icon_name (get_icon (term));
      gtk_box_append (GTK_BOX (box), self->picture);
    }
  gtk_box_append (GTK_BOX (box), self->label);
  gtk_button_set_child (GTK_BUTTON (self->word), box);
  if (term->kind == VIG_TERM_LIKE)
    {
      gtk_image_set_pixel_size (GTK_IMAGE (self->picture), 24);
      gtk_widget_set_overflow (self->picture, GTK_OVERFLOW_HIDDEN);
      gtk_widget_add_css_class (self->picture, "small-picture");
      vig_textures_open_async (textures, term->value, 64, NULL, loaded_cb, g_object_ref (self));
    }
  show (self);

  return GTK_WIDGET (self);
}
