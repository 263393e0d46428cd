/* search-results.c: what a search found: the close ones, and in a fold the less certain */

#define G_LOG_DOMAIN "vig-search-results"

#include "config.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "library/query.h"
#include "ui/search-results.h"

#include "ui/hit.h"
#include "ui/template.h"

#define TOP         2000  /* shown; who has more looks for something else */
#define BUSY_AFTER  400  /* ms: a quick search shows no spinner */

struct _VigSearchResults
{
  GtkWidget parent_instance;

  VigStudio   *studio;     /* owned */
  VigTextures *textures;   /* owned */
  VigJob      *job;        /* owned; the search whose results are shown or awaited, or NULL */
  char        *typed;      /* owned; what is looked for, or NULL */
  char        *text;       /* owned; the words in it that are wanted, or NULL */
  char       **like;       /* owned; files of pictures to resemble, or NULL */
  char       **unlike;     /* owned; and those not to, or NULL */
  guint        busy;       /* timeout, or 0 */
  gboolean     shown;      /* the results of job are */

  GtkStack        *stack;
  GtkLabel        *close_label;
  GtkToggleButton *fold;
  GtkToggleButton *by_date;
  VigGallery      *gallery;
  AdwStatusPage   *nothing;
  GtkWidget       *draw;
  GtkWidget       *unsure;
};

G_DEFINE_FINAL_TYPE (VigSearchResults, vig_search_results, GTK_TYPE_WIDGET)

static VigResults *
get_results (VigSearchResults *self)
{
  return self->shown ? vig_search_job_get_results (VIG_SEARCH_JOB (self->job)) : NULL;
}

/* Fills the grid as the fold wants it. */
static void
fill (VigSearchResults *self)
{
  const VigResults *results = get_results (self);
  g_autoptr(GListStore) hits = g_list_store_new (VIG_TYPE_HIT);
  guint shown;

  if (results == NULL)
    return;

  shown = gtk_toggle_button_get_active (self->fold) ? results->results->len : results->close;
  for (guint i = 0; i < shown; i++)
    {
      const VigResult *result = g_ptr_array_index (results->results, i);
      g_autoptr(VigHit) hit = vig_hit_new (result->picture, result->score, result->why, i < results->close);

      g_list_store_append (hits, hit);
    }

  vig_gallery_set_model (self->gallery, G_LIST_MODEL (hits));
  gtk_stack_set_visible_child_name (self->stack, shown > 0 ? "grid" : "nothing");
}

static void
show_results (VigSearchResults *self)
{
  const VigResults *results = get_results (self);
  const guint close = results->close;
  const guint rest = results->results->len - MIN (close, results->results->len);
  g_autofree char *found = g_strdup_printf (ngettext ("%u close", "%u close", close), close);
  g_autofree char *folded = g_strdup_printf (ngettext ("%u less certain", "%u less certain", rest), rest);
  g_autofree char *label = NULL;

  if (results->total > results->results->len)
    {
      g_autofree char *close_ones = g_steal_pointer (&found);

      /* Translators: how many pictures were found, and how many of them are shown. */
      found = g_strdup_printf (_("%s · the first %u of %u"), close_ones, results->results->len, results->total);
    }
  if (results->indexed < 1)
    /* Translators: how many pictures were found, and how much of the library could be looked through. */
    label = g_strdup_printf (_("%s · %.0f %% indexed"), found, 100 * results->indexed);

  gtk_label_set_label (self->close_label, label != NULL ? label : found);
  gtk_button_set_label (GTK_BUTTON (self->fold), folded);
  gtk_widget_set_visible (GTK_WIDGET (self->fold), rest > 0);

  gtk_widget_set_visible (self->draw, self->text != NULL);
  gtk_widget_set_visible (self->unsure, rest > 0);
  gtk_button_set_label (GTK_BUTTON (self->unsure), folded);
  adw_status_page_set_description (self->nothing,
                                   rest > 0
                                   ? _("Some pictures resemble it a little.")
                                   : _("No picture here looks like that, and none is called so."));
  fill (self);
}

static void
state_cb (VigSearchResults *self)
{
  const VigJobState state = vig_job_get_state (self->job);

  if (!vig_job_is_over (self->job))
    return;

  g_clear_handle_id (&self->busy, g_source_remove);
  if (state == VIG_JOB_FAILED)
    {
      gtk_widget_activate_action (GTK_WIDGET (self), "win.report", "s",
                                  vig_job_get_error (self->job)->message);
      gtk_widget_set_visible (self->unsure, FALSE);
      gtk_stack_set_visible_child_name (self->stack, "nothing");
    }
  else if (state == VIG_JOB_DONE)
    {
      self->shown = TRUE;
      show_results (self);
    }
}

static gboolean
busy_cb (gpointer data)
{
  VigSearchResults *self = data;

  self->busy = 0;
  gtk_stack_set_visible_child_name (self->stack, "busy");

  return G_SOURCE_REMOVE;
}

void
vig_search_results_stop (VigSearchResults *self)
{
  g_return_if_fail (VIG_IS_SEARCH_RESULTS (self));

  g_clear_handle_id (&self->busy, g_source_remove);
  if (self->job == NULL)
    return;

  g_signal_handlers_disconnect_by_data (self->job, self);
  if (!vig_job_is_over (self->job))
    vig_job_stop (self->job);
  g_clear_object (&self->job);
  self->shown = FALSE;
}

static void
start (VigSearchResults *self,
       VigJob           *job)
{
  self->job = job;
  self->busy = g_timeout_add (BUSY_AFTER, busy_cb, self);
  gtk_toggle_button_set_active (self->fold, FALSE);
  g_signal_connect_object (job, "notify::state", G_CALLBACK (state_cb), self, G_CONNECT_SWAPPED);
  vig_studio_submit (self->studio, job);
}

/* What could be drawn instead: words that are wanted. */
static char *
dup_words (const char *typed)
{
  g_autoptr(GPtrArray) terms = vig_terms_parse (typed);
  g_autoptr(GString) words = g_string_new (NULL);

  for (guint i = 0; i < terms->len; i++)
    {
      const VigTerm *term = g_ptr_array_index (terms, i);

      if (term->kind == VIG_TERM_WORD && !term->minus)
        g_string_append_printf (words, "%s%s", words->len > 0 ? " " : "", term->value);
    }

  return words->len > 0 ? g_strdup (words->str) : NULL;
}

static gboolean
same_list (char               **a,
           const char * const  *b)
{
  const char *nothing[] = { NULL };

  return g_strv_equal (a != NULL ? (const char * const *) a : nothing, b != NULL ? b : nothing);
}

static void
find (VigSearchResults *self)
{
  const VigSought sought = {
    .typed = self->typed, .like = (const char * const *) self->like, .unlike = (const char * const *) self->unlike,
    .top = TOP, .by_date = gtk_toggle_button_get_active (self->by_date),
  };
  VigJob *job = vig_search_job_new_for (&sought);

  vig_search_results_stop (self);
  if (vig_search_job_asks (VIG_SEARCH_JOB (job)))
    start (self, job);
  else
    g_object_unref (job);
}

void
vig_search_results_find (VigSearchResults   *self,
                         const char         *typed,
                         const char * const *like,
                         const char * const *unlike)
{
  g_return_if_fail (VIG_IS_SEARCH_RESULTS (self));

  if (self->job != NULL && g_strcmp0 (typed, self->typed) == 0 && same_list (self->like, like) &&
      same_list (self->unlike, unlike))
    return;

  g_free (self->typed);
  g_free (self->text);
  g_strfreev (self->like);
  g_strfreev (self->unlike);
  self->typed = g_strdup (typed);
  self->text = dup_words (typed);
  self->like = g_strdupv ((char **) like);
  self->unlike = g_strdupv ((char **) unlike);
  find (self);
}

/* Asked again: more are found by match or by date than are loaded. */
static void
by_date_cb (VigSearchResults *self)
{
  if (self->job != NULL)
    find (self);
}

VigGallery *
vig_search_results_get_gallery (VigSearchResults *self)
{
  g_return_val_if_fail (VIG_IS_SEARCH_RESULTS (self), NULL);

  return self->gallery;
}

gboolean
vig_search_results_get_by_date (VigSearchResults *self)
{
  g_return_val_if_fail (VIG_IS_SEARCH_RESULTS (self), FALSE);

  return gtk_toggle_button_get_active (self->by_date);
}

void
vig_search_results_set_by_date (VigSearchResults *self,
                                gboolean          by_date)
{
  g_return_if_fail (VIG_IS_SEARCH_RESULTS (self));

  gtk_toggle_button_set_active (self->by_date, by_date);
}

int
vig_search_results_get_close (VigSearchResults *self)
{
  g_return_val_if_fail (VIG_IS_SEARCH_RESULTS (self), -1);

  return self->shown ? (int) get_results (self)->close : -1;
}

static void
unsure_cb (VigSearchResults *self)
{
  gtk_toggle_button_set_active (self->fold, TRUE);
}

static void
draw_cb (VigSearchResults *self)
{
  if (self->text != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.use-prompt", "s", self->text);
}

static void
vig_search_results_dispose (GObject *object)
{
  VigSearchResults *self = VIG_SEARCH_RESULTS (object);

  vig_search_results_stop (self);
  vig_dispose_template (self, VIG_TYPE_SEARCH_RESULTS);
  g_clear_object (&self->textures);
  g_clear_object (&self->studio);

  G_OBJECT_CLASS (vig_search_results_parent_class)->dispose (object);
}

static void
vig_search_results_finalize (GObject *object)
{
  VigSearchResults *self = VIG_SEARCH_RESULTS (object);

  g_free (self->typed);
  g_free (self->text);
  g_strfreev (self->like);
  g_strfreev (self->unlike);

  G_OBJECT_CLASS (vig_search_results_parent_class)->finalize (object);
}

static void
vig_search_results_class_init (VigSearchResultsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = vig_search_results_dispose;
  G_OBJECT_CLASS (klass)->finalize = vig_search_results_finalize;

  g_type_ensure (VIG_TYPE_GALLERY);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/vignette/Vignette/ui/search-results.ui");
  gtk_widget_class_bind_template_child (widget_class, VigSearchResults, stack);
  gtk_widget_class_bind_template_child (widget_class, VigSearchResults, close_label);
  gtk_widget_class_bind_template_child (widget_class, VigSearchResults, fold);
  gtk_widget_class_bind_template_child (widget_class, VigSearchResults, by_date);
  gtk_widget_class_bind_template_child (widget_class, VigSearchResults, gallery);
  gtk_widget_class_bind_template_child (widget_class, VigSearchResults, nothing);
  gtk_widget_class_bind_template_child (widget_class, VigSearchResults, draw);
  gtk_widget_class_bind_template_child (widget_class, VigSearchResults, unsure);
  gtk_widget_class_bind_template_callback (widget_class, fill);
  gtk_widget_class_bind_template_callback (widget_class, by_date_cb);
  gtk_widget_class_bind_template_callback (widget_class, unsure_cb);
  gtk_widget_class_bind_template_callback (widget_class, draw_cb);
}

static void
vig_search_results_init (VigSearchResults *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
vig_search_results_set_up (VigSearchResults *self,
                           VigStudio        *studio,
                           VigTextures      *textures)
{
  g_return_if_fail (VIG_IS_SEARCH_RESULTS (self));

  g_set_object (&self->studio, studio);
  g_set_object (&self->textures, textures);
  vig_gallery_set_textures (self->gallery, textures);
}
