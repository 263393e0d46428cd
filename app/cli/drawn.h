/* drawn.h: what a drawing job has drawn, as answers: copies, JSON, lines */
#pragma once

#include "cli/line.h"

G_BEGIN_DECLS

/* Adds the chosen pictures of @job to @pictures, as JSON, best first.
 * @paths: (nullable): where copies of them are
 * @prompt: (nullable): said of each of them, where there are others beside */
void     vig_drawn_add_json  (VigGenerateJob     *job,
                              const char * const *paths,
                              const char         *prompt,
                              json_t             *pictures);
/* The same as lines. */
void     vig_drawn_print     (VigLine            *line,
                              VigGenerateJob     *job,
                              const char * const *paths);

/* Whether @count pictures can be copied to @output, as far as can be known before they are drawn;
 * makes the folder. */
gboolean vig_drawn_check     (const char         *output,
                              guint               count,
                              GError            **error);
/* Copies the chosen pictures to @output: a file for one, a folder for several. Returns where. */
char   **vig_drawn_copy      (VigGenerateJob     *job,
                              const char         *output,
                              guint               count,
                              GError            **error);

G_END_DECLS
