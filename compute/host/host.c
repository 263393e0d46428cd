/* host.c: the processor as a device */

#include "host/host.h"

#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "device-private.h"
#include "host/share.h"

typedef struct
{
  VcBuffer  parent;
  void     *data;  /* owned */
} HostBuffer;

/* Items that one thread takes first, in order: memory comes fastest to who reads on where he stopped. */
typedef struct
{
  atomic_uint next;
  guint       end;
} __attribute__ ((aligned (64))) Share;

struct _VcHost
{
  VcDevice    parent;

  GThread   **threads;    /* owned; one less than work at a time: the caller works too */
  guint       n_threads;

  void       *scratch;    /* owned; may be NULL */
  gsize       scratch_size;

  /* Of vc_host_parallel(): its arguments belong to whoever is inside the gate. */
  VcHostWork    work;
  gpointer      data;
  guint         count;
  guint         grain;
  Share        *shares;     /* owned; one a thread */
  atomic_ullong gate;       /* round << 32 | OPEN | threads inside */

  GMutex        lock;       /* for those that sleep */
  GCond         wake;
  GCond         done;
  atomic_uint   sleepers;   /* threads that wait for a round */
  atomic_uint   awaited;    /* the caller waits for the last to leave */

  gint64        looked_us;  /* when it was last looked at: */
  long          stops;      /* how often threads were made to stop */
  gint64        crowded_us; /* until when others are taken to want the processors */
  atomic_uint   spins;
  atomic_uint   quit;
};

#define OPEN (1ull << 31)
#define INSIDE (OPEN - 1)
#define ROUND(gate) ((guint) ((gate) >> 32))

/* How long a thread looks out for what it waits for before it sleeps: to be woken takes about as long. Where others
 * want the processors too it sleeps at once: what it took by looking out it would be made to give back while it works. */
#define SPIN_US 40

/* Others want them when a thread of this program was made to stop lately. */
#define LOOK_US 2000
#define CROWDED_US 30000

typedef void (*Kernel) (VcHost       *host,
                        const VcCall *call);

static const Kernel kernels[VC_N_OPS] = {
#define STEM(upper, lower) [VC_OP_##upper] = vc_host_##lower,
  VC_STEMS (STEM)
#undef STEM
};

/* Thread @index works off its own share, then what others have left of theirs. */
static void
take_work (VcHost *host,
           guint   index)
{
  const guint n = host->n_threads + 1;

  for (guint i = 0; i < n; i++)
    {
      Share *share = &host->shares[(index + i) % n];

      for (;;)
        {
          const guint first = atomic_load (&share->next) < share->end ? atomic_fetch_add (&share->next, host->grain)
                                                                      : share->end;

          if (first >= share->end)
            break;

          host->work (first, MIN (first + host->grain, share->end), host->data);
        }
    }
}

/* All items to all threads alike, in pieces of a grain. */
static void
share_work (VcHost *host)
{
  const guint n = host->n_threads + 1;
  const guint64 pieces = (host->count + host->grain - 1) / host->grain;

  for (guint i = 0; i < n; i++)
    {
      atomic_store (&host->shares[i].next, pieces * i / n * host->grain);
      host->shares[i].end = MIN (pieces * (i + 1) / n * host->grain, host->count);
    }
}

static void
relax (void)
{
#ifdef __x86_64__
  __builtin_ia32_pause ();
#elif defined __aarch64__
  __asm__ volatile ("yield");
#endif
}

typedef gboolean (*Condition) (VcHost *host,
                               guint   seen);

/* Whether it came true meanwhile. */
static gboolean
spin_until (VcHost    *host,
            Condition  condition,
            guint      seen)
{
  const gint64 end = g_get_monotonic_time () + SPIN_US;

  if (!atomic_load (&host->spins))
    return condition (host, seen);

  do
    for (guint i = 0; i < 32; i++)
      {
        if (condition (host, seen))
          return TRUE;
        relax ();
      }
  while (g_get_monotonic_time () < end);

  return FALSE;
}

static gboolean
is_next_round (VcHost *host,
               guint   seen)
{
  return ROUND (atomic_load (&host->gate)) != seen || atomic_load (&host->quit);
}

static gboolean
is_empty (VcHost *host,
          guint   seen)
{
  return (atomic_load (&host->gate) & INSIDE) == 0;
}

/* TRUE: inside the gate of a round that is not @seen, which changes to it. FALSE: it closed before. */
static gboolean
enter (VcHost *host,
       guint  *seen)
{
  unsigned long long gate = atomic_load (&host->gate);

  do
    {
      *seen = ROUND (gate);
      if (!(gate & OPEN))
        return FALSE;
    }
  while (!atomic_compare_exchange_weak (&host->gate, &gate, gate + 1));

  return TRUE;
}

static void
leave (VcHost *host)
{
  if (((atomic_fetch_sub (&host->gate, 1) - 1) & INSIDE) == 0 && atomic_load (&host->awaited))
    {
      g_mutex_lock (&host->lock);
      g_cond_signal (&host->done);
      g_mutex_unlock (&host->lock);
    }
}

static void
sleep_until_round (VcHost *host,
                   guint   seen)
{
  g_mutex_lock (&host->lock);
  atomic_fetch_add (&host->sleepers, 1);
  while (!is_next_round (host, seen))
    g_cond_wait (&host->wake, &host->lock);
  atomic_fetch_sub (&host->sleepers, 1);
  g_mutex_unlock (&host->lock);
}

typedef struct
{
  VcHost *host;
  guint   index;  /* the caller's is 0 */
} Place;

static gpointer
run_thread (gpointer data)
{
  g_autofree Place *place = data;
  VcHost *host = place->host;
  guint seen = 0;

  for (;;)
    {
      if (!spin_until (host, is_next_round, seen))
        sleep_until_round (host, seen);
      if (atomic_load (&host->quit))
        return NULL;

      if (enter (host, &seen))
        {
          take_work (host, place->index);
          leave (host);
        }
    }
}

static void
wake_all (VcHost *host)
{
  if (atomic_load (&host->sleepers) == 0)
    return;

  g_mutex_lock (&host->lock);
  g_cond_broadcast (&host->wake);
  g_mutex_unlock (&host->lock);
}

/* A thread that is late, as others have its processor, finds the gate closed and is not waited for. */
static void
close_gate (VcHost *host)
{
  atomic_fetch_and (&host->gate, ~OPEN);

  if (spin_until (host, is_empty, 0))
    return;

  g_mutex_lock (&host->lock);
  atomic_store (&host->awaited, 1);
  while (!is_empty (host, 0))
    g_cond_wait (&host->done, &host->lock);
  atomic_store (&host->awaited, 0);
  g_mutex_unlock (&host->lock);
}

static void
look_around (VcHost *host)
{
  const gint64 now = g_get_monotonic_time ();
  struct rusage usage;

  if (now < host->looked_us + LOOK_US || getrusage (RUSAGE_SELF, &usage) != 0)
    return;

  if (usage.ru_nivcsw != host->stops)
    host->crowded_us = now + CROWDED_US;
  host->stops = usage.ru_nivcsw;
  host->looked_us = now;
  atomic_store (&host->spins, now >= host->crowded_us);
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

  look_around (host);

  host->work = work;
  host->data = data;
  host->count = count;
  host->grain = grain;
  share_work (host);
  atomic_store (&host->gate, ((unsigned long long) ROUND (atomic_load (&host->gate)) + 1) << 32 | OPEN);
  wake_all (host);

  take_work (host, 0);
  close_gate (host);
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

#define PAGE 4096
#define LARGE_PAGE ((gsize) 2 << 20)

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
  const gsize page = size < LARGE ? PAGE : LARGE_PAGE;
  const gsize padded = (size + page - 1) & ~(page - 1);
  const gboolean fits = size < LARGE || size <= vc_share_memory ("");
  void *data = fits && size <= G_MAXSSIZE - page ? aligned_alloc (page, padded) : NULL;
  HostBuffer *buffer;

  if (data == NULL)
    {
      g_set_error (error, VC_ERROR, VC_ERROR_OUT_OF_MEMORY,
                   "%" G_GSIZE_FORMAT " bytes are more than this computer can give", size);
      return NULL;
    }

#ifdef MADV_HUGEPAGE
  /* Only advice: where it is not taken, looking up so many small pages costs some of the memory's speed. */
  if (page == LARGE_PAGE)
    (void) madvise (data, padded, MADV_HUGEPAGE);
#endif

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

      /* Between two ops, so that a stop need not wait for a picture to be painted. */
      if (device->waiting != NULL && !device->waiting (device->waiting_data))
        {
          g_set_error_literal (error, VC_ERROR, VC_ERROR_CANCELLED, "stopped");
          return FALSE;
        }

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
  atomic_store (&host->quit, 1);
  g_cond_broadcast (&host->wake);
  g_mutex_unlock (&host->lock);

  for (guint i = 0; i < host->n_threads; i++)
    g_thread_join (host->threads[i]);

  free (host->scratch);
  free (host->shares);
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
  host->shares = aligned_alloc (sizeof (Share), (host->n_threads + 1) * sizeof (Share));
  if (host->shares == NULL)
    g_error ("this computer has no memory left");
  for (guint i = 0; i < host->n_threads; i++)
    {
      Place *place = g_new (Place, 1);

      *place = (Place) { host, i + 1 };
      host->threads[i] = g_thread_new ("vignette-host", run_thread, place);
    }

  return &host->parent;
}
