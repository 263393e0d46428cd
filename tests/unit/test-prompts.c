/* test-prompts.c: several prompts typed as one */

#include "studio/prompts.h"

#include <string.h>

typedef struct
{
  const char *text;
  const char *prompts;  /* joined by “|” */
} Case;

static const Case cases[] = {
  { "", "" },
  { " \n\t\n", "" },
  { "a red car", "a red car" },
  { "a  red\tcar \r\n\r\n two dogs", "a red car|two dogs" },
  { "a cat\na cat", "a cat" },
  { "a {red,blue} car", "a red car|a blue car" },
  { "{a,b} {1,2}", "a 1|a 2|b 1|b 2" },
  { "a {,big} dog", "a dog|a big dog" },
  { "a {big ,} dog", "a big dog|a dog" },
  { "{a,{b,c} d} e", "a e|b d e|c d e" },
  { "{x,{y}} z", "x z|{y} z" },
  { "{red} {a,b}", "{red} a|{red} b" },
  { "{a,b", "{a,b" },
  { "a,b}", "a,b}" },
  { "{a {b,c}", "{a b|{a c" },
  { "\\{a,b\\}", "{a,b}" },
  { "{a\\,b,c}", "a,b|c" },
  { "back\\slash {a,b}\\", "back\\slash a\\|back\\slash b\\" },
  { "{Äpfel,梨} 🎈", "Äpfel 🎈|梨 🎈" },
  { "{,}", "" },
};

static void
test_case (gconstpointer data)
{
  const Case *c = data;
  g_autoptr(GError) error = NULL;
  g_auto(GStrv) prompts = vig_prompts_expand (c->text, &error);

  g_assert_no_error (error);
  g_autofree char *joined = g_strjoinv ("|", prompts);
  g_assert_cmpstr (joined, ==, c->prompts);
}

static void
test_too_many (void)
{
  g_autoptr(GError) error = NULL;
  g_auto(GStrv) many = vig_prompts_expand ("{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}", &error);

  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length (many), ==, VIG_PROMPTS_MAX);

  /* Ends soon, however many there would be. */
  g_autofree char *sets = g_strnfill (40000, 'x');
  for (guint i = 0; i + 5 <= 40000; i += 5)
    memcpy (sets + i, "{a,b}", 5);
  g_assert_null (vig_prompts_expand (sets, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);

  /* Braces without end are looked through in a moment. */
  g_autofree char *open = g_strnfill (3000, '{');
  g_auto(GStrv) same = vig_prompts_expand (open, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (same[0], ==, open);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/prompts/%u", i);

      g_test_add_data_func (path, &cases[i], test_case);
    }
  g_test_add_func ("/prompts/too-many", test_too_many);

  return g_test_run ();
}
