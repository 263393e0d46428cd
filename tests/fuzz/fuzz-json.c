/* fuzz-json.c: any bytes as a configuration */

#include "tensor/json.h"

int LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t size);

static void
visit (VcJson     *json,
       const char *key,
       gpointer    data)
{
  if (vc_json_has (json, NULL) && vc_json_count (json, NULL) > 0)
    vc_json_each (json, NULL, visit, NULL);
  else
    vc_json_string_or (json, NULL, NULL);
}

int
LLVMFuzzerTestOneInput (const uint8_t *bytes,
                        size_t         size)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(VcJson) json = vc_json_parse ("it", (const char *) bytes, size, &error);
  uint32_t list[4];
  float floats[4];

  g_assert ((json == NULL) == (error != NULL));
  if (json == NULL)
    {
      g_assert (g_utf8_validate (error->message, -1, NULL));
      return 0;
    }

  vc_json_u32_or (json, "a", 1, 0, 9);
  vc_json_float_or (json, "a.b", 1, 0, 9);
  vc_json_bool_or (json, "a.0", FALSE);
  vc_json_each (json, NULL, visit, NULL);
  vc_json_u32s (json, "l", list, 0, 4, 1, 9);
  vc_json_floats (json, "l", floats, 0, 4, 1, 9);

  if (!vc_json_finish (json, &error))
    g_assert (g_utf8_validate (error->message, -1, NULL));

  return 0;
}
