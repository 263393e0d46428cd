/* program.h: pipelines, each made once and kept with the device */
#pragma once

#include "gpu/gpu.h"

G_BEGIN_DECLS

typedef struct
{
  VkPipeline            pipeline;
  VkPipelineLayout      layout;      /* borrowed from VcPrograms: the same for buffers of the same kinds */
  VkDescriptorSetLayout set_layout;  /* likewise */
  VcWay                 way;
  gboolean              live;        /* its push struct lies in memory: see VcPushes */
} VcProgram;

/* @path: (nullable): a file to keep compiled shaders in, read now and written in the end */
VcPrograms      *vc_programs_new  (VcGpu             *gpu,
                                   const char        *path);
void             vc_programs_free (VcGpu             *gpu,
                                   VcPrograms        *programs);

/* How @recorded is run here. */
VcWay            vc_programs_way  (VcGpu             *gpu,
                                   const VcRecorded  *recorded);

/* The program that @recorded runs in this @way: made at its first use, which takes the driver's compiler some
 * milliseconds to a second. NULL with %VC_ERROR_OUT_OF_MEMORY or what else the driver says. */
const VcProgram *vc_programs_get  (VcGpu             *gpu,
                                   const VcRecorded  *recorded,
                                   VcWay              way,
                                   GError           **error);

/* "layernorm" */
const char      *vc_program_name  (VcOp               op) G_GNUC_CONST;

G_END_DECLS
