/* npy.h: arrays of NumPy, read for tests */
#pragma once

#include <glib.h>
#include <stdint.h>

G_BEGIN_DECLS

/**
 * test_npy_f32:
 * @path:  absolute, or below tests/data
 * @n:     (out) (nullable): elements in all
 * @shape: (out) (nullable): extents, outermost first; unused leading ones are 1, as in a tensor
 *
 * The values of a row-major little-endian array of at most four extents. A file that is missing, cut
 * short, of another type or not row-major ends the test with a sentence that says so.
 */
float   *test_npy_f32 (const char *path,
                       gsize      *n,
                       uint32_t    shape[4]) G_GNUC_WARN_UNUSED_RESULT;
int32_t *test_npy_i32 (const char *path,
                       gsize      *n,
                       uint32_t    shape[4]) G_GNUC_WARN_UNUSED_RESULT;

/* Where @path lies: as it is when absolute, else below tests/data. */
char    *test_data    (const char *path) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
