/* trouble.h: devices that fail when a test says so
 *
 * They compute on the processor, unless the test opens others. Those that have trouble say that they are graphics devices, where the test wants
 * them to, so that the program has the processor to fall back on.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Counts are each device's own and begin with 1; 0: that never happens. */
typedef struct
{
  guint    devices;     /* of those that are opened from now on, so many have trouble: the first ones */
  gboolean graphics;    /* and say that they are graphics devices */
  guint    lost_at;     /* it is lost at this submission, and stays so */
  guint    hung_at;     /* of a real graphics device: from this wait on its work does not end */
  gboolean patient;     /* and it is not soon taken to be lost for that */
  guint    nothing_at;  /* from this download on it gives what are no numbers */
  gsize    largest;     /* bytes of the largest buffer that it has room for */
  guint    spared;      /* but so many allocations are let through, of whatever size: weights */
  guint64  free;        /* bytes that it says are free */
  guint64  free_later;  /* and after it was asked as often as loads says */
  guint    loads;
} TestTrouble;

/* Before the program opens a device. NULL: no more of it. Counts what happens from 0 on. */
void   test_make_trouble     (const TestTrouble *trouble);

guint  test_count_opened     (void);
guint  test_count_refused    (void);  /* allocations that were refused */
guint  test_count_allocated  (void);  /* and those that were not, on devices that have trouble */
guint  test_count_submitted  (void);  /* on all devices */

G_END_DECLS
