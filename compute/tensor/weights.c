/* weights.c: a safetensors file, and the loader that places what is in it on a device
 *
 * The format: 8 bytes, the header's length, little-endian; the header, a JSON object of name to
 * { dtype, shape, data_offsets: [begin, end] }, offsets counted from the header's end; the numbers,
 * little-endian [huggingface/safetensors, README.md]. */

#include "tensor/weights.h"

#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "device-private.h"
#include "tensor/file.h"
#include "tensor/half.h"
#include "tensor/json.h"

#define MAX_HEADER 100000000  /* as the format's own reader has it */
#define MAX_NAME 512
#define MAX_STACK 8

/* What is made ready at a time on its way to the device. */
#define CHUNK (1u << 20)

typedef struct
{
  VcParameter about;   /* first: a parameter that is lent is its entry */
  uint64_t    begin;   /* bytes from the file's start */
  uint64_t    end;
  char        name[];
} Entry;

struct _VcWeights
{
  char          *what;     /* owned; weights “model.safetensors” */
  int            fd;       /* owned */
  const uint8_t *bytes;    /* owned mapping of the whole file */
  gsize          size;
  gsize          start;    /* where the numbers begin */
  GTree         *entries;  /* owned: name → Entry, the name lies in the entry; not a hash, which a
                            * file could make slow */
  char          *hash;     /* owned; NULL until asked for */
};

struct _VcLoader
{
  VcWeights *weights;  /* borrowed */
  VcArena   *arena;    /* owned until finished */
  gsize      room;     /* bytes that all tensors take */
  gsize      taken;    /* of them */
  VcBuffer  *buffer;   /* borrowed from the arena: its first */
  GString   *prefix;   /* owned */
  GError    *error;    /* owned; the first */
  uint8_t   *chunk;    /* owned */
  gsize      chunk_size;
};

/* How the numbers of an entry are to lie: extents of the result, and how many of the file's elements
 * one step along each is. */
typedef struct
{
  uint32_t size[4];
  gsize    step[4];
} View;

/* ---- the file ---- */

static gboolean
is_vector (const Entry *entry)
{
  uint32_t long_axes = 0;

  for (uint32_t i = 0; i < entry->about.n_axes; i++)
    long_axes += entry->about.axes[i] > 1;

  return long_axes <= 1;
}

static void
read_metadata (VcJson     *json,
               const char *key,
               gpointer    data)
{
  vc_json_string (json, NULL);
}

static void
read_entry (VcJson     *json,
            const char *key,
            gpointer    data)
{
  VcWeights *weights = data;
  const uint64_t room = weights->size - weights->start;
  const gsize length = strlen (key);
  g_autofree Entry *entry = NULL;
  const char *dtype;
  uint64_t offsets[2] = { 0, 0 };

  if (strcmp (key, "__metadata__") == 0)
    {
      vc_json_each (json, NULL, read_metadata, NULL);
      return;
    }

  if (length == 0 || length > MAX_NAME)
    {
      vc_json_fault (json, NULL, "has a name of %" G_GSIZE_FORMAT " bytes, wanted 1 to %d",
                     length, MAX_NAME);
      return;
    }

  entry = g_malloc0 (sizeof *entry + length + 1);
  memcpy (entry->name, key, length + 1);
  entry->about.name = entry->name;

  dtype = vc_json_string (json, "dtype");
  entry->about.n_axes = vc_json_u64s (json, "shape", entry->about.axes, 0, VC_PARAMETER_AXES,
                                      0, G_MAXINT64);
  vc_json_u64s (json, "data_offsets", offsets, 2, 2, 0, room);

  entry->about.type = vc_stored_find (dtype);
  if (entry->about.type == VC_STORED_TYPES)
    {
      g_autofree char *shown = vc_error_quote (dtype);

      vc_json_fault (json, "dtype", "is %s, which is not known", shown);
      return;
    }

  /* A product that overflows cannot be in the file either; neither can its bytes. */
  entry->about.elements = 1;
  for (uint32_t i = 0; i < entry->about.n_axes; i++)
    if (__builtin_mul_overflow (entry->about.elements, entry->about.axes[i], &entry->about.elements) ||
        entry->about.elements > room / vc_stored_size (entry->about.type))
      {
        vc_json_fault (json, "shape", "asks for more bytes than the file has");
        return;
      }

  if (offsets[0] > offsets[1] ||
      offsets[1] - offsets[0] != entry->about.elements * vc_stored_size (entry->about.type))
    {
      vc_json_fault (json, "data_offsets", "are %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT
                     ", wanted %" G_GUINT64_FORMAT " bytes", offsets[0], offsets[1],
                     entry->about.elements * vc_stored_size (entry->about.type));
      return;
    }

  entry->begin = weights->start + offsets[0];
  entry->end = weights->start + offsets[1];

  g_tree_insert (weights->entries, entry->name, entry);
  g_steal_pointer (&entry);
}

static int
compare_names (gconstpointer a,
               gconstpointer b,
               gpointer      data)
{
  return strcmp (a, b);
}

static int
compare_begins (gconstpointer a,
                gconstpointer b)
{
  const Entry *first = *(const Entry * const *) a;
  const Entry *second = *(const Entry * const *) b;

  if (first->begin != second->begin)
    return first->begin < second->begin ? -1 : 1;

  return (first->end > second->end) - (first->end < second->end);
}

static gboolean
collect_entry (gpointer key,
               gpointer value,
               gpointer data)
{
  g_ptr_array_add (data, value);
  return FALSE;
}

static gboolean
check_overlaps (VcWeights  *weights,
                GError    **error)
{
  g_autoptr(GPtrArray) sorted = g_ptr_array_new ();
  const Entry **entries;

  g_tree_foreach (weights->entries, collect_entry, sorted);
  g_ptr_array_sort (sorted, compare_begins);
  entries = (const Entry **) sorted->pdata;

  for (guint i = 1; i < sorted->len; i++)
    if (entries[i]->begin < entries[i - 1]->end)
      {
        g_autofree char *a = vc_error_quote (entries[i - 1]->name);
        g_autofree char *b = vc_error_quote (entries[i]->name);

        g_set_error (error, VC_ERROR, VC_ERROR_BAD_MODEL, "%s: %s and %s overlap",
                     weights->what, a, b);
        return FALSE;
      }

  return TRUE;
}

static gboolean
read_header (VcWeights  *weights,
             GError    **error)
{
  g_autofree char *what = g_strconcat ("header of ", weights->what, NULL);
  g_autofree char *text = NULL;
  g_autoptr(VcJson) json = NULL;
  uint8_t length[8];
  guint64 n = 0;

  if (weights->size < sizeof length)
    {
      g_set_error (error, VC_ERROR, VC_ERROR_BAD_MODEL, "%s: its %" G_GSIZE_FORMAT
                   " bytes are too few for a safetensors file", weights->what, weights->size);
      return FALSE;
    }

  if (!vc_file_read_at (weights->fd, weights->what, 0, length, sizeof length, error))
    return FALSE;
  for (guint i = 0; i < sizeof length; i++)
    n |= (guint64) length[i] << (8 * i);

  if (n > MAX_HEADER || n > weights->size - sizeof length)
    {
      g_set_error (error, VC_ERROR, VC_ERROR_BAD_MODEL, "%s: a header of %" G_GUINT64_FORMAT
                   " bytes in a file of %" G_GSIZE_FORMAT ": not a safetensors file, or cut short",
                   weights->what, n, weights->size);
      return FALSE;
    }

  /* Read, not mapped: a parser is no place for a page that is gone. */
  text = g_malloc (n + 1);
  if (!vc_file_read_at (weights->fd, weights->what, sizeof length, text, n, error))
    return FALSE;

  weights->start = sizeof length + n;
  json = vc_json_parse (what, text, n, error);
  if (json == NULL)
    return FALSE;

  vc_json_each (json, NULL, read_entry, weights);

  return vc_json_finish (json, error) && check_overlaps (weights, error);
}

VcWeights *
vc_weights_open (const char  *path,
                 GError     **error)
{
  g_autoptr(VcWeights) weights = NULL;
  g_autofree char *name = vc_file_quote (path);
  gsize size;
  const int fd = vc_file_open (path, G_MAXSSIZE, &size, error);
  void *bytes;

  if (fd < 0)
    return NULL;

  weights = g_new0 (VcWeights, 1);
  weights->what = g_strconcat ("weights ", name, NULL);
  weights->fd = fd;
  weights->size = size;
  weights->entries = g_tree_new_full (compare_names, NULL, NULL, g_free);

  if (!read_header (weights, error))
    return NULL;

  bytes = mmap (NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
  if (bytes == MAP_FAILED)
    {
      g_set_error (error, VC_ERROR, VC_ERROR_BAD_MODEL, "%s cannot be mapped", weights->what);
      return NULL;
    }
  weights->bytes = bytes;

  return g_steal_pointer (&weights);
}

void
vc_weights_free (VcWeights *weights)
{
  if (weights == NULL)
    return;

  if (weights->bytes != NULL)
    munmap ((void *) weights->bytes, weights->size);
  close (weights->fd);
  g_tree_unref (weights->entries);
  g_free (weights->what);
  g_free (weights->hash);
  g_free (weights);
}

gboolean
vc_weights_has (VcWeights  *weights,
                const char *name)
{
  return g_tree_lookup (weights->entries, name) != NULL;
}

/* Whether the file still has all the bytes that are mapped. */
static gboolean
check_whole (VcWeights  *weights,
             GError    **error)
{
  struct stat status;

  if (fstat (weights->fd, &status) == 0 && (guint64) status.st_size >= weights->size)
    return TRUE;

  g_set_error (error, VC_ERROR, VC_ERROR_BAD_MODEL, "%s: it was cut short while it was read",
               weights->what);

  return FALSE;
}

GPtrArray *
vc_weights_list (VcWeights *weights)
{
  GPtrArray *list = g_ptr_array_new ();

  g_tree_foreach (weights->entries, collect_entry, list);

  /* What an entry is about is the first of its fields. */
  return list;
}

gboolean
vc_weights_read (VcWeights          *weights,
                 const VcParameter  *parameter,
                 guint64             first,
                 gsize               n,
                 void               *bytes,
                 GError            **error)
{
  const Entry *entry = (const Entry *) parameter;
  const guint size = vc_stored_size (parameter->type);

  g_assert (g_tree_lookup (weights->entries, parameter->name) == entry);
  g_assert (first <= parameter->elements && n <= parameter->elements - first);

  return vc_file_read_at (weights->fd, weights->what, entry->begin + first * size, bytes, n * size,
                          error);
}

/* Gives back the pages of what was read: they would stay until the file is closed. */
static void
forget_pages (VcWeights *weights,
              gsize      begin,
              gsize      end)
{
  const gsize page = sysconf (_SC_PAGESIZE);
  const gsize first = begin & ~(page - 1);

  /* Refusal costs memory, nothing else. */
  madvise ((void *) (weights->bytes + first), end - first, MADV_DONTNEED);
}

const char *
vc_weights_hash (VcWeights  *weights,
                 GError    **error)
{
  g_autoptr(GChecksum) checksum = NULL;
  g_autofree uint8_t *chunk = NULL;

  if (weights->hash != NULL)
    return weights->hash;

  checksum = g_checksum_new (G_CHECKSUM_SHA256);
  chunk = g_malloc (CHUNK);
  for (gsize at = 0; at < weights->size; at += CHUNK)
    {
      const gsize n = MIN (CHUNK, weights->size - at);

      if (!vc_file_read_at (weights->fd, weights->what, at, chunk, n, error))
        return NULL;
      g_checksum_update (checksum, chunk, n);
    }
  weights->hash = g_strdup (g_checksum_get_string (checksum));

  return weights->hash;
}

/* ---- the loader ---- */

/* What the tensors of one stack have alike: "h.0.attn" of "h.0.attn.q.weight". */
static char *
get_family (const char *name)
{
  const char *last = strrchr (name, '.');
  const char *second = last == NULL ? NULL : memrchr (name, '.', last - name);

  return second == NULL ? g_strdup ("") : g_strndup (name, second - name);
}

typedef struct
{
  GTree *wide;  /* families of matrices that are not all F16 */
  GTree *sums;  /* from a family to a gsize: the bytes of its tensors, of which a stack is a part */
  gsize  size;
  gsize  largest;  /* of the sums */
} Measure;

static gboolean
find_wide (gpointer key,
           gpointer value,
           gpointer data)
{
  const Entry *entry = value;
  const Measure *measure = data;

  if (vc_stored_readable (entry->about.type) && entry->about.type != VC_STORED_F16 && !is_vector (entry))
    g_tree_insert (measure->wide, get_family (entry->name), GINT_TO_POINTER (TRUE));

  return FALSE;
}

static gboolean
add_room (gpointer key,
          gpointer value,
          gpointer data)
{
  const Entry *entry = value;
  Measure *measure = data;
  g_autofree char *family = get_family (entry->name);
  gsize *sum = g_tree_lookup (measure->sums, family);
  gsize room;

  if (!vc_stored_readable (entry->about.type))
    return FALSE;

  room = vc_arena_room (entry->about.type != VC_STORED_F16 || is_vector (entry) ||
                        g_tree_lookup (measure->wide, family) ? VC_F32 : VC_F16,
                        entry->about.elements);
  measure->size += room;

  if (sum == NULL)
    {
      sum = g_new0 (gsize, 1);
      g_tree_insert (measure->sums, g_steal_pointer (&family), sum);
    }
  *sum += room;
  measure->largest = MAX (measure->largest, *sum);

  return FALSE;
}

/* Room for each readable tensor once, and for the largest that a stack of them can be. F16 beside F32
 * may become f32 in a stack. */
static void
measure_weights (VcWeights *weights,
                 gsize     *size,
                 gsize     *largest)
{
  g_autoptr(GTree) wide = g_tree_new_full (compare_names, NULL, g_free, NULL);
  g_autoptr(GTree) sums = g_tree_new_full (compare_names, NULL, g_free, g_free);
  Measure measure = { wide, sums, VC_TENSOR_ALIGN, 0 };

  g_tree_foreach (weights->entries, find_wide, &measure);
  g_tree_foreach (weights->entries, add_room, &measure);

  *size = measure.size;
  *largest = measure.largest;
}

gsize
vc_weights_get_room (VcWeights *weights)
{
  gsize room, largest;

  measure_weights (weights, &room, &largest);

  return room;
}

VcLoader *
vc_loader_new (VcDevice   *device,
               VcWeights  *weights,
               GError    **error)
{
  VcArena *arena;
  VcLoader *loader;
  gsize room, largest;

  measure_weights (weights, &room, &largest);
  arena = vc_arena_new_pieces (device, room, largest, error);
  if (arena == NULL)
    return NULL;

  loader = g_new0 (VcLoader, 1);
  loader->weights = weights;
  loader->arena = arena;
  loader->room = room;
  loader->buffer = vc_arena_take (arena, VC_F32, 1, 1).buffer;
  loader->prefix = g_string_new (NULL);
  vc_arena_reset (arena, 0);

  return loader;
}

void
vc_loader_free (VcLoader *loader)
{
  if (loader == NULL)
    return;

  vc_arena_free (loader->arena);
  g_string_free (loader->prefix, TRUE);
  g_clear_error (&loader->error);
  g_free (loader->chunk);
  g_free (loader);
}

void
vc_loader_prefix (VcLoader   *loader,
                  const char *format,
                  ...)
{
  va_list arguments;

  g_string_truncate (loader->prefix, 0);
  if (format == NULL)
    return;

  va_start (arguments, format);
  g_string_append_vprintf (loader->prefix, format, arguments);
  va_end (arguments);
}

gboolean
vc_loader_has (VcLoader   *loader,
               const char *name)
{
  g_autofree char *full = g_strconcat (loader->prefix->str, name, NULL);

  return vc_weights_has (loader->weights, full);
}

static void
set_fault (VcLoader   *loader,
           const char *name,
           const char *fault)
{
  g_autofree char *full = g_strconcat (loader->prefix->str, name, NULL);
  g_autofree char *shown = vc_error_quote (full);

  if (loader->error == NULL)
    g_set_error (&loader->error, VC_ERROR, VC_ERROR_BAD_MODEL, "%s: %s %s",
                 loader->weights->what, shown, fault);
}

/* The same extents, those of 1 left out. */
static gboolean
fits (const Entry    *entry,
      const uint64_t *axes,
      uint32_t        n_axes)
{
  uint32_t i = 0;
  uint32_t k = 0;

  for (;;)
    {
      while (i < entry->about.n_axes && entry->about.axes[i] == 1)
        i++;
      while (k < n_axes && axes[k] == 1)
        k++;
      if (i == entry->about.n_axes || k == n_axes)
        return i == entry->about.n_axes && k == n_axes;
      if (entry->about.axes[i++] != axes[k++])
        return FALSE;
    }
}

/* The entry of prefix and @name if it has this shape, or NULL and a fault. */
static const Entry *
find_entry (VcLoader       *loader,
            const char     *name,
            const uint64_t *axes,
            uint32_t        n_axes)
{
  g_autofree char *full = g_strconcat (loader->prefix->str, name, NULL);
  const Entry *entry = g_tree_lookup (loader->weights->entries, full);

  if (loader->error != NULL)
    return NULL;

  if (entry == NULL)
    {
      set_fault (loader, name, "is missing");
      return NULL;
    }

  if (!vc_stored_readable (entry->about.type) || !fits (entry, axes, n_axes))
    {
      g_autofree char *is = vc_shape_describe (entry->about.axes, entry->about.n_axes);
      g_autofree char *wanted = vc_shape_describe (axes, n_axes);
      g_autofree char *fault =
        g_strdup_printf ("is %s %s, wanted %s%s", vc_stored_shown (entry->about.type), is,
                         vc_stored_readable (entry->about.type) ? "" : "f32, f16 or bf16 ", wanted);

      set_fault (loader, name, fault);
      return NULL;
    }

  return entry;
}

/* Room for a tensor; what is given after a fault has the right shape and lies anywhere. */
static VcTensor
take (VcLoader       *loader,
      const char     *name,
      VcDtype         dtype,
      const uint32_t  size[4])
{
  const VcTensor tensor = { loader->buffer, 0, dtype, { size[0], size[1], size[2], size[3] } };
  const gsize room = vc_arena_room (dtype, vc_tensor_elements (&tensor));

  if (loader->error == NULL && room > loader->room - loader->taken)
    set_fault (loader, name, "has no room left: it, or another tensor, was asked for twice");

  if (loader->error != NULL)
    return tensor;

  loader->taken += room;

  return vc_arena_take4 (loader->arena, dtype, size[0], size[1], size[2], size[3]);
}

/* One row of the result from elements that are @step apart; FALSE if one of them is not finite. Nothing
 * is assumed of where @from lies. */
static gboolean
copy_row (void          *to,
          VcDtype        dtype,
          const uint8_t *from,
          VcStored       type,
          gsize          step,
          uint32_t       width)
{
  uint16_t *halves = to;
  gboolean finite = TRUE;

  if (dtype != VC_F16)
    return vc_stored_widen (type, from, step, to, width);

  for (uint32_t i = 0; i < width; i++)
    {
      uint16_t bits;

      memcpy (&bits, from + 2 * step * i, 2);
      halves[i] = GUINT16_FROM_LE (bits);
      finite &= (halves[i] & 0x7c00) != 0x7c00;
    }

  return finite;
}

/* Writes @entry, seen as @view, into @tensor from its row @first on. */
static void
place (VcLoader       *loader,
       const char     *name,
       const Entry    *entry,
       const View     *view,
       const VcTensor *tensor,
       gsize           first)
{
  VcWeights *weights = loader->weights;
  const uint8_t *from = weights->bytes + entry->begin;
  const gsize step = vc_stored_size (entry->about.type);
  const gsize rows = (gsize) view->size[0] * view->size[1] * view->size[2];
  const gsize row_size = view->size[3] * vc_dtype_size (tensor->dtype);
  const gsize at_once = CLAMP (CHUNK / row_size, 1, rows);
  gboolean finite = TRUE;

  if (loader->error != NULL || !check_whole (weights, &loader->error))
    return;

  if (loader->chunk_size < at_once * row_size)
    {
      loader->chunk_size = at_once * row_size;
      loader->chunk = g_realloc (loader->chunk, loader->chunk_size);
    }

  for (gsize r = 0; r < rows && finite && loader->error == NULL; r += at_once)
    {
      const gsize n = MIN (at_once, rows - r);

      for (gsize i = r; i < r + n; i++)
        {
          const gsize c = i % view->size[2];
          const gsize b = i / view->size[2] % view->size[1];
          const gsize a = i / view->size[2] / view->size[1];
          const gsize offset = a * view->step[0] + b * view->step[1] + c * view->step[2];

          finite &= copy_row (loader->chunk + (i - r) * row_size, tensor->dtype,
                              from + offset * step, entry->about.type, view->step[3], view->size[3]);
        }

      if (finite)
        tensor->buffer->device->class->upload (tensor->buffer,
                                               tensor->offset + (first + r) * row_size,
                                               loader->chunk, n * row_size, &loader->error);

      /* Rows that are rows of the file too will not be read again. */
      if (view->step[3] == 1)
        forget_pages (weights, entry->begin + r * view->size[3] * step,
                      entry->begin + (r + n) * view->size[3] * step);
    }

  forget_pages (weights, entry->begin, entry->end);

  if (!finite)
    set_fault (loader, name, "has numbers that are not finite");
}

static VcDtype
choose_dtype (const Entry *entry)
{
  return entry != NULL && entry->about.type == VC_STORED_F16 ? VC_F16 : VC_F32;
}

static VcTensor
load (VcLoader       *loader,
      const char     *name,
      const uint64_t *axes,
      uint32_t        n_axes,
      const View     *view)
{
  const Entry *entry = find_entry (loader, name, axes, n_axes);
  const VcTensor tensor = take (loader, name, choose_dtype (entry), view->size);

  if (entry != NULL)
    place (loader, name, entry, view, &tensor, 0);

  return tensor;
}

/* ---- what models call ---- */

VcTensor
vc_loader_vector (VcLoader   *loader,
                  const char *name,
                  uint32_t    width)
{
  return vc_loader_stack_vector (loader, VC_NAMES (name), width);
}

VcTensor
vc_loader_matrix (VcLoader   *loader,
                  const char *name,
                  uint32_t    rows,
                  uint32_t    width)
{
  const uint64_t axes[] = { rows, width };
  const View view = { { 1, 1, rows, width }, { 0, 0, width, 1 } };

  return load (loader, name, axes, 2, &view);
}

VcTensor
vc_loader_transposed (VcLoader   *loader,
                      const char *name,
                      uint32_t    rows,
                      uint32_t    width)
{
  const uint64_t axes[] = { width, rows };
  const View view = { { 1, 1, rows, width }, { 0, 0, 1, rows } };

  return load (loader, name, axes, 2, &view);
}

VcTensor
vc_loader_kernel (VcLoader   *loader,
                  const char *name,
                  uint32_t    out,
                  uint32_t    in,
                  uint32_t    side)
{
  const uint64_t axes[] = { out, in, side, side };
  const gsize area = (gsize) side * side;
  const View view = { { out, side, side, in }, { in * area, side, 1, area } };

  return load (loader, name, axes, 4, &view);
}

float
vc_loader_scalar (VcLoader   *loader,
                  const char *name)
{
  const Entry *entry = find_entry (loader, name, NULL, 0);
  float value = 0;

  if (entry == NULL || !check_whole (loader->weights, &loader->error))
    return 0;

  if (!copy_row (&value, VC_F32, loader->weights->bytes + entry->begin, entry->about.type, 1, 1))
    {
      set_fault (loader, name, "is not finite");
      return 0;
    }

  return value;
}

VcTensor
vc_loader_stack (VcLoader           *loader,
                 const char * const *names,
                 uint32_t            rows,
                 uint32_t            width)
{
  const uint32_t n = g_strv_length ((char **) names);
  const uint64_t axes[] = { rows, width };
  const View view = { { 1, 1, rows, width }, { 0, 0, width, 1 } };
  const Entry *entries[MAX_STACK];
  VcDtype dtype = VC_F16;
  VcTensor tensor;

  g_assert (n > 0 && n <= MAX_STACK && rows <= G_MAXUINT32 / n);

  for (uint32_t i = 0; i < n; i++)
    {
      entries[i] = find_entry (loader, names[i], axes, 2);
      if (choose_dtype (entries[i]) == VC_F32)
        dtype = VC_F32;
    }

  tensor = take (loader, names[0], dtype, (const uint32_t[]) { 1, 1, n * rows, width });
  for (uint32_t i = 0; i < n; i++)
    if (entries[i] != NULL)
      place (loader, names[i], entries[i], &view, &tensor, (gsize) i * rows);

  return tensor;
}

VcTensor
vc_loader_stack_vector (VcLoader           *loader,
                        const char * const *names,
                        uint32_t            width)
{
  const uint32_t n = g_strv_length ((char **) names);
  const uint64_t axes[] = { width };
  const View view = { { 1, 1, 1, width }, { 0, 0, 0, 1 } };
  const VcTensor tensor = take (loader, names[0], VC_F32, (const uint32_t[]) { 1, 1, 1, n * width });

  g_assert (n > 0 && width <= G_MAXUINT32 / n);

  for (uint32_t i = 0; i < n; i++)
    {
      const Entry *entry = find_entry (loader, names[i], axes, 1);

      if (entry != NULL)
        place (loader, names[i], entry, &view, &tensor, i);
    }

  return tensor;
}

VcArena *
vc_loader_finish (VcLoader  *loader,
                  GError   **error)
{
  if (loader->error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&loader->error));
      return NULL;
    }

  return g_steal_pointer (&loader->arena);
}
