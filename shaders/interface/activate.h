/* Read by compute/ops/activate.c, by the host's kernels and by activate.comp: scalars only. */
#ifndef VC_INTERFACE_ACTIVATE_H
#define VC_INTERFACE_ACTIVATE_H

#include "interface.h"

#define VC_ACTIVATE_GROUP 256  /* invocations in a workgroup, an element each */
#define VC_ACTIVATE_KIND 0     /* constant_id: a VcActivation: 0 GELU, 1 QuickGELU, 2 SiLU, 3 ReLU, 4 tanh GELU */

/* The normal distribution below -a, a >= 0:
 *
 *   Φ(-a) = t (PHI_1 + PHI_2 t + … + PHI_6 t^5) e^(-a²/2),  t = 1 / (1 + PHI_P a)
 *
 * The form is Hastings's [Abramowitz & Stegun 1964, 7.1.26], one term longer; the numbers were fitted
 * anew, by iterated least squares towards the least greatest error, which is 4.2e-9. */
#define VC_PHI_P  0.275771645f
#define VC_PHI_1  0.117662576f
#define VC_PHI_2  0.045694415f
#define VC_PHI_3  0.324779182f
#define VC_PHI_4 -0.317699498f
#define VC_PHI_5  0.443331791f
#define VC_PHI_6 -0.113768466f

#define VC_QUICK_GELU_FACTOR 1.702f

/* 2 sqrt (2 / π), and what the cube counts */
#define VC_TANH_GELU_FACTOR 1.59576912f
#define VC_TANH_GELU_CUBE 0.044715f

struct vc_activate_push
{
  uint count;  /* elements */
};

#endif
