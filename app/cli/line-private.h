/* line-private.h: what the parts of a command line share: the bar of progress and the signals */
#pragma once

#include "cli/line.h"

G_BEGIN_DECLS

/* Before anything else is said. */
void vig_line_erase_bar       (VigLine *self);
/* From here on a signal ends the program at once. */
void vig_line_exit_on_signals (void);

G_END_DECLS
