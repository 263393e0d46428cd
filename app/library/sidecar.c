/* sidecar.c: tags in a file beside the picture, as other programs read and write them */

#define G_LOG_DOMAIN "vig-sidecar"

#include "config.h"

#include "library/sidecar.h"

#include "library/files.h"
#include "library/metadata.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <stdlib.h>

#define FLAT "Xmp.dc.subject"
#define LIGHTROOM "Xmp.lr.hierarchicalSubject"
#define DIGIKAM "Xmp.digiKam.TagsList"
#define IPTC "Iptc.Application2.Keywords"

static gboolean
contains (GPtrArray  *texts,
          const char *text)
{
  return g_ptr_array_find_with_equal_func (texts, text, g_str_equal, NULL);
}

static void
add_once (GPtrArray  *texts,
          const char *text)
{
  if (*text != '\0' && !contains (texts, text))
    g_ptr_array_add (texts, g_strdup (text));
}

/* What stands at @key now; nothing if the picture's kind knows no such thing. */
static GPtrArray *
read_list (GExiv2Metadata *metadata,
           const char     *key)
{
  GPtrArray *texts = g_ptr_array_new_with_free_func (g_free);
  g_auto(GStrv) found = gexiv2_metadata_try_get_tag_multiple (metadata, key, NULL);

  for (guint i = 0; found != NULL && found[i] != NULL; i++)
    {
      g_autofree char *valid = g_utf8_make_valid (found[i], -1);

      add_once (texts, valid);
    }

  return texts;
}

static gboolean
write_list (GExiv2Metadata  *metadata,
            const char      *key,
            GPtrArray       *texts,
            GError         **error)
{
  g_ptr_array_add (texts, NULL);

  return texts->len == 1 ||
         gexiv2_metadata_try_set_tag_multiple (metadata, key, (const char **) texts->pdata, error);
}

static const char *
get_leaf (const char *tag)
{
  const char *slash = strrchr (tag, '/');

  return slash != NULL ? slash + 1 : tag;
}

static gboolean
merge (GExiv2Metadata      *metadata,
       const char * const  *tags,
       GError             **error)
{
  g_autoptr(GPtrArray) flat = read_list (metadata, FLAT);
  g_autoptr(GPtrArray) lightroom = read_list (metadata, LIGHTROOM);
  g_autoptr(GPtrArray) digikam = read_list (metadata, DIGIKAM);
  g_autoptr(GPtrArray) iptc = read_list (metadata, IPTC);

  for (guint i = 0; i < iptc->len; i++)
    add_once (flat, iptc->pdata[i]);
  for (guint i = 0; tags[i] != NULL; i++)
    {
      g_auto(GStrv) parts = g_strsplit (tags[i], "/", -1);
      g_autofree char *barred = g_strjoinv ("|", parts);

      add_once (flat, get_leaf (tags[i]));
      add_once (lightroom, barred);
      add_once (digikam, tags[i]);
    }

  return write_list (metadata, FLAT, flat, error) &&
         write_list (metadata, LIGHTROOM, lightroom, error) &&
         write_list (metadata, DIGIKAM, digikam, error);
}

/* Exiv2 takes a file that it cannot parse for an empty one: writing would then lose all of it. */
static GExiv2Metadata *
open_sidecar (const char  *path,
              const char  *shown,
              GError     **error)
{
  g_autoptr(GExiv2Metadata) metadata = gexiv2_metadata_new ();

  if (!gexiv2_metadata_open_path (metadata, path, NULL) || !gexiv2_metadata_has_xmp (metadata))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                   _("“%s” cannot be understood, so it was left as it is."), shown);
      return NULL;
    }

  return g_steal_pointer (&metadata);
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
           const char          *sidecar,
           gboolean             exists,
           const char          *shown,
           const char * const  *tags,
           GError             **error)
{
  g_autoptr(GMutexLocker) locker = vig_metadata_lock ();
  g_autoptr(GExiv2Metadata) metadata = exists ? open_sidecar (sidecar, shown, error)
                                              : open_picture (picture, error);

  if (metadata == NULL || !merge (metadata, tags, error))
    return NULL;

  g_autofree char *packet =
    gexiv2_metadata_try_generate_xmp_packet (metadata, GEXIV2_OMIT_PACKET_WRAPPER | GEXIV2_USE_COMPACT_FORMAT, 0,
                                             error);

  return packet != NULL ? g_strdup_printf ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n%s\n", packet) : NULL;
}

gboolean
vig_sidecar_write (const char          *path,
                   const char * const  *tags,
                   GError             **error)
{
  g_autofree char *name = g_strconcat (path, ".xmp", NULL);
  g_autofree char *shown = g_filename_display_basename (name);
  /* Where it is a link, what it leads to is written. */
  g_autofree char *real = realpath (name, NULL);
  const char *sidecar = real != NULL ? real : name;
  g_autofree char *folder = g_path_get_dirname (sidecar);
  g_autofree char *base = g_path_get_basename (sidecar);
  g_autofree char *part = g_strdup_printf ("%s/.%s.%08x.part", folder, base, g_random_int ());
  GStatBuf info;

  g_return_val_if_fail (path != NULL && tags != NULL, FALSE);

  if (g_stat (path, &info) != 0)
    {
      g_autofree char *picture = g_filename_display_basename (path);

      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, _("“%s” is not there any more."), picture);
      return FALSE;
    }

  const gboolean exists = g_stat (sidecar, &info) == 0;
  g_autofree char *text = make_text (path, sidecar, exists, shown, tags, error);
  if (text == NULL || !vig_file_write (part, text, strlen (text), shown, error))
    return FALSE;

  /* Who could read the old one can read the new one; where that cannot be said, the folder's rule holds. */
  if (exists && g_chmod (part, info.st_mode & 07777) != 0)
    g_debug ("%s: %s", part, g_strerror (errno));
  if (g_rename (part, sidecar) != 0)
    {
      g_propagate_error (error, vig_file_make_error (errno, shown));
      g_unlink (part);
      return FALSE;
    }

  return vig_folder_sync (folder, error);
}
