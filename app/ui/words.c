/* words.c: what a person would say that a picture is */

#include "config.h"

#include "ui/words.h"

char *
vig_words_for_picture (VigPicture *picture)
{
  const char *prompt = vig_picture_get_prompt (picture);
  const char * const *tags = vig_picture_get_tags (picture);

  if (prompt != NULL)
    return g_strdup (prompt);
  if (tags != NULL && tags[0] != NULL)
    return g_strjoinv (", ", (char **) tags);

  return vig_picture_dup_name (picture);
}
