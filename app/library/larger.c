/* larger.c: an enlarged picture becomes a file among those that were made here */

#define G_LOG_DOMAIN "vig-larger"

#include "config.h"

#include "library/files.h"
#include "library/library-private.h"
#include "library/metadata.h"
#include "library/png-file.h"

#include <glib/gstdio.h>

/* “NAME 2×.png”, or “NAME 2× (2).png” where that is taken. */
static char *
make_path (VigLibrary *self,
           const char *original,
           guint       times,
           guint       copy)
{
  g_autofree char *base = g_path_get_basename (original);
  char *dot = strrchr (base, '.');
  g_autofree char *name = NULL;

  if (dot != NULL && dot != base)
    *dot = '\0';
  name = copy == 1 ? g_strdup_printf ("%s %u×.png", base, times) : g_strdup_printf ("%s %u× (%u).png", base, times, copy);

  return g_build_filename (vig_profile_get_pictures (self->profile), name, NULL);
}

/* What the original says of itself goes along: the recipe of a drawing, the tags of a photo; and that a model had a hand
 * in it. */
static GBytes *
encode (const char    *original,
        const guint8  *rgb,
        guint          width,
        guint          height,
        guint          times,
        const char    *model_hash,
        GError       **error)
{
  static const char * const kept[] = { "parameters", "vignette" };
  g_autoptr(GHashTable) texts = vig_png_read_texts (original);
  const gboolean drawn = texts != NULL && g_hash_table_contains (texts, "vignette");
  g_autofree char *xmp = vig_metadata_describe_larger (original, drawn, times, model_hash, error);
  VigPngText all[G_N_ELEMENTS (kept) + 1];
  guint n = 0;

  if (xmp == NULL)
    return NULL;

  for (guint i = 0; i < G_N_ELEMENTS (kept); i++)
    {
      const char *text = texts != NULL ? g_hash_table_lookup (texts, kept[i]) : NULL;

      if (text != NULL)
        all[n++] = (VigPngText) { kept[i], text };
    }
  all[n++] = (VigPngText) { "XML:com.adobe.xmp", xmp };

  return vig_png_encode (rgb, width, height, all, n, error);
}

VigPicture *
vig_library_save_larger (VigLibrary    *self,
                         const char    *original,
                         const guint8  *rgb,
                         guint          width,
                         guint          height,
                         guint          times,
                         const char    *model_hash,
                         GError       **error)
{
  g_return_val_if_fail (VIG_IS_LIBRARY (self), NULL);

  const char *folder = vig_profile_get_pictures (self->profile);
  g_autofree char *hidden = g_strdup_printf ("%s/.vignette-%08x.part", folder, g_random_int ());
  g_autofree char *shown = g_filename_display_name (folder);
  g_autoptr(GBytes) png = encode (original, rgb, width, height, times, model_hash, error);

  g_mkdir_with_parents (folder, 0700);
  if (png == NULL ||
      !vig_file_write (hidden, g_bytes_get_data (png, NULL), g_bytes_get_size (png), shown, error))
    return NULL;

  for (guint copy = 1;; copy++)
    {
      g_autofree char *path = make_path (self, original, times, copy);
      gboolean exists;

      if (vig_file_place (hidden, path, &exists, shown, error))
        return vig_folder_sync (folder, error) ? vig_library_add_file (self, path, error) : NULL;
      if (!exists)
        {
          g_unlink (hidden);
          return NULL;
        }
    }
}
