/* fuzz-vocabulary.c: any bytes as one of the files that lie beside weights; the first byte says which
 *
 *   J  tokenizer.json, its symbols being those of the tests' vocabulary
 *   Y  bpe.model         B  merges.txt of BART's spelling         C  of minDALL-E's
 *   M  bpe_simple_vocab_16e6.txt, packed or not, and K config.json, each beside the weights of a small CLIP
 */

#include <string.h>

#include <glib/gstdio.h>

#include "convert/import.h"
#include "model/tokenizer.h"

int LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t size);

static char *directory;

/* A file of tests/data, which $VIGNETTE_TEST_DATA names. */
static char *
read_data (const char *name,
           gsize      *size)
{
  g_autofree char *path = g_build_filename (g_getenv ("VIGNETTE_TEST_DATA"), name, NULL);
  char *text = NULL;

  if (!g_file_get_contents (path, &text, size, NULL))
    g_error ("VIGNETTE_TEST_DATA has no %s", name);

  return text;
}

static void
put (const char *name,
     const void *bytes,
     gsize       size)
{
  g_autofree char *path = g_build_filename (directory, name, NULL);

  g_assert (g_file_set_contents_full (path, bytes, size, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
}

static void
take (const char *name)
{
  g_autofree char *path = g_build_filename (directory, name, NULL);

  g_unlink (path);
}

static void
put_copy (const char *name,
          const char *from)
{
  gsize size;
  g_autofree char *text = read_data (from, &size);

  put (name, text, size);
}

/* The tests' vocabulary up to its last brace: without its 512 bytes nothing would get far. */
static void
put_single (const uint8_t *bytes,
            gsize          size)
{
  static char *beginning;
  g_autoptr(GString) json = g_string_new ("{\"model\":{\"vocab\":");
  gsize length;

  if (beginning == NULL)
    {
      beginning = read_data ("tokenizer/vocab.json", &length);
      *strrchr (beginning, '}') = '\0';
    }
  g_string_append (json, beginning);
  g_string_append_len (json, (const char *) bytes, size);
  put ("tokenizer.json", json->str, json->len);
}

static void
speak (VcSpelling spelling)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(VcTokenizer) tokenizer = vc_tokenizer_load_spelling (directory, spelling, &error);

  g_assert ((tokenizer == NULL) == (error != NULL));
  if (tokenizer == NULL)
    {
      g_assert (g_utf8_validate (error->message, -1, NULL));
      return;
    }

  uint32_t n;
  g_autofree uint32_t *ids = vc_tokenizer_encode (tokenizer, "The cat's in the ringing, aaaaaaa abababc ёж 😀", &n);
  g_autofree char *text = vc_tokenizer_decode (tokenizer, ids, n);

  g_assert (g_utf8_validate (text, -1, NULL));
}

/* The weights of a small CLIP and what is beside them. */
static void
convert (void)
{
  static gboolean there;
  g_autoptr(GError) error = NULL;

  if (!there)
    put_copy ("model.safetensors", "golden/clip/model.safetensors");
  there = TRUE;

  g_autoptr(VcImport) import = vc_import_open (directory, &error);

  g_assert ((import == NULL) == (error != NULL));
  g_assert (import != NULL || g_utf8_validate (error->message, -1, NULL));
}

int
LLVMFuzzerTestOneInput (const uint8_t *bytes,
                        size_t         size)
{
  static const char * const all[] = { "tokenizer.json", "vocab.json", "merges.txt", "bpe.model", "config.json",
                                      "bpe_simple_vocab_16e6.txt" };

  if (size == 0)
    return 0;
  if (directory == NULL)
    directory = g_dir_make_tmp ("fuzz-XXXXXX", NULL);
  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    take (all[i]);

  switch (bytes[0])
    {
    case 'J':
      put_single (bytes + 1, size - 1);
      speak (VC_CLIP_BPE);
      break;

    case 'Y':
      put ("bpe.model", bytes + 1, size - 1);
      speak (VC_YTTM_BPE);
      break;

    case 'B':
    case 'C':
      put_copy ("vocab.json", bytes[0] == 'B' ? "tokenizer/bart/vocab.json" : "tokenizer/char/vocab.json");
      put ("merges.txt", bytes + 1, size - 1);
      speak (bytes[0] == 'B' ? VC_BART_BPE : VC_CHAR_BPE);
      break;

    case 'M':
      put_copy ("config.json", "golden/clip/config.json");
      put ("bpe_simple_vocab_16e6.txt", bytes + 1, size - 1);
      convert ();
      break;

    case 'K':
      put_copy ("vocab.json", "golden/clip/vocab.json");
      put_copy ("merges.txt", "golden/clip/merges.txt");
      put ("config.json", bytes + 1, size - 1);
      convert ();
      break;

    default:
      break;
    }

  return 0;
}
