/* parameter.c: a named tensor as a file of weights tells of it, and the types its numbers may have */

#include "tensor/parameter.h"

#include <string.h>

#include "tensor/half.h"

static const struct
{
  const char *name;
  const char *shown;
  guint       size;
} types[VC_STORED_TYPES] = {
  [VC_STORED_F32] = { "F32", "f32", 4 },
  [VC_STORED_F16] = { "F16", "f16", 2 },
  [VC_STORED_BF16] = { "BF16", "bf16", 2 },
  [VC_STORED_F64] = { "F64", "f64", 8 },
  [VC_STORED_I64] = { "I64", "i64", 8 },
  [VC_STORED_I32] = { "I32", "i32", 4 },
  [VC_STORED_I16] = { "I16", "i16", 2 },
  [VC_STORED_I8] = { "I8", "i8", 1 },
  [VC_STORED_U64] = { "U64", "u64", 8 },
  [VC_STORED_U32] = { "U32", "u32", 4 },
  [VC_STORED_U16] = { "U16", "u16", 2 },
  [VC_STORED_U8] = { "U8", "u8", 1 },
  [VC_STORED_BOOL] = { "BOOL", "bool", 1 },
};

guint
vc_stored_size (VcStored type)
{
  return types[type].size;
}

const char *
vc_stored_name (VcStored type)
{
  return types[type].name;
}

const char *
vc_stored_shown (VcStored type)
{
  return types[type].shown;
}

VcStored
vc_stored_find (const char *name)
{
  VcStored type = 0;

  while (type < VC_STORED_TYPES && strcmp (types[type].name, name) != 0)
    type++;

  return type;
}

gboolean
vc_stored_readable (VcStored type)
{
  return type == VC_STORED_F32 || type == VC_STORED_F16 || type == VC_STORED_BF16;
}

static float
widen (VcStored       type,
       const uint8_t *bytes)
{
  union { uint32_t bits; float value; } single;
  uint16_t half;

  switch (type)
    {
    case VC_STORED_F16:
      memcpy (&half, bytes, 2);
      return vc_half_to_float (GUINT16_FROM_LE (half));
    case VC_STORED_BF16:
      memcpy (&half, bytes, 2);
      single.bits = (uint32_t) GUINT16_FROM_LE (half) << 16;
      return single.value;
    default:
      memcpy (&single, bytes, 4);
      single.bits = GUINT32_FROM_LE (single.bits);
      return single.value;
    }
}

gboolean
vc_stored_widen (VcStored       type,
                 const uint8_t *bytes,
                 gsize          step,
                 float         *floats,
                 gsize          n)
{
  const gsize size = types[type].size;
  uint32_t largest = 0;

  if (type == VC_STORED_F32 && step == 1 && G_BYTE_ORDER == G_LITTLE_ENDIAN)
    memcpy (floats, bytes, sizeof (float) * n);
  else
    for (gsize i = 0; i < n; i++)
      floats[i] = widen (type, bytes + size * step * i);

  /* Without its sign, a float that is finite is less than infinity as a whole number too. */
  for (gsize i = 0; i < n; i++)
    {
      uint32_t bits;

      memcpy (&bits, &floats[i], sizeof bits);
      largest = MAX (largest, bits & 0x7fffffff);
    }

  return largest < 0x7f800000;
}

char *
vc_shape_describe (const uint64_t *axes,
                   uint32_t        n_axes)
{
  GString *text = g_string_new ("(");

  for (uint32_t i = 0; i < n_axes; i++)
    g_string_append_printf (text, "%s%" G_GUINT64_FORMAT, i > 0 ? ", " : "", axes[i]);
  g_string_append_c (text, ')');

  return g_string_free (text, FALSE);
}
