/* support.h: what the tests of compute share */
#pragma once

#include "device.h"
#include "recorder.h"
#include "tensor/tensor.h"

G_BEGIN_DECLS

typedef void (*TestOnDevice) (VcDevice      *device,
                              gconstpointer  data);

/* g_test_init(), and a look for devices. Every test program of compute begins with it. */
void      test_init       (int           *argc,
                           char        ***argv);
/* Runs and gives back the status; devices are closed. */
int       test_run        (void);

/* Adds @path once for every device found: "/ops/layernorm/host/one-row", "/ops/layernorm/gpu-…/one-row". A device
 * that could not be opened, and the absence of any Vulkan device, are tests that skip and say why. */
void      test_add        (const char    *subject,
                           const char    *name,
                           gconstpointer  data,
                           TestOnDevice   test);

/* The same for what takes the slowest devices many minutes: there it is a test that skips and says why. */
void      test_add_long   (const char    *subject,
                           const char    *name,
                           gconstpointer  data,
                           TestOnDevice   test);
/* Whether @device is one of those. */
gboolean  test_is_slow    (VcDevice      *device);

/* The ways in which @device can run an op that has tiles; from now on it takes this one for all of them. A
 * device without a choice has one way. */
guint     test_count_ways (VcDevice     *device);
void      test_use_way    (VcDevice     *device,
                           guint         way);

/* (n) numbers from a normal distribution, the same on every run. Free with g_free(). */
float    *test_noise      (gsize          n,
                           float          mean,
                           float          deviation);

/* Tensors that live until the test ends. @values is f32; dtype F16 converts. */
VcTensor  test_upload     (VcDevice      *device,
                           VcDtype        dtype,
                           const float   *values,
                           uint32_t       rows,
                           uint32_t       width);
VcTensor  test_upload4    (VcDevice      *device,
                           VcDtype        dtype,
                           const float   *values,
                           uint32_t       count,
                           uint32_t       height,
                           uint32_t       width,
                           uint32_t       channels);
VcTensor  test_upload_ids (VcDevice      *device,
                           const uint32_t *ids,
                           uint32_t       count);
VcTensor  test_empty      (VcDevice      *device,
                           uint32_t       rows,
                           uint32_t       width);
VcTensor  test_empty4     (VcDevice      *device,
                           VcDtype        dtype,
                           uint32_t       count,
                           uint32_t       height,
                           uint32_t       width,
                           uint32_t       channels);
/* Filled with NaN before the op, so that an element it forgot is seen. */
void     *test_download   (const VcTensor *tensor) G_GNUC_WARN_UNUSED_RESULT;

/* Releases them before that: for a test that closes its device itself. */
void      test_release    (void);

/* Rounds to the nearest half and back: what an f16 weight really is. */
void      test_round_half (float         *values,
                           gsize          n);

/* Sum of squared differences over sum of squares of @want; NaN where either is not a number. */
double    test_nmse       (const float   *got,
                           const float   *want,
                           gsize          n);

/* Bound for f32 arithmetic in any order, as ggml's test-backend-ops uses it. */
#define TEST_NMSE 1e-7

G_END_DECLS
