/* test-lexicon.c: which words a drawing model has never seen, by its list and by its vocabulary */

#include <glib/gstdio.h>
#include <string.h>

#include "model/lexicon.h"

typedef struct
{
  const char *text;
  const char *unknown;  /* joined by “|” */
} Case;

static char *
get_model (const char *folder)
{
  return g_test_build_filename (G_TEST_DIST, folder, NULL);
}

static void
check_cases (VcLexicon  *lexicon,
             const Case *cases,
             guint       n_cases)
{
  for (guint i = 0; i < n_cases; i++)
    {
      guint n = 0;
      g_autofree VcSpan *spans = vc_lexicon_find_unknown (lexicon, cases[i].text, &n);
      g_autoptr(GString) found = g_string_new (NULL);

      for (guint k = 0; k < n; k++)
        {
          g_assert_cmpuint (spans[k].start, <, spans[k].end);
          if (k > 0)
            g_string_append_c (found, '|');
          g_string_append_len (found, cases[i].text + spans[k].start, spans[k].end - spans[k].start);
        }
      g_assert_cmpstr (found->str, ==, cases[i].unknown);
      g_assert_true ((spans == NULL) == (n == 0));
    }
}

/* What the model that comes with the program was taught by stands beside it. */
static void
test_list (void)
{
  static const Case cases[] = {
    { "", "" },
    { "a red car on a blue background", "" },
    { "Two RED Cars, 3 dogs", "" },
    { "an astronaut riding a horse", "astronaut|riding|horse" },
    { "{a,the} {dog,wolf}", "wolf" },
    { "the cat's house, the cat’s tree", "" },
    { "a cat in Ǆakarta", "Ǆakarta" },
    { "ein roter Apfel", "ein|roter|Apfel" },
    { "яблоко 🚀 7", "яблоко|🚀" },
    { "a t-shirt", "t|shirt" },
  };
  g_autofree char *folder = get_model ("../data/models/daybreak/dalle");
  g_autoptr(GError) error = NULL;
  g_autoptr(VcLexicon) lexicon = vc_lexicon_load (folder, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (vc_lexicon_get_language (lexicon), ==, "en");
  check_cases (lexicon, cases, G_N_ELEMENTS (cases));
}

/* Without a list: what the vocabulary has to spell character by character. */
static void
test_vocabulary (void)
{
  static const Case cases[] = {
    { "a red car on a white background", "" },
    { "zxqj and яблоко and an apple", "zxqj|яблоко" },
    { "it", "" },
    { "7777 it's", "" },
  };
  g_autofree char *folder = get_model ("data/models/first-light/dalle");
  g_autoptr(GError) error = NULL;
  g_autoptr(VcLexicon) lexicon = vc_lexicon_load (folder, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (vc_lexicon_get_language (lexicon), ==, "en");
  check_cases (lexicon, cases, G_N_ELEMENTS (cases));
}

static void
copy_file (const char *from,
           const char *to,
           const char *name)
{
  g_autofree char *old = g_build_filename (from, name, NULL);
  g_autofree char *new = g_build_filename (to, name, NULL);
  g_autofree char *bytes = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (old, &bytes, &size, NULL));
  g_assert_true (g_file_set_contents (new, bytes, size, NULL));
}

/* A list is a file from elsewhere. */
static void
test_bad_list (void)
{
  static const struct { const char *bytes; gsize size; gboolean good; } lists[] = {
    { "apple\r\n\n  CAR \n", 15, TRUE },
    { "", 0, FALSE },
    { "apple\n\xff\xfe\n", 9, FALSE },
    { "apple\0car\n", 10, FALSE },
  };
  static const Case cases[] = { { "an apple, a car", "an|a" } };
  g_autofree char *from = get_model ("data/models/first-light/dalle");
  g_autofree char *folder = g_dir_make_tmp ("vignette-lexicon-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "words.txt", NULL);
  static const char *const names[] = { "config.json", "vocab.json", "merges.txt", "words.txt" };

  for (guint i = 0; i < 3; i++)
    copy_file (from, folder, names[i]);
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(VcLexicon) lexicon = NULL;

      g_assert_true (g_file_set_contents (path, lists[i].bytes, lists[i].size, NULL));
      lexicon = vc_lexicon_load (folder, &error);
      g_assert_true ((lexicon != NULL) == lists[i].good);
      if (!lists[i].good)
        g_assert_error (error, VC_ERROR, VC_ERROR_BAD_MODEL);
      if (i == 0)
        check_cases (lexicon, cases, G_N_ELEMENTS (cases));
    }

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *file = g_build_filename (folder, names[i], NULL);

      g_unlink (file);
    }
  g_rmdir (folder);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/lexicon/list", test_list);
  g_test_add_func ("/lexicon/vocabulary", test_vocabulary);
  g_test_add_func ("/lexicon/bad-list", test_bad_list);

  return g_test_run ();
}
