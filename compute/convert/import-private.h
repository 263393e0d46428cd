/* import-private.h: how one kind of model says what is to be written for it */
#pragma once

#include "convert/import.h"

G_BEGIN_DECLS

/* Whether what was written can be used, before the weights are. */
typedef gboolean (*VcImportCheck) (VcImport    *import,
                                   const char  *directory,
                                   GError     **error);

/**
 * VcRecognizer:
 *
 * Looks at what import->path is. TRUE without anything planned: it is another kind's. FALSE with an error: it is of this
 * kind, and cannot be run.
 */
typedef gboolean (*VcRecognizer) (VcImport  *import,
                                  GError   **error);

struct _VcImport
{
  char         *path;         /* owned */
  char         *folder;       /* owned; where what belongs to the weights lies: @path, or the folder it is in */
  char         *name;         /* owned */
  GPtrArray    *checkpoints;  /* owned: of VcCheckpoint */
  GArray       *outputs;      /* owned: what is to be written, in this order */
  VcImportCheck check;        /* may be NULL */
  gpointer      data;         /* of the kind */
  GDestroyNotify free_data;
};

/* Opens weights that live as long as the import. Borrowed. */
VcCheckpoint *vc_import_take_checkpoint (VcImport     *import,
                                         const char   *path,
                                         GError      **error);

/* What is to be written: a text, a file's bytes (its path relative to the folder), the tensors of a plan, which is
 * taken. Texts and copies come first. */
void          vc_import_add_text        (VcImport     *import,
                                         const char   *name,
                                         const char   *text);
void          vc_import_add_copy        (VcImport     *import,
                                         const char   *name,
                                         const char   *from);
void          vc_import_add_plan        (VcImport     *import,
                                         const char   *name,
                                         VcPlan       *plan);
/* A file of the folder, if it is there. */
gboolean      vc_import_has_file        (VcImport     *import,
                                         const char   *name);
char         *vc_import_build_path      (VcImport     *import,
                                         const char   *name) G_GNUC_WARN_UNUSED_RESULT;
/* The one file of weights in the folder, or the path itself if that is a file. NULL when there is none or there are
 * several, of which none has a name that publishers use. */
char         *vc_import_find_weights    (VcImport     *import) G_GNUC_WARN_UNUSED_RESULT;

/* The vocabulary of @size symbols that CLIP's tokenizer needs, in any of the forms it is published in.
 * FALSE with an error that says which files are missing and who has them. */
gboolean      vc_import_add_vocabulary  (VcImport     *import,
                                         uint32_t      size,
                                         GError      **error);

/* The kinds. */
gboolean      vc_import_clip            (VcImport     *import,
                                         GError      **error);
gboolean      vc_import_drawing         (VcImport     *import,
                                         GError      **error);
gboolean      vc_import_bart            (VcImport     *import,
                                         GError      **error);
gboolean      vc_import_dvae            (VcImport     *import,
                                         GError      **error);
gboolean      vc_import_kakao           (VcImport     *import,
                                         GError      **error);
gboolean      vc_import_rudalle         (VcImport     *import,
                                         GError      **error);

G_END_DECLS
