/* png-file.c: PNG files with text inside */

#define G_LOG_DOMAIN "vig-png-file"

#include "config.h"

#include "library/png-file.h"

#include <glib/gi18n.h>
#include <png.h>

/* libpng leaves by longjmp, over no frame of ours but the one that set the jump; what must survive it lies here. */
typedef struct
{
  png_structp  png;
  png_infop    info;
  GByteArray  *bytes;  /* written so far */
  char        *message;
} Work;

static void
fail_cb (png_structp     png,
         png_const_charp message)
{
  Work *work = png_get_error_ptr (png);

  work->message = g_strdup (message);
  png_longjmp (png, 1);
}

/* What it only warns of can be read. */
static void
warn_cb (png_structp     png,
         png_const_charp message)
{
}

static void
write_cb (png_structp png,
          png_bytep   bytes,
          png_size_t  size)
{
  Work *work = png_get_io_ptr (png);

  g_byte_array_append (work->bytes, bytes, size);
}

static void
flush_cb (png_structp png)
{
}

/* tEXt is Latin-1: what is not plain ASCII goes into iTXt, which is UTF-8. */
static void
write_all (Work         *work,
           const guint8 *rgb,
           guint         width,
           guint         height,
           png_text     *texts,
           guint         n_texts)
{
  png_set_IHDR (work->png, work->info, width, height, 8, PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
                PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_set_sRGB (work->png, work->info, PNG_sRGB_INTENT_PERCEPTUAL);
  png_set_text (work->png, work->info, texts, n_texts);
  png_write_info (work->png, work->info);
  for (guint y = 0; y < height; y++)
    png_write_row (work->png, rgb + (gsize) y * width * 3);
  png_write_end (work->png, NULL);
}

GBytes *
vig_png_encode (const guint8     *rgb,
                guint             width,
                guint             height,
                const VigPngText *texts,
                guint             n_texts,
                GError          **error)
{
  Work work = { .bytes = g_byte_array_new () };
  g_autofree png_text *all = g_new0 (png_text, n_texts + 1);

  for (guint i = 0; i < n_texts; i++)
    {
      const gboolean ascii = g_str_is_ascii (texts[i].text) && !g_str_has_prefix (texts[i].key, "XML:");

      all[i].compression = ascii ? PNG_TEXT_COMPRESSION_NONE : PNG_ITXT_COMPRESSION_NONE;
      all[i].key = (char *) texts[i].key;
      all[i].text = (char *) texts[i].text;
      all[i].text_length = ascii ? strlen (texts[i].text) : 0;
      all[i].itxt_length = ascii ? 0 : strlen (texts[i].text);
    }

  work.png = png_create_write_struct (PNG_LIBPNG_VER_STRING, &work, fail_cb, warn_cb);
  work.info = png_create_info_struct (work.png);
  png_set_write_fn (work.png, &work, write_cb, flush_cb);
  const gboolean failed = setjmp (png_jmpbuf (work.png)) != 0;
  if (!failed)
    write_all (&work, rgb, width, height, all, n_texts);
  png_destroy_write_struct (&work.png, &work.info);

  if (failed)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, _("The picture cannot be encoded: %s."), work.message);
      g_byte_array_unref (work.bytes);
      g_free (work.message);
      return NULL;
    }

  return g_byte_array_free_to_bytes (work.bytes);
}
