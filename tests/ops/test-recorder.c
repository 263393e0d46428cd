/* test-recorder.c: what every device promises beneath the ops: order, memory, and a clean end */

#include <malloc.h>
#include <string.h>

#include "device-private.h"
#include "ops/ops.h"
#include "support.h"
#include "tensor/arena.h"

static void
submit (VcRecorder *rec)
{
  g_autoptr(GError) error = NULL;

  g_assert_true (vc_recorder_submit (rec, &error));
  g_assert_no_error (error);
}

static void
upload (const VcTensor *tensor,
        const float    *values)
{
  g_autoptr(GError) error = NULL;

  g_assert_true (vc_tensor_upload (tensor, values, &error));
  g_assert_no_error (error);
}

/* A tensor of the test whose elements are all @value. */
static VcTensor
fill (VcDevice *device,
      uint32_t  rows,
      uint32_t  width,
      float     value)
{
  g_autofree float *values = g_new (float, (gsize) rows * width);

  for (gsize i = 0; i < (gsize) rows * width; i++)
    values[i] = value;

  return test_upload (device, VC_F32, values, rows, width);
}

static void
assert_filled (const VcTensor *tensor,
               float           value)
{
  g_autofree float *got = test_download (tensor);

  for (gsize i = 0; i < vc_tensor_elements (tensor); i++)
    g_assert_cmpfloat (got[i], ==, value);
}

typedef struct
{
  const char *name;
  uint32_t    rows;
  uint32_t    width;
  uint32_t    times;
} Chain;

static const Chain chains[] = {
  { "one",                              1,    1,    1 },
  { "two lists end in the same slot",   3,  100,    3 },
  { "exactly one submission",           1,    7,  256 },
  { "one past a submission",            1,    7,  257 },
  { "many submissions",                16, 1000, 1500 },
  { "cut by bytes",                  2048, 4096,   40 },  /* 96 MiB a dispatch, 256 a submission */
};

/* a → b → a → …: each dispatch reads what the one before it wrote, and writes what that one read. */
static void
test_chain (VcDevice      *device,
            gconstpointer  data)
{
  const Chain *c = data;
  const VcTensor pair[] = { fill (device, c->rows, c->width, 0), test_empty (device, c->rows, c->width) };
  const VcTensor one = fill (device, c->rows, c->width, 1);
  g_autoptr(VcRecorder) rec = vc_recorder_new (device);

  for (uint32_t i = 0; i < c->times; i++)
    vc_op_add (rec, &pair[i % 2], &one, &pair[(i + 1) % 2]);
  submit (rec);

  assert_filled (&pair[c->times % 2], c->times);
  if (c->times > 1)
    assert_filled (&pair[(c->times + 1) % 2], c->times - 1);
}

/* Many writers of one tensor, nobody reads between: the last one counts. */
static void
test_write_after_write (VcDevice      *device,
                        gconstpointer  data)
{
  VcTensor sources[10];
  const VcTensor zero = fill (device, 64, 1000, 0);
  const VcTensor y = test_empty (device, 64, 1000);
  g_autoptr(VcRecorder) rec = vc_recorder_new (device);

  for (guint i = 0; i < G_N_ELEMENTS (sources); i++)
    sources[i] = fill (device, 64, 1000, i);

  for (guint times = 0; times < 30; times++)
    for (guint i = 0; i < G_N_ELEMENTS (sources); i++)
      vc_op_add (rec, &sources[i], &zero, &y);
  submit (rec);

  assert_filled (&y, G_N_ELEMENTS (sources) - 1);
}

/* Shaders with different numbers of buffers and different push constants, by turns. */
static void
test_mixed (VcDevice      *device,
            gconstpointer  data)
{
  const uint32_t width = 96;
  const VcTensor x = fill (device, 5, width, 2);
  const VcTensor gain = fill (device, 1, width, 3);
  const VcTensor bias = fill (device, 1, width, 0.5f);
  const VcTensor normal = test_empty (device, 5, width);
  const VcTensor sum = test_empty (device, 5, width);
  const VcTensor narrow = vc_tensor_reshape (&sum, 5 * width / 8, 8);
  const VcTensor narrow_gain = fill (device, 1, 8, 1);
  const VcTensor narrow_bias = fill (device, 1, 8, -1);
  const VcTensor y = test_empty (device, 5 * width / 8, 8);
  g_autoptr(VcRecorder) rec = vc_recorder_new (device);

  for (guint times = 0; times < 20; times++)
    {
      vc_op_layernorm (rec, &x, &gain, &bias, &normal, 1e-5f);
      vc_op_add (rec, &x, &normal, &sum);
      vc_op_layernorm (rec, &narrow, &narrow_gain, &narrow_bias, &y, 1e-5f);
    }
  submit (rec);

  /* A row whose elements are all alike has mean 0 and variance 0 once normalised. */
  assert_filled (&normal, 0.5f);
  assert_filled (&sum, 2.5f);
  assert_filled (&y, -1);
}

/* Uploads and downloads between submissions, of the same tensors again and again. */
static void
test_turns (VcDevice      *device,
            gconstpointer  data)
{
  const gsize n = 3000;
  g_autofree float *values = g_new (float, n);
  const VcTensor x = test_empty (device, 3, 1000);
  const VcTensor y = test_empty (device, 3, 1000);
  const VcTensor z = test_empty (device, 3, 1000);
  g_autoptr(VcRecorder) rec = vc_recorder_new (device);

  for (guint turn = 0; turn < 50; turn++)
    {
      for (gsize i = 0; i < n; i++)
        values[i] = turn + 1;
      upload (&x, values);

      vc_op_add (rec, &x, &x, &y);
      if (turn % 3 == 0)
        submit (rec);
      vc_op_add (rec, &y, &x, &z);
      submit (rec);

      assert_filled (&z, 3 * (turn + 1));
      if (turn % 2 == 0)
        assert_filled (&y, 2 * (turn + 1));
    }
}

/* The bytes of one tensor become another's while the list is still being written. */
static void
test_arena (VcDevice      *device,
            gconstpointer  data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(VcArena) arena = vc_arena_new (device, 1 << 20, &error);
  g_autoptr(VcRecorder) rec = vc_recorder_new (device);
  VcTensor total[2];
  VcTensor one;
  gsize mark;

  g_assert_no_error (error);
  total[0] = vc_arena_take (arena, VC_F32, 10, 99);
  total[1] = vc_arena_take (arena, VC_F32, 10, 99);
  one = vc_arena_take (arena, VC_F32, 10, 99);
  mark = vc_arena_mark (arena);

  for (guint i = 0; i < 3; i++)
    {
      g_autofree float *values = g_new (float, 990);

      for (guint k = 0; k < 990; k++)
        values[k] = i == 2;
      upload (i == 2 ? &one : &total[i], values);
    }

  for (guint i = 0; i < 100; i++)
    {
      VcTensor shifted, doubled;

      vc_arena_reset (arena, mark);
      /* Now here, now there. */
      if (i % 2 == 1)
        (void) vc_arena_take (arena, VC_F32, 1 + i % 7, 31);
      shifted = vc_arena_take (arena, VC_F32, 10, 99);
      doubled = vc_arena_take (arena, VC_F32, 10, 99);

      vc_op_add (rec, &total[i % 2], &one, &shifted);
      vc_op_add (rec, &shifted, &one, &doubled);
      vc_op_add (rec, &doubled, &one, &total[(i + 1) % 2]);
    }
  submit (rec);

  assert_filled (&total[0], 300);
}

/* An arena larger than the device's largest buffer: everything that was promised has room, wherever
 * the pieces end. */
static void
test_pieces (VcDevice      *device,
             gconstpointer  data)
{
  const gsize before = device->max_buffer;
  const uint32_t widths[] = { 500, 1, 64, 65, 333, 2, 511, 512, 90, 7 };  /* 512: 2048 bytes, the largest */
  const guint count = 300;
  g_autofree VcTensor *tensors = g_new (VcTensor, count);
  g_autoptr(VcRecorder) rec = vc_recorder_new (device);
  g_autoptr(GError) error = NULL;
  g_autoptr(VcArena) arena = NULL;
  gsize size = 0;
  gsize mark = 0;

  for (guint i = 0; i < count; i++)
    size += vc_arena_room (VC_F32, widths[i % 10]);

  device->max_buffer = 10100;
  arena = vc_arena_new_pieces (device, size, 2048, &error);
  device->max_buffer = before;
  g_assert_no_error (error);

  for (guint round = 0; round < 2; round++)
    {
      for (guint i = round == 0 ? 0 : 100; i < count; i++)
        {
          g_autofree float *values = g_new (float, 512);

          if (i == 100)
            mark = vc_arena_mark (arena);
          /* The second time in another order. */
          tensors[i] = vc_arena_take (arena, VC_F32, 1, widths[(round == 0 ? i : count - 1 - i) % 10]);
          for (guint k = 0; k < 512; k++)
            values[k] = i;
          upload (&tensors[i], values);
        }

      for (guint i = 0; i < count; i++)
        assert_filled (&tensors[i], i);
      for (guint i = 0; i < count; i++)
        for (guint k = 0; k < i; k++)
          g_assert_false (vc_tensor_overlaps (&tensors[i], &tensors[k]));

      vc_arena_reset (arena, mark);
    }
  g_assert_true (tensors[0].buffer != tensors[count - 1].buffer);
}

/* More bytes than are copied at a time, at offsets and of sizes that are no multiple of anything. */
static void
test_large_copies (VcDevice      *device,
                   gconstpointer  data)
{
  static const struct { gsize offset, size; } parts[] = {
    { 0, (21 << 20) + 5 },
    { 3, 1 },
    { 7, (8 << 20) - 1 },           /* as much as is under way at once, less one */
    { (4 << 20) - 2, (4 << 20) },   /* exactly what is copied at a time */
    { 5 << 20, (16 << 20) + 5 },    /* to the very end */
    { 11, 0 },
  };
  const gsize size = (21 << 20) + 5;
  g_autofree uint8_t *want = g_malloc (size);
  g_autofree uint8_t *got = g_malloc (size);
  g_autoptr(GError) error = NULL;
  VcBuffer *buffer = device->class->allocate (device, size, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      for (gsize k = 0; k < parts[i].size; k++)
        want[parts[i].offset + k] = (k * 2654435761u + i) >> 13;
      g_assert_true (device->class->upload (buffer, parts[i].offset, want + parts[i].offset,
                                            parts[i].size, &error));
      memset (got, 0xa5, size);
      g_assert_true (device->class->download (buffer, 0, got, size, &error));
      g_assert_cmpmem (got, size, want, size);

      memset (got, 0xa5, size);
      g_assert_true (device->class->download (buffer, parts[i].offset, got, parts[i].size, &error));
      g_assert_cmpmem (got, parts[i].size, want + parts[i].offset, parts[i].size);
    }
  g_assert_no_error (error);
  device->class->release (buffer);
}

/* Recorders that are never submitted, buffers that go in the order they came and in no order. */
static void
test_odd_order (VcDevice      *device,
                gconstpointer  data)
{
  VcBuffer *buffers[20];
  g_autoptr(VcRecorder) kept = vc_recorder_new (device);
  const VcTensor x = fill (device, 2, 300, 1);
  const VcTensor y = test_empty (device, 2, 300);

  submit (kept);  /* of nothing */

  for (guint i = 0; i < G_N_ELEMENTS (buffers); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(VcRecorder) dropped = vc_recorder_new (device);
      const VcTensor late = { .size = { 1, 1, 2, 300 } };
      VcTensor tensor = late;

      tensor.buffer = buffers[i] = device->class->allocate (device, 2400, &error);
      g_assert_no_error (error);
      vc_op_add (dropped, &x, &x, &tensor);
      if (i % 3 == 0)
        submit (dropped);
      else
        vc_op_add (kept, &x, &x, &y);
    }

  for (guint i = 0; i < G_N_ELEMENTS (buffers); i++)
    {
      device->class->release (buffers[(i * 7) % G_N_ELEMENTS (buffers)]);
      if (i == 10)
        submit (kept);
    }

  assert_filled (&y, 2);
}

/* What no device has room for is refused, and nothing else is changed by it. */
static void
test_too_large (VcDevice      *device,
                gconstpointer  data)
{
  static const gsize sizes[] = { (gsize) 1 << 50, G_MAXSIZE / 2, G_MAXSIZE };
  const VcTensor x = fill (device, 1, 500, 4);
  const VcTensor y = test_empty (device, 1, 500);
  g_autoptr(VcRecorder) rec = vc_recorder_new (device);

  vc_op_add (rec, &x, &x, &y);
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr(GError) error = NULL;

      g_assert_null (device->class->allocate (device, sizes[i], &error));
      g_assert_error (error, VC_ERROR, VC_ERROR_OUT_OF_MEMORY);
      g_test_message ("%s", error->message);
    }
  submit (rec);
  assert_filled (&y, 8);
}

/* Drivers bind at least 128 MiB at a time, some not more: then the op is refused in words. */
static void
test_wide_tensor (VcDevice      *device,
                  gconstpointer  data)
{
  const uint32_t rows = (136 << 20) / 4096;
  g_autoptr(VcArena) arena = NULL;
  g_autoptr(VcRecorder) rec = vc_recorder_new (device);
  g_autoptr(GError) error = NULL;
  const VcTensor small = fill (device, 1, 500, 4);
  const VcTensor y = test_empty (device, 1, 500);
  VcTensor a, b;

  arena = vc_arena_new (device, (gsize) rows * 8192 + 8192, &error);
  g_assert_no_error (error);
  a = vc_arena_take (arena, VC_F32, rows, 1024);
  b = vc_arena_take (arena, VC_F32, rows, 1024);

  vc_op_add (rec, &small, &small, &y);
  vc_op_activate (rec, VC_SILU, &a, &b);
  if (!vc_recorder_submit (rec, &error))
    {
      g_test_message ("%s", error->message);
      g_assert_error (error, VC_ERROR, VC_ERROR_OUT_OF_MEMORY);
      g_assert_nonnull (strstr (error->message, "MB"));
      g_assert_nonnull (strstr (error->message, "activate"));
    }

  /* The recorder is empty again and the device works. */
  vc_op_add (rec, &small, &small, &y);
  submit (rec);
  assert_filled (&y, 8);
}

static guint
count_entries (const char *path)
{
  g_autoptr(GDir) dir = g_dir_open (path, 0, NULL);
  guint n = 0;

  g_assert_nonnull (dir);
  while (g_dir_read_name (dir) != NULL)
    n++;

  return n;
}

static void
use_once (const char *id)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(VcDevice) device = vc_device_open (id, &error);
  g_autoptr(VcArena) arena = NULL;
  g_autoptr(VcRecorder) rec = NULL;
  g_autofree float *values = g_new0 (float, 1 << 20);
  VcTensor x, y;

  g_assert_no_error (error);
  rec = vc_recorder_new (device);
  arena = vc_arena_new (device, 9 << 20, &error);
  g_assert_no_error (error);
  x = vc_arena_take (arena, VC_F32, 1024, 1024);
  y = vc_arena_take (arena, VC_F32, 1024, 1024);
  upload (&x, values);
  vc_op_add (rec, &x, &x, &y);
  submit (rec);
  assert_filled (&y, 0);
}

static gsize
count_memory (void)
{
  const struct mallinfo2 info = mallinfo2 ();

  return info.uordblks + info.hblkhd;
}

/* Opened, used and closed: files, threads and memory are given back. */
static void
test_reopen (VcDevice      *device,
             gconstpointer  data)
{
  const guint before_files = count_entries ("/proc/self/fd");
  const guint before_threads = count_entries ("/proc/self/task");
  gsize settled = 0;

  for (guint i = 0; i < 20; i++)
    {
      use_once (vc_device_get_info (device)->id);

      /* The first rounds fill caches of the driver and of the allocator. */
      if (i == 9)
        settled = count_memory ();
    }

  g_test_message ("in use after 10 rounds %zu bytes, after 20 %zu", settled, count_memory ());
  g_assert_cmpuint (count_entries ("/proc/self/fd"), ==, before_files);
  g_assert_cmpuint (count_entries ("/proc/self/task"), ==, before_threads);
  /* A round uses 8 MiB: a device, a list or a buffer that is kept would show. */
  g_assert_cmpuint (count_memory (), <, settled + (1 << 20));
}

static gboolean
count_down (gpointer data)
{
  return (*(int *) data)-- > 0;
}

/* On the processor a submission is left between two ops when nobody wants it any more; the next one is another. A GPU is asked
 * only when it takes long: test-hang.c. */
static void
test_stopped (VcDevice      *device,
              gconstpointer  data)
{
  if (!g_str_equal (vc_device_get_info (device)->kind, "host"))
    return;

  for (int n = 0; n <= 2; n++)
    {
      const VcTensor one = fill (device, 1, 4, 1);
      const VcTensor second = fill (device, 1, 4, 0);
      const VcTensor third = fill (device, 1, 4, 0);
      g_autoptr(VcRecorder) rec = vc_recorder_new (device);
      g_autoptr(GError) error = NULL;
      int left = n;

      vc_op_add (rec, &one, &one, &second);
      vc_op_add (rec, &one, &second, &third);
      vc_device_set_waiting (device, count_down, &left);
      g_assert_true (vc_recorder_submit (rec, &error) == (n == 2));
      vc_device_set_waiting (device, NULL, NULL);
      if (n < 2)
        g_assert_error (error, VC_ERROR, VC_ERROR_CANCELLED);
      else
        g_assert_no_error (error);

      assert_filled (&second, n >= 1 ? 2 : 0);
      assert_filled (&third, n >= 2 ? 3 : 0);
    }
}

int
main (int   argc,
      char *argv[])
{
  test_init (&argc, &argv);

  for (guint i = 0; i < G_N_ELEMENTS (chains); i++)
    test_add ("/recorder/chain", chains[i].name, &chains[i], test_chain);
  test_add ("/recorder", "write after write", NULL, test_write_after_write);
  test_add ("/recorder", "mixed", NULL, test_mixed);
  test_add ("/recorder", "turns", NULL, test_turns);
  test_add ("/recorder", "arena", NULL, test_arena);
  test_add ("/recorder", "pieces", NULL, test_pieces);
  test_add ("/recorder", "large copies", NULL, test_large_copies);
  test_add ("/recorder", "odd order", NULL, test_odd_order);
  test_add ("/recorder", "too large", NULL, test_too_large);
  test_add ("/recorder", "wide tensor", NULL, test_wide_tensor);
  test_add ("/recorder", "stopped", NULL, test_stopped);
  test_add ("/recorder", "reopen", NULL, test_reopen);

  return test_run ();
}
