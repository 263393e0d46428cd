/* prompt-notes.c: what there is to say of a prompt while it is typed: how many pictures it makes, which words
 * the model has never seen, how it could end */

#define G_LOG_DOMAIN "vig-prompt-notes"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "ui/prompt-notes.h"

#include "studio/prompts.h"
#include "ui/template.h"

#define PAUSE 700  /* ms without a key, after which an ending is thought of */
#define LEAST 3    /* characters before which there is nothing to go on from */
#define READ  350  /* ms without a key, after which it is read: a word that is being typed is no word yet */
#define NAMED 5    /* unknown words that are named */

struct _VigPromptNotes
{
  GtkWidget parent_instance;

  VigStudio    *studio;       /* owned */
  GtkTextView  *view;         /* weak; NULL when the card is gone */
  GtkLabel     *placeholder;  /* weak */
  GCancellable *cancellable;  /* owned; of the reading, or NULL */
  guint         read;         /* timeout, or 0 */
  gboolean   completes;   /* the model can end a prompt */
  gboolean   good;
  char      *text;        /* owned; as typed */
  char      *suggestion;  /* owned; the whole prompt, or NULL */
  guint      pause;       /* timeout, or 0 */
  VigJob    *job;         /* owned; thinks of an ending, or NULL */

  GtkLabel  *amount;
  GtkLabel  *unknown;
  GtkWidget *suggested;
  GtkLabel  *ending;
};

enum { ACCEPTED, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (VigPromptNotes, vig_prompt_notes, GTK_TYPE_WIDGET)

gboolean
vig_prompt_notes_get_good (VigPromptNotes *self)
{
  g_return_val_if_fail (VIG_IS_PROMPT_NOTES (self), FALSE);

  return self->good;
}

const char *
vig_prompt_notes_get_suggestion (VigPromptNotes *self)
{
  g_return_val_if_fail (VIG_IS_PROMPT_NOTES (self), NULL);

  return self->suggestion;
}

/* ---- How many ---- */

/* Returns how many prompts there are. */
static guint
update_amount (VigPromptNotes *self,
               guint           count)
{
  g_autoptr(GError) error = NULL;
  g_auto(GStrv) prompts = vig_prompts_expand (self->text, &error);
  const guint n = prompts != NULL ? g_strv_length (prompts) : 0;

  self->good = n > 0;
  gtk_widget_set_visible (GTK_WIDGET (self->amount), n > 1 || error != NULL);
  if (error != NULL)
    gtk_label_set_label (self->amount, error->message);
  else if (n > 1)
    {
      g_autofree char *some = g_strdup_printf (ngettext ("%u prompt", "%u prompts", n), n);
      g_autofree char *all = g_strdup_printf (ngettext ("%u picture", "%u pictures", n * count), n * count);
      /* Translators: how many prompts were typed, and how many pictures that makes in all. */
      g_autofree char *words = g_strdup_printf (_("%s, %s in all"), some, all);

      gtk_label_set_label (self->amount, words);
    }

  return n;
}

/* ---- What the model makes of the words ---- */

static const struct
{
  const char *code;
  const char *name;
} languages[] = {
  { "de", N_("German") },
  { "en", N_("English") },
  { "es", N_("Spanish") },
  { "fr", N_("French") },
  { "ja", N_("Japanese") },
  { "ko", N_("Korean") },
  { "ru", N_("Russian") },
  { "zh", N_("Chinese") },
};

static char *
dup_languages (char **codes)
{
  g_autoptr(GPtrArray) names = g_ptr_array_new ();

  for (; codes != NULL && *codes != NULL; codes++)
    {
      const char *name = *codes;

      for (guint i = 0; i < G_N_ELEMENTS (languages); i++)
        if (g_str_equal (languages[i].code, *codes))
          name = _(languages[i].name);
      g_ptr_array_add (names, (char *) name);
    }
  g_ptr_array_add (names, NULL);

  return g_strjoinv (", ", (char **) names->pdata);
}

static void
underline (VigPromptNotes *self,
           const GArray   *spans)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->view);
  GtkTextTag *tag = gtk_text_tag_table_lookup (gtk_text_buffer_get_tag_table (buffer), "unknown");
  GtkTextIter start, end;

  if (tag == NULL)
    tag = gtk_text_buffer_create_tag (buffer, "unknown", "underline", PANGO_UNDERLINE_ERROR, NULL);
  gtk_text_buffer_get_bounds (buffer, &start, &end);
  gtk_text_buffer_remove_tag (buffer, tag, &start, &end);
  for (guint i = 0; spans != NULL && i < spans->len; i++)
    {
      const VigSpan *span = &g_array_index (spans, VigSpan, i);

      gtk_text_buffer_get_iter_at_offset (buffer, &start, (int) g_utf8_pointer_to_offset (self->text, self->text + span->start));
      gtk_text_buffer_get_iter_at_offset (buffer, &end, (int) g_utf8_pointer_to_offset (self->text, self->text + span->end));
      gtk_text_buffer_apply_tag (buffer, tag, &start, &end);
    }
}

/* “zebra”, “gnu” and so on, each once. */
static char *
dup_words (VigPromptNotes *self,
           const GArray   *spans)
{
  g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < spans->len && words->len <= NAMED; i++)
    {
      const VigSpan *span = &g_array_index (spans, VigSpan, i);
      g_autofree char *word = g_strndup (self->text + span->start, span->end - span->start);
      g_autofree char *quoted = g_strdup_printf (_("“%s”"), word);

      if (g_ptr_array_find_with_equal_func (words, quoted, g_str_equal, NULL))
        continue;

      g_ptr_array_add (words, words->len < NAMED ? g_steal_pointer (&quoted) : g_strdup ("…"));
    }
  g_ptr_array_add (words, NULL);

  return g_strjoinv (", ", (char **) words->pdata);
}

static void
show_reading (VigPromptNotes   *self,
              const VigReading *reading)
{
  g_autofree char *tongues = dup_languages (reading->languages);
  g_autofree char *sentence = NULL;

  underline (self, reading->unknown);
  if (*tongues != '\0')
    {
      /* Translators: the language that the drawing model reads. */
      g_autofree char *hint = g_strdup_printf (_("Describe a picture, in %s…"), tongues);

      gtk_label_set_label (self->placeholder, hint);
    }

  if (reading->unknown->len > 0)
    {
      g_autofree char *words = dup_words (self, reading->unknown);

      /* Translators: the name of a model, the language that it reads, and words in quotation marks. */
      sentence = g_strdup_printf (_("%s reads %s, and has never seen %s."), reading->model, tongues, words);
    }
  gtk_label_set_label (self->unknown, sentence != NULL ? sentence : "");
  gtk_widget_set_visible (GTK_WIDGET (self->unknown), sentence != NULL);
}

/* A prompt that cannot be read is drawn all the same, and drawing says what is wrong. */
static void
read_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(VigPromptNotes) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(VigReading) reading = vig_studio_read_prompt_finish (VIG_STUDIO (object), result, &error);

  /* The card may have gone meanwhile. */
  if (reading != NULL && self->view != NULL && self->placeholder != NULL && self->unknown != NULL &&
      !g_cancellable_is_cancelled (g_task_get_cancellable (G_TASK (result))))
    show_reading (self, reading);
}

static gboolean
read_idle_cb (gpointer data)
{
  VigPromptNotes *self = data;

  self->read = 0;
  self->cancellable = g_cancellable_new ();
  vig_studio_read_prompt_async (self->studio, self->text, self->cancellable, read_cb, g_object_ref (self));

  return G_SOURCE_REMOVE;
}

static void
stop_reading (VigPromptNotes *self)
{
  g_clear_handle_id (&self->read, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
}

static void
read_soon (VigPromptNotes *self)
{
  stop_reading (self);
  if (self->studio != NULL)
    self->read = g_timeout_add (READ, read_idle_cb, self);
}

const char *
vig_prompt_notes_get_unknown (VigPromptNotes *self)
{
  g_return_val_if_fail (VIG_IS_PROMPT_NOTES (self), NULL);

  return gtk_label_get_label (self->unknown);
}

/* ---- How it could end ---- */

void
vig_prompt_notes_hush (VigPromptNotes *self)
{
  g_return_if_fail (VIG_IS_PROMPT_NOTES (self));

  g_clear_handle_id (&self->pause, g_source_remove);
  g_clear_pointer (&self->suggestion, g_free);
  if (self->job != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->job, self);
      vig_job_stop (self->job);
      g_clear_object (&self->job);
    }
  if (self->suggested != NULL)
    gtk_widget_set_visible (self->suggested, FALSE);
}

/* Only what goes on from what was typed, and says something. */
static void
suggest (VigPromptNotes *self,
         const char     *whole)
{
  const gsize length = strlen (self->text);
  g_autofree char *rest = NULL;

  if (!g_str_has_prefix (whole, self->text))
    return;

  rest = g_strstrip (g_strdup (whole + length));
  if (*rest == '\0')
    return;

  g_free (self->suggestion);
  self->suggestion = g_strdup (whole);
  gtk_label_set_label (self->ending, rest);
  gtk_widget_set_visible (self->suggested, TRUE);
}

/* An ending that cannot be thought of is not missed. */
static void
job_state_cb (VigPromptNotes *self)
{
  g_autoptr(VigJob) job = NULL;
  const char * const *texts = NULL;

  if (!vig_job_is_over (self->job))
    return;

  job = g_steal_pointer (&self->job);
  g_signal_handlers_disconnect_by_data (job, self);
  texts = vig_complete_job_get_texts (VIG_COMPLETE_JOB (job));
  if (texts[0] != NULL)
    suggest (self, texts[0]);
}

static gboolean
pause_cb (gpointer data)
{
  VigPromptNotes *self = data;

  self->pause = 0;
  /* What is drawn comes first. */
  if (g_list_model_get_n_items (vig_studio_get_jobs (self->studio)) > 0)
    return G_SOURCE_REMOVE;

  /* The same beginning has the same ending. */
  self->job = vig_complete_job_new (self->text, 1, 0);
  g_signal_connect_object (self->job, "notify::state", G_CALLBACK (job_state_cb), self, G_CONNECT_SWAPPED);
  vig_studio_submit (self->studio, self->job);

  return G_SOURCE_REMOVE;
}

gboolean
vig_prompt_notes_accept (VigPromptNotes *self)
{
  g_autofree char *whole = NULL;

  g_return_val_if_fail (VIG_IS_PROMPT_NOTES (self), FALSE);

  if (self->suggestion == NULL)
    return FALSE;

  whole = g_strdup (self->suggestion);
  vig_prompt_notes_hush (self);
  g_signal_emit (self, signals[ACCEPTED], 0, whole);

  return TRUE;
}

static void
accept_cb (VigPromptNotes *self)
{
  vig_prompt_notes_accept (self);
}

void
vig_prompt_notes_set_text (VigPromptNotes *self,
                           const char     *text,
                           guint           count,
                           gboolean        welcome)
{
  guint n;

  g_return_if_fail (VIG_IS_PROMPT_NOTES (self));

  vig_prompt_notes_hush (self);
  g_free (self->text);
  self->text = g_strdup (text);
  n = update_amount (self, count);
  read_soon (self);
  if (welcome && self->completes && n == 1 && strpbrk (text, "\r\n{}\\") == NULL &&
      g_utf8_strlen (text, -1) >= LEAST)
    self->pause = g_timeout_add (PAUSE, pause_cb, self);
}

/* ---- The object ---- */

void
vig_prompt_notes_set_up (VigPromptNotes *self,
                         VigStudio      *studio,
                         GtkTextView    *view,
                         GtkLabel       *placeholder)
{
  g_return_if_fail (VIG_IS_PROMPT_NOTES (self));

  g_set_object (&self->studio, studio);
  g_set_weak_pointer (&self->view, view);
  g_set_weak_pointer (&self->placeholder, placeholder);
  read_soon (self);
}

void
vig_prompt_notes_set_drawer (VigPromptNotes  *self,
                             const VigDrawer *drawer)
{
  g_return_if_fail (VIG_IS_PROMPT_NOTES (self));

  self->completes = drawer != NULL && drawer->completes;
  read_soon (self);
}

static void
vig_prompt_notes_dispose (GObject *object)
{
  VigPromptNotes *self = VIG_PROMPT_NOTES (object);

  stop_reading (self);
  vig_prompt_notes_hush (self);
  g_clear_weak_pointer (&self->view);
  g_clear_weak_pointer (&self->placeholder);
  vig_dispose_template (self, VIG_TYPE_PROMPT_NOTES);
  g_clear_object (&self->studio);
  g_clear_pointer (&self->text, g_free);

  G_OBJECT_CLASS (vig_prompt_notes_parent_class)->dispose (object);
}

static void
vig_prompt_notes_class_init (VigPromptNotesClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = vig_prompt_notes_dispose;

  signals[ACCEPTED] = g_signal_new ("accepted", VIG_TYPE_PROMPT_NOTES, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 1, G_TYPE_STRING);

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/vignette/Vignette/ui/prompt-notes.ui");
  gtk_widget_class_bind_template_child (widget_class, VigPromptNotes, amount);
  gtk_widget_class_bind_template_child (widget_class, VigPromptNotes, unknown);
  gtk_widget_class_bind_template_child (widget_class, VigPromptNotes, suggested);
  gtk_widget_class_bind_template_child (widget_class, VigPromptNotes, ending);
  gtk_widget_class_bind_template_callback (widget_class, accept_cb);
}

static void
vig_prompt_notes_init (VigPromptNotes *self)
{
  self->text = g_strdup ("");
  gtk_widget_init_template (GTK_WIDGET (self));
}
