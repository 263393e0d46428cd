/* golden.h: numbers recorded from the original programs, and how near ours must come */
#pragma once

#include <glib.h>
#include <stdint.h>

G_BEGIN_DECLS

/* RGB bytes of a PNG file, (height, width, 3); absolute or below tests/data. */
uint8_t *test_png         (const char     *path,
                           uint32_t       *width,
                           uint32_t       *height) G_GNUC_WARN_UNUSED_RESULT;

/* (count, channels, side, side) as the originals have pictures → (count, side, side, channels) as ours. */
float   *test_channels_last (const float  *values,
                             uint32_t      count,
                             uint32_t      channels,
                             uint32_t      side) G_GNUC_WARN_UNUSED_RESULT;

/* The largest difference; infinite where either is not a number. */
double   test_furthest    (const float    *got,
                           const float    *want,
                           gsize           n);
double   test_cosine      (const float    *got,
                           const float    *want,
                           gsize           n);
/* The index of the largest; the first of equals. */
uint32_t test_argmax      (const float    *values,
                           uint32_t        n);

G_END_DECLS
