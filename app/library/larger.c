/* larger.c: an enlarged picture becomes a file among those that were made here */

#define G_LOG_DOMAIN "vig-larger"

#include "config.h"

#include "library/files.h"
#include "library/library-private.h"
#include "library/metadata.h"
#include "library/pixels.h"
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
  g_autoptr(VigSaid) said = NULL;
  VigExtent extent;
  const gboolean heard = vig_pixels_look (original, &extent, &said, NULL, NULL);
  GHashTable *texts = heard ? said->texts : NULL;
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

/* The copy stands beside its original, from the same moment; of a drawing it is one of that drawing, with its words, its
 * seed and its recipe. */
static gboolean
shelve (VigLibrary  *self,
        VigPicture  *copy,
        const char  *original,
        GError     **error)
{
  g_autofree char *absolute = g_canonicalize_filename (original, NULL);
  g_autofree char *stored = vig_library_dup_stored_path (self, absolute);
  g_autoptr(VigTransaction) t = vig_transaction_begin (self->writer, VIG_WRITE);
  const gint64 id = vig_picture_get_id (copy);
  const gint64 of = vig_transaction_query_int (t, "SELECT id FROM pictures WHERE path = ?", "p", stored);

  if (of != 0)
    {
      vig_transaction_run (t,
                           "UPDATE pictures SET (kind, time) = (SELECT kind, time FROM pictures WHERE id = ?) WHERE id = ?",
                           "ll", of, id);
      vig_transaction_run (t,
                           "INSERT INTO made (picture, job, idx, prompt, seed, score, recipe, tokens) "
                           "SELECT ?, job, idx, prompt, seed, score, recipe, tokens FROM made WHERE picture = ?", "ll", id, of);
      vig_transaction_index_words (t, id);
      vig_transaction_count_change (t);
      vig_library_refresh_picture (self, t, id);
    }
  if (!vig_transaction_commit (t, error))
    return FALSE;

  vig_library_touch (self);

  return TRUE;
}

static VigPicture *
list_copy (VigLibrary  *self,
           const char  *path,
           const char  *original,
           GError     **error)
{
  g_autoptr(VigPicture) copy = vig_library_add_file (self, path, error);

  return copy != NULL && shelve (self, copy, original, error) ? g_steal_pointer (&copy) : NULL;
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
        return vig_folder_sync (folder, error) ? list_copy (self, path, original, error) : NULL;
      if (!exists)
        {
          g_unlink (hidden);
          return NULL;
        }
    }
}
