/* npy.c: arrays of NumPy, read for tests
 *
 * The format: "\x93NUMPY", version (two bytes), the header's length (two bytes in version 1, four
 * after), the header, which is a Python dictionary with descr, fortran_order and shape, then the
 * values [numpy.lib.format].
 */

#include "npy.h"

#include <string.h>

char *
test_data (const char *path)
{
  if (g_path_is_absolute (path))
    return g_strdup (path);

  return g_test_build_filename (G_TEST_DIST, "data", path, NULL);
}

/* The value of @key in the dictionary @header: what follows its colon. */
static const char *
find_value (const char *header,
            const char *key,
            const char *path)
{
  g_autofree char *quoted = g_strdup_printf ("'%s':", key);
  const char *found = strstr (header, quoted);

  if (found == NULL)
    g_error ("%s: no %s in “%s”", path, quoted, header);

  found += strlen (quoted);

  return found + strspn (found, " ");
}

/* Reads "(4, 3, 32)" into the last places of @shape; gives back how many elements that is. */
static gsize
read_shape (const char *text,
            uint32_t    shape[4],
            const char *path)
{
  uint32_t extents[4];
  guint count = 0;
  gsize n = 1;

  if (*text++ != '(')
    g_error ("%s: the shape is not a tuple", path);

  for (;;)
    {
      char *end;
      guint64 extent;

      text += strspn (text, " ,");
      if (*text == ')')
        break;

      extent = g_ascii_strtoull (text, &end, 10);
      if (end == text || count == 4 || extent > G_MAXUINT32)
        g_error ("%s: a shape that is not read here, from “%s”", path, text);
      if (!g_size_checked_mul (&n, n, extent))
        g_error ("%s: too many elements", path);

      extents[count++] = extent;
      text = end;
    }

  for (guint i = 0; i < 4; i++)
    shape[i] = i + count < 4 ? 1 : extents[i + count - 4];

  return n;
}

static void *
read_array (const char *name,
            const char *descr,
            gsize      *n,
            uint32_t    shape[4])
{
  g_autofree char *path = test_data (name);
  g_autofree char *file = NULL;
  g_autofree char *header = NULL;
  g_autoptr(GError) error = NULL;
  const uint8_t *bytes;
  uint32_t extents[4];
  gsize size;
  gsize length;
  gsize start;
  gsize count;
  gsize n_bytes;

  if (!g_file_get_contents (path, &file, &size, &error))
    g_error ("%s", error->message);

  bytes = (const uint8_t *) file;
  if (size < 12 || memcmp (bytes, "\x93NUMPY", 6) != 0)
    g_error ("%s: not an array of NumPy", path);

  start = bytes[6] == 1 ? 10 : 12;
  length = bytes[8] | (gsize) bytes[9] << 8;
  if (start == 12)
    length |= (gsize) bytes[10] << 16 | (gsize) bytes[11] << 24;
  if (length > size - start)
    g_error ("%s: ends within its header", path);

  header = g_strndup (file + start, length);
  if (!g_str_has_prefix (find_value (header, "descr", path), descr))
    g_error ("%s: holds %s, wanted %s", path, header, descr);
  if (!g_str_has_prefix (find_value (header, "fortran_order", path), "False"))
    g_error ("%s: is not row-major", path);

  count = read_shape (find_value (header, "shape", path), extents, path);
  if (!g_size_checked_mul (&n_bytes, count, 4) || n_bytes != size - start - length)
    g_error ("%s: %" G_GSIZE_FORMAT " bytes of values do not fit “%s”", path,
             size - start - length, header);

  if (n != NULL)
    *n = count;
  if (shape != NULL)
    memcpy (shape, extents, sizeof extents);

  return g_memdup2 (bytes + start + length, n_bytes);
}

float *
test_npy_f32 (const char *path,
              gsize      *n,
              uint32_t    shape[4])
{
  return read_array (path, "'<f4'", n, shape);
}

int32_t *
test_npy_i32 (const char *path,
              gsize      *n,
              uint32_t    shape[4])
{
  return read_array (path, "'<i4'", n, shape);
}
