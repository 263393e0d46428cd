/* model-files.h: which models there are on the disk, and which of them is meant */
#pragma once

#include "library/profile.h"

G_BEGIN_DECLS

typedef enum
{
  VIG_MODEL_CLIP,   /* pictures and texts as rows of one space */
  VIG_MODEL_DALLE,  /* draws */
  VIG_MODEL_CODEC,  /* pictures to tokens and back; draws nothing by itself */
} VigModelKind;

typedef struct
{
  VigModelKind kind;
  char        *name;       /* owned; UTF-8, to show */
  char        *directory;  /* owned; where its config.json lies */
  gboolean     included;   /* comes with the program */
} VigModelFiles;

void           vig_model_files_free    (VigModelFiles      *files);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VigModelFiles, vig_model_files_free)

/**
 * vig_model_files_choose:
 * @models: (nullable) (array zero-terminated=1): names or folders that the user gave
 *
 * The model of @kind among @models, or else the default: the user's own models first, then those that come
 * with the program. A folder holds a model, or a pair of them in "clip" and "dalle".
 *
 * Errors: G_IO_ERROR_INVALID_ARGUMENT when @models cannot be meant; G_IO_ERROR_NOT_FOUND when there is none;
 * G_IO_ERROR_INVALID_DATA when what is named is not a model that can be run.
 */
VigModelFiles *vig_model_files_choose  (VigProfile         *profile,
                                        const char * const *models,
                                        VigModelKind        kind,
                                        GError            **error) G_GNUC_WARN_UNUSED_RESULT;
/* (element-type VigModelFiles): those that @models name, one of each kind at most; errors as above */
GPtrArray     *vig_model_files_find    (VigProfile         *profile,
                                        const char * const *models,
                                        GError            **error) G_GNUC_WARN_UNUSED_RESULT;
/* (element-type VigModelFiles): all there are, the user's own first */
GPtrArray     *vig_model_files_list    (VigProfile         *profile) G_GNUC_WARN_UNUSED_RESULT;

/* Bytes of all its files. */
guint64        vig_model_files_measure (const VigModelFiles *files);
/* The licence that its config.json or its card (card.json, README.md, CARD.md) names, or NULL. */
char          *vig_model_files_dup_licence (const VigModelFiles *files);
/* Where it comes from, as config.json or its card says, or NULL. */
char          *vig_model_files_dup_source (const VigModelFiles *files);
/* SHA-256 of its weights as it was written down when the model was added, or NULL. */
char          *vig_model_files_dup_recorded_hash (const VigModelFiles *files);
/* SHA-256 of its weights, the same as compute tells. Reads them all: blocks. */
char          *vig_model_files_hash    (const VigModelFiles *files,
                                        GCancellable        *cancellable,
                                        GError             **error);

G_END_DECLS
