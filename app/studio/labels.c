/* labels.c: how likely each of some words is for a picture, or none of them */

#define G_LOG_DOMAIN "vig-labels"

#include "config.h"

#include <math.h>
#include <string.h>

#include <glib/gi18n.h>

#include "library/files.h"
#include "studio/labels.h"
#include "studio/phrases.h"
#include "studio/studio.h"

/* Grows with the templates and with what is none of them: rows on the disk are made again. */
#define VERSION 1

/* Of a file of words: every word of a language has room in it. */
#define VOCABULARY_MAX (8 << 20)

/* What a picture may show that is none of the words: nothing in particular, or a thing that is not
 * asked for. Of pictures that show none of four words, the CLIP that comes with the program is sure of
 * one of them in 8 %; with the first eight of these alone it would be in 34 %. */
static const char *const others[] = {
  "thing", "background", "pattern", "texture", "blur", "noise", "diagram", "text",
  "butterfly", "duck", "jellyfish", "parrot", "skunk", "bouquet of flowers", "tulip", "coconut",
  "ice cream", "pizza", "bicycle", "speedboat", "lighthouse", "globe", "sunset", "triangle",
  "boomerang", "crown", "handbag", "microscope", "ribbon", "telescope", "blue", "collage",
};

void
vig_labels_free (VigLabels *labels)
{
  if (labels == NULL)
    return;

  g_strfreev (labels->words);
  g_free (labels->rows);
  g_free (labels);
}

/* One word a line; # begins a comment; what stands twice is taken once. */
char **
vig_vocabulary_load (const char *path,
                     GError    **error)
{
  g_autofree char *included = g_build_filename (vig_profile_get_data (), "vocabularies",
                                                "everyday.txt", NULL);
  g_autofree char *text = NULL;
  g_autofree char *valid = NULL;
  g_auto(GStrv) lines = NULL;
  g_autoptr(GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  gsize size;

  text = vig_file_read (path != NULL ? path : included, VOCABULARY_MAX, &size, error);
  if (text == NULL)
    return NULL;
  if (strlen (text) != size)
    {
      g_autofree char *shown = g_filename_display_name (path != NULL ? path : included);

      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _("“%s” is not a text."), shown);
      return NULL;
    }

  valid = g_utf8_make_valid (text, -1);
  lines = g_strsplit (valid, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      const char *word;

      lines[i][strcspn (lines[i], "#")] = '\0';
      word = g_strstrip (lines[i]);
      if (*word != '\0' && g_hash_table_add (seen, (char *) word))
        g_strv_builder_add (builder, word);
    }

  if (g_hash_table_size (seen) == 0)
    {
      g_autofree char *shown = g_filename_display_name (path != NULL ? path : included);

      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _("There are no words in “%s”."),
                   shown);
      return NULL;
    }

  return g_strv_builder_end (builder);
}

/* What the rows depend on, as a name. */
static char *
name_rows (VcClip    *clip,
           VigLabels *labels)
{
  g_autoptr(GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree char *head = g_strdup_printf ("%d %s %u\n", VERSION, vc_clip_get_hash (clip),
                                           labels->width);

  g_checksum_update (sum, (const guchar *) head, -1);
  for (guint i = 0; i < labels->count; i++)
    g_checksum_update (sum, (const guchar *) labels->words[i], strlen (labels->words[i]) + 1);

  return g_strdup (g_checksum_get_string (sum));
}

/* Rows that an earlier run left in the cache: NULL if there are none that fit. */
static float *
load_rows (const char *path,
           gsize       size)
{
  g_autofree char *contents = NULL;
  gsize found;

  /* Without them they are made. */
  if (!g_file_get_contents (path, &contents, &found, NULL) || found != size)
    return NULL;

  for (gsize i = 0; i < size / sizeof (float); i++)
    if (!isfinite (((const float *) contents)[i]))
      return NULL;

  return (float *) g_steal_pointer (&contents);
}

/* The words' rows: from the workshop's shelf, from the cache, or made now. */
static gboolean
fill_rows (VigLabels    *labels,
           VigWorkshop  *workshop,
           VcClip       *clip,
           GCancellable *cancellable,
           GError      **error)
{
  VigProfile *profile = vig_library_get_profile (vig_workshop_get_library (workshop));
  const char *cache = vig_profile_get_cache (profile);
  const gsize size = (gsize) (labels->count + labels->others) * labels->width * sizeof (float);
  GHashTable *shelf = vig_workshop_get_shelf (workshop);
  g_autofree char *name = name_rows (clip, labels);
  g_autofree char *folder = g_build_filename (cache, "labels", NULL);
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr(GPtrArray) all = g_ptr_array_new ();

  labels->rows = g_memdup2 (g_hash_table_lookup (shelf, name), size);
  if (labels->rows != NULL)
    return TRUE;

  labels->rows = load_rows (path, size);
  if (labels->rows == NULL)
    {
      for (guint i = 0; i < labels->count; i++)
        g_ptr_array_add (all, labels->words[i]);
      for (guint i = 0; i < G_N_ELEMENTS (others); i++)
        if (!g_strv_contains ((const char * const *) labels->words, others[i]))
          g_ptr_array_add (all, (char *) others[i]);

      labels->rows = vig_phrases_embed_words (workshop, clip, (const char * const *) all->pdata,
                                              all->len, cancellable, error);
      if (labels->rows == NULL)
        return FALSE;

      /* A cache that cannot be written costs time, nothing else. */
      if (g_mkdir_with_parents (folder, 0700) == 0)
        g_file_set_contents (path, (const char *) labels->rows, size, NULL);
    }
  g_hash_table_insert (shelf, g_steal_pointer (&name), g_memdup2 (labels->rows, size));

  return TRUE;
}

VigLabels *
vig_labels_new (VigWorkshop        *workshop,
                VcClip             *clip,
                const char * const *words,
                GCancellable       *cancellable,
                GError            **error)
{
  g_autoptr(VigLabels) labels = g_new0 (VigLabels, 1);

  labels->words = words != NULL ? g_strdupv ((char **) words) : vig_vocabulary_load (NULL, error);
  if (labels->words == NULL)
    return NULL;

  labels->count = g_strv_length (labels->words);
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    labels->others += !g_strv_contains ((const char * const *) labels->words, others[i]);
  labels->width = vc_clip_get_width (clip);
  if (!fill_rows (labels, workshop, clip, cancellable, error))
    return NULL;

  return g_steal_pointer (&labels);
}

void
vig_labels_rate (const VigLabels *labels,
                 const float     *row,
                 float            scale,
                 double          *scores)
{
  const guint n = labels->count + labels->others;
  g_autofree double *logits = g_new (double, n);
  double highest = -INFINITY;
  double sum = 0;

  for (guint i = 0; i < n; i++)
    {
      const float *word = labels->rows + (gsize) i * labels->width;
      double cosine = 0;

      for (guint k = 0; k < labels->width; k++)
        cosine += (double) row[k] * word[k];
      logits[i] = scale * cosine;
      highest = MAX (highest, logits[i]);
    }

  for (guint i = 0; i < n; i++)
    sum += exp (logits[i] - highest);
  for (guint i = 0; i < labels->count; i++)
    scores[i] = exp (logits[i] - highest) / sum;
}
