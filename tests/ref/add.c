/* add.c: the sum, element by element */

#include "ref.h"

void
ref_add (const float *a,
         const float *b,
         float       *y,
         size_t       n)
{
  for (size_t i = 0; i < n; i++)
    y[i] = (double) a[i] + b[i];
}
