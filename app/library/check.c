/* check.c: whether the library and its files agree */

#define G_LOG_DOMAIN "vig-check"

#include "config.h"

#include "library/library-private.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <unistd.h>

static void
add_problem (GPtrArray  *problems,
             const char *format,
             const char *path)
{
  g_autofree char *shown = g_filename_display_name (path);

  g_ptr_array_add (problems, g_strdup_printf (format, shown));
}

/* Every made picture is a file, as large as it was written; of those whose file has been found to be gone or damaged
 * nobody shows anything. Returns the names that files of ours may have. */
static GHashTable *
check_rows (VigLibrary     *self,
            VigTransaction *t,
            GPtrArray      *problems)
{
  GHashTable *known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  {
    g_autoptr(VigRows) rows = vig_transaction_query (t, "SELECT path, size, kind = 1 AND state = 0 FROM pictures", "");

    while (vig_rows_next (rows))
      {
        g_autofree char *stored = vig_rows_dup_path (rows, 0);
        g_autofree char *path = vig_library_dup_path (self, stored);
        GStatBuf info;

        if (vig_rows_get_int (rows, 2) != 0)
          {
            if (g_stat (path, &info) != 0)
              add_problem (problems, _("The drawing “%s” is missing."), path);
            else if (info.st_size != vig_rows_get_int (rows, 1) || g_access (path, R_OK) != 0)
              add_problem (problems, _("The drawing “%s” is not as it was written."), path);
          }
        g_hash_table_add (known, g_steal_pointer (&stored));
      }
  }

  /* What a drawing that goes on is about to place there. */
  g_autoptr(VigRows) rows = vig_transaction_query (t, "SELECT plan FROM sketches WHERE plan IS NOT NULL", "");
  while (vig_rows_next (rows))
    g_hash_table_add (known, vig_rows_dup_path (rows, 0));

  return known;
}

/* “.vignette-JOB-INDEX.part”, whose job nobody works on. */
static gboolean
is_left_over (VigLibrary *self,
              const char *name)
{
  gint64 job;

  return g_str_has_prefix (name, ".vignette-") && g_str_has_suffix (name, ".part") &&
         (job = g_ascii_strtoll (name + strlen (".vignette-"), NULL, 10)) > 0 &&
         vig_leases_is_free (self->leases, job);
}

static void
check_folder (VigLibrary *self,
              GHashTable *known,
              GPtrArray  *problems)
{
  const char *folder = vig_profile_get_pictures (self->profile);
  g_autoptr(GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  if (dir == NULL)
    {
      add_problem (problems, _("The folder “%s” cannot be read."), folder);
      return;
    }
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (g_str_has_prefix (name, "."))
        {
          if (is_left_over (self, name))
            add_problem (problems, _("“%s” was left behind half written."), path);
        }
      else if (g_str_has_suffix (name, ".png") && !g_hash_table_contains (known, name))
        add_problem (problems, _("The picture “%s” is not in the library."), path);
    }
}

GPtrArray *
vig_library_check (VigLibrary  *self,
                   GError     **error)
{
  g_return_val_if_fail (VIG_IS_LIBRARY (self), NULL);

  g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(GPtrArray) damage = vig_database_check (self->reader, error);

  if (damage == NULL)
    return NULL;
  for (guint i = 0; i < damage->len; i++)
    g_ptr_array_add (problems, g_strdup (damage->pdata[i]));
  /* Of a damaged file nothing more can be believed. */
  if (damage->len > 0)
    return g_steal_pointer (&problems);

  g_autoptr(VigTransaction) t = vig_transaction_begin (self->reader, VIG_READ);
  g_autoptr(GHashTable) known = check_rows (self, t, problems);

  if (!vig_transaction_commit (t, error))
    return NULL;
  check_folder (self, known, problems);

  g_autoptr(GPtrArray) unwritten = vig_library_list_unwritten (self, error);
  if (unwritten == NULL)
    return NULL;
  for (guint i = 0; i < unwritten->len; i++)
    {
      const VigFailure *failure = unwritten->pdata[i];
      g_autofree char *shown = g_filename_display_name (failure->path);

      g_ptr_array_add (problems, g_strdup_printf (_("The tags of “%s” are not written beside it yet: %s"), shown,
                                                  failure->reason));
    }

  return g_steal_pointer (&problems);
}
