/* activate.c: a function of every element, on the processor */

#include "host/host.h"
#include "host/kernels.h"
#include "interface/activate.h"

typedef struct
{
  const float  *x;
  float        *y;
  VcActivation  activation;
} Work;

static void
activate_elements (guint    first,
                   guint    end,
                   gpointer data)
{
  const Work *work = data;

  vc_kernels ()->activate (work->activation, work->x + first, work->y + first, end - first);
}

void
vc_host_activate (VcHost       *host,
                  const VcCall *call)
{
  const struct vc_activate_push *push = call->push;
  Work work = { call->reads[0], call->writes[0], call->constants[VC_ACTIVATE_KIND] };

  vc_host_parallel (host, push->count, vc_host_grain (1), activate_elements, &work);
}
