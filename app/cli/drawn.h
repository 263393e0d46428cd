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
/* The document of @jobs (element-type VigGenerateJob), all of them done: as for one, or with a prompt for each picture.
 * @paths: (nullable) (element-type GStrv): as above, for each job */
json_t  *vig_drawn_describe  (VigLine            *line,
                              const GPtrArray    *jobs,
                              const GPtrArray    *paths);
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
