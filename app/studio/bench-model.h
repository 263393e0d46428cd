/* bench-model.h: a CLIP of full size and no meaning, to measure with */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * vig_bench_model_make:
 * @parent: a folder with room for 303 MB; the model is made in a new one inside it
 *
 * Writes a CLIP of ViT-B/32's sizes as Hugging Face lays them out: pseudo-random halves, the same each
 * time, and a vocabulary of single bytes.
 *
 * Returns: (transfer full): its folder, for vig_bench_model_remove(); NULL with a GIOErrorEnum, and
 * then nothing is left behind
 */
char *vig_bench_model_make   (const char    *parent,
                              GCancellable  *cancellable,
                              GError       **error) G_GNUC_WARN_UNUSED_RESULT;
/* Takes @directory. */
void  vig_bench_model_remove (char          *directory);

/* Additions and multiplications for one picture, and for a text of @tokens. */
double vig_bench_model_get_image_flops (void);
double vig_bench_model_get_text_flops  (guint tokens);

G_END_DECLS
