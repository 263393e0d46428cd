/* test-hang.c: a GPU that does not end its work is given up, or left to it, and nothing that it may write to is freed */

#include <string.h>

#include "device-private.h"
#include "gpu/gpu.h"
#include "ops/ops.h"
#include "support.h"
#include "tensor/arena.h"

static VKAPI_ATTR VkResult VKAPI_CALL
wait_in_vain (VkDevice       device,
              uint32_t       count,
              const VkFence *fences,
              VkBool32       all,
              uint64_t       timeout)
{
  g_usleep (MIN (timeout / 1000, 2000));

  return VK_TIMEOUT;
}

/* One device of this test's own, and a sum to be computed on it. */
typedef struct
{
  VcDevice              *device;
  VcGpu                 *gpu;
  PFN_vkWaitForFences    wait;   /* the true one */
  VcArena               *arena;
  VcTensor               x;
  VcTensor               y;
  VcRecorder            *rec;
} Fixture;

static void
set_up (Fixture  *f,
        VcDevice *like)
{
  g_autoptr(GError) error = NULL;
  float ones[300];

  for (guint i = 0; i < G_N_ELEMENTS (ones); i++)
    ones[i] = 1;

  f->device = vc_device_open (vc_device_get_info (like)->id, &error);
  g_assert_no_error (error);
  f->gpu = (VcGpu *) f->device;
  f->wait = f->gpu->WaitForFences;
  f->arena = vc_arena_new (f->device, 4096, &error);
  g_assert_no_error (error);
  f->x = vc_arena_take (f->arena, VC_F32, 3, 100);
  f->y = vc_arena_take (f->arena, VC_F32, 3, 100);
  f->rec = vc_recorder_new (f->device);
  g_assert_true (vc_tensor_upload (&f->x, ones, &error));
}

static void
tear_down (Fixture *f)
{
  vc_recorder_free (f->rec);
  vc_arena_free (f->arena);
  vc_device_free (f->device);
}

static void
assert_fails (Fixture *f,
              int      code)
{
  g_autoptr(GError) error = NULL;

  vc_op_add (f->rec, &f->x, &f->x, &f->y);
  g_assert_false (vc_recorder_submit (f->rec, &error));
  g_assert_error (error, VC_ERROR, code);
  g_assert_null (strchr (error->message, '\n'));
  if (code == VC_ERROR_DEVICE_LOST)
    g_assert_true (g_str_has_suffix (error->message, "has stopped answering"));
}

static gboolean
is_host (VcDevice *device)
{
  if (!g_str_equal (vc_device_get_info (device)->kind, "host"))
    return FALSE;

  g_test_skip ("the processor is not waited for");

  return TRUE;
}

/* It never comes back: it is lost, at once for whoever asks next, and closing it does not wait for ever. */
static void
test_lost (VcDevice      *device,
           gconstpointer  data)
{
  const gboolean recovers = GPOINTER_TO_INT (data);
  float values[300];
  Fixture f;

  if (is_host (device))
    return;

  set_up (&f, device);
  f.gpu->patience_us = G_USEC_PER_SEC / 10;
  f.gpu->WaitForFences = wait_in_vain;
  assert_fails (&f, VC_ERROR_DEVICE_LOST);

  f.gpu->WaitForFences = recovers ? f.wait : wait_in_vain;
  assert_fails (&f, VC_ERROR_DEVICE_LOST);
  g_assert_false (vc_tensor_upload (&f.x, values, NULL));
  g_assert_false (vc_tensor_download (&f.y, values, NULL));
  tear_down (&f);
}

static gboolean
count_down (gpointer data)
{
  int *left = data;

  return --*left > 0;
}

/* Somebody does not want to wait any longer: the device keeps what it works on, and is as good as before. */
static void
test_stopped (VcDevice      *device,
              gconstpointer  data)
{
  g_autofree float *got = NULL;
  int left = 3;
  Fixture f;

  if (is_host (device))
    return;

  set_up (&f, device);
  vc_device_set_waiting (f.device, count_down, &left);
  f.gpu->WaitForFences = wait_in_vain;
  assert_fails (&f, VC_ERROR_CANCELLED);
  g_assert_cmpint (left, ==, 0);

  /* What is freed now is freed when the device has done with it. */
  vc_recorder_free (f.rec);
  vc_arena_free (f.arena);
  f.gpu->WaitForFences = f.wait;
  f.arena = vc_arena_new (f.device, 4096, NULL);
  f.rec = vc_recorder_new (f.device);
  f.x = vc_arena_take (f.arena, VC_F32, 3, 100);
  f.y = vc_arena_take (f.arena, VC_F32, 3, 100);
  g_assert_true (vc_tensor_upload (&f.x, (float[300]) { 7 }, NULL));
  vc_op_add (f.rec, &f.x, &f.x, &f.y);
  g_assert_true (vc_recorder_submit (f.rec, NULL));
  got = test_download (&f.y);
  g_assert_cmpfloat (got[0], ==, 14);
  g_assert_cmpfloat (got[299], ==, 0);
  tear_down (&f);
}

int
main (int   argc,
      char *argv[])
{
  test_init (&argc, &argv);

  test_add ("/hang", "lost for a while", GINT_TO_POINTER (TRUE), test_lost);
  test_add ("/hang", "lost for good", GINT_TO_POINTER (FALSE), test_lost);
  test_add ("/hang", "stopped", NULL, test_stopped);

  return test_run ();
}
