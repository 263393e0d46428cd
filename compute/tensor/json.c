/* json.c: a JSON document read with distrust, by jansson */

#include "tensor/json.h"

#include <math.h>
#include <string.h>

#include <jansson.h>

#include "tensor/file.h"

struct _VcJson
{
  json_t  *root;   /* owned */
  json_t  *here;   /* borrowed from root: what a path begins at */
  GString *where;  /* owned; how messages call it, "" for the root */
  char    *what;   /* owned; begins every message */
  char    *fault;  /* owned; the first, or NULL */
};

/* Whether the text stays within the depth and the number of values. Says nothing of its grammar: what
 * is in quotes is passed over as a JSON reader would, and everything else that could begin or end a
 * value is counted. */
static gboolean
is_modest (const char *text,
           gsize       size)
{
  gsize depth = 0;
  gsize values = 1;
  gboolean quoted = FALSE;

  for (gsize i = 0; i < size; i++)
    {
      const char c = text[i];

      if (quoted)
        {
          if (c == '\\')
            i++;
          else if (c == '"')
            quoted = FALSE;
        }
      else if (c == '"')
        quoted = TRUE;
      else if (c == '[' || c == '{')
        {
          depth++;
          values++;
        }
      else if ((c == ']' || c == '}') && depth > 0)
        depth--;
      else if (c == ',')
        values++;

      if (depth > VC_JSON_MAX_DEPTH || values > VC_JSON_MAX_VALUES)
        return FALSE;
    }

  return TRUE;
}

VcJson *
vc_json_parse (const char  *what,
               const char  *text,
               gsize        size,
               GError     **error)
{
  json_t *root;
  json_error_t why;
  VcJson *json;

  if (!is_modest (text, size))
    {
      g_set_error (error, VC_ERROR, VC_ERROR_BAD_MODEL,
                   "%s is nested deeper than %u or has more than %u values",
                   what, VC_JSON_MAX_DEPTH, VC_JSON_MAX_VALUES);
      return NULL;
    }

  root = json_loadb (text, size, JSON_REJECT_DUPLICATES, &why);
  if (root == NULL)
    {
      g_autofree char *shown = vc_error_quote (why.text);

      g_set_error (error, VC_ERROR, VC_ERROR_BAD_MODEL, "%s is not JSON: line %d: %s",
                   what, why.line, shown);
      return NULL;
    }

  json = g_new0 (VcJson, 1);
  json->root = root;
  json->here = root;
  json->where = g_string_new (NULL);
  json->what = g_strdup (what);

  if (!json_is_object (root))
    {
      g_set_error (error, VC_ERROR, VC_ERROR_BAD_MODEL, "%s is not a JSON object", what);
      g_clear_pointer (&json, vc_json_free);
    }

  return json;
}

VcJson *
vc_json_load (const char  *path,
              gsize        most,
              GError     **error)
{
  g_autofree char *name = vc_file_quote (path);
  gsize size;
  g_autofree char *text = vc_file_read (path, most, &size, error);

  return text == NULL ? NULL : vc_json_parse (name, text, size, error);
}

void
vc_json_free (VcJson *json)
{
  if (json == NULL)
    return;

  json_decref (json->root);
  g_string_free (json->where, TRUE);
  g_free (json->what);
  g_free (json->fault);
  g_free (json);
}

/* The member of an object, or the element of an array that @key counts. */
static json_t *
get_member (json_t     *value,
            const char *key)
{
  guint64 index;

  if (!json_is_array (value))
    return json_object_get (value, key);

  return g_ascii_string_to_unsigned (key, 10, 0, G_MAXUINT32, &index, NULL)
    ? json_array_get (value, index) : NULL;
}

/* NULL where there is none, or a null. */
static json_t *
find (VcJson     *json,
      const char *path)
{
  json_t *value = json->here;

  while (path != NULL && value != NULL)
    {
      const char *dot = strchr (path, '.');
      g_autofree char *key = dot == NULL ? NULL : g_strndup (path, dot - path);

      value = get_member (value, key == NULL ? path : key);
      path = dot == NULL ? NULL : dot + 1;
    }

  return json_is_null (value) ? NULL : value;
}

static char *
describe_place (VcJson     *json,
                const char *path)
{
  g_autofree char *place = NULL;

  if (path == NULL && json->where->len == 0)
    return g_strdup ("it");

  place = g_strjoin (path != NULL && json->where->len > 0 ? "." : "",
                     json->where->str, path == NULL ? "" : path, NULL);

  return vc_error_quote (place);
}

static char *
describe_value (const json_t *value)
{
  if (value == NULL)
    return g_strdup ("missing");

  switch (json_typeof (value))
    {
    case JSON_OBJECT:
      return g_strdup ("an object");
    case JSON_ARRAY:
      return g_strdup_printf ("an array of %zu", json_array_size (value));
    case JSON_STRING:
      return vc_error_quote (json_string_value (value));
    case JSON_INTEGER:
      return g_strdup_printf ("%" JSON_INTEGER_FORMAT, json_integer_value (value));
    case JSON_REAL:
      return g_strdup_printf ("%g", json_real_value (value));
    case JSON_TRUE:
      return g_strdup ("true");
    case JSON_FALSE:
      return g_strdup ("false");
    case JSON_NULL:
    default:
      return g_strdup ("null");
    }
}

void
vc_json_fault (VcJson     *json,
               const char *path,
               const char *format,
               ...)
{
  va_list arguments;

  va_start (arguments, format);
  if (json->fault == NULL)
    {
      g_autofree char *place = describe_place (json, path);
      g_autofree char *text = g_strdup_vprintf (format, arguments);

      json->fault = g_strdup_printf ("%s: %s %s", json->what, place, text);
    }
  va_end (arguments);
}

/* "is VALUE, wanted WANTED" */
static void
fault_value (VcJson       *json,
             const char   *path,
             const json_t *value,
             const char   *wanted)
{
  g_autofree char *is = NULL;

  if (json->fault != NULL)
    return;

  is = describe_value (value);
  vc_json_fault (json, path, "is %s, wanted %s", is, wanted);
}

gboolean
vc_json_has (VcJson     *json,
             const char *path)
{
  return find (json, path) != NULL;
}

static gboolean
is_whole (const json_t *value,
          uint64_t      least,
          uint64_t      most)
{
  return json_is_integer (value) && json_integer_value (value) >= 0 &&
         (uint64_t) json_integer_value (value) >= least &&
         (uint64_t) json_integer_value (value) <= most;
}

static gboolean
is_number (const json_t *value,
           float         least,
           float         most)
{
  /* The bounds are floats, and so must be what is held against them. */
  const float number = json_number_value (value);

  return json_is_number (value) && isfinite (number) && number >= least && number <= most;
}

uint64_t
vc_json_u64 (VcJson     *json,
             const char *path,
             uint64_t    least,
             uint64_t    most)
{
  const json_t *value = find (json, path);

  if (!is_whole (value, least, most))
    {
      g_autofree char *wanted = g_strdup_printf ("a whole number from %" G_GUINT64_FORMAT
                                                 " to %" G_GUINT64_FORMAT, least, most);

      fault_value (json, path, value, wanted);
      return least;
    }

  return json_integer_value (value);
}

uint32_t
vc_json_u32 (VcJson     *json,
             const char *path,
             uint32_t    least,
             uint32_t    most)
{
  return vc_json_u64 (json, path, least, most);
}

uint32_t
vc_json_u32_or (VcJson     *json,
                const char *path,
                uint32_t    fallback,
                uint32_t    least,
                uint32_t    most)
{
  return vc_json_has (json, path) ? vc_json_u32 (json, path, least, most) : fallback;
}

float
vc_json_float (VcJson     *json,
               const char *path,
               float       least,
               float       most)
{
  const json_t *value = find (json, path);

  if (!is_number (value, least, most))
    {
      g_autofree char *wanted = g_strdup_printf ("a number from %g to %g", least, most);

      fault_value (json, path, value, wanted);
      return least;
    }

  return json_number_value (value);
}

float
vc_json_float_or (VcJson     *json,
                  const char *path,
                  float       fallback,
                  float       least,
                  float       most)
{
  return vc_json_has (json, path) ? vc_json_float (json, path, least, most) : fallback;
}

gboolean
vc_json_bool (VcJson     *json,
              const char *path)
{
  const json_t *value = find (json, path);

  if (!json_is_boolean (value))
    fault_value (json, path, value, "true or false");

  return json_is_true (value);
}

gboolean
vc_json_bool_or (VcJson     *json,
                 const char *path,
                 gboolean    fallback)
{
  return vc_json_has (json, path) ? vc_json_bool (json, path) : fallback;
}

const char *
vc_json_string (VcJson     *json,
                const char *path)
{
  const json_t *value = find (json, path);

  if (!json_is_string (value))
    {
      fault_value (json, path, value, "a string");
      return "";
    }

  return json_string_value (value);
}

const char *
vc_json_string_or (VcJson     *json,
                   const char *path,
                   const char *fallback)
{
  return vc_json_has (json, path) ? vc_json_string (json, path) : fallback;
}

/* The array at @path if it has the right number of elements, or NULL and a fault. */
static json_t *
find_array (VcJson     *json,
            const char *path,
            uint32_t    fewest,
            uint32_t    room)
{
  json_t *value = find (json, path);

  if (!json_is_array (value) || json_array_size (value) < fewest || json_array_size (value) > room)
    {
      g_autofree char *wanted = fewest == room
        ? g_strdup_printf ("an array of %u", room)
        : g_strdup_printf ("an array of %u to %u", fewest, room);

      fault_value (json, path, value, wanted);
      return NULL;
    }

  return value;
}

uint32_t
vc_json_u64s (VcJson     *json,
              const char *path,
              uint64_t   *values,
              uint32_t    fewest,
              uint32_t    room,
              uint64_t    least,
              uint64_t    most)
{
  json_t *array = find_array (json, path, fewest, room);
  const uint32_t n = json_array_size (array);

  for (uint32_t i = 0; i < n; i++)
    if (!is_whole (json_array_get (array, i), least, most))
      {
        g_autofree char *wanted = g_strdup_printf ("whole numbers from %" G_GUINT64_FORMAT
                                                   " to %" G_GUINT64_FORMAT, least, most);
        g_autofree char *is = describe_value (json_array_get (array, i));

        vc_json_fault (json, path, "has %s, wanted %s", is, wanted);
        return 0;
      }

  for (uint32_t i = 0; i < n; i++)
    values[i] = json_integer_value (json_array_get (array, i));

  return n;
}

uint32_t
vc_json_u32s (VcJson     *json,
              const char *path,
              uint32_t   *values,
              uint32_t    fewest,
              uint32_t    room,
              uint32_t    least,
              uint32_t    most)
{
  g_autofree uint64_t *wide = g_new (uint64_t, MAX (room, 1));
  const uint32_t n = vc_json_u64s (json, path, wide, fewest, room, least, most);

  for (uint32_t i = 0; i < n; i++)
    values[i] = wide[i];

  return n;
}

uint32_t
vc_json_floats (VcJson     *json,
                const char *path,
                float      *values,
                uint32_t    fewest,
                uint32_t    room,
                float       least,
                float       most)
{
  json_t *array = find_array (json, path, fewest, room);
  const uint32_t n = json_array_size (array);

  for (uint32_t i = 0; i < n; i++)
    if (!is_number (json_array_get (array, i), least, most))
      {
        g_autofree char *is = describe_value (json_array_get (array, i));

        vc_json_fault (json, path, "has %s, wanted numbers from %g to %g", is, least, most);
        return 0;
      }

  for (uint32_t i = 0; i < n; i++)
    values[i] = json_number_value (json_array_get (array, i));

  return n;
}

gsize
vc_json_count (VcJson     *json,
               const char *path)
{
  const json_t *value = find (json, path);

  return json_is_object (value) ? json_object_size (value) : json_array_size (value);
}

gboolean
vc_json_look_up (VcJson     *json,
                 const char *path,
                 const char *key,
                 uint32_t   *value)
{
  json_t *here = json->here;
  const json_t *found;

  json->here = json->root;
  found = json_object_get (find (json, path), key);
  json->here = here;

  if (!is_whole (found, 0, G_MAXUINT32))
    return FALSE;

  *value = json_integer_value (found);

  return TRUE;
}

static void
visit (VcJson       *json,
       json_t       *value,
       const char   *key,
       VcJsonMember  member,
       gpointer      data)
{
  json_t *here = json->here;
  const gsize length = json->where->len;

  if (length > 0)
    g_string_append_c (json->where, '.');
  g_string_append (json->where, key);
  json->here = value;

  member (json, key, data);

  json->here = here;
  g_string_truncate (json->where, length);
}

void
vc_json_each (VcJson       *json,
              const char   *path,
              VcJsonMember  member,
              gpointer      data)
{
  json_t *value = find (json, path);
  const gsize length = json->where->len;

  if (!json_is_object (value) && !json_is_array (value))
    {
      fault_value (json, path, value, "an object or an array");
      return;
    }

  if (path != NULL)
    g_string_append_printf (json->where, "%s%s", length > 0 ? "." : "", path);

  if (json_is_object (value))
    for (void *at = json_object_iter (value);
         at != NULL && json->fault == NULL;
         at = json_object_iter_next (value, at))
      visit (json, json_object_iter_value (at), json_object_iter_key (at), member, data);
  else
    for (gsize i = 0; i < json_array_size (value) && json->fault == NULL; i++)
      {
        char key[24];

        g_snprintf (key, sizeof key, "%zu", i);
        visit (json, json_array_get (value, i), key, member, data);
      }

  g_string_truncate (json->where, length);
}

gboolean
vc_json_finish (VcJson  *json,
                GError **error)
{
  if (json->fault == NULL)
    return TRUE;

  g_set_error_literal (error, VC_ERROR, VC_ERROR_BAD_MODEL, json->fault);

  return FALSE;
}
