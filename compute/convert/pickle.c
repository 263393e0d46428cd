/* pickle.c: the values that a Python pickle spells, by a reader that runs nothing
 *
 * The machine of Python's pickletools.py: a stack, marks on it, and a memo of values to come back to. Its
 * opcodes are a line each in vc_pickle_read(). */

#include "convert/pickle.h"

#include <string.h>

#define MAX_NAME 256
#define MAX_STEPS (16u << 20)

struct _VcPickle
{
  GPtrArray    *values;  /* owned: all that were made, which may refer to each other in circles */
  GStringChunk *texts;   /* owned */
  VcPickleValue *result; /* borrowed from values */
};

typedef struct
{
  const char    *what;
  const uint8_t *bytes;
  gsize          size;
  gsize          at;

  VcPickle      *pickle;
  GPtrArray     *stack;  /* of borrowed values; NULL is a mark */
  GPtrArray     *memo;   /* of borrowed values; NULL where there is none */
  VcPickleValue *none;
  VcPickleValue *empty;  /* the tuple of nothing */
  guint          steps;  /* opcodes, and items that were copied */
  GError        *error;  /* the first */
} Reader;

static void
free_value (gpointer data)
{
  VcPickleValue *value = data;

  g_free (value->items);
  g_free (value->view);
  g_free (value);
}

void
vc_pickle_free (VcPickle *pickle)
{
  if (pickle == NULL)
    return;

  g_ptr_array_unref (pickle->values);
  g_string_chunk_free (pickle->texts);
  g_free (pickle);
}

const VcPickleValue *
vc_pickle_get (VcPickle *pickle)
{
  return pickle->result;
}

const VcPickleValue *
vc_pickle_look_up (const VcPickleValue *dict,
                   const char          *key)
{
  const VcPickleValue *found = NULL;

  if (dict == NULL || dict->kind != VC_PICKLE_DICT)
    return NULL;

  /* The last one counts, as in Python. */
  for (guint i = 0; i + 1 < dict->n_items; i += 2)
    if (dict->items[i]->kind == VC_PICKLE_STRING && strcmp (dict->items[i]->text, key) == 0)
      found = dict->items[i + 1];

  return found;
}

static G_GNUC_PRINTF (2, 3) void
set_fault (Reader     *r,
           const char *format,
           ...)
{
  g_autofree char *fault = NULL;
  va_list arguments;

  if (r->error != NULL)
    return;

  va_start (arguments, format);
  fault = g_strdup_vprintf (format, arguments);
  va_end (arguments);

  g_set_error (&r->error, VC_ERROR, VC_ERROR_BAD_MODEL, "%s %s", r->what, fault);
}

/* Counts what was done: a few bytes could ask for the same long list again and again. */
static void
count_steps (Reader *r,
             guint   n)
{
  r->steps += MIN (n, MAX_STEPS);
  if (r->steps > MAX_STEPS)
    set_fault (r, "spells more values than a model has");
}

static void
set_broken (Reader *r)
{
  set_fault (r, "is damaged: what it holds is not a whole pickle");
}

/* ---- bytes ---- */

/* The next @n bytes, or NULL and a fault. */
static const uint8_t *
take_bytes (Reader *r,
            guint64 n)
{
  const uint8_t *bytes = r->bytes + r->at;

  if (r->error != NULL || n > r->size - r->at)
    {
      set_broken (r);
      return NULL;
    }
  r->at += n;

  return bytes;
}

/* A number of @n bytes, little-endian; 0 after a fault. */
static guint64
take_number (Reader *r,
             guint   n)
{
  const uint8_t *bytes = take_bytes (r, n);
  guint64 number = 0;

  for (guint i = 0; bytes != NULL && i < n; i++)
    number |= (guint64) bytes[i] << (8 * i);

  return number;
}

/* A line without its end; "" after a fault. */
static const char *
take_line (Reader *r)
{
  const uint8_t *line = r->bytes + r->at;
  const uint8_t *end = memchr (line, '\n', MIN (r->size - r->at, MAX_NAME));

  if (r->error != NULL || end == NULL)
    {
      set_broken (r);
      return "";
    }
  r->at += end - line + 1;

  return g_string_chunk_insert_len (r->pickle->texts, (const char *) line, end - line);
}

/* ---- values, the stack and the memo ---- */

static VcPickleValue *
make (Reader      *r,
      VcPickleKind kind)
{
  VcPickleValue *value;

  if (r->pickle->values->len >= VC_PICKLE_MAX_VALUES)
    {
      set_fault (r, "has more than %d values beside its weights", VC_PICKLE_MAX_VALUES);
      return r->none;
    }

  value = g_new0 (VcPickleValue, 1);
  value->kind = kind;
  g_ptr_array_add (r->pickle->values, value);

  return value;
}

static void
push (Reader        *r,
      VcPickleValue *value)
{
  g_ptr_array_add (r->stack, value);
}

static void
push_integer (Reader      *r,
              VcPickleKind kind,
              gint64       integer)
{
  VcPickleValue *value = make (r, kind);

  if (r->error == NULL)
    value->integer = integer;
  push (r, value);
}

static void
push_text (Reader      *r,
           VcPickleKind kind,
           guint64      size)
{
  const uint8_t *bytes = take_bytes (r, size);
  VcPickleValue *value = make (r, kind);

  if (bytes != NULL && r->error == NULL)
    value->text = g_string_chunk_insert_len (r->pickle->texts, (const char *) bytes, size);
  push (r, value);
}

/* What is on top; nothing, and a fault, when that is a mark or the bottom. */
static VcPickleValue *
peek (Reader *r)
{
  VcPickleValue *value = r->stack->len == 0 ? NULL : r->stack->pdata[r->stack->len - 1];

  if (value == NULL)
    set_broken (r);

  return value == NULL ? r->none : value;
}

static VcPickleValue *
pop (Reader *r)
{
  VcPickleValue *value = peek (r);

  if (r->error == NULL)
    g_ptr_array_set_size (r->stack, r->stack->len - 1);

  return value;
}

/* How many values lie above the last mark. */
static guint
count_marked (Reader *r)
{
  for (guint i = r->stack->len; i > 0; i--)
    if (r->stack->pdata[i - 1] == NULL)
      return r->stack->len - i;

  set_broken (r);

  return 0;
}

/* Moves the @n values on top into @into, and a mark below them away. Only the collections keep items. */
static void
gather (Reader        *r,
        VcPickleValue *into,
        guint          n,
        gboolean       marked)
{
  const guint below = n + (marked ? 1 : 0);

  if (r->error != NULL || r->stack->len < below)
    {
      set_broken (r);
      return;
    }
  for (guint i = r->stack->len - n; i < r->stack->len; i++)
    if (r->stack->pdata[i] == NULL)
      {
        set_broken (r);
        return;
      }

  if (into != NULL && (into->kind == VC_PICKLE_TUPLE || into->kind == VC_PICKLE_DICT))
    {
      if (into == r->empty || (into->kind == VC_PICKLE_DICT && n % 2 != 0))
        {
          set_broken (r);
          return;
        }
      if (n > into->room - into->n_items)
        {
          into->room = MAX (2 * into->room, into->n_items + n);
          into->items = g_renew (VcPickleValue *, into->items, into->room);
        }
      if (n > 0)
        memcpy (into->items + into->n_items, r->stack->pdata + r->stack->len - n, n * sizeof *into->items);
      into->n_items += n;
    }

  g_ptr_array_set_size (r->stack, r->stack->len - below);
}

static void
push_tuple (Reader *r,
            guint   n,
            gboolean marked)
{
  VcPickleValue *tuple = make (r, VC_PICKLE_TUPLE);

  if (r->error == NULL)
    gather (r, tuple, n, marked);
  push (r, tuple);
}

/* The collection below the @n values on top, and below a mark. */
static void
extend (Reader      *r,
        VcPickleKind kind,
        guint        n,
        gboolean     marked)
{
  const guint below = n + (marked ? 1 : 0);
  VcPickleValue *into;

  if (r->error != NULL || r->stack->len <= below)
    {
      set_broken (r);
      return;
    }

  into = r->stack->pdata[r->stack->len - below - 1];
  if (into == NULL || (into->kind != kind && into->kind != VC_PICKLE_OBJECT))
    {
      set_broken (r);
      return;
    }

  gather (r, into, n, marked);
}

static void
memorize (Reader *r,
          guint64 index)
{
  VcPickleValue *value = peek (r);

  /* Pickles number as they go: an index far ahead is only there to take memory. */
  if (index > VC_PICKLE_MAX_VALUES)
    set_broken (r);
  if (r->error != NULL)
    return;

  if (index >= r->memo->len)
    g_ptr_array_set_size (r->memo, index + 1);
  r->memo->pdata[index] = value;
}

static void
recall (Reader *r,
        guint64 index)
{
  if (index >= r->memo->len || r->memo->pdata[index] == NULL)
    set_broken (r);
  else
    push (r, r->memo->pdata[index]);
}

/* ---- names and what they make ---- */

static void
push_name (Reader     *r,
           const char *module,
           const char *name)
{
  g_autofree char *whole = g_strconcat (module, ".", name, NULL);
  VcPickleValue *value = make (r, VC_PICKLE_NAME);

  for (const char *c = whole; *c != '\0'; c++)
    if (!g_ascii_isgraph (*c))
      {
        set_broken (r);
        break;
      }
  if (strlen (whole) > MAX_NAME)
    set_broken (r);

  if (r->error == NULL)
    value->text = g_string_chunk_insert (r->pickle->texts, whole);
  push (r, value);
}

static VcStored
find_storage (const char *name)
{
  static const struct
  {
    const char *name;
    VcStored    type;
  } storages[] = {
    { "FloatStorage", VC_STORED_F32 },
    { "HalfStorage", VC_STORED_F16 },
    { "BFloat16Storage", VC_STORED_BF16 },
    { "DoubleStorage", VC_STORED_F64 },
    { "LongStorage", VC_STORED_I64 },
    { "IntStorage", VC_STORED_I32 },
    { "ShortStorage", VC_STORED_I16 },
    { "CharStorage", VC_STORED_I8 },
    { "ByteStorage", VC_STORED_U8 },
    { "BoolStorage", VC_STORED_BOOL },
  };
  const gsize module = g_str_has_prefix (name, "torch.cuda.") ? 11 : g_str_has_prefix (name, "torch.") ? 6 : 0;

  for (guint i = 0; module > 0 && i < G_N_ELEMENTS (storages); i++)
    if (strcmp (name + module, storages[i].name) == 0)
      return storages[i].type;

  return VC_STORED_TYPES;
}

/* ('storage', type, key, where it was, elements) */
static void
push_storage (Reader *r)
{
  const VcPickleValue *id = pop (r);
  VcPickleValue *storage = make (r, VC_PICKLE_STORAGE);
  VcPickleValue **items = id->items;

  if (r->error != NULL)
    return;

  if (id->kind != VC_PICKLE_TUPLE || id->n_items < 5 || id->n_items > 6 ||
      items[0]->kind != VC_PICKLE_STRING || strcmp (items[0]->text, "storage") != 0 ||
      items[1]->kind != VC_PICKLE_NAME || items[2]->kind != VC_PICKLE_STRING ||
      items[4]->kind != VC_PICKLE_INTEGER || items[4]->integer < 0 ||
      (id->n_items == 6 && items[5]->kind != VC_PICKLE_NONE))
    {
      set_broken (r);
      return;
    }

  storage->type = find_storage (items[1]->text);
  storage->text = items[2]->text;
  storage->integer = items[4]->integer;
  if (storage->type == VC_STORED_TYPES)
    {
      g_autofree char *shown = vc_error_quote (items[1]->text);

      set_fault (r, "keeps numbers in a %s, which is not known", shown);
    }
  push (r, storage);
}

static gboolean
read_extents (const VcPickleValue *tuple,
              uint32_t            *n,
              uint64_t            *extents)
{
  if (tuple->kind != VC_PICKLE_TUPLE || tuple->n_items > VC_PARAMETER_AXES)
    return FALSE;

  *n = tuple->n_items;
  for (guint i = 0; i < tuple->n_items; i++)
    {
      if (tuple->items[i]->kind != VC_PICKLE_INTEGER || tuple->items[i]->integer < 0)
        return FALSE;
      extents[i] = tuple->items[i]->integer;
    }

  return TRUE;
}

/* (storage, offset, size, stride, …) */
static VcPickleValue *
make_tensor (Reader              *r,
             const VcPickleValue *arguments)
{
  VcPickleValue *tensor = make (r, VC_PICKLE_TENSOR);
  VcPickleValue **items = arguments->items;
  VcPickleView view = { 0 };
  uint32_t n_strides = 0;

  if (r->error != NULL)
    return tensor;

  if (arguments->n_items < 4 || items[0]->kind != VC_PICKLE_STORAGE ||
      items[1]->kind != VC_PICKLE_INTEGER || items[1]->integer < 0 ||
      !read_extents (items[2], &view.n_axes, view.axes) ||
      !read_extents (items[3], &n_strides, view.strides) || n_strides != view.n_axes)
    {
      set_fault (r, "has a tensor of more than %d axes, or one whose place makes no sense",
                 VC_PARAMETER_AXES);
      return tensor;
    }

  view.offset = items[1]->integer;
  tensor->state = items[0];
  tensor->view = g_memdup2 (&view, sizeof view);

  return tensor;
}

/* An ordered dictionary of nothing, or of pairs. */
static VcPickleValue *
make_dict (Reader              *r,
           const VcPickleValue *pairs)
{
  VcPickleValue *dict = make (r, VC_PICKLE_DICT);

  if (r->error != NULL || pairs == NULL)
    return dict;

  if (pairs->kind != VC_PICKLE_TUPLE)
    {
      set_broken (r);
      return dict;
    }

  count_steps (r, 2 * pairs->n_items);
  if (r->error != NULL)
    return dict;
  dict->items = g_new (VcPickleValue *, 2 * pairs->n_items + 1);
  dict->room = 2 * pairs->n_items;
  for (guint i = 0; i < pairs->n_items; i++)
    {
      const VcPickleValue *pair = pairs->items[i];

      if (pair->kind != VC_PICKLE_TUPLE || pair->n_items != 2)
        {
          set_broken (r);
          return dict;
        }
      memcpy (dict->items + dict->n_items, pair->items, 2 * sizeof *dict->items);
      dict->n_items += 2;
    }

  return dict;
}

/* What training leaves beside the weights, and what has no bearing on them. */
static gboolean
is_idle (const char *name)
{
  static const char *const names[] = {
    "__builtin__.set", "builtins.set", "__builtin__.frozenset", "builtins.frozenset",
    "__builtin__.complex", "builtins.complex", "__builtin__.bytearray", "builtins.bytearray",
    "_codecs.encode", "torch.device", "torch.Generator", "torch.random.Generator", NULL,
  };
  static const char *const modules[] = {
    "numpy.core.multiarray.", "numpy._core.multiarray.", "numpy.dtype", "numpy.ndarray",
    "argparse.", "datetime.", "omegaconf.", "pathlib.", "pytorch_lightning.", "lightning.",
    "lightning_fabric.", "torch.jit._pickle.",
  };

  for (guint i = 0; i < G_N_ELEMENTS (modules); i++)
    if (g_str_has_prefix (name, modules[i]))
      return TRUE;

  return g_strv_contains (names, name);
}

static VcPickleValue *
make_object (Reader     *r,
             const char *class)
{
  VcPickleValue *object = make (r, VC_PICKLE_OBJECT);

  if (r->error == NULL)
    object->text = class;

  return object;
}

static void
reduce (Reader *r)
{
  const VcPickleValue *arguments = pop (r);
  const VcPickleValue *function = pop (r);
  const guint n = arguments->n_items;
  const char *name = function->text;

  if (r->error != NULL)
    return;

  if (function->kind != VC_PICKLE_NAME || arguments->kind != VC_PICKLE_TUPLE)
    set_broken (r);
  else if (g_str_equal (name, "torch._utils._rebuild_tensor_v2") ||
           g_str_equal (name, "torch._utils._rebuild_tensor"))
    push (r, make_tensor (r, arguments));
  else if (g_str_equal (name, "torch._utils._rebuild_parameter") && n > 0 &&
           arguments->items[0]->kind == VC_PICKLE_TENSOR)
    push (r, arguments->items[0]);
  else if (g_str_equal (name, "collections.OrderedDict") && n <= 1)
    push (r, make_dict (r, n == 0 ? NULL : arguments->items[0]));
  else if (g_str_equal (name, "collections.defaultdict"))
    push (r, make_dict (r, NULL));
  else if (g_str_equal (name, "torch.Size") && n == 1)
    push (r, arguments->items[0]);
  else if (is_idle (name))
    push (r, make_object (r, name));
  else
    {
      g_autofree char *shown = vc_error_quote (name);

      set_fault (r, "asks to call %s, which weights have no need of: nothing of it was run or read",
                 shown);
    }
}

static void
push_new (Reader *r)
{
  const VcPickleValue *arguments = pop (r);
  const VcPickleValue *class = pop (r);

  if (r->error != NULL)
    return;

  if (class->kind != VC_PICKLE_NAME || arguments->kind != VC_PICKLE_TUPLE)
    set_broken (r);
  else if (arguments->n_items > 0 && !is_idle (class->text))
    {
      g_autofree char *shown = vc_error_quote (class->text);

      set_fault (r, "asks to make a %s, which weights have no need of: nothing of it was run or read",
                 shown);
    }
  else
    push (r, make_object (r, class->text));
}

/* An object's state; that of a dictionary or a tensor, as _metadata, has no bearing on the weights. */
static void
build (Reader *r)
{
  VcPickleValue *state = pop (r);
  VcPickleValue *object = peek (r);

  if (r->error != NULL)
    return;

  if (state->kind == VC_PICKLE_TUPLE && state->n_items == 2)
    state = state->items[0];  /* the other are slots */
  if (object->kind == VC_PICKLE_OBJECT)
    object->state = state;
  else if (object->kind != VC_PICKLE_DICT && object->kind != VC_PICKLE_TENSOR)
    set_broken (r);
}

/* ---- opcodes ---- */

static void
push_double (Reader *r)
{
  const uint8_t *bytes = take_bytes (r, 8);
  VcPickleValue *value = make (r, VC_PICKLE_NUMBER);
  guint64 bits = 0;

  for (guint i = 0; bytes != NULL && i < 8; i++)
    bits = bits << 8 | bytes[i];
  if (r->error == NULL)
    memcpy (&value->number, &bits, sizeof bits);
  push (r, value);
}

/* A whole number of any length; what does not fit has no bearing on weights. */
static void
push_long (Reader *r,
           guint64 size)
{
  const uint8_t *bytes = take_bytes (r, size);
  guint64 number = bytes != NULL && size > 0 && bytes[size - 1] & 0x80 ? G_MAXUINT64 : 0;

  for (guint i = 0; bytes != NULL && i < MIN (size, 8); i++)
    number = (number & ~((guint64) 0xff << (8 * i))) | (guint64) bytes[i] << (8 * i);

  push_integer (r, size <= 8 ? VC_PICKLE_INTEGER : VC_PICKLE_NONE, number);
}

static void
push_global (Reader *r)
{
  const char *module = take_line (r);
  const char *name = take_line (r);

  push_name (r, module, name);
}

static void
push_stack_global (Reader *r)
{
  const VcPickleValue *name = pop (r);
  const VcPickleValue *module = pop (r);

  if (name->kind != VC_PICKLE_STRING || module->kind != VC_PICKLE_STRING)
    set_broken (r);
  else
    push_name (r, module->text, name->text);
}

/* FALSE at the end. */
static gboolean
step (Reader *r)
{
  const uint8_t *opcode = take_bytes (r, 1);

  if (opcode == NULL)
    return FALSE;

  switch (*opcode)
    {
    case 0x80: /* PROTO */
      if (take_number (r, 1) > 5)
        set_fault (r, "is a pickle of a protocol after 5, and later ones are not known");
      break;
    case 0x95: take_number (r, 8); break;                                   /* FRAME */
    case '.': r->pickle->result = pop (r); return FALSE;                    /* STOP */

    case '(': push (r, NULL); break;                                        /* MARK */
    case '0': pop (r); break;                                               /* POP */
    case '1': gather (r, NULL, count_marked (r), TRUE); break;              /* POP_MARK */
    case '2': push (r, peek (r)); break;                                    /* DUP */

    case 'N': push (r, r->none); break;                                     /* NONE */
    case 0x88: push_integer (r, VC_PICKLE_BOOL, 1); break;                  /* NEWTRUE */
    case 0x89: push_integer (r, VC_PICKLE_BOOL, 0); break;                  /* NEWFALSE */
    case 'J': push_integer (r, VC_PICKLE_INTEGER, (gint32) take_number (r, 4)); break;  /* BININT */
    case 'K': push_integer (r, VC_PICKLE_INTEGER, take_number (r, 1)); break;           /* BININT1 */
    case 'M': push_integer (r, VC_PICKLE_INTEGER, take_number (r, 2)); break;           /* BININT2 */
    case 0x8a: push_long (r, take_number (r, 1)); break;                    /* LONG1 */
    case 0x8b: push_long (r, take_number (r, 4)); break;                    /* LONG4 */
    case 'G': push_double (r); break;                                       /* BINFLOAT */

    case 'X': push_text (r, VC_PICKLE_STRING, take_number (r, 4)); break;   /* BINUNICODE */
    case 0x8c: push_text (r, VC_PICKLE_STRING, take_number (r, 1)); break;  /* SHORT_BINUNICODE */
    case 0x8d: push_text (r, VC_PICKLE_STRING, take_number (r, 8)); break;  /* BINUNICODE8 */
    case 'U': push_text (r, VC_PICKLE_STRING, take_number (r, 1)); break;   /* SHORT_BINSTRING */
    case 'T': push_text (r, VC_PICKLE_STRING, take_number (r, 4)); break;   /* BINSTRING */
    case 'C': push_text (r, VC_PICKLE_STRING, take_number (r, 1)); break;   /* SHORT_BINBYTES */
    case 'B': push_text (r, VC_PICKLE_STRING, take_number (r, 4)); break;   /* BINBYTES */
    case 0x8e: push_text (r, VC_PICKLE_STRING, take_number (r, 8)); break;  /* BINBYTES8 */

    case ')': push (r, r->empty); break;                                    /* EMPTY_TUPLE */
    case 0x85: push_tuple (r, 1, FALSE); break;                             /* TUPLE1 */
    case 0x86: push_tuple (r, 2, FALSE); break;                             /* TUPLE2 */
    case 0x87: push_tuple (r, 3, FALSE); break;                             /* TUPLE3 */
    case 't':                                                               /* TUPLE */
    case 'l':                                                               /* LIST */
    case 0x91: push_tuple (r, count_marked (r), TRUE); break;               /* FROZENSET */
    case ']':                                                               /* EMPTY_LIST */
    case 0x8f: push (r, make (r, VC_PICKLE_TUPLE)); break;                  /* EMPTY_SET */
    case 'a': extend (r, VC_PICKLE_TUPLE, 1, FALSE); break;                 /* APPEND */
    case 'e':                                                               /* APPENDS */
    case 0x90: extend (r, VC_PICKLE_TUPLE, count_marked (r), TRUE); break;  /* ADDITEMS */
    case '}': push (r, make (r, VC_PICKLE_DICT)); break;                    /* EMPTY_DICT */
    case 's': extend (r, VC_PICKLE_DICT, 2, FALSE); break;                  /* SETITEM */
    case 'u': extend (r, VC_PICKLE_DICT, count_marked (r), TRUE); break;    /* SETITEMS */

    case 'q': memorize (r, take_number (r, 1)); break;                      /* BINPUT */
    case 'r': memorize (r, take_number (r, 4)); break;                      /* LONG_BINPUT */
    case 0x94: memorize (r, r->memo->len); break;                           /* MEMOIZE */
    case 'h': recall (r, take_number (r, 1)); break;                        /* BINGET */
    case 'j': recall (r, take_number (r, 4)); break;                        /* LONG_BINGET */

    case 'c': push_global (r); break;                                       /* GLOBAL */
    case 0x93: push_stack_global (r); break;                                /* STACK_GLOBAL */
    case 'R': reduce (r); break;                                            /* REDUCE */
    case 0x81: push_new (r); break;                                         /* NEWOBJ */
    case 'b': build (r); break;                                             /* BUILD */
    case 'Q': push_storage (r); break;                                      /* BINPERSID */

    default:
      set_fault (r, "has the pickle opcode 0x%02x, which torch.save() does not write", *opcode);
    }

  return r->error == NULL;
}

VcPickle *
vc_pickle_read (const char     *what,
                const uint8_t  *bytes,
                gsize           size,
                gsize          *used,
                GError        **error)
{
  g_autoptr(VcPickle) pickle = g_new0 (VcPickle, 1);
  g_autoptr(GPtrArray) stack = g_ptr_array_new ();
  g_autoptr(GPtrArray) memo = g_ptr_array_new ();
  Reader r = { what, bytes, size, 0, pickle, stack, memo };

  pickle->values = g_ptr_array_new_with_free_func (free_value);
  pickle->texts = g_string_chunk_new (4096);
  r.none = make (&r, VC_PICKLE_NONE);
  r.empty = make (&r, VC_PICKLE_TUPLE);

  if (size < 2 || bytes[0] != 0x80 || bytes[1] < 2)
    set_fault (&r, "is not a pickle as torch.save() writes it");

  while (r.error == NULL && step (&r))
    count_steps (&r, 1);

  if (r.error != NULL)
    {
      g_propagate_error (error, r.error);
      return NULL;
    }

  if (used != NULL)
    *used = r.at;

  return g_steal_pointer (&pickle);
}
