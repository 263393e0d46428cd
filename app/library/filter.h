/* filter.h: which pictures are wanted: by kind, date, folder, tag, favourite, collection, or those in the trash */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* All that is set must be true of a picture. */
typedef struct
{
  int       kind;        /* -1 for both, or a VigPictureKind */
  gboolean  favourite;   /* only favourites */
  gboolean  trashed;     /* what is in the trash, instead of what is not */
  gint64    collection;  /* only what is in it; 0 for all */
  gint64    after;       /* Unix seconds: at or after; G_MININT64 for any time */
  gint64    before;      /* before; G_MAXINT64 for any time */
  char    **folders;     /* owned; may be NULL: in one of them; an absolute path, or the name of a folder on the way with
                          * “*” for anything in it, small letters or large */
  char    **tags;        /* owned; may be NULL: each of them; “animal” also finds “animal/dog” and “my/Animal”, “animal/dog”
                          * no other dog */
  char    **not_tags;    /* owned; may be NULL: none of them */
} VigFilter;

/* Nothing is left out but the trash. */
VigFilter *vig_filter_new   (void) G_GNUC_WARN_UNUSED_RESULT;
VigFilter *vig_filter_copy  (const VigFilter *filter) G_GNUC_WARN_UNUSED_RESULT;
void       vig_filter_free  (VigFilter       *filter);
/* Whether both want the same pictures; NULL wants all. */
gboolean   vig_filter_equal (const VigFilter *a,
                             const VigFilter *b);
/* Adds to a list of strings, which may be NULL. */
void       vig_filter_add   (char          ***list,
                             const char      *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VigFilter, vig_filter_free)

G_END_DECLS
