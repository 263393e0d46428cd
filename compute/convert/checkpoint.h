/* checkpoint.h: the weights that a publisher gives away, whatever kind of file they lie in */
#pragma once

#include "tensor/parameter.h"
#include "error.h"

G_BEGIN_DECLS

typedef struct _VcCheckpoint VcCheckpoint;

/**
 * vc_checkpoint_open:
 * @path: a safetensors file; a file of torch.save() or torch.jit.save(); or the index of one of these in
 *   several files, model.safetensors.index.json, which lie beside it
 *
 * What the file is, it says itself: its name has no bearing. Nothing in it is ever run, and all of its
 * shapes have been compared with what is there.
 *
 * Thread: any one at a time. Takes memory for the names, not for the numbers.
 *
 * Errors: %VC_ERROR_BAD_MODEL: one sentence that names the file and what was found.
 */
VcCheckpoint      *vc_checkpoint_open (const char         *path,
                                       GError            **error) G_GNUC_WARN_UNUSED_RESULT;
void               vc_checkpoint_free (VcCheckpoint       *checkpoint);

/* Whether it is a program of TorchScript's, with its weights as attributes. */
gboolean           vc_checkpoint_is_script (VcCheckpoint  *checkpoint);

/* All that is in it, by name. Borrowed: of const VcParameter. */
GPtrArray         *vc_checkpoint_list (VcCheckpoint       *checkpoint);
/* NULL when there is none of this name. Borrowed. */
const VcParameter *vc_checkpoint_find (VcCheckpoint       *checkpoint,
                                       const char         *name);

/**
 * vc_checkpoint_read:
 * @parameter: the checkpoint's
 * @first: of its elements, row-major, however they lie in the file
 * @n: how many; no more than there are
 * @floats: (n)  exactly what the file has
 *
 * A tensor may be read in parts, one after another, to spare memory.
 *
 * Errors: %VC_ERROR_BAD_MODEL: the file is damaged, the numbers are whole numbers or not finite.
 */
gboolean           vc_checkpoint_read (VcCheckpoint       *checkpoint,
                                       const VcParameter  *parameter,
                                       guint64             first,
                                       gsize               n,
                                       float              *floats,
                                       GError            **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VcCheckpoint, vc_checkpoint_free)

G_END_DECLS
