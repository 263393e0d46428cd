/* finder.c: what is looked for: words in the entry, and beside them chips of all that was understood */

#define G_LOG_DOMAIN "vig-finder"

#include "config.h"

#include <glib/gi18n.h>

#include "library/query.h"
#include "ui/finder.h"

#include "ui/chores.h"
#include "ui/find-chip.h"
#include "ui/known-tags.h"
#include "ui/wrap-box.h"

#define N_CHOICES 8

struct _VigFinder
{
  GtkWidget parent_instance;

  VigLibrary     *library;   /* owned */
  VigTextures    *textures;  /* owned */
  GPtrArray      *known;     /* owned; of VigKnownTag; NULL while it is not known */
  GPtrArray      *folders;   /* owned; of char *; NULL while it is not known */
  gboolean        changing;  /* the entry, by us */

  GtkSearchEntry *entry;     /* of the window; NULL once that goes */
  VigChoices     *choices;   /* of the entry */
  VigWrapBox     *chips;
};

enum { CHANGED, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (VigFinder, vig_finder, GTK_TYPE_WIDGET)

void
vig_found_free (VigFound *found)
{
  g_free (found->typed);
  g_strfreev (found->like);
  g_strfreev (found->unlike);
  g_free (found);
}

VigChoices *
vig_finder_get_choices (VigFinder *self)
{
  g_return_val_if_fail (VIG_IS_FINDER (self), NULL);

  return self->choices;
}

static const char *
get_text (VigFinder *self)
{
  return gtk_editable_get_text (GTK_EDITABLE (self->entry));
}

/* Without looking for it at once. */
static void
set_text (VigFinder  *self,
          const char *text)
{
  self->changing = TRUE;
  gtk_editable_set_text (GTK_EDITABLE (self->entry), text);
  gtk_editable_set_position (GTK_EDITABLE (self->entry), -1);
  self->changing = FALSE;
}

/* ---- The chips ---- */

GtkWidget *
vig_finder_get_chip (VigFinder *self,
                     guint      index)
{
  GtkWidget *chip = NULL;

  g_return_val_if_fail (VIG_IS_FINDER (self), NULL);

  for (chip = gtk_widget_get_first_child (GTK_WIDGET (self->chips)); chip != NULL && index > 0; index--)
    chip = gtk_widget_get_next_sibling (chip);

  return chip;
}

guint
vig_finder_count_chips (VigFinder *self)
{
  guint count = 0;

  while (vig_finder_get_chip (self, count) != NULL)
    count++;

  return count;
}

static void
show_chips (VigFinder *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self), gtk_widget_get_first_child (GTK_WIDGET (self->chips)) != NULL);
}

static void
emit_changed (VigFinder *self)
{
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
removed_cb (VigFinder   *self,
            VigFindChip *chip)
{
  gtk_widget_unparent (GTK_WIDGET (chip));
  show_chips (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
  emit_changed (self);
}

static void
add_chip (VigFinder     *self,
          const VigTerm *term)
{
  GtkWidget *chip = vig_find_chip_new (term, self->textures);

  g_signal_connect_object (chip, "removed", G_CALLBACK (removed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (chip, "turned", G_CALLBACK (emit_changed), self, G_CONNECT_SWAPPED);
  vig_wrap_box_append (self->chips, chip);
  show_chips (self);
}

/* ---- From text to chips, and back ---- */

/* Everything but words that are wanted becomes a chip; what is still being typed only if @all of it is meant so. */
static void
absorb (VigFinder *self,
        gboolean   all)
{
  g_autoptr(GPtrArray) terms = vig_terms_parse (get_text (self));
  g_autoptr(GString) rest = g_string_new (NULL);
  gboolean taken = FALSE;

  for (guint i = 0; i < terms->len; i++)
    {
      const VigTerm *term = g_ptr_array_index (terms, i);
      const gboolean words = term->kind == VIG_TERM_WORD && !term->minus;
      g_autofree char *text = NULL;

      if (!words && (all || !term->open))
        {
          add_chip (self, term);
          taken = TRUE;
          continue;
        }

      text = vig_term_dup_text (term);
      g_string_append_printf (rest, "%s%s", rest->len > 0 ? " " : "", text != NULL ? text : term->value);
    }

  if (!taken)
    return;

  /* One goes on typing another word. */
  if (rest->len > 0)
    g_string_append_c (rest, ' ');
  set_text (self, rest->str);
}

static char *
join (VigFinder *self,
      gboolean   pictures)
{
  g_autoptr(GString) query = g_string_new (NULL);
  g_autofree char *text = g_strstrip (g_strdup (get_text (self)));

  for (guint i = 0; vig_finder_get_chip (self, i) != NULL; i++)
    {
      const VigTerm *term = vig_find_chip_get_term (VIG_FIND_CHIP (vig_finder_get_chip (self, i)));
      g_autofree char *typed = pictures || term->kind != VIG_TERM_LIKE ? vig_term_dup_text (term) : NULL;

      if (typed != NULL)
        g_string_append_printf (query, "%s ", typed);
    }
  g_string_append (query, text);

  return g_strdup (g_strchomp (query->str));
}

char *
vig_finder_dup_query (VigFinder *self)
{
  g_return_val_if_fail (VIG_IS_FINDER (self), NULL);

  return join (self, TRUE);
}

VigFound *
vig_finder_get (VigFinder *self)
{
  VigFound *found = g_new0 (VigFound, 1);

  found->typed = join (self, FALSE);
  for (guint i = 0; vig_finder_get_chip (self, i) != NULL; i++)
    {
      const VigTerm *term = vig_find_chip_get_term (VIG_FIND_CHIP (vig_finder_get_chip (self, i)));

      if (term->kind == VIG_TERM_LIKE)
        vig_filter_add (term->minus ? &found->unlike : &found->like, term->value);
    }

  return found;
}

gboolean
vig_finder_is_empty (VigFinder *self)
{
  g_autofree char *text = g_strstrip (g_strdup (get_text (self)));

  return *text == '\0' && vig_finder_count_chips (self) == 0;
}

void
vig_finder_clear (VigFinder *self)
{
  g_return_if_fail (VIG_IS_FINDER (self));

  vig_holder_clear (VIG_HOLDER (self->chips));
  show_chips (self);
  set_text (self, "");
}

void
vig_finder_set_query (VigFinder  *self,
                      const char *query)
{
  g_return_if_fail (VIG_IS_FINDER (self));

  vig_finder_clear (self);
  set_text (self, query);
  absorb (self, TRUE);
  emit_changed (self);
}

void
vig_finder_commit (VigFinder *self)
{
  g_return_if_fail (VIG_IS_FINDER (self));

  absorb (self, TRUE);
}

void
vig_finder_add_like (VigFinder  *self,
                     const char *path)
{
  g_autofree char *copy = g_strdup (path);
  const VigTerm term = { .kind = VIG_TERM_LIKE, .key = (char *) "like", .value = copy };

  g_return_if_fail (VIG_IS_FINDER (self));

  absorb (self, TRUE);
  add_chip (self, &term);
  emit_changed (self);
}

/* ---- What could be meant ---- */

static const struct
{
  const char *value;
  const char *note;
} keys[] = {
  { "tag:", N_("has a tag") },
  { "-tag:", N_("has it not") },
  { "folder:", N_("lies in a folder") },
  { "date:", N_("of a year, month or day") },
  { "after:", N_("from then on") },
  { "before:", N_("until then") },
  { "is:favourite", N_("a favourite") },
  { "kind:photo", N_("a photo") },
  { "kind:made", N_("drawn here") },
};

static void
add_choice (GPtrArray  *choices,
            const char *value,
            const char *title,
            const char *note)
{
  if (choices->len < N_CHOICES)
    g_ptr_array_add (choices, vig_choice_new (value, title, note));
}

/* Terms that begin as @typed does; all of them if nothing is typed. */
static void
offer_keys (GPtrArray  *choices,
            const char *typed)
{
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    if (g_str_has_prefix (keys[i].value, typed) && !g_str_equal (keys[i].value, typed))
      add_choice (choices, keys[i].value, keys[i].value, _(keys[i].note));
}

static void
offer_tags (VigFinder  *self,
            GPtrArray  *choices,
            const char *prefix,
            const char *typed,
            guint       most)
{
  g_autoptr(GPtrArray) tags = vig_known_tags_match (self->known, typed, most);

  for (guint i = 0; i < tags->len; i++)
    {
      const VigChoice *tag = g_ptr_array_index (tags, i);
      const char *quote = strchr (tag->value, ' ') != NULL ? "\"" : "";
      g_autofree char *value = g_strconcat (prefix, quote, tag->value, quote, NULL);

      add_choice (choices, value, tag->value, tag->note != NULL ? tag->note : _("tag"));
    }
}

static void
offer_folders (VigFinder  *self,
               GPtrArray  *choices,
               const char *typed)
{
  g_autofree char *folded = g_utf8_casefold (typed, -1);

  for (guint i = 0; self->folders != NULL && i < self->folders->len; i++)
    {
      const char *path = g_ptr_array_index (self->folders, i);
      g_autofree char *name = g_filename_display_basename (path);
      g_autofree char *shown = g_filename_display_name (path);
      g_autofree char *low = g_utf8_casefold (shown, -1);
      g_autofree char *value = g_strconcat ("folder:\"", path, "\"", NULL);

      if (strstr (low, folded) != NULL && strchr (path, '"') == NULL && g_utf8_validate (path, -1, NULL))
        add_choice (choices, value, name, shown);
    }
}

/* This month and these years. */
static void
offer_dates (GPtrArray  *choices,
             const char *key,
             const char *typed)
{
  g_autoptr(GDateTime) now = g_date_time_new_now_local ();

  for (int i = -1; i < 5; i++)
    {
      g_autofree char *date = i < 0 ? g_date_time_format (now, "%Y-%m")
                                    : g_strdup_printf ("%d", g_date_time_get_year (now) - i);
      g_autofree char *value = g_strconcat (key, date, NULL);

      if (g_str_has_prefix (date, typed) && !g_str_equal (date, typed))
        add_choice (choices, value, date, NULL);
    }
}

/* Where in the text the term begins that is being typed. */
static const char *
find_last (const char *text)
{
  gboolean inside = FALSE;
  const char *last = text;

  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    if (*at == '"')
      inside = !inside;
    else if (!inside && g_unichar_isspace (g_utf8_get_char (at)))
      last = g_utf8_next_char (at);

  return last;
}

static void
offer (VigFinder *self,
       gboolean   asked)
{
  g_autoptr(GPtrArray) choices = g_ptr_array_new_with_free_func ((GDestroyNotify) vig_choice_free);
  g_autofree char *last = g_strdelimit (g_strdup (find_last (get_text (self))), "\"", ' ');
  const char *colon = strchr (last, ':');
  const char *typed = colon != NULL ? colon + 1 : last;

  typed += strspn (typed, " ");
  if (g_str_has_prefix (last, "tag:"))
    offer_tags (self, choices, "tag:", typed, N_CHOICES);
  else if (g_str_has_prefix (last, "-tag:"))
    offer_tags (self, choices, "-tag:", typed, N_CHOICES);
  else if (g_str_has_prefix (last, "folder:"))
    offer_folders (self, choices, typed);
  else if (g_str_has_prefix (last, "date:") || g_str_has_prefix (last, "after:") || g_str_has_prefix (last, "before:"))
    {
      g_autofree char *key = g_strndup (last, colon + 1 - last);

      offer_dates (choices, key, typed);
    }
  else if (*last != '\0' ? g_utf8_strlen (last, -1) >= 2 : asked)
    {
      offer_keys (choices, last);
      if (*last != '\0' && *last != '-')
        offer_tags (self, choices, "tag:", last, 3);
    }

  vig_choices_offer (self->choices, choices);
}

static void
chosen_cb (VigFinder  *self,
           const char *value)
{
  const char *text = get_text (self);
  g_autofree char *before = g_strndup (text, find_last (text) - text);
  const gboolean goes_on = g_str_has_suffix (value, ":");
  g_autofree char *all = g_strconcat (before, value, goes_on ? "" : " ", NULL);

  set_text (self, all);
  if (goes_on)
    {
      offer (self, TRUE);
      return;
    }

  absorb (self, FALSE);
  emit_changed (self);
}

static void
known_cb (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(VigFinder) self = user_data;
  g_autoptr(GPtrArray) known = vig_known_tags_finish (result, NULL);

  if (known == NULL)
    return;

  g_clear_pointer (&self->known, g_ptr_array_unref);
  self->known = g_steal_pointer (&known);
}

static void
folders_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(VigFinder) self = user_data;
  g_autoptr(GPtrArray) folders = vig_chore_list_finish (result, NULL);

  if (folders == NULL)
    return;

  g_clear_pointer (&self->folders, g_ptr_array_unref);
  self->folders = g_steal_pointer (&folders);
}

/* What there is may be other than the last time. */
static void
focused_cb (VigFinder *self)
{
  vig_known_tags_async (self->library, NULL, NULL, known_cb, g_object_ref (self));
  vig_chore_list_async (self->library, VIG_CHORE_FOLDERS, NULL, NULL, folders_cb, g_object_ref (self));
}

/* ---- Typing ---- */

static void
typed_cb (VigFinder *self)
{
  if (!self->changing)
    offer (self, FALSE);
}

static void
search_changed_cb (VigFinder *self)
{
  absorb (self, FALSE);
  emit_changed (self);
}

static gboolean
key_pressed_cb (VigFinder             *self,
                guint                  key,
                guint                  code,
                GdkModifierType        state,
                GtkEventControllerKey *controller)
{
  const guint count = vig_finder_count_chips (self);

  if ((state & gtk_accelerator_get_default_mod_mask ()) != 0 || *get_text (self) != '\0')
    return FALSE;

  if (key == GDK_KEY_BackSpace && count > 0)
    {
      removed_cb (self, VIG_FIND_CHIP (vig_finder_get_chip (self, count - 1)));
      return TRUE;
    }
  if (key == GDK_KEY_Down && !vig_choices_is_open (self->choices))
    {
      offer (self, TRUE);
      return TRUE;
    }

  return FALSE;
}

/* ---- The widget ---- */

void
vig_finder_detach (VigFinder *self)
{
  g_return_if_fail (VIG_IS_FINDER (self));

  if (self->choices == NULL)
    return;

  gtk_widget_unparent (GTK_WIDGET (self->choices));
  self->choices = NULL;
  g_signal_handlers_disconnect_by_data (self->entry, self);
  self->entry = NULL;
}

static void
vig_finder_dispose (GObject *object)
{
  VigFinder *self = VIG_FINDER (object);
  GtkWidget *child = NULL;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  vig_finder_detach (self);
  g_clear_object (&self->textures);
  g_clear_object (&self->library);

  G_OBJECT_CLASS (vig_finder_parent_class)->dispose (object);
}

static void
vig_finder_finalize (GObject *object)
{
  VigFinder *self = VIG_FINDER (object);

  g_clear_pointer (&self->known, g_ptr_array_unref);
  g_clear_pointer (&self->folders, g_ptr_array_unref);

  G_OBJECT_CLASS (vig_finder_parent_class)->finalize (object);
}

static void
vig_finder_class_init (VigFinderClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = vig_finder_dispose;
  G_OBJECT_CLASS (klass)->finalize = vig_finder_finalize;

  signals[CHANGED] = g_signal_new ("changed", VIG_TYPE_FINDER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 0);

  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
vig_finder_init (VigFinder *self)
{
  self->chips = VIG_WRAP_BOX (vig_wrap_box_new ());
  gtk_widget_add_css_class (GTK_WIDGET (self->chips), "find-chips");
  gtk_widget_set_parent (GTK_WIDGET (self->chips), GTK_WIDGET (self));
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

void
vig_finder_set_up (VigFinder      *self,
                   GtkSearchEntry *entry,
                   VigLibrary     *library,
                   VigTextures    *textures)
{
  GtkEventController *keys_of = gtk_event_controller_key_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();

  g_return_if_fail (VIG_IS_FINDER (self));

  self->library = g_object_ref (library);
  self->textures = g_object_ref (textures);
  self->entry = entry;
  g_signal_connect_object (entry, "changed", G_CALLBACK (typed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (entry, "search-changed", G_CALLBACK (search_changed_cb), self, G_CONNECT_SWAPPED);

  gtk_event_controller_set_propagation_phase (keys_of, GTK_PHASE_CAPTURE);
  g_signal_connect_object (keys_of, "key-pressed", G_CALLBACK (key_pressed_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (entry), keys_of);
  g_signal_connect_object (focus, "enter", G_CALLBACK (focused_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (entry), focus);

  self->choices = vig_choices_new (GTK_WIDGET (entry), GTK_WIDGET (entry));
  g_signal_connect_object (self->choices, "chosen", G_CALLBACK (chosen_cb), self, G_CONNECT_SWAPPED);
}
