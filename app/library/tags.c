/* tags.c: SQL for tags, which belong to a content and not to a path */

#define G_LOG_DOMAIN "vig-tags"

#include "config.h"

#include "library/library-private.h"
#include "library/sidecar.h"

#include <glib/gi18n.h>

/* As it is kept: composed, in one line, “/” between a tag and what it belongs to. NULL if nothing is left. */
static char *
normalise (const char *tag)
{
  g_autofree char *valid = g_utf8_make_valid (tag, -1);
  g_autofree char *composed = g_utf8_normalize (valid, -1, G_NORMALIZE_NFC);
  g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);
  g_auto(GStrv) all = g_strsplit_set (composed, "/|", -1);

  for (guint i = 0; all[i] != NULL; i++)
    {
      for (char *p = all[i]; *p != '\0'; p = g_utf8_next_char (p))
        {
          if (*p > 0 && g_ascii_iscntrl (*p))
            *p = ' ';
        }

      char *part = g_strdup (g_strstrip (all[i]));
      if (*part != '\0')
        g_ptr_array_add (parts, part);
      else
        g_free (part);
    }
  if (parts->len == 0)
    return NULL;

  g_ptr_array_add (parts, NULL);

  return g_strjoinv ("/", (char **) parts->pdata);
}

static gint64
find_tag (VigTransaction *t,
          const char     *name)
{
  return vig_transaction_query_int (t, "SELECT id FROM tags WHERE name = ?", "s", name);
}

/* @refused or accepted. What a person has given stays a person's when a model suggests it again. */
static void
set_tag (VigTransaction *t,
         gint64          content,
         const char     *name,
         gboolean        refused,
         const char     *source)
{
  vig_transaction_run (t, "INSERT INTO tags (name) VALUES (?) ON CONFLICT DO NOTHING", "s", name);
  vig_transaction_run (t,
                       "INSERT INTO tagged (content, tag, refused, source, time) VALUES (?, ?, ?, ?, ?) "
                       "ON CONFLICT DO UPDATE SET refused = excluded.refused, time = excluded.time, source = "
                       "CASE WHEN refused = excluded.refused AND source IS NULL THEN NULL ELSE excluded.source END",
                       "llisl", content, find_tag (t, name), refused, source, g_get_real_time () / G_USEC_PER_SEC);
}

static void
unset_tag (VigTransaction *t,
           gint64          content,
           const char     *name)
{
  const gint64 tag = find_tag (t, name);

  vig_transaction_run (t, "DELETE FROM tagged WHERE content = ? AND tag = ? AND refused = 0", "ll", content, tag);
  vig_transaction_run (t, "DELETE FROM tags WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM tagged WHERE tag = ?1)",
                       "l", tag);
}

void
vig_library_index_content (VigLibrary     *self,
                           VigTransaction *t,
                           gint64          content)
{
  g_autoptr(VigRows) rows = vig_transaction_query (t, "SELECT id FROM pictures WHERE content = ?", "l", content);

  while (vig_rows_next (rows))
    {
      const gint64 id = vig_rows_get_int (rows, 0);

      vig_transaction_index_words (t, id);
      vig_library_refresh_picture (self, t, id);
    }
}

void
vig_library_refresh_content (VigLibrary     *self,
                             VigTransaction *t,
                             gint64          content)
{
  g_autoptr(VigRows) rows = vig_transaction_query (t, "SELECT id FROM pictures WHERE content = ? ORDER BY id", "l",
                                                   content);

  while (vig_rows_next (rows))
    vig_library_refresh_picture (self, t, vig_rows_get_int (rows, 0));
}

/* The content that @picture shows: by its hash, so that a file that changed meanwhile is not given another's tags. */
static gint64
find_content (VigTransaction *t,
              VigPicture     *picture)
{
  return vig_transaction_add_content (t, vig_picture_get_hash (picture));
}

static gboolean
finish (VigLibrary      *self,
        VigTransaction  *t,
        gint64           content,
        GError         **error)
{
  vig_library_index_content (self, t, content);
  vig_transaction_count_change (t);
  if (!vig_transaction_commit (t, error))
    return FALSE;

  vig_library_touch (self);
  return TRUE;
}

gboolean
vig_library_add_tags (VigLibrary          *self,
                      VigPicture          *picture,
                      const char * const  *tags,
                      const char          *source,
                      GError             **error)
{
  g_return_val_if_fail (VIG_IS_LIBRARY (self), FALSE);
  g_return_val_if_fail (VIG_IS_PICTURE (picture), FALSE);
  g_return_val_if_fail (tags != NULL, FALSE);

  g_autoptr(VigTransaction) t = vig_transaction_begin (self->writer, VIG_WRITE);
  const gint64 content = find_content (t, picture);

  for (guint i = 0; tags[i] != NULL; i++)
    {
      g_autofree char *name = normalise (tags[i]);

      if (name != NULL)
        set_tag (t, content, name, FALSE, source);
    }

  return finish (self, t, content, error);
}

gboolean
vig_library_remove_tag (VigLibrary  *self,
                        VigPicture  *picture,
                        const char  *tag,
                        GError     **error)
{
  g_return_val_if_fail (VIG_IS_LIBRARY (self), FALSE);
  g_return_val_if_fail (VIG_IS_PICTURE (picture), FALSE);
  g_return_val_if_fail (tag != NULL, FALSE);

  g_autofree char *name = normalise (tag);
  g_autoptr(VigTransaction) t = vig_transaction_begin (self->writer, VIG_WRITE);
  const gint64 content = find_content (t, picture);

  if (name != NULL)
    unset_tag (t, content, name);

  return finish (self, t, content, error);
}

gboolean
vig_library_refuse_tag (VigLibrary  *self,
                        VigPicture  *picture,
                        const char  *tag,
                        GError     **error)
{
  g_return_val_if_fail (VIG_IS_LIBRARY (self), FALSE);
  g_return_val_if_fail (VIG_IS_PICTURE (picture), FALSE);
  g_return_val_if_fail (tag != NULL, FALSE);

  g_autofree char *name = normalise (tag);
  g_autoptr(VigTransaction) t = vig_transaction_begin (self->writer, VIG_WRITE);
  const gint64 content = find_content (t, picture);

  if (name != NULL)
    set_tag (t, content, name, TRUE, NULL);

  return finish (self, t, content, error);
}

char **
vig_library_list_refused (VigLibrary  *self,
                          VigPicture  *picture,
                          GError     **error)
{
  g_return_val_if_fail (VIG_IS_LIBRARY (self), NULL);
  g_return_val_if_fail (VIG_IS_PICTURE (picture), NULL);

  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr(VigTransaction) t = vig_transaction_begin (self->reader, VIG_READ);

  {
    g_autoptr(VigRows) rows =
      vig_transaction_query (t,
                             "SELECT name FROM tagged JOIN tags ON tags.id = tag JOIN contents ON contents.id = content "
                             "WHERE hash = ? AND refused = 1 ORDER BY name", "s", vig_picture_get_hash (picture));

    while (vig_rows_next (rows))
      g_strv_builder_add (builder, vig_rows_get_text (rows, 0));
  }
  if (!vig_transaction_commit (t, error))
    return NULL;

  return g_strv_builder_end (builder);
}

GPtrArray *
vig_library_list_tags (VigLibrary  *self,
                       GError     **error)
{
  g_return_val_if_fail (VIG_IS_LIBRARY (self), NULL);

  g_autoptr(GPtrArray) tags = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(VigTransaction) t = vig_transaction_begin (self->reader, VIG_READ);

  {
    g_autoptr(VigRows) rows =
      vig_transaction_query (t,
                             "SELECT name FROM tags WHERE EXISTS (SELECT 1 FROM tagged JOIN pictures "
                             "ON pictures.content = tagged.content WHERE tag = tags.id AND refused = 0 AND " VIG_LISTED ") "
                             "ORDER BY name", "");

    while (vig_rows_next (rows))
      g_ptr_array_add (tags, g_strdup (vig_rows_get_text (rows, 0)));
  }
  if (!vig_transaction_commit (t, error))
    return NULL;

  return g_steal_pointer (&tags);
}

gboolean
vig_library_write_sidecar (VigLibrary  *self,
                           VigPicture  *picture,
                           GError     **error)
{
  g_return_val_if_fail (VIG_IS_LIBRARY (self), FALSE);
  g_return_val_if_fail (VIG_IS_PICTURE (picture), FALSE);

  return vig_sidecar_write (vig_picture_get_path (picture), vig_picture_get_tags (picture), error);
}
