/* keywords.h: what other programs call a picture, as Exiv2 reads it; of the reader of pictures as well */
#pragma once

#include <gexiv2/gexiv2.h>

G_BEGIN_DECLS

#define VIG_KEY_FLAT "Xmp.dc.subject"
#define VIG_KEY_LIGHTROOM "Xmp.lr.hierarchicalSubject"
#define VIG_KEY_DIGIKAM "Xmp.digiKam.TagsList"
#define VIG_KEY_IPTC "Iptc.Application2.Keywords"

/* More or longer words than these are not a person's. */
#define VIG_KEYWORDS_MOST    4096
#define VIG_KEYWORDS_LONGEST 1024

/* Before anything else of Exiv2 is used. */
void       vig_keywords_init    (void);
/* What stands at @key, each word once; nothing if the picture's kind knows no such thing. */
GPtrArray *vig_keywords_list    (GExiv2Metadata *metadata,
                                 const char     *key) G_GNUC_WARN_UNUSED_RESULT;
/* Adds to @deep hierarchical tags as “animals/fox”, and to @flat single words, which may be parts of those. */
void       vig_keywords_collect (GExiv2Metadata *metadata,
                                 GPtrArray      *deep,
                                 GPtrArray      *flat);
/* The one list of both. */
char     **vig_keywords_join    (GPtrArray      *deep,
                                 GPtrArray      *flat) G_GNUC_WARN_UNUSED_RESULT;
void       vig_keywords_add     (GPtrArray      *texts,
                                 const char     *text);

G_END_DECLS
