/* arena.c: memory dealt out in order and taken back all at once */

#include "tensor/arena.h"

#include "device-private.h"

struct _VcArena
{
  VcBuffer **pieces;    /* owned; of piece bytes each, the last may be shorter */
  guint      n_pieces;
  gsize      piece;
  gsize      size;      /* of all pieces */
  gsize      used;      /* as if the pieces lay end to end */
};

static gsize
round_up (gsize size)
{
  return (size + VC_TENSOR_ALIGN - 1) & ~(gsize) (VC_TENSOR_ALIGN - 1);
}

static VcArena *
make (VcDevice  *device,
      gsize      size,
      gsize      largest,
      gboolean   shared,
      GError   **error)
{
  VcBuffer *(*allocate) (VcDevice *, gsize, GError **) =
    shared && device->class->share != NULL ? device->class->share : device->class->allocate;
  g_autoptr(VcArena) arena = g_new0 (VcArena, 1);
  const gsize piece = device->max_buffer & ~(gsize) (VC_TENSOR_ALIGN - 1);
  gsize left = MAX (size, VC_TENSOR_ALIGN);

  arena->piece = left;
  arena->pieces = g_new0 (VcBuffer *, 1);

  /* A piece that is left holds more than piece - largest bytes, or the next tensor would have fitted.
   * Where that is little, far more would be asked for than is dealt out: then the device says no. */
  if (piece > 0 && left > piece && round_up (largest) <= piece / 2)
    {
      const gsize least = piece - round_up (largest);

      arena->piece = piece;
      arena->pieces = g_renew (VcBuffer *, arena->pieces, left / least + 1);
    }

  while (left > 0)
    {
      const gsize bytes = MIN (left, arena->piece);
      VcBuffer *buffer = allocate (device, bytes, error);

      if (buffer == NULL)
        return NULL;

      arena->pieces[arena->n_pieces++] = buffer;
      arena->size += bytes;
      left -= left <= arena->piece ? left : arena->piece - round_up (largest);
    }

  return g_steal_pointer (&arena);
}

VcArena *
vc_arena_new (VcDevice  *device,
              gsize      size,
              GError   **error)
{
  return make (device, size, size, FALSE, error);
}

VcArena *
vc_arena_new_pieces (VcDevice  *device,
                     gsize      size,
                     gsize      largest,
                     GError   **error)
{
  return make (device, size, largest, FALSE, error);
}

VcArena *
vc_arena_new_shared (VcDevice  *device,
                     gsize      size,
                     GError   **error)
{
  return make (device, size, size, TRUE, error);
}

void
vc_arena_free (VcArena *arena)
{
  if (arena == NULL)
    return;

  for (guint i = 0; i < arena->n_pieces; i++)
    arena->pieces[i]->device->class->release (arena->pieces[i]);
  g_free (arena->pieces);
  g_free (arena);
}

gsize
vc_arena_room (VcDtype dtype,
               gsize   elements)
{
  return round_up (elements * vc_dtype_size (dtype));
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
  VcTensor tensor = {
    .dtype = dtype,
    .size = { count, height, width, channels },
  };
  const gsize bytes = vc_tensor_bytes (&tensor);

  g_assert (bytes > 0 && bytes <= arena->piece);

  /* What does not fit behind the others begins the next piece. */
  if (arena->used % arena->piece > arena->piece - bytes)
    arena->used += arena->piece - arena->used % arena->piece;

  g_assert (arena->used <= arena->size && bytes <= arena->size - arena->used);

  tensor.buffer = arena->pieces[arena->used / arena->piece];
  tensor.offset = arena->used % arena->piece;
  arena->used += MIN (round_up (bytes), arena->size - arena->used);

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
