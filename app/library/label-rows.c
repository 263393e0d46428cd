/* label-rows.c: what the words of a vocabulary mean to a model, kept from one start to the next */

#define G_LOG_DOMAIN "vig-label-rows"

#include "config.h"

#include "library/dot.h"
#include "library/library-private.h"

/* Some twenty vocabularies of a thousand words: 20 MB at a width of 512. */
#define MOST_ROWS "20000"

gboolean
vig_library_load_label_rows (VigLibrary          *self,
                             const char * const  *keys,
                             guint                n,
                             guint                width,
                             float               *rows,
                             gboolean            *found,
                             GError             **error)
{
  g_return_val_if_fail (VIG_IS_LIBRARY (self), FALSE);
  g_return_val_if_fail (width > 0, FALSE);

  g_autoptr(VigTransaction) t = vig_transaction_begin (self->reader, VIG_READ);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr(VigRows) kept = vig_transaction_query (t, "SELECT row FROM label_rows WHERE key = ?", "s", keys[i]);
      gsize size = 0;
      const guint16 *row = vig_rows_next (kept) ? vig_rows_get_blob (kept, 0, &size) : NULL;

      found[i] = row != NULL && size == width * sizeof (guint16);
      for (guint k = 0; found[i] && k < width; k++)
        rows[(gsize) i * width + k] = vig_half_to_float (GUINT16_FROM_LE (row[k]));
    }

  return vig_transaction_commit (t, error);
}

gboolean
vig_library_save_label_rows (VigLibrary          *self,
                             const char * const  *keys,
                             guint                n,
                             guint                width,
                             const float         *rows,
                             GError             **error)
{
  g_return_val_if_fail (VIG_IS_LIBRARY (self), FALSE);
  g_return_val_if_fail (width > 0, FALSE);

  g_autofree guint16 *row = g_new (guint16, width);
  /* They can be made again. */
  g_autoptr(VigTransaction) t = vig_transaction_begin (self->writer, VIG_WRITE_SOON);

  for (guint i = 0; i < n; i++)
    {
      for (guint k = 0; k < width; k++)
        row[k] = GUINT16_TO_LE (vig_half_from_float (rows[(gsize) i * width + k]));
      vig_transaction_run (t,
                           "INSERT INTO label_rows (key, row) VALUES (?, ?) ON CONFLICT DO UPDATE SET row = excluded.row",
                           "sb", keys[i], (gconstpointer) row, (gsize) width * sizeof (guint16));
    }
  vig_transaction_run (t, "DELETE FROM label_rows WHERE id <= (SELECT max(id) FROM label_rows) - " MOST_ROWS, "");

  return vig_transaction_commit (t, error);
}
