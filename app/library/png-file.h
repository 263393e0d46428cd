/* png-file.h: PNG files with text inside */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct
{
  const char *key;   /* Latin-1, at most 79 */
  const char *text;  /* UTF-8 */
} VigPngText;

/* @rgb: (height, width, 3) sRGB. The texts stand uncompressed before the pixels. */
GBytes     *vig_png_encode    (const guint8     *rgb,
                               guint             width,
                               guint             height,
                               const VigPngText *texts,
                               guint             n_texts,
                               GError          **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
