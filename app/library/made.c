/* made.c: a picture that was drawn becomes a file and a row, or neither
 *
 * 1. The whole file lies hidden beside its place, and is on the disk.
 * 2. Committed: this name will appear, holding this.
 * 3. In one transaction: the row, then the name, then the commit.
 *
 * A process that dies before 2 leaves a hidden file, after 2 perhaps a visible one that is not listed. Whoever takes
 * the job's lease next knows both names: the hidden one is deleted, the visible one, if it holds what was
 * promised, is listed.
 */

#define G_LOG_DOMAIN "vig-made"

#include "config.h"

#include "library/files.h"
#include "library/library-private.h"
#include "library/metadata.h"
#include "library/png-file.h"
#include "library/recipe.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>

static char *
make_hidden_path (VigLibrary *self,
                  gint64      job,
                  guint       index)
{
  g_autofree char *name = g_strdup_printf (".vignette-%" G_GINT64_FORMAT "-%u.part", job, index);

  return g_build_filename (vig_profile_get_pictures (self->profile), name, NULL);
}

static char *
make_visible_path (VigLibrary *self,
                   const char *name)
{
  return g_build_filename (vig_profile_get_pictures (self->profile), name, NULL);
}

static VigRecipe *
load_recipe (VigTransaction *t,
             gint64          job)
{
  g_autoptr(VigRows) rows =
    vig_transaction_query (t, "SELECT recipe FROM jobs WHERE id = ? AND state = 0", "l", job);
  VigRecipe *recipe = NULL;
  GError *error = NULL;

  if (vig_rows_next (rows))
    recipe = vig_recipe_from_json (vig_rows_get_text (rows, 0), &error);
  else
    error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CLOSED, _("This drawing has ended already."));
  if (recipe == NULL && error != NULL)
    vig_transaction_fail (t, error);

  return recipe;
}

/* The file with the recipe inside, in three languages. */
static GBytes *
encode (const VigRecipe  *recipe,
        guint             index,
        const guint8     *rgb,
        guint             side,
        const char       *json,
        GError          **error)
{
  g_autofree char *parameters = vig_recipe_to_parameters (recipe, index, side);
  g_autofree char *xmp = vig_metadata_describe (recipe->prompt, recipe->model, recipe->model_hash,
                                                recipe->seed + index, error);
  if (xmp == NULL)
    return NULL;

  const VigPngText texts[] = {
    { "parameters", parameters },
    { "vignette", json },
    { "XML:com.adobe.xmp", xmp },
  };

  return vig_png_encode (rgb, side, side, texts, G_N_ELEMENTS (texts), error);
}

/* A name that no file and no row has, from the @copy-th on; *@copy becomes its number. */
static char *
choose_name (VigLibrary      *self,
             VigTransaction  *t,
             const VigRecipe *recipe,
             guint            index,
             guint           *copy)
{
  for (;; (*copy)++)
    {
      g_autofree char *name = vig_recipe_to_name (recipe, index, *copy);
      g_autofree char *path = make_visible_path (self, name);
      GStatBuf info;

      if (g_lstat (path, &info) != 0 &&
          vig_transaction_query_int (t, "SELECT EXISTS (SELECT 1 FROM pictures WHERE path = ?1) OR "
                                        "EXISTS (SELECT 1 FROM sketches WHERE plan = ?1)", "p", name) == 0)
        return g_steal_pointer (&name);
    }
}

/* Step 2. Returns the name, or NULL. */
static char *
plan (VigLibrary       *self,
      gint64            job,
      guint             index,
      const VigRecipe  *recipe,
      const char       *hash,
      const char       *json,
      guint             side,
      const guint32    *tokens,
      guint             n_tokens,
      guint            *copy,
      GError          **error)
{
  g_autoptr(VigTransaction) t = vig_transaction_begin (self->writer, VIG_WRITE);
  g_autofree char *name = choose_name (self, t, recipe, index, copy);
  g_autofree guint32 *swapped = g_new (guint32, n_tokens + 1);

  for (guint i = 0; i < n_tokens; i++)
    swapped[i] = GUINT32_TO_LE (tokens[i]);

  vig_transaction_run (t,
                       "UPDATE sketches SET tokens = ?, plan = ?, plan_hash = ?, plan_recipe = ?, plan_side = ? "
                       "WHERE job = ? AND idx = ?", "bpssili",
                       (gconstpointer) swapped, (gsize) n_tokens * sizeof (guint32), name, hash, json, (int) side,
                       job, (int) index);
  if (!vig_transaction_commit (t, error))
    return NULL;

  return g_steal_pointer (&name);
}

static void
forget_plan (VigTransaction *t,
             gint64          job,
             guint           index)
{
  vig_transaction_run (t,
                       "UPDATE sketches SET plan = NULL, plan_hash = NULL, plan_recipe = NULL, plan_side = NULL "
                       "WHERE job = ? AND idx = ?", "li", job, (int) index);
}

/* The row of what was planned, its file being @path now or in a moment. Returns the picture's id, or 0. */
static gint64
list_planned (VigLibrary      *self,
              VigTransaction  *t,
              gint64           job,
              guint            index,
              const VigRecipe *recipe,
              const char      *path)
{
  GStatBuf info = { 0 };
  gint64 content = 0;

  if (g_stat (path, &info) != 0)
    {
      g_autofree char *shown = g_filename_display_name (path);

      vig_transaction_fail (t, vig_file_make_error (errno, shown));
      return 0;
    }
  {
    g_autoptr(VigRows) rows =
      vig_transaction_query (t, "SELECT plan_hash FROM sketches WHERE job = ? AND idx = ?", "li", job, (int) index);

    if (vig_rows_next (rows))
      content = vig_transaction_add_content (t, vig_rows_get_text (rows, 0));
  }
  vig_transaction_run (t,
                       "INSERT INTO pictures (kind, path, content, size, mtime, width, height, time) "
                       "SELECT 1, plan, ?, ?, ?, plan_side, plan_side, ? FROM sketches WHERE job = ? AND idx = ?",
                       "llllli", content, (gint64) info.st_size,
                       (gint64) info.st_mtim.tv_sec * 1000000000 + info.st_mtim.tv_nsec,
                       g_get_real_time () / G_USEC_PER_SEC, job, (int) index);

  const gint64 id = vig_transaction_get_id (t);
  vig_transaction_run (t,
                       "INSERT INTO made (picture, job, idx, prompt, seed, recipe, tokens) "
                       "SELECT ?, job, idx, ?, ?, plan_recipe, tokens FROM sketches WHERE job = ? AND idx = ?",
                       "lslli", id, recipe->prompt, (gint64) (recipe->seed + index), job, (int) index);
  vig_transaction_run (t, "UPDATE sketches SET picture = ? WHERE job = ? AND idx = ?", "lli", id, job, (int) index);
  forget_plan (t, job, index);
  vig_transaction_index_words (t, id);
  vig_transaction_count_change (t);

  return vig_transaction_failed (t) ? 0 : id;
}

/* Step 3. Where the name has been taken by somebody meanwhile, *@exists is TRUE and no error is set. */
static gint64
appear (VigLibrary       *self,
        gint64            job,
        guint             index,
        const VigRecipe  *recipe,
        const char       *hidden,
        const char       *name,
        gboolean         *exists,
        GError          **error)
{
  g_autofree char *visible = make_visible_path (self, name);
  g_autofree char *shown = g_filename_display_name (visible);
  g_autoptr(VigTransaction) t = vig_transaction_begin (self->writer, VIG_WRITE);
  const gint64 id = list_planned (self, t, job, index, recipe, hidden);
  GError *file_error = NULL;
  gboolean placed = FALSE;

  *exists = FALSE;
  if (id != 0)
    {
      placed = vig_file_place (hidden, visible, exists, shown, &file_error);
      if (*exists)
        return 0;
      if (placed)
        vig_folder_sync (vig_profile_get_pictures (self->profile), &file_error);
      if (file_error != NULL)
        vig_transaction_fail (t, file_error);
    }
  if (vig_transaction_commit (t, error))
    return id;

  if (placed)
    g_unlink (visible);
  return 0;
}

/* The picture of a sketch that has one already; 0 if it has none. */
static gint64
find_finished (VigTransaction *t,
               gint64          job,
               guint           index)
{
  return vig_transaction_query_int (t, "SELECT picture FROM sketches WHERE job = ? AND idx = ?", "li", job,
                                    (int) index);
}

static gint64
save (VigLibrary       *self,
      gint64            job,
      guint             index,
      const VigRecipe  *recipe,
      const guint8     *rgb,
      guint             side,
      const guint32    *tokens,
      guint             n_tokens,
      GError          **error)
{
  g_autofree char *json = vig_recipe_describe (recipe, index, side, tokens, n_tokens);
  g_autofree char *hidden = make_hidden_path (self, job, index);
  g_autofree char *shown = g_filename_display_name (vig_profile_get_pictures (self->profile));
  g_autoptr(GBytes) png = encode (recipe, index, rgb, side, json, error);
  gboolean exists = TRUE;
  gint64 id = 0;
  guint copy = 1;

  /* The user may have tidied the folder away while we were running; if it cannot be made, the writing tells why. */
  g_mkdir_with_parents (vig_profile_get_pictures (self->profile), 0700);
  if (png == NULL ||
      !vig_file_write (hidden, g_bytes_get_data (png, NULL), g_bytes_get_size (png), shown, error))
    return 0;

  g_autofree char *hash = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, png);
  while (exists)
    {
      g_autofree char *name = plan (self, job, index, recipe, hash, json, side, tokens, n_tokens, &copy, error);

      exists = FALSE;
      if (name != NULL)
        id = appear (self, job, index, recipe, hidden, name, &exists, error);
    }
  if (id == 0)
    g_unlink (hidden);

  return id;
}

VigPicture *
vig_library_save_made (VigLibrary     *self,
                       gint64          job,
                       guint           index,
                       const guint8   *rgb,
                       guint           side,
                       const guint32  *tokens,
                       guint           n_tokens,
                       GError        **error)
{
  g_return_val_if_fail (VIG_IS_LIBRARY (self), NULL);
  g_return_val_if_fail (rgb != NULL && side > 0, NULL);
  g_return_val_if_fail (tokens != NULL || n_tokens == 0, NULL);

  if (!vig_leases_is_mine (self->leases, job))
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CLOSED, _("This drawing has ended already."));
      return NULL;
    }

  g_autoptr(VigTransaction) t = vig_transaction_begin (self->writer, VIG_READ);
  g_autoptr(VigRecipe) recipe = load_recipe (t, job);
  gint64 id = find_finished (t, job, index);

  if (!vig_transaction_commit (t, error))
    return NULL;
  if (id == 0)
    id = save (self, job, index, recipe, rgb, side, tokens, n_tokens, error);
  if (id == 0)
    return NULL;

  vig_library_touch (self);

  return vig_library_reload_picture (self, self->writer, id, error);
}

/* Whether the file at @path is the one that was planned. */
static gboolean
is_planned (const char *path,
            const char *hash)
{
  /* Absent or unreadable: it is not. */
  g_autofree char *found = vig_file_hash (path, NULL, NULL);

  return g_strcmp0 (found, hash) == 0;
}

static void
recover_sketch (VigLibrary      *self,
                VigTransaction  *t,
                gint64           job,
                guint            index,
                const VigRecipe *recipe)
{
  g_autofree char *name = NULL;
  g_autofree char *hash = NULL;

  {
    g_autoptr(VigRows) rows =
      vig_transaction_query (t, "SELECT plan, plan_hash FROM sketches WHERE job = ? AND idx = ? AND plan IS NOT NULL",
                             "li", job, (int) index);

    if (!vig_rows_next (rows))
      return;
    name = vig_rows_dup_path (rows, 0);
    hash = g_strdup (vig_rows_get_text (rows, 1));
  }

  g_autofree char *visible = make_visible_path (self, name);

  if (is_planned (visible, hash) &&
      vig_transaction_query_int (t, "SELECT EXISTS (SELECT 1 FROM pictures WHERE path = ?)", "p", name) == 0)
    list_planned (self, t, job, index, recipe, visible);
  else
    forget_plan (t, job, index);
}

gboolean
vig_library_recover_job (VigLibrary  *self,
                         gint64       job,
                         GError     **error)
{
  g_autoptr(VigTransaction) t = vig_transaction_begin (self->writer, VIG_WRITE);
  g_autoptr(VigRecipe) recipe = load_recipe (t, job);
  const gint64 n_sketches =
    vig_transaction_query_int (t, "SELECT coalesce (max (idx) + 1, 0) FROM sketches WHERE job = ?", "l", job);

  for (gint64 i = 0; i < n_sketches && !vig_transaction_failed (t); i++)
    {
      g_autofree char *hidden = make_hidden_path (self, job, i);

      /* Usually there is none. */
      g_unlink (hidden);
      recover_sketch (self, t, job, i, recipe);
    }

  return vig_transaction_commit (t, error);
}

gboolean
vig_library_save_score (VigLibrary   *self,
                        VigPicture   *picture,
                        double        score,
                        const char   *model_hash,
                        const float  *vector,
                        guint         width,
                        GError      **error)
{
  g_return_val_if_fail (VIG_IS_LIBRARY (self), FALSE);
  g_return_val_if_fail (VIG_IS_PICTURE (picture), FALSE);

  const gint64 id = vig_picture_get_id (picture);
  g_autoptr(VigTransaction) t = vig_transaction_begin (self->writer, VIG_WRITE);
  const gint64 content = vig_transaction_find_content (t, id);

  vig_transaction_run (t, "UPDATE made SET score = ? WHERE picture = ?", "dl", score, id);
  if (vector != NULL && content != 0)
    vig_transaction_add_vector (t, content, model_hash, vector, width);
  vig_transaction_count_change (t);

  /* Within the transaction, so that whoever holds the picture reads its score at once. */
  g_autoptr(VigPicture) told = vig_library_load_picture (self, t, id);
  if (!vig_transaction_commit (t, error))
    return FALSE;

  vig_library_touch (self);
  return TRUE;
}
