/* metadata.h: XMP of picture files */
#pragma once

#include <gexiv2/gexiv2.h>
#include <gio/gio.h>

G_BEGIN_DECLS

/* Exiv2's XMP toolkit is not made for threads: hold this around anything that says gexiv2_. */
GMutexLocker   *vig_metadata_lock     (void) G_GNUC_WARN_UNUSED_RESULT;
/* Of an empty file, to build a packet in. The lock is held. */
GExiv2Metadata *vig_metadata_new      (GError      **error) G_GNUC_WARN_UNUSED_RESULT;
/* An XMP packet that says: drawn by a trained model, from these words. */
char           *vig_metadata_describe (const char   *prompt,
                                       const char   *model,
                                       const char   *model_hash,
                                       guint64       seed,
                                       GError      **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same without words and seed, for a copy that is given to others.  @model_hash: (nullable) */
char           *vig_metadata_describe_shared (const char *model_hash,
                                       GError      **error) G_GNUC_WARN_UNUSED_RESULT;
/* Of a picture that was made larger by a trained model, which also drew the original if @drawn; what the original says in
 * XMP goes along. */
char           *vig_metadata_describe_larger (const char *original,
                                       gboolean      drawn,
                                       guint         times,
                                       const char   *model_hash,
                                       GError      **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
