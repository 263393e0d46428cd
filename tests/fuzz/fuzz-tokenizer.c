/* fuzz-tokenizer.c: any bytes as the end of a vocabulary, and after a NUL as merges */

#include <string.h>

#include <glib/gstdio.h>

#include "model/tokenizer.h"

int LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t size);

/* The tests' vocabulary up to its last brace: without its 512 bytes nothing would get far. */
static char *
read_beginning (void)
{
  g_autofree char *path = g_build_filename (g_getenv ("VIGNETTE_VOCABULARY"), "vocab.json", NULL);
  char *text = NULL;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    g_error ("VIGNETTE_VOCABULARY has no vocab.json");
  *strrchr (text, '}') = '\0';

  return text;
}

int
LLVMFuzzerTestOneInput (const uint8_t *bytes,
                        size_t         size)
{
  static char *beginning;
  static char *directory;
  const uint8_t *nul = memchr (bytes, '\0', size);
  const gsize first = nul == NULL ? size : (gsize) (nul - bytes);
  g_autofree char *vocabulary = NULL;
  g_autofree char *merges = NULL;
  g_autofree char *json = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(VcTokenizer) tokenizer = NULL;

  if (beginning == NULL)
    {
      beginning = read_beginning ();
      directory = g_dir_make_tmp ("fuzz-XXXXXX", NULL);
    }

  vocabulary = g_build_filename (directory, "vocab.json", NULL);
  merges = g_build_filename (directory, "merges.txt", NULL);
  json = g_strdup_printf ("%s%.*s}", beginning, (int) first, (const char *) bytes);

  g_file_set_contents_full (vocabulary, json, -1, G_FILE_SET_CONTENTS_NONE, 0600, NULL);
  g_file_set_contents_full (merges, nul == NULL ? "a" : (char *) nul + 1,
                            nul == NULL ? 1 : size - first - 1, G_FILE_SET_CONTENTS_NONE, 0600, NULL);

  tokenizer = vc_tokenizer_load (directory, &error);
  g_assert ((tokenizer == NULL) == (error != NULL));
  if (tokenizer != NULL)
    {
      uint32_t n;
      g_autofree uint32_t *ids = vc_tokenizer_encode (tokenizer, "The cat's in the ringing, aaaaaaa abababc", &n);
      g_autofree char *text = vc_tokenizer_decode (tokenizer, ids, n);

      g_assert (g_utf8_validate (text, -1, NULL));
    }
  else
    g_assert (g_utf8_validate (error->message, -1, NULL));

  return 0;
}
