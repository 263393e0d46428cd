/* test-query.c: what was typed, the words in it that count, and what the scores of all say of one */

#include "library/background.h"
#include "library/query.h"
#include "library/words.h"
#include "profile.h"

#include <math.h>
#include <string.h>

static char *
join (char **list)
{
  return list != NULL ? g_strjoinv ("|", list) : g_strdup ("");
}

static void
test_terms (void)
{
  const struct { const char *typed, *text, *minus, *tags, *not_tags, *folders, *like, *unlike; } cases[] = {
    { "", "", "", "", "", "", "", "" },
    { "  red  bicycle ", "red bicycle", "", "", "", "", "", "" },
    { "bike -people -\"fog bank\"", "bike", "people|fog bank", "", "", "", "", "" },
    { "\"red bike\" old", "\"red bike\" old", "", "", "", "", "", "" },
    { "“red bike”", "\"red bike\"", "", "", "", "", "", "" },
    { "tag:dog -tag:animal/cat x", "x", "", "dog", "animal/cat", "", "", "" },
    { "TAG:\"big dog\" tag:b", "", "", "big dog|b", "", "", "", "" },
    { "folder:Italy folder:\"/my photos\"", "", "", "", "", "Italy|/my photos", "", "" },
    { "like:a.jpg like:\"b c.png\" -like:d.jpg", "", "", "", "", "", "a.jpg|b c.png", "d.jpg" },
    /* What makes no sense is words. */
    { "tag: after:soon kind:cat is:nice http://x a:b", "tag: after:soon kind:cat is:nice http://x a:b", "", "", "", "", "",
      "" },
    { "-folder:x", "", "folder:x", "", "", "", "", "" },
    { "- a -- -", "- a -", "-", "", "", "", "", "" },
    { "after:2024-13 date:2024-02-30 date:2024x", "after:2024-13 date:2024-02-30 date:2024x", "", "", "", "", "", "" },
    { "half \"open", "half \"open\"", "", "", "", "", "", "" },
    { "\xff\xfe", "\357\277\275\357\277\275", "", "", "", "", "", "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(VigTyped) typed = vig_typed_parse (cases[i].typed);
      g_autofree char *minus = join (typed->minus), *tags = join (typed->filter->tags);
      g_autofree char *not_tags = join (typed->filter->not_tags), *folders = join (typed->filter->folders);
      g_autofree char *like = join (typed->like), *unlike = join (typed->unlike);

      g_autofree char *shown = g_utf8_make_valid (cases[i].typed, -1);
      g_test_message ("%s", shown);
      g_assert_cmpstr (typed->text, ==, cases[i].text);
      g_assert_cmpstr (minus, ==, cases[i].minus);
      g_assert_cmpstr (tags, ==, cases[i].tags);
      g_assert_cmpstr (not_tags, ==, cases[i].not_tags);
      g_assert_cmpstr (folders, ==, cases[i].folders);
      g_assert_cmpstr (like, ==, cases[i].like);
      g_assert_cmpstr (unlike, ==, cases[i].unlike);
    }

  g_autoptr(VigTyped) nothing = vig_typed_parse (NULL);
  g_assert_true (vig_filter_equal (nothing->filter, NULL));
}

static gint64
read_time (int year,
           int month,
           int day)
{
  g_autoptr(GDateTime) time = g_date_time_new_local (year, month, day, 0, 0, 0);

  return g_date_time_to_unix (time);
}

static void
test_dates (void)
{
  const struct { const char *typed; gint64 after, before; } cases[] = {
    { "after:2024", read_time (2024, 1, 1), G_MAXINT64 },
    { "before:2024-05", G_MININT64, read_time (2024, 5, 1) },
    { "date:2024", read_time (2024, 1, 1), read_time (2025, 1, 1) },
    { "date:2024-12", read_time (2024, 12, 1), read_time (2025, 1, 1) },
    { "date:2024-02-29", read_time (2024, 2, 29), read_time (2024, 3, 1) },
    { "after:2023 before:2025 after:2024-02", read_time (2024, 2, 1), read_time (2025, 1, 1) },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(VigTyped) typed = vig_typed_parse (cases[i].typed);

      g_autofree char *shown = g_utf8_make_valid (cases[i].typed, -1);
      g_test_message ("%s", shown);
      g_assert_cmpstr (typed->text, ==, "");
      g_assert_cmpint (typed->filter->after, ==, cases[i].after);
      g_assert_cmpint (typed->filter->before, ==, cases[i].before);
    }

  g_autoptr(VigTyped) typed = vig_typed_parse ("kind:made is:favourite");
  g_assert_cmpint (typed->filter->kind, ==, VIG_PICTURE_MADE);
  g_assert_true (typed->filter->favourite);
}

/* ---- Words ---- */

/* How many pictures the words find. */
static guint
count_hits (VigLibrary *library,
            const char *text)
{
  g_autoptr(VigTransaction) t = vig_transaction_begin (library->reader, VIG_READ);
  g_autoptr(GArray) hits = vig_words_find (t, text);
  g_autoptr(GError) error = NULL;

  for (guint i = 0; i < hits->len; i++)
    {
      g_assert_cmpfloat (g_array_index (hits, VigWordHit, i).score, >, 0);
      g_assert_cmpfloat (g_array_index (hits, VigWordHit, i).score, <, 1);
    }
  const guint n = hits->len;
  vig_transaction_commit (t, &error);
  g_assert_no_error (error);

  return n;
}

static void
test_words (void)
{
  static const char * const names[] = { "cat.png", "the cat on a mat.png", "dog.png", "fog bank.png", "bank in fog.png",
                                        "The Who.png" };
  const struct { const char *text; guint n; } cases[] = {
    { "cat", 2 }, { "a cat", 2 }, { "A CAT", 2 }, { "eine cat", 2 }, { "cat.png", 2 }, { "a", 1 }, { "the", 2 },
    { "the cat with a dog", 0 }, { "cat on mat", 1 }, { "ca", 2 }, { "ca mat", 0 }, { "fog bank", 2 },
    { "\"fog bank\"", 1 }, { "\"the cat\"", 1 }, { "\"a cat\"", 0 }, { "\"the who\"", 1 }, { "", 0 }, { "?!", 0 },
    { "\"", 0 }, { "\"cat", 2 }, { "cat AND dog", 0 }, { "NEAR(cat)", 0 }, { "*", 0 },
  };
  g_autofree char *folder = test_make_folder ();
  g_autoptr(VigProfile) profile = test_make_profile (folder);
  g_autoptr(VigLibrary) library = test_open_library (profile);
  g_autoptr(GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = test_write_picture (folder, names[i], 10, 10, i);
      g_autoptr(VigPicture) picture = vig_library_add_file (library, path, &error);

      g_assert_no_error (error);
    }
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s", cases[i].text);
      g_assert_cmpuint (count_hits (library, cases[i].text), ==, cases[i].n);
    }
}

/* ---- Background ---- */

/* Standard normal, by Box and Muller. */
static float
make_normal (GRand *rand)
{
  return sqrt (-2 * log (1 - g_rand_double (rand))) * cos (2 * G_PI * g_rand_double (rand));
}

/* Of pictures that have nothing to do with a question few are taken for close, of those that have most; whatever the
 * scale, the place and the number. */
static void
test_cut (void)
{
  static const guint sizes[] = { 50, 1000, 30000 };
  g_autoptr(GRand) rand = g_rand_new_with_seed (7);
  guint n_false = 0, n_runs = 0;

  for (guint s = 0; s < G_N_ELEMENTS (sizes); s++)
    {
      for (guint run = 0; run < 40; run++, n_runs++)
        {
          const guint n = sizes[s];
          g_autofree float *scores = g_new (float, n);

          for (guint i = 0; i < n; i++)
            scores[i] = 0.2 + 0.03 * make_normal (rand);
          const VigBackground nothing = vig_background_measure (scores, n);
          g_assert_cmpfloat_with_epsilon (nothing.median, 0.2, 0.02);
          g_assert_cmpfloat_with_epsilon (nothing.deviation, 0.03, 0.015);
          for (guint i = 0; i < n; i++)
            n_false += scores[i] >= nothing.cut;

          /* Eight that are meant. */
          for (guint i = 0; i < 8; i++)
            scores[i] = 0.2 + 0.03 * (6 + 0.5 * make_normal (rand));
          const VigBackground some = vig_background_measure (scores, n);
          guint n_found = 0;
          for (guint i = 0; i < n; i++)
            n_found += i < 8 && scores[i] >= some.cut;
          g_assert_cmpuint (n_found, >=, 7);
        }
    }
  /* Less than one a question. */
  g_test_message ("%u false of %u questions", n_false, n_runs);
  g_assert_cmpuint (n_false, <=, n_runs);

  const float same[5] = { 1, 1, 1, 1, 1 };
  g_assert_true (isinf (vig_background_measure (same, 5).cut));
  g_assert_true (isinf (vig_background_measure (same, 1).cut));
  g_assert_true (isinf (vig_background_measure (same, 0).cut));
}

/* Terms one by one, and typed again. */
static void
test_again (void)
{
  const struct { const char *typed, *again; VigTermKind kind; gboolean minus, open; } cases[] = {
    { "dog", "dog", VIG_TERM_WORD, FALSE, TRUE },
    { "dog ", "dog", VIG_TERM_WORD, FALSE, FALSE },
    { "-\"fog bank\" ", "-\"fog bank\"", VIG_TERM_WORD, TRUE, FALSE },
    { "TAG:\"big dog\"", "tag:\"big dog\"", VIG_TERM_TAG, FALSE, TRUE },
    { "-tag:dog ", "-tag:dog", VIG_TERM_TAG, TRUE, FALSE },
    { "like:/a.png", "like:/a.png", VIG_TERM_LIKE, FALSE, TRUE },
    { "after:2024-05", "after:2024-05", VIG_TERM_DATE, FALSE, TRUE },
    { "after:soon", "after:soon", VIG_TERM_WORD, FALSE, TRUE },
    { "-folder:x", "-folder:x", VIG_TERM_WORD, TRUE, TRUE },
    { "kind:made", "kind:made", VIG_TERM_KIND, FALSE, TRUE },
    { "is:favorite", "is:favorite", VIG_TERM_FAVOURITE, FALSE, TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GPtrArray) terms = vig_terms_parse (cases[i].typed);
      const VigTerm *term = g_ptr_array_index (terms, 0);
      g_autofree char *again = vig_term_dup_text (term);

      g_assert_cmpuint (terms->len, ==, 1);
      g_assert_cmpint (term->kind, ==, cases[i].kind);
      g_assert_cmpint (term->minus, ==, cases[i].minus);
      g_assert_cmpint (term->open, ==, cases[i].open);
      g_assert_cmpstr (again, ==, cases[i].again);
    }

  VigTerm quote = { .kind = VIG_TERM_LIKE, .key = (char *) "like", .value = (char *) "/a\"b.png" };
  g_assert_null (vig_term_dup_text (&quote));
}

int
main (int    argc,
      char **argv)
{
  test_init_library (&argc, &argv);

  g_test_add_func ("/query/terms", test_terms);
  g_test_add_func ("/query/dates", test_dates);
  g_test_add_func ("/query/words", test_words);
  g_test_add_func ("/query/cut", test_cut);

  g_test_add_func ("/query/again", test_again);

  return g_test_run ();
}
