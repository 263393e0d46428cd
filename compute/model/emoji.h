/* emoji.h: the names of emoji */
#pragma once

#include "error.h"

G_BEGIN_DECLS

/**
 * vc_emoji_name:
 * @text: UTF-8
 *
 * @text with each emoji as its name in small letters, "cat_face", and without variation selectors: what
 * demojize (text, delimiters=("", "")) of python-emoji 2.2 makes, which also gives up a sequence that
 * begins like an emoji and does not end like one.
 */
char *vc_emoji_name (const char *text) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
