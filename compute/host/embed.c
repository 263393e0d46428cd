/* embed.c: rows of a table, with their places added, on the processor */

#include <string.h>

#include "host/host.h"
#include "interface/embed.h"
#include "tensor/half.h"

typedef struct
{
  const uint32_t             *ids;
  const void                 *table;
  const void                 *positions;  /* may be NULL */
  float                      *y;
  VcDtype                     store;
  const struct vc_embed_push *push;
} Work;

static void
copy_row (const Work *work,
          const void *table,
          uint32_t    row,
          float      *to)
{
  const uint32_t width = work->push->width;
  const gsize start = (gsize) row * width;

  if (work->store == VC_F16)
    vc_half_widen ((const uint16_t *) table + start, to, width);
  else
    memcpy (to, (const float *) table + start, width * sizeof *to);
}

static void
embed_rows (guint    first,
            guint    end,
            gpointer data)
{
  const Work *work = data;
  const uint32_t width = work->push->width;
  g_autofree float *place = g_new (float, width);

  for (guint row = first; row < end; row++)
    {
      float *y = work->y + (gsize) row * width;

      if (work->ids[row] < work->push->begin || work->ids[row] >= work->push->end)
        continue;

      copy_row (work, work->table, work->ids[row] - work->push->begin, y);
      if (work->positions == NULL)
        continue;

      copy_row (work, work->positions, work->push->first + row % work->push->cycle, place);
      for (uint32_t i = 0; i < width; i++)
        y[i] += place[i];
    }
}

void
vc_host_embed (VcHost       *host,
               const VcCall *call)
{
  const struct vc_embed_push *push = call->push;
  Work work = { call->reads[0], call->reads[1],
                call->constants[VC_EMBED_PLACED] ? call->reads[2] : NULL,
                call->writes[0], call->store, push };

  vc_host_parallel (host, push->rows, vc_host_grain (push->width), embed_rows, &work);
}
