/* notices.c: the desktop is told when a job has ended that somebody may be waiting for */

#define G_LOG_DOMAIN "vig-notices"

#include "config.h"

#include <glib/gi18n.h>

#include "ui/notices.h"

static char *
dup_title (VigJob *job)
{
  if (vig_job_get_state (job) == VIG_JOB_FAILED)
    return g_strdup (VIG_IS_GENERATE_JOB (job) ? _("A drawing has failed") : _("A job has failed"));

  if (VIG_IS_GENERATE_JOB (job))
    {
      const guint n = vig_generate_job_get_pictures (VIG_GENERATE_JOB (job))->len;

      return g_strdup_printf (ngettext ("%u picture is drawn", "%u pictures are drawn", n), n);
    }

  if (VIG_IS_ENLARGE_JOB (job))
    return g_strdup (_("The larger copies are there"));

  return g_strdup (_("New pictures are taken in"));
}

/* Only what takes its time and was asked for; of folders that were looked through, those that had something new. */
static gboolean
is_awaited (VigJob *job)
{
  const VigScan *scan = VIG_IS_INDEX_JOB (job) ? vig_index_job_get_scan (VIG_INDEX_JOB (job)) : NULL;

  return VIG_IS_GENERATE_JOB (job) || VIG_IS_ENLARGE_JOB (job) || (scan != NULL && scan->added > 0);
}

static void
state_cb (GtkWindow  *window,
          GParamSpec *pspec,
          VigJob     *job)
{
  GtkApplication *application = gtk_window_get_application (window);
  const VigJobState state = vig_job_get_state (job);
  g_autoptr(GNotification) notification = NULL;
  g_autofree char *title = NULL;
  g_autofree char *id = NULL;

  if ((state != VIG_JOB_DONE && state != VIG_JOB_FAILED) || application == NULL || !is_awaited (job) ||
      (gtk_window_is_active (window) && gtk_widget_get_mapped (GTK_WIDGET (window))))
    return;

  title = dup_title (job);
  notification = g_notification_new (title);
  g_notification_set_body (notification, state == VIG_JOB_FAILED ? vig_job_get_error (job)->message
                                                                 : vig_job_get_title (job));
  /* One of each kind: a queue of a hundred is one line that changes. */
  id = g_strconcat ("over-", G_OBJECT_TYPE_NAME (job), NULL);
  g_application_send_notification (G_APPLICATION (application), id, notification);
}

void
vig_notices_watch (GtkWindow *window,
                   VigJob    *job)
{
  g_return_if_fail (GTK_IS_WINDOW (window));
  g_return_if_fail (VIG_IS_JOB (job));

  g_signal_connect_object (job, "notify::state", G_CALLBACK (state_cb), window, G_CONNECT_SWAPPED);
}
