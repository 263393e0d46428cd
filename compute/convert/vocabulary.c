/* vocabulary.c: CLIP's vocabulary in the forms in which it is published, as the one that is read */

#include "convert/import-private.h"

#include <string.h>
#include <unistd.h>

#include <zlib.h>

#include "tensor/file.h"

/* CLIP's own has 3.3 MB. */
#define MAX_TEXT (64u << 20)

/* The 256 bytes, once each and once at the end of a word, and the start and the end of a text. */
#define N_FIXED (2 * 256 + 2)

static const char *const merge_lists[] = {
  "bpe_simple_vocab_16e6.txt.gz", "bpe_simple_vocab_16e6.txt",
};

/* All of a file, unpacked if it is packed. */
static char *
unpack (const char *path,
        GError    **error)
{
  g_autofree char *what = vc_file_quote (path);
  g_autoptr(GByteArray) text = g_byte_array_new ();
  gsize size;
  const int fd = vc_file_open (path, MAX_TEXT, &size, error);
  gzFile file;
  int n;

  if (fd < 0)
    return NULL;

  file = gzdopen (fd, "rb");
  if (file == NULL)
    {
      close (fd);
      g_set_error (error, VC_ERROR, VC_ERROR_BAD_MODEL, "%s cannot be read", what);
      return NULL;
    }

  do
    {
      const guint at = text->len;

      g_byte_array_set_size (text, at + (1u << 16));
      n = gzread (file, text->data + at, 1u << 16);
      g_byte_array_set_size (text, at + MAX (n, 0));
    }
  while (n > 0 && text->len <= MAX_TEXT);

  /* What was cut short is known at its end only. */
  if (gzclose (file) != Z_OK || n < 0 || text->len > MAX_TEXT)
    {
      g_set_error (error, VC_ERROR, VC_ERROR_BAD_MODEL, "%s is damaged, or cut short", what);
      return NULL;
    }
  g_byte_array_append (text, (const guint8 *) "", 1);

  return (char *) g_byte_array_free (g_steal_pointer (&text), FALSE);
}

/* A symbol that is neither empty nor would break the files it is written into. */
static gboolean
is_symbol (const char *text)
{
  if (*text == '\0' || !g_utf8_validate (text, -1, NULL))
    return FALSE;
  for (; *text != '\0'; text++)
    if ((guchar) *text <= ' ')
      return FALSE;

  return TRUE;
}

static void
add_symbol (GString    *vocabulary,
            guint      *id,
            const char *left,
            const char *right)
{
  g_string_append (vocabulary, *id == 0 ? "{\"" : ",\"");
  for (guint i = 0; i < 2; i++)
    for (const char *at = i == 0 ? left : right; *at != '\0'; at++)
      {
        if (*at == '"' || *at == '\\')
          g_string_append_c (vocabulary, '\\');
        g_string_append_c (vocabulary, *at);
      }
  g_string_append_printf (vocabulary, "\":%u", (*id)++);
}

/* The bytes as characters, in the order of their ids: those that Latin-1 prints first [openai/CLIP,
 * simple_tokenizer.py, bytes_to_unicode]. */
static void
add_bytes (GString    *vocabulary,
           guint      *id,
           const char *end)
{
  guint other = 0x100;

  for (guint pass = 0; pass < 2; pass++)
    for (guint byte = 0; byte < 256; byte++)
      {
        const gboolean printed = (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte != 0xad);
        char symbol[7] = { 0 };

        if (printed != (pass == 0))
          continue;
        g_unichar_to_utf8 (printed ? byte : other++, symbol);
        add_symbol (vocabulary, id, symbol, end);
      }
}

/* OpenAI's list has more merges than the model knows: as many are taken as there are symbols for. */
static gboolean
add_merges (VcImport   *import,
            const char *path,
            uint32_t    size,
            GError    **error)
{
  g_autofree char *what = vc_file_quote (path);
  g_autofree char *text = unpack (path, error);
  g_autoptr(GString) vocabulary = g_string_new (NULL);
  g_autoptr(GString) merges = g_string_new ("#version: 0.2\n");
  g_auto(GStrv) lines = NULL;
  guint id = 0;

  if (text == NULL)
    return FALSE;

  add_bytes (vocabulary, &id, "");
  add_bytes (vocabulary, &id, "</w>");
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 1; lines[0] != NULL && lines[i] != NULL && id + 2 < size; i++)
    {
      char *space = strchr (g_strchomp (lines[i]), ' ');

      if (*lines[i] == '\0')
        break;
      if (space != NULL)
        *space = '\0';
      if (space == NULL || !is_symbol (lines[i]) || !is_symbol (space + 1))
        {
          g_set_error (error, VC_ERROR, VC_ERROR_BAD_MODEL, "%s: line %u is not two symbols", what, i + 1);
          return FALSE;
        }
      add_symbol (vocabulary, &id, lines[i], space + 1);
      g_string_append_printf (merges, "%s %s\n", lines[i], space + 1);
    }

  if (id + 2 != size)
    {
      g_set_error (error, VC_ERROR, VC_ERROR_BAD_MODEL, "%s makes %u symbols, but the weights know %u", what,
                   id + 2, size);
      return FALSE;
    }

  add_symbol (vocabulary, &id, "<|startoftext|>", "");
  add_symbol (vocabulary, &id, "<|endoftext|>", "");
  g_string_append (vocabulary, "}\n");

  vc_import_add_text (import, "vocab.json", vocabulary->str);
  vc_import_add_text (import, "merges.txt", merges->str);

  return TRUE;
}

gboolean
vc_import_add_vocabulary (VcImport  *import,
                          uint32_t   size,
                          GError   **error)
{
  if (vc_import_has_file (import, "vocab.json") && vc_import_has_file (import, "merges.txt"))
    {
      vc_import_add_copy (import, "vocab.json", "vocab.json");
      vc_import_add_copy (import, "merges.txt", "merges.txt");
      return TRUE;
    }

  if (vc_import_has_file (import, "tokenizer.json"))
    {
      vc_import_add_copy (import, "tokenizer.json", "tokenizer.json");
      return TRUE;
    }

  for (guint i = 0; i < G_N_ELEMENTS (merge_lists); i++)
    if (size > N_FIXED && vc_import_has_file (import, merge_lists[i]))
      {
        g_autofree char *path = vc_import_build_path (import, merge_lists[i]);

        return add_merges (import, path, size, error);
      }

  {
    g_autofree char *what = vc_file_quote (import->path);

    g_set_error (error, VC_ERROR, VC_ERROR_BAD_MODEL, "the vocabulary of %s is missing: put vocab.json and "
                 "merges.txt of its publisher beside it, or bpe_simple_vocab_16e6.txt.gz from "
                 "https://github.com/openai/CLIP (folder clip)", what);
  }

  return FALSE;
}
