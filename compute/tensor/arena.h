/* arena.h: memory dealt out in order and taken back all at once: weights and activations */
#pragma once

#include "tensor/tensor.h"

G_BEGIN_DECLS

typedef struct _VcArena VcArena;

/**
 * vc_arena_new:
 * @size: bytes; each tensor takes its own, rounded up to %VC_TENSOR_ALIGN
 *
 * Thread: the device's maker's. The device must outlive the arena.
 *
 * Errors: %VC_ERROR_OUT_OF_MEMORY.
 */
VcArena *vc_arena_new   (VcDevice *device,
                         gsize     size,
                         GError  **error) G_GNUC_WARN_UNUSED_RESULT;
/**
 * vc_arena_new_pieces:
 * @size: bytes of all tensors
 * @largest: bytes of the largest
 *
 * As vc_arena_new(), but in as many buffers as the device needs to hold it. Where one is not enough,
 * the room that tensors leave at the ends of the others is added.
 */
VcArena *vc_arena_new_pieces (VcDevice *device,
                              gsize     size,
                              gsize     largest,
                              GError  **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same as vc_arena_new(), for a few tensors that are uploaded before each submission, or downloaded after it. */
VcArena *vc_arena_new_shared (VcDevice *device,
                              gsize     size,
                              GError  **error) G_GNUC_WARN_UNUSED_RESULT;
void     vc_arena_free  (VcArena  *arena);

/* Bytes of an arena that a tensor takes. */
gsize    vc_arena_room  (VcDtype   dtype,
                         gsize     elements) G_GNUC_CONST;

/* The next tensor; that the arena was made large enough is asserted. What it holds is undefined. */
VcTensor vc_arena_take  (VcArena  *arena,
                         VcDtype   dtype,
                         uint32_t  rows,
                         uint32_t  width);
VcTensor vc_arena_take4 (VcArena  *arena,
                         VcDtype   dtype,
                         uint32_t  count,
                         uint32_t  height,
                         uint32_t  width,
                         uint32_t  channels);

/* How far it is dealt out; going back to a mark takes back everything dealt out since. */
gsize    vc_arena_mark  (VcArena  *arena);
void     vc_arena_reset (VcArena  *arena,
                         gsize     mark);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VcArena, vc_arena_free)

G_END_DECLS
