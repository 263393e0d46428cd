/* origin.h: what a picture's file says of how it was drawn, by this program or another */
#pragma once

#include "library/said.h"

G_BEGIN_DECLS

/**
 * VigOrigin:
 *
 * What is not said is NULL. Only what a file says: nobody has checked it.
 */
typedef struct
{
  char *program;   /* “Vignette”, “Stable Diffusion web UI”, “InvokeAI”, “ComfyUI”, “SwarmUI”, “Fooocus”, “NovelAI”, “Easy Diffusion” */
  char *prompt;
  char *negative;  /* what was not wanted */
  char *seed;      /* a whole number */
  char *model;
  char *text;      /* all of it, as it stands in the file */
} VigOrigin;

void vig_origin_free (VigOrigin *origin);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VigOrigin, vig_origin_free)

/* From the texts in a PNG; of any other file, from its comment. NULL if it says nothing of the kind: no error, since a
 * picture without a story is still a picture. @said: (nullable) */
VigOrigin *vig_origin_read  (const VigSaid *said) G_GNUC_WARN_UNUSED_RESULT;

/* The same from what was found under one key: “parameters”, “prompt”, “invokeai_metadata”, … or "" for an EXIF comment. */
VigOrigin *vig_origin_parse (const char  *key,
                             const char  *text) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
