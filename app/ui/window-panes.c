/* window-panes.c: a key goes from one part of the window to the next, and another opens the help */

#define G_LOG_DOMAIN "vig-window"

#include "config.h"

#include "ui/window-private.h"

#include "ui/help.h"

/* In the order in which they are read. */
static guint
list_panes (VigWindow *self,
            GtkWidget *panes[5])
{
  GtkWidget *all[] = {
    GTK_WIDGET (self->sidebar), GTK_WIDGET (self->search), GTK_WIDGET (self->content), GTK_WIDGET (self->prompt),
    GTK_WIDGET (self->details),
  };
  guint n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    if (gtk_widget_get_mapped (all[i]) && gtk_widget_get_child_visible (all[i]))
      panes[n++] = all[i];

  return n;
}

/* What covers the pictures is one pane. */
static void
go (VigWindow *self,
    int        step)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (self));
  GtkWidget *panes[5];
  const int n = (int) list_panes (self, panes);
  int now = -1;

  if (g_strcmp0 (adw_leaflet_get_visible_child_name (self->pages), "main") != 0 || n == 0)
    return;

  for (int i = 0; i < n; i++)
    if (focus != NULL && (focus == panes[i] || gtk_widget_is_ancestor (focus, panes[i])))
      now = i;

  /* One that nothing can be focused in is passed over. */
  for (int tries = 0; tries < n; tries++)
    {
      now = now < 0 ? (step > 0 ? 0 : n - 1) : (now + step + n) % n;
      if (gtk_widget_grab_focus (panes[now]) || gtk_widget_child_focus (panes[now], GTK_DIR_TAB_FORWARD))
        return;
    }
}

static void
next_cb (GtkWidget  *widget,
         const char *action,
         GVariant   *parameter)
{
  go (VIG_WINDOW (widget), 1);
}

static void
previous_cb (GtkWidget  *widget,
             const char *action,
             GVariant   *parameter)
{
  go (VIG_WINDOW (widget), -1);
}

static void
help_cb (GtkWidget  *widget,
         const char *action,
         GVariant   *parameter)
{
  gtk_window_present (GTK_WINDOW (vig_help_new (GTK_WINDOW (widget))));
}

void
vig_window_install_panes (GtkWidgetClass *klass)
{
  gtk_widget_class_install_action (klass, "win.next-pane", NULL, next_cb);
  gtk_widget_class_install_action (klass, "win.previous-pane", NULL, previous_cb);
  gtk_widget_class_install_action (klass, "win.help", NULL, help_cb);
}
