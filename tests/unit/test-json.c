/* test-json.c: what a JSON document may be, and what is said of those that are not */

#include "tensor/file.h"
#include "tensor/json.h"

#include <string.h>
#include <sys/stat.h>

#include <glib/gstdio.h>

static VcJson *
parse (const char *text)
{
  g_autoptr(GError) error = NULL;
  VcJson *json = vc_json_parse ("the test", text, strlen (text), &error);

  g_assert_no_error (error);
  g_assert_nonnull (json);

  return json;
}

static void
assert_fault (VcJson     *json,
              const char *message)
{
  g_autoptr(GError) error = NULL;

  g_assert_false (vc_json_finish (json, &error));
  g_assert_error (error, VC_ERROR, VC_ERROR_BAD_MODEL);
  g_assert_cmpstr (error->message, ==, message);
}

static void
test_values (void)
{
  g_autoptr(VcJson) json = parse (
    "{ \"a\": { \"b\": 7, \"f\": 0.5, \"s\": \"é\", \"yes\": true, \"nil\": null },"
    "  \"list\": [1, 2, 3], \"floats\": [0.25, -1], \"big\": 9007199254740993,"
    "  \"dotted.key\": 4 }");
  g_autoptr(GError) error = NULL;
  uint32_t list[4];
  float floats[2];

  g_assert_cmpuint (vc_json_u32 (json, "a.b", 1, 10), ==, 7);
  g_assert_cmpuint (vc_json_u32 (json, "a.b", 7, 7), ==, 7);
  g_assert_cmpuint (vc_json_u64 (json, "big", 0, G_MAXUINT64), ==, 9007199254740993);
  g_assert_cmpfloat (vc_json_float (json, "a.f", 0, 1), ==, 0.5f);
  g_assert_cmpfloat (vc_json_float (json, "a.b", 0, 10), ==, 7);
  g_assert_cmpstr (vc_json_string (json, "a.s"), ==, "é");
  g_assert_true (vc_json_bool (json, "a.yes"));

  g_assert_cmpuint (vc_json_u32_or (json, "a.none", 5, 0, 9), ==, 5);
  g_assert_cmpuint (vc_json_u32_or (json, "a.nil", 5, 0, 9), ==, 5);
  g_assert_cmpfloat (vc_json_float_or (json, "none.f", 2, 0, 9), ==, 2);
  g_assert_cmpstr (vc_json_string_or (json, "list.s", "x"), ==, "x");
  g_assert_true (vc_json_bool_or (json, "no", TRUE));
  g_assert_false (vc_json_has (json, "a.nil"));

  g_assert_cmpuint (vc_json_u32 (json, "list.2", 3, 3), ==, 3);
  g_assert_false (vc_json_has (json, "list.3"));
  g_assert_false (vc_json_has (json, "list.-1"));
  g_assert_false (vc_json_has (json, "list.x"));
  g_assert_cmpuint (vc_json_u32s (json, "list", list, 1, 4, 0, 3), ==, 3);
  g_assert_cmpuint (list[2], ==, 3);
  g_assert_cmpuint (vc_json_floats (json, "floats", floats, 2, 2, -1, 1), ==, 2);
  g_assert_cmpfloat (floats[1], ==, -1);
  g_assert_cmpuint (vc_json_count (json, "a"), ==, 5);
  g_assert_cmpuint (vc_json_count (json, "list"), ==, 3);

  g_assert_true (vc_json_look_up (json, NULL, "dotted.key", list));
  g_assert_cmpuint (list[0], ==, 4);
  g_assert_true (vc_json_look_up (json, "a", "b", list));
  g_assert_cmpuint (list[0], ==, 7);
  g_assert_false (vc_json_look_up (json, "a", "f", list));
  g_assert_false (vc_json_look_up (json, "list", "0", list));
  g_assert_false (vc_json_look_up (json, "none", "b", list));
  g_assert_false (vc_json_look_up (json, NULL, "big", list));

  g_assert_true (vc_json_finish (json, &error));
  g_assert_no_error (error);
}

static void
join_cb (VcJson     *json,
         const char *key,
         gpointer    data)
{
  g_string_append_printf (data, "%s=%u ", key, vc_json_u32 (json, NULL, 0, 99));
}

static void
nest_cb (VcJson     *json,
         const char *key,
         gpointer    data)
{
  vc_json_each (json, "in", join_cb, data);
}

static void
test_each (void)
{
  g_autoptr(VcJson) json = parse ("{ \"z\": {\"in\": {\"b.c\": 1, \"a\": 2}}, \"y\": {\"in\": [3, 4]},"
                                  "  \"x\": {\"in\": {\"bad\": -5, \"after\": 1}}, \"w\": {\"in\": [6]} }");
  g_autoptr(GString) text = g_string_new (NULL);

  /* The file's order; a key with a dot; nothing after the first fault. */
  vc_json_each (json, NULL, nest_cb, text);
  g_assert_cmpstr (text->str, ==, "b.c=1 a=2 0=3 1=4 bad=0 ");
  assert_fault (json, "the test: “x.in.bad” is -5, wanted a whole number from 0 to 99");
}

static void
test_faults (void)
{
  static const struct
  {
    const char *text;
    const char *message;
  } cases[] = {
    { "{}", "the test: “n” is missing, wanted a whole number from 1 to 9" },
    { "{\"n\": null}", "the test: “n” is missing, wanted a whole number from 1 to 9" },
    { "{\"n\": 0}", "the test: “n” is 0, wanted a whole number from 1 to 9" },
    { "{\"n\": 10}", "the test: “n” is 10, wanted a whole number from 1 to 9" },
    { "{\"n\": -1}", "the test: “n” is -1, wanted a whole number from 1 to 9" },
    { "{\"n\": 4294967297}", "the test: “n” is 4294967297, wanted a whole number from 1 to 9" },
    { "{\"n\": 2.5}", "the test: “n” is 2.5, wanted a whole number from 1 to 9" },
    { "{\"n\": \"2\\n\"}", "the test: “n” is “2�”, wanted a whole number from 1 to 9" },
    { "{\"n\": true}", "the test: “n” is true, wanted a whole number from 1 to 9" },
    { "{\"n\": [1]}", "the test: “n” is an array of 1, wanted a whole number from 1 to 9" },
    { "{\"n\": {}}", "the test: “n” is an object, wanted a whole number from 1 to 9" },
  };
  uint32_t list[2] = { 77, 77 };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(VcJson) json = parse (cases[i].text);

      g_assert_cmpuint (vc_json_u32 (json, "n", 1, 9), ==, 1);
      vc_json_string (json, "also missing");  /* the first is kept */
      assert_fault (json, cases[i].message);
    }

  g_autoptr(VcJson) json = parse ("{\"long\": [1, 2, 3], \"bad\": [1, \"x\"], \"inf\": 1e300}");

  g_assert_cmpuint (vc_json_u32s (json, "long", list, 2, 2, 0, 9), ==, 0);
  g_assert_cmpuint (vc_json_u32s (json, "bad", list, 2, 2, 0, 9), ==, 0);
  g_assert_cmpuint (list[0], ==, 77);
  assert_fault (json, "the test: “long” is an array of 3, wanted an array of 2");

  g_autoptr(VcJson) second = parse ("{\"bad\": [1, \"x\"]}");
  g_assert_cmpuint (vc_json_u32s (second, "bad", list, 1, 2, 0, 9), ==, 0);
  assert_fault (second, "the test: “bad” has “x”, wanted whole numbers from 0 to 9");

  g_autoptr(VcJson) third = parse ("{\"inf\": 1e300}");
  g_assert_cmpfloat (vc_json_float (third, "inf", 0, G_MAXFLOAT), ==, 0);
  assert_fault (third, "the test: “inf” is 1e+300, wanted a number from 0 to 3.40282e+38");

  g_autoptr(VcJson) fourth = parse ("{\"heads\": 7}");
  vc_json_fault (fourth, "heads", "is %u, wanted a divisor of %u", 7, 64);
  assert_fault (fourth, "the test: “heads” is 7, wanted a divisor of 64");
}

static void
test_bad_documents (void)
{
  g_autoptr(GString) deep = g_string_new (NULL);
  g_autoptr(GString) wide = g_string_new ("{\"a\": [");
  const struct
  {
    const char *text;
    gsize       size;
  } cases[] = {
#define TEXT(text) { text, sizeof text - 1 }
    TEXT (""),
    TEXT ("   "),
    TEXT ("{"),
    TEXT ("{\"a\": 1"),
    TEXT ("{\"a\": 1,}"),
    TEXT ("{\"a\": 1} x"),
    TEXT ("{\"a\": 1}{}"),
    TEXT ("[1]"),
    TEXT ("7"),
    TEXT ("\"text\""),
    TEXT ("{\"a\": 1, \"a\": 2}"),
    TEXT ("{\"a\": {\"b\": 1, \"b\": 1}}"),
    TEXT ("{\"a\": NaN}"),
    TEXT ("{\"a\": 1e999}"),
    TEXT ("{\"a\": 99999999999999999999}"),
    TEXT ("{\"a\": 01}"),
    TEXT ("{\"\xff\": 1}"),
    TEXT ("{\"a\": \"\xc3\x28\"}"),
    TEXT ("{\"a\": \"\xed\xa0\x80\"}"),
    TEXT ("{\"a\": \"\\ud800\"}"),
    TEXT ("{\"a\": \"\\u0000\"}"),
    TEXT ("{\"a\": \"\0\"}"),
    TEXT ("{\"a\": \"line\nend\"}"),
    TEXT ("{\"a\": \"\\"),
    TEXT ("\xef\xbb\xbf{}"),
    TEXT ("}}}}"),
    { deep->str, 0 },
    { wide->str, 0 },
  };

  for (guint i = 0; i <= VC_JSON_MAX_DEPTH; i++)
    g_string_append (deep, "{\"a\":");
  for (guint i = 0; i < VC_JSON_MAX_VALUES; i++)
    g_string_append (wide, "0,");

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const GString *made = i == G_N_ELEMENTS (cases) - 2 ? deep
                          : i == G_N_ELEMENTS (cases) - 1 ? wide : NULL;
      g_autoptr(GError) error = NULL;
      g_autoptr(VcJson) json = vc_json_parse ("the test",
                                              made != NULL ? made->str : cases[i].text,
                                              made != NULL ? made->len : cases[i].size, &error);

      g_assert_null (json);
      g_assert_error (error, VC_ERROR, VC_ERROR_BAD_MODEL);
      g_assert_true (g_str_has_prefix (error->message, "the test"));
      g_assert_null (strpbrk (error->message, "\n\r\t"));
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
    }
}

/* A deep or wide look inside a string is neither. */
static void
test_quoted_brackets (void)
{
  g_autoptr(GString) text = g_string_new ("{\"a\": \"\\\"");

  for (guint i = 0; i < 1000; i++)
    g_string_append (text, "[{");
  g_string_append (text, "\"}");

  g_autoptr(VcJson) json = parse (text->str);
  g_assert_cmpuint (strlen (vc_json_string (json, "a")), ==, 2001);
}

static void
test_files (void)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *directory = g_dir_make_tmp (NULL, &error);
  g_autofree char *path = g_build_filename (directory, "config.json", NULL);
  g_autofree char *pipe = g_build_filename (directory, "pipe.json", NULL);
  const struct
  {
    const char *path;
    const char *message;
  } cases[] = {
    { "/nowhere/none.json", "“none.json” cannot be opened: No such file or directory" },
    { "/dev/zero", "“zero” is not a regular file" },
    { directory, NULL },
    { pipe, "“pipe.json” is not a regular file" },
    { path, "“config.json” has 20 bytes, at most 19 are read" },
  };

  g_assert_cmpint (mkfifo (pipe, 0600), ==, 0);
  g_assert_true (g_file_set_contents (path, "{ \"n\": 1 }          ", 20, &error));

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_assert_null (vc_json_load (cases[i].path, 19, &error));
      g_assert_error (error, VC_ERROR, VC_ERROR_BAD_MODEL);
      if (cases[i].message != NULL)
        g_assert_cmpstr (error->message, ==, cases[i].message);
      g_clear_error (&error);
    }

  g_autoptr(VcJson) json = vc_json_load (path, 20, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (vc_json_u32 (json, "n", 0, 9), ==, 1);
  vc_json_u32 (json, "n", 5, 9);
  assert_fault (json, "“config.json”: “n” is 1, wanted a whole number from 5 to 9");

  g_assert_true (g_file_set_contents (path, "", 0, &error));
  g_assert_null (vc_json_load (path, 20, &error));
  g_assert_cmpstr (error->message, ==, "“config.json” is empty");

  g_unlink (path);
  g_unlink (pipe);
  g_rmdir (directory);
}

static void
test_quote (void)
{
  static const struct
  {
    const char *text;
    const char *quote;
  } cases[] = {
    { "", "“”" },
    { "plain é 猫", "“plain é 猫”" },
    { "a\nb\x1b[31m\x7f", "“a�b�[31m�”" },
    { "\xff\xfe", "“��”" },
    { "turned \xe2\x80\xae round", "“turned � round”" },
    { "12345678901234567890123456789012345678901234567890123456789012345678901234567890",
      "“12345678901234567890123456789012345678901234567890123456789012345678901234567890”" },
    { "1234567890123456789012345678901234567890123456789012345678901234567890123456789é1",
      "“1234567890123456789012345678901234567890123456789012345678901234567890123456789é…”" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *quote = vc_error_quote (cases[i].text);

      g_assert_cmpstr (quote, ==, cases[i].quote);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/unit/json/values", test_values);
  g_test_add_func ("/unit/json/each", test_each);
  g_test_add_func ("/unit/json/faults", test_faults);
  g_test_add_func ("/unit/json/bad-documents", test_bad_documents);
  g_test_add_func ("/unit/json/quoted-brackets", test_quoted_brackets);
  g_test_add_func ("/unit/json/files", test_files);
  g_test_add_func ("/unit/json/quote", test_quote);

  return g_test_run ();
}
