/* notices.h: the desktop is told when a job has ended that somebody may be waiting for */
#pragma once

#include <gtk/gtk.h>

#include "studio/studio.h"

G_BEGIN_DECLS

/* When @job is over and @window is not in front: one line on the desktop, which leads back. */
void vig_notices_watch (GtkWindow *window,
                        VigJob    *job);

G_END_DECLS
