/* enlarger.h: a picture with twice as many pixels along each side
 *
 * Residual blocks without normalisation over the small picture, nearest doubling, two convolutions; what comes out is
 * added to the bicubic enlargement [Lim et al. 2017, EDSR; Odena, Dumoulin and Olah 2016].
 */
#pragma once

#include "model/clip.h"

G_BEGIN_DECLS

typedef struct _VcEnlarger VcEnlarger;

/**
 * vc_enlarger_load:
 * @directory: config.json (model_type “enlarger”, width, blocks) and model.safetensors
 *
 * Errors: %VC_ERROR_BAD_MODEL, %VC_ERROR_OUT_OF_MEMORY, %VC_ERROR_DEVICE_LOST.
 */
VcEnlarger *vc_enlarger_load     (VcDevice      *device,
                                  const char    *directory,
                                  GError       **error) G_GNUC_WARN_UNUSED_RESULT;
void        vc_enlarger_free     (VcEnlarger    *enlarger);
/* SHA-256 of model.safetensors in hex. Borrowed. */
const char *vc_enlarger_get_hash (VcEnlarger    *enlarger);

/**
 * vc_enlarger_double:
 * @rgb:    (height, width, 3)  sRGB bytes; rows are @stride bytes apart
 * @width:  1 to 32768, as @height
 * @larger: (2 height, 2 width, 3)  filled
 * @step:   (nullable): called between the squares that the picture is worked on in
 *
 * Squares of some hundred pixels, each with as much around it as the net sees: their seams cannot be found, since every
 * pixel is what it would be if the picture were worked on as a whole. About 60 MB of the device, however large it is.
 *
 * Errors: %VC_ERROR_CANCELLED when @step said stop, %VC_ERROR_NO_NUMBERS, %VC_ERROR_OUT_OF_MEMORY,
 * %VC_ERROR_DEVICE_LOST. @larger is undefined after any of them.
 */
gboolean    vc_enlarger_double   (VcEnlarger    *enlarger,
                                  const uint8_t *rgb,
                                  uint32_t       width,
                                  uint32_t       height,
                                  gsize          stride,
                                  uint8_t       *larger,
                                  VcStep         step,
                                  gpointer       data,
                                  GError       **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VcEnlarger, vc_enlarger_free)

G_END_DECLS
