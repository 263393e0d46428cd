/* model-store.h: the user's own models: taken in, compared with what was written down of them, and taken away
 *
 * Each is a folder of the profile's models, with added.json: where it came from, when, and the size and SHA-256 of
 * every file. Blocks; any thread.
 */
#pragma once

#include "studio/model-files.h"

G_BEGIN_DECLS

/* How much is done, 0 to 1. */
typedef void (*VigModelStep) (double   fraction,
                              gpointer data);

/**
 * vig_model_store_add:
 * @path: a file or a folder as its publisher gives it
 * @name: (nullable): what it shall be called; NULL: as the path calls it
 * @source: (nullable): where it came from, an address; NULL: @path
 * @licence: (nullable): as its publisher names it; NULL: what its card says
 * @cancellable: stops it at once; nothing of it stays then
 * @step: (nullable)
 *
 * Converts it into the layout that runs. It is there whole, under its name, or not at all.
 *
 * Errors: compute's, which vig_workshop_explain() puts into words, and G_IO_ERROR.
 *
 * Returns: (transfer full): the model
 */
VigModelFiles *vig_model_store_add    (VigProfile     *profile,
                                       const char     *path,
                                       const char     *name,
                                       const char     *source,
                                       const char     *licence,
                                       GCancellable   *cancellable,
                                       VigModelStep    step,
                                       gpointer        data,
                                       GError        **error) G_GNUC_WARN_UNUSED_RESULT;

/* Takes one of the user's own away, both of a pair. Those that come with the program stay. */
gboolean       vig_model_store_remove (VigProfile     *profile,
                                       const char     *name,
                                       GError        **error);

/**
 * vig_model_store_verify:
 *
 * Reads every file of the model and compares it with what was written down. Of a model that was not taken in by
 * vig_model_store_add() nothing was: it is no problem by itself.
 *
 * Returns: (element-type utf8): a sentence for each problem; NULL when it was cancelled
 */
GPtrArray     *vig_model_store_verify (const VigModelFiles *files,
                                       GCancellable        *cancellable,
                                       GError             **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether a new model can be called so; else an error says why not. */
gboolean       vig_model_store_check_name (VigProfile     *profile,
                                           const char     *name,
                                           GError        **error);

/* A folder for what is fetched of the model @name, which stays until it is dropped. One program at a time has it. */
typedef struct _VigModelLock VigModelLock;

VigModelLock  *vig_model_store_keep       (VigProfile     *profile,
                                           const char     *name,
                                           char          **folder,
                                           GError        **error) G_GNUC_WARN_UNUSED_RESULT;
void           vig_model_store_drop       (VigModelLock   *lock);
void           vig_model_lock_free        (VigModelLock   *lock);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VigModelLock, vig_model_lock_free)

/* Whether @bytes fit on the disk of @folder; else an error says how many there are. */
gboolean       vig_model_store_check_room (const char     *folder,
                                           guint64         bytes,
                                           GError        **error);

G_END_DECLS
