/* yardstick.c: what a CLIP makes of pictures and words that have nothing to do with the question */

#define G_LOG_DOMAIN "vig-yardstick"

#include "config.h"

#include <math.h>
#include <string.h>

#include <glib/gi18n.h>

#include "library/files.h"
#include "library/pixels.h"
#include "studio/yardstick.h"
#include "studio/kept-rows.h"
#include "studio/phrases.h"

/* background.jpg: tiles of that side, in rows. */
#define TILE    64
#define COLUMNS 16
#define ROWS    8
#define N_TILES (COLUMNS * ROWS)

#define FILE_MAX (4 << 20)

/* Things in general: of every kind a few, none like another. */
static const char *const captions[] = {
  "dog", "bird", "fish", "horse", "insect", "snake", "lion", "sheep", "flower", "tree", "grass", "mushroom", "apple", "bread",
  "cake", "meat", "vegetables", "coffee", "bottle", "plate", "chair", "table", "bed", "lamp", "window", "door", "carpet",
  "house", "church", "bridge", "road", "street", "shop", "car", "train", "boat", "airplane", "bicycle", "person", "face",
  "hand", "child", "crowd", "shirt", "dress", "shoe", "hat", "bag", "book", "letter", "computer", "telephone", "camera",
  "hammer", "knife", "guitar", "ball", "toy", "mountain", "beach", "sky", "snow", "fire", "pattern",
};

void
vig_yardstick_free (VigYardstick *background)
{
  if (background == NULL)
    return;

  g_free (background->pictures);
  g_free (background->weights);
  g_free (background->captions);
  g_free (background);
}

static double
dot (const float *a,
     const float *b,
     guint        width)
{
  double sum = 0;

  for (guint i = 0; i < width; i++)
    sum += (double) a[i] * b[i];

  return sum;
}

double
vig_yardstick_weigh (const VigYardstick *background,
                      const float         *row)
{
  double logits[G_N_ELEMENTS (captions)];
  double highest = -INFINITY;
  double sum = 0;

  for (guint i = 0; i < background->n_captions; i++)
    {
      logits[i] = background->scale * dot (row, background->captions + (gsize) i * background->width, background->width);
      highest = MAX (highest, logits[i]);
    }
  for (guint i = 0; i < background->n_captions; i++)
    sum += exp (logits[i] - highest);

  return highest + log (sum / background->n_captions);
}

void
vig_yardstick_measure (const VigYardstick *background,
                        const float         *text,
                        double              *mean,
                        double              *deviation)
{
  const guint n = background->n_pictures;
  double sum = 0;
  double squares = 0;

  for (guint i = 0; i < n; i++)
    {
      const double x = background->scale * dot (text, background->pictures + (gsize) i * background->width,
                                                background->width) - background->weights[i];

      sum += x;
      squares += x * x;
    }
  *mean = sum / n;
  /* Of texts to which all pictures are alike nothing is far above the usual. */
  *deviation = MAX (sqrt (MAX (squares / n - *mean * *mean, 0)), 1e-3);
}

/* Newton's method; a little pull towards 0 keeps the slope finite where the pairs part cleanly. */
void
vig_yardstick_fit (const double   *z,
                    const gboolean *right,
                    guint           n,
                    double         *slope,
                    double         *offset)
{
  const double pull = 0.5;
  double odds;
  double a = 0.5;
  double b = -4;
  guint n_right = 0;

  for (guint i = 0; i < n; i++)
    n_right += right[i];
  odds = (n_right + 0.5) / (n - n_right + 0.5);

  for (guint round = 0; round < 60; round++)
    {
      double ga = pull * a, gb = 0, haa = pull, hab = 0, hbb = 1e-9;

      for (guint i = 0; i < n; i++)
        {
          const double p = 1 / (1 + exp (-(a * z[i] + b)));
          const double q = p * (1 - p);

          ga += (p - right[i]) * z[i];
          gb += p - right[i];
          haa += q * z[i] * z[i];
          hab += q * z[i];
          hbb += q;
        }

      const double determinant = MAX (haa * hbb - hab * hab, 1e-12);
      a -= CLAMP ((hbb * ga - hab * gb) / determinant, -1, 1);
      b -= CLAMP ((haa * gb - hab * ga) / determinant, -1, 1);
    }

  /* Whose likeness says nothing is not believed the other way round. */
  *slope = MAX (a, 0);
  *offset = (a > 0 ? b : log (odds)) - log (odds);
}

/* ---- The rows ---- */

static VigPixels *
load_mosaic (char         **hash,
             GCancellable  *cancellable,
             GError       **error)
{
  g_autofree char *path = g_build_filename (vig_profile_get_data (), "vocabularies", "background.jpg", NULL);
  VigPixels *mosaic = NULL;

  *hash = vig_file_hash (path, cancellable, error);
  if (*hash != NULL)
    mosaic = vig_pixels_load (path, 0, cancellable, error);
  if (mosaic != NULL && (mosaic->width != TILE * COLUMNS || mosaic->height != TILE * ROWS))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                   _("“%s” is damaged; installing the program again brings it back."), path);
      g_clear_pointer (&mosaic, vig_pixels_free);
    }

  return mosaic;
}

typedef struct
{
  VigWorkshop     *workshop;
  VcClip          *clip;
  const VigPixels *mosaic;
} Look;

/* Rows of some tiles, by number. */
static gboolean
embed_tiles (const guint   *places,
             guint          n,
             float         *rows,
             gpointer       data,
             GCancellable  *cancellable,
             GError       **error)
{
  const Look *look = data;
  const guint side = vc_clip_get_side (look->clip);
  g_autofree float *pixels = g_new (float, (gsize) n * side * side * 3);

  for (guint i = 0; i < n; i++)
    {
      const gsize x = places[i] % COLUMNS * TILE;
      const gsize y = places[i] / COLUMNS * TILE;

      vc_clip_prepare (look->clip, look->mosaic->rgb + (y * look->mosaic->width + x) * 3, TILE, TILE,
                       (gsize) look->mosaic->width * 3, pixels + (gsize) i * side * side * 3);
    }

  return vc_clip_embed_images (look->clip, pixels, n, rows, vig_workshop_step, cancellable, error);
}

static gboolean
fill_pictures (VigYardstick  *background,
               VigWorkshop    *workshop,
               VcClip         *clip,
               GCancellable   *cancellable,
               GError        **error)
{
  g_autofree char *hash = NULL;
  g_autoptr(VigPixels) mosaic = load_mosaic (&hash, cancellable, error);
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  Look look = { workshop, clip, mosaic };

  if (mosaic == NULL)
    return FALSE;

  for (guint i = 0; i < N_TILES; i++)
    g_ptr_array_add (names, g_strdup_printf ("background %s %u", hash, i));

  background->n_pictures = N_TILES;
  background->pictures = vig_kept_rows_get (workshop, clip, (const char * const *) names->pdata, N_TILES, embed_tiles, &look,
                                            cancellable, error);

  return background->pictures != NULL;
}

/* ---- What is on them ---- */

/* “WORD = 1 2 3”; FALSE if the line says nothing. */
static gboolean
parse_truth (char      *line,
             char     **word,
             gboolean  *on)
{
  char *numbers = strchr (line, '=');
  g_auto(GStrv) all = NULL;

  if (*line == '#' || numbers == NULL)
    return FALSE;

  *numbers++ = '\0';
  *word = g_strstrip (line);
  all = g_strsplit (numbers, " ", -1);
  memset (on, 0, N_TILES * sizeof *on);
  for (guint i = 0; all[i] != NULL; i++)
    {
      const guint64 number = g_ascii_strtoull (all[i], NULL, 10);

      if (number >= 1 && number <= N_TILES)
        on[number - 1] = TRUE;
    }

  return TRUE;
}

static gboolean
fit (VigYardstick  *background,
     VigWorkshop    *workshop,
     VcClip         *clip,
     GCancellable   *cancellable,
     GError        **error)
{
  g_autofree char *path = g_build_filename (vig_profile_get_data (), "vocabularies", "background.txt", NULL);
  gsize size;
  g_autofree char *text = vig_file_read (path, FILE_MAX, &size, error);
  g_auto(GStrv) lines = text != NULL ? g_strsplit (text, "\n", -1) : NULL;
  g_autoptr(GPtrArray) words = g_ptr_array_new ();
  g_autoptr(GArray) right = g_array_new (FALSE, FALSE, sizeof (gboolean));
  g_autofree float *rows = NULL;
  g_autofree double *z = NULL;

  if (text == NULL)
    return FALSE;

  for (guint i = 0; lines[i] != NULL; i++)
    {
      gboolean on[N_TILES];
      char *word;

      if (parse_truth (lines[i], &word, on))
        {
          g_ptr_array_add (words, word);
          g_array_append_vals (right, on, N_TILES);
        }
    }

  rows = vig_phrases_embed_words (workshop, clip, (const char * const *) words->pdata, words->len, cancellable, error);
  if (rows == NULL)
    return FALSE;

  z = g_new (double, right->len);
  for (guint k = 0; k < words->len; k++)
    {
      const float *row = rows + (gsize) k * background->width;
      double mean, deviation;

      vig_yardstick_measure (background, row, &mean, &deviation);
      for (guint i = 0; i < N_TILES; i++)
        z[k * N_TILES + i] = (background->scale * dot (row, background->pictures + (gsize) i * background->width,
                                                       background->width) - background->weights[i] - mean) / deviation;
    }
  vig_yardstick_fit (z, (const gboolean *) (gconstpointer) right->data, right->len, &background->slope,
                      &background->offset);

  return TRUE;
}

VigYardstick *
vig_yardstick_new (VigWorkshop   *workshop,
                    VcClip        *clip,
                    GCancellable  *cancellable,
                    GError       **error)
{
  g_autoptr(VigYardstick) background = g_new0 (VigYardstick, 1);

  background->width = vc_clip_get_width (clip);
  background->scale = vc_clip_get_scale (clip);
  background->n_captions = G_N_ELEMENTS (captions);
  background->captions = vig_phrases_embed_words (workshop, clip, captions, background->n_captions, cancellable, error);
  if (background->captions == NULL || !fill_pictures (background, workshop, clip, cancellable, error))
    return NULL;

  background->weights = g_new (double, background->n_pictures);
  for (guint i = 0; i < background->n_pictures; i++)
    background->weights[i] = vig_yardstick_weigh (background, background->pictures + (gsize) i * background->width);
  if (!fit (background, workshop, clip, cancellable, error))
    return NULL;
  g_debug ("slope %.3f, offset %.3f", background->slope, background->offset);

  return g_steal_pointer (&background);
}
