/* host.c: the processor as a device */

#include "host/host.h"

#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "device-private.h"
#include "host/share.h"

typedef struct
{
  VcBuffer  parent;
  void     *data;  /* owned */
} HostBuffer;

struct _VcHost
{
  VcDevice    parent;

  GThread   **threads;    /* owned; one less than work at a time: the caller works too */
  guint       n_threads;

  void       *scratch;    /* owned; may be NULL */
  gsize       scratch_size;

  GMutex      lock;
  GCond       wake;
  GCond       done;
  guint       round;      /* counts calls of vc_host_parallel() */
  guint       busy;       /* threads that have not finished this round */
  gboolean    quit;

  VcHostWork  work;
  gpointer    data;
  guint       count;
  guint       grain;
  atomic_uint next;
};

typedef void (*Kernel) (VcHost       *host,
                        const VcCall *call);

static const Kernel kernels[VC_N_OPS] = {
#define STEM(upper, lower) [VC_OP_##upper] = vc_host_##lower,
  VC_STEMS (STEM)
#undef STEM
};

static void
take_work (VcHost *host)
{
  for (;;)
    {
      const guint first = atomic_fetch_add (&host->next, host->grain);

      if (first >= host->count)
        return;

      host->work (first, first + MIN (host->grain, host->count - first), host->data);
    }
}

static gpointer
run_thread (gpointer data)
{
  VcHost *host = data;
  guint seen = 0;

  for (;;)
    {
      g_mutex_lock (&host->lock);
      while (host->round == seen && !host->quit)
        g_cond_wait (&host->wake, &host->lock);
      seen = host->round;
      g_mutex_unlock (&host->lock);

      if (host->quit)
        return NULL;

      take_work (host);

      g_mutex_lock (&host->lock);
      if (--host->busy == 0)
        g_cond_signal (&host->done);
      g_mutex_unlock (&host->lock);
    }
}

void
vc_host_parallel (VcHost     *host,
                  guint       count,
                  guint       grain,
                  VcHostWork  work,
                  gpointer    data)
{
  g_assert (grain > 0);

  if (count <= grain || host->n_threads == 0)
    {
      if (count > 0)
        work (0, count, data);
      return;
    }

  g_mutex_lock (&host->lock);
  host->work = work;
  host->data = data;
  host->count = count;
  host->grain = grain;
  atomic_store (&host->next, 0);
  host->busy = host->n_threads;
  host->round++;
  g_cond_broadcast (&host->wake);
  g_mutex_unlock (&host->lock);

  take_work (host);

  g_mutex_lock (&host->lock);
  while (host->busy > 0)
    g_cond_wait (&host->done, &host->lock);
  g_mutex_unlock (&host->lock);
}

guint
vc_host_get_threads (VcHost *host)
{
  return host->n_threads + 1;
}

void *
vc_host_scratch (VcHost *host,
                 gsize   size)
{
  if (size > host->scratch_size)
    {
      free (host->scratch);
      host->scratch_size = (size + 4095) & ~(gsize) 4095;
      host->scratch = aligned_alloc (4096, host->scratch_size);
      if (host->scratch == NULL)
        g_error ("%" G_GSIZE_FORMAT " bytes are more than this computer can give", size);
    }

  return host->scratch;
}

guint
vc_host_grain (gsize cost)
{
  return MAX (1, 16384 / MAX (cost, 1));
}

typedef struct
{
  void  *data;  /* owned */
  gsize  size;
} Scratch;

static void
free_scratch (gpointer data)
{
  Scratch *scratch = data;

  free (scratch->data);
  g_free (scratch);
}

void *
vc_host_thread_scratch (gsize size)
{
  static GPrivate private = G_PRIVATE_INIT (free_scratch);
  Scratch *scratch = g_private_get (&private);

  if (scratch == NULL)
    {
      scratch = g_new0 (Scratch, 1);
      g_private_set (&private, scratch);
    }

  if (size > scratch->size)
    {
      free (scratch->data);
      scratch->size = (size + 4095) & ~(gsize) 4095;
      scratch->data = aligned_alloc (4096, scratch->size);
      if (scratch->data == NULL)
        g_error ("%" G_GSIZE_FORMAT " bytes are more than this computer can give", size);
    }

  return scratch->data;
}

/* Smaller pieces are not worth the look. */
#define LARGE ((gsize) 16 << 20)

static guint64
host_get_free (VcDevice *device)
{
  return vc_share_memory ("");
}

/* The system would promise more memory than there is, and end the program when it is written to. */
static VcBuffer *
host_allocate (VcDevice  *device,
               gsize      size,
               GError   **error)
{
  const gsize padded = (size + 4095) & ~(gsize) 4095;
  const gboolean fits = size < LARGE || size <= vc_share_memory ("");
  void *data = fits && size <= G_MAXSSIZE - 4096 ? aligned_alloc (4096, padded) : NULL;
  HostBuffer *buffer;

  if (data == NULL)
    {
      g_set_error (error, VC_ERROR, VC_ERROR_OUT_OF_MEMORY,
                   "%" G_GSIZE_FORMAT " bytes are more than this computer can give", size);
      return NULL;
    }

  buffer = g_new0 (HostBuffer, 1);
  buffer->parent.device = device;
  buffer->parent.size = size;
  buffer->data = data;

  return &buffer->parent;
}

static void
host_release (VcBuffer *buffer)
{
  free (((HostBuffer *) buffer)->data);
  g_free (buffer);
}

static gboolean
host_upload (VcBuffer    *buffer,
             gsize        offset,
             const void  *data,
             gsize        size,
             GError     **error)
{
  memcpy ((uint8_t *) ((HostBuffer *) buffer)->data + offset, data, size);
  return TRUE;
}

static gboolean
host_download (VcBuffer  *buffer,
               gsize      offset,
               void      *data,
               gsize      size,
               GError   **error)
{
  memcpy (data, (uint8_t *) ((HostBuffer *) buffer)->data + offset, size);
  return TRUE;
}

static void *
locate (const VcTensor *tensor)
{
  return (uint8_t *) ((HostBuffer *) tensor->buffer)->data + tensor->offset;
}

static gboolean
host_submit (VcDevice          *device,
             const VcRecorded  *dispatches,
             guint              count,
             GError           **error)
{
  for (guint i = 0; i < count; i++)
    {
      const VcRecorded *recorded = &dispatches[i];
      VcCall call = { .constants = recorded->constants, .push = recorded->push,
                      .store = recorded->store };

      for (guint k = 0; k < recorded->n_reads; k++)
        call.reads[k] = locate (&recorded->tensors[k]);
      for (guint k = 0; k < recorded->n_writes; k++)
        call.writes[k] = locate (&recorded->tensors[recorded->n_reads + k]);

      kernels[recorded->op] ((VcHost *) device, &call);
    }

  return TRUE;
}

static void
host_free (VcDevice *device)
{
  VcHost *host = (VcHost *) device;

  g_mutex_lock (&host->lock);
  host->quit = TRUE;
  g_cond_broadcast (&host->wake);
  g_mutex_unlock (&host->lock);

  for (guint i = 0; i < host->n_threads; i++)
    g_thread_join (host->threads[i]);

  free (host->scratch);
  g_free (host->threads);
  g_mutex_clear (&host->lock);
  g_cond_clear (&host->wake);
  g_cond_clear (&host->done);
  g_free (host);
}

static const VcDeviceClass host_class = {
  .allocate = host_allocate,
  .release = host_release,
  .upload = host_upload,
  .download = host_download,
  .submit = host_submit,
  .get_free = host_get_free,
  .free = host_free,
};

/* The processor's name as Linux tells it; "Processor" elsewhere. */
static char *
read_name (void)
{
  g_autofree char *text = NULL;

  if (g_file_get_contents ("/proc/cpuinfo", &text, NULL, NULL))
    {
      const char *line = strstr (text, "model name");
      const char *colon = line != NULL ? strchr (line, ':') : NULL;

      if (colon != NULL)
        return g_strstrip (g_strndup (colon + 1, strcspn (colon + 1, "\n")));
    }

  return g_strdup ("Processor");
}

/* Threads that this process may really run at once, which a container may have made fewer. */
static guint
count_processors (void)
{
  cpu_set_t set;
  const guint seen = sched_getaffinity (0, sizeof set, &set) == 0 ? (guint) CPU_COUNT (&set)
                                                                  : g_get_num_processors ();

  return CLAMP (MIN (seen, vc_share_processors ("")), 1, 64);
}

VcDevice *
vc_host_open (GError **error)
{
  VcHost *host = g_new0 (VcHost, 1);

  host->parent.class = &host_class;
  host->parent.info = (VcDeviceInfo) {
    .id = g_strdup ("host"),
    .name = read_name (),
    .kind = g_strdup ("host"),
    .type = g_strdup ("cpu"),
    .driver = g_strdup_printf ("%u threads", count_processors ()),
    .memory = (guint64) sysconf (_SC_PHYS_PAGES) * sysconf (_SC_PAGESIZE),
    .ok = TRUE,
  };

  g_mutex_init (&host->lock);
  g_cond_init (&host->wake);
  g_cond_init (&host->done);

  host->n_threads = count_processors () - 1;
  host->threads = g_new0 (GThread *, host->n_threads);
  for (guint i = 0; i < host->n_threads; i++)
    host->threads[i] = g_thread_new ("vignette-host", run_thread, host);

  return &host->parent;
}
