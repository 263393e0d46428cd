/* fuzz-torch.c: any bytes as a file of weights, or as the pickle in an archive of torch's, and its tensors as floats */

#include "convert/checkpoint.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <zlib.h>

int LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t size);

static void
add_number (GByteArray *file,
            guint64     number,
            guint       size)
{
  for (guint i = 0; i < size; i++)
    g_byte_array_append (file, &(guint8) { number >> 8 * i }, 1);
}

/* What the local and the central header of a stored entry have alike. */
static void
add_about (GByteArray    *file,
           const char    *name,
           const uint8_t *bytes,
           gsize          size)
{
  add_number (file, 10, 2);   /* version */
  add_number (file, 0, 2 + 2 + 4);
  add_number (file, crc32 (0, bytes, size), 4);
  add_number (file, size, 4);
  add_number (file, size, 4);
  add_number (file, strlen (name), 2);
  add_number (file, 0, 2);
}

/* An archive with @size bytes as its data.pkl, and 64 more as storage 0 [PKWARE, APPNOTE]. */
static GByteArray *
make_archive (const uint8_t *bytes,
              gsize          size)
{
  static const uint8_t numbers[64] = { 0, 60, 0, 64, 1, 2, 3 };
  const struct { const char *name; const uint8_t *bytes; gsize size; } entries[] = {
    { "it/data.pkl", bytes, size },
    { "it/data/0", numbers, sizeof numbers },
  };
  GByteArray *file = g_byte_array_new ();
  guint places[G_N_ELEMENTS (entries)];
  guint start;

  for (guint i = 0; i < G_N_ELEMENTS (entries); i++)
    {
      places[i] = file->len;
      add_number (file, 0x04034b50, 4);
      add_about (file, entries[i].name, entries[i].bytes, entries[i].size);
      g_byte_array_append (file, (const guint8 *) entries[i].name, strlen (entries[i].name));
      g_byte_array_append (file, entries[i].bytes, entries[i].size);
    }

  start = file->len;
  for (guint i = 0; i < G_N_ELEMENTS (entries); i++)
    {
      add_number (file, 0x02014b50, 4);
      add_number (file, 10, 2);
      add_about (file, entries[i].name, entries[i].bytes, entries[i].size);
      add_number (file, 0, 2 + 2 + 2 + 4);
      add_number (file, places[i], 4);
      g_byte_array_append (file, (const guint8 *) entries[i].name, strlen (entries[i].name));
    }

  const guint end = file->len;

  add_number (file, 0x06054b50, 4);
  add_number (file, 0, 4);
  add_number (file, G_N_ELEMENTS (entries), 2);
  add_number (file, G_N_ELEMENTS (entries), 2);
  add_number (file, end - start, 4);
  add_number (file, start, 4);
  add_number (file, 0, 2);

  return file;
}

static void
read_all (VcCheckpoint *checkpoint)
{
  GPtrArray *list = vc_checkpoint_list (checkpoint);

  for (guint i = 0; i < list->len; i++)
    {
      const VcParameter *parameter = list->pdata[i];
      g_autoptr(GError) error = NULL;
      g_autofree float *floats = NULL;

      g_assert (g_utf8_validate (parameter->name, -1, NULL));
      g_assert (vc_checkpoint_find (checkpoint, parameter->name) == parameter);
      if (parameter->elements > 1 << 20)
        continue;

      floats = g_new (float, parameter->elements + 1);
      if (!vc_checkpoint_read (checkpoint, parameter, 0, parameter->elements, floats, &error))
        g_assert (error != NULL && g_utf8_validate (error->message, -1, NULL));
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *bytes,
                        size_t         size)
{
  const gboolean raw = size > 0 && bytes[0] == 'P';
  g_autoptr(GByteArray) file = raw ? NULL : make_archive (bytes, size);
  g_autoptr(GError) error = NULL;
  g_autoptr(VcCheckpoint) checkpoint = NULL;
  const int fd = memfd_create ("model.pt", 0);
  char path[32];

  g_assert (fd >= 0);
  g_assert (write (fd, raw ? bytes : file->data, raw ? size : file->len) >= 0);
  snprintf (path, sizeof path, "/proc/self/fd/%d", fd);

  checkpoint = vc_checkpoint_open (path, &error);
  g_assert ((checkpoint == NULL) == (error != NULL));
  if (checkpoint != NULL)
    read_all (checkpoint);
  else
    g_assert (g_utf8_validate (error->message, -1, NULL));

  close (fd);

  return 0;
}
