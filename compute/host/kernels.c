/* kernels.c: the table of inner loops for one instruction set
 *
 * VC_ISA is the instruction set's name and comes from meson.build with the compiler's options.
 */

#include "host/vectors.h"

#define GLUE(a, b) a##b
#define NAME(isa) GLUE (vc_kernels_, isa)
#define TEXT(isa) G_STRINGIFY (isa)

const VcKernels NAME (VC_ISA) = {
  .name = TEXT (VC_ISA),
  .products = VC_KERNEL (products),
  .multiply = VC_KERNEL (multiply),
#ifdef __AVX512BF16__
  .multiply_coarse = VC_KERNEL (multiply_coarse),
#endif
  .normalise = VC_KERNEL (normalise),
  .blend = VC_KERNEL (blend),
  .softmax = VC_KERNEL (softmax),
  .activate = VC_KERNEL (activate),
  .sum_channels = VC_KERNEL (sum_channels),
  .normalise_channels = VC_KERNEL (normalise_channels),
  .spread_pixels = VC_KERNEL (spread_pixels),
  .spread_weights = VC_KERNEL (spread_weights),
  .gather_pixels = VC_KERNEL (gather_pixels),
  .nearest = VC_KERNEL (nearest),
};
