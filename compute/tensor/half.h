/* half.h: half floats on the processor */
#pragma once

#include <glib.h>
#include <stdint.h>

G_BEGIN_DECLS

/* @n halves as the floats that they are; denormals, infinities and NaNs too. */
void vc_half_widen (const uint16_t *halves,
                    float          *values,
                    gsize           n);

G_END_DECLS
