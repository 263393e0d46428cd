/* database.h: a connection to SQLite, its transactions, statements and rows
 *
 * One thread at a time is in a transaction; others wait. Within one, errors stick: statements after the first
 * failure do nothing, and vig_transaction_commit() tells it after everything has been rolled back. So a piece of
 * work reads like its SQL, and is checked once.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _VigDatabase VigDatabase;
typedef struct _VigTransaction VigTransaction;
typedef struct _VigRows VigRows;

/* What stands in one column of one row. */
typedef enum
{
  VIG_CELL_NULL,
  VIG_CELL_INT,
  VIG_CELL_REAL,
  VIG_CELL_TEXT,
  VIG_CELL_BLOB,
} VigCellKind;

typedef struct
{
  VigCellKind  kind;
  gint64        number;  /* of INT */
  double        real;    /* of REAL */
  gconstpointer bytes;   /* borrowed; of TEXT and BLOB; those of a text may not be UTF-8 */
  gsize         size;
} VigCell;

typedef enum
{
  VIG_READ,        /* a snapshot */
  VIG_WRITE,       /* safe on the disk once it is committed */
  VIG_WRITE_SOON,  /* safe from a crash of the program at once, from a power cut some seconds later */
} VigTransactionKind;

/* Opens @path, made if it is absent; where it cannot be written, for reading only. Nothing is changed in it. */
VigDatabase    *vig_database_open          (const char         *path,
                                            GError            **error) G_GNUC_WARN_UNUSED_RESULT;
void            vig_database_free          (VigDatabase        *self);
/* Deletes a database that nobody has open, with what SQLite keeps beside it; no error if it is not there. */
void            vig_database_remove        (const char         *path);
/* Whether this process has a connection to @path: its file must then not be opened and closed otherwise. */
gboolean        vig_database_is_open       (const char         *path);
gboolean        vig_database_get_read_only (VigDatabase        *self);
/* Switches on the write-ahead log, so that readers and a writer do not wait for each other. */
gboolean        vig_database_use_log       (VigDatabase        *self,
                                            GError            **error);
/* Brings the log home and empties it, unless somebody reads from it. */
gboolean        vig_database_empty_log     (VigDatabase        *self,
                                            GError            **error);
/* Reads and writes another file as the schema “other” along with this one, in the same transactions, until this connection
 * is freed. From then on it does not look after foreign keys: rows are copied in any order. */
gboolean        vig_database_attach        (VigDatabase        *self,
                                            const char         *path,
                                            GError            **error);
/* Another number whenever another connection, of this process or not, has committed something. */
gint64          vig_database_get_version   (VigDatabase        *self);
/* (element-type utf8): what is wrong with the file, in sentences: nothing if it is well. Reads all of it. */
GPtrArray      *vig_database_check         (VigDatabase        *self,
                                            GError            **error) G_GNUC_WARN_UNUSED_RESULT;
/* Whether it looks well, as far as that can be told in a moment: a large file is not looked at. */
gboolean        vig_database_probe         (VigDatabase        *self,
                                            GError            **error);

/* Never NULL: what goes wrong is told by the commit. */
VigTransaction *vig_transaction_begin      (VigDatabase        *database,
                                            VigTransactionKind  kind) G_GNUC_WARN_UNUSED_RESULT;
/* Also ends a transaction for reading; of those no error is left out either. The lock is given back. */
gboolean        vig_transaction_commit     (VigTransaction     *self,
                                            GError            **error);
/* Rolls back if it was not committed. */
void            vig_transaction_free       (VigTransaction     *self);
/* Something else went wrong: nothing more is done, and the commit will tell @error, which is taken. */
void            vig_transaction_fail       (VigTransaction     *self,
                                            GError             *error);
gboolean        vig_transaction_failed     (VigTransaction     *self);

/**
 * vig_transaction_run:
 * @format: a letter for each parameter of @sql: i int, l gint64, d double (NaN is NULL), s text or NULL, p a path
 *   (its bytes) or NULL, b a blob: const void * and gsize
 *
 * The statement stays prepared with the connection.
 */
void            vig_transaction_run        (VigTransaction     *self,
                                            const char         *sql,
                                            const char         *format,
                                            ...);
/* The same where the kinds of the parameters are known only when it runs. */
void            vig_transaction_run_cells  (VigTransaction     *self,
                                            const char         *sql,
                                            const VigCell      *cells,
                                            guint               n_cells);
/* The rows of a question; not NULL, but there may be none. Free them before the next use of the same @sql. */
VigRows        *vig_transaction_query      (VigTransaction     *self,
                                            const char         *sql,
                                            const char         *format,
                                            ...) G_GNUC_WARN_UNUSED_RESULT;
/* The same, for a question that is put together while running: @format of l, s and p, one for each of @values. */
typedef union
{
  gint64      number;
  const char *text;
} VigValue;
VigRows        *vig_transaction_query_values (VigTransaction  *self,
                                            const char         *sql,
                                            const char         *format,
                                            const VigValue     *values) G_GNUC_WARN_UNUSED_RESULT;
/* The first column of the first row; 0 where there is none. */
gint64          vig_transaction_query_int  (VigTransaction     *self,
                                            const char         *sql,
                                            const char         *format,
                                            ...);
gint64          vig_transaction_get_id     (VigTransaction     *self);  /* of the row inserted last */
guint           vig_transaction_get_changes (VigTransaction    *self);  /* rows that the last statement touched */

gboolean        vig_rows_next              (VigRows            *self);
gint64          vig_rows_get_int           (VigRows            *self,
                                            int                 column);
double          vig_rows_get_double        (VigRows            *self,
                                            int                 column);  /* NaN for NULL */
const char     *vig_rows_get_text          (VigRows            *self,
                                            int                 column);  /* until the next row; may be NULL */
char           *vig_rows_dup_path          (VigRows            *self,
                                            int                 column);
gconstpointer   vig_rows_get_blob          (VigRows            *self,
                                            int                 column,
                                            gsize              *size);    /* until the next row */
VigCell         vig_rows_get_cell          (VigRows            *self,
                                            int                 column);  /* until the next row */
gboolean        vig_rows_has               (VigRows            *self,
                                            int                 column);  /* not NULL */
void            vig_rows_free              (VigRows            *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VigDatabase, vig_database_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VigTransaction, vig_transaction_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VigRows, vig_rows_free)

G_END_DECLS
