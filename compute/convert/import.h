/* import.h: a published model, recognised by what is in its files and converted into the one layout that runs */
#pragma once

#include "convert/plan.h"

G_BEGIN_DECLS

typedef struct _VcImport VcImport;

/**
 * vc_import_open:
 * @path: a folder, or a file of weights with its configuration and vocabulary beside it
 *
 * Recognises a CLIP as Hugging Face, open_clip or OpenAI publish it; a drawing model in this program's own layout,
 * DALL·E mini and mega as min-dalle has them, minDALL-E and ruDALL-E; and OpenAI's discrete autoencoder.
 * Reads configurations and the shapes of all tensors, and knows after it that what will be written can be run.
 *
 * Thread: any one at a time. Needs no device.
 *
 * Errors: %VC_ERROR_BAD_MODEL: one sentence that says what was found, or what is missing.
 */
VcImport   *vc_import_open     (const char     *path,
                                GError        **error) G_GNUC_WARN_UNUSED_RESULT;
void        vc_import_free     (VcImport       *import);

/* Bytes that it will take, near enough. */
guint64     vc_import_measure  (VcImport       *import);
/* The name that its publisher gave it, as far as the path tells: “ViT-B-32”. Borrowed. */
const char *vc_import_get_name (VcImport       *import);

/**
 * vc_import_write:
 * @directory: an empty one, filled; after an error what is in it is for the caller to remove
 * @step: (nullable)
 *
 * Each file is on the disk when this returns.
 *
 * Errors: %VC_ERROR_BAD_MODEL; %VC_ERROR_CANCELLED when @step said stop; G_FILE_ERROR for what the disk says.
 */
gboolean    vc_import_write    (VcImport       *import,
                                const char     *directory,
                                VcConvertStep   step,
                                gpointer        data,
                                GError        **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VcImport, vc_import_free)

G_END_DECLS
