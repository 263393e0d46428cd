/* parcel.c: pictures on their way to another program, by drag or by copy
 *
 * Other programs take files, or pixels. The files are named at once; the pixels of a single picture are read, in a thread,
 * only when the other program asks for them.
 */

#define G_LOG_DOMAIN "vig-parcel"

#include "config.h"

#include "ui/parcel.h"

#include "library/pixels.h"

#define VIG_TYPE_PARCEL (vig_parcel_get_type ())

G_DECLARE_FINAL_TYPE (VigParcel, vig_parcel, VIG, PARCEL, GdkContentProvider)

struct _VigParcel
{
  GdkContentProvider parent_instance;

  char *path;  /* owned */
  char *mime;  /* owned; of the file as it is */
};

G_DEFINE_FINAL_TYPE (VigParcel, vig_parcel, GDK_TYPE_CONTENT_PROVIDER)

static GdkContentFormats *
vig_parcel_ref_formats (GdkContentProvider *provider)
{
  const char *types[] = { "image/png", VIG_PARCEL (provider)->mime };

  return gdk_content_formats_new (types, g_str_equal (types[0], types[1]) ? 1 : 2);
}

typedef struct
{
  char          *path;    /* owned */
  gboolean       as_is;   /* else as PNG */
  GOutputStream *stream;  /* owned */
} Errand;

static void
free_errand (Errand *errand)
{
  g_free (errand->path);
  g_object_unref (errand->stream);
  g_free (errand);
}

static GBytes *
read_bytes (const Errand  *errand,
            GCancellable  *cancellable,
            GError       **error)
{
  g_autoptr(VigPixels) pixels = NULL;
  g_autoptr(GBytes) rgb = NULL;
  g_autoptr(GdkTexture) texture = NULL;

  if (errand->as_is)
    {
      g_autoptr(GFile) file = g_file_new_for_path (errand->path);

      return g_file_load_bytes (file, cancellable, NULL, error);
    }

  pixels = vig_pixels_load (errand->path, 0, cancellable, error);
  if (pixels == NULL)
    return NULL;

  rgb = g_bytes_new (pixels->rgb, (gsize) pixels->width * pixels->height * 3);
  texture = gdk_memory_texture_new (pixels->width, pixels->height, GDK_MEMORY_R8G8B8, rgb,
                                    (gsize) pixels->width * 3);

  return gdk_texture_save_to_png_bytes (texture);
}

static void
write_in_thread (GTask        *task,
                 gpointer      object,
                 gpointer      data,
                 GCancellable *cancellable)
{
  const Errand *errand = data;
  GError *error = NULL;
  g_autoptr(GBytes) bytes = read_bytes (errand, cancellable, &error);

  if (bytes != NULL &&
      g_output_stream_write_all (errand->stream, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), NULL,
                                 cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
vig_parcel_write_mime_type_async (GdkContentProvider  *provider,
                                  const char          *mime,
                                  GOutputStream       *stream,
                                  int                  priority,
                                  GCancellable        *cancellable,
                                  GAsyncReadyCallback  callback,
                                  gpointer             user_data)
{
  VigParcel *self = VIG_PARCEL (provider);
  g_autoptr(GTask) task = g_task_new (self, cancellable, callback, user_data);
  Errand *errand = g_new (Errand, 1);

  errand->path = g_strdup (self->path);
  errand->as_is = g_str_equal (mime, self->mime);
  errand->stream = g_object_ref (stream);
  g_task_set_priority (task, priority);
  g_task_set_task_data (task, errand, (GDestroyNotify) free_errand);
  g_task_run_in_thread (task, write_in_thread);
}

static gboolean
vig_parcel_write_mime_type_finish (GdkContentProvider  *provider,
                                   GAsyncResult        *result,
                                   GError             **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
vig_parcel_finalize (GObject *object)
{
  VigParcel *self = VIG_PARCEL (object);

  g_free (self->path);
  g_free (self->mime);

  G_OBJECT_CLASS (vig_parcel_parent_class)->finalize (object);
}

static void
vig_parcel_class_init (VigParcelClass *klass)
{
  GdkContentProviderClass *provider_class = GDK_CONTENT_PROVIDER_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = vig_parcel_finalize;
  provider_class->ref_formats = vig_parcel_ref_formats;
  provider_class->write_mime_type_async = vig_parcel_write_mime_type_async;
  provider_class->write_mime_type_finish = vig_parcel_write_mime_type_finish;
}

static void
vig_parcel_init (VigParcel *self)
{
}

GdkContentProvider *
vig_parcel_new (GPtrArray *pictures)
{
  g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func (g_object_unref);
  g_auto(GValue) value = G_VALUE_INIT;
  GdkContentProvider *providers[2] = { NULL, NULL };
  guint n_providers = 0;

  for (guint i = 0; i < pictures->len; i++)
    g_ptr_array_add (files, g_file_new_for_path (vig_picture_get_path (g_ptr_array_index (pictures, i))));

  g_value_init (&value, GDK_TYPE_FILE_LIST);
  g_value_take_boxed (&value, gdk_file_list_new_from_array ((GFile **) files->pdata, files->len));

  if (pictures->len == 1)
    {
      VigParcel *pixels = g_object_new (VIG_TYPE_PARCEL, NULL);
      g_autofree char *type = g_content_type_guess (vig_picture_get_path (g_ptr_array_index (pictures, 0)), NULL, 0,
                                                    NULL);

      pixels->path = g_strdup (vig_picture_get_path (g_ptr_array_index (pictures, 0)));
      pixels->mime = g_content_type_get_mime_type (type);
      if (pixels->mime == NULL)
        pixels->mime = g_strdup ("application/octet-stream");
      providers[n_providers++] = GDK_CONTENT_PROVIDER (pixels);
    }

  providers[n_providers++] = gdk_content_provider_new_for_value (&value);

  return gdk_content_provider_new_union (providers, n_providers);
}
