/* exif.c: what a picture says of itself, and the pictures within raw photos */

#define G_LOG_DOMAIN "vig-exif"

#include "config.h"

#include "decoder/exif.h"

#include "decoder/words.h"
#include "library/keywords.h"

#include <stdio.h>

/* NULL for a file that Exiv2 cannot read: it says nothing; whether it is a picture is for others to tell. */
static GExiv2Metadata *
open_metadata (const guint8 *bytes,
               gsize         size)
{
  g_autoptr(GExiv2Metadata) metadata = NULL;

  vig_keywords_init ();
  metadata = gexiv2_metadata_new ();

  return gexiv2_metadata_open_buf (metadata, bytes, size, NULL) ? g_steal_pointer (&metadata) : NULL;
}

/* “2026:11:22 16:31:07”, in the time zone of whoever held the camera: taken as ours. */
static gint64
parse_time (const char *text)
{
  int year, month, day, hour, minute, second;

  if (text == NULL ||
      sscanf (text, "%4d:%2d:%2d %2d:%2d:%2d", &year, &month, &day, &hour, &minute, &second) != 6)
    return 0;

  g_autoptr(GDateTime) time = g_date_time_new_local (year, month, day, hour, minute, second);

  return time != NULL ? g_date_time_to_unix (time) : 0;
}

void
vig_exif_read (const guint8 *bytes,
               gsize         size,
               guint        *orientation,
               gint64       *taken,
               GByteArray   *said)
{
  g_autoptr(GExiv2Metadata) metadata = open_metadata (bytes, size);

  *orientation = 1;
  *taken = 0;
  if (metadata == NULL)
    return;

  const int turned = gexiv2_metadata_try_get_orientation (metadata, NULL);
  if (turned >= 1 && turned <= 8)
    *orientation = turned;

  g_autofree char *original = gexiv2_metadata_try_get_tag_string (metadata, "Exif.Photo.DateTimeOriginal", NULL);
  *taken = parse_time (original);
  if (said != NULL)
    vig_words_add_metadata (said, metadata);
}

static guint
get_short_side (GExiv2PreviewProperties *preview)
{
  return MIN (gexiv2_preview_properties_get_width (preview), gexiv2_preview_properties_get_height (preview));
}

GBytes *
vig_exif_load_preview (const guint8 *bytes,
                       gsize         size,
                       guint         side)
{
  g_autoptr(GExiv2Metadata) metadata = open_metadata (bytes, size);
  GExiv2PreviewProperties **previews = metadata != NULL ? gexiv2_metadata_get_preview_properties (metadata) : NULL;
  GExiv2PreviewProperties *best = NULL;

  /* From the smallest to the largest. */
  for (guint i = 0; previews != NULL && previews[i] != NULL; i++)
    {
      best = previews[i];
      if (side > 0 && get_short_side (best) >= 2 * side)
        break;
    }
  if (best == NULL)
    return NULL;

  g_autoptr(GExiv2PreviewImage) image = gexiv2_metadata_try_get_preview_image (metadata, best, NULL);
  if (image == NULL)
    return NULL;

  guint32 n = 0;
  const guint8 *data = gexiv2_preview_image_get_data (image, &n);

  return n > 0 ? g_bytes_new (data, n) : NULL;
}
