/* checkpoint.c: the weights that a publisher gives away, whatever kind of file they lie in */

#include "convert/checkpoint.h"

#include <string.h>
#include <unistd.h>

#include "convert/torch.h"
#include "tensor/file.h"
#include "tensor/json.h"
#include "tensor/weights.h"

#define MAX_FILES 256

/* What is read at a time of a file whose numbers lie one after another. */
#define CHUNK (256u << 10)

/* One file: one of the two is there. */
typedef struct
{
  char      *name;     /* owned; in the folder of the index */
  char      *what;     /* owned; “model.pt” */
  VcWeights *weights;  /* owned */
  VcTorch   *torch;    /* owned */
} Source;

struct _VcCheckpoint
{
  GPtrArray  *sources;     /* owned: of Source */
  GPtrArray  *parameters;  /* owned: of const VcParameter, by name */
  GHashTable *homes;       /* owned: VcParameter → Source, both borrowed */
};

static void
free_source (gpointer data)
{
  Source *source = data;

  vc_weights_free (source->weights);
  vc_torch_free (source->torch);
  g_free (source->name);
  g_free (source->what);
  g_free (source);
}

/* Whether the file begins as archives do. */
static gboolean
probe (const char *path,
       gboolean   *torch,
       GError    **error)
{
  /* a pickle of the number that torch.save() began with before its version 1.6 */
  static const uint8_t old[] = { 0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19 };
  g_autofree char *what = vc_file_quote (path);
  uint8_t start[sizeof old] = { 0 };
  gsize size;
  const int fd = vc_file_open (path, G_MAXSSIZE, &size, error);
  gboolean done;

  if (fd < 0)
    return FALSE;

  done = vc_file_read_at (fd, what, 0, start, MIN (size, sizeof start), error);
  close (fd);
  *torch = memcmp (start, "PK\3\4", 4) == 0;
  if (done && memcmp (start, old, sizeof old) == 0)
    {
      g_set_error (error, VC_ERROR, VC_ERROR_BAD_MODEL, "%s has the form that torch wrote before its version 1.6: "
                   "open it with a newer one and save it again", what);
      return FALSE;
    }

  return done;
}

static Source *
open_source (VcCheckpoint *checkpoint,
             const char   *path,
             GError      **error)
{
  Source *source;
  gboolean torch;

  if (!probe (path, &torch, error))
    return NULL;

  source = g_new0 (Source, 1);
  source->name = g_path_get_basename (path);
  source->what = vc_file_quote (path);
  g_ptr_array_add (checkpoint->sources, source);

  if (torch)
    source->torch = vc_torch_open (path, error);
  else
    source->weights = vc_weights_open (path, error);

  return source->torch == NULL && source->weights == NULL ? NULL : source;
}

static int
compare_name (gconstpointer parameter,
              const char   *name)
{
  return strcmp (((const VcParameter *) parameter)->name, name);
}

static int
compare_parameters (gconstpointer a,
                    gconstpointer b)
{
  return compare_name (*(const VcParameter * const *) a, (*(const VcParameter * const *) b)->name);
}

static GPtrArray *
list_source (Source *source)
{
  return source->torch != NULL ? vc_torch_list (source->torch) : vc_weights_list (source->weights);
}

static void
add_parameter (VcCheckpoint      *checkpoint,
               Source            *source,
               const VcParameter *parameter)
{
  g_ptr_array_add (checkpoint->parameters, (gpointer) parameter);
  g_hash_table_insert (checkpoint->homes, (gpointer) parameter, source);
}

/* ---- weights in several files ---- */

typedef struct
{
  VcCheckpoint *checkpoint;
  const char   *folder;
  GError       *error;  /* the first that is not the index's own */
} Index;

static Source *
find_source (Index      *index,
             const char *name)
{
  g_autofree char *path = g_build_filename (index->folder, name, NULL);

  for (guint i = 0; i < index->checkpoint->sources->len; i++)
    {
      Source *source = index->checkpoint->sources->pdata[i];

      if (strcmp (source->name, name) == 0)
        return source;
    }

  return open_source (index->checkpoint, path, &index->error);
}

static void
read_place (VcJson     *json,
            const char *key,
            gpointer    data)
{
  Index *index = data;
  const char *name = vc_json_string (json, NULL);

  if (index->error != NULL)
    return;

  if (*name == '\0' || *name == '.' || strchr (name, G_DIR_SEPARATOR) != NULL)
    vc_json_fault (json, NULL, "is not the name of a file beside it");
  else if (index->checkpoint->sources->len == MAX_FILES)
    vc_json_fault (json, NULL, "is one file more than %d", MAX_FILES);
  else
    find_source (index, name);
}

/* Opens every file that the index names; what is in them, they say themselves. */
static gboolean
read_index (VcCheckpoint *checkpoint,
            const char   *path,
            GError      **error)
{
  g_autoptr(VcJson) json = vc_json_load (path, VC_JSON_VOCABULARY, error);
  g_autofree char *folder = g_path_get_dirname (path);
  Index index = { checkpoint, folder };

  if (json == NULL)
    return FALSE;

  if (vc_json_count (json, "weight_map") == 0)
    vc_json_fault (json, "weight_map", "names no weights");
  vc_json_each (json, "weight_map", read_place, &index);

  if (index.error != NULL)
    {
      g_propagate_error (error, index.error);
      return FALSE;
    }

  return vc_json_finish (json, error);
}

/* ---- the whole ---- */

static gboolean
gather (VcCheckpoint *checkpoint,
        GError      **error)
{
  for (guint i = 0; i < checkpoint->sources->len; i++)
    {
      Source *source = checkpoint->sources->pdata[i];
      g_autoptr(GPtrArray) list = list_source (source);

      for (guint k = 0; k < list->len; k++)
        add_parameter (checkpoint, source, list->pdata[k]);
    }

  g_ptr_array_sort (checkpoint->parameters, compare_parameters);
  for (guint i = 1; i < checkpoint->parameters->len; i++)
    {
      const VcParameter *parameter = checkpoint->parameters->pdata[i];

      if (compare_name (checkpoint->parameters->pdata[i - 1], parameter->name) == 0)
        {
          const Source *source = g_hash_table_lookup (checkpoint->homes, parameter);
          g_autofree char *shown = vc_error_quote (parameter->name);

          g_set_error (error, VC_ERROR, VC_ERROR_BAD_MODEL, "%s: %s is in another file, too",
                       source->what, shown);
          return FALSE;
        }
    }

  return TRUE;
}

VcCheckpoint *
vc_checkpoint_open (const char  *path,
                    GError     **error)
{
  g_autoptr(VcCheckpoint) checkpoint = g_new0 (VcCheckpoint, 1);

  checkpoint->sources = g_ptr_array_new_with_free_func (free_source);
  checkpoint->parameters = g_ptr_array_new ();
  checkpoint->homes = g_hash_table_new (NULL, NULL);

  if (g_str_has_suffix (path, ".json"))
    {
      if (!read_index (checkpoint, path, error))
        return NULL;
    }
  else if (open_source (checkpoint, path, error) == NULL)
    return NULL;

  return gather (checkpoint, error) ? g_steal_pointer (&checkpoint) : NULL;
}

void
vc_checkpoint_free (VcCheckpoint *checkpoint)
{
  if (checkpoint == NULL)
    return;

  g_hash_table_unref (checkpoint->homes);
  g_ptr_array_unref (checkpoint->parameters);
  g_ptr_array_unref (checkpoint->sources);
  g_free (checkpoint);
}

gboolean
vc_checkpoint_is_script (VcCheckpoint *checkpoint)
{
  const Source *source = checkpoint->sources->pdata[0];

  return source->torch != NULL && vc_torch_is_script (source->torch);
}

GPtrArray *
vc_checkpoint_list (VcCheckpoint *checkpoint)
{
  return checkpoint->parameters;
}

const VcParameter *
vc_checkpoint_find (VcCheckpoint *checkpoint,
                    const char   *name)
{
  guint low = 0;
  guint high = checkpoint->parameters->len;

  while (low < high)
    {
      const guint middle = low + (high - low) / 2;
      const int order = compare_name (checkpoint->parameters->pdata[middle], name);

      if (order == 0)
        return checkpoint->parameters->pdata[middle];
      if (order < 0)
        low = middle + 1;
      else
        high = middle;
    }

  return NULL;
}

static gboolean
read_dense (VcWeights          *weights,
            const VcParameter  *parameter,
            guint64             first,
            gsize               n,
            float              *floats,
            gboolean           *finite,
            GError            **error)
{
  const gsize most = CHUNK / vc_stored_size (parameter->type);
  g_autofree uint8_t *chunk = g_malloc (CHUNK);

  for (gsize i = 0; i < n; i += most)
    {
      const gsize now = MIN (most, n - i);

      if (!vc_weights_read (weights, parameter, first + i, now, chunk, error))
        return FALSE;
      *finite &= vc_stored_widen (parameter->type, chunk, 1, floats + i, now);
    }

  return TRUE;
}

gboolean
vc_checkpoint_read (VcCheckpoint       *checkpoint,
                    const VcParameter  *parameter,
                    guint64             first,
                    gsize               n,
                    float              *floats,
                    GError            **error)
{
  const Source *source = g_hash_table_lookup (checkpoint->homes, parameter);
  gboolean finite = TRUE;

  g_assert (source != NULL && first <= parameter->elements && n <= parameter->elements - first);

  if (!vc_stored_readable (parameter->type))
    {
      g_autofree char *shown = vc_error_quote (parameter->name);

      g_set_error (error, VC_ERROR, VC_ERROR_BAD_MODEL, "%s: %s is %s, wanted f32, f16 or bf16",
                   source->what, shown, vc_stored_shown (parameter->type));
      return FALSE;
    }

  if (source->torch != NULL
      ? !vc_torch_read (source->torch, parameter, first, n, floats, &finite, error)
      : !read_dense (source->weights, parameter, first, n, floats, &finite, error))
    return FALSE;

  if (!finite)
    {
      g_autofree char *shown = vc_error_quote (parameter->name);

      g_set_error (error, VC_ERROR, VC_ERROR_BAD_MODEL, "%s: %s has numbers that are not finite",
                   source->what, shown);
    }

  return finite;
}
