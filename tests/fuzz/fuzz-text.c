/* fuzz-text.c: any bytes as a text, cleaned, encoded with the tests' vocabulary and decoded */

#include <string.h>

#include "model/text.h"
#include "model/tokenizer.h"

int LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *bytes,
                        size_t         size)
{
  static VcTokenizer *tokenizer;
  g_autofree char *text = g_strndup ((const char *) bytes, size);
  g_autofree char *clean = vc_text_clean (text);
  g_autofree uint32_t *ids = NULL;
  g_autofree char *back = NULL;
  g_autofree char *valid = vc_text_make_valid ((const char *) bytes, size);
  uint32_t n;

  if (tokenizer == NULL)
    tokenizer = vc_tokenizer_load (g_getenv ("VIGNETTE_VOCABULARY"), NULL);
  g_assert (tokenizer != NULL);

  ids = vc_tokenizer_encode (tokenizer, text, &n);
  back = vc_tokenizer_decode (tokenizer, ids, n);

  g_assert (g_utf8_validate (clean, -1, NULL));
  g_assert (g_utf8_validate (back, -1, NULL));
  g_assert (strstr (clean, "  ") == NULL);
  g_assert (g_utf8_validate (valid, -1, NULL));

  return 0;
}
