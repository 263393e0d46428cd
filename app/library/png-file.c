/* png-file.c: PNG files with text inside */

#define G_LOG_DOMAIN "vig-png-file"

#include "config.h"

#include "library/png-file.h"

#include <glib/gi18n.h>
#include <png.h>
#include <stdio.h>

/* Of texts inside a file: a graph of nodes takes some hundred kilobytes. */
#define TEXT_MAX (8 << 20)
#define TEXTS_MAX 64

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

static void
read_cb (png_structp png,
         png_bytep   bytes,
         png_size_t  size)
{
  if (fread (bytes, 1, size, png_get_io_ptr (png)) != size)
    png_error (png, "short");
}

/* What the head of the file holds; where it breaks off, what came before. */
static void
read_head (Work *work,
           FILE *file)
{
  work->png = png_create_read_struct (PNG_LIBPNG_VER_STRING, work, fail_cb, warn_cb);
  work->info = png_create_info_struct (work->png);
  png_set_read_fn (work->png, file, read_cb);
  png_set_chunk_malloc_max (work->png, TEXT_MAX);
  png_set_chunk_cache_max (work->png, TEXTS_MAX);
  png_set_crc_action (work->png, PNG_CRC_QUIET_USE, PNG_CRC_WARN_DISCARD);
  if (setjmp (png_jmpbuf (work->png)) == 0)
    png_read_info (work->png, work->info);
}

GHashTable *
vig_png_read_texts (const char *path)
{
  GHashTable *texts = NULL;
  guint8 magic[8];
  Work work = { NULL, };
  FILE *file = fopen (path, "rbe");

  if (file == NULL)
    return NULL;

  if (fread (magic, 1, sizeof magic, file) == sizeof magic && png_sig_cmp (magic, 0, sizeof magic) == 0)
    {
      png_textp all = NULL;
      int n_all = 0;

      rewind (file);
      read_head (&work, file);
      texts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
      png_get_text (work.png, work.info, &all, &n_all);
      for (int i = 0; i < n_all; i++)
        if (all[i].text != NULL && !g_hash_table_contains (texts, all[i].key))
          {
            /* tEXt should be Latin-1, but many write UTF-8 into it. */
            char *text = g_utf8_validate (all[i].text, -1, NULL)
                         ? g_strdup (all[i].text)
                         : g_convert (all[i].text, -1, "UTF-8", "ISO-8859-1", NULL, NULL, NULL);

            if (text != NULL)
              g_hash_table_insert (texts, g_strdup (all[i].key), text);
          }
      png_destroy_read_struct (&work.png, &work.info, NULL);
      g_free (work.message);
    }
  fclose (file);

  return texts;
}
