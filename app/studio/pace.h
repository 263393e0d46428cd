/* pace.h: how long what is left will take, by how long the last did */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Begins as zeros. */
typedef struct
{
  gint64 time;  /* microseconds: of the last look; 0: none yet */
  guint  done;  /* then */
  double spent; /* seconds that count, the older the less */
  double made;  /* and what was done in them */
} VigPace;

/* At @now, @done of them are done. A break of more than a minute, a pause or a suspended computer, counts for nothing. */
void   vig_pace_look  (VigPace *pace,
                       guint    done,
                       gint64   now);
/* Seconds for @left more; -1 while it is too soon to say. */
double vig_pace_guess (const VigPace *pace,
                       guint          left);
/* “3 minutes left”; NULL while it is not known. */
char  *vig_pace_describe (const VigPace *pace,
                          guint          left) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
