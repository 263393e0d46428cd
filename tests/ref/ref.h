/* ref.h: the plain truth of every op, in double; shapes as in ops.h */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "ops/ops.h"

void ref_activate  (VcActivation    activation,
                    const float    *x,
                    float          *y,
                    size_t          n);

void ref_add       (const float    *a,
                    double          scale,
                    const float    *b,
                    float          *y,
                    size_t          n);

void ref_argmax    (const float    *x,
                    uint32_t       *ids,
                    uint32_t        rows,
                    uint32_t        width);

void ref_assemble  (const float    *patches,
                    const float    *class_token,
                    const float    *positions,
                    float          *y,
                    uint32_t        count,
                    uint32_t        n,
                    uint32_t        width);

/* @seen: (count, tokens, keys), whether; or NULL */
void ref_attention (const float    *q,
                    const float    *k,
                    const float    *v,
                    float          *y,
                    uint32_t        count,
                    uint32_t        heads,
                    uint32_t        tokens,
                    uint32_t        head_width,
                    uint32_t        capacity,
                    uint32_t        keys,
                    int             causal,
                    const uint8_t  *seen);

/* @weight is (outputs, side, side, inputs); @bias may be NULL */
void ref_conv2d    (const float *x,
                    const float *weight,
                    const float *bias,
                    float       *y,
                    uint32_t     count,
                    uint32_t     height,
                    uint32_t     width,
                    uint32_t     inputs,
                    uint32_t     outputs,
                    uint32_t     side,
                    uint32_t     stride,
                    uint32_t     before,
                    uint32_t     after);

void ref_embed     (const uint32_t *ids,
                    const float    *table,
                    const float    *positions,
                    float          *y,
                    uint32_t        rows,
                    uint32_t        width,
                    uint32_t        first,
                    uint32_t        cycle);

void ref_gate      (VcActivation    activation,
                    const float    *x,
                    float          *y,
                    uint32_t        rows,
                    uint32_t        width);

void ref_groupnorm (const float *x,
                    const float *gain,
                    const float *bias,
                    float       *y,
                    uint32_t     count,
                    uint32_t     pixels,
                    uint32_t     channels,
                    uint32_t     groups,
                    double       epsilon,
                    int          silu);

void ref_layernorm (const float *x,
                    const float *gain,
                    const float *bias,
                    float       *y,
                    uint32_t     rows,
                    uint32_t     width,
                    double       epsilon);

void ref_linear    (const float    *x,
                    const float    *weight,
                    const float    *bias,
                    float          *y,
                    uint32_t        rows,
                    uint32_t        in,
                    uint32_t        out);

/* height and width are those of @y */
void ref_maxpool   (const float *x,
                    float       *y,
                    uint32_t     count,
                    uint32_t     height,
                    uint32_t     width,
                    uint32_t     channels);

/* @q, or both @k and @v, may be NULL: that part is not in @qkv */
void ref_remember  (const float    *qkv,
                    float          *q,
                    float          *k,
                    float          *v,
                    uint32_t        count,
                    uint32_t        heads,
                    uint32_t        tokens,
                    uint32_t        head_width,
                    uint32_t        capacity,
                    uint32_t        at);

void ref_nearest   (const float *x,
                    const float *table,
                    uint32_t    *ids,
                    uint32_t     rows,
                    uint32_t     codes,
                    uint32_t     width);

void ref_repeat    (const float    *x,
                    float          *y,
                    uint32_t        rows,
                    uint32_t        width,
                    uint32_t        times);

void ref_torgb     (const float *x,
                    uint32_t    *y,
                    uint32_t     pixels,
                    double       scale,
                    double       shift);

void ref_unitnorm  (const float    *x,
                    float          *y,
                    uint32_t        rows,
                    uint32_t        width);

void ref_upsample  (const float *x,
                    float       *y,
                    uint32_t     count,
                    uint32_t     height,
                    uint32_t     width,
                    uint32_t     channels);
