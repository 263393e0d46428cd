/* host.h: the processor as a device: a pool of threads and one kernel an op */
#pragma once

#include "recorder.h"

G_BEGIN_DECLS

typedef struct _VcHost VcHost;

/* A dispatch with its tensors as memory. Shapes are in @push, as for the shader. */
typedef struct
{
  const void     *reads[VC_MAX_READS];
  void           *writes[VC_MAX_WRITES];
  const uint32_t *constants;
  const void     *push;
  VcDtype         store;
} VcCall;

/* Works on items @first to @end - 1. */
typedef void (*VcHostWork) (guint    first,
                            guint    end,
                            gpointer data);

/**
 * vc_host_parallel:
 * @count: items in all
 * @grain: items that one thread takes at a time, at least 1; the last may be fewer
 *
 * Calls @work over every item, on all threads, and returns when all are done. Which thread does which
 * items varies; results must not depend on it. Must not be nested.
 */
void vc_host_parallel (VcHost     *host,
                       guint       count,
                       guint       grain,
                       VcHostWork  work,
                       gpointer    data);

/* Threads that vc_host_parallel() works on, the caller's among them. */
guint vc_host_get_threads (VcHost *host);

/* At least @size bytes, on a page's border, for the kernel that runs. What they hold is undefined, and
 * the next call may move them. They stay with the host: a kernel faults in no new pages each time. */
void *vc_host_scratch (VcHost *host,
                       gsize   size);

/* The same for the thread that asks: each has its own, kept until the thread ends. */
void *vc_host_thread_scratch (gsize size);

/* (n) @weights as f32: themselves, or where @store is f16 a copy in vc_host_scratch(). */
const float *vc_host_widen (VcHost     *host,
                            const void *weights,
                            VcDtype     store,
                            gsize       n);

/* Items of @cost elementary steps each that are worth handing to a thread. */
guint vc_host_grain   (gsize       cost) G_GNUC_CONST;

#define STEM(upper, lower) \
  void vc_host_##lower (VcHost *host, const VcCall *call);
VC_STEMS (STEM)
#undef STEM

G_END_DECLS
