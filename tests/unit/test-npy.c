/* test-npy.c: the reader of NumPy's arrays, that other tests trust */

#include "npy.h"

#include <glib/gstdio.h>
#include <string.h>

/* Writes an array with @header and @bytes of the values 1.0f, 2.0f, … and gives back its path. */
static char *
write_array (const char *header,
             gsize       bytes)
{
  static const float values[] = { 1, 2, 3, 4, 5, 6 };
  g_autoptr(GString) file = g_string_new_len ("\x93NUMPY\x01", 7);
  g_autoptr(GError) error = NULL;
  g_autofree char *path = g_build_filename (g_get_user_cache_dir (), "array.npy", NULL);

  g_assert_cmpint (g_mkdir_with_parents (g_get_user_cache_dir (), 0700), ==, 0);

  g_string_append_c (file, 0);
  g_string_append_c (file, strlen (header));
  g_string_append_c (file, 0);
  g_string_append (file, header);
  g_string_append_len (file, (const char *) values, bytes);
  g_file_set_contents (path, file->str, file->len, &error);
  g_assert_no_error (error);

  return g_steal_pointer (&path);
}

static void
test_reads (void)
{
  g_autofree char *path =
    write_array ("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }\n", 24);
  uint32_t shape[4];
  gsize n;
  g_autofree float *values = test_npy_f32 (path, &n, shape);

  g_assert_cmpuint (n, ==, 6);
  g_assert_cmpuint (shape[0], ==, 1);
  g_assert_cmpuint (shape[1], ==, 1);
  g_assert_cmpuint (shape[2], ==, 2);
  g_assert_cmpuint (shape[3], ==, 3);
  for (guint i = 0; i < 6; i++)
    g_assert_cmpfloat (values[i], ==, i + 1);
}

typedef struct
{
  const char *name;
  const char *header;
  gsize       bytes;
  const char *message;
} Bad;

static const Bad bad[] = {
  { "/unit/npy/bad/short", "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }\n", 20,
    "*do not fit*" },
  { "/unit/npy/bad/type", "{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }\n", 24,
    "*wanted*" },
  { "/unit/npy/bad/column-major", "{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3), }\n", 24,
    "*not row-major*" },
  { "/unit/npy/bad/deep", "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1, 1, 1, 6), }\n", 24,
    "*not read here*" },
};

static void
test_refuses (gconstpointer data)
{
  const Bad *b = data;

  if (g_test_subprocess ())
    {
      g_autofree char *path = write_array (b->header, b->bytes);
      g_autofree float *values = test_npy_f32 (path, NULL, NULL);

      return;
    }

  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr (b->message);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/unit/npy/reads", test_reads);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_test_add_data_func (bad[i].name, &bad[i], test_refuses);

  return g_test_run ();
}
