/* origins.c: what the files of pictures say of how they were drawn, kept with their contents */

#define G_LOG_DOMAIN "vig-origins"

#include "config.h"

#include "library/library-private.h"

void
vig_transaction_set_origin (VigTransaction  *t,
                            gint64           content,
                            const VigOrigin *origin)
{
  if (origin == NULL)
    return;

  vig_transaction_run (t,
                       "INSERT OR REPLACE INTO origins (content, program, prompt, negative, seed, model, text) "
                       "VALUES (?, ?, ?, ?, ?, ?, ?)", "lssssss", content, origin->program, origin->prompt,
                       origin->negative, origin->seed, origin->model, origin->text);
}

VigOrigin *
vig_library_load_origin (VigLibrary  *self,
                         VigPicture  *picture,
                         GError     **error)
{
  g_return_val_if_fail (VIG_IS_LIBRARY (self), NULL);
  g_return_val_if_fail (VIG_IS_PICTURE (picture), NULL);

  g_autoptr(VigTransaction) t = vig_transaction_begin (self->reader, VIG_READ);
  g_autoptr(VigOrigin) origin = NULL;

  {
    g_autoptr(VigRows) rows =
      vig_transaction_query (t,
                             "SELECT program, prompt, negative, seed, model, text FROM origins "
                             "JOIN pictures ON pictures.content = origins.content WHERE pictures.id = ?", "l",
                             vig_picture_get_id (picture));

    if (vig_rows_next (rows))
      {
        origin = g_new0 (VigOrigin, 1);
        origin->program = g_strdup (vig_rows_get_text (rows, 0));
        origin->prompt = g_strdup (vig_rows_get_text (rows, 1));
        origin->negative = g_strdup (vig_rows_get_text (rows, 2));
        origin->seed = g_strdup (vig_rows_get_text (rows, 3));
        origin->model = g_strdup (vig_rows_get_text (rows, 4));
        origin->text = g_strdup (vig_rows_get_text (rows, 5));
      }
  }
  if (!vig_transaction_commit (t, error))
    return NULL;

  return g_steal_pointer (&origin);
}
