/* test-tokenizer.c: ids against openai/CLIP's tokenizer, and vocabularies that are none */

#include "model/tokenizer.h"

#include <locale.h>
#include <string.h>

#include <glib/gstdio.h>

#include "model/text.h"

struct Spelling
{
  const char *folder;
  VcSpelling  spelling;
  gboolean    framed;  /* the recorded ids begin with the start and end with the end */
  guint       least;   /* lines */
};

static const struct Spelling bart = { "bart", VC_BART_BPE, TRUE, 200 };
static const struct Spelling characters = { "char", VC_CHAR_BPE, FALSE, 209 };
static const struct Spelling yttm = { "yttm", VC_YTTM_BPE, TRUE, 209 };

static VcTokenizer *
load (const char *directory)
{
  g_autoptr(GError) error = NULL;
  VcTokenizer *tokenizer = vc_tokenizer_load (directory, &error);

  g_assert_no_error (error);

  return tokenizer;
}

static char *
encode (VcTokenizer *tokenizer,
        const char  *text)
{
  GString *line = g_string_new (NULL);
  uint32_t n;
  g_autofree uint32_t *ids = vc_tokenizer_encode (tokenizer, text, &n);

  for (uint32_t i = 0; i < n; i++)
    g_string_append_printf (line, "%s%u", i > 0 ? " " : "", ids[i]);

  return g_string_free (line, FALSE);
}

static char *
read_hex (const char *hex)
{
  GString *bytes = g_string_new (NULL);

  for (; g_ascii_isxdigit (hex[0]) && g_ascii_isxdigit (hex[1]); hex += 2)
    g_string_append_c (bytes, g_ascii_xdigit_value (hex[0]) << 4 | g_ascii_xdigit_value (hex[1]));

  return g_string_free (bytes, FALSE);
}

/* Every line but those that ftfy first decodes anew: text, kind, ftfy's steps, ids. */
static void
check_goldens (VcTokenizer *tokenizer,
               const char  *path)
{
  g_autofree char *contents = NULL;
  g_autoptr(GError) error = NULL;
  g_auto(GStrv) lines = NULL;
  guint checked = 0;
  guint left_out = 0;

  g_file_get_contents (path, &contents, NULL, &error);
  g_assert_no_error (error);

  lines = g_strsplit (contents, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_auto(GStrv) columns = g_strsplit (lines[i], "\t", -1);
      g_autofree char *text = NULL;
      g_autofree char *got = NULL;

      if (lines[i][0] == '#' || g_strv_length (columns) < 4)
        continue;

      text = read_hex (columns[0]);
      got = encode (tokenizer, text);

      if (strstr (columns[2], "fix_encoding") != NULL)
        {
          g_test_message ("left out, was decoded by a wrong table: line %u, “%s” (%s)",
                          i + 1, text, columns[2]);
          left_out++;
          continue;
        }

      if (strcmp (got, columns[3]) != 0)
        g_test_message ("line %u: “%s” (%s)", i + 1, text, columns[2]);
      g_assert_cmpstr (got, ==, columns[3]);
      checked++;
    }

  g_test_message ("%u lines exact, %u left out", checked, left_out);
  g_assert_cmpuint (checked, >=, 190);
}

static char *
get_data (void)
{
  return g_test_build_filename (G_TEST_DIST, "data", "tokenizer", NULL);
}

static void
test_goldens (void)
{
  g_autofree char *directory = get_data ();
  g_autofree char *path = g_build_filename (directory, "goldens.tsv", NULL);
  g_autoptr(VcTokenizer) tokenizer = load (directory);

  g_assert_cmpuint (vc_tokenizer_get_size (tokenizer), ==, 898);
  g_assert_cmpuint (vc_tokenizer_get_start (tokenizer), ==, 896);
  g_assert_cmpuint (vc_tokenizer_get_end (tokenizer), ==, 897);
  check_goldens (tokenizer, path);
}

/* Text in hex, kind, ids with start and end: every line exact. */
static void
test_spelling (gconstpointer data)
{
  const struct Spelling *spelling = data;
  g_autofree char *directory = g_test_build_filename (G_TEST_DIST, "data", "tokenizer", spelling->folder, NULL);
  g_autofree char *path = g_build_filename (directory, "goldens.tsv", NULL);
  g_autofree char *contents = NULL;
  g_auto(GStrv) lines = NULL;
  guint checked = 0;
  g_autoptr(GError) error = NULL;
  g_autoptr(VcTokenizer) tokenizer = vc_tokenizer_load_spelling (directory, spelling->spelling, &error);

  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (path, &contents, NULL, &error));

  lines = g_strsplit (contents, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_auto(GStrv) columns = g_strsplit (lines[i], "\t", -1);
      g_autofree char *text = NULL;
      g_autofree char *ids = NULL;
      g_autofree char *got = NULL;

      if (lines[i][0] == '#' || g_strv_length (columns) < 3)
        continue;

      text = read_hex (columns[0]);
      ids = encode (tokenizer, text);
      if (spelling->framed)
        got = g_strdup_printf ("%u %s%s%u", vc_tokenizer_get_start (tokenizer), ids, *ids != '\0' ? " " : "",
                               vc_tokenizer_get_end (tokenizer));
      else
        got = g_steal_pointer (&ids);

      if (strcmp (got, columns[2]) != 0)
        g_test_message ("line %u: “%s” (%s)", i + 1, text, columns[1]);
      g_assert_cmpstr (got, ==, columns[2]);
      checked++;
    }

  g_test_message ("%u lines exact", checked);
  g_assert_cmpuint (checked, >=, spelling->least);
}

/* CLIP's own vocabulary is not part of the source. */
static void
test_clip_vocabulary (void)
{
  const char *shared = g_getenv ("VIGNETTE_SHARED");
  g_autofree char *beside = g_test_build_filename (G_TEST_DIST, "..", "..", "shared", NULL);
  g_autofree char *goldens = g_build_filename (shared != NULL ? shared : beside, "goldens", NULL);
  g_autofree char *directory = g_build_filename (goldens, "clip_vocab", NULL);
  g_autofree char *path = g_build_filename (goldens, "tokenizer", "goldens-dev.tsv", NULL);

  if (!g_file_test (directory, G_FILE_TEST_IS_DIR))
    {
      g_test_skip ("CLIP's vocabulary is not here (goldens/clip_vocab in VIGNETTE_SHARED)");
      return;
    }

  g_autoptr(VcTokenizer) tokenizer = load (directory);
  g_assert_cmpuint (vc_tokenizer_get_size (tokenizer), ==, 49408);
  g_assert_cmpuint (vc_tokenizer_get_end (tokenizer), ==, 49407);
  check_goldens (tokenizer, path);
}

/* From the goldens that were made with the model. */
static void
test_first_light (void)
{
  static const struct
  {
    const char *text;
    const char *ids;
  } samples[] = {
    { "a red car",
      "320 642 1132" },
    { "A  Red   CAR!",
      "320 642 1132 256" },
    { "hippopotamus",
      "1802" },
    { "zebra-like xylophone 42",
      "2014 268 539 690 87 88 519 812 275 273" },
    { "it's the cat's",
      "72 339 6 338 613 1082 6 338" },
    { "two cups of coffee, 3d render",
      "688 1677 591 1080 267 274 323 751" },
    { "",
      "" },
    { "a red car on a white background, flat illustration",
      "320 642 1132 525 320 634 611 267 616 651" },
    { "two yellow stars on a blue background, cartoon",
      "688 713 1064 525 320 711 611 267 638" },
    { "a panda to the left of a green apple on a white background, cartoon",
      "320 1218 620 613 755 591 320 704 1099 525 320 634 611 267 638" },
  };
  const char *data = g_getenv ("VIGNETTE_DATA");
  g_autofree char *directory = g_build_filename (data != NULL ? data : "data",
                                                 "models", "first-light", "clip", NULL);

  if (!g_file_test (directory, G_FILE_TEST_IS_DIR))
    {
      g_test_skip ("the first-light models are not here (models/first-light in VIGNETTE_DATA)");
      return;
    }

  g_autoptr(VcTokenizer) tokenizer = load (directory);
  for (guint i = 0; i < G_N_ELEMENTS (samples); i++)
    {
      g_autofree char *got = encode (tokenizer, samples[i].text);

      g_assert_cmpstr (got, ==, samples[i].ids);
    }
}

static void
test_decode (void)
{
  static const struct
  {
    const char *text;
    const char *back;
  } cases[] = {
    { "", "" },
    { "A red   CAR", "a red car" },
    { "it's “so”, 12 é 猫 😀!", "it 's \" so \", 1 2 é 猫 😀!" },
    { "<|startoftext|>a<|endoftext|>", "a" },
  };
  g_autofree char *directory = get_data ();
  g_autoptr(VcTokenizer) tokenizer = load (directory);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      uint32_t n;
      g_autofree uint32_t *ids = vc_tokenizer_encode (tokenizer, cases[i].text, &n);
      g_autofree char *text = vc_tokenizer_decode (tokenizer, ids, n);

      g_assert_cmpstr (text, ==, cases[i].back);
    }

  /* Half a character: two of its four bytes, which no merge of this vocabulary joins. */
  uint32_t n;
  g_autofree uint32_t *ids = vc_tokenizer_encode (tokenizer, "𝕏", &n);
  g_assert_cmpuint (n, ==, 4);
  g_autofree char *half = vc_tokenizer_decode (tokenizer, ids, 2);
  g_assert_cmpstr (half, ==, "�");
  g_autofree char *whole = vc_tokenizer_decode (tokenizer, ids, 4);
  g_assert_cmpstr (whole, ==, "𝕏");

  /* Any ids at all are some text. */
  for (uint32_t id = 0; id < vc_tokenizer_get_size (tokenizer); id++)
    {
      g_autofree char *text = vc_tokenizer_decode (tokenizer, &id, 1);

      g_assert_true (g_utf8_validate (text, -1, NULL));
    }
}

static void
test_long (void)
{
  static const char * const pieces[] = { "a", "the", "é", "!", "1", "猫", "in th", "&amp;" };
  g_autofree char *directory = get_data ();
  g_autoptr(VcTokenizer) tokenizer = load (directory);

  for (guint i = 0; i < G_N_ELEMENTS (pieces); i++)
    {
      g_autoptr(GString) text = g_string_new (NULL);
      const gint64 before = g_get_monotonic_time ();
      uint32_t n;

      while (text->len < 1 << 20)
        g_string_append (text, pieces[i]);

      g_autofree uint32_t *ids = vc_tokenizer_encode (tokenizer, text->str, &n);
      const double seconds = (g_get_monotonic_time () - before) / 1e6;

      g_test_message ("1 MB of “%s”: %u ids, %.3f s", pieces[i], n, seconds);
      g_assert_cmpfloat (seconds, <, 10);
      g_assert_cmpuint (n, >, 0);
      g_assert_cmpuint (n, <=, VC_TEXT_MAX);
    }
}

/* ---- files of other kinds ---- */

typedef struct
{
  char      *directory;
  GString   *vocabulary;  /* members, without the braces */
  uint32_t   n;
} Made;

static void
add_symbol (Made       *made,
            const char *symbol)
{
  g_string_append_printf (made->vocabulary, "%s\"%s\": %u", made->n > 0 ? ", " : "", symbol, made->n);
  made->n++;
}

/* All bytes, all ends, and a few longer symbols. */
static Made *
made_new (void)
{
  Made *made = g_new0 (Made, 1);
  g_autoptr(GError) error = NULL;

  made->directory = g_dir_make_tmp (NULL, &error);
  g_assert_no_error (error);
  made->vocabulary = g_string_new (NULL);

  for (guint end = 0; end < 2; end++)
    for (guint c = 0x21, extra = 0; extra < 68 || c < 0x100; c++)
      {
        const gboolean printed = c < 0x100 && (c < 0x7f || (c > 0xa0 && c != 0xad));
        char symbol[16] = "\\";
        gsize size = c == '"' || c == '\\';

        if (c < 0x100 && !printed)
          continue;
        size += g_unichar_to_utf8 (c, symbol + size);
        strcpy (symbol + size, end ? "</w>" : "");
        add_symbol (made, symbol);
        extra += c >= 0x100;
      }
  g_assert_cmpuint (made->n, ==, 512);

  add_symbol (made, "ab");
  add_symbol (made, "abc</w>");
  add_symbol (made, "aa");
  add_symbol (made, "bc</w>");
  add_symbol (made, "<start_of_text>");
  add_symbol (made, "<end_of_text>");

  return made;
}

static void
write_file (Made       *made,
            const char *name,
            const char *contents)
{
  g_autofree char *path = g_build_filename (made->directory, name, NULL);
  g_autoptr(GError) error = NULL;

  g_assert_true (g_file_set_contents (path, contents, -1, &error));
}

static void
write_vocabulary (Made       *made,
                  const char *more)
{
  g_autofree char *json = g_strdup_printf ("{ %s%s }", made->vocabulary->str, more);

  write_file (made, "vocab.json", json);
}

static void
made_free (Made *made)
{
  static const char * const names[] = { "vocab.json", "merges.txt", "tokenizer.json" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (made->directory, names[i], NULL);

      g_unlink (path);
    }
  g_rmdir (made->directory);
  g_free (made->directory);
  g_string_free (made->vocabulary, TRUE);
  g_free (made);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Made, made_free)

static void
assert_refused (Made       *made,
                const char *message)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(VcTokenizer) tokenizer = vc_tokenizer_load (made->directory, &error);

  g_assert_null (tokenizer);
  g_assert_error (error, VC_ERROR, VC_ERROR_BAD_MODEL);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, message));
}

static void
test_forms (void)
{
  static const char * const merges[] = {
    "#version: 0.2\na b\nb c</w>\nab c</w>\na a\n",
    "a b\r\nb c</w>\r\nab c</w>\r\na a",
    "\n\na b\nb c</w>\nab c</w>\n\na a\n\n",
    "a a\nb c</w>\na b\nb c</w>\nab c</w>\na a\n",  /* twice: the later counts */
  };
  g_autoptr(Made) made = made_new ();
  g_autofree char *json = NULL;

  write_vocabulary (made, "");
  for (guint i = 0; i < G_N_ELEMENTS (merges); i++)
    {
      write_file (made, "merges.txt", merges[i]);

      g_autoptr(VcTokenizer) tokenizer = load (made->directory);
      g_autofree char *ids = encode (tokenizer, "abc aaaaab aaa <start_of_text>bc");

      /* "a a" comes after "a b": aa aa b</w> has no "a b" at its end, the b there being b</w>. */
      g_assert_cmpstr (ids, ==, "513 514 514 64 321 514 320 516 515");
      g_assert_cmpuint (vc_tokenizer_get_start (tokenizer), ==, 516);
      g_assert_cmpuint (vc_tokenizer_get_end (tokenizer), ==, 517);
    }

  /* One file has it all, merges in either form; it is read where there is no vocab.json. */
  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *path = g_build_filename (made->directory, "vocab.json", NULL);

      g_free (json);
      json = g_strdup_printf ("{ \"model\": { \"vocab\": { %s }, \"merges\": %s } }",
                              made->vocabulary->str,
                              i == 0 ? "[\"a b\", \"b c</w>\", \"ab c</w>\", \"a a\"]"
                                     : "[[\"a\", \"b\"], [\"b\", \"c</w>\"], [\"ab\", \"c</w>\"],"
                                       " [\"a\", \"a\"]]");
      write_file (made, "tokenizer.json", json);
      g_unlink (path);

      g_autoptr(VcTokenizer) tokenizer = load (made->directory);
      g_autofree char *ids = encode (tokenizer, "abc aaa");
      g_assert_cmpstr (ids, ==, "513 514 320");
    }
}

/* A merge whose parts come of a merge of a later rank: all occurrences of one pair are merged before any
 * pair that comes of them, as in the original. */
static void
test_odd_ranks (void)
{
  g_autoptr(Made) made = made_new ();

  g_string_append (made->vocabulary, ", \"aba\": 518");
  write_vocabulary (made, "");
  write_file (made, "merges.txt", "ab a\na b\n");

  g_autoptr(VcTokenizer) tokenizer = load (made->directory);
  g_autofree char *ids = encode (tokenizer, "ababac");
  g_assert_cmpstr (ids, ==, "512 518 322");
}

static void
test_bad_files (void)
{
  static const struct
  {
    const char *more;
    const char *merges;
    const char *message;
  } cases[] = {
    { ", \"x y\": 518, \"x y\": 519", "", "duplicate object key" },
    { ", \"twice\": 3", "", "has the id 3, which another has too" },
    { ", \"gap\": 519", "", "“gap” is 519, wanted a whole number from 0 to 518" },
    { ", \"minus\": -1", "", "“minus” is -1" },
    { ", \"text\": \"7\"", "", "“text” is “7”" },
    { ", \"half\": 0.5", "", "“half” is 0.5" },
    { ", ", "", "“vocab.json” is not JSON" },
    { ", \"\xff\": 518", "", "“vocab.json” is not JSON" },
    { "", "a b\nx\n", "“merges.txt”: merge 2 of “x” and “” is not" },
    { "", "a b c\n", "merge 1 of “a” and “b c” is not" },
    { "", "a zz\n", "merge 1 of “a” and “zz” is not" },
    { "", "b a\n", "merge 1 of “b” and “a” is not" },
    { "", " a\n", "merge 1 of “” and “a” is not" },
    { "", "a \n", "merge 1 of “a” and “” is not" },
    { "", "a\xff b\n", "merge 1 of “a�” and “b” is not" },
    { "", "", "“merges.txt” is empty" },
  };
  g_autoptr(Made) made = made_new ();
  g_autofree char *without = NULL;

  assert_refused (made, "“vocab.json” cannot be opened");
  write_vocabulary (made, "");
  assert_refused (made, "“merges.txt” cannot be opened");

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      write_vocabulary (made, cases[i].more);
      write_file (made, "merges.txt", cases[i].merges);
      assert_refused (made, cases[i].message);
    }

  write_file (made, "merges.txt", "a b\n");
  write_file (made, "vocab.json", "{}");
  assert_refused (made, "“vocab.json”: not a vocabulary of bytes: “Ā</w>” is missing");
  write_file (made, "vocab.json", "{ \"<|startoftext|>\": 0, \"<|endoftext|>\": 1 }");
  assert_refused (made, "not a vocabulary of bytes");
  write_file (made, "vocab.json", "[1, 2]");
  assert_refused (made, "not a JSON object");

  without = g_strdup (made->vocabulary->str);
  *strstr (without, ", \"<start_of_text>\"") = '\0';
  g_string_assign (made->vocabulary, without);
  write_vocabulary (made, "");
  assert_refused (made, "“<|startoftext|>” or “<|endoftext|>” is missing");

  g_autofree char *path = g_build_filename (made->directory, "vocab.json", NULL);
  g_unlink (path);
  write_file (made, "tokenizer.json", "{ \"model\": 7 }");
  assert_refused (made, "“tokenizer.json”: “model.vocab” is missing");
}

int
main (int   argc,
      char *argv[])
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/unit/tokenizer/goldens", test_goldens);
  g_test_add_data_func ("/unit/tokenizer/spelling/bart", &bart, test_spelling);
  g_test_add_data_func ("/unit/tokenizer/spelling/char", &characters, test_spelling);
  g_test_add_data_func ("/unit/tokenizer/spelling/yttm", &yttm, test_spelling);
  g_test_add_func ("/unit/tokenizer/clip-vocabulary", test_clip_vocabulary);
  g_test_add_func ("/unit/tokenizer/first-light", test_first_light);
  g_test_add_func ("/unit/tokenizer/decode", test_decode);
  g_test_add_func ("/unit/tokenizer/long", test_long);
  g_test_add_func ("/unit/tokenizer/forms", test_forms);
  g_test_add_func ("/unit/tokenizer/odd-ranks", test_odd_ranks);
  g_test_add_func ("/unit/tokenizer/bad-files", test_bad_files);

  return g_test_run ();
}
