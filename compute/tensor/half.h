/* half.h: float ↔ half on the processor */
#pragma once

#include <glib.h>
#include <stdint.h>

G_BEGIN_DECLS

/* IEEE 754 binary16 as its bits. Every half is a float exactly; a signalling NaN may become quiet. */
float    vc_half_to_float   (uint16_t        half) G_GNUC_CONST;
/* The nearest half, ties to even; beyond 65504 infinity; NaN stays NaN. */
uint16_t vc_half_from_float (float           value) G_GNUC_CONST;

/* (n) of them, by the processor's own instruction where it has one. */
void     vc_half_widen      (const uint16_t *halves,
                             float          *floats,
                             gsize           n);
void     vc_half_narrow     (const float    *floats,
                             uint16_t       *halves,
                             gsize           n);

G_END_DECLS
