/* ignore.h: what the user wants left out of folders, by patterns of their own
 *
 * The text file “ignore.txt” in the profile's folder, beside the library, has one a line; “#” begins a comment. “*” stands for
 * anything and “?” for one character. A pattern with “/” in it is of a whole path, any other of the name of a file or a folder,
 * and of all that is in it; small letters and large are the same.
 */
#pragma once

#include "library/profile.h"

G_BEGIN_DECLS

typedef struct _VigIgnore VigIgnore;

/* An absent file has no patterns, and one that cannot be read has none either. */
VigIgnore *vig_ignore_load    (VigProfile      *profile) G_GNUC_WARN_UNUSED_RESULT;
VigIgnore *vig_ignore_parse   (const char      *text) G_GNUC_WARN_UNUSED_RESULT;
/* @path: absolute; @name: the end of it */
gboolean   vig_ignore_matches (const VigIgnore *self,
                               const char      *path,
                               const char      *name);
void       vig_ignore_free    (VigIgnore       *self);

/* The text of the file, to be edited: empty if there is none. Blocks. */
char      *vig_ignore_read    (VigProfile      *profile,
                               GError         **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean   vig_ignore_write   (VigProfile      *profile,
                               const char      *text,
                               GError         **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VigIgnore, vig_ignore_free)

G_END_DECLS
