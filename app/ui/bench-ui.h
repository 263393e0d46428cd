/* bench-ui.h: how quickly the window answers */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * VigWindowFigures:
 * @pictures: in the library that was shown
 * @open: seconds from the start of the program's own work until the pictures stand in the window
 * @frames, @frame_p99: how often it was scrolled by a page, and the seconds that 99 of 100 frames took at most on the main
 *   thread, without painting
 * @memory: bytes that the program had then
 * @block: the longest seconds for which the main thread did not listen, without painting, while it drew and took in photos
 * @stop: seconds from the wish to stop until a drawing had stopped
 */
typedef struct
{
  guint   pictures;
  double  open;
  guint   frames;
  double  frame_p99;
  guint64 memory;
  double  block;
  double  stop;
} VigWindowFigures;

/* Opens the window on a library of its own and works in it. */
gboolean vig_window_measure (const char          *device,
                             const char * const  *models,
                             guint                pictures,
                             VigWindowFigures    *figures,
                             GError             **error);

G_END_DECLS
