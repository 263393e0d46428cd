/* rdf.h: lists of words in an XMP document, changed in place */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _VigRdf VigRdf;

/* An array of XMP: a property of that namespace. */
typedef struct
{
  const char *space;      /* its address */
  const char *prefix;     /* for where the document has none */
  const char *name;
  const char *container;  /* “Bag” or “Seq”: of a new one; one that is there keeps its own */
} VigRdfList;

/* NULL if it is no XMP that can be changed safely: not well-formed, with a DTD, or without a description. */
VigRdf    *vig_rdf_parse  (const char       *text,
                           gsize             size) G_GNUC_WARN_UNUSED_RESULT;
void       vig_rdf_free   (VigRdf           *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VigRdf, vig_rdf_free)

/* (element-type utf8): what is in the list, which may be absent; NULL if it has a shape that we do not know. */
GPtrArray *vig_rdf_read   (VigRdf           *self,
                           const VigRdfList *list) G_GNUC_WARN_UNUSED_RESULT;
/* After vig_rdf_read() has answered: takes out all @gone, in any order, and adds @added at the end. */
void       vig_rdf_change (VigRdf           *self,
                           const VigRdfList *list,
                           GPtrArray        *gone,
                           GPtrArray        *added);
/* The whole document in UTF-8. */
char      *vig_rdf_print  (VigRdf           *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
