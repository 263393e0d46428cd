/* selftest.c: whether a device computes what it should */

#include "selftest.h"

#include <math.h>

#include "ops/ops.h"
#include "tensor/arena.h"

/* Answers are around 1 and are compared coarsely: this looks for a device that is broken, not for one
 * that rounds differently. */
#define TOLERANCE 1e-3

/* Room for the largest problem. */
#define ARENA_SIZE ((gsize) 1 << 16)

typedef gboolean (*Problem) (VcDevice  *device,
                             VcArena   *arena,
                             GError   **error);

static gboolean
put (VcArena      *arena,
     VcTensor     *tensor,
     const float  *values,
     uint32_t      rows,
     uint32_t      width,
     GError      **error)
{
  *tensor = vc_arena_take (arena, VC_F32, rows, width);

  return vc_tensor_upload (tensor, values, error);
}

/* Runs what was recorded; TRUE if @y then holds @want. */
static gboolean
run (VcRecorder      *rec,
     const char      *name,
     const VcTensor  *y,
     const float     *want,
     GError         **error)
{
  const gsize n = vc_tensor_elements (y);
  g_autofree float *got = g_new (float, n);

  if (!vc_recorder_submit (rec, error) || !vc_tensor_download (y, got, error))
    return FALSE;

  for (gsize i = 0; i < n; i++)
    if (!(fabsf (got[i] - want[i]) <= TOLERANCE * fmaxf (1, fabsf (want[i]))))
      {
        g_set_error (error, VC_ERROR, VC_ERROR_NO_DEVICE,
                     "its self-test of %s gives %g where %g is right", name, got[i], want[i]);
        return FALSE;
      }

  return TRUE;
}

static gboolean
test_layernorm (VcDevice  *device,
                VcArena   *arena,
                GError   **error)
{
  static const float x[] = { -1, 1, -1, 1,  1001, 1002, 1003, 1004 };
  static const float gain[] = { 1, 2, 3, 4 };
  static const float bias[] = { 0, 1, 0, 1 };
  /* Deviations of the second row are ±1.5 and ±0.5, its variance is 1.25. */
  static const float want[] = { -1, 3, -3, 5,  -1.341641f, 0.105573f, 1.341641f, 6.366563f };
  g_autoptr(VcRecorder) rec = vc_recorder_new (device);
  VcTensor tx, tgain, tbias;
  const VcTensor ty = vc_arena_take (arena, VC_F32, 2, 4);

  if (!put (arena, &tx, x, 2, 4, error) ||
      !put (arena, &tgain, gain, 1, 4, error) ||
      !put (arena, &tbias, bias, 1, 4, error))
    return FALSE;

  vc_op_layernorm (rec, &tx, &tgain, &tbias, &ty, 1e-6f);

  return run (rec, "layernorm", &ty, want, error);
}

static const Problem problems[] = {
  test_layernorm,
};

gboolean
vc_selftest (VcDevice  *device,
             GError   **error)
{
  g_autoptr(VcArena) arena = vc_arena_new (device, ARENA_SIZE, error);

  if (arena == NULL)
    return FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (problems); i++)
    {
      vc_arena_reset (arena, 0);
      if (!problems[i] (device, arena, error))
        return FALSE;
    }

  return TRUE;
}
