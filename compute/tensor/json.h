/* json.h: a JSON document read with distrust: typed, ranged, and the first fault is kept */
#pragma once

#include <stdint.h>

#include "error.h"

G_BEGIN_DECLS

/* What no model's JSON needs more of. The values are counted before any is made, so that no document
 * takes more than some 120 MB beside its text. */
#define VC_JSON_MAX_DEPTH 32
#define VC_JSON_MAX_VALUES 1000000

/* Bytes that a config.json and a vocabulary may have. */
#define VC_JSON_CONFIG (4u << 20)
#define VC_JSON_VOCABULARY (64u << 20)

typedef struct _VcJson VcJson;

typedef void (*VcJsonMember) (VcJson     *json,
                              const char *key,
                              gpointer    data);

/**
 * vc_json_load:
 * @path: a regular file
 * @most: bytes that are acceptable
 *
 * Reads a file that is one JSON object.
 *
 * Thread: its maker's; needs no device.
 *
 * Errors: %VC_ERROR_BAD_MODEL: unreadable, too large or too deep, not JSON, not UTF-8, the same key
 * twice in an object, not an object.
 */
VcJson     *vc_json_load     (const char  *path,
                              gsize        most,
                              GError     **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same from memory; @what begins the messages: “header of “model.safetensors””. */
VcJson     *vc_json_parse    (const char  *what,
                              const char  *text,
                              gsize        size,
                              GError     **error) G_GNUC_WARN_UNUSED_RESULT;
void        vc_json_free     (VcJson      *json);

/* Values. @path is keys joined by dots, "vision_config.hidden_size", an array's elements counted from 0;
 * a key that has a dot itself is met by vc_json_each() alone. NULL is the document, or within vc_json_each() the member at hand.
 *
 * Wrong type, out of range and absent are the same fault: the first is kept for vc_json_finish(), the
 * value given back is then the least that is in range ("" for a string), so that code goes on safely.
 * The _or forms give @fallback where the value is absent or null.
 *
 * @least, @most: both are in range. */
gboolean    vc_json_has      (VcJson      *json,
                              const char  *path);
uint64_t    vc_json_u64      (VcJson      *json,
                              const char  *path,
                              uint64_t     least,
                              uint64_t     most);
uint32_t    vc_json_u32      (VcJson      *json,
                              const char  *path,
                              uint32_t     least,
                              uint32_t     most);
uint32_t    vc_json_u32_or   (VcJson      *json,
                              const char  *path,
                              uint32_t     fallback,
                              uint32_t     least,
                              uint32_t     most);
/* A whole number is a float too. */
float       vc_json_float    (VcJson      *json,
                              const char  *path,
                              float        least,
                              float        most);
float       vc_json_float_or (VcJson      *json,
                              const char  *path,
                              float        fallback,
                              float        least,
                              float        most);
gboolean    vc_json_bool     (VcJson      *json,
                              const char  *path);
gboolean    vc_json_bool_or  (VcJson      *json,
                              const char  *path,
                              gboolean     fallback);
/* UTF-8 without NUL inside; borrowed from @json */
const char *vc_json_string   (VcJson      *json,
                              const char  *path);
const char *vc_json_string_or (VcJson     *json,
                              const char  *path,
                              const char  *fallback);

/* Arrays: at least @fewest and at most @room elements, each in range.
 * Returns: how many were written; 0 after a fault, which leaves @values as they were. */
uint32_t    vc_json_u64s     (VcJson      *json,
                              const char  *path,
                              uint64_t    *values,
                              uint32_t     fewest,
                              uint32_t     room,
                              uint64_t     least,
                              uint64_t     most);
uint32_t    vc_json_u32s     (VcJson      *json,
                              const char  *path,
                              uint32_t    *values,
                              uint32_t     fewest,
                              uint32_t     room,
                              uint32_t     least,
                              uint32_t     most);
uint32_t    vc_json_floats   (VcJson      *json,
                              const char  *path,
                              float       *values,
                              uint32_t     fewest,
                              uint32_t     room,
                              float        least,
                              float        most);

/* Members of an object; elements of an array. */
gsize       vc_json_count    (VcJson      *json,
                              const char  *path);

/* Calls @member for each member of an object, in the file's order, or with @key "0", "1"… for each
 * element of an array. Ends early after a fault. May be nested. */
void        vc_json_each     (VcJson      *json,
                              const char  *path,
                              VcJsonMember member,
                              gpointer     data);

/* A whole number of the object at @path, within vc_json_each() too a path from the document on, by a key
 * of any characters. FALSE, and no fault, where there is none. A file cannot choose keys to make it slow. */
gboolean    vc_json_look_up  (VcJson      *json,
                              const char  *path,
                              const char  *key,
                              uint32_t    *value);

/* A fault that the caller found, as "…is 7, wanted a multiple of 4"; kept if it is the first. */
void        vc_json_fault    (VcJson      *json,
                              const char  *path,
                              const char  *format,
                              ...) G_GNUC_PRINTF (3, 4);

/**
 * vc_json_finish:
 *
 * Whether every value asked for was there and in range. To be called once what was read is to be used.
 *
 * Errors: %VC_ERROR_BAD_MODEL with the first fault:
 * “config.json”: “vision_config.hidden_size” is 0, wanted 1 to 16384
 */
gboolean    vc_json_finish   (VcJson      *json,
                              GError     **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VcJson, vc_json_free)

G_END_DECLS
