/* nearest.c: rows become the numbers of the codes they are nearest to */

#include "ref.h"

void
ref_nearest (const float *x,
             const float *table,
             uint32_t    *ids,
             uint32_t     rows,
             uint32_t     codes,
             uint32_t     width)
{
  for (uint32_t row = 0; row < rows; row++)
    {
      double least = 0;

      for (uint32_t code = 0; code < codes; code++)
        {
          double distance = 0;

          for (uint32_t i = 0; i < width; i++)
            {
              const double difference = (double) x[row * width + i] - table[code * width + i];

              distance += difference * difference;
            }

          if (code == 0 || distance < least)
            {
              least = distance;
              ids[row] = code;
            }
        }
    }
}
