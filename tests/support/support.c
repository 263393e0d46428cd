/* support.c: what the tests of compute share */

#include "support.h"

#include <math.h>
#include <string.h>

#include "device-private.h"

typedef struct
{
  VcDevice *device;  /* owned; NULL if it could not be opened */
  char     *why;     /* owned; why not */
  char     *id;      /* owned */
} Found;

typedef struct
{
  const Found   *found;
  gconstpointer  data;
  TestOnDevice   test;
  gboolean       is_long;
} Case;

#define TOO_LONG "whole pictures take SwiftShader many minutes"

static GPtrArray *devices;  /* of Found */
static GPtrArray *buffers;  /* of VcBuffer, of the test that runs */

static void
release_buffer (gpointer data)
{
  VcBuffer *buffer = data;

  buffer->device->class->release (buffer);
}

static void
open_device (const char *id)
{
  g_autoptr(GError) error = NULL;
  Found *found = g_new0 (Found, 1);

  found->id = g_strdup (id);
  found->device = vc_device_open (id, &error);
  if (found->device == NULL)
    found->why = g_strdup (error->message);

  g_ptr_array_add (devices, found);
}

/* Whether it takes minutes for what others take seconds for. */
static gboolean
is_slow (const VcDeviceInfo *info)
{
  return g_str_has_prefix (info->name, "SwiftShader");
}

gboolean
test_is_slow (VcDevice *device)
{
  return is_slow (vc_device_get_info (device));
}

static void
add_skipped (const char *id,
             const char *why)
{
  Found *found = g_new0 (Found, 1);

  found->id = g_strdup (id);
  found->why = g_strdup (why);
  g_ptr_array_add (devices, found);
}

void
test_init (int    *argc,
           char ***argv)
{
  g_autoptr(GPtrArray) list = NULL;

  /* Not with isolated directories: by XDG_DATA_DIRS the Vulkan loader finds its drivers and layers. */
  g_test_init (argc, argv, NULL);

  /* Measured once for all test programs. */
  if (g_getenv ("VIGNETTE_TEST_CACHE") != NULL && g_mkdir_with_parents (g_getenv ("VIGNETTE_TEST_CACHE"), 0700) == 0)
    vc_device_set_cache (g_getenv ("VIGNETTE_TEST_CACHE"));

  devices = g_ptr_array_new ();
  buffers = g_ptr_array_new_with_free_func (release_buffer);

  if (g_getenv ("VIGNETTE_HOST_ONLY") != NULL)
    {
      open_device ("host");
      return;
    }

  list = vc_device_list ();
  for (guint i = 0; i < list->len; i++)
    {
      const VcDeviceInfo *info = g_ptr_array_index (list, i);

      g_test_message ("device %s: %s, %s", info->id, info->name, info->driver);
      if (g_getenv ("VIGNETTE_FEW_DRIVERS") != NULL && is_slow (info))
        add_skipped (info->id, TOO_LONG);
      else
        open_device (info->id);
    }
}

int
test_run (void)
{
  const int status = g_test_run ();

  g_ptr_array_set_size (buffers, 0);
  for (guint i = 0; i < devices->len; i++)
    vc_device_free (((Found *) g_ptr_array_index (devices, i))->device);

  return status;
}

static void
run_case (gconstpointer data)
{
  const Case *c = data;

  if (c->found->device == NULL)
    {
      g_test_skip (c->found->why);
      return;
    }

  if (c->is_long && test_is_slow (c->found->device))
    {
      g_test_skip (TOO_LONG);
      return;
    }

  c->test (c->found->device, c->data);
  g_ptr_array_set_size (buffers, 0);
}

static void
skip_gpu (gconstpointer data)
{
  g_test_skip (g_getenv ("VIGNETTE_HOST_ONLY") != NULL ? "Vulkan is left out by VIGNETTE_HOST_ONLY"
                                                       : "no Vulkan device here");
}

static void
add (const char    *subject,
     const char    *name,
     gconstpointer  data,
     TestOnDevice   test,
     gboolean       is_long)
{
  for (guint i = 0; i < devices->len; i++)
    {
      const Found *found = g_ptr_array_index (devices, i);
      g_autofree char *path = g_strdup_printf ("%s/%s/%s", subject, found->id, name);
      Case *c = g_new0 (Case, 1);

      *c = (Case) { found, data, test, is_long };
      g_test_add_data_func_full (path, c, run_case, g_free);
    }

  if (devices->len < 2)
    {
      g_autofree char *path = g_strdup_printf ("%s/gpu/%s", subject, name);

      g_test_add_data_func (path, NULL, skip_gpu);
    }
}

void
test_add (const char    *subject,
          const char    *name,
          gconstpointer  data,
          TestOnDevice   test)
{
  add (subject, name, data, test, FALSE);
}

void
test_add_long (const char    *subject,
               const char    *name,
               gconstpointer  data,
               TestOnDevice   test)
{
  add (subject, name, data, test, TRUE);
}

guint
test_count_ways (VcDevice *device)
{
  return device->has_ways ? VC_N_ALIKE : 1;
}

void
test_use_way (VcDevice *device,
              guint     way)
{
  for (guint i = 0; i < VC_N_TILES; i++)
    for (guint k = 0; k < VC_N_STORES; k++)
      device->ways[i][k] = (VcWays) { way, way == VC_WAY_TEXELS ? VC_WAY_TILES : way };
}

float *
test_noise (gsize n,
            float mean,
            float deviation)
{
  static uint64_t state = 0x9e3779b97f4a7c15;
  float *values = g_new (float, MAX (n, 1));

  for (gsize i = 0; i < n; i++)
    {
      double sum = 0;

      for (guint k = 0; k < 12; k++)
        {
          state = state * 6364136223846793005 + 1442695040888963407;
          sum += (state >> 33) / 2147483648.0;
        }
      values[i] = mean + deviation * (sum - 6);
    }

  return values;
}

void
test_release (void)
{
  g_ptr_array_set_size (buffers, 0);
}

void
test_round_half (float *values,
                 gsize  n)
{
  for (gsize i = 0; i < n; i++)
    values[i] = (float) (_Float16) values[i];
}

VcTensor
test_empty4 (VcDevice *device,
             VcDtype   dtype,
             uint32_t  count,
             uint32_t  height,
             uint32_t  width,
             uint32_t  channels)
{
  g_autoptr(GError) error = NULL;
  VcTensor tensor = { .dtype = dtype, .size = { count, height, width, channels } };
  const gsize bytes = vc_tensor_bytes (&tensor);
  g_autofree uint8_t *nans = g_malloc (bytes);

  memset (nans, 0xff, bytes);
  tensor.buffer = device->class->allocate (device, bytes, &error);
  g_assert_no_error (error);
  g_ptr_array_add (buffers, tensor.buffer);
  g_assert_true (device->class->upload (tensor.buffer, 0, nans, bytes, &error));

  return tensor;
}

VcTensor
test_empty (VcDevice *device,
            uint32_t  rows,
            uint32_t  width)
{
  return test_empty4 (device, VC_F32, 1, 1, rows, width);
}

VcTensor
test_upload4 (VcDevice    *device,
              VcDtype      dtype,
              const float *values,
              uint32_t     count,
              uint32_t     height,
              uint32_t     width,
              uint32_t     channels)
{
  const VcTensor tensor = test_empty4 (device, dtype, count, height, width, channels);
  const gsize n = vc_tensor_elements (&tensor);
  g_autofree _Float16 *halves = g_new (_Float16, n);
  g_autoptr(GError) error = NULL;

  for (gsize i = 0; i < n; i++)
    halves[i] = (_Float16) values[i];

  g_assert_true (vc_tensor_upload (&tensor, dtype == VC_F16 ? (void *) halves : (void *) values, &error));
  g_assert_no_error (error);

  return tensor;
}

VcTensor
test_upload (VcDevice    *device,
             VcDtype      dtype,
             const float *values,
             uint32_t     rows,
             uint32_t     width)
{
  return test_upload4 (device, dtype, values, 1, 1, rows, width);
}

VcTensor
test_upload_ids (VcDevice       *device,
                 const uint32_t *ids,
                 uint32_t        count)
{
  const VcTensor tensor = test_empty4 (device, VC_U32, 1, 1, 1, count);
  g_autoptr(GError) error = NULL;

  g_assert_true (vc_tensor_upload (&tensor, ids, &error));
  g_assert_no_error (error);

  return tensor;
}

void *
test_download (const VcTensor *tensor)
{
  void *data = g_malloc (vc_tensor_bytes (tensor));
  g_autoptr(GError) error = NULL;

  g_assert_true (vc_tensor_download (tensor, data, &error));
  g_assert_no_error (error);

  return data;
}

double
test_nmse (const float *got,
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

  return difference == 0 ? 0 : difference / power;
}
