/* labels.c: how probable each of some words is for a picture */

#define G_LOG_DOMAIN "vig-labels"

#include "config.h"

#include <math.h>
#include <string.h>

#include "studio/labels.h"
#include "studio/phrases.h"
#include "studio/studio.h"
#include "studio/vocabulary.h"

/* Pictures that nothing is said of, to learn a tag against. */
#define OTHERS 256

static void
known_free (gpointer data)
{
  VigKnownLabel *known = data;

  g_free (known->tag);
  g_free (known->label);
  g_free (known->row);
  vig_probe_free (known->probe);
  g_free (known);
}

void
vig_labels_free (VigLabels *labels)
{
  if (labels == NULL)
    return;

  vig_yardstick_free (labels->background);
  g_clear_pointer (&labels->known, g_ptr_array_unref);
  g_free (labels);
}

/* Lines of the tags that were taught and are not there yet, added. */
static void
add_taught (GPtrArray *lines,
            GPtrArray *taught)
{
  for (guint i = 0; i < taught->len; i++)
    g_ptr_array_add (lines, g_strdup (taught->pdata[i]));
}

/* The mean of what all names of a word mean. */
static float *
mix_names (const float *rows,
           guint        n,
           guint        width)
{
  float *mean = g_new0 (float, width);
  double square = 0;

  for (guint i = 0; i < n; i++)
    for (guint k = 0; k < width; k++)
      mean[k] += rows[(gsize) i * width + k];
  for (guint k = 0; k < width; k++)
    square += (double) mean[k] * mean[k];
  for (guint k = 0; square > 0 && k < width; k++)
    mean[k] = (float) (mean[k] / sqrt (square));

  return mean;
}

static gboolean
fill_known (VigLabels     *labels,
            VigWorkshop   *workshop,
            VcClip        *clip,
            GPtrArray     *words,
            GHashTable    *thresholds,
            GCancellable  *cancellable,
            GError       **error)
{
  const guint width = labels->background->width;
  g_autoptr(GPtrArray) names = g_ptr_array_new ();
  g_autofree float *rows = NULL;
  guint at = 0;

  for (guint i = 0; i < words->len; i++)
    for (char **name = ((VigWord *) words->pdata[i])->names; *name != NULL; name++)
      g_ptr_array_add (names, *name);
  rows = vig_phrases_embed_words (workshop, clip, (const char * const *) names->pdata, names->len, cancellable, error);
  if (rows == NULL)
    return FALSE;

  for (guint i = 0; i < words->len; i++)
    {
      const VigWord *word = words->pdata[i];
      const guint n = g_strv_length (word->names);
      const double *threshold = g_hash_table_lookup (thresholds, word->tag);
      VigKnownLabel *known = g_new0 (VigKnownLabel, 1);

      known->tag = g_strdup (word->tag);
      known->label = g_strdup (word->label);
      known->row = mix_names (rows + (gsize) at * width, n, width);
      known->threshold = threshold != NULL ? *threshold : VIG_SURE;
      vig_yardstick_measure (labels->background, known->row, &known->mean, &known->deviation);
      g_ptr_array_add (labels->known, known);
      at += n;
    }

  return TRUE;
}

static gboolean
learn (VigLabels   *labels,
       VigLibrary  *library,
       VcClip      *clip,
       GPtrArray   *taught,
       GError     **error)
{
  for (guint i = 0; i < labels->known->len; i++)
    {
      VigKnownLabel *known = labels->known->pdata[i];
      g_autoptr(VigExamples) examples = NULL;

      if (!g_ptr_array_find_with_equal_func (taught, known->tag, g_str_equal, NULL))
        continue;

      examples = vig_library_load_examples (library, known->tag, vc_clip_get_hash (clip), labels->background->width, OTHERS,
                                            error);
      if (examples == NULL)
        return FALSE;
      /* Where there are too few examples yet, its name has to do. */
      known->probe = vig_probe_learn (examples->rows, examples->n_with, examples->n_without, examples->n_others,
                                      examples->width);
    }

  return TRUE;
}

VigLabels *
vig_labels_new (VigWorkshop        *workshop,
                VcClip             *clip,
                const char * const *given,
                gboolean            with_taught,
                GCancellable       *cancellable,
                GError            **error)
{
  VigLibrary *library = vig_workshop_get_library (workshop);
  g_autoptr(VigLabels) labels = g_new0 (VigLabels, 1);
  g_auto(GStrv) own = given != NULL ? g_strdupv ((char **) given) : vig_vocabulary_load (NULL, error);
  g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(GPtrArray) words = NULL;
  g_autoptr(GPtrArray) taught = NULL;
  g_autoptr(GHashTable) thresholds = NULL;

  if (own == NULL)
    return NULL;
  taught = vig_library_list_taught (library, error);
  thresholds = taught != NULL ? vig_library_list_thresholds (library, error) : NULL;
  if (thresholds == NULL)
    return NULL;

  for (guint i = 0; own[i] != NULL; i++)
    g_ptr_array_add (lines, g_strdup (own[i]));
  if (with_taught)
    add_taught (lines, taught);
  g_ptr_array_add (lines, NULL);

  labels->known = g_ptr_array_new_with_free_func (known_free);
  labels->background = vig_yardstick_new (workshop, clip, cancellable, error);
  if (labels->background == NULL)
    return NULL;
  words = vig_vocabulary_parse ((const char * const *) lines->pdata);
  if (!fill_known (labels, workshop, clip, words, thresholds, cancellable, error) ||
      !learn (labels, library, clip, taught, error))
    return NULL;

  return g_steal_pointer (&labels);
}

void
vig_labels_rate (const VigLabels *labels,
                 const float     *row,
                 double          *scores)
{
  const VigYardstick *background = labels->background;
  const double weight = vig_yardstick_weigh (background, row);
  const double odds = 4.0 / (labels->known->len + 8);

  for (guint i = 0; i < labels->known->len; i++)
    {
      const VigKnownLabel *known = labels->known->pdata[i];
      double cosine = 0;

      if (known->probe != NULL)
        {
          scores[i] = vig_probe_rate (known->probe, row);
          continue;
        }

      for (guint k = 0; k < background->width; k++)
        cosine += (double) row[k] * known->row[k];

      const double z = (background->scale * cosine - weight - known->mean) / known->deviation;

      scores[i] = 1 / (1 + exp (-(background->slope * z + background->offset + log (odds))));
    }
}

float *
vig_labels_dup_direction (const VigLabels *labels,
                          guint            index)
{
  const VigYardstick *background = labels->background;
  const VigKnownLabel *known = labels->known->pdata[index];
  float *direction;

  if (known->probe != NULL)
    return g_memdup2 (known->probe->weights, background->width * sizeof (float));

  direction = g_memdup2 (known->row, background->width * sizeof (float));
  for (guint i = 0; i < background->n_captions; i++)
    for (guint k = 0; k < background->width; k++)
      direction[k] -= background->captions[(gsize) i * background->width + k] / background->n_captions;

  return direction;
}
