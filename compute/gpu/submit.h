/* submit.h: dispatches as commands, written once and sent as often as they come again */
#pragma once

#include "gpu/gpu.h"

G_BEGIN_DECLS

VcSheets *vc_sheets_new        (VcGpu             *gpu,
                                GError           **error);
void      vc_sheets_free       (VcGpu             *gpu,
                                VcSheets          *sheets);
VcPushes *vc_sheets_get_pushes (VcSheets          *sheets);

/* Before @buffer is freed: no commands that use it are sent again. */
void      vc_sheets_forget     (VcSheets          *sheets,
                                const VcBuffer    *buffer);

/* The function of VcDeviceClass. */
gboolean  vc_sheets_submit     (VcDevice          *device,
                                const VcRecorded  *dispatches,
                                guint              count,
                                GError           **error);

G_END_DECLS
