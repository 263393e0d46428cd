/* phrases.c: words and pictures as rows of CLIP's space */

#define G_LOG_DOMAIN "vig-phrases"

#include "config.h"

#include <math.h>
#include <string.h>

#include "library/pixels.h"
#include "studio/kept-rows.h"
#include "studio/phrases.h"

/* A word by itself is rarely a caption: several captions around it, averaged, place it better
 * [Radford et al. 2021, section 3.1.4]. The word with its article stands where the %s is. Of 269 emoji,
 * the first CLIP that came with the program named 9 % by the bare word and 20 % by these. */
static const char *const templates[] = {
  "%s",
  "a photo of %s",
  "a drawing of %s",
  "%s, cartoon",
  "%s on a white background, flat illustration",
  "a close-up photo of %s",
  "a small photo of %s",
};

/* What is typed to be found, as few words as this, is a thing rather than a caption. */
#define THING_WORDS 3

/* Goes with the templates: rows that were kept before are made again. */
#define VERSION 1

static void
make_unit (float *row,
           guint  width)
{
  double square = 0;

  for (guint i = 0; i < width; i++)
    square += (double) row[i] * row[i];
  if (square == 0)
    return;
  for (guint i = 0; i < width; i++)
    row[i] = (float) (row[i] / sqrt (square));
}

/* "an apple", "a cat", "cherries": English, as the captions that CLIPs are made from. */
static const char *
choose_article (const char *word)
{
  const gsize length = strlen (word);

  if (length > 2 && word[length - 1] == 's' && word[length - 2] != 's' && word[length - 2] != 'u')
    return "";

  return strchr ("aeiouAEIOU", *word) != NULL ? "an " : "a ";
}

/* The %s of a template, replaced; a word is never a format. */
static char *
fill_template (const char *template,
               const char *word)
{
  g_auto(GStrv) parts = g_strsplit (template, "%s", 2);

  return g_strconcat (parts[0], choose_article (word), word, parts[1], NULL);
}

/* (count, width) of some words: the templates of one word are embedded together. */
static gboolean
embed_some (VcClip             *clip,
            const char * const *words,
            guint               count,
            float              *rows,
            GCancellable       *cancellable,
            GError            **error)
{
  const guint n = G_N_ELEMENTS (templates);
  const guint width = vc_clip_get_width (clip);
  g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  g_autofree float *each = g_new (float, (gsize) count * n * width);

  for (guint i = 0; i < count; i++)
    for (guint t = 0; t < n; t++)
      g_ptr_array_add (texts, fill_template (templates[t], words[i]));

  if (!vc_clip_embed_texts (clip, (const char * const *) texts->pdata, texts->len, each,
                            vig_workshop_step, cancellable, error))
    return FALSE;

  for (guint i = 0; i < count; i++)
    {
      float *row = rows + (gsize) i * width;

      for (guint k = 0; k < width; k++)
        {
          row[k] = 0;
          for (guint t = 0; t < n; t++)
            row[k] += each[((gsize) i * n + t) * width + k];
        }
      make_unit (row, width);
    }

  return TRUE;
}

typedef struct
{
  VcClip             *clip;
  const char * const *words;
} Words;

/* Of the words at @places. */
static gboolean
embed_places (const guint   *places,
              guint          n,
              float         *rows,
              gpointer       data,
              GCancellable  *cancellable,
              GError       **error)
{
  const Words *words = data;
  g_autofree const char **some = g_new (const char *, n);

  for (guint i = 0; i < n; i++)
    some[i] = words->words[places[i]];

  return embed_some (words->clip, some, n, rows, cancellable, error);
}

float *
vig_phrases_embed_words (VigWorkshop        *workshop,
                         VcClip             *clip,
                         const char * const *words,
                         guint               count,
                         GCancellable       *cancellable,
                         GError            **error)
{
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  Words all = { clip, words };

  for (guint i = 0; i < count; i++)
    g_ptr_array_add (names, g_strdup_printf ("word %d %s", VERSION, words[i]));

  return vig_kept_rows_get (workshop, clip, (const char * const *) names->pdata, count, embed_places, &all, cancellable,
                            error);
}

float *
vig_phrases_embed_text (VcClip       *clip,
                        const char   *text,
                        GCancellable *cancellable,
                        GError      **error)
{
  g_autofree float *row = g_new (float, vc_clip_get_width (clip));

  if (!vc_clip_embed_texts (clip, &text, 1, row, vig_workshop_step, cancellable, error))
    return NULL;

  return g_steal_pointer (&row);
}

/* The thing that @text names, without its article, or NULL if it is a whole caption. */
static char *
find_thing (const char *text)
{
  static const char *const articles[] = { "a ", "an ", "the " };
  g_autofree char *bare = g_strstrip (g_strdup (text));
  g_auto(GStrv) words = g_strsplit_set (bare, " \t\n", -1);
  guint count = 0;

  for (guint i = 0; i < G_N_ELEMENTS (articles); i++)
    if (g_ascii_strncasecmp (bare, articles[i], strlen (articles[i])) == 0)
      return find_thing (bare + strlen (articles[i]));

  for (guint i = 0; words[i] != NULL; i++)
    count += *words[i] != '\0';

  return count == 0 || count > THING_WORDS ? NULL : g_steal_pointer (&bare);
}

float *
vig_phrases_embed_query (VcClip       *clip,
                         const char   *text,
                         GCancellable *cancellable,
                         GError      **error)
{
  g_autofree char *thing = find_thing (text);
  const char *words[] = { thing };
  g_autofree float *row = NULL;

  if (thing == NULL)
    return vig_phrases_embed_text (clip, text, cancellable, error);

  row = g_new (float, vc_clip_get_width (clip));
  if (!embed_some (clip, words, 1, row, cancellable, error))
    return NULL;

  return g_steal_pointer (&row);
}

float *
vig_phrases_embed_pixels (VcClip       *clip,
                          const guint8 *rgb,
                          guint         width,
                          guint         height,
                          GCancellable *cancellable,
                          GError      **error)
{
  const guint side = vc_clip_get_side (clip);
  g_autofree float *pixels = g_new (float, (gsize) side * side * 3);
  g_autofree float *row = g_new (float, vc_clip_get_width (clip));

  vc_clip_prepare (clip, rgb, width, height, (gsize) width * 3, pixels);
  if (!vc_clip_embed_images (clip, pixels, 1, row, vig_workshop_step, cancellable, error))
    return NULL;

  return g_steal_pointer (&row);
}

float *
vig_phrases_embed_file (VcClip       *clip,
                        const char   *path,
                        GCancellable *cancellable,
                        GError      **error)
{
  g_autoptr(VigPixels) loaded = vig_pixels_load (path, vc_clip_get_side (clip), cancellable, error);

  if (loaded == NULL)
    return NULL;

  return vig_phrases_embed_pixels (clip, loaded->rgb, loaded->width, loaded->height, cancellable,
                                   error);
}
