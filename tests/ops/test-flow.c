/* test-flow.c: a barrier wherever data flows and nowhere else; commands that come again are not written again */

#include "gpu/flow.h"

#include "device-private.h"
#include "gpu/gpu.h"
#include "model/block.h"
#include "support.h"

/* ---- Without a device ---- */

/* What one dispatch touches of a buffer, as "0" or "1" and where it begins and ends. */
typedef struct
{
  guint    buffer;
  uint32_t begin;
  uint32_t end;
} Part;

typedef struct
{
  Part reads[3];   /* end with the first that is empty */
  Part writes[2];
} Step;

typedef struct
{
  const char *name;
  Step        steps[4];
  const char *waits;  /* a digit a step: 1 where it waits */
} Graph;

/* Elements are floats. */
static const Graph graphs[] = {
  { "read after write", { { { { 0, 0, 64 } }, { { 1, 0, 64 } } }, { { { 1, 0, 64 } }, { { 2, 0, 64 } } } }, "01" },
  { "write after write", { { { { 0, 0, 64 } }, { { 1, 0, 64 } } }, { { { 0, 0, 64 } }, { { 1, 0, 64 } } } }, "01" },
  { "write after read", { { { { 0, 0, 64 } }, { { 1, 0, 64 } } }, { { { 2, 0, 64 } }, { { 0, 0, 64 } } } }, "01" },
  { "read after read", { { { { 0, 0, 64 } }, { { 1, 0, 64 } } }, { { { 0, 0, 64 } }, { { 2, 0, 64 } } } }, "00" },
  { "nothing shared", { { { { 0, 0, 64 } }, { { 1, 0, 64 } } }, { { { 2, 0, 64 } }, { { 3, 0, 64 } } } }, "00" },
  { "the last element", { { { { 0, 0, 64 } }, { { 1, 0, 65 } } }, { { { 1, 64, 128 } }, { { 2, 0, 64 } } } }, "01" },
  { "side by side", { { { { 0, 0, 64 } }, { { 1, 0, 64 } } }, { { { 1, 64, 128 } }, { { 2, 0, 64 } } } }, "00" },
  { "one within another", { { { { 0, 0, 64 } }, { { 1, 64, 65 } } }, { { { 1, 0, 256 } }, { { 2, 0, 64 } } } }, "01" },
  { "the second of its writes", { { { { 0, 0, 8 } }, { { 1, 0, 8 }, { 2, 0, 8 } } },
                                  { { { 0, 0, 8 }, { 2, 0, 8 } }, { { 3, 0, 8 } } } }, "01" },
  /* both halves are waited for at once, and what was before the barrier no more */
  { "two by two", { { { { 0, 0, 64 } }, { { 1, 0, 64 } } }, { { { 0, 0, 64 } }, { { 2, 0, 64 } } },
                    { { { 1, 0, 64 }, { 2, 0, 64 } }, { { 3, 0, 64 } } }, { { { 1, 0, 64 } }, { { 4, 0, 64 } } } },
    "0010" },
  { "far apart", { { { { 0, 0, 64 } }, { { 1, 0, 64 } } }, { { { 0, 0, 64 } }, { { 2, 0, 64 } } },
                   { { { 0, 0, 64 } }, { { 3, 0, 64 } } }, { { { 1, 0, 64 } }, { { 4, 0, 64 } } } }, "0001" },
};

static guint
bind (VcRecorded *recorded,
      VcBuffer   *buffers,
      const Part *parts,
      guint       most)
{
  guint n = 0;

  for (; n < most && parts[n].end > 0; n++)
    recorded->tensors[recorded->n_reads + n] = (VcTensor) {
      .buffer = &buffers[parts[n].buffer],
      .offset = parts[n].begin * sizeof (float),
      .size = { 1, 1, 1, parts[n].end - parts[n].begin },
    };

  return n;
}

static void
test_graph (gconstpointer data)
{
  const Graph *graph = data;
  VcBuffer buffers[5] = { 0 };
  g_autoptr(VcFlow) flow = vc_flow_new ();

  for (guint round = 0; round < 2; round++)
    {
      for (guint i = 0; graph->waits[i] != '\0'; i++)
        {
          VcRecorded next = { 0 };

          next.n_reads = bind (&next, buffers, graph->steps[i].reads, 3);
          next.n_writes = bind (&next, buffers, graph->steps[i].writes, 2);
          g_assert_cmpint (vc_flow_next (flow, &next), ==, graph->waits[i] == '1');
        }
      vc_flow_reset (flow);
    }
}

/* ---- On devices ---- */

/* Runs what was recorded; the barriers that it took are @barriers, where there are any. */
static void
submit_counted (VcRecorder *rec,
                guint       dispatches,
                guint       barriers)
{
  VcDevice *device = vc_recorder_get_device (rec);
  const VcSent before = device->sent;
  g_autoptr(GError) error = NULL;

  g_assert_true (vc_recorder_submit (rec, &error));
  g_assert_no_error (error);
  if (!g_str_equal (vc_device_get_info (device)->kind, "gpu"))
    return;

  g_assert_cmpuint (device->sent.dispatches - before.dispatches, ==, dispatches);
  g_assert_cmpuint (device->sent.barriers - before.barriers, ==, barriers);
}

static VcTensor
make (VcDevice *device,
      uint32_t  rows,
      uint32_t  width)
{
  g_autofree float *values = test_noise ((gsize) rows * width, 0, 1);

  return test_upload (device, VC_F32, values, rows, width);
}

/* Three sums that stand beside each other, one of two of them, and one that writes what that read. */
static void
test_small (VcDevice      *device,
            gconstpointer  data)
{
  const VcTensor x = make (device, 3, 500);
  VcTensor y[3];
  const VcTensor z = test_empty (device, 3, 500);
  g_autoptr(VcRecorder) rec = vc_recorder_new (device);
  g_autofree float *values = NULL;
  g_autofree float *got = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (y); i++)
    {
      y[i] = test_empty (device, 3, 500);
      vc_op_add (rec, &x, &x, &y[i]);
    }
  vc_op_add (rec, &y[0], &y[1], &z);
  vc_op_add (rec, &y[2], &x, &y[0]);
  submit_counted (rec, 5, 2);

  values = test_download (&x);
  got = test_download (&z);
  for (guint i = 0; i < 1500; i++)
    g_assert_cmpfloat (got[i], ==, 4 * values[i]);
}

static VcLinear
make_linear (VcDevice *device,
             uint32_t  out,
             uint32_t  in)
{
  return (VcLinear) { make (device, out, in), make (device, 1, out) };
}

static VcNorm
make_norm (VcDevice *device,
           uint32_t  width)
{
  return (VcNorm) { make (device, 1, width), make (device, 1, width) };
}

static const VcTower tower = { .width = 64, .layers = 1, .heads = 4, .hidden = 128, .activation = VC_GELU,
                               .epsilon = 1e-5f, .causal = TRUE };

static VcBlock
make_block (VcDevice *device)
{
  return (VcBlock) {
    .ln1 = make_norm (device, 64), .qkv = make_linear (device, 192, 64), .proj = make_linear (device, 64, 64),
    .ln2 = make_norm (device, 64), .up = make_linear (device, 128, 64), .down = make_linear (device, 64, 128),
  };
}

/* Each step of a transformer block takes what the one before it gave: it has a barrier less than dispatches. What
 * stands beside it, here two copies of its memory, costs no more. */
static void
test_block (VcDevice      *device,
            gconstpointer  data)
{
  const VcBlock block = make_block (device);
  const gsize room = vc_scratch_room (&tower, 1, 5) + 3 * vc_memory_room (&tower, 1, 8);
  g_autoptr(GError) error = NULL;
  g_autoptr(VcArena) arena = vc_arena_new (device, room, &error);
  g_autoptr(VcRecorder) rec = vc_recorder_new (device);
  g_autofree float *values = test_noise (5 * 64, 0, 1);

  g_assert_no_error (error);

  const VcScratch s = vc_scratch_take (arena, &tower, 1, 5);
  const VcMemory memory = vc_memory_take (arena, &tower, 1, 8);
  const VcMemory copy = vc_memory_take (arena, &tower, 1, 8);
  const VcTensor from_k = vc_tensor_reshape (&memory.k, 1, 8 * 64);
  const VcTensor from_v = vc_tensor_reshape (&memory.v, 1, 8 * 64);
  const VcTensor to_k = vc_tensor_reshape (&copy.k, 1, 8 * 64);
  const VcTensor to_v = vc_tensor_reshape (&copy.v, 1, 8 * 64);

  g_assert_true (vc_tensor_upload (&s.x, values, &error));

  vc_block_forward (rec, &block, &tower, &s, &memory, 0, NULL, NULL);
  submit_counted (rec, 10, 9);

  vc_block_forward (rec, &block, &tower, &s, &memory, 0, NULL, NULL);
  vc_op_repeat (rec, &from_k, 1, &to_k);
  vc_op_repeat (rec, &from_v, 1, &to_v);
  submit_counted (rec, 12, 9);
}

/* ---- What comes again ---- */

#define STEPS 9

/* Token by token the same commands are sent again, and what they compute is what all tokens at once are. */
static void
test_steps (VcDevice      *device,
            gconstpointer  data)
{
  const VcBlock block = make_block (device);
  g_autofree float *values = test_noise (STEPS * 64, 0, 1);

  /* The second time in other memory, which may lie where the first did. */
  for (guint round = 0; round < 2; round++)
    {
      const gsize room = vc_scratch_room (&tower, 1, STEPS) + vc_scratch_room (&tower, 1, 1) +
                         2 * vc_memory_room (&tower, 1, STEPS);
      const VcSent before = device->sent;
      g_autoptr(GError) error = NULL;
      g_autoptr(VcArena) arena = vc_arena_new (device, room, &error);
      g_autoptr(VcRecorder) rec = vc_recorder_new (device);
      g_autofree float *want = NULL;

      g_assert_no_error (error);

      const VcScratch all = vc_scratch_take (arena, &tower, 1, STEPS);
      const VcScratch one = vc_scratch_take (arena, &tower, 1, 1);
      const VcMemory whole = vc_memory_take (arena, &tower, 1, STEPS);
      const VcMemory memory = vc_memory_take (arena, &tower, 1, STEPS);

      g_assert_true (vc_tensor_upload (&all.x, values, &error));
      vc_block_forward (rec, &block, &tower, &all, &whole, 0, NULL, NULL);
      g_assert_true (vc_recorder_submit (rec, &error));
      want = test_download (&all.x);

      for (guint i = 0; i < STEPS; i++)
        {
          g_autofree float *got = NULL;

          g_assert_true (vc_tensor_upload (&one.x, values + i * 64, &error));
          vc_block_forward (rec, &block, &tower, &one, &memory, i, NULL, NULL);
          g_assert_true (vc_recorder_submit (rec, &error));
          g_assert_no_error (error);
          got = test_download (&one.x);
          g_assert_cmpfloat (test_nmse (got, want + i * 64, 64), <, TEST_NMSE);
        }

      if (g_str_equal (vc_device_get_info (device)->kind, "gpu"))
        {
          g_assert_cmpuint (device->sent.lists - before.lists, ==, STEPS + 1);
          g_assert_cmpuint (device->sent.written - before.written, ==, 2);
        }
    }
}

/* More lists than are kept, again and again: each does its own work, and those that differ in a number that is
 * part of the commands are not taken for one another. */
static void
test_many (VcDevice      *device,
           gconstpointer  data)
{
  const guint n = 50;
  const VcTensor x = make (device, 3, 100);
  const VcTensor gain = make (device, 1, 100);
  const VcTensor y = test_empty (device, 3, 100);
  const VcTensor z = test_empty (device, 3, 100);
  g_autoptr(VcRecorder) rec = vc_recorder_new (device);
  g_autoptr(GPtrArray) first = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < 2 * n; i++)
    {
      g_autoptr(GError) error = NULL;
      float *got;

      vc_op_layernorm (rec, &x, &gain, &gain, &y, 1 + i % n);
      vc_op_add (rec, &y, &x, &z);
      g_assert_true (vc_recorder_submit (rec, &error));
      got = test_download (&z);

      if (i < n)
        {
          g_ptr_array_add (first, got);
          if (i > 0)
            g_assert_cmpfloat (test_nmse (got, first->pdata[i - 1], 300), >, 0);
        }
      else
        {
          g_assert_cmpmem (got, 1200, first->pdata[i - n], 1200);
          g_free (got);
        }
    }
}

/* That the layer would speak if one were missing: it is the layer that vouches for all other tests. */
static void
test_watched (void)
{
  g_autoptr(GPtrArray) list = NULL;
  gboolean found = FALSE;

  if (g_test_subprocess ())
    {
      g_autoptr(VcDevice) device = vc_device_open ("gpu", NULL);
      g_autoptr(VcRecorder) rec = vc_recorder_new (device);
      const VcTensor x = make (device, 3, 500);
      const VcTensor y = test_empty (device, 3, 500);
      const VcTensor z = test_empty (device, 3, 500);

      ((VcGpu *) device)->careless = g_str_equal (g_getenv ("VIGNETTE_TEST_CARELESS"), "1");
      vc_op_add (rec, &x, &x, &y);
      vc_op_add (rec, &y, &x, &z);
      g_assert_true (vc_recorder_submit (rec, NULL));
      test_release ();
      return;
    }

  list = vc_device_list ();
  for (guint i = 1; i < list->len; i++)
    found = found || ((VcDeviceInfo *) g_ptr_array_index (list, i))->ok;
  if (g_strcmp0 (g_getenv ("VIGNETTE_VALIDATE"), "1") != 0 || g_getenv ("VIGNETTE_HOST_ONLY") != NULL || !found)
    {
      g_test_skip (found ? "VIGNETTE_VALIDATE is not set" : "no Vulkan device here that works");
      return;
    }

  g_setenv ("VIGNETTE_TEST_CARELESS", "0", TRUE);
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();

  g_setenv ("VIGNETTE_TEST_CARELESS", "1", TRUE);
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("*Vulkan validation: *SYNC-HAZARD-READ*AFTER*WRITE*");
}

int
main (int   argc,
      char *argv[])
{
  test_init (&argc, &argv);

  for (guint i = 0; i < G_N_ELEMENTS (graphs); i++)
    {
      g_autofree char *path = g_strconcat ("/flow/graph/", graphs[i].name, NULL);

      g_test_add_data_func (path, &graphs[i], test_graph);
    }
  test_add ("/flow", "small", NULL, test_small);
  test_add ("/flow", "block", NULL, test_block);
  test_add ("/flow", "steps", NULL, test_steps);
  test_add ("/flow", "many", NULL, test_many);
  g_test_add_func ("/flow/watched", test_watched);

  return test_run ();
}
