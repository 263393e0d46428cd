/* bounded.h: a child that never asks for more width than a window of ordinary size has */
#pragma once

#include "ui/holder.h"

G_BEGIN_DECLS

#define VIG_TYPE_BOUNDED (vig_bounded_get_type ())

G_DECLARE_FINAL_TYPE (VigBounded, vig_bounded, VIG, BOUNDED, VigHolder)

G_END_DECLS
