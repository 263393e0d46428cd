/* ref.h: the plain truth of every op, in double; shapes as in ops.h */
#pragma once

#include <stdint.h>

void ref_layernorm (const float *x,
                    const float *gain,
                    const float *bias,
                    float       *y,
                    uint32_t     rows,
                    uint32_t     width,
                    double       epsilon);
