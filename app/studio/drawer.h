/* drawer.h: what the model that draws is like, before it is loaded */
#pragma once

#include "studio/studio.h"

G_BEGIN_DECLS

typedef struct
{
  char    *name;         /* owned; UTF-8, to show */
  guint    rows;         /* of tokens in a picture: at most one less can be kept of another */
  guint    side;         /* pixels of a picture's width and height */
  gboolean starts;       /* it can go on with a picture that is given */
  gboolean completes;    /* it can end a prompt begun */
  double   temperature;  /* as its maker recommends, like all below */
  guint    top_k;
  double   top_p;
  double   guidance;
} VigDrawer;

void       vig_drawer_free (VigDrawer  *drawer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VigDrawer, vig_drawer_free)

/* Of the model that the next drawing will use. Any thread; blocks on the disk, for a small file. */
VigDrawer *vig_drawer_look (VigStudio  *studio,
                            GError    **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
