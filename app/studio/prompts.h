/* prompts.h: several prompts typed as one */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* As many prompts as one text may stand for. */
#define VIG_PROMPTS_MAX 256

/**
 * vig_prompts_expand:
 *
 * One prompt a line; “{red,blue} car” stands for “red car” and “blue car”, several sets for every combination, the last
 * set changing fastest; sets within sets are taken apart too. An empty choice is a choice: “a {,big} dog”. “\{”, “\}” and
 * “\,” are the signs themselves; a brace without its other one, or a set of one choice, is left as it is. Lines of nothing
 * are left out; white space around prompts and doubled within them too; a prompt that comes twice is drawn once.
 *
 * Errors: G_IO_ERROR_INVALID_ARGUMENT, in one sentence, when there are more than %VIG_PROMPTS_MAX.
 *
 * Returns: (transfer full): may be empty
 */
char **vig_prompts_expand (const char  *text,
                           GError     **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
