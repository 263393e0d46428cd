/* test-tagging.c: pictures are given their tags in the real window, as a person would */

#include "config.h"

#include <glib/gstdio.h>
#include <math.h>

#include "drive.h"
#include "library/tags.h"
#include "ui/tag-page-private.h"
#include "ui/tag-row.h"
#include "ui/words-window.h"

/* ---- What a person does ---- */

/* Opens the page on @count pictures of one colour each, and waits for the suggestions. */
static VigTagPage *
open_page (VigWindow  *window,
           const char *folder,
           guint       count)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  g_auto(GStrv) paths = NULL;

  for (guint i = 0; i < count; i++)
    {
      g_autofree char *name = g_strdup_printf ("picture %u.png", i);
      g_autofree char *path = drive_write_picture (folder, name, 220, 40 * i, 20);

      g_strv_builder_add (builder, path);
    }

  paths = g_strv_builder_end (builder);
  vig_window_tag (window, (const char * const *) paths);
  wait_until (vig_suggestions_count (window->tag_page->suggestions) >= 2 && window->tag_page->picture != NULL);

  return window->tag_page;
}

static gboolean
press (VigTagPage      *page,
       guint            key,
       GdkModifierType  held)
{
  return drive_press (GTK_WIDGET (gtk_editable_get_delegate (vig_tag_entry_get_text (page->entry))), key, held);
}

/* Enter in the entry, which is no key controller's. */
static void
enter (VigTagPage *page)
{
  g_signal_emit_by_name (vig_tag_entry_get_text (page->entry), "activate");
}

static gboolean
has_tag (VigPicture *picture,
         const char *tag)
{
  return vig_picture_get_tags (picture) != NULL && g_strv_contains (vig_picture_get_tags (picture), tag);
}

static const VigTagging *
find_tagging (VigTagPage *page,
              const char *tag)
{
  GPtrArray *taggings = vig_tags_view_get_taggings (page->tags);

  for (guint i = 0; taggings != NULL && i < taggings->len; i++)
    if (g_str_equal (((VigTagging *) g_ptr_array_index (taggings, i))->tag, tag))
      return g_ptr_array_index (taggings, i);

  return NULL;
}

static gboolean
is_done (VigTagPage *page)
{
  return !vig_tag_page_shows_picture (page);
}

static char *
dup_tag (VigTagPage *page,
         guint       number)
{
  return g_strdup (vig_tag_row_get_tag (vig_suggestions_get_row (page->suggestions, number)));
}

/* ---- The tests ---- */

/* One key marks the first suggestion, Enter accepts what is marked; a machine's word and a person's are kept apart. */
static void
test_accepts (VigWindow  *window,
              const char *folder)
{
  VigTagPage *page = open_page (window, folder, 1);
  g_autoptr(VigPicture) picture = g_object_ref (page->picture);
  VigTagRow *row = vig_suggestions_get_row (page->suggestions, 1);
  g_autofree char *first = dup_tag (page, 1);
  g_autofree char *second = dup_tag (page, 2);

  drive_check_names (GTK_WIDGET (page));

  /* What is probably there is marked beforehand, and nothing else. */
  g_assert_cmpint (vig_tag_row_get_accepted (row), ==, vig_tag_row_is_sure (row));
  if (vig_tag_row_get_accepted (row))
    g_assert_true (press (page, GDK_KEY_1, 0));
  g_assert_true (press (page, GDK_KEY_1, 0));
  g_assert_true (vig_tag_row_get_accepted (row));
  g_assert_nonnull (strstr (gtk_button_get_label (page->accept), "1"));

  g_assert_true (press (page, GDK_KEY_2, GDK_CONTROL_MASK));
  gtk_editable_set_text (vig_tag_entry_get_text (page->entry), " mine ");
  enter (page);
  wait_until (has_tag (picture, "mine"));
  wait_until (find_tagging (page, second) != NULL && find_tagging (page, "mine") != NULL);
  g_assert_true (find_tagging (page, second)->refused);
  g_assert_null (find_tagging (page, "mine")->source);

  enter (page);
  wait_until (is_done (page) && has_tag (picture, first));
  g_assert_false (has_tag (picture, second));

  /* Looked at again: who said so, and how certain it was. */
  g_assert_true (press (page, GDK_KEY_Page_Up, 0));
  wait_until (find_tagging (page, first) != NULL);
  g_assert_nonnull (find_tagging (page, first)->source);
  g_assert_false (isnan (find_tagging (page, first)->score));
  wait_until (vig_suggestions_count (page->suggestions) > 0);
  g_assert_cmpstr (vig_tag_row_get_tag (vig_suggestions_get_row (page->suggestions, 1)), !=, first);
}

/* Every answer has a way back, and shows the picture that it was about. */
static void
test_undoes (VigWindow  *window,
             const char *folder)
{
  VigTagPage *page = open_page (window, folder, 2);
  g_autoptr(VigPicture) picture = g_object_ref (page->picture);
  g_autofree char *first = dup_tag (page, 1);
  const guint count = vig_suggestions_count (page->suggestions);

  vig_suggestions_mark_all (page->suggestions);
  enter (page);
  wait_until (has_tag (picture, first) && page->current == 1 && page->picture != NULL);
  g_assert_cmpuint (g_strv_length ((char **) vig_picture_get_tags (picture)), ==, count);

  g_assert_true (press (page, GDK_KEY_z, GDK_CONTROL_MASK));
  wait_until (!has_tag (picture, first) && page->current == 0);
  wait_until (vig_suggestions_count (page->suggestions) == count);

  g_assert_true (press (page, GDK_KEY_Z, GDK_CONTROL_MASK | GDK_SHIFT_MASK));
  wait_until (has_tag (picture, first));
  g_assert_true (press (page, GDK_KEY_z, GDK_CONTROL_MASK));
  wait_until (!has_tag (picture, first));
  g_assert_false (vig_answers_can_undo (page->answers));

  /* What was refused is suggested again when that is taken back. */
  wait_until (vig_suggestions_count (page->suggestions) == count);
  g_assert_true (press (page, GDK_KEY_1, GDK_CONTROL_MASK));
  g_assert_cmpuint (vig_suggestions_count (page->suggestions), ==, count - 1);
  wait_until (vig_answers_can_undo (page->answers));
  g_assert_true (press (page, GDK_KEY_z, GDK_CONTROL_MASK));
  wait_until (vig_suggestions_count (page->suggestions) == count);
}

/* What is probable in all pictures at once: by thresholds of our own, as the model that comes along is sure of nothing. */
static void
test_accepts_rest (VigWindow  *window,
                   const char *folder)
{
  VigTagPage *page = open_page (window, folder, 3);
  g_autofree char *first = dup_tag (page, 1);
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) counts = NULL;

  wait_until (vig_looks_is_done (page->looks));
  g_assert_true (vig_library_set_threshold (vig_window_get_library (window), first, 1e-6, &error));
  g_assert_no_error (error);
  vig_word_lists_choose (page->lists, NULL);
  wait_until (!vig_looks_is_done (page->looks));
  wait_until (vig_looks_is_done (page->looks) && vig_suggestions_count (page->suggestions) > 0);
  g_assert_true (vig_tag_row_is_sure (vig_suggestions_get_row (page->suggestions, 1)));

  g_assert_true (press (page, GDK_KEY_Return, GDK_CONTROL_MASK | GDK_SHIFT_MASK));
  wait_until (is_done (page) && vig_answers_can_undo (page->answers));
  counts = vig_library_count_tags (vig_window_get_library (window), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (counts->len, >=, 1);
  for (guint i = 0; i < counts->len; i++)
    if (g_str_equal (((VigTagCount *) g_ptr_array_index (counts, i))->tag, first))
      g_assert_cmpuint (((VigTagCount *) g_ptr_array_index (counts, i))->by_model, ==, 3);
}

/* A key shows which part speaks for a suggestion, and Escape hides that before it leaves the page. */
static void
test_where (VigWindow  *window,
            const char *folder)
{
  VigTagPage *page = open_page (window, folder, 1);

  g_assert_true (press (page, GDK_KEY_2, GDK_ALT_MASK));
  g_assert_true (vig_tag_row_get_where (vig_suggestions_get_row (page->suggestions, 2)));
  wait_until (vig_glow_get_caption (page->glow) != NULL);
  g_assert_nonnull (strstr (vig_glow_get_caption (page->glow),
                            vig_tag_row_get_label (vig_suggestions_get_row (page->suggestions, 2))));

  drive_activate (window, "win.stop");
  g_assert_null (vig_glow_get_caption (page->glow));
  g_assert_false (vig_tag_row_get_where (vig_suggestions_get_row (page->suggestions, 2)));
  g_assert_cmpstr (drive_get_page (window), ==, "tag");

  /* The other one instead of the first, and away with the same key. */
  g_assert_true (press (page, GDK_KEY_1, GDK_ALT_MASK));
  g_assert_true (press (page, GDK_KEY_1, GDK_ALT_MASK));
  g_assert_false (vig_tag_row_get_where (vig_suggestions_get_row (page->suggestions, 1)));
  drive_activate (window, "win.stop");
  g_assert_cmpstr (drive_get_page (window), ==, "main");
}

/* Tags that are known are offered while one types. */
static void
test_completes (VigWindow  *window,
                const char *folder)
{
  VigTagPage *page = open_page (window, folder, 1);
  GtkEditable *text = vig_tag_entry_get_text (page->entry);
  VigChoices *choices = vig_tag_entry_get_choices (page->entry);
  g_autoptr(VigPicture) picture = g_object_ref (page->picture);
  g_auto(GStrv) tags = NULL;

  for (guint i = 0; !vig_choices_is_open (choices) && i < 200; i++)
    {
      gtk_editable_set_text (text, "");
      drive_wait (50);
      gtk_editable_set_text (text, "kan");
    }
  g_assert_cmpuint (vig_choices_count (choices), >=, 1);
  g_assert_true (press (page, GDK_KEY_Down, 0));
  g_assert_true (press (page, GDK_KEY_Return, 0));
  wait_until (has_tag (picture, "animal/kangaroo"));
  g_assert_cmpstr (gtk_editable_get_text (text), ==, "");
  g_assert_false (vig_choices_is_open (choices));
}

/* What is written beside the picture is listed, and what could not be, with a way to try again. */
static void
test_writes (VigWindow  *window,
             const char *folder)
{
  VigTagPage *page = open_page (window, folder, 2);
  g_autofree char *sidecar = g_build_filename (folder, "picture 0.png.xmp", NULL);
  g_autofree char *blocked = g_build_filename (folder, "picture 1.png.xmp", NULL);

  /* A folder has the name that the second sidecar needs. */
  g_assert_cmpint (g_mkdir (blocked, 0700), ==, 0);
  vig_tag_page_add_tag (page, "mine");
  wait_until (has_tag (page->picture, "mine"));
  vig_tag_page_next (page);
  wait_until (page->picture != NULL);
  vig_tag_page_add_tag (page, "mine");
  wait_until (has_tag (page->picture, "mine"));
  vig_tag_page_next (page);
  wait_until (is_done (page) && vig_answers_is_idle (page->answers));
  g_assert_false (g_file_test (sidecar, G_FILE_TEST_EXISTS));

  vig_tag_summary_write (page->summary);
  wait_until (vig_tag_summary_count (page->summary, FALSE) == 1);
  g_assert_cmpuint (vig_tag_summary_count (page->summary, TRUE), ==, 1);
  g_assert_true (g_file_test (sidecar, G_FILE_TEST_IS_REGULAR));
  drive_check_names (GTK_WIDGET (page));

  g_assert_cmpint (g_rmdir (blocked), ==, 0);
  vig_tag_summary_write (page->summary);
  wait_until (vig_tag_summary_count (page->summary, FALSE) == 2);
  g_assert_true (g_file_test (blocked, G_FILE_TEST_IS_REGULAR));
}

static VigWordsWindow *
find_words (void)
{
  g_autoptr(GListModel) windows = g_object_ref (gtk_window_get_toplevels ());

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr(GtkWindow) window = g_list_model_get_item (windows, i);

      if (VIG_IS_WORDS_WINDOW (window))
        return VIG_WORDS_WINDOW (window);
    }

  return NULL;
}

static GtkTextView *
find_text (GtkWidget *widget)
{
  if (GTK_IS_TEXT_VIEW (widget))
    return GTK_TEXT_VIEW (widget);

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkTextView *found = find_text (child);

      if (found != NULL)
        return found;
    }

  return NULL;
}

static char *
read_file (const char *path)
{
  char *text = NULL;

  g_file_get_contents (path, &text, NULL, NULL);

  return text;
}

static gboolean
stands (const char *path,
        const char *text)
{
  g_autofree char *there = read_file (path);

  return g_strcmp0 (there, text) == 0;
}

/* Words of one's own are made, changed, renamed and deleted; those of the program can only be copied. */
static void
test_words (VigWindow  *window,
            const char *folder)
{
  VigTagPage *page = open_page (window, folder, 1);
  g_autofree char *lists = vig_vocabulary_dup_folder (vig_library_get_profile (vig_window_get_library (window)));
  g_autofree char *mine = g_build_filename (lists, "mine.txt", NULL);
  g_autofree char *places = g_build_filename (lists, "places.txt", NULL);
  g_autofree char *copy = g_build_filename (lists, "copy.txt", NULL);
  g_autofree char *included = NULL;
  GtkTextBuffer *buffer = NULL;
  VigWordsWindow *words = NULL;

  g_assert_true (press (page, GDK_KEY_e, GDK_CONTROL_MASK));
  wait_until ((words = find_words ()) != NULL && vig_words_window_get_path (words) != NULL);
  buffer = gtk_text_view_get_buffer (find_text (GTK_WIDGET (words)));
  wait_until (gtk_text_buffer_get_char_count (buffer) > 1000);
  drive_check_names (GTK_WIDGET (words));
  included = g_strdup (vig_words_window_get_path (words));
  g_assert_true (vig_vocabulary_is_included (included));
  g_assert_false (gtk_text_view_get_editable (find_text (GTK_WIDGET (words))));

  vig_words_window_copy (words, "copy");
  wait_until (g_strcmp0 (vig_words_window_get_path (words), copy) == 0 && gtk_text_buffer_get_char_count (buffer) > 1000);

  vig_words_window_make (words, "mine");
  wait_until (g_strcmp0 (vig_words_window_get_path (words), mine) == 0 && gtk_text_buffer_get_char_count (buffer) == 0);
  g_assert_true (gtk_text_view_get_editable (find_text (GTK_WIDGET (words))));
  gtk_text_buffer_set_text (buffer, "colour/red = crimson\ncolour/green\n", -1);
  wait_until (stands (mine, "colour/red = crimson\ncolour/green\n"));

  vig_words_window_rename (words, "places");
  wait_until (g_strcmp0 (vig_words_window_get_path (words), places) == 0);
  g_assert_false (g_file_test (mine, G_FILE_TEST_EXISTS));

  /* A name that is taken changes nothing. */
  vig_words_window_rename (words, "copy");
  drive_wait (300);
  g_assert_cmpstr (vig_words_window_get_path (words), ==, places);
  g_assert_true (stands (places, "colour/red = crimson\ncolour/green\n"));

  /* What is typed last is written when the window closes, and the picture is looked at again by these words. */
  gtk_text_buffer_set_text (buffer, "colour/red = crimson\ncolour/blue\n", -1);
  gtk_window_close (GTK_WINDOW (words));
  wait_until (find_words () == NULL);
  g_assert_true (stands (places, "colour/red = crimson\ncolour/blue\n"));
  wait_until (g_strcmp0 (vig_word_lists_get_path (page->lists), places) == 0);
  wait_until (vig_suggestions_count (page->suggestions) == 2);
  g_assert_true (g_str_has_prefix (vig_tag_row_get_tag (vig_suggestions_get_row (page->suggestions, 1)), "colour/"));

  words = VIG_WORDS_WINDOW (vig_word_lists_edit (page->lists));
  wait_until (gtk_text_buffer_get_char_count (gtk_text_view_get_buffer (find_text (GTK_WIDGET (words)))) > 10);
  vig_words_window_remove (words);
  wait_until (!g_file_test (places, G_FILE_TEST_EXISTS));
  gtk_window_close (GTK_WINDOW (words));
  wait_until (find_words () == NULL);
  wait_until (vig_suggestions_count (page->suggestions) > 2);
}

static gboolean
is_taught (VigWindow  *window,
           const char *tag)
{
  g_autoptr(GPtrArray) taught = vig_library_list_taught (vig_window_get_library (window), NULL);

  return g_ptr_array_find_with_equal_func (taught, tag, g_str_equal, NULL);
}

/* A tag is learned from pictures that are selected, suggested from then on, and unlearned by the button of the toast. */
static void
test_teaches (VigWindow  *window,
              const char *folder)
{
  VigTagPage *page = NULL;
  GtkWidget *button = NULL;
  g_autoptr(VigPicture) picture = NULL;
  g_autoptr(GPtrArray) pictures = g_ptr_array_new ();

  drive_draw_to_end (window, "a red apple on a white background", 1);
  picture = g_list_model_get_item (window->pictures, 0);
  g_ptr_array_add (pictures, picture);
  vig_window_teach (window, "shape/blob", pictures);
  wait_until (is_taught (window, "shape/blob") && has_tag (picture, "shape/blob"));

  page = open_page (window, folder, 1);
  wait_until (vig_looks_is_done (page->looks));
  for (guint i = 0; i < vig_looks_get (page->looks, 0)->labels->len; i++)
    {
      const VigLabel *label = g_ptr_array_index (vig_looks_get (page->looks, 0)->labels, i);

      g_assert_cmpint (label->taught, ==, g_str_equal (label->tag, "shape/blob"));
    }
  drive_activate (window, "win.back");

  wait_until ((button = drive_find_button (GTK_WIDGET (window->toasts), "Undo")) != NULL);
  g_signal_emit_by_name (button, "clicked");
  wait_until (!is_taught (window, "shape/blob") && !has_tag (picture, "shape/blob"));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_data_func ("/display/tagging/accepts", test_accepts, drive_test);
  g_test_add_data_func ("/display/tagging/undoes", test_undoes, drive_test);
  g_test_add_data_func ("/display/tagging/accepts-rest", test_accepts_rest, drive_test);
  g_test_add_data_func ("/display/tagging/where", test_where, drive_test);
  g_test_add_data_func ("/display/tagging/completes", test_completes, drive_test);
  g_test_add_data_func ("/display/tagging/writes", test_writes, drive_test);
  g_test_add_data_func ("/display/tagging/words", test_words, drive_test);

  g_test_add_data_func ("/display/tagging/teaches", test_teaches, drive_test);

  return g_test_run ();
}
