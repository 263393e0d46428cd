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
/* Fails where that is more than @bound; @what names it in the message. */
void     test_check_near  (const char     *what,
                           const float    *got,
                           const float    *want,
                           gsize           n,
                           double          bound);
double   test_cosine      (const float    *got,
                           const float    *want,
                           gsize           n);
/* The index of the largest; the first of equals. */
uint32_t test_argmax      (const float    *values,
                           uint32_t        n);

/* Where @name of the recordings lies, VIGNETTE_SHARED/goldens/@name; NULL, and the test skips, when it is not
 * there: they are too many to come with the source. */
char    *test_recording   (const char     *name) G_GNUC_WARN_UNUSED_RESULT;

/* A published model as a user has it, taken in as a user would take it: @files are names of recordings, each
 * with " as NAME" where it is called otherwise; those that begin with data/ lie below tests. NULL, and the test skips, without recordings. The folder that
 * was made is to be given to test_forget(). */
char    *test_import      (const char * const *files) G_GNUC_WARN_UNUSED_RESULT;
/* Removes a folder of files, and frees its name. */
void     test_forget      (char           *folder);

G_END_DECLS
