/* flow.c: what dispatches read and wrote since the last barrier, and whether the next one must wait for it */

#include "gpu/flow.h"

/* Bytes of a buffer that a dispatch can reach. */
typedef struct
{
  const VcBuffer *buffer;
  gsize           begin;
  gsize           end;
  gboolean        written;
} Touch;

struct _VcFlow
{
  GArray *touches;  /* owned; of Touch, since the last barrier */
};

VcFlow *
vc_flow_new (void)
{
  VcFlow *flow = g_new0 (VcFlow, 1);

  flow->touches = g_array_new (FALSE, FALSE, sizeof (Touch));

  return flow;
}

void
vc_flow_free (VcFlow *flow)
{
  if (flow == NULL)
    return;

  g_array_unref (flow->touches);
  g_free (flow);
}

void
vc_flow_reset (VcFlow *flow)
{
  g_array_set_size (flow->touches, 0);
}

static Touch
touch (const VcRecorded *dispatch,
       guint             index)
{
  const VcTensor *tensor = &dispatch->tensors[index];

  return (Touch) { tensor->buffer, tensor->offset, tensor->offset + vc_tensor_bytes (tensor),
                   index >= dispatch->n_reads };
}

/* Two that read the same do not. */
static gboolean
collides (const VcFlow *flow,
          const Touch  *next)
{
  for (guint i = 0; i < flow->touches->len; i++)
    {
      const Touch *before = &g_array_index (flow->touches, Touch, i);

      if ((before->written || next->written) && before->buffer == next->buffer &&
          before->begin < next->end && next->begin < before->end)
        return TRUE;
    }

  return FALSE;
}

gboolean
vc_flow_next (VcFlow           *flow,
              const VcRecorded *next)
{
  const guint n = next->n_reads + next->n_writes;
  gboolean waits = FALSE;

  for (guint i = 0; i < n && !waits; i++)
    {
      const Touch one = touch (next, i);

      waits = collides (flow, &one);
    }
  if (waits)
    vc_flow_reset (flow);

  for (guint i = 0; i < n; i++)
    {
      const Touch one = touch (next, i);

      g_array_append_val (flow->touches, one);
    }

  return waits;
}
