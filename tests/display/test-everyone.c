/* test-everyone.c: the window by keyboard alone, with large text, and from right to left */

#include "config.h"

#include "drive.h"

static gboolean
focus_is_in (VigWindow *window,
             gpointer   widget)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (window));

  return focus != NULL && (focus == widget || gtk_widget_is_ancestor (focus, widget));
}

/* One key goes round through the parts of the window, another the way back. */
static void
test_panes (VigWindow  *window,
            const char *folder)
{
  gpointer panes[] = { window->sidebar, window->search, window->content, window->prompt };
  guint seen = 0;

  drive_draw_to_end (window, "a red apple on a white background", 1);
  drive_activate (window, "win.prompt");
  for (guint i = 0; i < G_N_ELEMENTS (panes); i++)
    {
      drive_activate (window, "win.next-pane");
      for (guint k = 0; k < G_N_ELEMENTS (panes); k++)
        seen |= focus_is_in (window, panes[k]) ? 1u << k : 0;
    }
  g_assert_cmpuint (seen, ==, 0xf);
  g_assert_true (focus_is_in (window, window->prompt));

  drive_activate (window, "win.previous-pane");
  g_assert_true (focus_is_in (window, window->content));
  drive_activate (window, "win.details");
  wait_until (gtk_widget_get_mapped (GTK_WIDGET (window->details)));
  drive_activate (window, "win.next-pane");
  g_assert_true (focus_is_in (window, window->prompt));
}

/* From the first control to the last: none that holds the focus, and each part is reached. */
static void
walk (VigWindow        *window,
      GtkDirectionType  direction)
{
  g_autoptr(GHashTable) seen = g_hash_table_new (NULL, NULL);
  gboolean sidebar = FALSE, search = FALSE, prompt = FALSE;

  gtk_window_set_focus (GTK_WINDOW (window), NULL);
  for (guint i = 0; gtk_widget_child_focus (GTK_WIDGET (window), direction); i++)
    {
      GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (window));

      g_assert_cmpuint (i, <, 500);
      g_assert_nonnull (focus);
      if (!g_hash_table_add (seen, focus))
        break;  /* round once */
      sidebar = sidebar || focus_is_in (window, window->sidebar);
      search = search || focus_is_in (window, window->search);
      prompt = prompt || focus_is_in (window, window->prompt);
    }

  g_assert_cmpuint (g_hash_table_size (seen), >, 8);
  g_assert_true (sidebar && search && prompt);
}

static void
test_tab (VigWindow  *window,
          const char *folder)
{
  walk (window, GTK_DIR_TAB_FORWARD);
  drive_draw_to_end (window, "a red apple on a white background", 2);
  walk (window, GTK_DIR_TAB_FORWARD);
  walk (window, GTK_DIR_TAB_BACKWARD);
}

static GtkWidget *
find_help (VigWindow *window)
{
  g_autoptr(GListModel) windows = g_object_ref (gtk_window_get_toplevels ());

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr(GtkWidget) other = g_list_model_get_item (windows, i);

      if (ADW_IS_PREFERENCES_WINDOW (other))
        return other;
    }

  return NULL;
}

static void
test_help (VigWindow  *window,
           const char *folder)
{
  static const char * const pages[] = { "draw", "tag", "find", "models", "privacy", "keys" };
  GtkWidget *help = NULL;

  drive_activate (window, "win.help");
  wait_until ((help = find_help (window)) != NULL && gtk_widget_get_mapped (help));
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    {
      adw_preferences_window_set_visible_page_name (ADW_PREFERENCES_WINDOW (help), pages[i]);
      g_assert_cmpstr (adw_preferences_window_get_visible_page_name (ADW_PREFERENCES_WINDOW (help)), ==, pages[i]);
    }
  gtk_window_close (GTK_WINDOW (help));
  wait_until (find_help (window) == NULL);
}

/* Letters twice as large, and the other reading direction: the pictures still fit beside nothing else on a small screen. */
static void
test_large_text (VigWindow  *window,
                 const char *folder)
{
  GtkSettings *settings = gtk_widget_get_settings (GTK_WIDGET (window));
  int dpi, least;

  g_object_get (settings, "gtk-xft-dpi", &dpi, NULL);
  g_object_set (settings, "gtk-xft-dpi", 2 * dpi, NULL);
  gtk_widget_set_default_direction (GTK_TEXT_DIR_RTL);
  drive_wait (300);
  gtk_widget_measure (window->main_page, GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL, NULL);
  g_test_message ("the pictures want %d", least);
  g_assert_cmpint (least, <=, 600);
  gtk_widget_set_default_direction (GTK_TEXT_DIR_LTR);
  g_object_set (settings, "gtk-xft-dpi", dpi, NULL);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_data_func ("/display/everyone/panes", test_panes, drive_test);
  g_test_add_data_func ("/display/everyone/tab", test_tab, drive_test);
  g_test_add_data_func ("/display/everyone/help", test_help, drive_test);
  g_test_add_data_func ("/display/everyone/large-text", test_large_text, drive_test);

  return g_test_run ();
}
