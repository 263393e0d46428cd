/* embed.c: rows of a table, with their places added */

#include "ref.h"

void
ref_embed (const uint32_t *ids,
           const float    *table,
           const float    *positions,
           float          *y,
           uint32_t        rows,
           uint32_t        width,
           uint32_t        first,
           uint32_t        cycle)
{
  for (uint32_t row = 0; row < rows; row++)
    for (uint32_t i = 0; i < width; i++)
      {
        double value = table[(size_t) ids[row] * width + i];

        if (positions != NULL)
          value += positions[(size_t) (first + row % cycle) * width + i];
        *y++ = value;
      }
}
