/* sidecar.c: tags in a file beside the picture, as other programs read and write them */

#define G_LOG_DOMAIN "vig-sidecar"

#include "config.h"

#include "library/sidecar.h"

#include "library/files.h"
#include "library/keywords.h"
#include "library/metadata.h"
#include "library/rdf.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <stdlib.h>

/* Sidecars with a long history of edits have some hundred kB. */
#define LARGEST (16 << 20)

static const VigRdfList flat_list = { "http://purl.org/dc/elements/1.1/", "dc", "subject", "Bag" };
static const VigRdfList lightroom_list = {
  "http://ns.adobe.com/lightroom/1.0/", "lr", "hierarchicalSubject", "Bag"
};
static const VigRdfList digikam_list = { "http://www.digikam.org/ns/1.0/", "digiKam", "TagsList", "Seq" };

static gboolean
contains (GPtrArray  *texts,
          const char *text)
{
  return g_ptr_array_find_with_equal_func (texts, text, g_str_equal, NULL);
}

static const char *
get_leaf (const char *tag)
{
  const char *slash = strrchr (tag, '/');

  return slash != NULL ? slash + 1 : tag;
}

static char *
bar (const char *tag)
{
  g_auto(GStrv) parts = g_strsplit (tag, "/", -1);

  return g_strjoinv ("|", parts);
}

/* ---- What shall stand in the three lists ---- */

typedef struct
{
  GPtrArray *flat;       /* of char * */
  GPtrArray *lightroom;
  GPtrArray *digikam;
} Words;

static void
words_init (Words *words)
{
  words->flat = g_ptr_array_new_with_free_func (g_free);
  words->lightroom = g_ptr_array_new_with_free_func (g_free);
  words->digikam = g_ptr_array_new_with_free_func (g_free);
}

static void
words_clear (Words *words)
{
  g_ptr_array_unref (words->flat);
  g_ptr_array_unref (words->lightroom);
  g_ptr_array_unref (words->digikam);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Words, words_clear)

static void
add_words (Words               *words,
           const char * const  *tags)
{
  for (guint i = 0; tags[i] != NULL; i++)
    {
      g_autofree char *barred = bar (tags[i]);

      vig_keywords_add (words->flat, get_leaf (tags[i]));
      vig_keywords_add (words->lightroom, barred);
      vig_keywords_add (words->digikam, tags[i]);
    }
}

/* Whether one of hierarchical @words ends in @leaf, but for those that are @gone. */
static gboolean
has_leaf (GPtrArray  *words,
          GPtrArray  *gone,
          char        separator,
          const char *leaf)
{
  for (guint i = 0; i < words->len; i++)
    {
      const char *word = words->pdata[i];
      const char *last = strrchr (word, separator);

      if (!contains (gone, word) && g_str_equal (last != NULL ? last + 1 : word, leaf))
        return TRUE;
    }

  return FALSE;
}

/* @gone becomes what has to leave, @wanted what has to come, so that @now holds all of @wanted. A flat word stays as long
 * as another tag that stays ends in it. */
static void
compare (const Words *now,
         Words       *wanted,
         Words       *gone)
{
  for (guint i = gone->flat->len; i > 0; i--)
    {
      const char *leaf = gone->flat->pdata[i - 1];

      if (contains (wanted->flat, leaf) || has_leaf (now->digikam, gone->digikam, '/', leaf) ||
          has_leaf (now->lightroom, gone->lightroom, '|', leaf))
        g_ptr_array_remove_index (gone->flat, i - 1);
    }

  GPtrArray *there[] = { now->flat, now->lightroom, now->digikam };
  GPtrArray *come[] = { wanted->flat, wanted->lightroom, wanted->digikam };
  GPtrArray *leave[] = { gone->flat, gone->lightroom, gone->digikam };

  for (guint k = 0; k < G_N_ELEMENTS (there); k++)
    {
      for (guint i = come[k]->len; i > 0; i--)
        if (contains (there[k], come[k]->pdata[i - 1]))
          g_ptr_array_remove_index (come[k], i - 1);
      for (guint i = leave[k]->len; i > 0; i--)
        if (!contains (there[k], leave[k]->pdata[i - 1]))
          g_ptr_array_remove_index (leave[k], i - 1);
    }
}

static gboolean
is_empty (const Words *words)
{
  return words->flat->len == 0 && words->lightroom->len == 0 && words->digikam->len == 0;
}

/* ---- One that is there ---- */

/* A sidecar is XML. Exiv2 goes by the first bytes, and reads forever in some that say they are a film. */
static gboolean
looks_like_xml (const char *text,
                gsize       size)
{
  const gsize mark = size >= 3 && memcmp (text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
  gsize at = mark;

  while (at < size && g_ascii_isspace (text[at]))
    at++;

  return at < size && text[at] == '<';
}

/* Exiv2 takes a file that it cannot parse for an empty one. The lock is held. */
static GExiv2Metadata *
understand (const char *text,
            gsize       size)
{
  g_autoptr(GExiv2Metadata) metadata = gexiv2_metadata_new ();

  /* Exiv2 knows a sidecar by its head; of a file it is the same. */
  if (!looks_like_xml (text, size) || !gexiv2_metadata_open_buf (metadata, (const guint8 *) text, (glong) size, NULL) ||
      !gexiv2_metadata_has_xmp (metadata))
    return NULL;

  return g_steal_pointer (&metadata);
}

/* What others will read is what was meant. */
static gboolean
holds (const char  *text,
       const Words *wanted)
{
  g_autoptr(GExiv2Metadata) metadata = understand (text, strlen (text));
  const char *keys[] = { VIG_KEY_FLAT, VIG_KEY_LIGHTROOM, VIG_KEY_DIGIKAM };
  GPtrArray *words[] = { wanted->flat, wanted->lightroom, wanted->digikam };

  for (guint k = 0; metadata != NULL && k < G_N_ELEMENTS (keys); k++)
    {
      g_autoptr(GPtrArray) found = vig_keywords_list (metadata, keys[k]);

      for (guint i = 0; i < words[k]->len && i < VIG_KEYWORDS_MOST && found->len < VIG_KEYWORDS_MOST; i++)
        if (strlen (words[k]->pdata[i]) <= VIG_KEYWORDS_LONGEST && !contains (found, words[k]->pdata[i]))
          return FALSE;
    }

  return metadata != NULL;
}

static char *
edit (const char          *text,
      gsize                size,
      const char * const  *tags,
      const char * const  *gone)
{
  g_autoptr(GExiv2Metadata) metadata = understand (text, size);
  g_autoptr(VigRdf) rdf = metadata != NULL ? vig_rdf_parse (text, size) : NULL;
  g_autoptr(GPtrArray) flat = rdf != NULL ? vig_rdf_read (rdf, &flat_list) : NULL;
  g_autoptr(GPtrArray) lightroom = rdf != NULL ? vig_rdf_read (rdf, &lightroom_list) : NULL;
  g_autoptr(GPtrArray) digikam = rdf != NULL ? vig_rdf_read (rdf, &digikam_list) : NULL;
  const Words now = { flat, lightroom, digikam };
  g_auto(Words) wanted;
  g_auto(Words) leaving;
  g_autofree char *made = NULL;

  words_init (&wanted);
  words_init (&leaving);
  if (flat == NULL || lightroom == NULL || digikam == NULL)
    return NULL;

  add_words (&wanted, tags);
  add_words (&leaving, gone);
  compare (&now, &wanted, &leaving);
  if (is_empty (&wanted) && is_empty (&leaving))
    return g_strndup (text, size);

  vig_rdf_change (rdf, &flat_list, leaving.flat, wanted.flat);
  vig_rdf_change (rdf, &lightroom_list, leaving.lightroom, wanted.lightroom);
  vig_rdf_change (rdf, &digikam_list, leaving.digikam, wanted.digikam);

  made = vig_rdf_print (rdf);

  return made != NULL && holds (made, &wanted) ? g_steal_pointer (&made) : NULL;
}

char *
vig_sidecar_edit (const char          *text,
                  gsize                size,
                  const char * const  *tags,
                  const char * const  *gone)
{
  g_autoptr(GMutexLocker) locker = vig_metadata_lock ();

  return edit (text, size, tags, gone);
}

static char *
edit_file (const char          *path,
           const char          *shown,
           const char * const  *tags,
           const char * const  *gone,
           gboolean            *same,
           GError             **error)
{
  gsize size;
  g_autofree char *text = vig_file_read (path, LARGEST, &size, error);
  g_autofree char *made = NULL;

  if (text == NULL)
    return NULL;

  made = edit (text, size, tags, gone);
  if (made == NULL)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _("“%s” cannot be understood, so it was left as it is."),
                 shown);
  *same = made != NULL && strcmp (made, text) == 0;

  return g_steal_pointer (&made);
}

/* ---- A new one ---- */

static gboolean
write_list (GExiv2Metadata  *metadata,
            const char      *key,
            GPtrArray       *texts,
            GError         **error)
{
  if (texts->len == 0)
    {
      gexiv2_metadata_try_clear_tag (metadata, key, NULL);
      return TRUE;
    }
  g_ptr_array_add (texts, NULL);

  return gexiv2_metadata_try_set_tag_multiple (metadata, key, (const char **) texts->pdata, error);
}

/* What of @now stays, then what is wanted. */
static void
join (GPtrArray *now,
      GPtrArray *gone,
      GPtrArray *wanted)
{
  for (guint i = now->len; i > 0; i--)
    if (contains (gone, now->pdata[i - 1]))
      g_ptr_array_remove_index (now, i - 1);
  for (guint i = 0; i < wanted->len; i++)
    vig_keywords_add (now, wanted->pdata[i]);
}

static gboolean
merge (GExiv2Metadata      *metadata,
       const char * const  *tags,
       const char * const  *gone,
       GError             **error)
{
  g_autoptr(GPtrArray) iptc = vig_keywords_list (metadata, VIG_KEY_IPTC);
  g_auto(Words) now = { vig_keywords_list (metadata, VIG_KEY_FLAT), vig_keywords_list (metadata, VIG_KEY_LIGHTROOM), vig_keywords_list (metadata, VIG_KEY_DIGIKAM) };
  g_auto(Words) wanted;
  g_auto(Words) leaving;

  words_init (&wanted);
  words_init (&leaving);
  for (guint i = 0; i < iptc->len; i++)
    vig_keywords_add (now.flat, iptc->pdata[i]);
  add_words (&wanted, tags);
  add_words (&leaving, gone);
  compare (&now, &wanted, &leaving);
  join (now.flat, leaving.flat, wanted.flat);
  join (now.lightroom, leaving.lightroom, wanted.lightroom);
  join (now.digikam, leaving.digikam, wanted.digikam);

  return write_list (metadata, VIG_KEY_FLAT, now.flat, error) &&
         write_list (metadata, VIG_KEY_LIGHTROOM, now.lightroom, error) &&
         write_list (metadata, VIG_KEY_DIGIKAM, now.digikam, error);
}

/* Of the picture itself; of one whose kind Exiv2 does not know, nothing. Only its XMP will be written. */
static GExiv2Metadata *
open_picture (const char  *path,
              GError     **error)
{
  g_autoptr(GExiv2Metadata) metadata = gexiv2_metadata_new ();

  if (gexiv2_metadata_open_path (metadata, path, NULL))
    return g_steal_pointer (&metadata);

  return vig_metadata_new (error);
}

static char *
make_text (const char          *picture,
           const char * const  *tags,
           const char * const  *gone,
           GError             **error)
{
  g_autoptr(GExiv2Metadata) metadata = open_picture (picture, error);

  if (metadata == NULL || !merge (metadata, tags, gone, error))
    return NULL;

  g_autofree char *packet =
    gexiv2_metadata_try_generate_xmp_packet (metadata, GEXIV2_OMIT_PACKET_WRAPPER | GEXIV2_USE_COMPACT_FORMAT, 0,
                                             error);

  return packet != NULL ? g_strdup_printf ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n%s\n", packet) : NULL;
}

/* By temporary file and rename. */
static gboolean
place (const char  *text,
       const char  *sidecar,
       const char  *shown,
       int          mode,
       GError     **error)
{
  g_autofree char *folder = g_path_get_dirname (sidecar);
  g_autofree char *base = g_path_get_basename (sidecar);
  g_autofree char *part = g_strdup_printf ("%s/.%s.%08x.part", folder, base, g_random_int ());

  if (!vig_file_write (part, text, strlen (text), shown, error))
    return FALSE;

  /* Who could read the old one can read the new one; where that cannot be said, the folder's rule holds. */
  if (mode >= 0 && g_chmod (part, mode) != 0)
    g_debug ("%s: %s", part, g_strerror (errno));
  if (g_rename (part, sidecar) != 0)
    {
      g_propagate_error (error, vig_file_make_error (errno, shown));
      g_unlink (part);
      return FALSE;
    }

  return vig_folder_sync (folder, error);
}

gboolean
vig_sidecar_write (const char          *path,
                   const char * const  *tags,
                   const char * const  *gone,
                   GError             **error)
{
  g_autofree char *name = g_strconcat (path, ".xmp", NULL);
  g_autofree char *shown = g_filename_display_basename (name);
  /* Where it is a link, what it leads to is written. */
  g_autofree char *real = realpath (name, NULL);
  const char *sidecar = real != NULL ? real : name;
  g_autofree char *text = NULL;
  GStatBuf info;

  g_return_val_if_fail (path != NULL && tags != NULL && gone != NULL, FALSE);

  if (g_stat (path, &info) != 0)
    {
      g_autofree char *picture = g_filename_display_basename (path);

      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, _("“%s” is not there any more."), picture);
      return FALSE;
    }

  const gboolean exists = g_stat (sidecar, &info) == 0;
  gboolean same = FALSE;

  if (!exists && tags[0] == NULL)
    return TRUE;

  {
    g_autoptr(GMutexLocker) locker = vig_metadata_lock ();

    text = exists ? edit_file (sidecar, shown, tags, gone, &same, error) : make_text (path, tags, gone, error);
  }

  /* What is there already is not written again: others would read it again. */
  return text != NULL && (same || place (text, sidecar, shown, exists ? (int) (info.st_mode & 07777) : -1, error));
}

/* ---- What others wrote ---- */

char **
vig_sidecar_parse (const char *text,
                   gsize       size)
{
  g_autoptr(GMutexLocker) locker = vig_metadata_lock ();
  g_autoptr(GExiv2Metadata) metadata = understand (text, size);
  g_autoptr(GPtrArray) deep = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(GPtrArray) flat = g_ptr_array_new_with_free_func (g_free);

  if (metadata == NULL)
    return NULL;

  vig_keywords_collect (metadata, deep, flat);

  return vig_keywords_join (deep, flat);
}

/* Of photo.jpg: photo.jpg.xmp, as most have it, or photo.xmp, as Adobe does. */
static char *
find_sidecar (const char *path)
{
  g_autofree char *beside = g_strconcat (path, ".xmp", NULL);
  const char *dot = strrchr (path, '.');
  g_autofree char *adobe = NULL;

  if (g_file_test (beside, G_FILE_TEST_IS_REGULAR))
    return g_steal_pointer (&beside);
  if (dot == NULL || strchr (dot, '/') != NULL)
    return NULL;

  adobe = g_strdup_printf ("%.*s.xmp", (int) (dot - path), path);

  return g_file_test (adobe, G_FILE_TEST_IS_REGULAR) ? g_steal_pointer (&adobe) : NULL;
}

char **
vig_sidecar_read (const char    *path,
                  const VigSaid *said)
{
  g_autofree char *sidecar = find_sidecar (path);
  g_autofree char *text = NULL;
  g_autoptr(GPtrArray) deep = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(GPtrArray) flat = g_ptr_array_new_with_free_func (g_free);
  gsize size;

  g_return_val_if_fail (path != NULL, NULL);

  /* Who cannot be read says nothing; that a sidecar cannot is told when it is to be written. */
  if (sidecar != NULL && (text = vig_file_read (sidecar, LARGEST, &size, NULL)) != NULL)
    {
      g_autoptr(GMutexLocker) locker = vig_metadata_lock ();
      g_autoptr(GExiv2Metadata) beside = understand (text, size);

      if (beside != NULL)
        vig_keywords_collect (beside, deep, flat);
    }
  for (guint i = 0; said != NULL && i < said->deep->len; i++)
    vig_keywords_add (deep, said->deep->pdata[i]);
  for (guint i = 0; said != NULL && i < said->flat->len; i++)
    vig_keywords_add (flat, said->flat->pdata[i]);

  return vig_keywords_join (deep, flat);
}
