/* pickle.h: the values that a Python pickle spells, by a reader that runs nothing */
#pragma once

#include "tensor/parameter.h"
#include "error.h"

G_BEGIN_DECLS

/* What no model's pickle needs more of. */
#define VC_PICKLE_MAX_BYTES (64u << 20)
#define VC_PICKLE_MAX_VALUES 2000000

typedef enum
{
  VC_PICKLE_NONE,
  VC_PICKLE_BOOL,
  VC_PICKLE_INTEGER,
  VC_PICKLE_NUMBER,
  VC_PICKLE_STRING,
  VC_PICKLE_TUPLE,    /* items; lists and sets, too */
  VC_PICKLE_DICT,     /* items: key, value, key, value… */
  VC_PICKLE_NAME,     /* of a class or a function, as text: "torch.FloatStorage" */
  VC_PICKLE_OBJECT,   /* text: the name of its class; state */
  VC_PICKLE_STORAGE,  /* text: its key; type, elements */
  VC_PICKLE_TENSOR,   /* state: its storage; view */
} VcPickleKind;

/* How a tensor lies in its storage, in elements. Not yet compared with the storage. */
typedef struct
{
  uint64_t offset;
  uint32_t n_axes;
  uint64_t axes[VC_PARAMETER_AXES];
  uint64_t strides[VC_PARAMETER_AXES];
} VcPickleView;

typedef struct _VcPickleValue VcPickleValue;
struct _VcPickleValue
{
  VcPickleKind          kind;
  VcStored              type;      /* of a storage */
  gint64                integer;   /* also a BOOL, and a storage's number of elements */
  double                number;
  const char           *text;      /* NUL-terminated, else of any bytes */
  VcPickleValue       **items;
  guint                 n_items;
  guint                 room;      /* for items */
  VcPickleValue        *state;     /* may be NULL */
  VcPickleView         *view;
};

typedef struct _VcPickle VcPickle;

/**
 * vc_pickle_read:
 * @what:  begins messages: “model.pt”
 * @bytes: (size)  a pickle of protocol 2 to 5, perhaps with more behind it
 * @used:  (out) (nullable): bytes to its end
 *
 * Nothing that a pickle asks for is run, looked up or made. Of what it may call, those functions are known
 * that torch.save() writes for tensors, parameters, ordered dictionaries and the like; an object is the name
 * of its class beside its state. What training programs leave beside the weights (numpy, Lightning and
 * omegaconf) is an object without a state. Any other call is an error that names it.
 *
 * Values may contain themselves: whoever walks them counts the steps.
 *
 * Errors: %VC_ERROR_BAD_MODEL.
 */
VcPickle            *vc_pickle_read (const char     *what,
                                     const uint8_t  *bytes,
                                     gsize           size,
                                     gsize          *used,
                                     GError        **error) G_GNUC_WARN_UNUSED_RESULT;
void                 vc_pickle_free (VcPickle       *pickle);

/* What it all comes to. Borrowed. */
const VcPickleValue *vc_pickle_get  (VcPickle       *pickle);
/* The value that a dictionary has for a string, or NULL. @dict may be anything. */
const VcPickleValue *vc_pickle_look_up (const VcPickleValue *dict,
                                        const char          *key);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VcPickle, vc_pickle_free)

G_END_DECLS
