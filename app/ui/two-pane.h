/* two-pane.h: a picture and its words: side by side where there is room, else one above the other */
#pragma once

#include "ui/holder.h"

G_BEGIN_DECLS

#define VIG_TYPE_TWO_PANE (vig_two_pane_get_type ())

G_DECLARE_FINAL_TYPE (VigTwoPane, vig_two_pane, VIG, TWO_PANE, VigHolder)

G_END_DECLS
