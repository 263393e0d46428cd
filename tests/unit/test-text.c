/* test-text.c: cleaning against the Python original, and the cutting into words */

#include "model/text.h"

#include <locale.h>
#include <string.h>

static const struct
{
  const char *typed;
  const char *clean;
} cases[] = {
  { "", "" },
  { " \t\n ", "" },
  { "  A  red\tCAR\r\n here ", "a red car here" },
  { "a\xc2\xa0" "b\xe3\x80\x80" "c\xe2\x80\xa8" "d\x0c" "e", "a b c d e" },
  { "zero\xe2\x80\x8bwidth", "zero\xe2\x80\x8bwidth" },  /* no space */

  { "it’s “quoted” ‛so‚ „low‟", "it's \"quoted\" 'so' \"low\"" },
  { "ﬁﬂ ŉ ĳ ǆ ﬅ", "fifl 'n ij dž ſt" },
  { "Ｆｕｌｌ　１２！", "full 12!" },
  { "ｶﾞ ﾡ ￣", "ガ ᄀ ̄" },
  { "e\xcc\x81 \xe1\x84\x80\xe1\x85\xa1\xe1\x86\xa8 Å", "é 각 å" },
  { "\x1b[31mred\x1b[0m \x1b[ \x1b[1;", "red [ [1;" },
  { "\xef\xbb\xbf" "a\x01" "b\x7f" "c\xe2\x81\xaa" "d\xef\xbf\xbc", "abcd" },
  { "\xc2\x93" "a\xc2\x94 \xc2\x85 \xc2\x81", "\"a\" … \xc2\x81" },  /* Windows-1252 in C1's clothes */

  { "ΟΔΥΣΣΕΥΣ ΑΣ. Σ ΑΣΑ", "οδυσσευς ας. σ ασα" },
  { "İI Iı ẞß ǅ Ω", "i̇i iı ßß dž ω" },

  { "fish &amp; chips &LT;b&gt", "fish & chips <b>" },
  { "&amp;amp;amp;lt;", "<" },                   /* resolved until nothing is left */
  { "< &amp;amp;amp;lt;", "< &amp;lt;" },        /* but twice where it may be HTML */
  { "&notit; &notin; &notin &ampé", "¬it; ∉ ¬in &é" },
  { "&EACUTE; &SZLIG; &nTILDE; &NTILDE", "é ss &ntilde; &ntilde" },
  { "&#65;&#x42;&#X43;&#68 &#x1F600;", "abcd 😀" },
  { "&#128; &#x92; &#129;", "€ ' \xc2\x81" },
  { "&#0; &#xD800; &#x110000; &#99999999999999999999;", "� � � �" },
  { "a&#1;b&#xFFFE;c&#x7f;d", "abcd" },
  { "&#59; &#x; &# & && &;", "; &#x; &# & && &;" },
  { "&nGt; &NotEqualTilde;", "≫⃒ ≂̸" },
  { "&CounterClockwiseContourIntegral;", "∳" },

  { "\xff" "a\xc3", "�a�" },
  { "\xe2\x82 \xf0\x9f\x98 \xed\xa0\x80 \xc0\xaf", "� � ��� ��" },
};

static void
test_cases (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *clean = vc_text_clean (cases[i].typed);

      g_assert_cmpstr (clean, ==, cases[i].clean);
    }
}

static char *
read_hex (const char *hex)
{
  GString *bytes = g_string_new (NULL);

  for (; g_ascii_isxdigit (hex[0]) && g_ascii_isxdigit (hex[1]); hex += 2)
    g_string_append_c (bytes, g_ascii_xdigit_value (hex[0]) << 4 | g_ascii_xdigit_value (hex[1]));

  return g_string_free (bytes, FALSE);
}

/* 150 lines of pieces that are hard to clean, by ftfy, html and str.lower() of Python. */
static void
test_original (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "tokenizer", "clean.tsv", NULL);
  g_autofree char *contents = NULL;
  g_autoptr(GError) error = NULL;
  g_auto(GStrv) lines = NULL;
  guint checked = 0;

  g_file_get_contents (path, &contents, NULL, &error);
  g_assert_no_error (error);

  lines = g_strsplit (contents, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    if (lines[i][0] != '#' && lines[i][0] != '\0')
      {
        g_auto(GStrv) columns = g_strsplit (lines[i], "\t", 2);
        g_autofree char *typed = read_hex (columns[0]);
        g_autofree char *want = read_hex (columns[1]);
        g_autofree char *got = vc_text_clean (typed);

        g_assert_cmpstr (got, ==, want);
        checked++;
      }

  g_assert_cmpuint (checked, ==, 150);
}

/* Long texts and texts made to be slow end soon, and none is cut in the midst of a character. */
static void
test_long (void)
{
  static const char * const pieces[] = { "a", " ", "é", "😀", "&", "&amp;", "amp;", "&#", "\n", "<",
                                         "ΐ", "ﷺ", "\xff", "\x1b[", "\xcc\x81", "＆" };

  for (guint i = 0; i < G_N_ELEMENTS (pieces); i++)
    {
      g_autoptr(GString) text = g_string_new ("&");
      const gint64 before = g_get_monotonic_time ();

      while (text->len < 1 << 20)
        g_string_append (text, pieces[i]);

      g_autofree char *clean = vc_text_clean (text->str);
      const double seconds = (g_get_monotonic_time () - before) / 1e6;

      g_test_message ("1 MB of “%s”: %.3f s", pieces[i], seconds);
      g_assert_cmpfloat (seconds, <, 20);
      g_assert_true (g_utf8_validate (clean, -1, NULL));
      g_assert_cmpuint (strlen (clean), <=, 4 * VC_TEXT_MAX);
      if (g_utf8_validate (pieces[i], -1, NULL))
        g_assert_null (strstr (clean, "�"));
    }
}

static void
test_words (void)
{
  static const char * const specials[] = { "<|startoftext|>", "<|endoftext|>", NULL };
  static const struct
  {
    const char *clean;
    const char *words;
  } texts[] = {
    { "", "" },
    { "a red car", "a/red/car" },
    { "don't we'll i'd've it's 'twas o'clock", "don/'t/we/'ll/i/'d/'ve/it/'s/'t/was/o/'/clock" },
    { "it'ſ", "it/'ſ" },
    { "x2 10³ ⅷ½", "x/2/1/0/³/ⅷ/½" },
    { "wow!!! ...'s", "wow/!!!/...'/s" },
    { "é à\xcc\x81!", "é/à/\xcc\x81!" },
    { "猫の絵 한국 עברית", "猫の絵/한국/עברית" },
    { "α\xcd\x85!\xcd\x85!", "α/!/!" },
    { "a<|endoftext|>b <|ſtartoftext|> !<|endoftext|>",
      "a/<|endoftext|>/b/<|ſtartoftext|>/!<|/endoftext/|>" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr(GString) words = g_string_new (NULL);
      const char *at = texts[i].clean;
      const char *word;
      gsize size;

      while ((word = vc_text_next_word (&at, specials, &size)) != NULL)
        {
          g_string_append_printf (words, "%s%.*s", words->len > 0 ? "/" : "", (int) size, word);
          g_assert_true (at == word + size);
        }
      g_assert_cmpstr (words->str, ==, texts[i].words);
      g_assert_cmpint (*at, ==, '\0');
    }
}

int
main (int   argc,
      char *argv[])
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/unit/text/cases", test_cases);
  g_test_add_func ("/unit/text/original", test_original);
  g_test_add_func ("/unit/text/long", test_long);
  g_test_add_func ("/unit/text/words", test_words);

  return g_test_run ();
}
