/* pretend.c: many pictures at once, to measure by: rows without files of their own */

#define G_LOG_DOMAIN "vig-pretend"

#include "config.h"

#include "library/library-private.h"

gboolean
vig_library_pretend (VigLibrary  *self,
                     const char  *folder,
                     guint        count,
                     GError     **error)
{
  g_autoptr(VigTransaction) t = NULL;
  g_autofree char *pattern = NULL;

  g_return_val_if_fail (VIG_IS_LIBRARY (self), FALSE);
  g_return_val_if_fail (strchr (folder, '%') == NULL, FALSE);

  t = vig_transaction_begin (self->writer, VIG_WRITE);
  pattern = g_strdup_printf ("%s/%%04d/%%02d.png", folder);
  vig_transaction_run (t,
                       "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) "
                       "INSERT INTO contents (hash) SELECT printf ('%064x', i) FROM n", "i", count);
  /* One every hour, back from today. */
  vig_transaction_run (t,
                       "INSERT INTO pictures (kind, path, content, size, mtime, width, height, time) "
                       "SELECT 0, CAST (printf (?1, (id - 1) / ?2, (id - 1) % ?2) AS BLOB), id, 1, 1, 640, 480, "
                       "?3 - id * 3600 FROM contents", "sil", pattern, VIG_PRETEND_FILES,
                       g_get_real_time () / G_USEC_PER_SEC);
  vig_transaction_count_change (t);
  if (!vig_transaction_commit (t, error))
    return FALSE;

  vig_library_touch (self);

  return TRUE;
}
