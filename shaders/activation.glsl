/* activation.glsl: the functions between two layers
 *
 * e is raised to negative powers only, so that nothing overflows. @kind should be a constant.
 */
#include "interface/activate.h"

/* x Φ(x) by Φ(-|x|): see interface/activate.h. Below -14 Φ is less than a float can hold. */
float
gelu (float v)
{
  const float size = min (abs (v), 14.0);
  const float t = 1 / (1 + VC_PHI_P * size);
  const float sum = VC_PHI_1 + t * (VC_PHI_2 + t * (VC_PHI_3 + t * (VC_PHI_4 + t * (VC_PHI_5 + t * VC_PHI_6))));
  const float tail = t * sum * exp (-0.5 * size * size);

  return v < -14 ? 0 : v >= 0 ? v - v * tail : v * tail;
}

/* v σ(±size), with v's sign */
float
share_of (float v, float size)
{
  const float power = size > 87 ? 0 : exp (-size);

  return v * ((v >= 0 ? 1 : power) / (1 + power));
}

float
activate (uint kind, float v)
{
  const float size = abs (v);

  switch (kind)
    {
    case 0:
      return gelu (v);
    case 1:
      return share_of (v, VC_QUICK_GELU_FACTOR * size);
    case 2:
      return share_of (v, size);
    case 3:
      return max (v, 0);
    default:
      /* past 12 the share is 0 or 1, and cubes would overflow */
      return share_of (v, VC_TANH_GELU_FACTOR * min (size, 12.0) *
                          (1 + VC_TANH_GELU_CUBE * min (size, 12.0) * min (size, 12.0)));
    }
}
