/* eta.h: how long a job will still take, by what it has done so far */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  gint64 begun_us;  /* 0: nothing is known yet */
  double begun;     /* how much was done then */
} VigEta;

/* Forgets what was seen: it stands still. */
void  vig_eta_reset  (VigEta *eta);
/**
 * vig_eta_dup:
 * @fraction: of the work that is done
 * @now_us: on any clock that only goes forward
 *
 * Returns: (nullable): “about 40 seconds left”; NULL while that is not known, or not worth saying
 */
char *vig_eta_dup    (VigEta *eta,
                      double  fraction,
                      gint64  now_us) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
