/* choice.c: which of the tables of inner loops this processor can run */

#include "host/kernels.h"

const VcKernels * const *
vc_kernels_list (void)
{
  static const VcKernels *list[5];
  static gsize ready;

  if (g_once_init_enter (&ready))
    {
      guint n = 0;

#ifdef __x86_64__
      gboolean v4;
      const gboolean v3 = __builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("fma") &&
                          __builtin_cpu_supports ("bmi2");

      v4 = v3 && __builtin_cpu_supports ("avx512f") && __builtin_cpu_supports ("avx512vl") &&
           __builtin_cpu_supports ("avx512bw") && __builtin_cpu_supports ("avx512dq") &&
           __builtin_cpu_supports ("avx512cd");
      if (v4 && __builtin_cpu_supports ("avx512bf16"))
        list[n++] = &vc_kernels_v4bf16;
      if (v4)
        list[n++] = &vc_kernels_v4;
      if (v3)
        list[n++] = &vc_kernels_v3;
#endif
      list[n] = &vc_kernels_portable;
      g_once_init_leave (&ready, 1);
    }

  return list;
}

const VcKernels *
vc_kernels (void)
{
  return vc_kernels_list ()[0];
}
