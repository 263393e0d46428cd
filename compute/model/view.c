/* view.c: which picture tokens a picture token looks at, as rows of bits */

#include "model/view.h"

#include <string.h>

uint32_t
vc_view_words (uint32_t places)
{
  return (places + 31) / 32;
}

/* Whether token @other, not after @token, has it in the square of @kernel around itself. */
static gboolean
is_near (uint32_t token,
         uint32_t other,
         uint32_t side,
         int32_t  kernel,
         gboolean wraps)
{
  const int32_t reach = kernel / 2;
  const int32_t down = (int32_t) (token / side) - (int32_t) (other / side);
  const int32_t right = (int32_t) (token % side) - (int32_t) (other % side);
  const int32_t around = side;

  if (!wraps)
    return ABS (down) <= reach && ABS (right) <= reach;

  /* the way there, over the edges too */
  return MIN ((down + around) % around, (around - down) % around) <= reach &&
         MIN ((right + around) % around, (around - right) % around) <= reach;
}

static gboolean
sees (VcView   view,
      uint32_t token,
      uint32_t other,
      uint32_t side,
      uint32_t kernel,
      gboolean wraps)
{
  switch (view)
    {
    case VC_VIEW_ROW:
      return token - other <= side;
    case VC_VIEW_COLUMN:
      return (token - other) % side == 0;
    case VC_VIEW_NEAR:
      return is_near (token, other, side, kernel, wraps);
    case VC_VIEW_ALL:
    default:
      return TRUE;
    }
}

void
vc_view_fill (VcView    view,
              uint32_t  words,
              uint32_t  side,
              uint32_t  kernel,
              gboolean  wraps,
              uint32_t *bits)
{
  const uint32_t places = words + side * side;
  const uint32_t width = vc_view_words (places);

  memset (bits, 0, (gsize) places * width * sizeof *bits);

  for (uint32_t i = 0; i < places; i++)
    for (uint32_t j = 0; j <= i; j++)
      if (j < words || sees (view, i - words, j - words, side, kernel, wraps))
        bits[(gsize) i * width + j / 32] |= 1u << j % 32;
}
