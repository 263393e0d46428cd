/* metadata.c: XMP of picture files */

#define G_LOG_DOMAIN "vig-metadata"

#include "config.h"

#include "library/metadata.h"

#include "library/keywords.h"
#include "library/png-file.h"

/* Our own words in XMP; the address only has to be ours and never change. */
#define NAMESPACE "https://io.github.vignette/ns/1.0/"

/* IPTC's word for “made by a model that was trained on pictures”. */
#define TRAINED "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
/* And for one that was not, but in which such a model had a hand. */
#define COMPOSITE "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"

static GMutex mutex;
static gboolean ready;

GMutexLocker *
vig_metadata_lock (void)
{
  GMutexLocker *locker = g_mutex_locker_new (&mutex);

  if (!ready)
    {
      vig_keywords_init ();
      gexiv2_metadata_try_register_xmp_namespace (NAMESPACE, "vignette", NULL);
      ready = TRUE;
    }

  return locker;
}

/* It wants a picture to begin with: the smallest there is. */
GExiv2Metadata *
vig_metadata_new (GError **error)
{
  const guint8 white[3] = { 255, 255, 255 };
  g_autoptr(GExiv2Metadata) metadata = gexiv2_metadata_new ();
  g_autoptr(GBytes) png = vig_png_encode (white, 1, 1, NULL, 0, error);

  if (png == NULL ||
      !gexiv2_metadata_open_buf (metadata, g_bytes_get_data (png, NULL), g_bytes_get_size (png), error))
    return NULL;

  return g_steal_pointer (&metadata);
}

char *
vig_metadata_describe (const char  *prompt,
                       const char  *model,
                       const char  *model_hash,
                       guint64      seed,
                       GError     **error)
{
  g_autoptr(GMutexLocker) locker = vig_metadata_lock ();
  g_autoptr(GExiv2Metadata) metadata = vig_metadata_new (error);
  g_autofree char *number = g_strdup_printf ("%" G_GUINT64_FORMAT, seed);
  g_autofree char *words = g_utf8_make_valid (prompt, -1);

  if (metadata == NULL ||
      !gexiv2_metadata_try_set_tag_string (metadata, "Xmp.iptcExt.DigitalSourceType", TRAINED, error) ||
      !gexiv2_metadata_try_set_tag_string (metadata, "Xmp.xmp.CreatorTool", "Vignette " APP_VERSION, error) ||
      !gexiv2_metadata_try_set_tag_string (metadata, "Xmp.vignette.Seed", number, error) ||
      (*words != '\0' &&
       !gexiv2_metadata_try_set_tag_string (metadata, "Xmp.dc.description", words, error)) ||
      (model != NULL &&
       !gexiv2_metadata_try_set_tag_string (metadata, "Xmp.vignette.Model", model, error)) ||
      (model_hash != NULL &&
       !gexiv2_metadata_try_set_tag_string (metadata, "Xmp.vignette.ModelHash", model_hash, error)))
    return NULL;

  return gexiv2_metadata_try_generate_xmp_packet (metadata, GEXIV2_READ_ONLY_PACKET, 0, error);
}

char *
vig_metadata_describe_shared (const char  *model_hash,
                              GError     **error)
{
  g_autoptr(GMutexLocker) locker = vig_metadata_lock ();
  g_autoptr(GExiv2Metadata) metadata = vig_metadata_new (error);

  if (metadata == NULL ||
      !gexiv2_metadata_try_set_tag_string (metadata, "Xmp.iptcExt.DigitalSourceType", TRAINED, error) ||
      !gexiv2_metadata_try_set_tag_string (metadata, "Xmp.xmp.CreatorTool", "Vignette " APP_VERSION, error) ||
      (model_hash != NULL &&
       !gexiv2_metadata_try_set_tag_string (metadata, "Xmp.vignette.ModelHash", model_hash, error)))
    return NULL;

  return gexiv2_metadata_try_generate_xmp_packet (metadata, GEXIV2_READ_ONLY_PACKET, 0, error);
}

char *
vig_metadata_describe_larger (const char  *original,
                              gboolean     drawn,
                              guint        times,
                              const char  *model_hash,
                              GError     **error)
{
  g_autoptr(GMutexLocker) locker = vig_metadata_lock ();
  g_autoptr(GExiv2Metadata) metadata = gexiv2_metadata_new ();
  g_autofree char *number = g_strdup_printf ("%u", times);

  /* One that says nothing, or nothing that can be read: then only we do. */
  if (!gexiv2_metadata_open_path (metadata, original, NULL))
    {
      g_clear_object (&metadata);
      metadata = vig_metadata_new (error);
    }
  if (metadata == NULL ||
      !gexiv2_metadata_try_set_tag_string (metadata, "Xmp.iptcExt.DigitalSourceType", drawn ? TRAINED : COMPOSITE, error) ||
      !gexiv2_metadata_try_set_tag_string (metadata, "Xmp.xmp.CreatorTool", "Vignette " APP_VERSION, error) ||
      !gexiv2_metadata_try_set_tag_string (metadata, "Xmp.vignette.Enlarged", number, error) ||
      !gexiv2_metadata_try_set_tag_string (metadata, "Xmp.vignette.EnlargerHash", model_hash, error))
    return NULL;

  return gexiv2_metadata_try_generate_xmp_packet (metadata, GEXIV2_READ_ONLY_PACKET, 0, error);
}
