/* parameter.h: a named tensor as a file of weights tells of it, and the types its numbers may have */
#pragma once

#include <glib.h>
#include <stdint.h>

G_BEGIN_DECLS

/* How a number lies in a file, little-endian. */
typedef enum
{
  VC_STORED_F32,
  VC_STORED_F16,
  VC_STORED_BF16,
  VC_STORED_F64,
  VC_STORED_I64,
  VC_STORED_I32,
  VC_STORED_I16,
  VC_STORED_I8,
  VC_STORED_U64,
  VC_STORED_U32,
  VC_STORED_U16,
  VC_STORED_U8,
  VC_STORED_BOOL,
  VC_STORED_TYPES,
} VcStored;

#define VC_PARAMETER_AXES 8

typedef struct
{
  const char *name;                     /* borrowed from the file */
  VcStored    type;
  uint32_t    n_axes;
  uint64_t    axes[VC_PARAMETER_AXES];  /* outermost first */
  uint64_t    elements;
} VcParameter;

/* Bytes of one number; its name in a safetensors file, "F16"; and in messages, "f16". */
guint       vc_stored_size     (VcStored           type) G_GNUC_CONST;
const char *vc_stored_name     (VcStored           type) G_GNUC_CONST;
const char *vc_stored_shown    (VcStored           type) G_GNUC_CONST;
/* VC_STORED_TYPES when there is none of the @name. */
VcStored    vc_stored_find     (const char        *name);
/* Whether it can be a weight: f32, f16 or bf16. */
gboolean    vc_stored_readable (VcStored           type) G_GNUC_CONST;
/* The floats (n) of numbers of a type that can be read, @step of them apart; nothing is assumed of where
 * @bytes lie. FALSE if one of them is not finite. */
gboolean    vc_stored_widen    (VcStored           type,
                                const uint8_t     *bytes,
                                gsize              step,
                                float             *floats,
                                gsize              n);

/* "(1024, 512)" */
char       *vc_shape_describe  (const uint64_t    *axes,
                                uint32_t           n_axes) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
