/* torch.c: the tensors of a file that torch.save() or torch.jit.save() wrote, without running any of it
 *
 * The file is an archive: NAME/data.pkl says what there is, NAME/data/KEY holds a storage's numbers
 * [pytorch/pytorch, torch/serialization.py, caffe2/serialize/inline_container.h]. */

#include "convert/torch.h"

#include <string.h>

#include "convert/pickle.h"
#include "convert/zip.h"
#include "tensor/file.h"

#define MAX_NAME 512
#define MAX_DEPTH 64
#define MAX_STEPS 1000000

/* How many elements of a storage may lie between those of one tensor. A view of a stack of matrices has
 * none between, the third of a fused matrix two. */
#define MAX_SPREAD 16

/* What is read at a time where the numbers lie one after another. */
#define CHUNK (256u << 10)

typedef struct
{
  VcParameter about;       /* first: a parameter that is lent is its entry */
  uint64_t    strides[VC_PARAMETER_AXES];
  uint64_t    begin;       /* of its first element, in the storage's bytes */
  uint64_t    span;        /* bytes from its first element to the end of its last */
  uint32_t    storage;     /* the archive's entry */
  gboolean    contiguous;
  char        name[];
} Entry;

struct _VcTorch
{
  char        *what;     /* owned; “model.pt” */
  VcZip       *zip;      /* owned */
  char        *root;     /* owned; "NAME/" */
  GTree       *entries;  /* owned: name → Entry, the name lies in the entry */
  gboolean     script;   /* the whole is an object of TorchScript's */

  const Entry *spread;   /* borrowed: whose numbers are below; NULL if nothing's */
  uint8_t     *numbers;  /* owned; span */
};

/* What walks through the values of a pickle, which may contain themselves. */
typedef struct
{
  VcTorch *torch;
  GString *prefix;  /* owned; of names: "visual." */
  guint    depth;
  guint    steps;
  GError  *error;   /* owned; the first */
} Walk;

static G_GNUC_PRINTF (2, 3) void
set_fault (Walk       *walk,
           const char *format,
           ...)
{
  g_autofree char *fault = NULL;
  va_list arguments;

  if (walk->error != NULL)
    return;

  va_start (arguments, format);
  fault = g_strdup_vprintf (format, arguments);
  va_end (arguments);

  g_set_error (&walk->error, VC_ERROR, VC_ERROR_BAD_MODEL, "%s: %s", walk->torch->what, fault);
}

/* Counts elements, and those from the first to the last; FALSE when 64 bits are too few. */
static gboolean
measure (Entry *entry)
{
  const uint64_t size = vc_stored_size (entry->about.type);
  uint64_t elements = 1;
  uint64_t last = 0;
  uint64_t dense = 1;

  entry->contiguous = TRUE;
  for (uint32_t i = entry->about.n_axes; i > 0; i--)
    {
      const uint64_t extent = entry->about.axes[i - 1];
      const uint64_t stride = entry->strides[i - 1];
      uint64_t way;

      if (__builtin_mul_overflow (elements, extent, &elements))
        return FALSE;
      if (extent <= 1)
        continue;

      if (__builtin_mul_overflow (extent - 1, stride, &way) || __builtin_add_overflow (last, way, &last))
        return FALSE;
      if (stride != dense)
        entry->contiguous = FALSE;
      dense = elements;
    }

  entry->about.elements = elements;
  if (elements == 0)
    {
      entry->contiguous = TRUE;
      entry->span = 0;
      return TRUE;
    }

  return !__builtin_add_overflow (last, 1, &last) && !__builtin_mul_overflow (last, size, &entry->span);
}

static void
add_tensor (Walk                *walk,
            const char          *key,
            const VcPickleValue *tensor)
{
  VcTorch *torch = walk->torch;
  const VcPickleValue *storage = tensor->state;
  const VcPickleView *view = tensor->view;
  g_autofree char *name = g_strconcat (walk->prefix->str, key, NULL);
  g_autofree char *shown = vc_error_quote (name);
  g_autofree char *place = g_strconcat (torch->root, "data/", storage->text, NULL);
  g_autofree Entry *entry = NULL;
  const guint64 size = vc_stored_size (storage->type);
  const gint64 index = vc_zip_find (torch->zip, place);
  const gsize length = strlen (name);
  guint64 room;

  if (length == 0 || length > MAX_NAME || !g_utf8_validate (name, length, NULL))
    {
      set_fault (walk, "%s is no name for a tensor", shown);
      return;
    }
  if (index < 0)
    {
      set_fault (walk, "the numbers of %s are missing", shown);
      return;
    }

  entry = g_malloc0 (sizeof *entry + length + 1);
  memcpy (entry->name, name, length + 1);
  entry->about = (VcParameter) { .name = entry->name, .type = storage->type, .n_axes = view->n_axes };
  memcpy (entry->about.axes, view->axes, sizeof view->axes);
  memcpy (entry->strides, view->strides, sizeof view->strides);
  entry->storage = index;

  /* Both the storage and the archive say how long it is. */
  room = vc_zip_measure (torch->zip, index);
  if ((guint64) storage->integer <= room / size)
    room = storage->integer * size;

  if (!measure (entry) || __builtin_mul_overflow (view->offset, size, &entry->begin) ||
      entry->begin > room || entry->span > room - entry->begin)
    {
      g_autofree char *shape = vc_shape_describe (view->axes, view->n_axes);

      set_fault (walk, "%s %s reaches beyond its %" G_GUINT64_FORMAT " bytes", shown, shape, room);
      return;
    }

  /* A stride of 0 repeats one number; no weights do. */
  if (entry->about.elements > MAX (entry->span / size, 1) ||
      entry->span / size / MAX_SPREAD > entry->about.elements)
    {
      set_fault (walk, "the numbers of %s lie one upon another, or too far apart", shown);
      return;
    }

  g_tree_insert (torch->entries, entry->name, entry);
  g_steal_pointer (&entry);
}

static void walk_value (Walk                *walk,
                        const char          *key,
                        const VcPickleValue *value);

static void
walk_items (Walk                *walk,
            const VcPickleValue *dict)
{
  if (dict == NULL || dict->kind != VC_PICKLE_DICT)
    return;

  for (guint i = 0; i + 1 < dict->n_items && walk->error == NULL; i += 2)
    if (dict->items[i]->kind == VC_PICKLE_STRING)
      walk_value (walk, dict->items[i]->text, dict->items[i + 1]);
}

/* A module as Python has it keeps its tensors and its parts apart, beside much else; one of TorchScript
 * has them all as attributes. */
static void
walk_object (Walk                *walk,
             const VcPickleValue *object)
{
  const VcPickleValue *modules = vc_pickle_look_up (object->state, "_modules");

  if (modules == NULL)
    {
      walk_items (walk, object->state);
      return;
    }

  walk_items (walk, vc_pickle_look_up (object->state, "_parameters"));
  walk_items (walk, vc_pickle_look_up (object->state, "_buffers"));
  walk_items (walk, modules);
}

static void
walk_value (Walk                *walk,
            const char          *key,
            const VcPickleValue *value)
{
  const gsize before = walk->prefix->len;

  if (++walk->steps > MAX_STEPS || walk->depth >= MAX_DEPTH)
    {
      set_fault (walk, "it is nested deeper than %d or has more than %d parts", MAX_DEPTH, MAX_STEPS);
      return;
    }

  if (value->kind == VC_PICKLE_TENSOR)
    add_tensor (walk, key, value);
  if (value->kind != VC_PICKLE_OBJECT && value->kind != VC_PICKLE_DICT)
    return;

  walk->depth++;
  g_string_append_printf (walk->prefix, "%.*s.", MAX_NAME, key);
  if (walk->prefix->len > 2 * MAX_NAME)
    set_fault (walk, "its names are longer than %d bytes", MAX_NAME);
  else if (value->kind == VC_PICKLE_OBJECT)
    walk_object (walk, value);
  else
    walk_items (walk, value);
  g_string_truncate (walk->prefix, before);
  walk->depth--;
}

/* Training programs keep the weights beside the optimiser's state and their own. */
static const VcPickleValue *
find_weights (const VcPickleValue *value)
{
  static const char *const keys[] = { "state_dict", "model", "module" };

  for (guint depth = 0; depth < G_N_ELEMENTS (keys); depth++)
    {
      const VcPickleValue *inner = NULL;

      for (guint i = 0; i < G_N_ELEMENTS (keys) && inner == NULL; i++)
        inner = vc_pickle_look_up (value, keys[i]);
      if (inner == NULL || (inner->kind != VC_PICKLE_DICT && inner->kind != VC_PICKLE_OBJECT))
        break;
      value = inner;
    }

  return value;
}

static gboolean
has_prefix (gpointer key,
            gpointer value,
            gpointer data)
{
  gboolean *all = data;

  *all = *all && g_str_has_prefix (key, "module.");

  return !*all;
}

static gboolean
move_entry (gpointer key,
            gpointer value,
            gpointer data)
{
  const Entry *old = value;
  const gsize size = strlen (old->name) + 1 - strlen ("module.");
  Entry *entry = g_malloc (sizeof *entry + size);

  *entry = *old;
  memcpy (entry->name, old->name + strlen ("module."), size);
  entry->about.name = entry->name;
  g_tree_insert (data, entry->name, entry);

  return FALSE;
}

static int
compare_names (gconstpointer a,
               gconstpointer b,
               gpointer      data)
{
  return strcmp (a, b);
}

static GTree *
new_entries (void)
{
  return g_tree_new_full (compare_names, NULL, NULL, g_free);
}

/* What was trained on several devices has "module." before each name. */
static void
drop_prefix (VcTorch *torch)
{
  gboolean all = TRUE;
  GTree *entries;

  g_tree_foreach (torch->entries, has_prefix, &all);
  if (!all)
    return;

  entries = new_entries ();
  g_tree_foreach (torch->entries, move_entry, entries);
  g_tree_unref (torch->entries);
  torch->entries = entries;
}

static gboolean
list_tensors (VcTorch             *torch,
              const VcPickleValue *root,
              GError             **error)
{
  const VcPickleValue *weights = find_weights (root);
  g_autoptr(GString) prefix = g_string_new (NULL);
  Walk walk = { torch, prefix };

  torch->script = root->kind == VC_PICKLE_OBJECT && g_str_has_prefix (root->text, "__torch__.");
  if (weights->kind == VC_PICKLE_OBJECT)
    walk_object (&walk, weights);
  else
    walk_items (&walk, weights);

  if (walk.error == NULL && g_tree_nnodes (torch->entries) == 0)
    {
      g_autofree char *shown = weights->kind == VC_PICKLE_OBJECT ? vc_error_quote (weights->text) : NULL;

      set_fault (&walk, "it holds %s%s, and no weights", shown == NULL ? "" : "an object of the class ",
                 shown != NULL ? shown : weights->kind == VC_PICKLE_DICT ? "a dictionary" : "values");
    }
  if (walk.error != NULL)
    {
      g_propagate_error (error, walk.error);
      return FALSE;
    }

  drop_prefix (torch);

  return TRUE;
}

/* The entry that says what there is: the first data.pkl in a folder. */
static gint64
find_pickle (VcTorch *torch)
{
  for (uint32_t i = 0; i < vc_zip_get_size (torch->zip); i++)
    {
      const char *name = vc_zip_get_name (torch->zip, i);
      const char *slash = strchr (name, '/');

      if (slash != NULL && strcmp (slash, "/data.pkl") == 0)
        {
          torch->root = g_strndup (name, slash + 1 - name);
          return i;
        }
    }

  return -1;
}

static gboolean
check_order (VcTorch  *torch,
             GError  **error)
{
  g_autofree char *name = g_strconcat (torch->root, "byteorder", NULL);
  const gint64 index = vc_zip_find (torch->zip, name);
  g_autofree char *order = NULL;
  gsize size;

  if (index < 0)
    return TRUE;

  order = vc_zip_read_all (torch->zip, index, 64, &size, error);
  if (order == NULL)
    return FALSE;

  if (strcmp (order, "little") != 0)
    g_set_error (error, VC_ERROR, VC_ERROR_BAD_MODEL,
                 "%s was written on a big-endian computer, and only little-endian files are read",
                 torch->what);

  return strcmp (order, "little") == 0;
}

VcTorch *
vc_torch_open (const char  *path,
               GError     **error)
{
  g_autoptr(VcTorch) torch = g_new0 (VcTorch, 1);
  g_autoptr(VcPickle) pickle = NULL;
  g_autofree char *bytes = NULL;
  gint64 index;
  gsize size;

  torch->what = vc_file_quote (path);
  torch->entries = new_entries ();
  torch->zip = vc_zip_open (path, error);
  if (torch->zip == NULL)
    return NULL;

  index = find_pickle (torch);
  if (index < 0)
    {
      g_set_error (error, VC_ERROR, VC_ERROR_BAD_MODEL,
                   "%s is a zip archive without a data.pkl, so no file of torch's", torch->what);
      return NULL;
    }

  bytes = vc_zip_read_all (torch->zip, index, VC_PICKLE_MAX_BYTES, &size, error);
  if (bytes == NULL || !check_order (torch, error))
    return NULL;

  pickle = vc_pickle_read (torch->what, (const uint8_t *) bytes, size, NULL, error);
  if (pickle == NULL || !list_tensors (torch, vc_pickle_get (pickle), error))
    return NULL;

  return g_steal_pointer (&torch);
}

void
vc_torch_free (VcTorch *torch)
{
  if (torch == NULL)
    return;

  vc_zip_free (torch->zip);
  g_tree_unref (torch->entries);
  g_free (torch->what);
  g_free (torch->root);
  g_free (torch->numbers);
  g_free (torch);
}

gboolean
vc_torch_is_script (VcTorch *torch)
{
  return torch->script;
}

static gboolean
collect_entry (gpointer key,
               gpointer value,
               gpointer data)
{
  g_ptr_array_add (data, value);
  return FALSE;
}

GPtrArray *
vc_torch_list (VcTorch *torch)
{
  GPtrArray *list = g_ptr_array_new ();

  g_tree_foreach (torch->entries, collect_entry, list);

  return list;
}

/* ---- numbers ---- */

static gboolean
read_dense (VcTorch      *torch,
            const Entry  *entry,
            guint64       first,
            gsize         n,
            float        *floats,
            gboolean     *finite,
            GError      **error)
{
  const guint size = vc_stored_size (entry->about.type);
  const gsize most = CHUNK / size;
  g_autofree uint8_t *chunk = g_malloc (CHUNK);

  for (gsize i = 0; i < n; i += most)
    {
      const gsize now = MIN (most, n - i);

      if (!vc_zip_read_at (torch->zip, entry->storage, entry->begin + (first + i) * size, chunk,
                           now * size, error))
        return FALSE;
      *finite &= vc_stored_widen (entry->about.type, chunk, 1, floats + i, now);
    }

  return TRUE;
}

/* Row by row of the innermost axis, from wherever in the tensor @first is. */
static void
pick (const Entry   *entry,
      const uint8_t *numbers,
      guint64        first,
      gsize          n,
      float         *floats,
      gboolean      *finite)
{
  const VcParameter *about = &entry->about;
  const uint32_t inner = about->n_axes - 1;
  const guint size = vc_stored_size (about->type);

  while (n > 0)
    {
      const uint64_t column = first % about->axes[inner];
      const gsize now = MIN (n, about->axes[inner] - column);
      uint64_t row = first / about->axes[inner];
      uint64_t at = column * entry->strides[inner];

      for (uint32_t i = inner; i > 0; i--)
        {
          at += row % about->axes[i - 1] * entry->strides[i - 1];
          row /= about->axes[i - 1];
        }

      *finite &= vc_stored_widen (about->type, numbers + at * size, entry->strides[inner], floats, now);
      floats += now;
      first += now;
      n -= now;
    }
}

gboolean
vc_torch_read (VcTorch            *torch,
               const VcParameter  *parameter,
               guint64             first,
               gsize               n,
               float              *floats,
               gboolean           *finite,
               GError            **error)
{
  const Entry *entry = (const Entry *) parameter;

  g_assert (g_tree_lookup (torch->entries, parameter->name) == entry);
  g_assert (vc_stored_readable (parameter->type));
  g_assert (first <= parameter->elements && n <= parameter->elements - first);

  *finite = TRUE;
  if (entry->contiguous)
    return read_dense (torch, entry, first, n, floats, finite, error);

  if (torch->spread != entry)
    {
      torch->spread = NULL;
      g_free (torch->numbers);
      torch->numbers = g_try_malloc (entry->span);
      if (torch->numbers == NULL)
        {
          g_set_error (error, VC_ERROR, VC_ERROR_OUT_OF_MEMORY, "%s: no room for %" G_GUINT64_FORMAT
                       " bytes", torch->what, entry->span);
          return FALSE;
        }
      if (!vc_zip_read_at (torch->zip, entry->storage, entry->begin, torch->numbers, entry->span, error))
        return FALSE;
      torch->spread = entry;
    }
  pick (entry, torch->numbers, first, n, floats, finite);

  return TRUE;
}
