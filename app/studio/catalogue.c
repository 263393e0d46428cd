/* catalogue.c: the models that can be fetched by name, and fetching one */

#define G_LOG_DOMAIN "vig-catalogue"

#include "config.h"

#include <errno.h>
#include <string.h>

#include <glib/gi18n.h>
#include <glib/gstdio.h>

#include "library/files.h"
#include "studio/catalogue.h"
#include "studio/download.h"

#define HUB "https://huggingface.co"

/* Files may differ from the list by as much, if their publisher adds to them. */
#define SLACK (256u << 20)

/* Of what was fetched, how much is there again after converting: weights in F32 become F16. */
#define CONVERTED 0.6

#define CLIP_FILES { "config.json", "model.safetensors|pytorch_model.bin", "vocab.json", "merges.txt", \
                     "?preprocessor_config.json", "?README.md" }

/* Sizes are of the weights in F32, and what is beside them. */
static const VigOffer offers[] = {
  { "clip-vit-base-patch32", VIG_MODEL_CLIP, 607000000, "MIT", "openai/clip-vit-base-patch32", CLIP_FILES },
  { "clip-vit-base-patch16", VIG_MODEL_CLIP, 600000000, "MIT", "openai/clip-vit-base-patch16", CLIP_FILES },
  { "clip-vit-large-patch14", VIG_MODEL_CLIP, 1713000000, "MIT", "openai/clip-vit-large-patch14", CLIP_FILES },
  { "clip-vit-large-patch14-336", VIG_MODEL_CLIP, 1714000000, "MIT", "openai/clip-vit-large-patch14-336", CLIP_FILES },
  { "CLIP-ViT-B-32-laion2B-s34B-b79K", VIG_MODEL_CLIP, 607000000, "MIT", "laion/CLIP-ViT-B-32-laion2B-s34B-b79K",
    CLIP_FILES },
  { "CLIP-ViT-B-16-laion2B-s34B-b88K", VIG_MODEL_CLIP, 600000000, "MIT", "laion/CLIP-ViT-B-16-laion2B-s34B-b88K",
    CLIP_FILES },
  { "CLIP-ViT-L-14-laion2B-s32B-b82K", VIG_MODEL_CLIP, 1713000000, "MIT", "laion/CLIP-ViT-L-14-laion2B-s32B-b82K",
    CLIP_FILES },
  { "CLIP-ViT-H-14-laion2B-s32B-b79K", VIG_MODEL_CLIP, 3946000000, "MIT", "laion/CLIP-ViT-H-14-laion2B-s32B-b79K",
    CLIP_FILES },
};

const VigOffer *
vig_catalogue_get (guint *n_offers)
{
  *n_offers = G_N_ELEMENTS (offers);

  return offers;
}

const VigOffer *
vig_catalogue_find (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (offers); i++)
    if (g_str_equal (offers[i].name, name))
      return &offers[i];

  return NULL;
}

char *
vig_offer_dup_page (const VigOffer *offer)
{
  return g_strdup_printf (HUB "/%s", offer->repository);
}

/* A mirror on this computer, which the tests have; vig_download() takes no other address without https. */
static const char *
get_hub (void)
{
  const char *mirror = g_getenv ("VIGNETTE_HUB");

  return mirror != NULL && *mirror != '\0' ? mirror : HUB;
}

typedef struct
{
  VigModelStep step;
  gpointer     data;
  guint64      before;  /* bytes of the files that are there */
  guint64      total;
} Progress;

/* Fetching is nearly all of the work; the rest is converting. */
#define FETCHED 0.95

static void
fetched_cb (guint64  done,
            guint64  size,
            gpointer data)
{
  const Progress *progress = data;

  if (progress->step != NULL)
    progress->step (FETCHED * MIN ((double) (progress->before + done) / progress->total, 1), progress->data);
}

static void
converted_cb (double   fraction,
              gpointer data)
{
  const Progress *progress = data;

  if (progress->step != NULL)
    progress->step (FETCHED + (1 - FETCHED) * fraction, progress->data);
}

static guint64
measure (const char *path)
{
  GStatBuf status;

  return g_stat (path, &status) == 0 ? status.st_size : 0;
}

/* One of the files called "a|b". */
static gboolean
fetch_file (const VigOffer *offer,
            const char     *folder,
            const char     *names,
            GCancellable   *cancellable,
            Progress       *progress,
            GError        **error)
{
  const gboolean needed = *names != '?';
  g_auto(GStrv) choices = g_strsplit (needed ? names : names + 1, "|", -1);

  for (guint i = 0; choices[i] != NULL; i++)
    {
      g_autofree char *path = g_build_filename (folder, choices[i], NULL);
      g_autofree char *url = g_strdup_printf ("%s/%s/resolve/main/%s", get_hub (), offer->repository, choices[i]);
      g_autoptr(GError) local = NULL;

      /* Fetched and compared before. */
      if (g_file_test (path, G_FILE_TEST_EXISTS) ||
          vig_download (url, path, offer->bytes + SLACK, cancellable, fetched_cb, progress, &local))
        {
          progress->before += measure (path);
          return TRUE;
        }

      if (g_error_matches (local, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
        {
          g_autofree char *part = g_strconcat (path, ".part", NULL);

          g_unlink (part);  /* empty: there is no such file */
          if (choices[i + 1] != NULL)
            continue;
          if (!needed)
            return TRUE;
        }
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }

  return TRUE;
}

static gboolean
check_room (const VigOffer *offer,
            VigProfile     *profile,
            const char     *folder,
            GError        **error)
{
  g_autoptr(GDir) dir = g_dir_open (folder, 0, NULL);  /* just made, or kept */
  guint64 bytes = offer->bytes;
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      bytes -= MIN (measure (path), bytes);
    }

  return vig_model_store_check_room (vig_profile_get_models (profile), bytes + CONVERTED * offer->bytes, error);
}

VigModelFiles *
vig_offer_fetch (const VigOffer  *offer,
                 VigProfile      *profile,
                 GCancellable    *cancellable,
                 VigModelStep     step,
                 gpointer         data,
                 GError         **error)
{
  g_autofree char *page = vig_offer_dup_page (offer);
  Progress progress = { step, data, 0, offer->bytes };
  g_autoptr(VigModelLock) lock = NULL;
  g_autofree char *folder = NULL;
  VigModelFiles *files;

  if (!vig_model_store_check_name (profile, offer->name, error))
    return NULL;

  lock = vig_model_store_keep (profile, offer->name, &folder, error);
  if (lock == NULL || !check_room (offer, profile, folder, error))
    return NULL;

  for (guint i = 0; offer->files[i] != NULL; i++)
    if (!fetch_file (offer, folder, offer->files[i], cancellable, &progress, error))
      return NULL;

  files = vig_model_store_add (profile, folder, offer->name, page, offer->licence, cancellable, converted_cb, &progress,
                               error);
  if (files != NULL)
    vig_model_store_drop (lock);

  return files;
}
