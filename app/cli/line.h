/* line.h: one command line: its options, what it opened, and how it speaks
 *
 * Answers go to standard output, everything else to standard error, in UTF-8 whatever the locale.
 */
#pragma once

#include <jansson.h>

#include "library/library.h"
#include "studio/studio.h"

G_BEGIN_DECLS

G_DEFINE_AUTOPTR_CLEANUP_FUNC (json_t, json_decref)

typedef enum
{
  VIG_EXIT_DONE = 0,
  VIG_EXIT_FAILED = 1,
  VIG_EXIT_USAGE = 2,
  VIG_EXIT_SOME = 3,          /* of several inputs failed */
  VIG_EXIT_INTERRUPTED = 130,
} VigExit;

typedef struct _VigLine VigLine;

/**
 * VigCommand:
 * @arguments: what comes after the options, as the help shows it
 * @summary: one line
 * @details: (nullable): below the options in the help
 * @options: ends with an empty one; texts are GOption's FILENAMEs, so that they come as bytes
 * @run: the command with what is left of the arguments when options are gone
 */
typedef struct
{
  const char         *name;
  const char         *arguments;
  const char         *summary;
  const char         *details;
  const GOptionEntry *options;
  VigExit           (*run) (VigLine  *line,
                            char    **arguments);
} VigCommand;

struct _VigLine
{
  char             *directory;    /* owned; --profile, or NULL */
  char             *device;       /* owned; --device */
  char            **models;       /* owned; --model, or NULL */
  gboolean          json;
  gboolean          quiet;
  const VigCommand *command;      /* NULL: the window */
  char            **arguments;    /* owned */

  VigProfile       *profile;      /* owned; opened when asked for */
  VigLibrary       *library;      /* owned */
  VigStudio        *studio;       /* owned */
  gboolean          interrupted;  /* by a signal */
  gboolean          bar;          /* a line of progress is on the terminal */
  gint64            begun_us;
};

/* FALSE: it is over, with @status: help was shown, or it was wrong. */
gboolean    vig_line_parse        (VigLine            *self,
                                   char              **argv,
                                   VigExit            *status);
void        vig_line_clear        (VigLine            *self);
/* @status, or VIG_EXIT_FAILED if the answer could not be written. */
VigExit     vig_line_finish       (VigLine            *self,
                                   VigExit             status);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (VigLine, vig_line_clear)

/* Each opens what it needs; NULL: it cannot be had, and the user has been told. Borrowed. */
VigProfile *vig_line_get_profile  (VigLine            *self);
VigLibrary *vig_line_get_library  (VigLine            *self);
VigStudio  *vig_line_get_studio   (VigLine            *self);

/* Runs a job to its end, with progress; what goes wrong is told. A signal closes the studio: a
 * drawing is left to be resumed. */
VigExit     vig_line_run_job      (VigLine            *self,
                                   VigJob             *job);
/* The same, but what goes wrong with the job is for the caller to tell. */
VigExit     vig_line_follow_job   (VigLine            *self,
                                   VigJob             *job);
/* The same of several, (element-type VigJob), one after the other: DONE, or what vig_line_count_failed() makes of them. */
VigExit     vig_line_follow_jobs  (VigLine            *self,
                                   GPtrArray          *jobs);
/* Calls @work, which cannot be stopped half way and has nothing to lose, on a thread while signals
 * are listened to: one of them ends the program. */
void        vig_line_run_work     (VigLine            *self,
                                   void              (*work) (gpointer data),
                                   gpointer            data);

/* After something was made or taken in: the backup of the day, if there is none yet. */
void        vig_line_back_up      (VigLine            *self);

double      vig_line_get_seconds  (VigLine            *self);

/* “vignette: @what: …” on standard error, in one line. */
void        vig_line_tell         (VigLine            *self,
                                   const char         *what,
                                   const char         *format,
                                   ...) G_GNUC_PRINTF (3, 4);
/* The same of an error, and VIG_EXIT_FAILED; or VIG_EXIT_USAGE if the user's words were wrong. */
VigExit     vig_line_tell_error   (VigLine            *self,
                                   const char         *what,
                                   const GError       *error);
/* The same of how it was called, and VIG_EXIT_USAGE. */
VigExit     vig_line_tell_usage   (VigLine            *self,
                                   const char         *format,
                                   ...) G_GNUC_PRINTF (2, 3);

/* On standard output. */
void        vig_line_print        (VigLine            *self,
                                   const char         *format,
                                   ...) G_GNUC_PRINTF (2, 3);
/* The one document of --json; takes @document. */
void        vig_line_print_json   (VigLine            *self,
                                   json_t             *document);

/* A path or a text of any bytes as JSON. */
json_t     *vig_line_text         (const char         *text);
/* A path to show, as wide as it is. */
char       *vig_line_show         (const char         *path);
/* DONE, or FAILED if all of @n failed, or SOME. */
VigExit     vig_line_count_failed (guint               failed,
                                   guint               n);

G_END_DECLS
