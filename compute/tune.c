/* tune.c: which way each kind of dispatch is run the fastest on a device */

#include "tune.h"

#include <string.h>

#include "gpu/shaders.h"
#include "ops/ops.h"
#include "tensor/arena.h"
#include "tensor/half.h"

/* Timed runs of each way; the best counts. */
#define RUNS 5

/* Another way has to take no more of the plain one's time than this: where they are alike, chance is
 * not to choose. */
#define BETTER 0.85

/* Numbers of f16 have 11 bits: products of rounded ones are off by about 2^-12, in squares 6e-8. */
#define NEAR 1e-6

/* Room for the largest problem. */
#define ARENA_SIZE ((gsize) 8 << 20)

typedef struct
{
  VcDevice   *device;
  VcArena    *arena;  /* borrowed */
  VcRecorder *rec;    /* borrowed */
} Tuning;

/* What an op is run with: what it reads, and last what it writes. */
#define MOST_TENSORS 4

/**
 * Problem:
 * @stores: types of weights that there are
 * @tensors: their sizes; the last is of what is written
 * @weights: which of them is of the type of the weights; with one type alone all are f32
 *
 * What is measured: large enough that the launch itself counts little, small enough for the slowest.
 */
typedef struct
{
  const char *name;
  void      (*run) (VcRecorder     *rec,
                    const VcTensor *tensors);
  gboolean    coarse;  /* its products may be */
  guint       n_stores;
  guint       n_tensors;
  guint       weights;
  uint32_t    size[MOST_TENSORS][4];
} Problem;

static void
run_linear (VcRecorder     *rec,
            const VcTensor *tensors)
{
  vc_op_linear (rec, &tensors[0], &tensors[1], NULL, &tensors[2]);
}

static void
run_conv2d (VcRecorder     *rec,
            const VcTensor *tensors)
{
  const uint32_t around = tensors[1].size[1] / 2;

  vc_op_conv2d (rec, &tensors[0], &tensors[1], NULL, 1, around, around, &tensors[2]);
}

static void
run_attention (VcRecorder     *rec,
               const VcTensor *tensors)
{
  vc_op_attention (rec, &tensors[0], &tensors[1], &tensors[2], tensors[1].size[2], TRUE, NULL, &tensors[3]);
}

#define LINEAR(rows, in, out, coarse) \
  run_linear, coarse, VC_N_STORES, 3, 1, { { 1, 1, rows, in }, { 1, 1, out, in }, { 1, 1, rows, out } }
#define CONV2D(extent, in, out, side) \
  run_conv2d, FALSE, VC_N_STORES, 3, 1, { { 1, extent, extent, in }, { out, side, side, in }, { 1, extent, extent, out } }
#define ATTENTION(heads, tokens, width, keys) \
  run_attention, FALSE, 1, 4, 1, \
  { { 1, heads, tokens, width }, { 1, heads, keys, width }, { 1, heads, keys, width }, \
    { 1, 1, tokens, heads * width } }

static const Problem problems[VC_N_TILES] = {
  [VC_TILES_ATTENTION_FEW] = { "attention few", ATTENTION (16, 1, 64, 160) },
  [VC_TILES_ATTENTION_MANY] = { "attention many", ATTENTION (4, 64, 64, 64) },
  [VC_TILES_LINEAR_ONE] = { "linear one", LINEAR (1, 1024, 256, FALSE) },
  [VC_TILES_LINEAR_FEW] = { "linear few", LINEAR (8, 512, 256, FALSE) },
  [VC_TILES_LINEAR_MANY] = { "linear many", LINEAR (64, 256, 256, FALSE) },
  [VC_TILES_LINEAR_COARSE] = { "linear coarse", LINEAR (64, 256, 256, TRUE) },
  [VC_TILES_CONV2D] = { "conv2d", CONV2D (16, 32, 64, 3) },
};

static const char *const ways[VC_N_WAYS] = { "plain", "tiles", "texels", "matrix" };
static const char *const stores[VC_N_STORES] = { "f32", "f16" };

const char *
vc_way_name (VcWay way)
{
  return ways[way];
}

/* (n) numbers from -1 to 1, and a tensor of them. */
static gboolean
fill (const VcTensor *tensor,
      guint           seed)
{
  const gsize n = vc_tensor_elements (tensor);
  g_autofree float *values = g_new (float, n);
  g_autofree uint16_t *halves = g_new (uint16_t, n);

  for (gsize i = 0; i < n; i++)
    values[i] = (float) (((uint32_t) i * 2654435761u + seed) >> 8) / (1 << 23) - 1;
  vc_half_narrow (values, halves, n);

  return vc_tensor_upload (tensor, tensor->dtype == VC_F16 ? (void *) halves : (void *) values, NULL);
}

/* Runs it once in @way; negative if it failed, or was run in another. */
static double
time_once (Tuning         *tuning,
           const Problem  *problem,
           const VcTensor *tensors,
           VcWay           way)
{
  VcDevice *device = tuning->device;
  const gint64 begun = g_get_monotonic_time ();

  device->ways[problem - problems][tensors[problem->weights].dtype == VC_F16] = (VcWays) { way, way };
  problem->run (tuning->rec, tensors);
  if (!vc_recorder_submit (tuning->rec, NULL) || device->last_way != way)
    return -1;

  return MAX (g_get_monotonic_time () - begun, 1) / 1e6;
}

/* Of what is meant to be the same but for how numbers are rounded: the squares of the differences by those of @want. */
static gboolean
is_near (const float *got,
         const float *want,
         gsize        n)
{
  double difference = 0;
  double power = 0;

  for (gsize i = 0; i < n; i++)
    {
      difference += ((double) got[i] - want[i]) * ((double) got[i] - want[i]);
      power += (double) want[i] * want[i];
    }

  return difference <= NEAR * power;
}

/* Whether it can be run in @way, and gives the bits of @want, or where that is promised, what is near to it; @want
 * is filled by the plain way. */
static gboolean
try_way (Tuning         *tuning,
         const Problem  *problem,
         const VcTensor *tensors,
         VcWay           way,
         float          *want)
{
  const VcTensor *written = &tensors[problem->n_tensors - 1];
  const gsize n = vc_tensor_elements (written);
  g_autofree float *got = g_new (float, n);

  /* Filled again, so that a shader that writes nothing is seen. */
  if (!fill (written, way + MOST_TENSORS) || time_once (tuning, problem, tensors, way) < 0 ||
      !vc_tensor_download (written, got, NULL))
    return FALSE;

  if (way == VC_WAY_PLAIN)
    memcpy (want, got, n * sizeof *got);

  return way == VC_WAY_MATRIX ? is_near (got, want, n) : memcmp (got, want, n * sizeof *got) == 0;
}

static gboolean
can_use_matrix (const VcDevice *device,
                const VcTensor *weights)
{
  return device->matrix.lanes > 0 && weights->coarse && weights->dtype == VC_F16;
}

static VcWays
measure (Tuning        *tuning,
         const Problem *problem,
         VcDtype        store)
{
  VcWays fastest = { VC_WAY_PLAIN, VC_WAY_PLAIN };
  gboolean usable[VC_N_WAYS];
  double best[VC_N_WAYS];
  VcTensor tensors[MOST_TENSORS];
  g_autofree float *want = NULL;

  vc_arena_reset (tuning->arena, 0);
  for (guint i = 0; i < problem->n_tensors; i++)
    {
      const uint32_t *size = problem->size[i];

      tensors[i] = vc_arena_take4 (tuning->arena, i == problem->weights ? store : VC_F32,
                                   size[0], size[1], size[2], size[3]);
      tensors[i].coarse = i == problem->weights && problem->coarse;
      if (!fill (&tensors[i], i + 1))
        return fastest;
    }
  want = g_new (float, vc_tensor_elements (&tensors[problem->n_tensors - 1]));

  for (VcWay way = 0; way < VC_N_WAYS; way++)
    {
      best[way] = G_MAXDOUBLE;
      usable[way] = (way != VC_WAY_MATRIX || can_use_matrix (tuning->device, &tensors[problem->weights])) &&
                    try_way (tuning, problem, tensors, way, want);
      if (!usable[VC_WAY_PLAIN])
        return fastest;
    }

  /* By turns: what else the computer does meanwhile slows all of them. */
  for (guint i = 0; i < RUNS; i++)
    for (VcWay way = 0; way < VC_N_WAYS; way++)
      {
        const double seconds = usable[way] ? time_once (tuning, problem, tensors, way) : -1;

        if (seconds > 0)
          best[way] = MIN (best[way], seconds);
      }

  if (best[VC_WAY_TILES] < BETTER * best[VC_WAY_PLAIN])
    fastest.any = fastest.untexelled = VC_WAY_TILES;
  if (best[VC_WAY_TEXELS] < BETTER * best[VC_WAY_PLAIN] && best[VC_WAY_TEXELS] < best[VC_WAY_TILES])
    fastest.any = VC_WAY_TEXELS;
  if (usable[VC_WAY_MATRIX] && best[VC_WAY_MATRIX] < BETTER * MIN (best[VC_WAY_PLAIN], best[fastest.any]))
    fastest.any = fastest.untexelled = VC_WAY_MATRIX;

  return fastest;
}

/* ---- What was measured before ---- */

static char *
name_file (const VcDevice *device,
           const char     *directory)
{
  g_autofree char *name = g_strconcat (device->info.id, ".ways", NULL);

  return g_build_filename (directory, name, NULL);
}

static char *
describe_matrix (const VcMatrix *matrix)
{
  return g_strdup_printf ("%u x %u x %u by %u", matrix->rows, matrix->outs, matrix->depth, matrix->lanes);
}

static gboolean
parse_way (const VcDevice *device,
           GKeyFile       *file,
           const char     *group,
           const char     *key,
           VcWay          *way)
{
  g_autofree char *value = g_key_file_get_string (file, group, key, NULL);

  for (guint i = 0; i < VC_N_WAYS; i++)
    if (g_strcmp0 (value, ways[i]) == 0 && (i != VC_WAY_MATRIX || device->matrix.lanes > 0))
      {
        *way = i;
        return TRUE;
      }

  return FALSE;
}

/* FALSE if nothing is kept that is true of this device still. */
static gboolean
load (VcDevice   *device,
      const char *directory)
{
  g_autofree char *path = name_file (device, directory);
  g_autoptr(GKeyFile) file = g_key_file_new ();
  g_autofree char *own_matrix = describe_matrix (&device->matrix);
  g_autofree char *driver = NULL;
  g_autofree char *shaders = NULL;
  g_autofree char *matrix = NULL;

  if (!g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, NULL))
    return FALSE;

  driver = g_key_file_get_string (file, "device", "driver", NULL);
  shaders = g_key_file_get_string (file, "device", "shaders", NULL);
  matrix = g_key_file_get_string (file, "device", "matrix", NULL);
  if (g_strcmp0 (driver, device->info.driver) != 0 || g_strcmp0 (shaders, vc_shaders_digest) != 0 ||
      g_strcmp0 (matrix, own_matrix) != 0)
    return FALSE;

  for (guint i = 0; i < VC_N_TILES; i++)
    for (guint k = 0; k < problems[i].n_stores; k++)
      {
        g_autofree char *group = g_strdup_printf ("%s %s", problems[i].name, stores[k]);
        VcWays *found = &device->ways[i][k];

        if (!parse_way (device, file, group, "fastest", &found->any) ||
            !parse_way (device, file, group, "without-texels", &found->untexelled) ||
            found->untexelled == VC_WAY_TEXELS)
          return FALSE;
      }

  return TRUE;
}

/* That it cannot be kept is no fault: it is measured again next time. */
static void
save (const VcDevice *device,
      const char     *directory)
{
  g_autofree char *path = name_file (device, directory);
  g_autoptr(GKeyFile) file = g_key_file_new ();
  g_autofree char *matrix = describe_matrix (&device->matrix);
  g_autoptr(GError) error = NULL;

  g_key_file_set_string (file, "device", "driver", device->info.driver);
  g_key_file_set_string (file, "device", "matrix", matrix);
  g_key_file_set_string (file, "device", "shaders", vc_shaders_digest);
  for (guint i = 0; i < VC_N_TILES; i++)
    for (guint k = 0; k < problems[i].n_stores; k++)
      {
        g_autofree char *group = g_strdup_printf ("%s %s", problems[i].name, stores[k]);

        g_key_file_set_string (file, group, "fastest", ways[device->ways[i][k].any]);
        g_key_file_set_string (file, group, "without-texels", ways[device->ways[i][k].untexelled]);
      }

  if (!g_key_file_save_to_file (file, path, &error))
    g_debug ("%s", error->message);
}

void
vc_tune (VcDevice   *device,
         const char *directory)
{
  g_autoptr(VcArena) arena = NULL;
  g_autoptr(VcRecorder) rec = NULL;
  Tuning tuning = { device };

  if (!device->has_ways || (directory != NULL && load (device, directory)))
    return;

  memset (device->ways, 0, sizeof device->ways);
  arena = vc_arena_new (device, ARENA_SIZE, NULL);
  if (arena == NULL)
    return;
  rec = vc_recorder_new (device);
  tuning.arena = arena;
  tuning.rec = rec;

  for (guint i = 0; i < VC_N_TILES; i++)
    for (guint k = 0; k < problems[i].n_stores; k++)
      {
        const VcWays found = measure (&tuning, &problems[i], k == 1 ? VC_F16 : VC_F32);

        device->ways[i][k] = found;
        g_debug ("%s: %s %s: %s, %s without texels", device->info.name, problems[i].name, stores[k],
                 ways[found.any], ways[found.untexelled]);
      }

  if (directory != NULL)
    save (device, directory);
}
