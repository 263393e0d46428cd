/* drawing.h: pictures of one prompt while they are drawn, a token at a time
 *
 * The owner of a drawing calls vc_drawing_step() until it is complete, and between steps may look,
 * save, or stop. A picture's tokens depend on the model, the prompt, the sampling, its seed and the
 * device, and on nothing else: neither on the pictures beside it nor on where a drawing was taken up.
 */
#pragma once

#include "model/dalle.h"

G_BEGIN_DECLS

typedef struct _VcDrawing VcDrawing;

/* Pictures that one drawing can hold. */
#define VC_DRAWING_MAX 8

/**
 * vc_drawing_new:
 * @seeds:  (count)  the seed of each picture
 * @count:  1 to %VC_DRAWING_MAX
 * @tokens: (count, known)  tokens that are drawn already: a started picture, or one taken up again;
 *          may be %NULL when known is 0. Ids at or above the vocabulary are VC_ERROR_BAD_MODEL.
 * @known:  0 to rows * columns
 *
 * Reads the prompt. The dalle must outlive the drawing. Takes, for each picture and with guidance twice,
 * the keys and values of all words and tokens: layers * (words + tokens) * width * 8 bytes.
 *
 * Errors: %VC_ERROR_OUT_OF_MEMORY, %VC_ERROR_DEVICE_LOST, %VC_ERROR_BAD_MODEL, also for a @sampling that is
 * none: a temperature that is not above 0, a top_p that is not above 0 and up to 1, no numbers at all.
 */
VcDrawing      *vc_drawing_new        (VcDalle          *dalle,
                                       const char       *prompt,
                                       const VcSampling *sampling,
                                       const uint64_t   *seeds,
                                       uint32_t          count,
                                       const uint32_t   *tokens,
                                       uint32_t          known,
                                       GError          **error) G_GNUC_WARN_UNUSED_RESULT;
/* Bytes of the device that a drawing of @count pictures takes, and painting one of them meanwhile. */
gsize           vc_drawing_get_room   (VcDalle          *dalle,
                                       const VcSampling *sampling,
                                       uint32_t          count);
void            vc_drawing_free       (VcDrawing        *drawing);

/* Goes one token on in every picture: first through those that were known, then drawing new ones. Blocks.
 *
 * Errors: %VC_ERROR_DEVICE_LOST, %VC_ERROR_OUT_OF_MEMORY, %VC_ERROR_NO_NUMBERS; the drawing is then good only
 * for its tokens so far. */
gboolean        vc_drawing_step       (VcDrawing        *drawing,
                                       GError          **error) G_GNUC_WARN_UNUSED_RESULT;

/* Tokens that each picture has; complete at rows * columns. Never less than known was. */
uint32_t        vc_drawing_get_known  (VcDrawing        *drawing);
gboolean        vc_drawing_is_complete (VcDrawing       *drawing);
/* (known) of picture @index; borrowed until the next step */
const uint32_t *vc_drawing_get_tokens (VcDrawing        *drawing,
                                       uint32_t          index);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VcDrawing, vc_drawing_free)

G_END_DECLS
