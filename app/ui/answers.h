/* answers.h: what somebody says of pictures, one thing after another, and the way back */
#pragma once

#include "library/library.h"

G_BEGIN_DECLS

#define VIG_TYPE_ANSWERS (vig_answers_get_type ())

G_DECLARE_FINAL_TYPE (VigAnswers, vig_answers, VIG, ANSWERS, GObject)

/* Properties: "can-undo", "can-redo": notified after each thing that was done. Signals: "failed" (GError), "returned" (guint
 * place): what was said there was taken back or said again. */
VigAnswers *vig_answers_new      (VigLibrary       *library);
/* Says it after all that was said before; @edits is copied.  @source: as vig_library_change_tags() has it.  @place: told
 * when it is undone */
void        vig_answers_say      (VigAnswers       *self,
                                  VigTagChange      change,
                                  const VigTagEdit *edits,
                                  guint             n,
                                  const char       *source,
                                  guint             place);
void        vig_answers_undo     (VigAnswers       *self);
void        vig_answers_redo     (VigAnswers       *self);
gboolean    vig_answers_can_undo (VigAnswers       *self);
gboolean    vig_answers_can_redo (VigAnswers       *self);
/* Whether all is done that was said. */
gboolean    vig_answers_is_idle  (VigAnswers       *self);
/* (element-type VigPicture): whose tags are others by what was said and not taken back, in the order in which it was */
GPtrArray  *vig_answers_list     (VigAnswers       *self);
/* From now on there is no way back behind this. */
void        vig_answers_forget   (VigAnswers       *self);

G_END_DECLS
