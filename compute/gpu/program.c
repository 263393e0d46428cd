/* program.c: pipelines, each made once and kept with the device */

#include "gpu/program.h"

#include <string.h>

#include "gpu/shaders.h"

/* Compared as bytes: without gaps. */
typedef struct
{
  uint32_t op;
  uint32_t store;
  uint32_t n_buffers;
  uint32_t constants[VC_MAX_CONSTANTS];
} Key;

struct _VcPrograms
{
  GHashTable            *programs;  /* owned; Key to VcProgram */
  VkDescriptorSetLayout  set_layouts[VC_GPU_BUFFERS + 1];  /* by number of buffers; made when needed */
  VkPipelineLayout       layouts[VC_GPU_BUFFERS + 1];
};

static const char *const names[VC_N_OPS] = {
#define STEM(upper, lower) [VC_OP_##upper] = #lower,
  VC_STEMS (STEM)
#undef STEM
};

static guint
hash_key (gconstpointer data)
{
  const uint32_t *words = data;
  guint hash = 2166136261u;

  /* FNV-1a, word by word */
  for (guint i = 0; i < sizeof (Key) / sizeof *words; i++)
    hash = (hash ^ words[i]) * 16777619u;

  return hash;
}

static gboolean
equal_keys (gconstpointer a,
            gconstpointer b)
{
  return memcmp (a, b, sizeof (Key)) == 0;
}

VcPrograms *
vc_programs_new (void)
{
  VcPrograms *self = g_new0 (VcPrograms, 1);

  self->programs = g_hash_table_new_full (hash_key, equal_keys, g_free, g_free);

  return self;
}

void
vc_programs_free (VcGpu      *gpu,
                  VcPrograms *self)
{
  GHashTableIter iter;
  gpointer program;

  if (self == NULL)
    return;

  g_hash_table_iter_init (&iter, self->programs);
  while (g_hash_table_iter_next (&iter, NULL, &program))
    gpu->DestroyPipeline (gpu->device, ((VcProgram *) program)->pipeline, NULL);
  g_hash_table_unref (self->programs);

  for (guint i = 0; i < G_N_ELEMENTS (self->layouts); i++)
    {
      gpu->DestroyPipelineLayout (gpu->device, self->layouts[i], NULL);
      gpu->DestroyDescriptorSetLayout (gpu->device, self->set_layouts[i], NULL);
    }
  g_free (self);
}

const char *
vc_program_name (VcOp op)
{
  return names[op];
}

static const VcShader *
find_shader (VcOp    op,
             VcDtype store)
{
  g_autofree char *name = g_strdup_printf ("%s_%s", names[op], store == VC_F16 ? "f16" : "f32");

  for (guint i = 0; i < vc_n_shaders; i++)
    if (strcmp (vc_shaders[i].name, name) == 0)
      return &vc_shaders[i];

  g_error ("there is no shader “%s”: is its stem in shaders/meson.build?", name);
}

static gboolean
ensure_layouts (VcGpu   *gpu,
                guint    n_buffers,
                GError **error)
{
  VcPrograms *self = gpu->programs;
  VkDescriptorSetLayoutBinding bindings[VC_GPU_BUFFERS];
  const VkDescriptorSetLayoutCreateInfo set_info = {
    .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO,
    .bindingCount = n_buffers,
    .pBindings = bindings,
  };
  const VkPipelineLayoutCreateInfo info = {
    .sType = VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO,
    .setLayoutCount = 1,
    .pSetLayouts = &self->set_layouts[n_buffers],
    .pushConstantRangeCount = 1,
    .pPushConstantRanges = &(VkPushConstantRange) { VK_SHADER_STAGE_COMPUTE_BIT, 0, VC_MAX_PUSH },
  };

  if (self->layouts[n_buffers] != VK_NULL_HANDLE)
    return TRUE;

  for (guint i = 0; i < n_buffers; i++)
    bindings[i] = (VkDescriptorSetLayoutBinding) {
      .binding = i,
      .descriptorType = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER,
      .descriptorCount = 1,
      .stageFlags = VK_SHADER_STAGE_COMPUTE_BIT,
    };

  return (self->set_layouts[n_buffers] != VK_NULL_HANDLE ||
          vc_gpu_ok (gpu, gpu->CreateDescriptorSetLayout (gpu->device, &set_info, NULL,
                                                          &self->set_layouts[n_buffers]),
                     "lay out a shader's buffers", error)) &&
         vc_gpu_ok (gpu, gpu->CreatePipelineLayout (gpu->device, &info, NULL,
                                                    &self->layouts[n_buffers]),
                    "lay out a shader's buffers", error);
}

static gboolean
make_pipeline (VcGpu       *gpu,
               const Key   *key,
               VkPipeline  *pipeline,
               GError     **error)
{
  const VcShader *shader = find_shader (key->op, key->store);
  g_autofree char *what = g_strdup_printf ("compile the shader “%s”", shader->name);
  const VkShaderModuleCreateInfo module_info = {
    .sType = VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO,
    .codeSize = shader->size,
    .pCode = shader->code,
  };
  VkShaderModule module;
  VkSpecializationMapEntry entries[VC_MAX_CONSTANTS];
  const VkSpecializationInfo constants = {
    .mapEntryCount = VC_MAX_CONSTANTS,
    .pMapEntries = entries,
    .dataSize = sizeof key->constants,
    .pData = key->constants,
  };
  VkComputePipelineCreateInfo info = {
    .sType = VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO,
    .stage = {
      .sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO,
      .stage = VK_SHADER_STAGE_COMPUTE_BIT,
      .pName = "main",
      .pSpecializationInfo = &constants,
    },
    .layout = gpu->programs->layouts[key->n_buffers],
  };
  gboolean ok;

  /* Ids that the shader does not have are passed over. */
  for (guint i = 0; i < VC_MAX_CONSTANTS; i++)
    entries[i] = (VkSpecializationMapEntry) { i, i * sizeof (uint32_t), sizeof (uint32_t) };

  if (!vc_gpu_ok (gpu, gpu->CreateShaderModule (gpu->device, &module_info, NULL, &module),
                  what, error))
    return FALSE;

  info.stage.module = module;
  ok = vc_gpu_ok (gpu, gpu->CreateComputePipelines (gpu->device, VK_NULL_HANDLE, 1, &info, NULL,
                                                    pipeline),
                  what, error);
  gpu->DestroyShaderModule (gpu->device, module, NULL);

  return ok;
}

const VcProgram *
vc_programs_get (VcGpu             *gpu,
                 const VcRecorded  *recorded,
                 GError           **error)
{
  VcPrograms *self = gpu->programs;
  Key key = { recorded->op, recorded->store, recorded->n_reads + recorded->n_writes };
  VcProgram *program;
  VkPipeline pipeline;

  memcpy (key.constants, recorded->constants, sizeof key.constants);

  program = g_hash_table_lookup (self->programs, &key);
  if (program != NULL)
    return program;

  if (!ensure_layouts (gpu, key.n_buffers, error) || !make_pipeline (gpu, &key, &pipeline, error))
    return NULL;

  program = g_new0 (VcProgram, 1);
  program->pipeline = pipeline;
  program->layout = self->layouts[key.n_buffers];
  program->set_layout = self->set_layouts[key.n_buffers];
  g_hash_table_insert (self->programs, g_memdup2 (&key, sizeof key), program);

  return program;
}
