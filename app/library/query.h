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

/* What one term of it is. */
typedef enum
{
  VIG_TERM_WORD,       /* words wanted or not wanted */
  VIG_TERM_LIKE,       /* a picture wanted or not wanted */
  VIG_TERM_TAG,
  VIG_TERM_FOLDER,
  VIG_TERM_DATE,       /* @key says which of the three */
  VIG_TERM_KIND,
  VIG_TERM_FAVOURITE,
} VigTermKind;

typedef struct
{
  VigTermKind  kind;
  char        *key;     /* owned; “tag”, “after”; NULL of a word */
  char        *value;   /* owned; without quotation marks */
  gboolean     minus;   /* not wanted */
  gboolean     quoted;  /* some of it stood between quotation marks */
  gboolean     open;    /* nothing has ended it: it may still be being typed */
} VigTerm;

void       vig_term_free     (VigTerm    *term);
/* (element-type VigTerm): in order */
GPtrArray *vig_terms_parse   (const char *typed) G_GNUC_WARN_UNUSED_RESULT;
/* What would have to be typed for it, or NULL where nothing could: a quotation mark in a name. */
char      *vig_term_dup_text (const VigTerm *term) G_GNUC_WARN_UNUSED_RESULT;

VigTyped *vig_typed_parse (const char *typed) G_GNUC_WARN_UNUSED_RESULT;
void      vig_typed_free  (VigTyped   *typed);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VigTyped, vig_typed_free)

G_END_DECLS
