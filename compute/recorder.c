/* recorder.c: a list of dispatches, checked once */

#include "recorder.h"

#include <string.h>

#include "device-private.h"

struct _VcRecorder
{
  VcDevice *device;  /* borrowed */
  GArray   *list;    /* owned; of VcRecorded */
};

VcRecorder *
vc_recorder_new (VcDevice *device)
{
  VcRecorder *recorder = g_new0 (VcRecorder, 1);

  recorder->device = device;
  recorder->list = g_array_new (FALSE, TRUE, sizeof (VcRecorded));

  return recorder;
}

void
vc_recorder_free (VcRecorder *recorder)
{
  if (recorder == NULL)
    return;

  g_array_unref (recorder->list);
  g_free (recorder);
}

VcDevice *
vc_recorder_get_device (VcRecorder *recorder)
{
  return recorder->device;
}

gsize
vc_recorder_range (VcRecorder *recorder)
{
  return recorder->device->max_range > 0 ? recorder->device->max_range : G_MAXSIZE;
}

VcMatrix
vc_recorder_matrix (VcRecorder *recorder)
{
  return recorder->device->matrix;
}

void
vc_recorder_dispatch (VcRecorder       *recorder,
                      const VcDispatch *dispatch)
{
  VcRecorded *recorded;

  g_assert (dispatch->push.size <= VC_MAX_PUSH);

  g_array_set_size (recorder->list, recorder->list->len + 1);
  recorded = &g_array_index (recorder->list, VcRecorded, recorder->list->len - 1);

  recorded->op = dispatch->op;
  recorded->store = dispatch->store;
  for (guint i = 0; i < VC_MAX_READS && dispatch->reads[i] != NULL; i++)
    recorded->tensors[recorded->n_reads++] = *dispatch->reads[i];
  for (guint i = 0; i < VC_MAX_WRITES && dispatch->writes[i] != NULL; i++)
    recorded->tensors[recorded->n_reads + recorded->n_writes++] = *dispatch->writes[i];

  memcpy (recorded->constants, dispatch->constants, sizeof recorded->constants);
  if (dispatch->push.size > 0)
    memcpy (recorded->push, dispatch->push.data, dispatch->push.size);
  recorded->push_size = dispatch->push.size;

  recorded->tiles = dispatch->tiles;
  recorded->matrix = dispatch->matrix;
  for (guint i = 0; i < 3; i++)
    {
      recorded->groups[i] = MAX (dispatch->groups[i], 1);
      g_assert (recorded->groups[i] <= 65535 && dispatch->tiles.groups[i] <= 65535);
      if (dispatch->tiles.groups[0] > 0)
        recorded->tiles.groups[i] = MAX (dispatch->tiles.groups[i], 1);
    }

  for (guint i = 0; i < recorded->n_reads + recorded->n_writes; i++)
    {
      const VcTensor *tensor = &recorded->tensors[i];

      g_assert (tensor->buffer->device == recorder->device);
      g_assert (tensor->offset + vc_tensor_bytes (tensor) <= tensor->buffer->size);
    }
}

gboolean
vc_recorder_submit (VcRecorder  *recorder,
                    GError     **error)
{
  const gboolean ok = recorder->list->len == 0 ||
                      recorder->device->class->submit (recorder->device,
                                                       (VcRecorded *) recorder->list->data,
                                                       recorder->list->len, error);

  g_array_set_size (recorder->list, 0);

  return ok;
}
