/* remember.c: takes a fused projection apart, on the processor */

#include <string.h>

#include "host/host.h"
#include "interface/remember.h"

typedef struct
{
  const float                   *qkv;
  float                         *q;
  float                         *k;
  float                         *v;
  const struct vc_remember_push *push;
} Work;

static void
remember_rows (guint    first,
               guint    end,
               gpointer data)
{
  const Work *work = data;
  const struct vc_remember_push *push = work->push;
  const gsize width = push->head_width;
  const gsize size = width * sizeof (float);

  for (guint row = first; row < end; row++)
    {
      const float *from = work->qkv + row * push->parts * push->heads * width;
      const uint32_t token = row % push->tokens;
      const float *keys = push->parts == 1 ? NULL
                          : from + (1 - push->first) * push->heads * width;

      for (uint32_t head = 0; head < push->heads; head++)
        {
          const gsize memory = (gsize) row / push->tokens * push->heads + head;
          const gsize place = (memory * push->capacity + push->at + token) * width;

          if (keys != NULL)
            {
              memcpy (work->k + place, keys + head * width, size);
              memcpy (work->v + place, keys + (push->heads + head) * width, size);
            }
          if (push->first == 0)
            memcpy (work->q + (memory * push->tokens + token) * width, from + head * width, size);
        }
    }
}

void
vc_host_remember (VcHost       *host,
                  const VcCall *call)
{
  const struct vc_remember_push *push = call->push;
  Work work = { call->reads[0], call->writes[0], call->writes[1], call->writes[2], push };

  vc_host_parallel (host, push->rows, vc_host_grain ((gsize) push->parts * push->heads * push->head_width),
                    remember_rows, &work);
}
