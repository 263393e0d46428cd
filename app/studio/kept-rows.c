/* kept-rows.c: rows that a model makes of fixed things, made once and kept in the library */

#define G_LOG_DOMAIN "vig-kept-rows"

#include "config.h"

#include "library/dot.h"
#include "studio/kept-rows.h"

/* Made between two looks at who else waits. */
#define AT_ONCE 16

static char *
make_key (VcClip     *clip,
          const char *name)
{
  g_autofree char *all = g_strdup_printf ("%s %u %s", vc_clip_get_hash (clip), vc_clip_get_width (clip), name);

  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, all, -1);
}

/* Those at @places, of which there are few. */
static gboolean
make_some (VigLibrary          *library,
           const char * const  *keys,
           const guint         *places,
           guint                n,
           guint                width,
           float               *rows,
           VigMakeRows          make,
           gpointer             data,
           GCancellable        *cancellable,
           GError             **error)
{
  g_autofree float *made = g_new (float, (gsize) n * width);
  const char *names[AT_ONCE];
  g_autoptr(GError) local = NULL;

  if (!make (places, n, made, data, cancellable, error))
    return FALSE;

  for (guint i = 0; i < n; i++)
    {
      names[i] = keys[places[i]];
      for (guint k = 0; k < width; k++)
        rows[(gsize) places[i] * width + k] = vig_half_to_float (vig_half_from_float (made[(gsize) i * width + k]));
    }

  /* What cannot be kept costs time again, nothing else. */
  if (!vig_library_save_label_rows (library, names, n, width, made, &local))
    g_debug ("%s", local->message);

  return TRUE;
}

float *
vig_kept_rows_get (VigWorkshop         *workshop,
                   VcClip              *clip,
                   const char * const  *names,
                   guint                n,
                   VigMakeRows          make,
                   gpointer             data,
                   GCancellable        *cancellable,
                   GError             **error)
{
  VigLibrary *library = vig_workshop_get_library (workshop);
  const guint width = vc_clip_get_width (clip);
  g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func (g_free);
  g_autofree float *rows = g_new (float, (gsize) n * width);
  g_autofree gboolean *found = g_new0 (gboolean, n);
  guint places[AT_ONCE];
  guint waiting = 0;

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (keys, make_key (clip, names[i]));
  if (!vig_library_load_label_rows (library, (const char * const *) keys->pdata, n, width, rows, found, error))
    return NULL;

  for (guint i = 0; i < n; i++)
    {
      if (!found[i])
        places[waiting++] = i;
      if (waiting == AT_ONCE || (waiting > 0 && i + 1 == n))
        {
          if (!make_some (library, (const char * const *) keys->pdata, places, waiting, width, rows, make, data, cancellable,
                          error))
            return NULL;
          waiting = 0;
          vig_workshop_yield (workshop);
        }
    }

  return g_steal_pointer (&rows);
}
