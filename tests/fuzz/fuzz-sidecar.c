/* fuzz-sidecar.c: any bytes as the sidecar of a picture, read and changed */

#include "library/metadata.h"
#include "library/sidecar.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *bytes,
                        size_t         size)
{
  static const char * const tags[] = { "animals/fox", "winter", NULL };
  static const char * const gone[] = { "People/Ann", NULL };
  static const char * const nothing[] = { NULL };
  g_autofree char *text = g_strndup ((const char *) bytes, size);
  g_auto(GStrv) read = vig_sidecar_parse (text, strlen (text));
  g_autofree char *changed = vig_sidecar_edit (text, strlen (text), tags, gone);

  /* What was changed can be read, and what has been done needs not be done again. */
  g_assert (changed == NULL || read != NULL);
  if (changed != NULL)
    {
      g_auto(GStrv) again = vig_sidecar_parse (changed, strlen (changed));
      g_autofree char *same = vig_sidecar_edit (changed, strlen (changed), tags, nothing);

      g_assert (again != NULL);
      g_assert_cmpstr (same, ==, changed);
    }

  return 0;
}
