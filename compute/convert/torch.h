/* torch.h: the tensors of a file that torch.save() or torch.jit.save() wrote, without running any of it */
#pragma once

#include "tensor/parameter.h"
#include "error.h"

G_BEGIN_DECLS

typedef struct _VcTorch VcTorch;

/**
 * vc_torch_open:
 * @path: a dictionary of tensors, also under “state_dict”, “model” or “module”; a whole module; or a
 *   TorchScript archive
 *
 * Finds every named tensor and compares its offset, extents and strides with its storage.
 *
 * Thread: any one at a time. Takes memory for the names, not for the numbers.
 *
 * Errors: %VC_ERROR_BAD_MODEL.
 */
VcTorch   *vc_torch_open (const char         *path,
                          GError            **error) G_GNUC_WARN_UNUSED_RESULT;
void       vc_torch_free (VcTorch            *torch);

/* Whether torch.jit.save() wrote it. */
gboolean   vc_torch_is_script (VcTorch       *torch);

/* What is in the file, by name. (transfer container): of const VcParameter, which are the file's. */
GPtrArray *vc_torch_list (VcTorch            *torch) G_GNUC_WARN_UNUSED_RESULT;

/**
 * vc_torch_read:
 * @parameter: from vc_torch_list(), of a type that can be read
 * @first: of its elements, row-major, however they lie
 * @n: how many; no more than there are
 * @floats: (n)
 * @finite: (out): whether all of them are
 *
 * A tensor whose strides are not those of its shape is kept in memory until another is read.
 *
 * Errors: %VC_ERROR_BAD_MODEL when the file is damaged.
 */
gboolean   vc_torch_read (VcTorch            *torch,
                          const VcParameter  *parameter,
                          guint64             first,
                          gsize               n,
                          float              *floats,
                          gboolean           *finite,
                          GError            **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VcTorch, vc_torch_free)

G_END_DECLS
