/* pace.c: how long what is left will take, by how long the last did */

#define G_LOG_DOMAIN "vig-pace"

#include "config.h"

#include "studio/pace.h"

#include <glib/gi18n.h>
#include <math.h>

/* Seconds after which what was counts a third. */
#define MEMORY 30.0
/* Seconds of work that say something. */
#define ENOUGH 3.0
/* Longer than that nothing takes: nobody worked. */
#define BREAK (60 * G_USEC_PER_SEC)

void
vig_pace_look (VigPace *pace,
               guint    done,
               gint64   now)
{
  const gint64 passed = now - pace->time;

  if (pace->time != 0 && passed >= 0 && passed < BREAK && done >= pace->done)
    {
      const double seconds = (double) passed / G_USEC_PER_SEC;
      const double kept = exp (-seconds / MEMORY);

      pace->spent = pace->spent * kept + seconds;
      pace->made = pace->made * kept + (done - pace->done);
    }
  pace->time = now;
  pace->done = done;
}

double
vig_pace_guess (const VigPace *pace,
                guint          left)
{
  return pace->spent >= ENOUGH && pace->made > 0 ? left * pace->spent / pace->made : -1;
}

char *
vig_pace_describe (const VigPace *pace,
                   guint          left)
{
  const double seconds = vig_pace_guess (pace, left);
  const double minutes = seconds / 60;

  if (seconds < 0)
    return NULL;
  if (seconds < 60)
    return g_strdup (_("less than a minute left"));
  if (minutes < 90)
    return g_strdup_printf (ngettext ("%u minute left", "%u minutes left", (guint) lround (minutes)),
                            (guint) lround (minutes));

  const guint hours = lround (MIN (minutes / 60, 10000));

  return g_strdup_printf (ngettext ("%u hour left", "%u hours left", hours), hours);
}
