/* query.h: what somebody typed to find pictures
 *
 *   red bicycle           by meaning, and each word by prompt, tag or file name
 *   -people -"fog bank"   not wanted
 *   like:cat.jpg          resembles the picture in that file; -like: resembles it not
 *   tag:dog  -tag:cat     has the tag, or one below it; has it not
 *   folder:Italy          in a folder of that name, or in /a/folder by its path; several: in any of them
 *   after:2024-05  before:2025  date:2024  date:2024-05-17
 *   kind:photo|made  is:favourite
 *
 * Quotation marks hold words together: folder:"my photos". What looks like one of these and makes no sense is words.
 */
#pragma once

#include "library/filter.h"

G_BEGIN_DECLS

typedef struct
{
  char       *text;    /* owned; the words wanted, as they were typed; may be empty */
  char      **minus;   /* owned; words not wanted; may be NULL */
  char      **like;    /* owned; files; may be NULL */
  char      **unlike;  /* owned; may be NULL */
  VigFilter  *filter;  /* owned */
} VigTyped;

VigTyped *vig_typed_parse (const char *typed) G_GNUC_WARN_UNUSED_RESULT;
void      vig_typed_free  (VigTyped   *typed);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VigTyped, vig_typed_free)

G_END_DECLS
