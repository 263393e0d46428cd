/* embed.c: rows of a table, with their places added */

#include "ops/ops.h"

#include "interface/embed.h"

void
vc_op_embed (VcRecorder     *rec,
             const VcTensor *ids,
             const VcTensor *table,
             const VcTensor *positions,
             uint32_t        first,
             uint32_t        cycle,
             const VcTensor *y)
{
  const uint32_t rows = vc_tensor_rows (y);
  const uint32_t width = vc_tensor_width (y);
  const gsize count = vc_tensor_elements (y);
  const uint32_t groups = (count + VC_EMBED_GROUP - 1) / VC_EMBED_GROUP;
  const uint32_t vocab = vc_tensor_rows (table);
  const uint32_t each = vc_op_slice (rec, table);

  g_assert (ids->dtype == VC_U32 && vc_tensor_elements (ids) == rows);
  g_assert (table->dtype != VC_U32 && vc_tensor_width (table) == width);
  g_assert (y->dtype == VC_F32 && count <= UINT32_MAX - VC_EMBED_GROUP);
  g_assert (cycle >= 1);
  if (positions != NULL)
    {
      g_assert (positions->dtype == table->dtype && vc_tensor_width (positions) == width);
      g_assert (first + MIN (cycle, rows) <= vc_tensor_rows (positions));
    }

  for (uint32_t begin = 0; begin < vocab; begin += each)
    {
      const uint32_t end = begin + MIN (each, vocab - begin);
      const struct vc_embed_push push = { rows, width, first, cycle, begin, end };
      const VcTensor part = each < vocab ? vc_tensor_slice (table, begin, end - begin) : *table;

      vc_recorder_dispatch (rec, &(VcDispatch) {
        .op = VC_OP_EMBED,
        .store = table->dtype,
        .reads = { ids, &part, positions != NULL ? positions : &part },
        .writes = { y },
        .constants = { [VC_EMBED_PLACED] = positions != NULL },
        .push = VC_BYTES (push),
        .groups = VC_ROW_GROUPS (groups),
      });
    }
}
