/* model-names.c: what the models are called whose hashes the library has written down */

#include "config.h"

#include "ui/model-names.h"

#include "studio/model-files.h"
#include "ui/errand.h"

static gpointer
list (gpointer       object,
      gpointer       data,
      GCancellable  *cancellable,
      GError       **error)
{
  g_autoptr(GPtrArray) models = vig_model_files_list (object);
  GHashTable *names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  for (guint i = 0; i < models->len && !g_cancellable_is_cancelled (cancellable); i++)
    {
      const VigModelFiles *files = g_ptr_array_index (models, i);
      g_autofree char *hash = vig_model_files_dup_recorded_hash (files);

      /* One that cannot be read has no name here: it cannot be asked either. */
      if (hash == NULL)
        hash = vig_model_files_hash (files, cancellable, NULL);
      if (hash != NULL)
        g_hash_table_insert (names, g_steal_pointer (&hash), g_strdup (files->name));
    }

  return names;
}

void
vig_model_names_async (VigProfile          *profile,
                       GCancellable        *cancellable,
                       GAsyncReadyCallback  callback,
                       gpointer             user_data)
{
  vig_errand_async (profile, list, NULL, NULL, (GDestroyNotify) g_hash_table_unref, cancellable, callback, user_data);
}

GHashTable *
vig_model_names_finish (GAsyncResult  *result,
                        GError       **error)
{
  return vig_errand_finish (result, error);
}
