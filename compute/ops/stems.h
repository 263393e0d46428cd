/* stems.h: the name of every op, once. The enum, the host's table and the shader's name follow from it. */
#pragma once

#define VC_STEMS(STEM) \
  STEM (ACTIVATE, activate) \
  STEM (ADD, add) \
  STEM (ARGMAX, argmax) \
  STEM (ASSEMBLE, assemble) \
  STEM (ATTENTION, attention) \
  STEM (CONV2D, conv2d) \
  STEM (EMBED, embed) \
  STEM (GATE, gate) \
  STEM (GROUPNORM, groupnorm) \
  STEM (LAYERNORM, layernorm) \
  STEM (LINEAR, linear) \
  STEM (MAXPOOL, maxpool) \
  STEM (NEAREST, nearest) \
  STEM (REMEMBER, remember) \
  STEM (REPEAT, repeat) \
  STEM (TORGB, torgb) \
  STEM (UNITNORM, unitnorm) \
  STEM (UPSAMPLE, upsample)

typedef enum
{
#define STEM(upper, lower) VC_OP_##upper,
  VC_STEMS (STEM)
#undef STEM
  VC_N_OPS
} VcOp;
