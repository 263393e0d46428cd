/* zip.c: an archive of files, read only, by libzip */

#include "convert/zip.h"

#include <string.h>
#include <unistd.h>

#include <zip.h>

#include "tensor/file.h"

struct _VcZip
{
  zip_t      *archive;  /* owned */
  char       *what;     /* owned; “model.pt” */

  zip_file_t *file;     /* owned; the entry that was read last, or NULL */
  uint32_t    index;    /* of it */
  guint64     at;       /* where its next byte lies */
};

static void
set_error (GError    **error,
           VcZip      *zip,
           const char *name,
           const char *why)
{
  g_autofree char *shown = vc_error_quote (name);

  g_set_error (error, VC_ERROR, VC_ERROR_BAD_MODEL, "%s: %s in it cannot be read: %s",
               zip->what, shown, why);
}

VcZip *
vc_zip_open (const char  *path,
             GError     **error)
{
  g_autoptr(VcZip) zip = NULL;
  gsize size;
  int code;
  const int fd = vc_file_open (path, G_MAXSSIZE, &size, error);

  if (fd < 0)
    return NULL;

  zip = g_new0 (VcZip, 1);
  zip->what = vc_file_quote (path);
  zip->archive = zip_fdopen (fd, 0, &code);  /* takes the descriptor unless it fails */
  if (zip->archive == NULL)
    {
      zip_error_t why;

      close (fd);
      zip_error_init_with_code (&why, code);
      g_set_error (error, VC_ERROR, VC_ERROR_BAD_MODEL, "%s is damaged, or cut short: %s",
                   zip->what, zip_error_strerror (&why));
      zip_error_fini (&why);
      return NULL;
    }

  if (zip_get_num_entries (zip->archive, 0) > VC_ZIP_MAX_ENTRIES)
    {
      g_set_error (error, VC_ERROR, VC_ERROR_BAD_MODEL, "%s has %" G_GINT64_FORMAT " files in it, at "
                   "most %d are read", zip->what, (gint64) zip_get_num_entries (zip->archive, 0),
                   VC_ZIP_MAX_ENTRIES);
      return NULL;
    }

  return g_steal_pointer (&zip);
}

void
vc_zip_free (VcZip *zip)
{
  if (zip == NULL)
    return;

  g_clear_pointer (&zip->file, zip_fclose);
  if (zip->archive != NULL)
    zip_discard (zip->archive);
  g_free (zip->what);
  g_free (zip);
}

uint32_t
vc_zip_get_size (VcZip *zip)
{
  return zip_get_num_entries (zip->archive, 0);
}

const char *
vc_zip_get_name (VcZip   *zip,
                 uint32_t index)
{
  const char *name = zip_get_name (zip->archive, index, ZIP_FL_ENC_RAW);

  return name == NULL ? "" : name;
}

gint64
vc_zip_find (VcZip      *zip,
             const char *name)
{
  return zip_name_locate (zip->archive, name, ZIP_FL_ENC_RAW);
}

guint64
vc_zip_measure (VcZip   *zip,
                uint32_t index)
{
  zip_stat_t about;

  if (zip_stat_index (zip->archive, index, 0, &about) < 0 || !(about.valid & ZIP_STAT_SIZE))
    return 0;

  return about.size;
}

/* Makes @index the entry that is read, from its start. */
static gboolean
begin (VcZip    *zip,
       uint32_t  index,
       GError  **error)
{
  g_clear_pointer (&zip->file, zip_fclose);
  zip->index = index;
  zip->at = 0;
  zip->file = zip_fopen_index (zip->archive, index, 0);
  if (zip->file == NULL)
    set_error (error, zip, vc_zip_get_name (zip, index), zip_strerror (zip->archive));

  return zip->file != NULL;
}

static gboolean
read_on (VcZip   *zip,
         void    *bytes,
         gsize    size,
         GError **error)
{
  gsize done = 0;

  while (done < size)
    {
      const zip_int64_t n = zip_fread (zip->file, (char *) bytes + done, size - done);

      if (n <= 0)
        {
          set_error (error, zip, vc_zip_get_name (zip, zip->index),
                     n < 0 ? zip_file_strerror (zip->file) : "it ended early");
          g_clear_pointer (&zip->file, zip_fclose);
          return FALSE;
        }
      done += n;
    }
  zip->at += size;

  return TRUE;
}

/* Reads nothing more where the end should be: only then is the checksum compared. */
static gboolean
check_end (VcZip   *zip,
           GError **error)
{
  char none;
  const zip_int64_t n = zip_fread (zip->file, &none, 1);

  if (n == 0)
    return TRUE;

  set_error (error, zip, vc_zip_get_name (zip, zip->index),
             n < 0 ? zip_file_strerror (zip->file) : "it is longer than it says");

  return FALSE;
}

char *
vc_zip_read_all (VcZip     *zip,
                 uint32_t   index,
                 gsize      most,
                 gsize     *size,
                 GError   **error)
{
  g_autofree char *bytes = NULL;
  const guint64 claimed = vc_zip_measure (zip, index);

  if (claimed > most)
    {
      g_autofree char *why =
        g_strdup_printf ("it has %" G_GUINT64_FORMAT " bytes, at most %" G_GSIZE_FORMAT " are read",
                         claimed, most);

      set_error (error, zip, vc_zip_get_name (zip, index), why);
      return NULL;
    }

  *size = claimed;
  bytes = g_malloc (claimed + 1);
  bytes[claimed] = '\0';
  if (!begin (zip, index, error) || !read_on (zip, bytes, claimed, error) || !check_end (zip, error))
    return NULL;

  return g_steal_pointer (&bytes);
}

gboolean
vc_zip_read_at (VcZip     *zip,
                uint32_t   index,
                guint64    offset,
                void      *bytes,
                gsize      size,
                GError   **error)
{
  zip_stat_t about;

  if (zip_stat_index (zip->archive, index, 0, &about) < 0 ||
      (about.valid & ZIP_STAT_COMP_METHOD && about.comp_method != ZIP_CM_STORE))
    {
      set_error (error, zip, vc_zip_get_name (zip, index), "it is packed, and weights are not");
      return FALSE;
    }

  if ((zip->file == NULL || zip->index != index || (offset == 0 && zip->at != 0)) &&
      !begin (zip, index, error))
    return FALSE;

  if (zip->at != offset)
    {
      if (offset > G_MAXINT64 || zip_fseek (zip->file, offset, SEEK_SET) < 0)
        {
          set_error (error, zip, vc_zip_get_name (zip, index), zip_file_strerror (zip->file));
          g_clear_pointer (&zip->file, zip_fclose);
          return FALSE;
        }
      zip->at = offset;
    }

  return read_on (zip, bytes, size, error) &&
         (zip->at < vc_zip_measure (zip, index) || check_end (zip, error));
}
