/* reader.c: keeps the words of the model that draws, so that prompts can be read while they are typed */

#define G_LOG_DOMAIN "vig-reader"

#include "config.h"

#include <vc.h>

#include <glib/gi18n.h>

#include "studio/model-files.h"
#include "studio/reader.h"

/* What is typed comes key by key; which model draws changes seldom. */
#define LOOK_US (2 * G_USEC_PER_SEC)

struct _VigReader
{
  VigProfile *profile;    /* owned */
  char      **models;     /* owned; may be NULL */

  GMutex      lock;       /* of what follows */
  char       *name;       /* owned; of the model, as all below; NULL: none is known */
  char       *directory;  /* owned */
  VcLexicon  *lexicon;    /* owned */
  gint64      looked_us;  /* when it was last known to be the one that draws */
};

VigReader *
vig_reader_new (VigProfile         *profile,
                const char * const *models)
{
  VigReader *self = g_new0 (VigReader, 1);

  self->profile = g_object_ref (profile);
  self->models = g_strdupv ((char **) models);
  g_mutex_init (&self->lock);

  return self;
}

void
vig_reader_free (VigReader *self)
{
  if (self == NULL)
    return;

  g_object_unref (self->profile);
  g_strfreev (self->models);
  g_free (self->name);
  g_free (self->directory);
  vc_lexicon_free (self->lexicon);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/* Under the lock. */
static gboolean
open_lexicon (VigReader *self,
              GError   **error)
{
  const gint64 now = g_get_monotonic_time ();
  g_autoptr(VigModelFiles) files = NULL;

  if (self->lexicon != NULL && now - self->looked_us < LOOK_US)
    return TRUE;

  files = vig_model_files_choose (self->profile, (const char * const *) self->models, VIG_MODEL_DALLE, error);
  if (files == NULL)
    return FALSE;

  self->looked_us = now;
  if (self->lexicon != NULL && g_str_equal (self->directory, files->directory))
    return TRUE;

  g_clear_pointer (&self->lexicon, vc_lexicon_free);
  g_free (self->name);
  g_free (self->directory);
  self->name = g_strdup (files->name);
  self->directory = g_strdup (files->directory);
  self->lexicon = vc_lexicon_load (files->directory, error);
  if (self->lexicon == NULL)
    g_prefix_error (error, _("The model cannot be used: "));

  return self->lexicon != NULL;
}

VigReading *
vig_reader_read (VigReader   *self,
                 const char  *text,
                 GError     **error)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  g_autofree VcSpan *spans = NULL;
  VigReading *reading;
  guint n;

  if (!open_lexicon (self, error))
    return NULL;

  spans = vc_lexicon_find_unknown (self->lexicon, text, &n);
  reading = g_new0 (VigReading, 1);
  reading->model = g_strdup (self->name);
  reading->languages = g_strsplit (vc_lexicon_get_language (self->lexicon), " ", -1);
  reading->unknown = g_array_new (FALSE, FALSE, sizeof (VigSpan));
  for (guint i = 0; i < n; i++)
    {
      const VigSpan span = { spans[i].start, spans[i].end };

      g_array_append_val (reading->unknown, span);
    }

  return reading;
}

void
vig_reading_free (VigReading *reading)
{
  if (reading == NULL)
    return;

  g_free (reading->model);
  g_strfreev (reading->languages);
  g_array_unref (reading->unknown);
  g_free (reading);
}
