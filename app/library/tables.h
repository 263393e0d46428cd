/* tables.h: the tables of the library as data: for copies of it and ways between two of them */
#pragma once

#include "library/database.h"

G_BEGIN_DECLS

typedef struct
{
  char      *name;       /* owned */
  char     **columns;    /* owned; but those that are computed */
  char     **parents;    /* owned; parents[i]: the table whose id columns[i] holds; "" if it holds none */
  char     **key;        /* owned; columns that a UNIQUE constraint names: what a row is known by; may be empty */
  gboolean   has_id;     /* its first column is its row's number, which only this library knows */
  gboolean   is_virtual; /* an index of words: made from the others */
  gboolean   is_derived; /* the pictures themselves give its rows again */
} VigTable;

/* (element-type VigTable): of the schema “main”, parents before those who refer to them. An error of @t ends them. */
GPtrArray *vig_tables_list         (VigTransaction *t) G_GNUC_WARN_UNUSED_RESULT;
/* “"a", "b"” */
char      *vig_table_join_columns  (const VigTable *table) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
