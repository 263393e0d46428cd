/* words.h: what a person would say that a picture is */
#pragma once

#include "library/picture.h"

G_BEGIN_DECLS

/* Its prompt, its tags, or the name of its file. */
char *vig_words_for_picture (VigPicture *picture);

G_END_DECLS
