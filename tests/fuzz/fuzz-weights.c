/* fuzz-weights.c: any bytes as a safetensors file, and its tensors on the host */

#include "tensor/weights.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *bytes,
                        size_t         size)
{
  static VcDevice *device;
  g_autoptr(VcWeights) weights = NULL;
  g_autoptr(VcLoader) loader = NULL;
  g_autoptr(VcArena) arena = NULL;
  g_autoptr(GError) error = NULL;
  const int fd = memfd_create ("model.safetensors", 0);
  char path[32];

  if (device == NULL)
    device = vc_device_open ("host", NULL);

  g_snprintf (path, sizeof path, "/proc/self/fd/%d", fd);
  if (write (fd, bytes, size) == (ssize_t) size)
    weights = vc_weights_open (path, NULL);
  close (fd);

  if (weights == NULL)
    return 0;

  g_assert (vc_weights_hash (weights, NULL) != NULL);
  loader = vc_loader_new (device, weights, NULL);
  if (loader == NULL)
    return 0;

  if (vc_loader_has (loader, "a"))
    vc_loader_vector (loader, "a", 2);
  if (vc_loader_has (loader, "b"))
    vc_loader_matrix (loader, "b", 2, 3);
  if (vc_loader_has (loader, "c"))
    vc_loader_transposed (loader, "c", 3, 2);
  if (vc_loader_has (loader, "k"))
    vc_loader_kernel (loader, "k", 2, 1, 2);
  if (vc_loader_has (loader, "s"))
    vc_loader_scalar (loader, "s");
  vc_loader_prefix (loader, "p.");
  if (vc_loader_has (loader, "b"))
    vc_loader_stack (loader, VC_NAMES ("b", "c"), 2, 3);
  arena = vc_loader_finish (loader, &error);
  g_assert ((arena == NULL) == (error != NULL));

  return 0;
}
