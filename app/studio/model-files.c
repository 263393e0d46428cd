/* model-files.c: finds models on the disk and tells their kind by config.json */

#define G_LOG_DOMAIN "vig-model-files"

#include "config.h"

#include <string.h>

#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <jansson.h>

#include "library/files.h"
#include "studio/model-files.h"

/* A config.json is some kilobytes. */
#define CONFIG_MAX (4 << 20)

#define DEFAULT_NAME "daybreak"

/* The folders of a pair, by kind. */
static const char *const rooms[] = {
  [VIG_MODEL_CLIP] = "clip", [VIG_MODEL_DALLE] = "dalle", [VIG_MODEL_CODEC] = "codec",
};

/* The weights of a kind, in the order in which they are hashed. */
static const char *const weights[][3] = {
  [VIG_MODEL_CLIP] = { "model.safetensors" },
  [VIG_MODEL_DALLE] = { "stage1.safetensors", "stage2.safetensors" },
  [VIG_MODEL_CODEC] = { "encoder.safetensors", "decoder.safetensors" },
};

G_DEFINE_AUTOPTR_CLEANUP_FUNC (json_t, json_decref)

void
vig_model_files_free (VigModelFiles *files)
{
  if (files == NULL)
    return;

  g_free (files->name);
  g_free (files->directory);
  g_free (files);
}

static json_t *
load_object (const char *directory,
             const char *name,
             GError    **error)
{
  g_autofree char *path = g_build_filename (directory, name, NULL);
  g_autofree char *shown = g_filename_display_name (path);
  g_autofree char *text = NULL;
  g_autoptr(GError) local = NULL;
  json_t *config;
  gsize size;

  if (!g_file_get_contents (path, &text, &size, &local))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _("“%s” cannot be read: %s."),
                   shown, local->message);
      return NULL;
    }

  config = size > CONFIG_MAX ? NULL : json_loadb (text, size, 0, NULL);
  if (!json_is_object (config))
    {
      json_decref (config);
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                   _("“%s” does not describe a model: it is not a JSON object."), shown);
      return NULL;
    }

  return config;
}

static json_t *
load_config (const char *directory,
             GError    **error)
{
  return load_object (directory, "config.json", error);
}

/* What kind of model lies in @directory, by the layouts in which models are published. */
static gboolean
read_kind (const char   *directory,
           VigModelKind *kind,
           GError      **error)
{
  g_autoptr(json_t) config = load_config (directory, error);
  g_autofree char *shown = g_filename_display_name (directory);
  const char *type;

  if (config == NULL)
    return FALSE;

  if (json_is_object (json_object_get (config, "stage1")) &&
      json_is_object (json_object_get (config, "stage2")))
    {
      *kind = VIG_MODEL_DALLE;
      return TRUE;
    }

  type = json_string_value (json_object_get (config, "model_type"));
  if (g_strcmp0 (type, "clip") == 0)
    {
      *kind = VIG_MODEL_CLIP;
      return TRUE;
    }

  if (g_strcmp0 (type, "dvae") == 0)
    {
      *kind = VIG_MODEL_CODEC;
      return TRUE;
    }

  if (type != NULL)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                 _("“%s” is a model of the kind “%s”, which Vignette cannot run."), shown, type);
  else
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                 _("“%s” is not a model that Vignette knows: its config.json names no kind."),
                 shown);

  return FALSE;
}

/* "daybreak/clip" is shown as "daybreak". */
static char *
choose_name (const char *directory)
{
  g_autofree char *whole = g_canonicalize_filename (directory, NULL);
  g_autofree char *base = g_path_get_basename (whole);

  for (guint i = 0; i < G_N_ELEMENTS (rooms); i++)
    if (g_str_equal (base, rooms[i]))
      {
        g_autofree char *parent = g_path_get_dirname (whole);

        g_free (base);
        base = g_path_get_basename (parent);
        break;
      }

  return g_filename_display_name (base);
}

static gboolean
has_config (const char *directory)
{
  g_autofree char *path = g_build_filename (directory, "config.json", NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static gboolean
add_model (GPtrArray  *found,
           const char *directory,
           gboolean    included,
           GError    **error)
{
  VigModelFiles *files;
  VigModelKind kind;

  if (!read_kind (directory, &kind, error))
    return FALSE;

  files = g_new0 (VigModelFiles, 1);
  files->kind = kind;
  files->name = choose_name (directory);
  files->directory = g_strdup (directory);
  files->included = included;
  g_ptr_array_add (found, files);

  return TRUE;
}

/* Adds the model, or the pair, in @directory. FALSE without an error when there is none. */
static gboolean
add_directory (GPtrArray  *found,
               const char *directory,
               gboolean    included,
               GError    **error)
{
  gboolean any = FALSE;

  if (has_config (directory))
    return add_model (found, directory, included, error);

  for (guint i = 0; i < G_N_ELEMENTS (rooms); i++)
    {
      g_autofree char *room = g_build_filename (directory, rooms[i], NULL);

      if (!has_config (room))
        continue;
      if (!add_model (found, room, included, error))
        return FALSE;
      any = TRUE;
    }

  return any;
}

static int
compare_names (gconstpointer a,
               gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* The models in a folder of models, by name. A broken one is passed over: using it tells of it. */
static void
add_all (GPtrArray  *found,
         const char *parent,
         gboolean    included)
{
  g_autoptr(GDir) dir = g_dir_open (parent, 0, NULL);  /* no such folder: no models */
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  /* Hidden ones are not finished. */
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (*name != '.')
      g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_names);

  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *directory = g_build_filename (parent, names->pdata[i], NULL);
      g_autoptr(GError) error = NULL;

      if (!add_directory (found, directory, included, &error) && error != NULL)
        g_debug ("%s", error->message);
    }
}

static char *
get_included (void)
{
  return g_build_filename (vig_profile_get_data (), "models", NULL);
}

GPtrArray *
vig_model_files_list (VigProfile *profile)
{
  GPtrArray *found = g_ptr_array_new_with_free_func ((GDestroyNotify) vig_model_files_free);
  g_autofree char *included = get_included ();

  add_all (found, vig_profile_get_models (profile), FALSE);
  add_all (found, included, TRUE);

  return found;
}

/* What the user calls @model: a name among the models, or a folder. */
static gboolean
add_named (GPtrArray  *found,
           VigProfile *profile,
           const char *model,
           GError    **error)
{
  g_autofree char *included = get_included ();
  g_autofree char *shown = g_filename_display_name (model);
  const char *const parents[] = { vig_profile_get_models (profile), included };
  g_autoptr(GError) local = NULL;

  if (*model != '\0' && *model != '.' && strchr (model, G_DIR_SEPARATOR) == NULL)
    for (guint i = 0; i < G_N_ELEMENTS (parents); i++)
      {
        g_autofree char *directory = g_build_filename (parents[i], model, NULL);

        if (add_directory (found, directory, i == 1, &local))
          return TRUE;
        if (local != NULL)
          {
            g_propagate_error (error, g_steal_pointer (&local));
            return FALSE;
          }
      }

  if (add_directory (found, model, FALSE, &local))
    return TRUE;

  if (local != NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  else if (g_file_test (model, G_FILE_TEST_IS_DIR))
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                 _("The folder “%s” holds no model: there is no config.json in it."), shown);
  else
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                 _("There is no model “%s”; “vignette models” lists those there are."), shown);

  return FALSE;
}

GPtrArray *
vig_model_files_find (VigProfile         *profile,
                      const char * const *models,
                      GError            **error)
{
  g_autoptr(GPtrArray) found =
    g_ptr_array_new_with_free_func ((GDestroyNotify) vig_model_files_free);
  const VigModelFiles *of[G_N_ELEMENTS (rooms)] = { NULL, };

  for (guint i = 0; models != NULL && models[i] != NULL; i++)
    if (!add_named (found, profile, models[i], error))
      return NULL;

  for (guint i = 0; i < found->len; i++)
    {
      const VigModelFiles *files = found->pdata[i];

      if (of[files->kind] != NULL)
        {
          const gboolean alike = g_str_equal (of[files->kind]->name, files->name);

          g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                       _("“%s” and “%s” are models of the same kind: name one of each kind."),
                       alike ? of[files->kind]->directory : of[files->kind]->name,
                       alike ? files->directory : files->name);
          return NULL;
        }
      of[files->kind] = files;
    }

  return g_steal_pointer (&found);
}

/* The first model of @kind that is called @name (NULL: anything), out of @found. */
static VigModelFiles *
steal_kind (GPtrArray   *found,
            VigModelKind kind,
            gboolean     included,
            const char  *name)
{
  for (guint i = 0; i < found->len; i++)
    {
      const VigModelFiles *files = found->pdata[i];

      if (files->kind == kind && files->included == included &&
          (name == NULL || g_str_equal (files->name, name)))
        return g_ptr_array_steal_index (found, i);
    }

  return NULL;
}

VigModelFiles *
vig_model_files_choose (VigProfile         *profile,
                        const char * const *models,
                        VigModelKind        kind,
                        GError            **error)
{
  g_autoptr(GPtrArray) named = vig_model_files_find (profile, models, error);
  g_autoptr(GPtrArray) all = NULL;
  VigModelFiles *files;

  if (named == NULL)
    return NULL;

  for (guint i = 0; i < named->len; i++)
    if (((VigModelFiles *) named->pdata[i])->kind == kind)
      return g_ptr_array_steal_index (named, i);

  /* it would be passed over, and another drawn with */
  for (guint i = 0; i < named->len; i++)
    if (((VigModelFiles *) named->pdata[i])->kind == VIG_MODEL_CODEC)
      {
        g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                     _("“%s” turns pictures into tokens and back, and neither draws nor finds: name a model that does."),
                     ((VigModelFiles *) named->pdata[i])->name);
        return NULL;
      }

  all = vig_model_files_list (profile);
  files = steal_kind (all, kind, FALSE, NULL);
  if (files == NULL)
    files = steal_kind (all, kind, TRUE, DEFAULT_NAME);
  if (files == NULL)
    files = steal_kind (all, kind, TRUE, NULL);
  if (files == NULL)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                         kind == VIG_MODEL_CLIP
                         ? _("There is no CLIP model; name its folder with --model.")
                         : _("There is no model that draws; name its folder with --model."));

  return files;
}

guint64
vig_model_files_measure (const VigModelFiles *files)
{
  g_autoptr(GDir) dir = g_dir_open (files->directory, 0, NULL);  /* gone meanwhile: no bytes */
  const char *name;
  guint64 bytes = 0;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (files->directory, name, NULL);
      GStatBuf status;

      if (g_stat (path, &status) == 0 && S_ISREG (status.st_mode))
        bytes += status.st_size;
    }

  return bytes;
}

/* The value of a line “key: …” in the front matter of a card, as Hugging Face has it. */
static char *
read_front_matter (const char         *path,
                   const char * const *keys)
{
  g_autofree char *text = NULL;
  g_auto(GStrv) lines = NULL;

  if (!g_file_get_contents (path, &text, NULL, NULL))  /* no card: it says nothing */
    return NULL;

  lines = g_strsplit (text, "\n", 200);
  if (g_strcmp0 (lines[0], "---") != 0)
    return NULL;

  for (guint i = 1; lines[i] != NULL && !g_str_equal (lines[i], "---"); i++)
    {
      char *colon = strchr (lines[i], ':');

      if (colon == NULL)
        continue;

      *colon = '\0';
      if (g_strv_contains (keys, lines[i]))
        return g_utf8_make_valid (g_strstrip (colon + 1), -1);
    }

  return NULL;
}

static char *
dup_first (json_t             *object,
           const char * const *keys)
{
  for (guint i = 0; keys[i] != NULL; i++)
    {
      const char *said = json_string_value (json_object_get (object, keys[i]));

      if (said != NULL)
        return g_strdup (said);
    }

  return NULL;
}

/* What the card in @directory says under one of @keys. */
static char *
read_card (const char         *directory,
           const char * const *keys)
{
  static const char *const objects[] = { "added.json", "card.json" };
  static const char *const cards[] = { "README.md", "CARD.md" };
  char *said = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (objects) && said == NULL; i++)
    {
      g_autoptr(json_t) object = load_object (directory, objects[i], NULL);  /* absent: it says nothing */

      said = dup_first (object, keys);
    }

  for (guint i = 0; i < G_N_ELEMENTS (cards) && said == NULL; i++)
    {
      g_autofree char *path = g_build_filename (directory, cards[i], NULL);

      said = read_front_matter (path, keys);
    }

  return said;
}

/* What the model's own files say under one of @keys; of a pair, those beside its two folders. */
static char *
read_about (const VigModelFiles *files,
            const char * const  *keys)
{
  g_autoptr(json_t) config = load_config (files->directory, NULL);  /* listed: it could be read */
  g_autofree char *whole = g_canonicalize_filename (files->directory, NULL);
  g_autofree char *parent = g_path_get_dirname (whole);
  g_autofree char *base = g_path_get_basename (whole);
  char *said = dup_first (config, keys);

  if (said == NULL)
    said = read_card (files->directory, keys);
  if (said == NULL && g_str_equal (base, rooms[files->kind]))
    said = read_card (parent, keys);

  return said;
}

char *
vig_model_files_dup_licence (const VigModelFiles *files)
{
  static const char *const keys[] = { "license", "licence", NULL };

  return read_about (files, keys);
}

char *
vig_model_files_dup_source (const VigModelFiles *files)
{
  static const char *const keys[] = { "source", "_name_or_path", NULL };

  return read_about (files, keys);
}

char *
vig_model_files_dup_recorded_hash (const VigModelFiles *files)
{
  const char *name = weights[files->kind][0];
  g_autofree char *path = g_build_filename (files->directory, name, NULL);
  g_autoptr(json_t) record = load_object (files->directory, "added.json", NULL);  /* absent: it was not added */
  json_t *file = json_object_get (json_object_get (record, "files"), name);
  GStatBuf status;

  if (file == NULL || weights[files->kind][1] != NULL || g_stat (path, &status) != 0 ||
      json_integer_value (json_object_get (file, "bytes")) != status.st_size)
    return NULL;

  return g_strdup (json_string_value (json_object_get (file, "sha256")));
}

/* As compute has it: of one file its own, of several that of their hashes in hex, in order. */
char *
vig_model_files_hash (const VigModelFiles *files,
                      GCancellable        *cancellable,
                      GError             **error)
{
  const char *const *names = weights[files->kind];
  g_autoptr(GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);

  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autofree char *path = g_build_filename (files->directory, names[i], NULL);
      g_autofree char *hash = vig_file_hash (path, cancellable, error);

      if (hash == NULL)
        return NULL;
      if (names[1] == NULL)
        return g_steal_pointer (&hash);
      g_checksum_update (sum, (const guchar *) hash, -1);
    }

  return g_strdup (g_checksum_get_string (sum));
}
