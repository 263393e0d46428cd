/* filter.c: which pictures are wanted, as SQL */

#define G_LOG_DOMAIN "vig-filter"

#include "config.h"

#include "library/filter.h"

#include "library/library-private.h"
#include "library/walk.h"

/* More than that nobody types; each makes the question longer. */
#define MOST_WORDS 32

VigFilter *
vig_filter_new (void)
{
  VigFilter *filter = g_new0 (VigFilter, 1);

  filter->kind = -1;
  filter->after = G_MININT64;
  filter->before = G_MAXINT64;

  return filter;
}

VigFilter *
vig_filter_copy (const VigFilter *filter)
{
  VigFilter *copy = vig_filter_new ();

  if (filter == NULL)
    return copy;

  *copy = *filter;
  copy->folders = g_strdupv (filter->folders);
  copy->tags = g_strdupv (filter->tags);
  copy->not_tags = g_strdupv (filter->not_tags);

  return copy;
}

void
vig_filter_free (VigFilter *filter)
{
  if (filter == NULL)
    return;

  g_strfreev (filter->folders);
  g_strfreev (filter->tags);
  g_strfreev (filter->not_tags);
  g_free (filter);
}

static gboolean
same_list (char **a,
           char **b)
{
  static const char * const none[] = { NULL };

  return g_strv_equal (a != NULL ? (const char * const *) a : none, b != NULL ? (const char * const *) b : none);
}

gboolean
vig_filter_equal (const VigFilter *a,
                  const VigFilter *b)
{
  g_autoptr(VigFilter) x = vig_filter_copy (a);
  g_autoptr(VigFilter) y = vig_filter_copy (b);

  return x->kind == y->kind && !x->favourite == !y->favourite && !x->trashed == !y->trashed &&
         x->collection == y->collection && x->after == y->after && x->before == y->before &&
         same_list (x->folders, y->folders) && same_list (x->tags, y->tags) && same_list (x->not_tags, y->not_tags);
}

void
vig_filter_add (char       ***list,
                const char   *text)
{
  const guint n = *list != NULL ? g_strv_length (*list) : 0;

  *list = g_renew (char *, *list, n + 2);
  (*list)[n] = g_strdup (text);
  (*list)[n + 1] = NULL;
}

/* ---- SQL ---- */

typedef struct
{
  GString *sql;     /* what follows WHERE */
  GString *format;  /* a letter for each value */
  GArray  *values;  /* of VigValue */
  GPtrArray *texts; /* of char *: what values point to */
} Question;

static void
add_number (Question   *q,
            const char *sql,
            gint64      number)
{
  const VigValue value = { .number = number };

  g_string_append (q->sql, sql);
  g_string_append_c (q->format, 'l');
  g_array_append_val (q->values, value);
}

/* Takes @text. @letter: s or p */
static void
add_text (Question   *q,
          const char *sql,
          char        letter,
          char       *text)
{
  const VigValue value = { .text = text };

  g_string_append (q->sql, sql);
  g_string_append_c (q->format, letter);
  g_array_append_val (q->values, value);
  g_ptr_array_add (q->texts, text);
}

/* A LIKE pattern that finds a folder of that name on the way; LIKE itself makes no difference of small and large. */
static char *
make_pattern (const char *name)
{
  GString *pattern = g_string_new ("%/");

  for (const char *p = name; *p != '\0'; p++)
    {
      if (strchr ("%_\\", *p) != NULL)
        g_string_append_c (pattern, '\\');
      g_string_append_c (pattern, *p == '*' ? '%' : *p);
    }
  g_string_append (pattern, "/%");

  return g_string_free (pattern, FALSE);
}

static void
add_folder (Question   *q,
            VigLibrary *library,
            const char *folder)
{
  if (!g_path_is_absolute (folder))
    {
      g_autofree char *valid = g_utf8_make_valid (folder, -1);

      add_text (q, "CAST (path AS TEXT) LIKE ? ESCAPE '\\'", 's', make_pattern (valid));
      return;
    }

  g_autofree char *canonical = g_canonicalize_filename (folder, NULL);
  const char *own = vig_profile_get_pictures (library->profile);
  const gboolean is_root = strcmp (canonical, "/") == 0;

  /* Paths in the folder of made pictures are kept without it: see schema.c. */
  if (vig_path_is_in (own, canonical))
    g_string_append (q->sql, "substr (path, 1, 1) != x'2f' OR ");

  g_autofree char *stored = is_root ? g_strdup ("") : vig_library_dup_stored_path (library, canonical);
  add_text (q, "(path >= ?", 'p', g_strconcat (stored, "/", NULL));
  add_text (q, " AND path < ?)", 'p', g_strconcat (stored, "0", NULL));  /* “0” comes after “/” */
}

static void
add_tag (Question   *q,
         const char *sql,
         const char *tag)
{
  g_autofree char *valid = g_utf8_make_valid (tag, -1);
  g_autofree char *composed = g_utf8_normalize (valid, -1, G_NORMALIZE_NFC);

  g_string_append (q->sql, sql);
  add_text (q,
            " (SELECT tagged.content FROM tags JOIN tagged ON tagged.tag = tags.id AND refused = 0 "
            "WHERE instr ('/' || lower (tags.name) || '/', '/' || lower (?) || '/') > 0)", 's', g_steal_pointer (&composed));
}

static void
put (Question        *q,
     VigLibrary      *library,
     const VigFilter *filter)
{
  g_string_append (q->sql, filter->trashed ? "pictures.trashed != 0" : VIG_LISTED);
  if (filter->kind >= 0)
    add_number (q, " AND kind = ?", filter->kind);
  if (filter->after != G_MININT64)
    add_number (q, " AND pictures.time >= ?", filter->after);
  if (filter->before != G_MAXINT64)
    add_number (q, " AND pictures.time < ?", filter->before);
  if (filter->favourite)
    g_string_append (q->sql, " AND content IN (SELECT favourites.content FROM favourites)");
  if (filter->collection != 0)
    add_number (q, " AND content IN (SELECT collected.content FROM collected WHERE collection = ?)", filter->collection);
  for (guint i = 0; filter->tags != NULL && filter->tags[i] != NULL && i < MOST_WORDS; i++)
    add_tag (q, " AND content IN", filter->tags[i]);
  for (guint i = 0; filter->not_tags != NULL && filter->not_tags[i] != NULL && i < MOST_WORDS; i++)
    add_tag (q, " AND content NOT IN", filter->not_tags[i]);
  for (guint i = 0; filter->folders != NULL && filter->folders[i] != NULL && i < MOST_WORDS; i++)
    {
      g_string_append (q->sql, i == 0 ? " AND (" : " OR ");
      add_folder (q, library, filter->folders[i]);
    }
  if (filter->folders != NULL && filter->folders[0] != NULL)
    g_string_append_c (q->sql, ')');
}

GArray *
vig_filter_read (const VigFilter *filter,
                 VigLibrary      *library,
                 VigTransaction  *t,
                 gint64           limit)
{
  g_autoptr(VigFilter) whole = vig_filter_copy (filter);
  const char *time = whole->trashed ? "pictures.trashed" : "pictures.time";
  GArray *found = g_array_new (FALSE, FALSE, sizeof (VigDated));
  g_autoptr(GString) sql = g_string_new (NULL);
  g_autoptr(GString) format = g_string_new (NULL);
  g_autoptr(GArray) values = g_array_new (FALSE, FALSE, sizeof (VigValue));
  g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  Question q = { sql, format, values, texts };

  g_string_append_printf (sql, "SELECT pictures.id, %s FROM pictures WHERE ", time);
  put (&q, library, whole);
  g_string_append_printf (sql, " ORDER BY %s DESC, pictures.id DESC", time);
  if (limit >= 0)
    add_number (&q, " LIMIT ?", limit);

  g_autoptr(VigRows) rows =
    vig_transaction_query_values (t, sql->str, format->str, (const VigValue *) (gconstpointer) values->data);
  while (vig_rows_next (rows))
    {
      const VigDated dated = { vig_rows_get_int (rows, 0), vig_rows_get_int (rows, 1) };

      g_array_append_val (found, dated);
    }

  return found;
}
