/* words.c: what a picture's file says in words: keywords, comment, and the texts in a PNG */

#define G_LOG_DOMAIN "vig-decoder-words"

#include "config.h"

#include "decoder/words.h"

#include "decoder/protocol.h"
#include "library/keywords.h"

#include <png.h>
#include <string.h>

/* Of texts inside a PNG: a graph of nodes takes some hundred kilobytes. */
#define TEXT_MAX (8 << 20)
#define TEXTS_MAX 64

static void
say (GByteArray *said,
     char        what,
     const char *text)
{
  const gsize length = strlen (text);

  if (said->len + length + 2 > VIG_DECODE_MOST_SAID)
    return;

  g_byte_array_append (said, (const guint8 *) &what, 1);
  g_byte_array_append (said, (const guint8 *) text, length + 1);
}

static void
say_all (GByteArray *said,
         char        what,
         GPtrArray  *texts)
{
  for (guint i = 0; i < texts->len; i++)
    say (said, what, texts->pdata[i]);
}

void
vig_words_add_metadata (GByteArray     *said,
                        GExiv2Metadata *metadata)
{
  g_autoptr(GPtrArray) deep = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(GPtrArray) flat = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *comment = NULL;

  vig_keywords_collect (metadata, deep, flat);
  say_all (said, VIG_SAID_DEEP, deep);
  say_all (said, VIG_SAID_FLAT, flat);
  if (gexiv2_metadata_try_has_tag (metadata, "Exif.Photo.UserComment", NULL))
    comment = gexiv2_metadata_try_get_tag_interpreted_string (metadata, "Exif.Photo.UserComment", NULL);
  if (comment != NULL)
    say (said, VIG_SAID_COMMENT, comment);
}

/* ---- PNG ---- */

/* libpng leaves by longjmp, over no frame of ours but the one that set the jump; what must survive it lies here. */
typedef struct
{
  png_structp   png;
  png_infop     info;
  const guint8 *bytes;
  gsize         left;
} Work;

static void
fail_cb (png_structp     png,
         png_const_charp message)
{
  png_longjmp (png, 1);
}

/* What it only warns of can be read. */
static void
warn_cb (png_structp     png,
         png_const_charp message)
{
}

static void
read_cb (png_structp png,
         png_bytep   bytes,
         png_size_t  size)
{
  Work *work = png_get_io_ptr (png);

  if (size > work->left)
    png_error (png, "short");
  memcpy (bytes, work->bytes, size);
  work->bytes += size;
  work->left -= size;
}

/* What the head of the file holds; where it breaks off, what came before. */
static void
read_head (Work *work)
{
  work->png = png_create_read_struct (PNG_LIBPNG_VER_STRING, work, fail_cb, warn_cb);
  work->info = png_create_info_struct (work->png);
  png_set_read_fn (work->png, work, read_cb);
  png_set_chunk_malloc_max (work->png, TEXT_MAX);
  png_set_chunk_cache_max (work->png, TEXTS_MAX);
  png_set_crc_action (work->png, PNG_CRC_QUIET_USE, PNG_CRC_WARN_DISCARD);
  if (setjmp (png_jmpbuf (work->png)) == 0)
    png_read_info (work->png, work->info);
}

void
vig_words_add_png (GByteArray   *said,
                   const guint8 *bytes,
                   gsize         size)
{
  Work work = { .bytes = bytes, .left = size };
  png_textp all = NULL;
  int n_all = 0;

  if (size < 8 || png_sig_cmp ((png_bytep) bytes, 0, 8) != 0)
    return;

  say (said, VIG_SAID_PNG, "");
  read_head (&work);
  png_get_text (work.png, work.info, &all, &n_all);
  for (int i = 0; i < n_all; i++)
    {
      g_autofree char *text = NULL;

      if (all[i].text == NULL)
        continue;

      /* tEXt should be Latin-1, but many write UTF-8 into it. */
      text = g_utf8_validate (all[i].text, -1, NULL) ? g_strdup (all[i].text)
                                                     : g_convert (all[i].text, -1, "UTF-8", "ISO-8859-1", NULL, NULL, NULL);
      if (text == NULL)
        continue;
      say (said, VIG_SAID_KEY, all[i].key);
      say (said, VIG_SAID_TEXT, text);
    }
  png_destroy_read_struct (&work.png, &work.info, NULL);
}
