/* keywords.c: what other programs call a picture, as Exiv2 reads it; of the reader of pictures as well */

#define G_LOG_DOMAIN "vig-keywords"

#include "config.h"

#include "library/keywords.h"

#include <string.h>

#define MICROSOFT "Xmp.MicrosoftPhoto.LastKeywordXMP"

void
vig_keywords_init (void)
{
  static gsize ready;

  if (!g_once_init_enter (&ready))
    return;

  gexiv2_initialize ();
  /* It would complain on standard error about every odd photo. */
  gexiv2_log_set_level (GEXIV2_LOG_LEVEL_MUTE);
  /* Known already to newer releases of Exiv2, where it does no harm. */
  gexiv2_metadata_try_register_xmp_namespace ("http://ns.adobe.com/lightroom/1.0/", "lr", NULL);
  gexiv2_metadata_try_register_xmp_namespace ("http://www.digikam.org/ns/1.0/", "digiKam", NULL);
  g_once_init_leave (&ready, 1);
}

void
vig_keywords_add (GPtrArray  *texts,
                  const char *text)
{
  if (*text != '\0' && !g_ptr_array_find_with_equal_func (texts, text, g_str_equal, NULL))
    g_ptr_array_add (texts, g_strdup (text));
}

GPtrArray *
vig_keywords_list (GExiv2Metadata *metadata,
                   const char     *key)
{
  GPtrArray *texts = g_ptr_array_new_with_free_func (g_free);
  g_auto(GStrv) found = gexiv2_metadata_try_get_tag_multiple (metadata, key, NULL);

  for (guint i = 0; found != NULL && found[i] != NULL && texts->len < VIG_KEYWORDS_MOST; i++)
    {
      g_autofree char *valid = g_utf8_make_valid (found[i], -1);

      /* So Exiv2 prints a list with remarks on its words, which it does not read. */
      if (strlen (valid) <= VIG_KEYWORDS_LONGEST && !g_str_has_prefix (valid, "type=\""))
        vig_keywords_add (texts, valid);
    }

  return texts;
}

/* Some programs keep notes of their own among the tags. */
static gboolean
is_note (const char *tag)
{
  return g_str_has_prefix (tag, "_Digikam_Internal_Tags_") || g_str_has_prefix (tag, "darktable/") ||
         g_str_equal (tag, "darktable");
}

/* Whether a hierarchical tag has @word as one of its parts. */
static gboolean
is_part (GPtrArray  *tags,
         const char *word)
{
  for (guint i = 0; i < tags->len; i++)
    {
      g_auto(GStrv) parts = g_strsplit (tags->pdata[i], "/", -1);

      if (g_strv_contains ((const char * const *) parts, word))
        return TRUE;
    }

  return FALSE;
}

void
vig_keywords_collect (GExiv2Metadata *metadata,
                      GPtrArray      *deep,
                      GPtrArray      *flat)
{
  static const char *const deep_keys[] = { VIG_KEY_DIGIKAM, MICROSOFT, VIG_KEY_LIGHTROOM };
  static const char *const flat_keys[] = { VIG_KEY_FLAT, VIG_KEY_IPTC };

  for (guint k = 0; k < G_N_ELEMENTS (deep_keys); k++)
    {
      g_autoptr(GPtrArray) words = vig_keywords_list (metadata, deep_keys[k]);

      for (guint i = 0; i < words->len; i++)
        {
          g_autofree char *tag = g_strdelimit (g_strdup (words->pdata[i]), "|", '/');

          if (!is_note (tag))
            vig_keywords_add (deep, tag);
        }
    }
  for (guint k = 0; k < G_N_ELEMENTS (flat_keys); k++)
    {
      g_autoptr(GPtrArray) words = vig_keywords_list (metadata, flat_keys[k]);

      for (guint i = 0; i < words->len; i++)
        vig_keywords_add (flat, words->pdata[i]);
    }
}

char **
vig_keywords_join (GPtrArray *deep,
                   GPtrArray *flat)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < deep->len; i++)
    g_strv_builder_add (builder, deep->pdata[i]);
  for (guint i = 0; i < flat->len; i++)
    if (!is_part (deep, flat->pdata[i]) && !is_note (flat->pdata[i]))
      g_strv_builder_add (builder, flat->pdata[i]);

  return g_strv_builder_end (builder);
}
