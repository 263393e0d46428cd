/* archive.h: the library as files and JSON
 *
 *   DIR/pictures/…       the pictures drawn here, as they are
 *   DIR/pictures.json    one object a picture, for people and other programs: file, prompt, seed, tags, …
 *   DIR/library.jsonl    everything, one JSON object a line: first {"program", "format", "version"}, then rows as
 *                        {"table": NAME, "row": {COLUMN: VALUE, …}}, and the files as {"picture": ID, "file": NAME}
 *
 * A VALUE that JSON has no word for is an object: {"blob": TEXT} bytes that are UTF-8, {"base64": …} other bytes,
 * {"text64": …} text that is not UTF-8. Photos stay where they are: their paths, tags and the rest are in it, not
 * their files. library.jsonl is written last: without it an archive is not complete.
 */
#pragma once

#include "library/database.h"

#include <jansson.h>

G_BEGIN_DECLS

#define VIG_ARCHIVE_FORMAT 1

/* A cell as a value of JSON, and back. @bytes: of the cell, to be freed after it; FALSE: it is none of those above. */
json_t  *vig_archive_write_cell (const VigCell  *cell) G_GNUC_WARN_UNUSED_RESULT;
gboolean vig_archive_read_cell  (json_t         *value,
                                 VigCell        *cell,
                                 gpointer       *bytes) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
