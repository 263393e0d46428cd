/* pictures.c: SQL for pictures */

#define G_LOG_DOMAIN "vig-pictures"

#include "config.h"

#include "library/library-private.h"

#include <glib/gi18n.h>

/* Variations of variations that a stack goes through. */
#define MOST_STEPS 16

char *
vig_library_dup_path (VigLibrary *self,
                      const char *stored)
{
  if (g_path_is_absolute (stored))
    return g_strdup (stored);

  return g_build_filename (vig_profile_get_pictures (self->profile), stored, NULL);
}

char *
vig_library_dup_stored_path (VigLibrary *self,
                             const char *path)
{
  const char *folder = vig_profile_get_pictures (self->profile);
  const gsize length = strlen (folder);

  if (g_str_has_prefix (path, folder) && path[length] == '/')
    return g_strdup (path + length + 1);

  return g_strdup (path);
}

static char **
load_tags (VigTransaction *t,
           gint64          content)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr(VigRows) rows =
    vig_transaction_query (t,
                           "SELECT name FROM tagged JOIN tags ON tags.id = tag "
                           "WHERE content = ? AND refused = 0 ORDER BY name", "l", content);

  while (vig_rows_next (rows))
    g_strv_builder_add (builder, vig_rows_get_text (rows, 0));

  return g_strv_builder_end (builder);
}

VigPicture *
vig_library_load_picture (VigLibrary     *self,
                          VigTransaction *t,
                          gint64          id)
{
  g_autoptr(VigPictureFacts) facts = NULL;
  g_autoptr(VigRows) rows =
    vig_transaction_query (t,
                           "SELECT kind, path, hash, width, height, time, state, prompt, seed, score, recipe, content, "
                           "EXISTS (SELECT 1 FROM favourites WHERE favourites.content = pictures.content), trashed "
                           "FROM pictures JOIN contents ON contents.id = content "
                           "LEFT JOIN made ON made.picture = pictures.id WHERE pictures.id = ?", "l", id);

  if (!vig_rows_next (rows))
    return NULL;

  g_autofree char *stored = vig_rows_dup_path (rows, 1);

  facts = g_new0 (VigPictureFacts, 1);
  facts->id = id;
  facts->kind = vig_rows_get_int (rows, 0) == VIG_PICTURE_MADE ? VIG_PICTURE_MADE : VIG_PICTURE_PHOTO;
  facts->path = vig_library_dup_path (self, stored);
  facts->hash = g_strdup (vig_rows_get_text (rows, 2));
  facts->width = vig_rows_get_int (rows, 3);
  facts->height = vig_rows_get_int (rows, 4);
  facts->time = vig_rows_get_int (rows, 5);
  facts->missing = vig_rows_get_int (rows, 6) == VIG_STATE_MISSING;
  facts->prompt = g_strdup (vig_rows_get_text (rows, 7));
  facts->seed = (guint64) vig_rows_get_int (rows, 8);
  facts->score = vig_rows_get_double (rows, 9);
  facts->recipe = g_strdup (vig_rows_get_text (rows, 10));
  facts->tags = load_tags (t, vig_rows_get_int (rows, 11));
  facts->favourite = vig_rows_get_int (rows, 12) != 0;
  facts->trashed = vig_rows_get_int (rows, 13);
  if (vig_transaction_failed (t))
    return NULL;

  return vig_picture_pool_get (self->pool, g_steal_pointer (&facts));
}

void
vig_library_refresh_picture (VigLibrary     *self,
                             VigTransaction *t,
                             gint64          id)
{
  g_autoptr(VigPicture) alive = vig_picture_pool_find (self->pool, id);

  if (alive != NULL)
    {
      g_autoptr(VigPicture) same = vig_library_load_picture (self, t, id);

      g_assert (same == NULL || same == alive);
    }
}

VigPicture *
vig_library_find_content (VigLibrary  *self,
                          const char  *content_hash,
                          GError     **error)
{
  g_return_val_if_fail (VIG_IS_LIBRARY (self), NULL);
  g_return_val_if_fail (content_hash != NULL, NULL);

  g_autoptr(VigTransaction) t = vig_transaction_begin (self->reader, VIG_READ);
  const gint64 id =
    vig_transaction_query_int (t,
                               "SELECT pictures.id FROM pictures JOIN contents ON contents.id = content "
                               "WHERE hash = ? ORDER BY state, rest, pictures.id LIMIT 1", "s", content_hash);
  g_autoptr(VigPicture) picture = id != 0 ? vig_library_load_picture (self, t, id) : NULL;

  if (!vig_transaction_commit (t, error))
    return NULL;

  return g_steal_pointer (&picture);
}

VigPicture *
vig_library_reload_picture (VigLibrary   *self,
                            VigDatabase  *database,
                            gint64        id,
                            GError      **error)
{
  g_autoptr(VigTransaction) t = vig_transaction_begin (database, VIG_READ);
  g_autoptr(VigPicture) picture = vig_library_load_picture (self, t, id);

  if (!vig_transaction_commit (t, error))
    return NULL;
  if (picture == NULL)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, _("The picture is no longer in the library."));

  return g_steal_pointer (&picture);
}

gint64
vig_transaction_add_content (VigTransaction *t,
                             const char     *hash)
{
  vig_transaction_run (t, "INSERT INTO contents (hash) VALUES (?) ON CONFLICT DO NOTHING", "s", hash);

  return vig_transaction_query_int (t, "SELECT id FROM contents WHERE hash = ?", "s", hash);
}

gint64
vig_transaction_find_content (VigTransaction *t,
                              gint64          picture)
{
  return vig_transaction_query_int (t, "SELECT content FROM pictures WHERE id = ?", "l", picture);
}

/* The name without its end: nobody looks for “jpg”. That of a made picture only says its prompt again. */
static char *
make_words_of_name (const char *stored,
                    const char *prompt)
{
  if (prompt != NULL && !g_path_is_absolute (stored))
    return g_strdup ("");

  char *name = g_filename_display_basename (stored);
  char *dot = strrchr (name, '.');

  if (dot != NULL && dot != name)
    *dot = '\0';

  return name;
}

void
vig_transaction_index_words (VigTransaction *t,
                             gint64          picture)
{
  g_autofree char *stored = NULL;
  g_autofree char *prompt = NULL;
  g_auto(GStrv) tags = NULL;

  {
    g_autoptr(VigRows) rows =
      vig_transaction_query (t,
                             "SELECT path, pictures.content, coalesce (made.prompt, origins.prompt) FROM pictures "
                             "LEFT JOIN made ON made.picture = pictures.id "
                             "LEFT JOIN origins ON origins.content = pictures.content WHERE pictures.id = ?", "l", picture);

    if (!vig_rows_next (rows))
      return;
    stored = vig_rows_dup_path (rows, 0);
    prompt = g_strdup (vig_rows_get_text (rows, 2));
    tags = load_tags (t, vig_rows_get_int (rows, 1));
  }

  g_autofree char *name = make_words_of_name (stored, prompt);
  g_autofree char *joined = g_strjoinv (" \n", tags);

  vig_transaction_run (t, "DELETE FROM words WHERE rowid = ?", "l", picture);
  vig_transaction_run (t, "INSERT INTO words (rowid, prompt, tags, name) VALUES (?, ?, ?, ?)", "lsss", picture,
                       prompt != NULL ? prompt : "", joined, name);
}

void
vig_transaction_count_change (VigTransaction *t)
{
  vig_transaction_run (t, "UPDATE changes SET pictures = pictures + 1", "");
}

/* Content hash of the picture that the pictures of @job vary, or NULL. */
static char *
load_origin_of_job (VigTransaction *t,
                    gint64          job)
{
  g_autoptr(VigRows) rows = vig_transaction_query (t, "SELECT json_extract (recipe, '$.origin') FROM jobs WHERE id = ?", "l", job);

  return vig_rows_next (rows) ? g_strdup (vig_rows_get_text (rows, 0)) : NULL;
}

/* The drawing that all of the stack began with: up from variation to what it varies, as long as that is there. */
static gint64
find_first_job (VigTransaction *t,
                gint64          job)
{
  for (guint i = 0; i < MOST_STEPS; i++)
    {
      g_autofree char *origin = load_origin_of_job (t, job);
      const gint64 above = origin == NULL ? 0
        : vig_transaction_query_int (t,
                                     "SELECT job FROM made JOIN pictures ON pictures.id = made.picture "
                                     "JOIN contents ON contents.id = pictures.content WHERE contents.hash = ? AND job IS NOT NULL",
                                     "s", origin);

      if (above == 0 || above == job)
        break;
      job = above;
    }

  return job;
}

GPtrArray *
vig_library_list_stack (VigLibrary  *self,
                        VigPicture  *picture,
                        GError     **error)
{
  g_autoptr(GPtrArray) stack = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr(VigTransaction) t = NULL;
  g_autoptr(VigRows) rows = NULL;
  gint64 first;

  g_return_val_if_fail (VIG_IS_LIBRARY (self), NULL);
  g_return_val_if_fail (VIG_IS_PICTURE (picture), NULL);

  t = vig_transaction_begin (self->reader, VIG_READ);
  first = find_first_job (t, vig_transaction_query_int (t, "SELECT job FROM made WHERE picture = ?", "l",
                                                        vig_picture_get_id (picture)));
  /* A job says in its recipe which picture it varies; that of a prompt cannot look like it, its quotation marks being escaped. */
  rows = vig_transaction_query (t,
                                "WITH RECURSIVE varied (job, origin) AS MATERIALIZED ("
                                "  SELECT id, json_extract (recipe, '$.origin') FROM jobs WHERE instr (recipe, '\"origin\":') > 0"
                                "), stack (job, depth) AS ("
                                "  SELECT ?, 0 UNION "
                                "  SELECT varied.job, depth + 1 FROM stack JOIN made ON made.job = stack.job "
                                "  JOIN pictures ON pictures.id = made.picture JOIN contents ON contents.id = pictures.content "
                                "  JOIN varied ON varied.origin = contents.hash WHERE depth < ?"
                                ") SELECT made.picture FROM (SELECT job, min (depth) AS depth FROM stack GROUP BY job) AS stack "
                                "JOIN made ON made.job = stack.job JOIN pictures ON pictures.id = made.picture "
                                "WHERE state = 0 AND trashed = 0 ORDER BY depth, made.job, rest, score DESC, idx", "li",
                                first, MOST_STEPS);
  while (vig_rows_next (rows))
    {
      VigPicture *other = vig_library_load_picture (self, t, vig_rows_get_int (rows, 0));

      if (other != NULL)
        g_ptr_array_add (stack, other);
    }

  if (stack->len == 0)
    g_ptr_array_add (stack, g_object_ref (picture));
  g_clear_pointer (&rows, vig_rows_free);

  return vig_transaction_commit (t, error) ? g_steal_pointer (&stack) : NULL;
}
