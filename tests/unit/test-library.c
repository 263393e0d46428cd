/* test-library.c: jobs, made pictures, tags, search and lists, with real files and a real database */

#include "library/library-private.h"
#include "library/metadata.h"
#include "library/pixels.h"
#include "library/recipe.h"
#include "profile.h"

#include <errno.h>
#include <fcntl.h>
#include <gdk-pixbuf/gdk-pixbuf.h>
#include <glib/gstdio.h>
#include <jansson.h>
#include <math.h>
#include <png.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/wait.h>

#define SIDE 24

/* A picture of a job begun here, saved by the library. */
static VigPicture *
save_picture (VigLibrary *library,
              gint64      job,
              guint       index,
              guint64     seed)
{
  g_autofree guint8 *rgb = test_make_rgb (SIDE, seed + index);
  g_autoptr(GError) error = NULL;
  guint32 tokens[16];

  test_fill_tokens (tokens, seed + index);
  VigPicture *picture = vig_library_save_made (library, job, index, rgb, SIDE, tokens, 16, &error);
  g_assert_no_error (error);

  return picture;
}

static gint64
begin (VigLibrary *library,
       guint       count,
       guint64     seed)
{
  g_autoptr(VigRecipe) recipe = test_make_recipe (count, seed);
  g_autoptr(GError) error = NULL;
  const gint64 job = vig_library_begin_job (library, recipe, &error);

  g_assert_no_error (error);
  g_assert_cmpint (job, >, 0);

  return job;
}

/* One picture made, its job ended. */
static VigPicture *
make_picture (VigLibrary *library,
              const char *prompt,
              guint64     seed)
{
  g_autoptr(VigRecipe) recipe = test_make_recipe (1, seed);
  g_autoptr(GPtrArray) chosen = g_ptr_array_new ();
  g_autoptr(GError) error = NULL;

  g_free (recipe->prompt);
  recipe->prompt = g_strdup (prompt);
  const gint64 job = vig_library_begin_job (library, recipe, &error);
  g_assert_no_error (error);

  VigPicture *picture = save_picture (library, job, 0, seed);
  g_ptr_array_add (chosen, picture);
  g_assert_true (vig_library_end_job (library, job, chosen, &error));
  g_assert_no_error (error);

  return picture;
}

static void
test_job (void)
{
  g_autofree char *folder = test_make_folder ();
  g_autoptr(VigProfile) profile = test_make_profile (folder);
  g_autoptr(VigLibrary) library = test_open_library (profile);
  g_autoptr(VigLibrary) other = test_open_library (profile);
  g_autoptr(GError) error = NULL;
  guint32 tokens[16];

  const gint64 job = begin (library, 3, 7);
  g_autoptr(VigPicture) first = save_picture (library, job, 0, 7);
  test_fill_tokens (tokens, 8);
  g_assert_true (vig_library_save_tokens (library, job, 1, tokens, 5, &error));
  g_assert_no_error (error);

  /* Another library must not think that it was interrupted, nor take it. */
  g_autoptr(GPtrArray) none = vig_library_list_interrupted (other, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (none->len, ==, 0);
  g_assert_null (vig_library_claim_job (other, job, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_BUSY);
  g_clear_error (&error);

  vig_library_release_job (library, job);
  g_autoptr(GPtrArray) one = vig_library_list_interrupted (other, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (one->len, ==, 1);

  g_autoptr(VigJobRecord) record = vig_library_claim_job (other, job, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (record->recipe->prompt, ==, "two red apples on a table");
  g_assert_cmpuint (record->recipe->seed, ==, 7);
  g_assert_cmpuint (record->recipe->tokens, ==, 16);
  g_assert_cmpfloat (record->recipe->temperature, ==, 0.9);
  g_assert_cmpuint (record->sketches->len, ==, 3);

  const VigSketch *sketches[3] = { record->sketches->pdata[0], record->sketches->pdata[1],
                                   record->sketches->pdata[2] };
  g_assert_nonnull (sketches[0]->picture);
  g_assert_cmpuint (sketches[0]->n_tokens, ==, 16);
  g_assert_null (sketches[1]->picture);
  g_assert_cmpmem (sketches[1]->tokens, sketches[1]->n_tokens * 4, tokens, 5 * 4);
  g_assert_cmpuint (sketches[2]->n_tokens, ==, 0);

  /* It has left us. */
  g_assert_null (vig_library_save_made (library, job, 2, (const guint8 *) "rgb", 1, tokens, 16, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
  g_clear_error (&error);

  g_assert_true (vig_library_stop_job (other, job, &error));
  g_assert_no_error (error);
  g_assert_false (vig_library_save_tokens (other, job, 1, tokens, 6, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
  g_clear_error (&error);
  g_assert_null (vig_library_claim_job (other, job, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
  g_assert_true (g_file_test (vig_picture_get_path (first), G_FILE_TEST_EXISTS));
  test_check_library (library);
}

/* key → text, by libpng alone. */
static GHashTable *
read_texts (const char *path)
{
  GHashTable *texts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  png_structp png = png_create_read_struct (PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
  png_infop info = png_create_info_struct (png);
  FILE *file = g_fopen (path, "rb");
  png_textp all;
  int n_all;

  g_assert_nonnull (file);
  png_init_io (png, file);
  png_read_png (png, info, PNG_TRANSFORM_IDENTITY, NULL);
  png_get_text (png, info, &all, &n_all);
  for (int i = 0; i < n_all; i++)
    {
      g_assert_true (all[i].compression == PNG_TEXT_COMPRESSION_NONE ||
                     all[i].compression == PNG_ITXT_COMPRESSION_NONE);
      g_hash_table_insert (texts, g_strdup (all[i].key), g_strdup (all[i].text));
    }
  g_assert_cmpuint (png_get_image_width (png, info), ==, SIDE);

  g_autofree guint8 *rgb = test_make_rgb (SIDE, 7);
  for (guint y = 0; y < SIDE; y++)
    g_assert_cmpmem (png_get_rows (png, info)[y], SIDE * 3, rgb + y * SIDE * 3, SIDE * 3);
  png_destroy_read_struct (&png, &info, NULL);
  fclose (file);

  return texts;
}

static void
test_recipe_inside (void)
{
  g_autofree char *folder = test_make_folder ();
  g_autoptr(VigProfile) profile = test_make_profile (folder);
  g_autoptr(VigLibrary) library = test_open_library (profile);
  g_autoptr(VigPicture) picture = make_picture (library, "zwei rote Äpfel: \"süß\" <&>", 7);
  g_autoptr(GHashTable) texts = read_texts (vig_picture_get_path (picture));
  const char *parameters = g_hash_table_lookup (texts, "parameters");
  const char *xmp = g_hash_table_lookup (texts, "XML:com.adobe.xmp");
  json_t *recipe = json_loads (g_hash_table_lookup (texts, "vignette"), 0, NULL);
  guint32 tokens[16];

  g_assert_cmpstr (parameters, ==,
                   "zwei rote Äpfel: \"süß\" <&>\n"
                   "Seed: 7, Temperature: 0.9, Top-k: 64, Top-p: 0.95, Guidance: 3, Size: 24x24, "
                   "Model hash: 0123456789abcdef, Model: first-light, Version: Vignette 0.1.0");

  g_assert_cmpstr (json_string_value (json_object_get (recipe, "prompt")), ==, "zwei rote Äpfel: \"süß\" <&>");
  g_assert_cmpstr (json_string_value (json_object_get (recipe, "model_hash")), ==, "0123456789abcdef");
  g_assert_cmpstr (json_string_value (json_object_get (recipe, "device")), ==, "host");
  g_assert_cmpint (json_integer_value (json_object_get (recipe, "seed")), ==, 7);
  test_fill_tokens (tokens, 7);
  for (guint i = 0; i < 16; i++)
    g_assert_cmpint (json_integer_value (json_array_get (json_object_get (recipe, "tokens"), i)), ==, tokens[i]);
  json_decref (recipe);
  g_assert_cmpstr (vig_picture_get_recipe (picture), ==, g_hash_table_lookup (texts, "vignette"));

  g_assert_nonnull (strstr (xmp, "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"));
  g_assert_nonnull (strstr (xmp, "zwei rote Äpfel"));
  g_assert_nonnull (strstr (xmp, "0123456789abcdef"));

  /* What others make of it. */
  g_autofree char *exiftool = g_find_program_in_path ("exiftool");
  if (exiftool == NULL)
    {
      g_test_skip ("exiftool is not installed");
      return;
    }

  const char *argv[] = { exiftool, "-s3", "-XMP-iptcExt:DigitalSourceType", "-XMP-dc:Description",
                         vig_picture_get_path (picture), NULL };
  g_autofree char *said = NULL;
  g_autoptr(GError) error = NULL;
  g_spawn_sync (NULL, (char **) argv, NULL, 0, NULL, NULL, &said, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (strstr (said, "trainedAlgorithmicMedia"));
  g_assert_nonnull (strstr (said, "zwei rote Äpfel: \"süß\" <&>"));
}

static void
test_names (void)
{
  static const struct { const char *prompt; guint64 seed; guint copy; const char *name; } cases[] = {
    { "two red apples on a table", 7, 1, "two red apples on a table 7.png" },
    { "two red apples on a table", 7, 2, "two red apples on a table 7 (2).png" },
    { "", 0, 1, "picture 0.png" },
    { "../../etc/passwd", 1, 1, "etc passwd 1.png" },
    { "-rf ~", 1, 1, "rf ~ 1.png" },
    { "CON", 1, 1, "CON 1.png" },
    { "a\nb\tc  d", 1, 1, "a b c d 1.png" },
    { "what? <this>: \"that\" | \\o/", 2, 1, "what this that o 2.png" },
    { "Zo\xc3\xab \xf0\x9f\xa6\x8a", 3, 1, "Zo\xc3\xab \xf0\x9f\xa6\x8a 3.png" },
    { "Zoe\xcc\x88", 3, 1, "Zo\xc3\xab 3.png" },
    { "bad \xff\xfe utf-8", G_MAXUINT64, 1, "bad utf-8 18446744073709551615.png" },
  };
  g_autoptr(VigRecipe) recipe = test_make_recipe (1, 0);
  g_autoptr(GString) endless = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_free (recipe->prompt);
      recipe->prompt = g_strdup (cases[i].prompt);
      recipe->seed = cases[i].seed;

      g_autofree char *name = vig_recipe_to_name (recipe, 0, cases[i].copy);
      g_assert_cmpstr (name, ==, cases[i].name);
    }

  for (guint i = 0; i < 500; i++)
    g_string_append (endless, "\xe6\xbc\xa2");  /* one word of 1,500 bytes */
  g_free (recipe->prompt);
  recipe->prompt = g_strdup (endless->str);
  g_autofree char *name = vig_recipe_to_name (recipe, 0, 999);
  g_assert_cmpuint (strlen (name), <=, 143);
  g_assert_true (g_utf8_validate (name, -1, NULL));
}

/* The same drawing again, and a stranger's file where it would be: three names, nothing overwritten. */
static void
test_names_taken (void)
{
  g_autofree char *folder = test_make_folder ();
  g_autoptr(VigProfile) profile = test_make_profile (folder);
  g_autoptr(VigLibrary) library = test_open_library (profile);
  g_autofree char *stranger = test_write_file (vig_profile_get_pictures (profile), "a fox 7.png", "mine", 4);
  g_autoptr(VigPicture) first = make_picture (library, "a fox", 7);
  g_autoptr(VigPicture) second = make_picture (library, "a fox", 7);
  g_autofree char *name1 = vig_picture_dup_name (first);
  g_autofree char *name2 = vig_picture_dup_name (second);
  g_autofree char *text = NULL;

  g_assert_cmpstr (name1, ==, "a fox 7 (2).png");
  g_assert_cmpstr (name2, ==, "a fox 7 (3).png");
  g_assert_cmpstr (vig_picture_get_hash (first), ==, vig_picture_get_hash (second));
  g_assert_true (g_file_get_contents (stranger, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "mine");
}

/* Saved twice: told the same. */
static void
test_saved_again (void)
{
  g_autofree char *folder = test_make_folder ();
  g_autoptr(VigProfile) profile = test_make_profile (folder);
  g_autoptr(VigLibrary) library = test_open_library (profile);
  const gint64 job = begin (library, 1, 7);
  g_autoptr(VigPicture) first = save_picture (library, job, 0, 7);
  g_autoptr(VigPicture) second = save_picture (library, job, 0, 7);

  g_assert_true (first == second);
  test_check_library (library);
}

static VigResults *
search (VigLibrary  *library,
        const char  *text,
        const float *vector,
        const float *minus,
        guint        top)
{
  g_autoptr(GError) error = NULL;
  const VigQuery query = { text, vector != NULL ? "clip" : NULL, vector, minus, 32, top, -1 };
  VigResults *results = vig_library_search (library, &query, NULL, &error);

  g_assert_no_error (error);

  return results;
}

static VigPicture *
get_result (VigResults *results,
            guint       i)
{
  const VigResult *result = results->results->pdata[i];

  return result->picture;
}

static const char *
get_why (VigResults *results,
         guint       i)
{
  const VigResult *result = results->results->pdata[i];

  return result->why;
}

static void
test_fold (void)
{
  g_autofree char *folder = test_make_folder ();
  g_autoptr(VigProfile) profile = test_make_profile (folder);
  g_autoptr(VigLibrary) library = test_open_library (profile);
  g_autoptr(GPtrArray) chosen = g_ptr_array_new ();
  g_autoptr(GError) error = NULL;
  float vector[32] = { 1 };
  const gint64 job = begin (library, 3, 7);
  g_autoptr(VigPicture) best = save_picture (library, job, 1, 7);
  g_autoptr(VigPicture) rest = save_picture (library, job, 0, 7);

  g_assert_true (vig_library_save_score (library, best, 0.31, "clip", vector, 32, &error));
  g_assert_no_error (error);
  g_assert_cmpfloat (vig_picture_get_score (best), ==, 0.31);
  g_assert_true (isnan (vig_picture_get_score (rest)));

  g_autoptr(GListModel) list = vig_library_list_pictures (library, -1, NULL);
  g_assert_cmpuint (g_list_model_get_n_items (list), ==, 2);

  g_ptr_array_add (chosen, best);
  g_assert_true (vig_library_end_job (library, job, chosen, &error));
  g_assert_no_error (error);
  test_run_main (400);
  g_assert_cmpuint (g_list_model_get_n_items (list), ==, 1);

  g_autoptr(VigResults) results = search (library, "apples", NULL, NULL, 0);
  g_assert_cmpuint (results->results->len, ==, 1);
  g_assert_true (get_result (results, 0) == best);
  test_check_library (library);

  /* The whole drawing is reached from any of its pictures, the best first. */
  g_assert_cmpint (vig_picture_list_get_time (list, 0), ==, vig_picture_get_time (best));
  g_assert_cmpint (vig_picture_list_get_time (list, 7), ==, 0);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr(GPtrArray) stack = vig_library_list_stack (library, i == 0 ? best : rest, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (stack->len, ==, 2);
      g_assert_true (stack->pdata[0] == best);
      g_assert_true (stack->pdata[1] == rest);
    }
}

static void
count_cb (guint *count)
{
  (*count)++;
}

typedef struct { guint position, removed, added, calls; } Change;

static void
items_cb (GListModel *list,
          guint       position,
          guint       removed,
          guint       added,
          Change     *change)
{
  *change = (Change) { position, removed, added, change->calls + 1 };
}

static void
test_list (void)
{
  g_autofree char *folder = test_make_folder ();
  g_autoptr(VigProfile) profile = test_make_profile (folder);
  g_autoptr(VigLibrary) library = test_open_library (profile);
  g_autoptr(GListModel) list = vig_library_list_pictures (library, VIG_PICTURE_MADE, NULL);
  g_autoptr(GListModel) photos = vig_library_list_pictures (library, VIG_PICTURE_PHOTO, NULL);
  guint changes = 0;
  Change change = { 0 };

  g_signal_connect_swapped (library, "changed", G_CALLBACK (count_cb), &changes);
  g_signal_connect (list, "items-changed", G_CALLBACK (items_cb), &change);

  for (guint i = 0; i < 3; i++)
    {
      g_autoptr(VigPicture) picture = make_picture (library, "a fox", i);
    }
  test_run_main (500);
  g_assert_cmpuint (changes, >=, 1);
  g_assert_cmpuint (changes, <=, 3);
  g_assert_cmpuint (g_list_model_get_n_items (list), ==, 3);
  g_assert_cmpuint (g_list_model_get_n_items (photos), ==, 0);
  g_assert_cmpuint (change.calls, >=, 1);

  g_autoptr(VigPicture) newest = g_list_model_get_item (list, 0);
  g_assert_cmpuint (vig_picture_get_seed (newest), ==, 2);

  /* New ones come at the front, and what was there stays what it was. */
  change = (Change) { 0 };
  g_autoptr(VigPicture) fourth = make_picture (library, "a fox", 3);
  g_autoptr(VigPicture) fifth = make_picture (library, "a fox", 4);
  test_run_main (500);
  g_assert_cmpuint (change.position, ==, 0);
  g_assert_cmpuint (change.removed, ==, 0);
  g_assert_cmpuint (change.added, >=, 1);
  g_autoptr(VigPicture) third = g_list_model_get_item (list, 2);
  g_assert_true (third == newest);
  g_assert_null (g_list_model_get_item (list, 5));

  /* What another process does is seen too. */
  change = (Change) { 0 };
  g_autoptr(VigLibrary) other = test_open_library (profile);
  g_autoptr(VigPicture) foreign = make_picture (other, "a fox", 5);
  test_run_main (1800);
  g_assert_cmpuint (g_list_model_get_n_items (list), ==, 6);
  g_assert_cmpuint (change.added, ==, 1);

  /* A job's tokens are nothing that a list shows. */
  changes = 0;
  guint32 tokens[16] = { 0 };
  const gint64 job = begin (other, 1, 9);
  g_assert_true (vig_library_save_tokens (other, job, 0, tokens, 16, NULL));
  test_run_main (1500);
  g_assert_cmpuint (changes, ==, 0);
}

static void
test_tags (void)
{
  g_autofree char *folder = test_make_folder ();
  g_autoptr(VigProfile) profile = test_make_profile (folder);
  g_autoptr(VigLibrary) library = test_open_library (profile);
  g_autoptr(VigPicture) fox = make_picture (library, "an animal", 7);
  g_autoptr(VigPicture) other = make_picture (library, "a house", 8);
  g_autoptr(GError) error = NULL;
  const char *tags[] = { "winter", " fox ", "fox", "animals|fox", "", "Schn\xc3\xa9" "e", NULL };
  const char *same[] = { "fox", NULL };

  g_assert_true (vig_library_add_tags (library, fox, tags, NULL, &error));
  g_assert_no_error (error);
  const char *want[] = { "Schn\xc3\xa9" "e", "animals/fox", "fox", "winter", NULL };
  g_assert_true (g_strv_equal (vig_picture_get_tags (fox), want));
  g_assert_cmpuint (g_strv_length ((char **) vig_picture_get_tags (other)), ==, 0);

  /* A suggestion that was refused is no tag; one that a person gave stays a person's. */
  g_assert_true (vig_library_refuse_tag (library, fox, "winter", &error));
  g_assert_true (vig_library_add_tags (library, fox, same, "model", &error));
  g_assert_true (vig_library_remove_tag (library, fox, "animals/fox", &error));
  g_assert_no_error (error);
  const char *left[] = { "Schn\xc3\xa9" "e", "fox", NULL };
  g_assert_true (g_strv_equal (vig_picture_get_tags (fox), left));
  g_auto(GStrv) refused = vig_library_list_refused (library, fox, &error);
  g_assert_cmpuint (g_strv_length (refused), ==, 1);
  g_assert_cmpstr (refused[0], ==, "winter");

  g_autoptr(GPtrArray) all = vig_library_list_tags (library, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (all->len, ==, 2);

  g_autoptr(VigResults) results = search (library, "schnee", NULL, NULL, 0);
  g_assert_cmpuint (results->results->len, ==, 1);
  g_assert_true (get_result (results, 0) == fox);
  g_autoptr(VigResults) gone = search (library, "winter", NULL, NULL, 0);
  g_assert_cmpuint (gone->results->len, ==, 0);

  g_autoptr(GListModel) list = vig_library_list_pictures (library, -1, "fox");
  g_assert_cmpuint (g_list_model_get_n_items (list), ==, 1);

  /* The other library sees them, and its objects hear of it. */
  g_autoptr(VigTransaction) t = vig_transaction_begin (library->reader, VIG_READ);
  g_assert_cmpint (vig_transaction_query_int (t, "SELECT count(*) FROM tagged WHERE source IS NULL", ""), ==, 3);
}

static void
test_words_are_safe (void)
{
  static const char * const nasty[] = {
    "\"", "\"\"", "*", "a*", "(", ")", "AND", "OR NOT", "NEAR(", "prompt:fox", "-fox", "fox -", "^fox", "fox + fox",
    "'; DROP TABLE pictures; --", "{a}", "a\"b", "\xff\xfe", "   ", "", "%", "\\", "fox\"*", "\xf0\x9f\xa6\x8a",
    "x'00'", "rowid:1", "NEAR(fox fox, 2)", "\t\n", "-", "a AND", NULL
  };
  g_autofree char *folder = test_make_folder ();
  g_autoptr(VigProfile) profile = test_make_profile (folder);
  g_autoptr(VigLibrary) library = test_open_library (profile);
  g_autoptr(VigPicture) fox = make_picture (library, "A F\xc3\xb6x in the snow-storm, AND \"nothing\" else", 7);

  for (guint i = 0; nasty[i] != NULL; i++)
    {
      g_autoptr(VigResults) results = search (library, nasty[i], NULL, NULL, 0);

      g_assert_cmpuint (results->results->len, <=, 1);
    }

  g_autoptr(GString) endless = g_string_new ("fox");
  for (guint i = 0; i < 5000; i++)
    g_string_append (endless, " fox");
  static const struct { const char *text; guint n; } cases[] = {
    { "fox", 1 }, { "F\xc3\x96X", 1 }, { "storm snow", 1 }, { "sno", 1 }, { "fo snow", 0 }, { "AND", 1 },
    { "\"nothing\"", 1 }, { "snow-storm", 1 }, { "storm-snow", 0 }, { "fox wolf", 0 },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(VigResults) results = search (library, cases[i].text, NULL, NULL, 0);

      g_test_message ("%s", cases[i].text);
      g_assert_cmpuint (results->results->len, ==, cases[i].n);
      g_assert_cmpuint (results->close, ==, cases[i].n);
    }
  g_autoptr(VigResults) results = search (library, endless->str, NULL, NULL, 0);
  g_assert_cmpuint (results->results->len, ==, 1);
}

/* A unit row that is near @axis by @nearness, the rest of it scattered by @seed. */
static void
fill_row (float *row,
          guint  axis,
          float  nearness,
          guint  seed)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed (seed);
  double length = 0;

  for (guint i = 0; i < 32; i++)
    row[i] = g_rand_double_range (rand, -0.1, 0.1);
  row[axis] += nearness;
  for (guint i = 0; i < 32; i++)
    length += (double) row[i] * row[i];
  for (guint i = 0; i < 32; i++)
    row[i] /= sqrt (length);
}

static void
test_search (void)
{
  g_autofree char *folder = test_make_folder ();
  g_autoptr(VigProfile) profile = test_make_profile (folder);
  g_autoptr(VigLibrary) library = test_open_library (profile);
  g_autoptr(GPtrArray) pictures = g_ptr_array_new_with_free_func (g_object_unref);
  g_autofree float *rows = g_new (float, 40 * 32);
  g_autoptr(GError) error = NULL;
  float wanted[32] = { 1 }, unwanted[32] = { 0, 1 };

  /* 36 of anything, 3 that are meant, one of them unwanted, and one that nobody has looked at. */
  for (guint i = 0; i < 40; i++)
    {
      g_ptr_array_add (pictures, make_picture (library, i == 20 ? "a grey cat" : "something", i));
      fill_row (rows + i * 32, i < 3 ? 0 : 2 + i % 30, i < 3 ? 0.5 + 0.1 * i : 0.5, i);
    }
  rows[2 * 32 + 1] = 0.5;
  g_assert_cmpint (vig_library_count_unembedded (library, "clip", &error), ==, 40);
  g_assert_true (vig_library_save_vectors (library, "clip", (VigPicture **) pictures->pdata, rows, 39, 32, &error));
  g_assert_no_error (error);
  g_assert_cmpint (vig_library_count_unembedded (library, "clip", &error), ==, 1);
  g_assert_cmpint (vig_library_count_unembedded (library, "another", &error), ==, 40);
  g_autoptr(GPtrArray) left = vig_library_list_unembedded (library, "clip", G_MAXINT64, 10, &error);
  g_assert_cmpuint (left->len, ==, 1);
  g_assert_true (left->pdata[0] == pictures->pdata[39]);

  g_autoptr(VigResults) results = search (library, "dog", wanted, NULL, 0);
  g_assert_cmpuint (results->results->len, ==, 39);
  g_assert_cmpuint (results->close, ==, 3);
  g_assert_cmpfloat_with_epsilon (results->indexed, 39 / 40.0, 1e-9);
  for (guint i = 0; i < 3; i++)
    {
      g_assert_cmpuint (vig_picture_get_seed (get_result (results, i)), <, 3);
      g_assert_cmpstr (get_why (results, i), ==, "meaning");
    }

  /* Scores are the plain products of what is kept. */
  const VigResult *last = results->results->pdata[38];
  guint width;
  g_autofree float *kept = vig_library_load_vector (library, "clip", vig_picture_get_hash (last->picture), &width,
                                                    &error);
  g_assert_no_error (error);
  g_assert_cmpuint (width, ==, 32);
  g_assert_cmpfloat_with_epsilon (last->score, kept[0], 1e-6);
  g_assert_null (vig_library_load_vector (library, "another", vig_picture_get_hash (last->picture), &width, &error));
  g_assert_no_error (error);

  /* What is not wanted falls behind. */
  g_autoptr(VigResults) without = search (library, NULL, wanted, unwanted, 2);
  g_assert_cmpuint (without->results->len, ==, 2);
  g_assert_cmpuint (vig_picture_get_seed (get_result (without, 0)), !=, 2);
  g_assert_cmpuint (vig_picture_get_seed (get_result (without, 1)), !=, 2);

  /* Words and meaning in one list; the words of one that has no row too. */
  g_autoptr(VigResults) both = search (library, "cat", wanted, NULL, 4);
  g_assert_cmpuint (both->close, ==, 4);
  gboolean found = FALSE;
  for (guint i = 0; i < 4; i++)
    {
      if (vig_picture_get_seed (get_result (both, i)) == 20)
        {
          g_assert_cmpstr (get_why (both, i), ==, "words");
          found = TRUE;
        }
    }
  g_assert_true (found);

  /* Another process adds a row: the next search has it. */
  g_autoptr(VigLibrary) other = test_open_library (profile);
  VigPicture *last_one = pictures->pdata[39];
  float exact[32] = { 1 };
  g_assert_true (vig_library_save_vectors (other, "clip", &last_one, exact, 1, 32, &error));
  g_autoptr(VigResults) again = search (library, NULL, wanted, NULL, 1);
  g_assert_true (get_result (again, 0) == last_one);
  g_assert_cmpfloat (again->indexed, ==, 1);

  /* Nothing is close where all is alike. */
  float nowhere[32] = { [31] = 1 };
  g_autoptr(VigResults) far = search (library, NULL, nowhere, NULL, 0);
  g_assert_cmpuint (far->close, <=, 2);
}

/* A library of one thing only: the picture itself and its copy are close all the same, and no score is above 1. */
static void
test_search_alike (void)
{
  g_autofree char *folder = test_make_folder ();
  g_autoptr(VigProfile) profile = test_make_profile (folder);
  g_autoptr(VigLibrary) library = test_open_library (profile);
  g_autoptr(GPtrArray) pictures = g_ptr_array_new_with_free_func (g_object_unref);
  float rows[12][32];
  g_autoptr(GError) error = NULL;

  for (guint i = 0; i < 12; i++)
    {
      g_ptr_array_add (pictures, make_picture (library, "x", i));
      fill_row (rows[i], i % 2, 0.4, i);
    }
  memcpy (rows[11], rows[0], sizeof rows[0]);
  for (guint j = 0; j < 32; j++)
    rows[0][j] = rows[11][j] *= 1.002f;
  g_assert_true (vig_library_save_vectors (library, "clip", (VigPicture **) pictures->pdata, rows[0], 12, 32, &error));
  g_assert_no_error (error);

  g_autoptr(VigResults) results = search (library, NULL, rows[0], NULL, 0);
  g_assert_cmpuint (results->close, ==, 2);
  for (guint i = 0; i < 12; i++)
    g_assert_cmpfloat (((const VigResult *) results->results->pdata[i])->score, <=, 1);

  /* Words alone, while it is known whose rows count. */
  const VigQuery query = { .text = "x", .model_hash = "clip", .width = 32, .kind = -1 };
  g_autoptr(VigResults) words = vig_library_search (library, &query, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (words->close, ==, 12);
  g_assert_cmpfloat (words->indexed, ==, 1);
}

static void
test_empty_search (void)
{
  g_autofree char *folder = test_make_folder ();
  g_autoptr(VigProfile) profile = test_make_profile (folder);
  g_autoptr(VigLibrary) library = test_open_library (profile);
  float wanted[32] = { 1 };
  g_autoptr(VigResults) results = search (library, "anything", wanted, NULL, 10);

  g_assert_cmpuint (results->results->len, ==, 0);
  g_assert_cmpuint (results->close, ==, 0);
}

static void
forgotten_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      data)
{
  g_autoptr(GError) error = NULL;

  g_assert_true (vig_library_forget_finish (VIG_LIBRARY (source), result, &error));
  g_assert_no_error (error);
  *(gboolean *) data = TRUE;
}

/* Whether @word stands in any file of @folder itself. */
static gboolean
holds (const char *folder,
       const char *word)
{
  g_autoptr(GDir) dir = g_dir_open (folder, 0, NULL);
  gboolean found = FALSE;
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_autofree char *bytes = NULL;
      gsize size = 0;

      if (g_file_get_contents (path, &bytes, &size, NULL))
        found = found || memmem (bytes, size, word, strlen (word)) != NULL;
    }

  return found;
}

static void
test_forget (void)
{
  g_autofree char *folder = test_make_folder ();
  g_autoptr(VigProfile) profile = test_make_profile (folder);
  g_autoptr(VigLibrary) library = test_open_library (profile);
  g_autoptr(VigPicture) secret = make_picture (library, "xylophonists", 7);
  g_autoptr(VigPicture) kept = make_picture (library, "a fox", 8);
  g_autoptr(GPtrArray) pictures = g_ptr_array_new ();
  g_autoptr(GError) error = NULL;
  const char *tags[] = { "zymurgy", NULL };
  float vector[32] = { 1 };
  gboolean done = FALSE;
  static const char * const files[] = { "library.db", "library.db-wal" };

  g_assert_true (vig_library_add_tags (library, secret, tags, NULL, &error));
  g_assert_true (vig_library_save_vectors (library, "clip", &secret, vector, 1, 32, &error));
  g_autoptr(VigResults) before = search (library, NULL, vector, NULL, 0);
  g_assert_cmpuint (before->results->len, ==, 1);

  g_assert_true (vig_library_back_up_daily (library, &error));
  g_autofree char *backups = g_build_filename (folder, "backups", NULL);
  g_assert_true (holds (backups, "xylophon"));

  g_ptr_array_add (pictures, secret);
  vig_library_forget_async (library, pictures, NULL, forgotten_cb, &done);
  while (!done)
    g_main_context_iteration (NULL, TRUE);

  g_assert_false (g_file_test (vig_picture_get_path (secret), G_FILE_TEST_EXISTS));
  g_autoptr(VigResults) results = search (library, "xylophonists", vector, NULL, 0);
  g_assert_cmpuint (results->results->len, ==, 0);
  g_autoptr(VigResults) other = search (library, "fox", NULL, NULL, 0);
  g_assert_cmpuint (other->results->len, ==, 1);
  test_check_library (library);

  /* The words are in no file of the library any more. */
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = g_build_filename (folder, files[i], NULL);
      g_autofree char *bytes = NULL;
      gsize size = 0;

      if (!g_file_get_contents (path, &bytes, &size, NULL))
        continue;
      g_assert_null (memmem (bytes, size, "xylophon", 8));
      g_assert_null (memmem (bytes, size, "zymurg", 6));
    }

  /* Nor in a backup, which has all the rest. */
  g_assert_false (holds (backups, "xylophon"));
  g_assert_false (holds (backups, "zymurg"));
  g_assert_true (holds (backups, "a fox"));
}

/* A copy for others has the pixels, and says that a model drew it, but not from which words. */
static void
test_share (void)
{
  g_autofree char *folder = test_make_folder ();
  g_autoptr(VigProfile) profile = test_make_profile (folder);
  g_autoptr(VigLibrary) library = test_open_library (profile);
  g_autoptr(VigPicture) secret = make_picture (library, "xylophonists", 7);
  g_autofree char *away = g_build_filename (folder, "away", NULL);
  g_autofree char *path = g_build_filename (away, "copy.png", NULL);
  g_autofree char *photo_path = g_build_filename (away, "photo.jpg", NULL);
  g_autoptr(GError) error = NULL;

  g_assert_cmpint (g_mkdir (away, 0700), ==, 0);
  g_assert_true (vig_library_add_tags (library, secret, (const char *[]) { "zymurgy", NULL }, NULL, &error));
  g_assert_true (vig_library_share (library, secret, path, NULL, &error));
  g_assert_no_error (error);
  g_assert_false (holds (away, "xylophon"));
  g_assert_false (holds (away, "zymurg"));
  g_assert_false (holds (away, "parameters"));
  g_assert_true (holds (away, "trainedAlgorithmicMedia"));
  g_autoptr(VigPixels) before = vig_pixels_load (vig_picture_get_path (secret), 0, NULL, &error);
  g_autoptr(VigPixels) after = vig_pixels_load (path, 0, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (before->rgb, before->width * before->height * 3, after->rgb, after->width * after->height * 3);

  /* A photo with a place in it, as a camera writes it. */
  g_autoptr(GdkPixbuf) pixbuf = gdk_pixbuf_new_from_data (before->rgb, GDK_COLORSPACE_RGB, FALSE, 8, before->width,
                                                          before->height, before->width * 3, NULL, NULL);
  g_autofree char *original = g_build_filename (folder, "photo.jpg", NULL);
  g_assert_true (gdk_pixbuf_save (pixbuf, original, "jpeg", &error, NULL));
  {
    g_autoptr(GMutexLocker) locker = vig_metadata_lock ();
    g_autoptr(GExiv2Metadata) metadata = gexiv2_metadata_new ();

    g_assert_true (gexiv2_metadata_open_path (metadata, original, &error));
    g_assert_true (gexiv2_metadata_try_update_gps_info (metadata, 7.5, 51.5, 100, &error));
    g_assert_true (gexiv2_metadata_try_set_tag_string (metadata, "Exif.Image.Model", "Xylocam", &error));
    g_assert_true (gexiv2_metadata_save_file (metadata, original, &error));
  }
  g_autoptr(VigPicture) photo = vig_library_add_file (library, original, &error);
  g_assert_no_error (error);
  g_assert_true (vig_library_share (library, photo, photo_path, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (holds (folder, "Xylocam"));
  g_assert_false (holds (away, "Xylocam"));
  g_assert_false (holds (away, "Exif"));
}

static void
test_check (void)
{
  g_autofree char *folder = test_make_folder ();
  g_autoptr(VigProfile) profile = test_make_profile (folder);
  g_autoptr(VigLibrary) library = test_open_library (profile);
  g_autoptr(VigPicture) lost = make_picture (library, "lost", 1);
  g_autoptr(VigPicture) cut = make_picture (library, "cut", 2);
  const char *pictures = vig_profile_get_pictures (profile);
  g_autoptr(GError) error = NULL;

  test_check_library (library);
  g_assert_cmpint (g_unlink (vig_picture_get_path (lost)), ==, 0);
  g_assert_cmpint (truncate (vig_picture_get_path (cut), 10), ==, 0);
  g_autofree char *unlisted = test_write_file (pictures, "unlisted.png", "x", 1);
  g_autofree char *part = test_write_file (pictures, ".vignette-9-0.part", "x", 1);

  g_autoptr(GPtrArray) problems = vig_library_check (library, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (problems->len, ==, 4);
}

/* ---- Killed at any moment ---- */

/* Draws for ever, telling through @fd what the library has promised: a byte for each picture that is safe. */
static G_NORETURN void
draw_for_ever (const char *folder,
               guint64     seed,
               int         fd)
{
  g_autoptr(VigProfile) profile = test_make_profile (folder);
  g_autoptr(VigLibrary) library = test_open_library (profile);
  guint32 tokens[16];

  for (;; seed += 4)
    {
      const gint64 job = begin (library, 4, seed);
      g_autoptr(GPtrArray) made = g_ptr_array_new_with_free_func (g_object_unref);
      g_autoptr(GError) error = NULL;

      for (guint i = 0; i < 4; i++)
        {
          test_fill_tokens (tokens, seed + i);
          for (guint n = 4; n <= 16; n += 4)
            g_assert_true (vig_library_save_tokens (library, job, i, tokens, n, &error));
          g_ptr_array_add (made, save_picture (library, job, i, seed));
          const guint64 safe = seed + i;
          g_assert_cmpint (write (fd, &safe, sizeof safe), ==, sizeof safe);
        }
      g_assert_true (vig_library_end_job (library, job, made, &error));
      g_assert_no_error (error);
    }
}

/* Every promise kept, nothing half done; interrupted jobs go on with the tokens they had. */
static void
check_after_kill (const char *folder,
                  GArray     *safe)
{
  g_autoptr(VigProfile) profile = test_make_profile (folder);
  g_autoptr(VigLibrary) library = test_open_library (profile);
  g_autoptr(GError) error = NULL;
  guint32 want[16];

  test_check_library (library);
  {
    g_autoptr(VigTransaction) t = vig_transaction_begin (library->reader, VIG_READ);

    for (guint i = 0; i < safe->len; i++)
      g_assert_cmpint (vig_transaction_query_int (t, "SELECT count(*) FROM made WHERE seed = ?", "l",
                                                  (gint64) g_array_index (safe, guint64, i)), ==, 1);
    g_assert_true (vig_transaction_commit (t, &error));
  }

  g_autoptr(GPtrArray) records = vig_library_list_interrupted (library, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < records->len; i++)
    {
      const VigJobRecord *listed = records->pdata[i];
      g_autoptr(VigJobRecord) record = vig_library_claim_job (library, listed->id, &error);
      g_autoptr(GPtrArray) made = g_ptr_array_new_with_free_func (g_object_unref);

      g_assert_no_error (error);
      for (guint j = 0; j < record->sketches->len; j++)
        {
          const VigSketch *sketch = record->sketches->pdata[j];

          test_fill_tokens (want, record->recipe->seed + j);
          g_assert_cmpuint (sketch->n_tokens % 4, ==, 0);
          g_assert_cmpmem (sketch->tokens, sketch->n_tokens * 4, want, sketch->n_tokens * 4);
          g_ptr_array_add (made, sketch->picture != NULL
                                   ? g_object_ref (sketch->picture)
                                   : save_picture (library, record->id, j, record->recipe->seed));
        }
      g_assert_true (vig_library_end_job (library, record->id, made, &error));
      g_assert_no_error (error);
    }
  test_check_library (library);
}

static void
test_killed (void)
{
  const guint n_kills = g_test_slow () ? 200 : 30;
  g_autofree char *folder = test_make_folder ();
  g_autoptr(GArray) safe = g_array_new (FALSE, FALSE, sizeof (guint64));

  for (guint i = 0; i < n_kills; i++)
    {
      int pipes[2];
      guint64 seed;

      g_assert_cmpint (pipe (pipes), ==, 0);
      const pid_t child = fork ();
      if (child == 0)
        draw_for_ever (folder, 1000 * (i + 1), pipes[1]);

      close (pipes[1]);
      g_usleep (g_test_rand_int_range (5000, 250000));
      kill (child, SIGKILL);
      waitpid (child, NULL, 0);
      while (read (pipes[0], &seed, sizeof seed) == sizeof seed)
        g_array_append_val (safe, seed);
      close (pipes[0]);

      check_after_kill (folder, safe);
    }
  g_test_message ("%u pictures were safe", safe->len);
  g_assert_cmpuint (safe->len, >, n_kills / 2);
}

/* Killed exactly between the file's appearance and the row's commit: see made.c. */
static void
test_adopted (void)
{
  g_autofree char *folder = test_make_folder ();
  g_autoptr(VigProfile) profile = test_make_profile (folder);
  g_autofree char *stranger = NULL;
  gint64 job;
  {
    g_autoptr(VigLibrary) library = test_open_library (profile);
    g_autoptr(VigPicture) whole = NULL;

    job = begin (library, 3, 7);
    whole = save_picture (library, job, 0, 7);

    /* As it would be had the process died: the row is not there, but what was planned is. */
    g_autofree char *name = vig_picture_dup_name (whole);
    g_autoptr(VigTransaction) t = vig_transaction_begin (library->writer, VIG_WRITE);
    vig_transaction_run (t, "UPDATE sketches SET plan = ?, plan_hash = ?, plan_recipe = ?, plan_side = ?, picture = NULL "
                            "WHERE job = ? AND idx = 0", "pssil", name, vig_picture_get_hash (whole),
                         vig_picture_get_recipe (whole), SIDE, job);
    vig_transaction_run (t, "DELETE FROM words", "");
    vig_transaction_run (t, "DELETE FROM pictures", "");
    /* And another: planned, but the name is somebody else's. */
    vig_transaction_run (t, "UPDATE sketches SET plan = ?, plan_hash = 'no', plan_recipe = '{}', plan_side = 24 "
                            "WHERE job = ? AND idx = 1", "pl", "stranger.png", job);
    g_assert_true (vig_transaction_commit (t, NULL));
    stranger = test_write_file (vig_profile_get_pictures (profile), "stranger.png", "mine", 4);
    g_autofree char *part = g_strdup_printf (".vignette-%d-2.part", (int) job);
    g_autofree char *part_path = test_write_file (vig_profile_get_pictures (profile), part, "half", 4);
  }

  g_autoptr(VigLibrary) library = test_open_library (profile);
  g_autoptr(GError) error = NULL;
  g_autoptr(VigJobRecord) record = vig_library_claim_job (library, job, &error);
  g_assert_no_error (error);
  const VigSketch *adopted = record->sketches->pdata[0];
  const VigSketch *unmade = record->sketches->pdata[1];

  g_assert_nonnull (adopted->picture);
  g_assert_cmpstr (vig_picture_get_prompt (adopted->picture), ==, "two red apples on a table");
  g_assert_null (unmade->picture);
  g_assert_true (g_file_test (stranger, G_FILE_TEST_EXISTS));
  g_autoptr(GPtrArray) problems = vig_library_check (library, &error);
  g_assert_cmpuint (problems->len, ==, 1);  /* the stranger alone */
}

/* Two processes on one library, each drawing its own jobs. */
static void
test_two_processes (void)
{
  enum { JOBS = 8 };
  g_autofree char *folder = test_make_folder ();
  pid_t children[2];

  for (guint c = 0; c < 2; c++)
    {
      children[c] = fork ();
      if (children[c] != 0)
        continue;

      g_autoptr(VigProfile) profile = test_make_profile (folder);
      g_autoptr(VigLibrary) library = test_open_library (profile);
      for (guint i = 0; i < JOBS; i++)
        {
          g_autoptr(VigPicture) picture = make_picture (library, "a fox", i);
        }
      _exit (0);
    }
  for (guint c = 0; c < 2; c++)
    {
      int status;

      waitpid (children[c], &status, 0);
      g_assert_true (WIFEXITED (status));
      g_assert_cmpint (WEXITSTATUS (status), ==, 0);
    }

  g_autoptr(VigProfile) profile = test_make_profile (folder);
  g_autoptr(VigLibrary) library = test_open_library (profile);
  g_autoptr(VigResults) results = search (library, "fox", NULL, NULL, 0);
  g_assert_cmpuint (results->results->len, ==, 2 * JOBS);
  test_check_library (library);
}

/* ---- Disks that are full, or cannot be written ---- */

/* A file system of @size at FOLDER/disk; NULL where that is not allowed. */
static char *
mount_disk (const char *folder,
            const char *size)
{
  g_autofree char *disk = g_build_filename (folder, "disk", NULL);
  g_autofree char *options = g_strdup_printf ("size=%s,mode=0700", size);

  g_assert_cmpint (g_mkdir (disk, 0700), ==, 0);
  if (mount ("none", disk, "tmpfs", 0, options) == 0)
    return g_steal_pointer (&disk);

  g_test_skip_printf ("a small file system cannot be mounted: %s", g_strerror (errno));
  return NULL;
}

static void
test_full (void)
{
  g_autofree char *folder = test_make_folder ();
  g_autofree char *disk = mount_disk (folder, "1500k");
  g_autoptr(GPtrArray) made = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr(GError) error = NULL;
  guint n_made = 0, n_refused = 0;

  if (disk == NULL)
    return;
  {
    g_autoptr(VigProfile) profile = test_make_profile (disk);
    g_autoptr(VigLibrary) library = test_open_library (profile);
    guint32 tokens[16] = { 0 };

    for (guint64 seed = 1; n_refused < 20 && seed < 2000; seed++)
      {
        g_autoptr(VigRecipe) recipe = test_make_recipe (1, seed);
        g_autofree guint8 *rgb = test_make_rgb (128, seed);
        const gint64 job = vig_library_begin_job (library, recipe, &error);
        g_autoptr(VigPicture) picture =
          job != 0 ? vig_library_save_made (library, job, 0, rgb, 128, tokens, 16, &error) : NULL;

        if (picture != NULL)
          n_made++;
        else
          {
            g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
            g_assert_nonnull (strstr (error->message, "no space left"));
            g_clear_error (&error);
            n_refused++;
          }
      }
    g_assert_cmpuint (n_made, >, 3);
    g_assert_cmpuint (n_refused, ==, 20);
    test_check_library (library);

    g_autoptr(VigTransaction) t = vig_transaction_begin (library->reader, VIG_READ);
    g_assert_cmpint (vig_transaction_query_int (t, "SELECT count(*) FROM made", ""), ==, n_made);
  }
  /* With some space again all goes on. */
  g_assert_cmpint (mount ("none", disk, "tmpfs", MS_REMOUNT, "size=8m"), ==, 0);
  {
    g_autoptr(VigProfile) profile = test_make_profile (disk);
    g_autoptr(VigLibrary) library = test_open_library (profile);
    g_autoptr(VigPicture) picture = make_picture (library, "a fox", 1);

    test_check_library (library);
  }
  umount (disk);
}

static void
test_read_only (void)
{
  g_autofree char *folder = test_make_folder ();
  g_autofree char *disk = mount_disk (folder, "8m");
  g_autoptr(GError) error = NULL;
  float vector[32] = { 1 };

  if (disk == NULL)
    return;
  {
    g_autoptr(VigProfile) profile = test_make_profile (disk);
    g_autoptr(VigLibrary) library = test_open_library (profile);
    g_autoptr(VigPicture) picture = make_picture (library, "a fox", 1);

    g_assert_true (vig_library_save_vectors (library, "clip", &picture, vector, 1, 32, &error));
  }
  g_assert_cmpint (mount ("none", disk, "tmpfs", MS_REMOUNT | MS_RDONLY, "size=8m"), ==, 0);
  {
    g_autoptr(VigProfile) profile = test_make_profile (disk);
    g_autoptr(VigLibrary) library = test_open_library (profile);
    g_autoptr(VigRecipe) recipe = test_make_recipe (1, 2);
    const char *tags[] = { "fox", NULL };

    /* It can be looked at … */
    g_autoptr(GListModel) list = vig_library_list_pictures (library, -1, NULL);
    g_assert_cmpuint (g_list_model_get_n_items (list), ==, 1);
    g_autoptr(VigPicture) picture = g_list_model_get_item (list, 0);
    g_autoptr(VigResults) results = search (library, "fox", vector, NULL, 0);
    g_assert_cmpuint (results->results->len, ==, 1);
    g_autoptr(GPtrArray) none = vig_library_list_interrupted (library, &error);
    g_assert_no_error (error);

    /* … and not changed. */
    g_assert_cmpint (vig_library_begin_job (library, recipe, &error), ==, 0);
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_READ_ONLY);
    g_clear_error (&error);
    g_assert_false (vig_library_add_tags (library, picture, tags, NULL, &error));
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_READ_ONLY);
    g_clear_error (&error);
    g_assert_false (vig_library_write_sidecar (library, picture, &error));
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_READ_ONLY);
  }
  umount (disk);
}

/* A hundred thousand pictures, without reading them. */
static void
test_many (void)
{
  enum { MANY = 100000 };
  g_autofree char *folder = test_make_folder ();
  g_autoptr(VigProfile) profile = test_make_profile (folder);
  g_autoptr(VigLibrary) library = test_open_library (profile);
  g_autoptr(GError) error = NULL;
  {
    g_autoptr(VigTransaction) t = vig_transaction_begin (library->writer, VIG_WRITE);

    vig_transaction_run (t,
                         "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) "
                         "INSERT INTO contents (hash) SELECT printf ('%064x', i) FROM n", "i", MANY);
    vig_transaction_run (t,
                         "INSERT INTO pictures (kind, path, content, size, mtime, width, height, time) "
                         "SELECT 0, CAST ('/photos/' || id || '.jpg' AS BLOB), id, 1, 1, 640, 480, id FROM contents", "");
    vig_transaction_count_change (t);
    g_assert_true (vig_transaction_commit (t, &error));
    g_assert_no_error (error);
  }

  g_autoptr(GTimer) timer = g_timer_new ();
  g_autoptr(GListModel) list = vig_library_list_pictures (library, -1, NULL);
  const double opened = g_timer_elapsed (timer, NULL);
  g_assert_cmpuint (g_list_model_get_n_items (list), ==, 1000);
  while (g_list_model_get_n_items (list) != MANY)
    g_main_context_iteration (NULL, TRUE);
  const double read = g_timer_elapsed (timer, NULL);

  g_timer_start (timer);
  for (guint i = 0; i < 1000; i++)
    {
      g_autoptr(VigPicture) picture = g_list_model_get_item (list, (i * 977) % MANY);

      g_assert_cmpint (vig_picture_get_time (picture), ==, MANY - (i * 977) % MANY);
    }
  const double looked = g_timer_elapsed (timer, NULL);

  /* One at the front: one line of news. */
  Change change = { 0 };
  g_signal_connect (list, "items-changed", G_CALLBACK (items_cb), &change);
  g_autoptr(VigPicture) newest = make_picture (library, "a fox", 1);
  test_run_main (700);
  g_assert_cmpuint (change.calls, ==, 1);
  g_assert_cmpuint (change.position, ==, 0);
  g_assert_cmpuint (change.removed, ==, 0);
  g_assert_cmpuint (change.added, ==, 1);
  g_test_message ("opened in %.1f ms, all ids in %.0f ms, a page in %.2f ms", opened * 1e3, read * 1e3, looked);
}

int
main (int    argc,
      char **argv)
{
  test_init_library (&argc, &argv);

  g_test_add_func ("/library/job", test_job);
  g_test_add_func ("/library/recipe-inside", test_recipe_inside);
  g_test_add_func ("/library/names", test_names);
  g_test_add_func ("/library/names-taken", test_names_taken);
  g_test_add_func ("/library/saved-again", test_saved_again);
  g_test_add_func ("/library/fold", test_fold);
  g_test_add_func ("/library/list", test_list);
  g_test_add_func ("/library/tags", test_tags);
  g_test_add_func ("/library/words-are-safe", test_words_are_safe);
  g_test_add_func ("/library/search", test_search);
  g_test_add_func ("/library/search-alike", test_search_alike);
  g_test_add_func ("/library/empty-search", test_empty_search);
  g_test_add_func ("/library/forget", test_forget);
  g_test_add_func ("/library/share", test_share);
  g_test_add_func ("/library/check", test_check);
  g_test_add_func ("/library/adopted", test_adopted);
  g_test_add_func ("/library/killed", test_killed);
  g_test_add_func ("/library/two-processes", test_two_processes);
  g_test_add_func ("/library/full", test_full);
  g_test_add_func ("/library/read-only", test_read_only);
  g_test_add_func ("/library/many", test_many);

  return g_test_run ();
}
