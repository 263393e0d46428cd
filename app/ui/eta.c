/* eta.c: how long a job will still take, by what it has done so far */

#include "config.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/eta.h"

/* Before that much is known, a guess says nothing. */
#define LEAST_SECONDS 3
#define LEAST_DONE 0.02
/* What is over so soon need not be counted down. */
#define LEAST_LEFT 5

void
vig_eta_reset (VigEta *eta)
{
  *eta = (VigEta) { 0 };
}

char *
vig_eta_dup (VigEta *eta,
             double  fraction,
             gint64  now_us)
{
  double seconds, done, left;

  if (eta->begun_us == 0 || fraction < eta->begun)
    *eta = (VigEta) { .begun_us = now_us, .begun = fraction };

  seconds = (double) (now_us - eta->begun_us) / G_USEC_PER_SEC;
  done = fraction - eta->begun;
  if (seconds < LEAST_SECONDS || done < LEAST_DONE)
    return NULL;

  left = seconds / done * (1 - fraction);
  if (left < LEAST_LEFT)
    return NULL;

  if (left < 55)
    {
      const guint some = 5 * (guint) ceil (left / 5);

      return g_strdup_printf (ngettext ("about %u second left", "about %u seconds left", some), some);
    }

  if (left < 90 * 60)
    {
      const guint some = (guint) MAX (lround (left / 60), 1);

      return g_strdup_printf (ngettext ("about %u minute left", "about %u minutes left", some), some);
    }

  {
    const guint some = (guint) lround (left / 3600);

    return g_strdup_printf (ngettext ("about %u hour left", "about %u hours left", some), some);
  }
}
