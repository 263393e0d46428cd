/* arena.c: one buffer dealt out in order and taken back all at once */

#include "tensor/arena.h"

#include "device-private.h"

struct _VcArena
{
  VcBuffer *buffer;  /* owned */
  gsize     size;
  gsize     used;
};

VcArena *
vc_arena_new (VcDevice  *device,
              gsize      size,
              GError   **error)
{
  VcBuffer *buffer = device->class->allocate (device, MAX (size, VC_TENSOR_ALIGN), error);
  VcArena *arena;

  if (buffer == NULL)
    return NULL;

  arena = g_new0 (VcArena, 1);
  arena->buffer = buffer;
  arena->size = MAX (size, VC_TENSOR_ALIGN);

  return arena;
}

void
vc_arena_free (VcArena *arena)
{
  if (arena == NULL)
    return;

  arena->buffer->device->class->release (arena->buffer);
  g_free (arena);
}

gsize
vc_arena_room (VcDtype dtype,
               gsize   elements)
{
  const gsize bytes = elements * vc_dtype_size (dtype);

  return (bytes + VC_TENSOR_ALIGN - 1) & ~(gsize) (VC_TENSOR_ALIGN - 1);
}

VcTensor
vc_arena_take (VcArena  *arena,
               VcDtype   dtype,
               uint32_t  rows,
               uint32_t  width)
{
  return vc_arena_take4 (arena, dtype, 1, 1, rows, width);
}

VcTensor
vc_arena_take4 (VcArena  *arena,
                VcDtype   dtype,
                uint32_t  count,
                uint32_t  height,
                uint32_t  width,
                uint32_t  channels)
{
  const VcTensor tensor = {
    .buffer = arena->buffer,
    .offset = arena->used,
    .dtype = dtype,
    .size = { count, height, width, channels },
  };
  const gsize bytes = vc_tensor_bytes (&tensor);

  g_assert (bytes > 0);
  g_assert (bytes <= arena->size - arena->used);

  arena->used += MIN (vc_arena_room (dtype, vc_tensor_elements (&tensor)),
                      arena->size - arena->used);

  return tensor;
}

gsize
vc_arena_mark (VcArena *arena)
{
  return arena->used;
}

void
vc_arena_reset (VcArena *arena,
                gsize    mark)
{
  g_assert (mark <= arena->used);

  arena->used = mark;
}
