/* run.c: runs the jobs of a command line, shows how far they are, and listens to signals */

#define G_LOG_DOMAIN "vig-run"

#include "config.h"

#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <glib-unix.h>

#include "cli/line-private.h"

/* ---- Signals ---- */

static const int signal_numbers[] = { SIGINT, SIGTERM, SIGHUP };

/* Where nothing has begun, or all is done, there is nothing to leave tidy. */
static void
exit_now (int number)
{
  _exit (VIG_EXIT_INTERRUPTED);
}

/* What a parent ignores, as nohup does, stays ignored. */
static gboolean
is_ignored (int number)
{
  struct sigaction action;

  return sigaction (number, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

void
vig_line_exit_on_signals (void)
{
  const struct sigaction action = { .sa_handler = exit_now };

  for (guint i = 0; i < G_N_ELEMENTS (signal_numbers); i++)
    if (!is_ignored (signal_numbers[i]))
      sigaction (signal_numbers[i], &action, NULL);
}

/* ---- Running ---- */

typedef struct
{
  VigLine   *line;
  GMainLoop *loop;  /* owned */
  guint      n_jobs;
  guint      n_over;
  void     (*work) (gpointer data);
  gpointer   data;
  guint      signals[G_N_ELEMENTS (signal_numbers)];  /* sources; 0: ignored */
} Run;

static gboolean
signal_cb (gpointer data)
{
  Run *run = data;

  run->line->interrupted = TRUE;
  g_main_loop_quit (run->loop);

  return G_SOURCE_CONTINUE;
}

/* A bar on a terminal, rewritten in place; nothing where there is none. */
static void
draw_bar (const Run *run,
          VigJob    *job)
{
  VigLine *self = run->line;
  const double own = vig_job_get_fraction (job);
  const double fraction = own < 0 ? own : (run->n_over + own) / run->n_jobs;
  const char *status = vig_job_get_status (job);
  struct winsize size = { .ws_col = 0 };
  const guint width = 24;
  g_autoptr(GString) bar = g_string_new ("\r\033[K");
  guint columns;

  if (self->quiet || !isatty (STDERR_FILENO))
    return;

  columns = ioctl (STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
  if (fraction >= 0)
    {
      const guint full = (guint) (fraction * width);

      for (guint i = 0; i < width; i++)
        g_string_append (bar, i < full ? "█" : "░");
      g_string_append_printf (bar, " %3.0f %%  ", fraction * 100);
    }

  if (status != NULL && columns > width + 12)
    {
      const glong room = columns - width - 10;
      g_autofree char *cut = g_utf8_strlen (status, -1) > room ? g_utf8_substring (status, 0, room)
                                                               : g_strdup (status);

      g_string_append (bar, cut);
    }

  fputs (bar->str, stderr);
  fflush (stderr);
  self->bar = TRUE;
}

static void
job_notify_cb (VigJob     *job,
               GParamSpec *pspec,
               Run        *run)
{
  if (g_str_equal (pspec->name, "notice") && !run->line->quiet)
    vig_line_tell (run->line, run->line->command != NULL ? run->line->command->name : NULL, "%s",
                   vig_job_get_notice (job));
  if (!vig_job_is_over (job))
    draw_bar (run, job);
  else if (g_str_equal (pspec->name, "state") && ++run->n_over == run->n_jobs)
    g_main_loop_quit (run->loop);
}

static void
start_run (Run     *run,
           VigLine *line)
{
  run->line = line;
  run->loop = g_main_loop_new (NULL, FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (signal_numbers); i++)
    if (!is_ignored (signal_numbers[i]))
      run->signals[i] = g_unix_signal_add (signal_numbers[i], signal_cb, run);
}

/* From here on a second signal ends the program at once. */
static void
end_run (Run *run)
{
  for (guint i = 0; i < G_N_ELEMENTS (signal_numbers); i++)
    if (run->signals[i] != 0)
      g_source_remove (run->signals[i]);
  vig_line_exit_on_signals ();
  g_main_loop_unref (run->loop);
  vig_line_erase_bar (run->line);
}

VigExit
vig_line_follow_jobs (VigLine   *self,
                      GPtrArray *jobs)
{
  VigStudio *studio = vig_line_get_studio (self);
  g_autofree gulong *ids = g_new (gulong, jobs->len);
  Run run = { .n_jobs = jobs->len };
  guint failed = 0;

  if (studio == NULL)
    return VIG_EXIT_FAILED;

  start_run (&run, self);
  for (guint i = 0; i < jobs->len; i++)
    {
      ids[i] = g_signal_connect (jobs->pdata[i], "notify", G_CALLBACK (job_notify_cb), &run);
      vig_studio_submit (studio, jobs->pdata[i]);
    }
  g_main_loop_run (run.loop);
  for (guint i = 0; i < jobs->len; i++)
    {
      g_signal_handler_disconnect (jobs->pdata[i], ids[i]);
      failed += vig_job_get_state (jobs->pdata[i]) != VIG_JOB_DONE;
    }
  end_run (&run);

  if (self->interrupted)
    {
      vig_studio_close (studio);
      return VIG_EXIT_INTERRUPTED;
    }

  return vig_line_count_failed (failed, jobs->len);
}

VigExit
vig_line_follow_job (VigLine *self,
                     VigJob  *job)
{
  g_autoptr(GPtrArray) jobs = g_ptr_array_new_with_free_func (g_object_unref);

  g_ptr_array_add (jobs, g_object_ref (job));

  return vig_line_follow_jobs (self, jobs);
}

VigExit
vig_line_run_job (VigLine *self,
                  VigJob  *job)
{
  const VigExit status = vig_line_follow_job (self, job);

  if (status != VIG_EXIT_FAILED || vig_job_get_error (job) == NULL)
    return status;

  return vig_line_tell_error (self, self->command != NULL ? self->command->name : NULL,
                              vig_job_get_error (job));
}

static gboolean
quit_cb (gpointer data)
{
  g_main_loop_quit (data);

  return G_SOURCE_REMOVE;
}

static gpointer
run_work (gpointer data)
{
  Run *run = data;

  run->work (run->data);
  g_idle_add (quit_cb, run->loop);

  return NULL;
}

void
vig_line_run_work (VigLine *self,
                   void   (*work) (gpointer data),
                   gpointer data)
{
  Run run = { .work = work, .data = data };
  GThread *thread;

  start_run (&run, self);
  thread = g_thread_new ("work", run_work, &run);
  g_main_loop_run (run.loop);

  if (self->interrupted)
    {
      vig_line_erase_bar (self);
      fflush (NULL);
      _exit (VIG_EXIT_INTERRUPTED);
    }

  g_thread_join (thread);
  end_run (&run);
}

static void
back_up (gpointer data)
{
  VigLine *self = data;
  g_autoptr(GError) error = NULL;

  /* What was asked for is done: this is told, and changes nothing about that. */
  if (!vig_library_back_up_daily (self->library, &error))
    vig_line_tell_error (self, "backup", error);
}

void
vig_line_back_up (VigLine *self)
{
  if (self->library != NULL)
    vig_line_run_work (self, back_up, self);
}
