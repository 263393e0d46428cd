/* read.c: the processor's memory read once, to see how fast that is */

#include "host/read.h"

#include <stdatomic.h>

/* Memory comes in lines of at least so many bytes: a word of each asks for all of it, and the adding up
 * costs nothing beside the waiting. */
#define LINE 64
#define WORDS (LINE / sizeof (uint64_t))

/* Lines that a thread takes at a time: a megabyte. */
#define GRAIN ((1 << 20) / LINE)

typedef struct
{
  const uint64_t *words;
  atomic_ullong   total;  /* so that the compiler leaves the reading in */
} Work;

static void
read_lines (guint    first,
            guint    end,
            gpointer data)
{
  Work *work = data;
  uint64_t total = 0;

  for (gsize line = first; line < end; line++)
    total += work->words[line * WORDS];

  atomic_fetch_add (&work->total, total);
}

void
vc_host_read (VcHost     *host,
              const void *data,
              gsize       size)
{
  Work work = { .words = data };
  volatile uint64_t total;

  vc_host_parallel (host, size / LINE, GRAIN, read_lines, &work);
  total = atomic_load (&work.total);
  (void) total;
}
