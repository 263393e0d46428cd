/* test-weights.c: safetensors files, good and bad, and what the loader makes of them */

#include "tensor/weights.h"

#include <string.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "device-private.h"
#include "support.h"

static char *path;  /* of the file of the test that runs */

static void
write_bytes (const char *header,
             gsize       header_size,
             guint64     claimed,
             const void *data,
             gsize       size)
{
  g_autoptr(GByteArray) bytes = g_byte_array_new ();
  g_autoptr(GError) error = NULL;

  for (guint i = 0; i < 8; i++)
    g_byte_array_append (bytes, &(guint8) { claimed >> (8 * i) }, 1);
  g_byte_array_append (bytes, (const guint8 *) header, header_size);
  g_byte_array_append (bytes, data, size);

  g_assert_true (g_file_set_contents (path, (char *) bytes->data, bytes->len, &error));
}

static void
write_file (const char *header,
            const void *data,
            gsize       size)
{
  write_bytes (header, strlen (header), strlen (header), data, size);
}

static VcWeights *
open_file (void)
{
  g_autoptr(GError) error = NULL;
  VcWeights *weights = vc_weights_open (path, &error);

  g_assert_no_error (error);

  return weights;
}

/* ---- bad files ---- */

#define ONE "\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}"
#define ENTRY(rest) "{" ONE ",\"b\":{" rest "}}"

static const struct
{
  const char *header;
  const char *message;  /* part of it */
} bad_headers[] = {
  { "", "is not JSON" },
  { "[]", "not a JSON object" },
  { "{" ONE, "is not JSON" },
  { "{" ONE "," ONE "}", "duplicate" },
  { "{\"\\ud800\":{}}", "is not JSON" },
  { "{\"\xff\":{}}", "is not JSON" },
  { "{\"\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", "name of 0 bytes" },
  { "{\"a\":7}", "“a.dtype” is missing" },
  { "{\"a\":{\"a\":{\"a\":{\"a\":{}}}}}", "“a.dtype” is missing" },
  { ENTRY ("\"shape\":[2],\"data_offsets\":[8,16]"), "“b.dtype” is missing" },
  { ENTRY ("\"dtype\":\"F33\",\"shape\":[2],\"data_offsets\":[8,16]"), "“b.dtype” is “F33”" },
  { ENTRY ("\"dtype\":4,\"shape\":[2],\"data_offsets\":[8,16]"), "“b.dtype” is 4, wanted a string" },
  { ENTRY ("\"dtype\":\"F32\",\"data_offsets\":[8,16]"), "“b.shape” is missing" },
  { ENTRY ("\"dtype\":\"F32\",\"shape\":2,\"data_offsets\":[8,16]"), "“b.shape” is 2" },
  { ENTRY ("\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[8,16]"), "“b.shape” has -2" },
  { ENTRY ("\"dtype\":\"F32\",\"shape\":[2.0],\"data_offsets\":[8,16]"), "“b.shape” has 2" },
  { ENTRY ("\"dtype\":\"F32\",\"shape\":[\"2\"],\"data_offsets\":[8,16]"), "“b.shape” has “2”" },
  { ENTRY ("\"dtype\":\"F32\",\"shape\":[2,1,1,1,1,1,1,1,1],\"data_offsets\":[8,16]"), "array of 9" },
  { ENTRY ("\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[8,16]"), "more bytes" },
  { ENTRY ("\"dtype\":\"F32\",\"shape\":[4611686018427387906],\"data_offsets\":[8,16]"), "more bytes" },
  { ENTRY ("\"dtype\":\"F32\",\"shape\":[9223372036854775807,3],\"data_offsets\":[8,16]"), "more bytes" },
  { ENTRY ("\"dtype\":\"F32\",\"shape\":[5],\"data_offsets\":[0,16]"), "more bytes" },
  { ENTRY ("\"dtype\":\"F32\",\"shape\":[2]"), "“b.data_offsets” is missing" },
  { ENTRY ("\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8]"), "array of 1, wanted an array of 2" },
  { ENTRY ("\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,12,16]"), "array of 3" },
  { ENTRY ("\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[-8,0]"), "has -8" },
  { ENTRY ("\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[16,8]"), "are 16 to 8" },
  { ENTRY ("\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[12,20]"), "has 20" },
  { ENTRY ("\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,18446744073709551624]"), "is not JSON" },
  { ENTRY ("\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,12]"), "wanted 8 bytes" },
  { ENTRY ("\"dtype\":\"F16\",\"shape\":[2],\"data_offsets\":[8,16]"), "wanted 4 bytes" },
  { ENTRY ("\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[4,12]"), "“a” and “b” overlap" },
  { ENTRY ("\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]"), "overlap" },
  { ENTRY ("\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[4,8]"), "“a” and “b” overlap" },
  { "{\"__metadata__\":7," ONE "}", "“__metadata__” is 7" },
  { "{\"__metadata__\":{\"k\":7}," ONE "}", "“__metadata__.k” is 7, wanted a string" },
};

static void
test_bad_headers (void)
{
  const guint8 data[16] = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (bad_headers); i++)
    {
      g_autoptr(GError) error = NULL;

      write_file (bad_headers[i].header, data, sizeof data);
      g_assert_null (vc_weights_open (path, &error));
      g_assert_error (error, VC_ERROR, VC_ERROR_BAD_MODEL);
      g_test_message ("%s", error->message);
      g_assert_nonnull (strstr (error->message, "weights “model.safetensors”"));
      g_assert_nonnull (strstr (error->message, bad_headers[i].message));
    }
}

static void
test_bad_files (void)
{
  static const guint64 lengths[] = { 3, 1 << 20, 100000001, G_MAXINT64, G_MAXUINT64 };
  const char *header = "{" ONE "}";
  const guint8 data[8] = { 0 };
  g_autoptr(GString) deep = g_string_new (NULL);

  /* A length that is not the header's: too short to be JSON, past the end, past every limit. */
  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      g_autoptr(GError) error = NULL;

      write_bytes (header, strlen (header), lengths[i], data, sizeof data);
      g_assert_null (vc_weights_open (path, &error));
      g_assert_error (error, VC_ERROR, VC_ERROR_BAD_MODEL);
    }

  /* Cut short at every byte. */
  write_file (header, data, sizeof data);
  for (gsize size = 8 + strlen (header) + sizeof data; size-- > 0; )
    {
      g_autoptr(GError) error = NULL;

      g_assert_cmpint (truncate (path, size), ==, 0);
      g_assert_null (vc_weights_open (path, &error));
      g_assert_error (error, VC_ERROR, VC_ERROR_BAD_MODEL);
    }

  for (guint i = 0; i < 100000; i++)
    g_string_append (deep, "{\"a\":");
  g_autoptr(GError) error = NULL;
  write_file (deep->str, data, sizeof data);
  g_assert_null (vc_weights_open (path, &error));
  g_assert_error (error, VC_ERROR, VC_ERROR_BAD_MODEL);
}

/* ---- good files ---- */

static void
test_good_headers (void)
{
  static const char * const headers[] = {
    "{}",
    "{" ONE "}   ",
    "{\"__metadata__\":{\"format\":\"pt\"}," ONE "}",
    ENTRY ("\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[8,12]"),
    ENTRY ("\"dtype\":\"I64\",\"shape\":[1],\"data_offsets\":[8,16]"),
    ENTRY ("\"dtype\":\"U8\",\"shape\":[2,2],\"data_offsets\":[12,16]"),
    ENTRY ("\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[16,16]"),
    ENTRY ("\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[4,4]"),
    ENTRY ("\"shape\":[1,1,1,1,1,1,1,2],\"data_offsets\":[8,12],\"dtype\":\"BF16\""),
  };
  const guint8 data[16] = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (headers); i++)
    {
      write_file (headers[i], data, sizeof data);
      if (i == 7)
        {
          /* Nothing in the midst of something shares no byte, but is no way to write a file. */
          g_assert_null (vc_weights_open (path, NULL));
          continue;
        }

      g_autoptr(VcWeights) weights = open_file ();
      g_assert_true (vc_weights_has (weights, "a") == (i > 0));
      g_assert_true (vc_weights_has (weights, "b") == (i > 2));
      g_assert_false (vc_weights_has (weights, "__metadata__"));
    }
}

static void
test_hash (void)
{
  g_autoptr(GError) error = NULL;
  g_autofree guint8 *data = g_malloc0 (3 << 20);
  g_autofree char *header = g_strdup_printf ("{\"a\":{\"dtype\":\"U8\",\"shape\":[%u],"
                                             "\"data_offsets\":[0,%u]}}", 3 << 20, 3 << 20);
  g_autofree char *contents = NULL;
  gsize size;

  write_file (header, data, 3 << 20);

  g_autoptr(VcWeights) weights = open_file ();
  g_assert_true (g_file_get_contents (path, &contents, &size, &error));
  g_autofree char *want = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (guchar *) contents, size);
  const char *hash = vc_weights_hash (weights, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (hash, ==, want);

  g_autoptr(VcWeights) cut = open_file ();
  g_assert_cmpint (truncate (path, 1 << 20), ==, 0);
  g_assert_null (vc_weights_hash (cut, &error));
  g_assert_error (error, VC_ERROR, VC_ERROR_BAD_MODEL);
  g_assert_cmpstr (vc_weights_hash (weights, NULL), ==, want);
}

/* ---- the loader ---- */

/* f16: 1 is 0x3c00, 2 is 0x4000, 3 is 0x4200 …; bf16: 1 is 0x3f80, -2 is 0xc000 */
static const char load_header[] =
  "{\"x.h.q.weight\":{\"dtype\":\"F16\",\"shape\":[2,3],\"data_offsets\":[1,13]},"
  "\"x.h.k.weight\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[13,37]},"
  "\"x.h.v.weight\":{\"dtype\":\"F16\",\"shape\":[2,3,1,1],\"data_offsets\":[37,49]},"
  "\"bf\":{\"dtype\":\"BF16\",\"shape\":[1,2,1],\"data_offsets\":[49,53]},"
  "\"scale\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[53,57]},"
  "\"kernel\":{\"dtype\":\"F32\",\"shape\":[1,2,2,2],\"data_offsets\":[57,89]},"
  "\"ids\":{\"dtype\":\"I64\",\"shape\":[1],\"data_offsets\":[89,97]},"
  "\"half\":{\"dtype\":\"F16\",\"shape\":[1,1,3],\"data_offsets\":[97,103]},"
  "\"nan\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[103,111]},"
  "\"inf\":{\"dtype\":\"F16\",\"shape\":[1,2],\"data_offsets\":[111,115]},"
  "\"infinite\":{\"dtype\":\"BF16\",\"shape\":[2,2],\"data_offsets\":[115,123]}}";

static const struct
{
  guint       at;
  guint       size;
  const void *bytes;
} load_data[] = {
  { 1, 12, (const guint16[]) { 0x3c00, 0x4000, 0x4200, 0x4400, 0x4500, 0x4600 } },
  { 13, 24, (const float[]) { 7, 8, 9, 10, 11, 12 } },
  { 37, 12, (const guint16[]) { 0x3800, 0xb800, 0x0000, 0x0001, 0x7bff, 0xbc00 } },
  { 49, 4, (const guint16[]) { 0x3f80, 0xc000 } },
  { 53, 4, (const float[]) { 3.25f } },
  { 57, 32, (const float[]) { 0, 1, 2, 3, 10, 11, 12, 13 } },
  { 97, 6, (const guint16[]) { 0x3c00, 0x4000, 0x4200 } },
  { 103, 8, (const guint32[]) { 0x3f800000, 0x7fc00000 } },
  { 111, 4, (const guint16[]) { 0x3c00, 0x7c00 } },
  { 115, 8, (const guint16[]) { 0x3f80, 0x3f80, 0x3f80, 0xff80 } },
};

static void
write_load_file (void)
{
  guint8 data[123] = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (load_data); i++)
    memcpy (data + load_data[i].at, load_data[i].bytes, load_data[i].size);

  write_file (load_header, data, sizeof data);
}

static void
assert_values (const VcTensor *tensor,
               VcDtype         dtype,
               const float    *want,
               gsize           n)
{
  g_autofree void *got = test_download (tensor);

  g_assert_cmpint (tensor->dtype, ==, dtype);
  g_assert_cmpuint (vc_tensor_elements (tensor), ==, n);
  for (gsize i = 0; i < n; i++)
    g_assert_cmpfloat (dtype == VC_F16 ? (float) ((_Float16 *) got)[i] : ((float *) got)[i], ==, want[i]);
}

static void
test_load (VcDevice      *device,
           gconstpointer  data)
{
  g_autoptr(GError) error = NULL;

  write_load_file ();

  g_autoptr(VcWeights) weights = open_file ();
  g_autoptr(VcLoader) loader = vc_loader_new (device, weights, &error);
  g_assert_no_error (error);

  g_assert_true (vc_loader_has (loader, "bf"));
  vc_loader_prefix (loader, "%c.h.", 'x');
  g_assert_true (vc_loader_has (loader, "q.weight"));

  const VcTensor stack = vc_loader_stack (loader, VC_NAMES ("q.weight", "k.weight", "v.weight"), 2, 3);
  vc_loader_prefix (loader, NULL);
  const VcTensor bf = vc_loader_vector (loader, "bf", 2);
  const VcTensor kernel = vc_loader_kernel (loader, "kernel", 1, 2, 2);
  const VcTensor half = vc_loader_vector (loader, "half", 3);
  const float scale = vc_loader_scalar (loader, "scale");
  g_autoptr(VcArena) arena = vc_loader_finish (loader, &error);
  g_assert_no_error (error);
  g_assert_nonnull (arena);

  assert_values (&stack, VC_F32,
                 (const float[]) { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
                                   0.5f, -0.5f, 0, 0x1p-24f, 65504, -1 }, 18);
  g_assert_true (vc_tensor_is_matrix (&stack, 6, 3));
  g_assert_true (vc_tensor_is_vector (&bf, 2));
  assert_values (&bf, VC_F32, (const float[]) { 1, -2 }, 2);
  assert_values (&half, VC_F32, (const float[]) { 1, 2, 3 }, 3);
  assert_values (&kernel, VC_F32, (const float[]) { 0, 10, 1, 11, 2, 12, 3, 13 }, 8);
  g_assert_cmpuint (kernel.size[1], ==, 2);
  g_assert_cmpfloat (scale, ==, 3.25f);
}

static void
test_load_halves (VcDevice      *device,
                  gconstpointer  data)
{
  g_autoptr(GError) error = NULL;

  write_load_file ();

  g_autoptr(VcWeights) weights = open_file ();
  g_autoptr(VcLoader) loader = vc_loader_new (device, weights, &error);
  g_assert_no_error (error);

  const VcTensor q = vc_loader_matrix (loader, "x.h.q.weight", 2, 3);
  const VcTensor v = vc_loader_transposed (loader, "x.h.v.weight", 3, 2);
  const VcTensor k = vc_loader_transposed (loader, "x.h.k.weight", 3, 2);
  g_autoptr(VcArena) arena = vc_loader_finish (loader, &error);
  g_assert_no_error (error);

  assert_values (&q, VC_F16, (const float[]) { 1, 2, 3, 4, 5, 6 }, 6);
  assert_values (&v, VC_F16, (const float[]) { 0.5f, 0x1p-24f, -0.5f, 65504, 0, -1 }, 6);
  assert_values (&k, VC_F32, (const float[]) { 7, 10, 8, 11, 9, 12 }, 6);
}

/* More than one chunk, rows that do not divide it, and every value where it belongs. */
static void
test_load_large (VcDevice      *device,
                 gconstpointer  data)
{
  enum { OUT = 700, IN = 67, SIDE = 3, N = OUT * IN * SIDE * SIDE };
  g_autofree float *values = g_new (float, N);
  g_autofree char *header = g_strdup_printf ("{\"k\":{\"dtype\":\"F32\",\"shape\":[%d,%d,%d,%d],"
                                             "\"data_offsets\":[0,%d]}}", OUT, IN, SIDE, SIDE, 4 * N);
  g_autoptr(GError) error = NULL;

  for (guint i = 0; i < N; i++)
    values[i] = i;
  write_file (header, values, 4 * N);

  g_autoptr(VcWeights) weights = open_file ();
  g_autoptr(VcLoader) loader = vc_loader_new (device, weights, &error);
  const VcTensor kernel = vc_loader_kernel (loader, "k", OUT, IN, SIDE);
  g_autoptr(VcArena) arena = vc_loader_finish (loader, &error);
  g_assert_no_error (error);

  g_autofree float *got = test_download (&kernel);
  for (guint o = 0; o < OUT; o++)
    for (guint i = 0; i < IN; i++)
      for (guint s = 0; s < SIDE * SIDE; s++)
        g_assert_cmpfloat (got[(o * SIDE * SIDE + s) * IN + i], ==,
                           values[(o * IN + i) * SIDE * SIDE + s]);
}

typedef enum { MATRIX, VECTOR, TRANSPOSED, KERNEL, STACK, SCALAR } Ask;

static const struct
{
  Ask         ask;
  const char *name;
  uint32_t    rows;
  uint32_t    width;
  const char *message;
} bad_asks[] = {
  { MATRIX, "none", 2, 3, "“none” is missing" },
  { MATRIX, "x.h.q.weight", 3, 2, "“x.h.q.weight” is f16 (2, 3), wanted (3, 2)" },
  { MATRIX, "x.h.q.weight", 1, 6, "“x.h.q.weight” is f16 (2, 3), wanted (1, 6)" },
  { MATRIX, "x.h.q.weight", G_MAXUINT32, G_MAXUINT32,
    "“x.h.q.weight” is f16 (2, 3), wanted (4294967295, 4294967295)" },
  { VECTOR, "x.h.q.weight", 1, 6, "“x.h.q.weight” is f16 (2, 3), wanted (6)" },
  { TRANSPOSED, "x.h.k.weight", 2, 3, "“x.h.k.weight” is f32 (2, 3), wanted (3, 2)" },
  { KERNEL, "kernel", 2, 2, "“kernel” is f32 (1, 2, 2, 2), wanted (2, 2, 2, 2)" },
  { STACK, "x.h.k.weight", 2, 2, "“x.h.k.weight” is f32 (2, 3), wanted (2, 2)" },
  { SCALAR, "bf", 0, 0, "“bf” is bf16 (1, 2, 1), wanted ()" },
  { SCALAR, "none", 0, 0, "“none” is missing" },
  { MATRIX, "ids", 1, 1, "“ids” is i64 (1), wanted f32, f16 or bf16 (1, 1)" },
  { VECTOR, "nan", 1, 2, "“nan” has numbers that are not finite" },
  { VECTOR, "inf", 1, 2, "“inf” has numbers that are not finite" },
  { MATRIX, "inf", 1, 2, "“inf” has numbers that are not finite" },
  { MATRIX, "infinite", 2, 2, "“infinite” has numbers that are not finite" },
};

static void
test_bad_asks (VcDevice      *device,
               gconstpointer  data)
{
  write_load_file ();

  g_autoptr(VcWeights) weights = open_file ();

  for (guint i = 0; i < G_N_ELEMENTS (bad_asks); i++)
    {
      const char *name = bad_asks[i].name;
      const uint32_t rows = bad_asks[i].rows;
      const uint32_t width = bad_asks[i].width;
      g_autofree char *message = g_strconcat ("weights “model.safetensors”: ", bad_asks[i].message, NULL);
      g_autoptr(GError) error = NULL;
      g_autoptr(VcLoader) loader = vc_loader_new (device, weights, &error);
      VcTensor tensor = { 0 };

      switch (bad_asks[i].ask)
        {
        case MATRIX: tensor = vc_loader_matrix (loader, name, rows, width); break;
        case VECTOR: tensor = vc_loader_vector (loader, name, width); break;
        case TRANSPOSED: tensor = vc_loader_transposed (loader, name, rows, width); break;
        case KERNEL: tensor = vc_loader_kernel (loader, name, rows, width, 2); break;
        case STACK: tensor = vc_loader_stack (loader, VC_NAMES (name), rows, width); break;
        case SCALAR: g_assert_cmpfloat (vc_loader_scalar (loader, name), ==, 0); break;
        default: g_assert_not_reached ();
        }
      if (bad_asks[i].ask != SCALAR)
        g_assert_nonnull (tensor.buffer);

      /* The first fault is kept, and what comes after it does no harm. */
      vc_loader_matrix (loader, "also none", 4, 4);
      vc_loader_scalar (loader, "scale");
      g_assert_null (vc_loader_finish (loader, &error));
      g_assert_error (error, VC_ERROR, VC_ERROR_BAD_MODEL);
      g_assert_cmpstr (error->message, ==, message);
    }
}

/* A device whose buffers are small gets several. */
static void
test_load_pieces (VcDevice      *device,
                  gconstpointer  data)
{
  enum { COUNT = 40, ROWS = 2, WIDTH = 61, EACH = ROWS * WIDTH };
  const gsize before = device->max_buffer;
  g_autofree float *values = test_noise (COUNT * EACH, 0, 1);
  g_autoptr(GString) header = g_string_new ("{");
  g_autoptr(GError) error = NULL;
  g_autoptr(VcArena) arena = NULL;
  VcTensor tensors[COUNT];

  for (guint i = 0; i < COUNT; i++)
    g_string_append_printf (header, "%s\"f.%u.m.weight\":{\"dtype\":\"F32\",\"shape\":[%u,%u],"
                            "\"data_offsets\":[%u,%u]}", i > 0 ? "," : "", i, ROWS, WIDTH,
                            i * EACH * 4, (i + 1) * EACH * 4);
  g_string_append_c (header, '}');
  write_file (header->str, values, COUNT * EACH * sizeof (float));

  g_autoptr(VcWeights) weights = open_file ();
  device->max_buffer = 5000;
  g_autoptr(VcLoader) loader = vc_loader_new (device, weights, &error);
  device->max_buffer = before;
  g_assert_no_error (error);

  for (guint i = 0; i < COUNT; i++)
    {
      g_autofree char *name = g_strdup_printf ("f.%u.m.weight", i);

      tensors[i] = vc_loader_matrix (loader, name, ROWS, WIDTH);
    }
  arena = vc_loader_finish (loader, &error);
  g_assert_no_error (error);

  for (guint i = 0; i < COUNT; i++)
    assert_values (&tensors[i], VC_F32, values + i * EACH, EACH);
  g_assert_true (tensors[0].buffer != tensors[COUNT - 1].buffer);
}

static void
test_twice (VcDevice      *device,
            gconstpointer  data)
{
  g_autoptr(GError) error = NULL;

  write_load_file ();

  g_autoptr(VcWeights) weights = open_file ();
  g_autoptr(VcLoader) loader = vc_loader_new (device, weights, &error);

  for (guint i = 0; i < 100; i++)
    vc_loader_matrix (loader, "x.h.q.weight", 2, 3);
  g_assert_null (vc_loader_finish (loader, &error));
  g_assert_error (error, VC_ERROR, VC_ERROR_BAD_MODEL);
  g_assert_nonnull (strstr (error->message, "twice"));
}

static void
test_cut_short (VcDevice      *device,
                gconstpointer  data)
{
  g_autoptr(GError) error = NULL;

  write_load_file ();

  g_autoptr(VcWeights) weights = open_file ();
  g_autoptr(VcLoader) loader = vc_loader_new (device, weights, &error);

  g_assert_cmpint (truncate (path, 64), ==, 0);
  vc_loader_matrix (loader, "x.h.q.weight", 2, 3);
  vc_loader_scalar (loader, "scale");
  g_assert_null (vc_loader_finish (loader, &error));
  g_assert_error (error, VC_ERROR, VC_ERROR_BAD_MODEL);
  g_assert_cmpstr (error->message, ==,
                   "weights “model.safetensors”: it was cut short while it was read");
}

int
main (int   argc,
      char *argv[])
{
  g_autoptr(GError) error = NULL;
  g_autofree char *directory = g_dir_make_tmp (NULL, &error);
  int status;

  path = g_build_filename (directory, "model.safetensors", NULL);

  test_init (&argc, &argv);

  g_test_add_func ("/unit/weights/bad-headers", test_bad_headers);
  g_test_add_func ("/unit/weights/bad-files", test_bad_files);
  g_test_add_func ("/unit/weights/good-headers", test_good_headers);
  g_test_add_func ("/unit/weights/hash", test_hash);
  test_add ("/unit/weights", "load", NULL, test_load);
  test_add ("/unit/weights", "load-halves", NULL, test_load_halves);
  test_add ("/unit/weights", "load-large", NULL, test_load_large);
  test_add ("/unit/weights", "load-pieces", NULL, test_load_pieces);
  test_add ("/unit/weights", "bad-asks", NULL, test_bad_asks);
  test_add ("/unit/weights", "twice", NULL, test_twice);
  test_add ("/unit/weights", "cut-short", NULL, test_cut_short);

  status = test_run ();

  g_unlink (path);
  g_rmdir (directory);
  g_free (path);

  return status;
}
