/* catalogue.h: the models that can be fetched by name, and fetching one */
#pragma once

#include "studio/model-store.h"

G_BEGIN_DECLS

typedef struct
{
  const char   *name;
  VigModelKind  kind;
  guint64       bytes;       /* to fetch, near enough */
  const char   *licence;     /* of the weights, as their publisher names it */
  const char   *repository;  /* of Hugging Face's, OWNER/NAME */
  /* Ends with NULL. "a|b": the first of these that is there. "?a": it may be missing. */
  const char   *files[8];
} VigOffer;

/* All there are. */
const VigOffer *vig_catalogue_get      (guint           *n_offers);
const VigOffer *vig_catalogue_find     (const char      *name);
/* Its page, for people. */
char           *vig_offer_dup_page     (const VigOffer  *offer);

/**
 * vig_offer_fetch:
 * @step: (nullable)
 *
 * Fetches the model's files into a hidden folder of the profile's models, where they stay when it is stopped or fails, for
 * the next call to go on; then adds it under its name, and removes what was fetched.
 *
 * Blocks. Any thread.
 *
 * Returns: (transfer full): the model
 */
VigModelFiles  *vig_offer_fetch        (const VigOffer  *offer,
                                        VigProfile      *profile,
                                        GCancellable    *cancellable,
                                        VigModelStep     step,
                                        gpointer         data,
                                        GError         **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
