/* bench-ui.c: how quickly the window answers: opened on many pictures, scrolled, and worked in */

#define G_LOG_DOMAIN "vig-bench-ui"

#include "config.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <unistd.h>

#include <glib/gi18n.h>
#include <glib/gstdio.h>

#include "application.h"
#include "library/rehearsal.h"
#include "ui/bench-ui.h"
#include "ui/window-private.h"

#define FRAMES  100   /* of scrolling */
#define TAKEN   30    /* photos taken in while it draws */
#define DRAWN   8     /* pictures drawn meanwhile */
#define TAKING  5     /* seconds of taking in */
#define STARTUP 120   /* seconds after which it is given up */

typedef struct
{
  GApplication      *application;
  VigWindowFigures  *figures;
  GError           **error;
  char              *photos;    /* owned; folder that is taken in */
  gint64             begun;     /* us */

  GArray            *frames;    /* owned; of double: seconds */
  double             scrolled;  /* seconds that the scrolling itself took before this frame */
  gint64             before;    /* us: when the frame began */
  gint64             laid;      /* us: when it was laid out */
  double             painted;   /* seconds of painting since the main thread listened last */
} Bench;

static Bench *running;  /* a poll function is given no data */

static double
since (gint64 time)
{
  return (double) (g_get_monotonic_time () - time) / G_USEC_PER_SEC;
}

static void
iterate_until (gint64 end)
{
  while (g_get_monotonic_time () < end)
    g_main_context_iteration (NULL, FALSE);
}

/* ---- How long the main thread does not listen ---- */

static gint64 woken;  /* us: when it began to work; 0 before it is watched */

static int
poll_cb (GPollFD *fds,
         guint    n_fds,
         int      timeout)
{
  int ready;

  if (woken != 0)
    running->figures->block = MAX (running->figures->block, since (woken) - running->painted);

  ready = g_poll (fds, n_fds, timeout);
  running->painted = 0;
  woken = g_get_monotonic_time ();

  return ready;
}

static void
watch (gboolean on)
{
  woken = 0;
  g_main_context_set_poll_func (NULL, on ? poll_cb : NULL);
}

/* ---- Frames ---- */

static void
before_paint_cb (GdkFrameClock *clock,
                 Bench         *bench)
{
  bench->before = g_get_monotonic_time ();
}

static void
laid_out_cb (GdkFrameClock *clock,
             Bench         *bench)
{
  const double seconds = since (bench->before) + bench->scrolled;

  bench->laid = g_get_monotonic_time ();
  if (bench->scrolled > 0)
    g_array_append_val (bench->frames, seconds);
  bench->scrolled = 0;
}

static void
after_paint_cb (GdkFrameClock *clock,
                Bench         *bench)
{
  bench->painted += since (bench->laid);
}

static int
compare_seconds (gconstpointer a,
                 gconstpointer b)
{
  const double x = *(const double *) a;
  const double y = *(const double *) b;

  return x < y ? -1 : x > y;
}

/* By a page at a time, which asks for more than any hand does; down, and in one leap through the middle. */
static void
scroll (Bench     *bench,
        VigWindow *window)
{
  GtkAdjustment *adjustment = vig_gallery_get_adjustment (window->gallery);

  for (guint i = 0; i < FRAMES; i++)
    {
      const double step = gtk_adjustment_get_page_size (adjustment) / 3;
      const double leap = i == FRAMES / 2 ? gtk_adjustment_get_upper (adjustment) / 2 : 0;
      const guint had = bench->frames->len;
      const gint64 begun = g_get_monotonic_time ();

      gtk_adjustment_set_value (adjustment, gtk_adjustment_get_value (adjustment) + step + leap);
      bench->scrolled = since (begun);
      while (bench->frames->len == had && since (begun) < 1)
        g_main_context_iteration (NULL, FALSE);
    }

  g_array_sort (bench->frames, compare_seconds);
  bench->figures->frames = bench->frames->len;
  if (bench->frames->len > 0)
    bench->figures->frame_p99 = g_array_index (bench->frames, double, (bench->frames->len - 1) * 99 / 100);
}

/* ---- Memory ---- */

static guint64
read_memory (void)
{
  g_autofree char *text = NULL;
  guint64 pages = 0;

  /* proc(5): size and resident, in pages */
  if (!g_file_get_contents ("/proc/self/statm", &text, NULL, NULL) ||
      sscanf (text, "%*u %" G_GUINT64_FORMAT, &pages) != 1)
    return 0;

  return pages * (guint64) sysconf (_SC_PAGESIZE);
}

/* ---- Work ---- */

static void
wait_for_job (VigJob *job)
{
  while (!vig_job_is_over (job))
    g_main_context_iteration (NULL, TRUE);
}

static VigJob *
draw (VigWindow *window,
      guint      count)
{
  const VigWish wish = {
    .prompt = "a red apple on a white background", .count = count, .seed = 1, .temperature = (double) NAN, .top_k = -1,
    .top_p = (double) NAN, .guidance = (double) NAN };
  VigJob *job = vig_generate_job_new (&wish);

  vig_window_submit (window, job);

  return job;
}

static void
work (Bench     *bench,
      VigWindow *window)
{
  g_autoptr(VigJob) take_in = vig_index_job_new ((const char *[]) { bench->photos, NULL });
  g_autoptr(VigJob) drawing = NULL;
  g_autoptr(VigJob) stopped = NULL;
  gint64 begun;

  /* The models are loaded on another thread, but this is about what a person sees then. */
  watch (TRUE);
  drawing = draw (window, DRAWN);
  vig_window_submit (window, take_in);
  wait_for_job (drawing);
  /* All of the many would be looked at, which takes hours: some seconds of it tell enough. */
  iterate_until (g_get_monotonic_time () + TAKING * G_USEC_PER_SEC);
  vig_job_stop (take_in);
  wait_for_job (take_in);
  watch (FALSE);

  stopped = draw (window, 32);
  while (vig_job_get_fraction (stopped) < 0.05 && !vig_job_is_over (stopped))
    g_main_context_iteration (NULL, TRUE);
  begun = g_get_monotonic_time ();
  vig_job_stop (stopped);
  wait_for_job (stopped);
  bench->figures->stop = since (begun);

  if (vig_job_get_state (drawing) == VIG_JOB_FAILED)
    g_propagate_error (bench->error, g_error_copy (vig_job_get_error (drawing)));
}

static VigWindow *
find_window (Bench *bench)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (bench->application));

  return VIG_IS_WINDOW (window) ? VIG_WINDOW (window) : NULL;
}

static gboolean
measure_cb (gpointer data)
{
  Bench *bench = data;
  VigWindow *window = NULL;
  GdkFrameClock *clock = NULL;

  while ((window = find_window (bench)) == NULL && since (bench->begun) < STARTUP)
    g_main_context_iteration (NULL, TRUE);
  while (window != NULL && !vig_gallery_has_shown (window->gallery) && since (bench->begun) < STARTUP)
    g_main_context_iteration (NULL, TRUE);
  bench->figures->open = since (bench->begun);

  if (window == NULL)
    {
      g_set_error_literal (bench->error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, _("The window did not open."));
      g_application_quit (bench->application);
      return G_SOURCE_REMOVE;
    }

  clock = gtk_widget_get_frame_clock (GTK_WIDGET (window));
  g_signal_connect (clock, "before-paint", G_CALLBACK (before_paint_cb), bench);
  g_signal_connect_after (clock, "layout", G_CALLBACK (laid_out_cb), bench);
  g_signal_connect_after (clock, "after-paint", G_CALLBACK (after_paint_cb), bench);

  /* All of the list, and what the window does when it has just been opened. */
  iterate_until (g_get_monotonic_time () + 2 * G_USEC_PER_SEC);
  scroll (bench, window);
  iterate_until (g_get_monotonic_time () + G_USEC_PER_SEC);
  bench->figures->memory = read_memory ();
  work (bench, window);

  g_signal_handlers_disconnect_by_data (clock, bench);
  gtk_window_close (GTK_WINDOW (window));

  return G_SOURCE_REMOVE;
}

/* ---- A library to measure with ---- */

static gboolean
write_picture (const char  *path,
               guint        seed)
{
  enum { WIDE = 320, HIGH = 240 };
  guint8 *rgb = g_malloc (WIDE * HIGH * 3);
  g_autoptr(GBytes) bytes = g_bytes_new_take (rgb, WIDE * HIGH * 3);
  g_autoptr(GdkTexture) texture = NULL;

  for (guint y = 0; y < HIGH; y++)
    for (guint x = 0; x < WIDE; x++)
      {
        rgb[3 * (y * WIDE + x)] = (x + seed * 37) & 255;
        rgb[3 * (y * WIDE + x) + 1] = (y + seed * 91) & 255;
        rgb[3 * (y * WIDE + x) + 2] = (seed * 53) & 255;
      }

  texture = gdk_memory_texture_new (WIDE, HIGH, GDK_MEMORY_R8G8B8, bytes, WIDE * 3);

  return gdk_texture_save_to_png (texture, path);
}

/* Files by number, and as many folders that are the same folder again: so 40 files are as many as one likes. */
static gboolean
make_files (const char  *folder,
            guint        files,
            guint        folders,
            GError     **error)
{
  gboolean done = g_mkdir_with_parents (folder, 0700) == 0;

  for (guint i = 0; i < files && done; i++)
    {
      g_autofree char *path = g_strdup_printf ("%s/%02u.png", folder, i);

      done = write_picture (path, i);
    }

  for (guint i = 0; i < folders && done; i++)
    {
      g_autofree char *path = g_strdup_printf ("%s/%04u", folder, i);

      done = symlink (".", path) == 0;
    }

  if (!done)
    g_set_error_literal (error, G_IO_ERROR, (int) g_io_error_from_errno (errno),
                         _("There is no room for the pictures to measure by."));

  return done;
}

static gboolean
prepare (VigProfile  *profile,
         const char  *folder,
         const char  *photos,
         guint        pictures,
         GError     **error)
{
  g_autoptr(VigLibrary) library = NULL;
  g_autofree char *many = g_build_filename (folder, "many", NULL);
  const VigRehearsal rehearsal = { .folder = many, .count = pictures };

  if (!make_files (many, VIG_REHEARSAL_NUMBERS, pictures / VIG_REHEARSAL_NUMBERS + 1, error) ||
      !make_files (photos, TAKEN, 0, error))
    return FALSE;

  library = vig_library_open (profile, error);

  return library != NULL && vig_library_rehearse (library, &rehearsal, NULL, error);
}

static void
delete_folder (const char *path)
{
  g_autoptr(GDir) folder = g_file_test (path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open (path, 0, NULL);
  const char *name = NULL;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *inner = g_build_filename (path, name, NULL);

      delete_folder (inner);
    }

  g_remove (path);
}

gboolean
vig_window_measure (const char          *device,
                    const char * const  *models,
                    guint                pictures,
                    VigWindowFigures    *figures,
                    GError             **error)
{
  g_autofree char *folder = g_dir_make_tmp ("vignette-bench-XXXXXX", error);
  g_autofree char *own = folder != NULL ? g_build_filename (folder, "profile", NULL) : NULL;
  g_autofree char *photos = folder != NULL ? g_build_filename (folder, "photos", NULL) : NULL;
  g_autoptr(VigProfile) profile = NULL;
  GError *problem = NULL;
  Bench bench = { .figures = figures, .error = &problem, .photos = photos };

  if (folder == NULL)
    return FALSE;

  *figures = (VigWindowFigures) { .pictures = pictures };
  profile = vig_profile_new (own, &problem);
  if (profile != NULL && prepare (profile, folder, photos, pictures, &problem))
    {
      running = &bench;
      bench.frames = g_array_new (FALSE, FALSE, sizeof (double));
      bench.begun = g_get_monotonic_time ();
      bench.application = vig_application_new (profile, device, models);
      g_idle_add (measure_cb, &bench);
      g_application_run (bench.application, 0, NULL);
      g_object_unref (bench.application);
      g_array_unref (bench.frames);
      running = NULL;
    }

  delete_folder (folder);
  if (problem == NULL)
    return TRUE;

  g_propagate_error (error, problem);
  return FALSE;
}
