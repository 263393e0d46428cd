/* group.c: how many invocations share a row */

#include "ops/ops.h"

uint32_t
vc_op_group (uint32_t width)
{
  uint32_t group = 32;

  while (group < 256 && group < width)
    group *= 2;

  return group;
}
