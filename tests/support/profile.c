/* profile.c: a library of its own for every test of the app's rooms */

#include "profile.h"

#include <errno.h>
#include <gdk-pixbuf/gdk-pixbuf.h>
#include <glib/gstdio.h>

/* Where the folders are made; below it each has its own. Deleted at exit, but not by a child that a test forks. */
static char *root;
static int owner;

static void
delete_tree (const char *path)
{
  if (g_file_test (path, G_FILE_TEST_IS_DIR) && !g_file_test (path, G_FILE_TEST_IS_SYMLINK))
    {
      g_autoptr(GDir) dir = NULL;
      const char *name;

      g_chmod (path, 0700);
      dir = g_dir_open (path, 0, NULL);
      while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
        {
          g_autofree char *child = g_build_filename (path, name, NULL);

          delete_tree (child);
        }
    }
  g_remove (path);
}

static void
clean_up (void)
{
  if (owner == getpid ())
    delete_tree (root);
}

/* Not G_TEST_OPTION_ISOLATE_DIRS: without the system's data GdkPixbuf knows no kind of file. */
void
test_init_library (int    *argc,
                   char ***argv)
{
  static const char * const names[] = { "HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME" };
  g_autoptr(GError) error = NULL;

  g_test_init (argc, argv, NULL);
  root = g_dir_make_tmp ("vignette-test-XXXXXX", &error);
  g_assert_no_error (error);
  owner = getpid ();
  atexit (clean_up);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *folder = g_build_filename (root, names[i], NULL);

      g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
      g_setenv (names[i], folder, TRUE);
    }
}

char *
test_make_folder (void)
{
  g_autofree char *template = g_build_filename (root, "XXXXXX", NULL);
  char *folder = g_mkdtemp (g_steal_pointer (&template));

  g_assert_nonnull (folder);

  return folder;
}

VigProfile *
test_make_profile (const char *folder)
{
  g_autoptr(GError) error = NULL;
  VigProfile *profile = vig_profile_new (folder, &error);

  g_assert_no_error (error);

  return profile;
}

VigLibrary *
test_open_library (VigProfile *profile)
{
  g_autoptr(GError) error = NULL;
  VigLibrary *library = vig_library_open (profile, &error);

  g_assert_no_error (error);

  return library;
}

VigRecipe *
test_make_recipe (guint   count,
                  guint64 seed)
{
  VigRecipe *recipe = g_new0 (VigRecipe, 1);

  recipe->prompt = g_strdup ("two red apples on a table");
  recipe->model = g_strdup ("first-light");
  recipe->model_hash = g_strdup ("0123456789abcdef");
  recipe->clip = g_strdup ("first-light-clip");
  recipe->clip_hash = g_strdup ("fedcba9876543210");
  recipe->device = g_strdup ("host");
  recipe->seed = seed;
  recipe->count = count;
  recipe->best_of = count;
  recipe->temperature = 0.9;
  recipe->top_k = 64;
  recipe->top_p = 0.95;
  recipe->guidance = 3;
  recipe->tokens = 16;

  return recipe;
}

guint8 *
test_make_rgb (guint   side,
               guint64 seed)
{
  guint8 *rgb = g_malloc ((gsize) side * side * 3);
  guint64 state = seed * 2 + 1;

  for (gsize i = 0; i < (gsize) side * side * 3; i++)
    {
      state = state * 6364136223846793005u + 1442695040888963407u;
      rgb[i] = state >> 56;
    }

  return rgb;
}

void
test_fill_tokens (guint32 *tokens,
                  guint64  seed)
{
  for (guint i = 0; i < 16; i++)
    tokens[i] = (seed * 31 + i * 7) % 1024;
}

char *
test_write_file (const char    *folder,
                 const char    *name,
                 gconstpointer  bytes,
                 gsize          size)
{
  char *path = g_build_filename (folder, name, NULL);
  g_autofree char *parent = g_path_get_dirname (path);
  g_autoptr(GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (parent, 0755), ==, 0);
  g_file_set_contents (path, bytes, size, &error);
  g_assert_no_error (error);

  return path;
}

char *
test_write_picture (const char *folder,
                    const char *name,
                    guint       width,
                    guint       height,
                    guint       seed)
{
  g_autoptr(GdkPixbuf) pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, width, height);
  const char *dot = strrchr (name, '.');
  const char *type = g_str_has_suffix (dot, "jpg") ? "jpeg" : dot + 1;
  guint8 *pixels = gdk_pixbuf_get_pixels (pixbuf);
  g_autoptr(GError) error = NULL;
  g_autofree char *bytes = NULL;
  gsize size;

  for (guint y = 0; y < height; y++)
    {
      for (guint x = 0; x < width * 3; x++)
        pixels[(gsize) y * gdk_pixbuf_get_rowstride (pixbuf) + x] = (seed * 2654435761u >> x % 3 * 8) ^ (x + y * 5);
    }
  gdk_pixbuf_save_to_buffer (pixbuf, &bytes, &size, type, &error, NULL);
  g_assert_no_error (error);

  return test_write_file (folder, name, bytes, size);
}

static gboolean
wake_cb (gpointer data)
{
  *(gboolean *) data = TRUE;

  return G_SOURCE_REMOVE;
}

void
test_run_main (guint milliseconds)
{
  gboolean woken = FALSE;

  g_timeout_add (milliseconds, wake_cb, &woken);
  while (!woken)
    g_main_context_iteration (NULL, TRUE);
}

void
test_check_library (VigLibrary *library)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) problems = vig_library_check (library, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < problems->len; i++)
    g_test_message ("%s", (const char *) problems->pdata[i]);
  g_assert_cmpuint (problems->len, ==, 0);
}
