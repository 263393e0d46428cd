/* test-finding.c: pictures are looked for in the real window, by words and by chips */

#include "config.h"

#include "drive.h"
#include "library/tags.h"
#include "ui/find-chip.h"

static void
type (VigWindow  *window,
      const char *text)
{
  gtk_editable_set_text (GTK_EDITABLE (window->search), text);
}

static VigFindChip *
get_chip (VigWindow *window,
          guint      index)
{
  return VIG_FIND_CHIP (vig_finder_get_chip (window->finder, index));
}

static gboolean
looks_for (VigWindow  *window,
           const char *query)
{
  g_autofree char *now = vig_finder_dup_query (window->finder);

  return g_strcmp0 (now, query) == 0;
}

static guint
count_found (VigWindow *window)
{
  GListModel *model = vig_gallery_get_model (vig_search_results_get_gallery (window->results));

  return model != NULL ? g_list_model_get_n_items (model) : 0;
}

static void
tag (VigWindow  *window,
     guint       position,
     const char *name)
{
  g_autoptr(VigPicture) picture = g_list_model_get_item (window->pictures, position);
  g_autoptr(GError) error = NULL;

  vig_library_add_tags (vig_window_get_library (window), picture, (const char *[]) { name, NULL }, NULL, &error);
  g_assert_no_error (error);
}

/* What is typed and ended becomes a chip, which says what was understood; it is turned round, and removed by keys. */
static void
test_chips (VigWindow  *window,
            const char *folder)
{
  GtkWidget *entry = GTK_WIDGET (window->search);

  drive_draw_to_end (window, "a red apple on a white background", 2);
  tag (window, 0, "fruit/apple");

  type (window, "red -people tag:apple ");
  wait_until (vig_finder_count_chips (window->finder) == 2);
  g_assert_cmpstr (vig_find_chip_get_label (get_chip (window, 0)), ==, "not people");
  g_assert_cmpstr (vig_find_chip_get_label (get_chip (window, 1)), ==, "apple");
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (window->search)), ==, "red ");
  g_assert_true (looks_for (window, "-people tag:apple red"));
  drive_check_names (GTK_WIDGET (window->finder));
  wait_until (vig_search_results_get_close (window->results) == 1);

  /* The other one. */
  vig_find_chip_turn (get_chip (window, 1));
  g_assert_true (looks_for (window, "-people -tag:apple red"));
  wait_until (vig_search_results_get_close (window->results) == 1 && count_found (window) == 1);

  /* Backspace takes letters first, then chips, the last first. */
  g_assert_false (drive_press (entry, GDK_KEY_BackSpace, 0));
  type (window, "");
  g_assert_true (drive_press (entry, GDK_KEY_BackSpace, 0));
  g_assert_true (looks_for (window, "-people"));
  g_assert_true (drive_press (GTK_WIDGET (get_chip (window, 0)), GDK_KEY_Delete, 0));
  g_assert_cmpuint (vig_finder_count_chips (window->finder), ==, 0);
  wait_until (drive_shows (window, "gallery"));

  /* What is not ended is only taken when Enter says that it is meant. */
  type (window, "is:favourite");
  drive_wait (400);
  g_assert_cmpuint (vig_finder_count_chips (window->finder), ==, 0);
  g_signal_emit_by_name (window->search, "activate");
  g_assert_cmpuint (vig_finder_count_chips (window->finder), ==, 1);
  g_assert_cmpstr (vig_find_chip_get_label (get_chip (window, 0)), ==, "favourites");

  drive_activate (window, "win.search");
  g_signal_emit_by_name (window->search, "stop-search");
  g_assert_true (vig_finder_is_empty (window->finder));
  wait_until (drive_shows (window, "gallery"));
}

/* A picture is a chip, too, beside words, and is kept with the search. */
static void
test_like (VigWindow  *window,
           const char *folder)
{
  g_autofree char *path = drive_write_picture (folder, "red one.png", 220, 20, 20);
  g_autoptr(GFile) file = g_file_new_for_path (path);
  g_autofree char *query = g_strdup_printf ("like:\"%s\"", path);
  GSList files = { .data = file };

  drive_draw_to_end (window, "a red apple on a white background", 1);
  g_assert_true (vig_drop_overlay_take (window->drops, VIG_DROP_FIND, &files));
  g_assert_cmpuint (vig_finder_count_chips (window->finder), ==, 1);
  g_assert_true (looks_for (window, query));
  g_assert_true (drive_shows (window, "results"));
  wait_until (vig_search_results_get_close (window->results) >= 0);

  /* Another one beside it, which is not wanted. */
  g_assert_true (vig_drop_overlay_take (window->drops, VIG_DROP_FIND, &files));
  vig_find_chip_turn (get_chip (window, 1));
  g_assert_cmpstr (vig_find_chip_get_label (get_chip (window, 1)), ==, "not like this");
  wait_until (vig_search_results_get_close (window->results) >= 0);

  /* By the menu of a picture it is the only one. */
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (window), "win.find-like", "^ay", path));
  g_assert_cmpuint (vig_finder_count_chips (window->finder), ==, 1);
}

/* Terms, tags and folders are offered while one types. */
static void
test_offers (VigWindow  *window,
             const char *folder)
{
  GtkWidget *entry = GTK_WIDGET (window->search);
  VigChoices *choices = vig_finder_get_choices (window->finder);

  drive_draw_to_end (window, "a red apple on a white background", 1);
  tag (window, 0, "fruit/red apple");

  drive_activate (window, "win.search");
  g_assert_true (drive_press (entry, GDK_KEY_Down, 0));
  g_assert_true (vig_choices_is_open (choices));
  g_assert_cmpuint (vig_choices_count (choices), >=, 5);
  g_assert_true (drive_press (entry, GDK_KEY_Escape, 0));
  g_assert_false (vig_choices_is_open (choices));

  for (guint i = 0; !vig_choices_is_open (choices) && i < 200; i++)
    {
      type (window, "");
      drive_wait (50);
      type (window, "red tag:app");
    }
  g_assert_cmpuint (vig_choices_count (choices), ==, 1);
  g_assert_true (drive_press (entry, GDK_KEY_Down, 0));
  g_assert_true (drive_press (entry, GDK_KEY_Return, 0));
  g_assert_true (looks_for (window, "tag:\"fruit/red apple\" red"));
  g_assert_false (vig_choices_is_open (choices));
  wait_until (vig_search_results_get_close (window->results) == 1);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_data_func ("/display/finding/chips", test_chips, drive_test);
  g_test_add_data_func ("/display/finding/like", test_like, drive_test);
  g_test_add_data_func ("/display/finding/offers", test_offers, drive_test);

  return g_test_run ();
}
