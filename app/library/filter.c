/* filter.c: which pictures are wanted, as SQL; of those in memory, by as little of it as there is to ask */

#define G_LOG_DOMAIN "vig-filter"

#include "config.h"

#include "library/filter.h"

#include "library/vectors.h"
#include "library/walk.h"

#include <string.h>

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

/* ---- What is asked of more than a picture's own row ---- */

typedef enum
{
  FAVOURITES,
  COLLECTION,
  TAG,
  NOT_TAG,
  FOLDERS,  /* in any of them; this alone is of pictures, the others are of contents */
} Ask;

typedef struct
{
  Ask         ask;
  const char *tag;  /* borrowed from the filter */
} Condition;

static void
add_condition (GArray     *conditions,
               Ask         ask,
               const char *tag)
{
  const Condition condition = { ask, tag };

  g_array_append_val (conditions, condition);
}

static GArray *
list_conditions (const VigFilter *filter)
{
  GArray *conditions = g_array_new (FALSE, FALSE, sizeof (Condition));

  if (filter->favourite)
    add_condition (conditions, FAVOURITES, NULL);
  if (filter->collection != 0)
    add_condition (conditions, COLLECTION, NULL);
  for (guint i = 0; filter->tags != NULL && filter->tags[i] != NULL && i < MOST_WORDS; i++)
    add_condition (conditions, TAG, filter->tags[i]);
  for (guint i = 0; filter->not_tags != NULL && filter->not_tags[i] != NULL && i < MOST_WORDS; i++)
    add_condition (conditions, NOT_TAG, filter->not_tags[i]);
  if (filter->folders != NULL && filter->folders[0] != NULL)
    add_condition (conditions, FOLDERS, NULL);

  return conditions;
}

/* The tags first, of which there are few, each then looked up: SQLite itself might go through all that is tagged. */
static void
put_contents (Question        *q,
              const VigFilter *filter,
              const Condition *condition)
{
  if (condition->ask == FAVOURITES)
    g_string_append (q->sql, "SELECT favourites.content FROM favourites");
  else if (condition->ask == COLLECTION)
    add_number (q, "SELECT collected.content FROM collected WHERE collection = ?", filter->collection);
  else
    {
      g_autofree char *valid = g_utf8_make_valid (condition->tag, -1);

      add_text (q,
                "SELECT tagged.content FROM tags CROSS JOIN tagged ON tagged.tag = tags.id AND refused = 0 "
                "WHERE instr ('/' || lower (tags.name) || '/', '/' || lower (?) || '/') > 0", 's',
                g_utf8_normalize (valid, -1, G_NORMALIZE_NFC));
    }
}

static void
put_folders (Question        *q,
             VigLibrary      *library,
             const VigFilter *filter)
{
  for (guint i = 0; filter->folders[i] != NULL && i < MOST_WORDS; i++)
    {
      if (i > 0)
        g_string_append (q->sql, " OR ");
      add_folder (q, library, filter->folders[i]);
    }
}

static void
put (Question        *q,
     VigLibrary      *library,
     const VigFilter *filter)
{
  g_autoptr(GArray) conditions = list_conditions (filter);

  g_string_append (q->sql, filter->trashed ? "pictures.trashed != 0" : VIG_LISTED);
  if (filter->kind >= 0)
    add_number (q, " AND kind = ?", filter->kind);
  if (filter->after != G_MININT64)
    add_number (q, " AND pictures.time >= ?", filter->after);
  if (filter->before != G_MAXINT64)
    add_number (q, " AND pictures.time < ?", filter->before);
  for (guint i = 0; i < conditions->len; i++)
    {
      const Condition *condition = &g_array_index (conditions, Condition, i);

      if (condition->ask == FOLDERS)
        {
          g_string_append (q->sql, " AND (");
          put_folders (q, library, filter);
        }
      else
        {
          g_string_append (q->sql, condition->ask == NOT_TAG ? " AND content NOT IN (" : " AND content IN (");
          put_contents (q, filter, condition);
        }
      g_string_append_c (q->sql, ')');
    }
}

static void
question_open (Question *q)
{
  *q = (Question) {
    .sql = g_string_new (NULL),
    .format = g_string_new (NULL),
    .values = g_array_new (FALSE, FALSE, sizeof (VigValue)),
    .texts = g_ptr_array_new_with_free_func (g_free),
  };
}

static void
question_close (Question *q)
{
  g_string_free (q->sql, TRUE);
  g_string_free (q->format, TRUE);
  g_array_unref (q->values);
  g_ptr_array_unref (q->texts);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Question, question_close)

static VigRows *
ask (const Question *q,
     VigTransaction *t)
{
  return vig_transaction_query_values (t, q->sql->str, q->format->str,
                                       (const VigValue *) (gconstpointer) q->values->data);
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
  g_auto(Question) q;

  question_open (&q);
  g_string_append_printf (q.sql, "SELECT pictures.id, %s FROM pictures WHERE ", time);
  put (&q, library, whole);
  g_string_append_printf (q.sql, " ORDER BY %s DESC, pictures.id DESC", time);
  if (limit >= 0)
    add_number (&q, " LIMIT ?", limit);

  g_autoptr(VigRows) rows = ask (&q, t);
  while (vig_rows_next (rows))
    {
      const VigDated dated = { vig_rows_get_int (rows, 0), vig_rows_get_int (rows, 1) };

      g_array_append_val (found, dated);
    }

  return found;
}

/* ---- The same, of pictures that are in memory ---- */

/* Which of them @condition names. */
static void
mark (const VigFilter  *filter,
      const Condition  *condition,
      VigLibrary       *library,
      VigTransaction   *t,
      const VigListing *listing,
      guint8           *named)
{
  const gboolean of_pictures = condition->ask == FOLDERS;
  gsize at = 0;
  g_auto(Question) q;

  question_open (&q);
  if (of_pictures)
    {
      g_string_append (q.sql, "SELECT id FROM pictures WHERE ");
      put_folders (&q, library, filter);
    }
  else
    put_contents (&q, filter, condition);

  g_autoptr(VigRows) rows = ask (&q, t);
  while (vig_rows_next (rows))
    {
      const gint64 number = vig_rows_get_int (rows, 0);

      if (of_pictures)
        {
          const gsize place = vig_listing_find (listing, number);

          if (place < listing->n)
            named[place] = TRUE;
          continue;
        }
      /* Those of a tag come in order, and often one after the other. */
      if (at == listing->n || listing->pictures[listing->by_content[at]].content != number)
        at = vig_listing_find_content (listing, number);
      for (; at < listing->n && listing->pictures[listing->by_content[at]].content == number; at++)
        named[listing->by_content[at]] = TRUE;
    }
}

void
vig_filter_pass (const VigFilter  *filter,
                 VigLibrary       *library,
                 VigTransaction   *t,
                 const VigListing *listing,
                 guint8           *passed)
{
  g_autoptr(GArray) conditions = list_conditions (filter);
  g_autofree guint8 *named = g_new (guint8, listing->n + 1);

  for (gsize i = 0; i < listing->n; i++)
    {
      const VigListed *picture = &listing->pictures[i];

      if (filter->trashed || (filter->kind >= 0 && picture->kind != filter->kind) ||
          picture->time < filter->after || (picture->time >= filter->before && filter->before != G_MAXINT64))
        passed[i] = FALSE;
    }
  for (guint c = 0; c < conditions->len; c++)
    {
      const Condition *condition = &g_array_index (conditions, Condition, c);

      memset (named, 0, listing->n);
      mark (filter, condition, library, t, listing, named);
      for (gsize i = 0; i < listing->n; i++)
        passed[i] &= named[i] ^ (condition->ask == NOT_TAG);
    }
}
