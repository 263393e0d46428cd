/* import.c: a published model, recognised by what is in its files and converted into the one layout that runs */

#include "convert/import-private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "model/config.h"
#include "tensor/file.h"
#include "tensor/json.h"

/* What is copied at a time. */
#define CHUNK (1u << 20)
/* A card or a licence. */
#define MAX_CARD (4u << 20)

/* One of text, from and plan is there. */
typedef struct
{
  char    *name;  /* owned */
  char    *text;  /* owned */
  char    *from;  /* owned */
  VcPlan  *plan;  /* owned */
  guint64  size;
} Output;

static const VcRecognizer recognizers[] = {
  vc_import_drawing,
  vc_import_bart,
  vc_import_dvae,
  vc_import_kakao,
  vc_import_rudalle,
  vc_import_clip,
};

static void
clear_output (gpointer data)
{
  Output *output = data;

  g_free (output->name);
  g_free (output->text);
  g_free (output->from);
  vc_plan_free (output->plan);
}

void
vc_import_free (VcImport *import)
{
  if (import == NULL)
    return;

  g_array_unref (import->outputs);
  g_ptr_array_unref (import->checkpoints);
  if (import->free_data != NULL)
    import->free_data (import->data);
  g_free (import->path);
  g_free (import->folder);
  g_free (import->name);
  g_free (import);
}

const char *
vc_import_get_name (VcImport *import)
{
  return import->name;
}

/* ---- what a kind asks for ---- */

VcCheckpoint *
vc_import_take_checkpoint (VcImport    *import,
                           const char  *path,
                           GError     **error)
{
  VcCheckpoint *checkpoint = vc_checkpoint_open (path, error);

  if (checkpoint != NULL)
    g_ptr_array_add (import->checkpoints, checkpoint);

  return checkpoint;
}

char *
vc_import_build_path (VcImport   *import,
                      const char *name)
{
  return g_build_filename (import->folder, name, NULL);
}

gboolean
vc_import_has_file (VcImport   *import,
                    const char *name)
{
  g_autofree char *path = vc_import_build_path (import, name);

  return g_file_test (path, G_FILE_TEST_IS_REGULAR);
}

void
vc_import_add_text (VcImport   *import,
                    const char *name,
                    const char *text)
{
  const Output output = { .name = g_strdup (name), .text = g_strdup (text), .size = strlen (text) };

  g_array_append_val (import->outputs, output);
}

void
vc_import_add_copy (VcImport   *import,
                    const char *name,
                    const char *from)
{
  Output output = { .name = g_strdup (name), .from = vc_import_build_path (import, from) };
  struct stat status;

  if (stat (output.from, &status) == 0)
    output.size = status.st_size;
  g_array_append_val (import->outputs, output);
}

void
vc_import_add_plan (VcImport   *import,
                    const char *name,
                    VcPlan     *plan)
{
  const Output output = { .name = g_strdup (name), .plan = plan, .size = vc_plan_measure (plan) };

  g_array_append_val (import->outputs, output);
}

/* What may hold weights, by its name. */
static gboolean
has_weights_name (const char *name)
{
  static const char *const ends[] = { ".safetensors", ".bin", ".pt", ".pth", ".ckpt", ".pkl" };

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    if (g_str_has_suffix (name, ends[i]))
      return TRUE;

  return FALSE;
}

char *
vc_import_find_weights (VcImport *import)
{
  static const char *const names[] = {
    "model.safetensors", "model.safetensors.index.json", "open_clip_model.safetensors",
    "pytorch_model.bin", "pytorch_model.bin.index.json", "open_clip_pytorch_model.bin",
  };
  g_autofree char *only = NULL;
  g_autoptr(GDir) dir = NULL;
  const char *name;

  if (strcmp (import->path, import->folder) != 0)
    return g_strdup (import->path);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (vc_import_has_file (import, names[i]))
      return vc_import_build_path (import, names[i]);

  dir = g_dir_open (import->folder, 0, NULL);  /* what cannot be read has nothing in it */
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (has_weights_name (name) && vc_import_has_file (import, name))
      {
        if (only != NULL)
          return NULL;
        only = vc_import_build_path (import, name);
      }

  return g_steal_pointer (&only);
}

/* ---- opening ---- */

/* “ViT-B-32” of “…/ViT-B-32.pt”; a folder's name where the file's says nothing. */
static char *
choose_name (VcImport *import)
{
  static const char *const plain[] = {
    "model", "pytorch_model", "open_clip_model", "open_clip_pytorch_model", "weights", NULL,
  };
  g_autofree char *folder = g_canonicalize_filename (import->folder, NULL);
  char *name = g_path_get_basename (import->path);
  char *dot;

  if (strcmp (import->path, import->folder) != 0)
    {
      dot = strrchr (name, '.');
      if (g_str_has_suffix (name, ".index.json"))
        dot = strstr (name, ".");
      if (dot != NULL && dot > name)
        *dot = '\0';
      if (!g_strv_contains (plain, name))
        return name;
    }

  /* huggingface_hub keeps models--OWNER--NAME/snapshots/COMMIT */
  g_free (name);
  name = g_path_get_basename (folder);
  dot = strstr (folder, "/models--");
  if (dot != NULL && strstr (dot, "/snapshots/") != NULL)
    {
      g_auto(GStrv) parts = g_strsplit (dot + strlen ("/models--"), "/", 2);
      const char *owner = strstr (parts[0], "--");

      g_free (name);
      name = g_strdup (owner == NULL ? parts[0] : owner + strlen ("--"));
    }

  /* halves of a pair */
  if (strcmp (name, "clip") == 0 || strcmp (name, "dalle") == 0)
    {
      g_autofree char *parent = g_path_get_dirname (folder);

      g_free (name);
      name = g_path_get_basename (parent);
    }

  return name;
}

/* What is there, for whom it is not what was hoped for. */
static void
set_unknown (VcImport *import,
             GError  **error)
{
  g_autofree char *what = vc_file_quote (import->path);
  g_autofree char *weights = vc_import_find_weights (import);
  g_autoptr(VcCheckpoint) checkpoint = NULL;
  g_autofree char *example = NULL;
  GPtrArray *list;

  if (weights == NULL)
    {
      g_set_error (error, VC_ERROR, VC_ERROR_BAD_MODEL, "%s holds no model: there is no config.json and no "
                   "single file of weights in it", what);
      return;
    }

  checkpoint = vc_checkpoint_open (weights, error);
  if (checkpoint == NULL)
    return;

  list = vc_checkpoint_list (checkpoint);
  example = vc_error_quote (list->len == 0 ? "" : ((const VcParameter *) list->pdata[list->len / 2])->name);
  g_set_error (error, VC_ERROR, VC_ERROR_BAD_MODEL, "%s is no model that is known: it has %u tensors, such as %s",
               what, list->len, example);
}

static void
add_cards (VcImport *import)
{
  static const char *const names[] = {
    "README.md", "CARD.md", "card.json", "CREDITS", "LICENSE", "LICENSE.md", "LICENSE.txt", "LICENCE",
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = vc_import_build_path (import, names[i]);
      struct stat status;

      if (stat (path, &status) == 0 && S_ISREG (status.st_mode) && status.st_size <= MAX_CARD)
        vc_import_add_copy (import, names[i], names[i]);
    }
}

VcImport *
vc_import_open (const char  *path,
                GError     **error)
{
  g_autoptr(VcImport) import = g_new0 (VcImport, 1);

  import->path = g_strdup (path);
  import->folder = g_file_test (path, G_FILE_TEST_IS_DIR) ? g_strdup (path) : g_path_get_dirname (path);
  import->checkpoints = g_ptr_array_new_with_free_func ((GDestroyNotify) vc_checkpoint_free);
  import->outputs = g_array_new (FALSE, FALSE, sizeof (Output));
  g_array_set_clear_func (import->outputs, clear_output);
  import->name = choose_name (import);

  for (guint i = 0; i < G_N_ELEMENTS (recognizers) && import->outputs->len == 0; i++)
    if (!recognizers[i] (import, error))
      return NULL;

  if (import->outputs->len == 0)
    {
      set_unknown (import, error);
      return NULL;
    }

  add_cards (import);

  return g_steal_pointer (&import);
}

guint64
vc_import_measure (VcImport *import)
{
  guint64 size = 0;

  for (guint i = 0; i < import->outputs->len; i++)
    size += g_array_index (import->outputs, Output, i).size;

  return size;
}

/* ---- this program's own layout ---- */

static gboolean
check_drawing (VcImport    *import,
               const char  *directory,
               GError     **error)
{
  VcDalleConfig config;

  return vc_dalle_config_load (&config, directory, error);
}

gboolean
vc_import_drawing (VcImport  *import,
                   GError   **error)
{
  static const char *const names[] = {
    "config.json", "vocab.json", "merges.txt", "tokenizer.json", "bpe.model", "stage1.safetensors", "stage2.safetensors",
  };
  g_autofree char *path = vc_import_build_path (import, "config.json");
  g_autoptr(VcJson) json = NULL;

  if (strcmp (import->path, import->folder) != 0 || !vc_import_has_file (import, "config.json"))
    return TRUE;

  json = vc_json_load (path, VC_JSON_CONFIG, error);
  if (json == NULL)
    return FALSE;
  if (!vc_json_has (json, "stage1") || !vc_json_has (json, "stage2"))
    return TRUE;

  if (!check_drawing (import, import->folder, error))
    return FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (vc_import_has_file (import, names[i]))
      {
        if (g_str_has_suffix (names[i], ".safetensors"))
          {
            g_autofree char *weights = vc_import_build_path (import, names[i]);

            if (vc_import_take_checkpoint (import, weights, error) == NULL)
              return FALSE;
          }
        vc_import_add_copy (import, names[i], names[i]);
      }
  import->check = check_drawing;

  return TRUE;
}

/* ---- writing ---- */

typedef struct
{
  VcConvertStep step;
  gpointer      data;
  guint64       done;   /* bytes of the files before this one */
  guint64       size;   /* of this one */
  guint64       total;
} Progress;

static gboolean
tell (double   fraction,
      gpointer data)
{
  const Progress *progress = data;

  if (progress->step == NULL)
    return TRUE;

  return progress->step ((progress->done + fraction * progress->size) / MAX (progress->total, 1),
                         progress->data);
}

static gboolean
fail (const char *name,
      GError    **error)
{
  const int code = errno;
  g_autofree char *shown = vc_error_quote (name);

  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code), "%s cannot be written: %s", shown,
               g_strerror (code));

  return FALSE;
}

static gboolean
write_all (int         fd,
           const char *name,
           const char *bytes,
           gsize       size,
           GError    **error)
{
  while (size > 0)
    {
      const ssize_t n = write (fd, bytes, size);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return fail (name, error);
      bytes += n;
      size -= n;
    }

  return TRUE;
}

static gboolean
copy_all (int           from,
          int           to,
          const Output *output,
          guint64       size,
          Progress     *progress,
          GError      **error)
{
  g_autofree char *chunk = g_malloc (CHUNK);
  g_autofree char *what = vc_file_quote (output->from);

  for (guint64 at = 0; at < size; at += CHUNK)
    {
      const gsize n = MIN (CHUNK, size - at);

      if (!vc_file_read_at (from, what, at, chunk, n, error) || !write_all (to, output->name, chunk, n, error))
        return FALSE;
      if (!tell ((double) (at + n) / size, progress))
        {
          g_set_error_literal (error, VC_ERROR, VC_ERROR_CANCELLED, "stopped");
          return FALSE;
        }
    }

  return TRUE;
}

/* A text or a copy. */
static gboolean
write_small (const Output *output,
             const char   *path,
             Progress     *progress,
             GError      **error)
{
  const int to = open (path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  gboolean done;

  if (to < 0)
    return fail (output->name, error);

  if (output->from == NULL)
    done = write_all (to, output->name, output->text, output->size, error);
  else
    {
      gsize size;
      const int from = vc_file_open (output->from, G_MAXSSIZE, &size, error);

      done = from >= 0 && copy_all (from, to, output, size, progress, error);
      if (from >= 0)
        close (from);
    }

  if (done && fsync (to) < 0)
    done = fail (output->name, error);
  if (close (to) < 0 && done)
    done = fail (output->name, error);

  return done;
}

gboolean
vc_import_write (VcImport       *import,
                 const char     *directory,
                 VcConvertStep   step,
                 gpointer        data,
                 GError        **error)
{
  Progress progress = { .step = step, .data = data, .total = vc_import_measure (import) };

  for (guint plans = 0; plans < 2; plans++)
    {
      for (guint i = 0; i < import->outputs->len; i++)
        {
          const Output *output = &g_array_index (import->outputs, Output, i);
          g_autofree char *path = g_build_filename (directory, output->name, NULL);

          if ((output->plan != NULL) != (plans == 1))
            continue;

          progress.size = output->size;
          if (output->plan != NULL ? !vc_plan_write (output->plan, path, tell, &progress, error)
                                   : !write_small (output, path, &progress, error))
            return FALSE;
          progress.done += output->size;
        }

      if (plans == 0 && import->check != NULL && !import->check (import, directory, error))
        return FALSE;
    }

  return TRUE;
}
