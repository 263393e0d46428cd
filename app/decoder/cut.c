/* cut.c: whether the end of a picture file is missing */

#define G_LOG_DOMAIN "vig-cut"

#include "config.h"

#include "decoder/cut.h"

#include <string.h>

/* Beyond its end there is nothing. */
typedef struct
{
  const guint8 *bytes;
  guint64       size;
} View;

/* -1 beyond the end. */
static int
get_byte (const View *view,
          guint64     at)
{
  return at < view->size ? view->bytes[at] : -1;
}

static gint64
get_number (const View *view,
            guint64     at,
            guint       n_bytes,
            gboolean    big_endian)
{
  gint64 number = 0;

  for (guint i = 0; i < n_bytes; i++)
    {
      const int byte = get_byte (view, at + (big_endian ? i : n_bytes - 1 - i));

      if (byte < 0)
        return -1;
      number = number << 8 | byte;
    }

  return number;
}

/* PNG 5.3: length, type, data, checksum; the last chunk is IEND. */
static gboolean
is_png_cut (const View *view)
{
  guint64 at = 8;

  for (;;)
    {
      const gint64 length = get_number (view, at, 4, TRUE);
      const gint64 type = get_number (view, at + 4, 4, TRUE);

      if (length < 0 || type < 0)
        return TRUE;
      if (type == 0x49454E44)
        return FALSE;
      at += 12 + length;
    }
}

/* ITU T.81 B.1: marker segments up to the first scan, in which 0xFF is followed by 0 or by a marker; D9 ends the
 * picture. Some programs forget it after all of the rows: that does no harm but in a progressive one, where
 * nobody can tell a missing scan. */
static gboolean
is_jpeg_cut (const View *view,
             guint       rows,
             guint       height)
{
  gboolean progressive = FALSE;
  guint64 at = 2;

  for (;;)
    {
      const int first = get_byte (view, at);
      const int marker = get_byte (view, at + 1);
      const gint64 length = get_number (view, at + 2, 2, TRUE);

      if (first != 0xFF || length < 0)
        return TRUE;
      if (marker == 0xFF)
        {
          at++;
          continue;
        }
      progressive = progressive || marker == 0xC2 || marker == 0xCA;
      at += 2 + length;
      if (marker == 0xDA)
        break;
    }
  for (int byte = 0, before = 0; (byte = get_byte (view, at)) >= 0; at++, before = byte)
    {
      if (before == 0xFF && byte == 0xD9)
        return FALSE;
    }

  return progressive || rows < height;
}

/* The RIFF header says how many bytes follow it. */
static gboolean
is_webp_cut (const View *view)
{
  const gint64 size = get_number (view, 4, 4, FALSE);

  return size < 0 || view->size < (guint64) size + 8;
}

/* Offset of the pixels at 10, width at 18, height at 22 (negative: from the top), bits at 28, compression at 30. */
static gboolean
is_bmp_cut (const View *view)
{
  const gint64 offset = get_number (view, 10, 4, FALSE);
  const gint64 width = get_number (view, 18, 4, FALSE);
  const gint64 height = ABS ((gint64) (gint32) get_number (view, 22, 4, FALSE));
  const gint64 bits = get_number (view, 28, 2, FALSE);
  const gint64 compression = get_number (view, 30, 4, FALSE);

  return compression == 0 && (gint64) view->size < offset + (width * bits + 31) / 32 * 4 * height;
}

gboolean
vig_is_cut_off (const guint8 *bytes,
                gsize         size,
                const char   *format,
                guint         rows,
                guint         height)
{
  const View view = { bytes, size };

  if (strcmp (format, "jpeg") == 0)
    return is_jpeg_cut (&view, rows, height);
  if (strcmp (format, "png") == 0)
    return is_png_cut (&view);
  if (strcmp (format, "webp") == 0)
    return is_webp_cut (&view);
  /* The header of OS/2 1.x is shorter. */
  if (strcmp (format, "bmp") == 0 && get_number (&view, 14, 4, FALSE) >= 40)
    return is_bmp_cut (&view);

  return rows < height;
}
