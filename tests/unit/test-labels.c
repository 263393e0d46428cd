/* test-labels.c: vocabularies, what a likeness is worth, tags learned from pictures, and where a label is */

#include "profile.h"
#include "studio/yardstick.h"
#include "studio/probe.h"
#include "studio/studio.h"
#include "studio/vocabulary.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <glib/gstdio.h>
#include <math.h>

static void
test_parse (void)
{
  const char *lines[] = {
    "animal/bird/crane = crane bird, , crane", "tool/crane", " dog ", "dog", "=", "  ", "= hound", "colour/red", NULL
  };
  g_autoptr(GPtrArray) words = vig_vocabulary_parse (lines);
  const VigWord *word = words->pdata[0];

  g_assert_cmpuint (words->len, ==, 4);
  g_assert_cmpstr (word->tag, ==, "animal/bird/crane");
  g_assert_cmpstr (word->label, ==, "bird/crane");
  g_assert_true (g_strv_equal ((const char * const *) word->names, (const char *[]) { "crane", "crane bird", NULL }));
  word = words->pdata[1];
  g_assert_cmpstr (word->label, ==, "tool/crane");
  word = words->pdata[3];
  g_assert_cmpstr (word->label, ==, "red");
  g_assert_cmpstr (word->tag, ==, "colour/red");
}

static void
test_files (void)
{
  g_autofree char *folder = test_make_folder ();
  g_autoptr(VigProfile) profile = test_make_profile (folder);
  g_autofree char *own = vig_vocabulary_dup_folder (profile);
  g_autoptr(GError) error = NULL;
  static const char text[] = "\xef\xbb\xbf# mine\r\nred ball  # a comment\r\n\r\nplace/Lille = Rijsel\nred ball\n";

  g_assert_cmpint (g_mkdir_with_parents (own, 0700), ==, 0);
  g_autofree char *path = test_write_file (own, "places.txt", text, strlen (text));
  g_autofree char *other = test_write_file (own, "notes.md", "x", 1);
  g_autoptr(GPtrArray) list = vig_vocabulary_list (profile);
  g_assert_cmpuint (list->len, ==, 2);
  g_assert_true (g_str_has_suffix (list->pdata[0], "everyday.txt"));
  g_assert_cmpstr (list->pdata[1], ==, path);
  g_autofree char *found = vig_vocabulary_find (profile, "places");
  g_assert_cmpstr (found, ==, path);
  g_autofree char *same = vig_vocabulary_find (profile, "/somewhere/else");
  g_assert_cmpstr (same, ==, "/somewhere/else");

  g_auto(GStrv) lines = vig_vocabulary_load (path, &error);
  g_assert_no_error (error);
  g_assert_true (g_strv_equal ((const char * const *) lines, (const char *[]) { "red ball", "place/Lille = Rijsel", NULL }));
  g_autofree char *empty = test_write_file (own, "empty.txt", "# nothing\n", 10);
  g_assert_null (vig_vocabulary_load (empty, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
  g_clear_error (&error);
  g_autofree char *binary = test_write_file (own, "binary.txt", "a\0b", 3);
  g_assert_null (vig_vocabulary_load (binary, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
}

/* What comes with the program: each line is a word, none stands twice, nor as another's name. */
static void
test_everyday (void)
{
  g_autoptr(GError) error = NULL;
  g_auto(GStrv) lines = vig_vocabulary_load (NULL, &error);
  g_autoptr(GPtrArray) words = vig_vocabulary_parse ((const char * const *) lines);
  g_autoptr(GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);

  g_assert_no_error (error);
  g_assert_cmpuint (words->len, ==, g_strv_length (lines));
  g_assert_cmpuint (words->len, >=, 900);
  for (guint i = 0; i < words->len; i++)
    {
      const VigWord *word = words->pdata[i];

      for (char **name = word->names; *name != NULL; name++)
        if (!g_hash_table_add (names, *name))
          g_error ("“%s” is there twice, as in “%s”", *name, word->tag);
      if (strchr (word->label, '/') != NULL)
        g_error ("“%s” is not told apart by its last part", word->tag);
    }
}

/* Drawn from the very logistic that is to be found. */
static void
test_fit (void)
{
  const guint n = 20000;
  g_autoptr(GRand) random = g_rand_new_with_seed (7);
  g_autofree double *z = g_new (double, n);
  g_autofree gboolean *right = g_new (gboolean, n);
  double slope, offset;
  guint n_right = 0;

  for (guint i = 0; i < n; i++)
    {
      z[i] = g_rand_double_range (random, -3, 5);
      right[i] = g_rand_double (random) < 1 / (1 + exp (-(1.5 * z[i] - 5)));
      n_right += right[i];
    }
  vig_yardstick_fit (z, right, n, &slope, &offset);
  g_test_message ("slope %g, offset %g", slope, offset);
  g_assert_cmpfloat_with_epsilon (slope, 1.5, 0.1);
  g_assert_cmpfloat_with_epsilon (offset + log ((double) n_right / (n - n_right)), -5, 0.3);

  /* Of a likeness that says nothing, or the contrary, only the odds are left. */
  for (guint i = 0; i < n; i++)
    right[i] = z[i] < 0;
  vig_yardstick_fit (z, right, n, &slope, &offset);
  g_assert_cmpfloat (slope, ==, 0);
  g_assert_cmpfloat_with_epsilon (offset, 0, 1e-9);
}

/* (width) of unit length: @common in all, @sign of a hidden direction, and noise. */
static void
fill_row (GRand *random,
          float *row,
          guint  width,
          double sign)
{
  double square = 0;

  for (guint k = 0; k < width; k++)
    {
      row[k] = (float) (g_rand_double_range (random, -1, 1) / sqrt (width) + (k == 0) * 0.8 + (k % 7 == 3) * sign);
      square += (double) row[k] * row[k];
    }
  for (guint k = 0; k < width; k++)
    row[k] /= (float) sqrt (square);
}

static void
test_probe (void)
{
  const guint width = 512, n_with = 5, n_without = 2, n_others = 200;
  const guint n = n_with + n_without + n_others;
  g_autoptr(GRand) random = g_rand_new_with_seed (3);
  g_autofree float *rows = g_new (float, n * width);
  g_autofree float *row = g_new (float, width);
  guint right = 0, wrong = 0;

  for (guint i = 0; i < n; i++)
    fill_row (random, rows + i * width, width, i < n_with ? 0.08 : 0);

  const gint64 before = g_get_monotonic_time ();
  g_autoptr(VigProbe) probe = vig_probe_learn (rows, n_with, n_without, n_others, width);
  g_test_message ("learned in %.1f ms", (g_get_monotonic_time () - before) / 1000.0);
  g_assert_nonnull (probe);
  for (guint i = 0; i < 100; i++)
    {
      fill_row (random, row, width, 0.08);
      right += vig_probe_rate (probe, row) >= 0.5;
      fill_row (random, row, width, 0);
      wrong += vig_probe_rate (probe, row) >= 0.5;
    }
  g_test_message ("%u of 100 found, %u of 100 wrong", right, wrong);
  g_assert_cmpuint (right, >=, 80);
  g_assert_cmpuint (wrong, <=, 2);

  g_autoptr(VigProbe) few = vig_probe_learn (rows, VIG_PROBE_LEAST_WITH - 1, 0, 100, width);
  g_assert_null (few);
  g_autoptr(VigProbe) alone = vig_probe_learn (rows, n_with, n_without, 0, width);
  g_assert_null (alone);

  /* All the same: nothing to learn, and no number that is none. */
  for (guint i = 0; i < n * width; i++)
    rows[i] = 0.25f;
  g_autoptr(VigProbe) flat = vig_probe_learn (rows, n_with, n_without, n_others, width);
  g_assert_true (isfinite (vig_probe_rate (flat, rows)));
}

/* ---- With the CLIP that comes along ---- */

typedef struct
{
  char       *folder;
  VigProfile *profile;
  VigLibrary *library;
  VigStudio  *studio;
} Place;

static void
set_up (Place         *place,
        gconstpointer  data)
{
  place->folder = test_make_folder ();
  place->profile = test_make_profile (place->folder);
  place->library = test_open_library (place->profile);
  place->studio = vig_studio_new (place->library, "host", NULL);
}

static void
tear_down (Place         *place,
           gconstpointer  data)
{
  vig_studio_close (place->studio);
  g_clear_object (&place->studio);
  g_clear_object (&place->library);
  g_clear_object (&place->profile);
  g_clear_pointer (&place->folder, g_free);
}

static void
run_job (Place  *place,
         VigJob *job)
{
  vig_studio_submit (place->studio, job);
  while (!vig_job_is_over (job))
    g_main_context_iteration (NULL, TRUE);
  if (vig_job_get_error (job) != NULL)
    g_test_message ("%s", vig_job_get_error (job)->message);
  g_assert_cmpint (vig_job_get_state (job), ==, VIG_JOB_DONE);
}

/* A disc of @colour around (x, y) of a picture of 64 by 64, on white. */
static char *
draw_disc (Place      *place,
           const char *name,
           guint32     colour,
           double      x,
           double      y,
           double      radius)
{
  g_autoptr(GdkPixbuf) pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, 64, 64);
  char *path = g_build_filename (place->folder, name, NULL);
  guint8 *pixels = gdk_pixbuf_get_pixels (pixbuf);
  const int stride = gdk_pixbuf_get_rowstride (pixbuf);

  gdk_pixbuf_fill (pixbuf, 0xffffffff);
  for (int v = 0; v < 64; v++)
    for (int u = 0; u < 64; u++)
      if (hypot (u - x, v - y) < radius)
        for (int c = 0; c < 3; c++)
          pixels[v * stride + u * 3 + c] = (guint8) (colour >> (16 - 8 * c));
  g_assert_true (gdk_pixbuf_save (pixbuf, path, "png", NULL, NULL));

  return path;
}

static void
test_where (Place         *place,
            gconstpointer  data)
{
  g_autofree char *path = draw_disc (place, "blue.png", 0x143cdc, 18, 20, 14);
  g_autoptr(VigJob) job = vig_where_job_new (path, "blue sphere");
  double near = 0, far = 0;
  guint width, height;

  run_job (place, job);
  GBytes *bytes = vig_where_job_get_mask (VIG_WHERE_JOB (job), &width, &height);
  g_assert_nonnull (bytes);
  g_assert_cmpuint (g_bytes_get_size (bytes), ==, width * height);
  g_assert_cmpuint (width, ==, height);
  const guint8 *mask = g_bytes_get_data (bytes, NULL);
  for (guint y = 0; y < height; y++)
    for (guint x = 0; x < width; x++)
      *(hypot (x * 64.0 / width - 18, y * 64.0 / height - 20) < 20 ? &near : &far) += mask[y * width + x];
  near /= width * height * M_PI * 20 * 20 / (64 * 64);
  far /= width * height * (1 - M_PI * 20 * 20 / (64 * 64));
  g_test_message ("%.1f where it is, %.1f elsewhere", near, far);
  g_assert_cmpfloat (near, >, 2 * far);
}

static const VigTagged *
tag (Place      *place,
     VigJob    **job,
     const char *path,
     const char *line)
{
  const char *paths[] = { path, NULL };
  const char *lines[] = { line, NULL };

  *job = vig_tag_job_new (paths, lines, 3);
  run_job (place, *job);

  return vig_tag_job_get_results (VIG_TAG_JOB (*job))->pdata[0];
}

static VigPicture *
take_in (Place      *place,
         const char *path)
{
  g_autoptr(GError) error = NULL;
  VigPicture *picture = vig_library_add_file (place->library, path, &error);

  g_assert_no_error (error);

  return picture;
}

/* A tag whose name says nothing is learned from some pictures, known in another, and unlearned. */
static void
test_teach (Place         *place,
            gconstpointer  data)
{
  g_autoptr(GPtrArray) shown = g_ptr_array_new_with_free_func (g_object_unref);
  g_autofree char *asked = draw_disc (place, "asked.png", 0x1a44d8, 34, 30, 21);
  g_autofree char *other = draw_disc (place, "other.png", 0xd81a22, 33, 32, 20);
  g_autoptr(VigTagUndo) undo = NULL;
  g_autoptr(GError) error = NULL;

  for (guint i = 0; i < 26; i++)
    {
      const guint32 colours[] = { 0xdc1e14, 0x2cb428, 0xf0d020, 0x808080 };
      g_autofree char *name = g_strdup_printf ("%u.png", i);
      g_autofree char *path = draw_disc (place, name, i < 6 ? 0x143cdc + i * 0x020300 : colours[i % 4] + i, 30 + i % 5,
                                         30 + i % 3, 18 + i % 7);
      VigPicture *picture = take_in (place, path);

      if (i < 6)
        g_ptr_array_add (shown, picture);
      else
        g_object_unref (picture);
    }
  g_autoptr(VigJob) index = vig_index_job_new (NULL);
  run_job (place, index);

  g_autoptr(VigJob) before = NULL;
  const double unknown = ((const VigLabel *) tag (place, &before, asked, "my/Zorblax")->labels->pdata[0])->score;
  g_assert_true (vig_library_teach_tag (place->library, "my/Zorblax", shown, &undo, &error));
  g_assert_no_error (error);

  g_autoptr(VigJob) after = NULL;
  const VigTagged *tagged = tag (place, &after, asked, "my/Zorblax");
  const VigLabel *label = tagged->labels->pdata[0];
  g_test_message ("%.3f before, %.3f after", unknown, label->score);
  g_assert_true (label->taught);
  g_assert_cmpstr (label->label, ==, "Zorblax");
  g_assert_cmpstr (label->tag, ==, "my/Zorblax");
  g_assert_cmpfloat (label->score, >=, 0.5);
  g_assert_cmpuint (tagged->n_there, ==, 1);
  g_autoptr(VigJob) elsewhere = NULL;
  tagged = tag (place, &elsewhere, other, "my/Zorblax");
  g_assert_cmpfloat (((const VigLabel *) tagged->labels->pdata[0])->score, <, 0.5);
  g_assert_cmpuint (tagged->n_there, ==, 0);

  /* It is among the suggestions of the vocabulary that comes along. */
  const char *paths[] = { asked, NULL };
  g_autoptr(VigJob) all = vig_tag_job_new (paths, NULL, 1);
  run_job (place, all);
  tagged = vig_tag_job_get_results (VIG_TAG_JOB (all))->pdata[0];
  g_assert_cmpstr (((const VigLabel *) tagged->labels->pdata[0])->tag, ==, "my/Zorblax");

  /* Over all of the library: those that were shown first. */
  g_autoptr(VigJob) rated = vig_rate_job_new ("my/Zorblax", 100);
  run_job (place, rated);
  GPtrArray *order = vig_rate_job_get_results (VIG_RATE_JOB (rated));
  g_assert_cmpuint (order->len, >=, 6);
  for (guint i = 0; i < 6; i++)
    g_assert_true (g_ptr_array_find (shown, ((const VigRated *) order->pdata[i])->picture, NULL));
  g_assert_cmpuint (vig_rate_job_count (VIG_RATE_JOB (rated), 0.5), ==, 6);
  g_assert_cmpuint (vig_rate_job_count (VIG_RATE_JOB (rated), 0), ==, order->len);

  g_assert_true (vig_library_set_threshold (place->library, "my/Zorblax", 0.999, &error));
  g_assert_true (vig_library_undo_tags (place->library, undo, NULL, &error));
  g_autoptr(VigJob) undone = NULL;
  tagged = tag (place, &undone, asked, "my/Zorblax");
  label = tagged->labels->pdata[0];
  g_assert_false (label->taught);
  g_assert_cmpfloat (label->threshold, ==, 0.999);
  g_assert_cmpfloat_with_epsilon (label->score, unknown, 1e-6);
}

int
main (int    argc,
      char **argv)
{
  test_init_library (&argc, &argv);

  g_test_add_func ("/labels/parse", test_parse);
  g_test_add_func ("/labels/files", test_files);
  g_test_add_func ("/labels/everyday", test_everyday);
  g_test_add_func ("/labels/fit", test_fit);
  g_test_add_func ("/labels/probe", test_probe);
  g_test_add ("/labels/where", Place, NULL, set_up, test_where, tear_down);
  g_test_add ("/labels/teach", Place, NULL, set_up, test_teach, tear_down);

  return g_test_run ();
}
