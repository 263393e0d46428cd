/* drawer.c: what the model that draws is like, before it is loaded */

#define G_LOG_DOMAIN "vig-drawer"

#include "config.h"

#include <math.h>

#include <vc.h>

#include "studio/drawer.h"
#include "studio/model-files.h"

void
vig_drawer_free (VigDrawer *drawer)
{
  if (drawer == NULL)
    return;

  g_free (drawer->name);
  g_free (drawer);
}

/* A model's f32 as people wrote it: 0.6, not 0.60000002384. */
static double
widen (float x)
{
  return round ((double) x * 1e6) / 1e6;
}

VigDrawer *
vig_drawer_look (VigStudio  *studio,
                 GError    **error)
{
  g_autoptr(VigModelFiles) files = NULL;
  g_autoptr(VigDrawer) drawer = g_new0 (VigDrawer, 1);
  VcDalleFacts facts;

  g_return_val_if_fail (VIG_IS_STUDIO (studio), NULL);

  files = vig_model_files_choose (vig_library_get_profile (vig_studio_get_library (studio)),
                                  vig_studio_get_models (studio), VIG_MODEL_DALLE, error);
  if (files == NULL || !vc_dalle_look (files->directory, &facts, error))
    return NULL;

  drawer->name = g_strdup (files->name);
  drawer->rows = facts.rows;
  drawer->side = facts.side;
  drawer->starts = facts.reads;
  drawer->completes = facts.completes;
  drawer->temperature = widen (facts.sampling.temperature);
  drawer->top_k = facts.sampling.top_k;
  drawer->top_p = widen (facts.sampling.top_p);
  drawer->guidance = widen (facts.sampling.guidance);

  return g_steal_pointer (&drawer);
}
