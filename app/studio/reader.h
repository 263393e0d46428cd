/* reader.h: keeps the words of the model that draws, so that prompts can be read while they are typed */
#pragma once

#include "studio/studio.h"

G_BEGIN_DECLS

typedef struct _VigReader VigReader;

/* @models: (nullable): as the studio has them */
VigReader  *vig_reader_new  (VigProfile         *profile,
                             const char * const *models) G_GNUC_WARN_UNUSED_RESULT;
void        vig_reader_free (VigReader          *self);
/* Any thread: vig_studio_read_prompt(). */
VigReading *vig_reader_read (VigReader          *self,
                             const char         *text,
                             GError            **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
