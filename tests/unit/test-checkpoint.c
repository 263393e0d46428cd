/* test-checkpoint.c: weights in files of torch's and in several files, and files that want more than to be read */

#include "convert/checkpoint.h"

#include <string.h>

#include <glib/gstdio.h>
#include <zip.h>

static char *folder;  /* of the files that the tests write */

static char *
get_path (const char *name)
{
  return g_build_filename (folder, name, NULL);
}

/* ---- files as torch writes them ---- */

static GString *
start_pickle (void)
{
  return g_string_new_len ("\x80\x02", 2);
}

static void
add_text (GString    *pickle,
          const char *text)
{
  g_string_append_len (pickle, "X", 1);
  g_string_append_len (pickle, ((char[]) { strlen (text), 0, 0, 0 }), 4);
  g_string_append (pickle, text);
}

static void
add_integer (GString *pickle,
             gint64   integer)
{
  g_string_append_len (pickle, "\x8a\x08", 2);
  for (guint i = 0; i < 8; i++)
    g_string_append_c (pickle, integer >> 8 * i);
}

static void
add_integers (GString    *pickle,
              const char *list)
{
  g_auto(GStrv) words = g_strsplit (list, " ", -1);

  g_string_append_c (pickle, '(');
  for (guint i = 0; words[i] != NULL && *words[i] != '\0'; i++)
    add_integer (pickle, g_ascii_strtoll (words[i], NULL, 10));
  g_string_append_c (pickle, 't');
}

/* torch._utils._rebuild_tensor_v2 (('storage', torch.TYPE, KEY, 'cpu', elements), offset, size, stride, …) */
static void
add_tensor (GString    *pickle,
            const char *type,
            const char *key,
            gint64      elements,
            gint64      offset,
            const char *size,
            const char *stride)
{
  g_string_append (pickle, "ctorch._utils\n_rebuild_tensor_v2\n((");
  add_text (pickle, "storage");
  g_string_append_printf (pickle, "ctorch\n%s\n", type);
  add_text (pickle, key);
  add_text (pickle, "cpu");
  add_integer (pickle, elements);
  g_string_append (pickle, "tQ");
  add_integer (pickle, offset);
  add_integers (pickle, size);
  add_integers (pickle, stride);
  g_string_append (pickle, "\x89" "ccollections\nOrderedDict\n)RtR");
}

static const float numbers[12] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 };

static void
add_entry (zip_t      *archive,
           const char *name,
           const void *bytes,
           gsize       size,
           gboolean    packed)
{
  zip_source_t *source = zip_source_buffer (archive, g_memdup2 (bytes, size), size, 0);
  const zip_int64_t index = zip_file_add (archive, name, source, 0);

  g_assert_cmpint (index, >=, 0);
  g_assert_cmpint (zip_set_file_compression (archive, index, packed ? ZIP_CM_DEFLATE : ZIP_CM_STORE, 0),
                   ==, 0);
}

/* An archive with @pickle, and twelve floats as its storage 0. */
static void
write_archive (const char    *name,
               const GString *pickle,
               gboolean       packed)
{
  g_autofree char *path = get_path (name);
  zip_t *archive = zip_open (path, ZIP_CREATE | ZIP_TRUNCATE, NULL);

  g_assert_nonnull (archive);
  add_entry (archive, "it/data.pkl", pickle->str, pickle->len, FALSE);
  add_entry (archive, "it/data/0", numbers, sizeof numbers, packed);
  g_assert_cmpint (zip_close (archive), ==, 0);
}

static VcCheckpoint *
open_archive (const char *name)
{
  g_autofree char *path = get_path (name);
  g_autoptr(GError) error = NULL;
  VcCheckpoint *checkpoint = vc_checkpoint_open (path, &error);

  g_assert_no_error (error);

  return checkpoint;
}

static void
assert_numbers (VcCheckpoint *checkpoint,
                const char   *name,
                const float  *want,
                gsize         n)
{
  const VcParameter *parameter = vc_checkpoint_find (checkpoint, name);
  g_autoptr(GError) error = NULL;
  float got[12];

  g_assert_nonnull (parameter);
  g_assert_cmpuint (parameter->elements, ==, n);
  g_assert_true (vc_checkpoint_read (checkpoint, parameter, 0, n, got, &error));
  g_assert_no_error (error);
  g_assert_cmpmem (got, n * sizeof *got, want, n * sizeof *want);

  /* in parts, too */
  for (gsize i = 0; i < n; i++)
    {
      g_assert_true (vc_checkpoint_read (checkpoint, parameter, i, 1, got, &error));
      g_assert_cmpfloat (got[0], ==, want[i]);
    }
}

static void
test_views (void)
{
  g_autoptr(GString) pickle = start_pickle ();
  g_autoptr(VcCheckpoint) checkpoint = NULL;

  g_string_append (pickle, "}(");
  add_text (pickle, "dense");
  add_tensor (pickle, "FloatStorage", "0", 12, 0, "3 4", "4 1");
  add_text (pickle, "second");
  add_tensor (pickle, "FloatStorage", "0", 12, 4, "4", "1");
  add_text (pickle, "turned");
  add_tensor (pickle, "FloatStorage", "0", 12, 0, "4 3", "1 4");
  add_text (pickle, "column");
  add_tensor (pickle, "FloatStorage", "0", 12, 1, "3", "4");
  add_text (pickle, "corner");
  add_tensor (pickle, "FloatStorage", "0", 12, 2, "2 1 2", "4 99 1");
  add_text (pickle, "scalar");
  add_tensor (pickle, "FloatStorage", "0", 12, 7, "", "");
  add_text (pickle, "nothing");
  add_tensor (pickle, "FloatStorage", "0", 12, 12, "0 4", "4 1");
  add_text (pickle, "places");
  add_tensor (pickle, "LongStorage", "0", 6, 0, "6", "1");
  add_text (pickle, "epoch");
  g_string_append (pickle, "K\x07u.");
  write_archive ("views.pt", pickle, FALSE);

  checkpoint = open_archive ("views.pt");
  g_assert_cmpuint (vc_checkpoint_list (checkpoint)->len, ==, 8);
  assert_numbers (checkpoint, "dense", numbers, 12);
  assert_numbers (checkpoint, "second", numbers + 4, 4);
  assert_numbers (checkpoint, "turned", (float[]) { 0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11 }, 12);
  assert_numbers (checkpoint, "column", (float[]) { 1, 5, 9 }, 3);
  assert_numbers (checkpoint, "corner", (float[]) { 2, 3, 6, 7 }, 4);
  assert_numbers (checkpoint, "scalar", (float[]) { 7 }, 1);
  assert_numbers (checkpoint, "nothing", NULL, 0);
  g_assert_cmpint (vc_checkpoint_find (checkpoint, "places")->type, ==, VC_STORED_I64);
  g_assert_null (vc_checkpoint_find (checkpoint, "epoch"));
  g_assert_null (vc_checkpoint_find (checkpoint, "zz"));
}

/* Lightning's, several devices', a module's own, and one of TorchScript's: the same name in the end. */
static void
test_wrappings (void)
{
  enum { LIGHTNING, DEVICES, MODULE, SCRIPT };
  static const char *const ends[] = {
    [LIGHTNING] = "su.", [DEVICES] = "s.", [MODULE] = "ssbssb.", [SCRIPT] = "sbsb.",
  };

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      g_autoptr(GString) pickle = start_pickle ();
      g_autoptr(VcCheckpoint) checkpoint = NULL;

      if (i == LIGHTNING)
        {
          g_string_append (pickle, "}(");
          add_text (pickle, "hook");
          g_string_append (pickle, "cpytorch_lightning.callbacks\nModelCheckpoint\n)R");
          add_text (pickle, "state_dict");
          g_string_append (pickle, "ccollections\nOrderedDict\n)R");
          add_text (pickle, "visual.proj");
        }
      else if (i == DEVICES)
        {
          g_string_append (pickle, "}");
          add_text (pickle, "module.visual.proj");
        }
      else
        {
          g_string_append (pickle, i == MODULE ? "cdall_e.decoder\nDecoder\n)\x81}" : "c__torch__\nCLIP\n)\x81}");
          if (i == MODULE)
            {
              add_text (pickle, "_buffers");
              g_string_append (pickle, "}s");
              add_text (pickle, "_modules");
              g_string_append (pickle, "ccollections\nOrderedDict\n)R");
            }
          add_text (pickle, "visual");
          g_string_append (pickle, "cit\nPart\n)\x81}");
          if (i == MODULE)
            {
              add_text (pickle, "_modules");
              g_string_append (pickle, "}s");
              add_text (pickle, "_parameters");
              g_string_append (pickle, "}");
            }
          add_text (pickle, "proj");
        }

      if (i == MODULE)
        g_string_append (pickle, "ctorch._utils\n_rebuild_parameter\n(");
      add_tensor (pickle, "FloatStorage", "0", 12, 0, "12", "1");
      if (i == MODULE)
        g_string_append (pickle, "\x88" "ccollections\nOrderedDict\n)RtR");
      g_string_append (pickle, ends[i]);
      write_archive ("wrapped.pt", pickle, FALSE);

      checkpoint = open_archive ("wrapped.pt");
      g_assert_cmpuint (vc_checkpoint_list (checkpoint)->len, ==, 1);
      assert_numbers (checkpoint, "visual.proj", numbers, 12);
    }
}

/* ---- files that are none ---- */

static void
assert_refused (const char *name,
                const char *message)
{
  g_autofree char *path = get_path (name);
  g_autoptr(GError) error = NULL;

  g_assert_null (vc_checkpoint_open (path, &error));
  g_assert_error (error, VC_ERROR, VC_ERROR_BAD_MODEL);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, message));
  g_assert_null (strchr (error->message, '\n'));
}

static void
test_places (void)
{
  static const struct
  {
    const char *type;
    const char *key;
    gint64      elements;
    gint64      offset;
    const char *size;
    const char *stride;
    const char *message;
  } cases[] = {
    { "FloatStorage", "0", 12, 1, "3 4", "4 1", "beyond its 48 bytes" },
    { "FloatStorage", "0", 8, 0, "3 4", "4 1", "beyond its 32 bytes" },
    { "FloatStorage", "0", 1 << 20, 0, "13", "1", "beyond its 48 bytes" },
    { "DoubleStorage", "0", 12, 0, "12", "1", "beyond its 48 bytes" },
    { "FloatStorage", "0", 12, G_MAXINT64, "1", "1", "beyond" },
    { "FloatStorage", "0", 12, G_GINT64_CONSTANT (0x4000000000000001), "1", "1", "beyond" },
    { "FloatStorage", "0", 12, 0, "4611686018427387905", "1", "beyond" },
    { "FloatStorage", "0", 12, 0, "4294967296 4294967296", "0 0", "beyond" },
    { "FloatStorage", "0", 12, 0, "3", "9223372036854775807", "beyond" },
    { "FloatStorage", "0", 12, 0, "2 2", "9223372036854775807 9223372036854775807", "beyond" },
    { "FloatStorage", "0", 12, 0, "1000000", "0", "one upon another" },
    { "FloatStorage", "0", 12, 0, "5 4", "2 1", "one upon another" },
    { "FloatStorage", "0", 12, 0, "-1", "1", "makes no sense" },
    { "FloatStorage", "0", 12, 0, "4", "-1", "makes no sense" },
    { "FloatStorage", "0", 12, -4, "4", "1", "makes no sense" },
    { "FloatStorage", "0", 12, 0, "3 4", "1", "makes no sense" },
    { "FloatStorage", "0", 12, 0, "1 1 1 1 1 1 1 1 1", "1 1 1 1 1 1 1 1 1", "more than 8 axes" },
    { "FloatStorage", "0", -1, 0, "4", "1", "not a whole pickle" },
    { "FloatStorage", "7", 12, 0, "4", "1", "missing" },
    { "FloatStorage", "../data.pkl", 12, 0, "4", "1", "missing" },
    { "QInt8Storage", "0", 12, 0, "4", "1", "“torch.QInt8Storage”, which is not known" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GString) pickle = start_pickle ();

      g_string_append (pickle, "}");
      add_text (pickle, "a");
      add_tensor (pickle, cases[i].type, cases[i].key, cases[i].elements, cases[i].offset, cases[i].size,
                  cases[i].stride);
      g_string_append (pickle, "s.");
      write_archive ("places.pt", pickle, FALSE);
      assert_refused ("places.pt", cases[i].message);
    }
}

#define BYTES(text) text, sizeof text - 1

static void
test_calls (void)
{
  static const struct
  {
    const char *bytes;
    gsize       size;
    const char *message;
  } cases[] = {
    { BYTES ("cposix\nsystem\n(X\2\0\0\0idtR."), "call “posix.system”" },
    { BYTES ("\x8c\2os\x8c\6system\x93(X\2\0\0\0idtR."), "call “os.system”" },
    { BYTES ("cbuiltins\neval\n(X\1\0\0\0" "1tR."), "call “builtins.eval”" },
    { BYTES ("c__builtin__\ngetattr\n(K\1K\2tR."), "call “__builtin__.getattr”" },
    { BYTES ("csubprocess\nPopen\n(X\2\0\0\0idt\x81."), "make a “subprocess.Popen”" },
    { BYTES ("csubprocess\nPopen\n)\x81."), "object of the class “subprocess.Popen”, and no weights" },
    { BYTES ("ctorch.storage\n_load_from_bytes\n(X\1\0\0\0atR."), "call “torch.storage._load_from_bytes”" },
    { BYTES ("ctorch._utils\n_rebuild_qtensor\n(tR."), "call “torch._utils._rebuild_qtensor”" },
    { BYTES ("(X\2\0\0\0idiposix\nsystem\n."), "opcode 0x69" },
    { BYTES ("\x82\1."), "opcode 0x82" },
    { BYTES ("cit\n\33[2Jx\n)R."), "not a whole pickle" },
    { BYTES ("K\1."), "it holds values, and no weights" },
    { BYTES ("}."), "it holds a dictionary, and no weights" },
    { BYTES ("."), "not a whole pickle" },
    { BYTES (""), "not a whole pickle" },
    { BYTES ("(."), "not a whole pickle" },
    { BYTES ("t."), "not a whole pickle" },
    { BYTES (")K\1a."), "not a whole pickle" },
    { BYTES ("}(K\1u."), "not a whole pickle" },
    { BYTES ("}(K\1(K\2u."), "not a whole pickle" },
    { BYTES ("h\0."), "not a whole pickle" },
    { BYTES ("}r\377\377\377\177."), "not a whole pickle" },
    { BYTES ("X\377\377\377\377a."), "not a whole pickle" },
    { BYTES ("\x8d\377\377\377\377\377\377\377\377" "a."), "not a whole pickle" },
    { BYTES ("K\1Q."), "not a whole pickle" },
    { BYTES ("\x80\6."), "protocol after 5" },
    /* a dictionary in itself */
    { BYTES ("}q\0X\1\0\0\0ah\0s."), "nested deeper" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GString) pickle = start_pickle ();

      g_string_append_len (pickle, cases[i].bytes, cases[i].size);
      write_archive ("calls.pt", pickle, FALSE);
      assert_refused ("calls.pt", cases[i].message);
    }
}

/* Twice as many dictionaries with every line: 2⁶⁰ parts in some kilobytes. */
static void
test_explosion (void)
{
  g_autoptr(GString) pickle = start_pickle ();

  g_string_append_len (pickle, "}q\0", 3);
  for (guint i = 0; i < 60; i++)
    {
      g_string_append (pickle, "}(");
      for (guint k = 0; k < 2; k++)
        {
          add_text (pickle, k == 0 ? "a" : "b");
          g_string_append_len (pickle, ((char[]) { 'h', i }), 2);
        }
      g_string_append_len (pickle, ((char[]) { 'u', 'q', i + 1 }), 3);
    }
  g_string_append (pickle, ".");
  write_archive ("explosion.pt", pickle, FALSE);
  assert_refused ("explosion.pt", "more than 1000000 parts");
}

static void
test_damage (void)
{
  g_autoptr(GString) pickle = start_pickle ();
  g_autoptr(VcCheckpoint) checkpoint = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *path = get_path ("cut.pt");
  g_autofree char *bytes = NULL;
  float got[12];
  gsize size;

  g_string_append (pickle, "}");
  add_text (pickle, "a");
  add_tensor (pickle, "FloatStorage", "0", 12, 0, "12", "1");
  g_string_append (pickle, "s.");

  write_archive ("cut.pt", pickle, FALSE);
  g_assert_true (g_file_get_contents (path, &bytes, &size, NULL));
  for (gsize n = 4; n < size; n++)
    {
      g_assert_true (g_file_set_contents (path, bytes, n, NULL));
      assert_refused ("cut.pt", "“cut.pt”");
    }

  /* a number that is another than the checksum says */
  for (char *at = bytes; at < bytes + size - sizeof numbers; at++)
    if (memcmp (at, numbers, sizeof numbers) == 0)
      at[4]++;
  g_assert_true (g_file_set_contents (path, bytes, size, NULL));
  checkpoint = open_archive ("cut.pt");
  g_assert_false (vc_checkpoint_read (checkpoint, vc_checkpoint_find (checkpoint, "a"), 0, 12, got, &error));
  g_assert_error (error, VC_ERROR, VC_ERROR_BAD_MODEL);
  g_clear_error (&error);
  g_clear_pointer (&checkpoint, vc_checkpoint_free);

  write_archive ("cut.pt", pickle, TRUE);
  checkpoint = open_archive ("cut.pt");
  g_assert_false (vc_checkpoint_read (checkpoint, vc_checkpoint_find (checkpoint, "a"), 0, 12, got, &error));
  g_assert_error (error, VC_ERROR, VC_ERROR_BAD_MODEL);
  g_assert_nonnull (strstr (error->message, "it is packed"));

  g_string_truncate (pickle, pickle->len / 2);
  write_archive ("cut.pt", pickle, FALSE);
  assert_refused ("cut.pt", "not a whole pickle");
}

/* ---- several files ---- */

static void
write_shard (const char *name,
             const char *tensor,
             float       value)
{
  g_autofree char *header =
    g_strdup_printf ("{\"%s\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", tensor);
  g_autoptr(GString) bytes = g_string_new (NULL);
  g_autofree char *path = get_path (name);

  g_string_append_len (bytes, ((char[]) { strlen (header), 0, 0, 0, 0, 0, 0, 0 }), 8);
  g_string_append (bytes, header);
  g_string_append_len (bytes, (char *) &value, sizeof value);
  g_assert_true (g_file_set_contents (path, bytes->str, bytes->len, NULL));
}

static void
write_index (const char *places)
{
  g_autofree char *path = get_path ("model.safetensors.index.json");
  g_autofree char *text = g_strdup_printf ("{\"metadata\":{},\"weight_map\":{%s}}", places);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static void
test_shards (void)
{
  const char *const name = "model.safetensors.index.json";
  g_autoptr(VcCheckpoint) checkpoint = NULL;

  write_shard ("one.safetensors", "a", 3);
  write_shard ("two.safetensors", "b", 4);

  write_index ("\"a\":\"one.safetensors\",\"b\":\"two.safetensors\"");
  checkpoint = open_archive (name);
  g_assert_cmpuint (vc_checkpoint_list (checkpoint)->len, ==, 2);
  assert_numbers (checkpoint, "a", (float[]) { 3 }, 1);
  assert_numbers (checkpoint, "b", (float[]) { 4 }, 1);

  write_index ("\"a\":\"one.safetensors\",\"b\":\"three.safetensors\"");
  assert_refused (name, "“three.safetensors” cannot be opened");
  write_index ("\"a\":\"../one.safetensors\"");
  assert_refused (name, "is not the name of a file beside it");
  write_index ("\"a\":\"..\"");
  assert_refused (name, "is not the name of a file beside it");
  write_index ("");
  assert_refused (name, "names no weights");

  write_shard ("two.safetensors", "a", 4);
  write_index ("\"a\":\"one.safetensors\",\"b\":\"two.safetensors\"");
  assert_refused (name, "“a” is in another file, too");
}

/* ---- what the reference programs wrote ---- */

static char *
find_shared (const char *name)
{
  const char *shared = g_getenv ("VIGNETTE_SHARED");
  g_autofree char *beside = g_test_build_filename (G_TEST_DIST, "..", "..", "shared", NULL);

  return g_build_filename (shared != NULL ? shared : beside, "goldens", name, NULL);
}

static void
test_golden (gconstpointer data)
{
  g_auto(GStrv) names = g_strsplit (data, " ", 2);
  g_autofree char *torch = find_shared (names[0]);
  g_autofree char *plain = find_shared (names[1]);
  g_autoptr(VcCheckpoint) got = NULL;
  g_autoptr(VcCheckpoint) want = NULL;
  g_autoptr(GError) error = NULL;
  GPtrArray *list;

  if (!g_file_test (torch, G_FILE_TEST_EXISTS))
    {
      g_test_skip ("the recordings are not here (goldens in VIGNETTE_SHARED)");
      return;
    }

  got = vc_checkpoint_open (torch, &error);
  g_assert_no_error (error);
  want = vc_checkpoint_open (plain, &error);
  g_assert_no_error (error);

  list = vc_checkpoint_list (want);
  g_assert_cmpuint (list->len, >, 10);
  for (guint i = 0; i < list->len; i++)
    {
      const VcParameter *a = list->pdata[i];
      const VcParameter *b = vc_checkpoint_find (got, a->name);
      g_autofree float *x = g_new (float, a->elements);
      g_autofree float *y = g_new (float, a->elements);

      g_test_message ("%s", a->name);
      g_assert_nonnull (b);
      g_assert_cmpmem (a->axes, a->n_axes * 8, b->axes, b->n_axes * 8);
      g_assert_true (vc_checkpoint_read (want, a, 0, a->elements, x, &error));
      g_assert_true (vc_checkpoint_read (got, b, 0, b->elements, y, &error));
      g_assert_cmpmem (x, a->elements * sizeof *x, y, b->elements * sizeof *y);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_autoptr(GError) error = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("checkpoint-XXXXXX", &error);
  g_assert_no_error (error);

  g_test_add_func ("/convert/checkpoint/views", test_views);
  g_test_add_func ("/convert/checkpoint/wrappings", test_wrappings);
  g_test_add_func ("/convert/checkpoint/places", test_places);
  g_test_add_func ("/convert/checkpoint/calls", test_calls);
  g_test_add_func ("/convert/checkpoint/explosion", test_explosion);
  g_test_add_func ("/convert/checkpoint/damage", test_damage);
  g_test_add_func ("/convert/checkpoint/shards", test_shards);
  g_test_add_data_func ("/convert/checkpoint/golden/dictionary",
                        "mindalle_tiny/decoder.pt mindalle_tiny/decoder.safetensors", test_golden);
  g_test_add_data_func ("/convert/checkpoint/golden/dictionary-2",
                        "mindalle_tiny/encoder.pt mindalle_tiny/encoder.safetensors", test_golden);
  g_test_add_data_func ("/convert/checkpoint/golden/module",
                        "dvae_tiny/decoder.pkl dvae_tiny/decoder.safetensors", test_golden);
  g_test_add_data_func ("/convert/checkpoint/golden/script",
                        "clip_tiny/openai_jit.pt clip_tiny/open_clip_model.fp16.safetensors", test_golden);
  status = g_test_run ();

  {
    g_autoptr(GDir) dir = g_dir_open (folder, 0, NULL);
    const char *name;

    while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
      {
        g_autofree char *path = get_path (name);

        g_unlink (path);
      }
    g_rmdir (folder);
  }
  g_free (folder);

  return status;
}
