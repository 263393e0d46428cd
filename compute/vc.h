/* vc.h: Vignette's compute module: CLIP and the DALL·E kind on any device
 *
 * A device is opened, a model is loaded onto it, and the model is asked. Everything belongs to the
 * thread that opened the device, and everything blocks: call it from a worker thread.
 *
 *   g_autoptr(VcDevice) device = vc_device_open ("auto", &error);
 *   g_autoptr(VcClip) clip = vc_clip_load (device, "models/clip", &error);
 *   vc_clip_embed_texts (clip, (const char *[]) { "a cat" }, 1, row, &error);
 *
 * Arrays are row-major, outermost first. Pictures go in and out as RGB bytes, (height, width, 3), sRGB.
 */
#pragma once

#include "bench.h"
#include "convert/import.h"
#include "device.h"
#include "error.h"
#include "model/clip.h"
#include "model/dalle.h"
#include "model/drawing.h"
#include "model/enlarger.h"
#include "model/lexicon.h"
