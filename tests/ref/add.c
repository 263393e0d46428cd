/* add.c: the sum, element by element */

#include "ref.h"

void
ref_add (const float *a,
         double       scale,
         const float *b,
         float       *y,
         size_t       n)
{
  for (size_t i = 0; i < n; i++)
    y[i] = a[i] + scale * b[i];
}
