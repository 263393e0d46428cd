/* tables.c: the tables of the library as data: for copies of it and ways between two of them */

#define G_LOG_DOMAIN "vig-tables"

#include "config.h"

#include "library/tables.h"

/* Tables whose rows the program can make again. */
static const char * const derived[] = { "label_rows", "vectors", NULL };

static void
table_free (gpointer data)
{
  VigTable *table = data;

  g_free (table->name);
  g_strfreev (table->columns);
  g_strfreev (table->parents);
  g_strfreev (table->key);
  g_free (table);
}

static char **
read_names (VigTransaction *t,
            const char     *sql,
            const char     *name)
{
  GPtrArray *names = g_ptr_array_new ();
  g_autoptr(VigRows) rows = vig_transaction_query (t, sql, "s", name);

  while (vig_rows_next (rows))
    g_ptr_array_add (names, g_strdup (vig_rows_get_text (rows, 0)));
  g_ptr_array_add (names, NULL);

  return (char **) g_ptr_array_free (names, FALSE);
}

static VigTable *
read_table (VigTransaction *t,
            const char     *name,
            gboolean        is_virtual)
{
  VigTable *table = g_new0 (VigTable, 1);

  table->name = g_strdup (name);
  table->is_virtual = is_virtual;
  table->is_derived = g_strv_contains (derived, name);
  table->columns = read_names (t, "SELECT name FROM pragma_table_xinfo (?) WHERE hidden = 0", name);
  table->parents = read_names (t,
                               "SELECT coalesce ((SELECT f.\"table\" FROM pragma_foreign_key_list (?1) f "
                               "WHERE f.\"from\" = i.name), '') FROM pragma_table_xinfo (?1) i WHERE hidden = 0", name);
  table->key = read_names (t,
                           "SELECT c.name FROM pragma_index_list (?) l, pragma_index_info (l.name) c WHERE l.origin = 'u'",
                           name);
  table->has_id = table->columns[0] != NULL && g_str_equal (table->columns[0], "id");

  return table;
}

/* Depth first: a table follows those that it refers to. Ours refer to each other in no circle. */
static void
place (GPtrArray  *tables,
       GPtrArray  *ordered,
       const char *name)
{
  for (guint i = 0; i < tables->len; i++)
    {
      VigTable *table = tables->pdata[i];

      if (!g_str_equal (table->name, name) || g_ptr_array_find (ordered, table, NULL))
        continue;
      for (guint k = 0; table->parents[k] != NULL; k++)
        if (*table->parents[k] != '\0' && !g_str_equal (table->parents[k], name))
          place (tables, ordered, table->parents[k]);
      g_ptr_array_add (ordered, table);
    }
}

GPtrArray *
vig_tables_list (VigTransaction *t)
{
  g_autoptr(GPtrArray) tables = g_ptr_array_new ();
  GPtrArray *ordered = g_ptr_array_new_with_free_func (table_free);

  {
    g_autoptr(VigRows) rows =
      vig_transaction_query (t,
                             "SELECT name, type = 'virtual' FROM pragma_table_list WHERE schema = 'main' AND "
                             "type IN ('table', 'virtual') AND name NOT GLOB 'sqlite_*' ORDER BY name", "");

    while (vig_rows_next (rows))
      g_ptr_array_add (tables, read_table (t, vig_rows_get_text (rows, 0), vig_rows_get_int (rows, 1)));
  }
  for (guint i = 0; i < tables->len; i++)
    place (tables, ordered, ((VigTable *) tables->pdata[i])->name);

  return ordered;
}

char *
vig_table_join_columns (const VigTable *table)
{
  g_autoptr(GString) columns = g_string_new (NULL);

  for (guint i = 0; table->columns[i] != NULL; i++)
    g_string_append_printf (columns, "%s\"%s\"", i > 0 ? ", " : "", table->columns[i]);

  return g_string_free (g_steal_pointer (&columns), FALSE);
}
