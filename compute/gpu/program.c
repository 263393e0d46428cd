/* program.c: pipelines, each made once and kept with the device */

#include "gpu/program.h"

#include <string.h>

#include "gpu/kept.h"
#include "gpu/pushes.h"
#include "gpu/shaders.h"
#include "gpu/submit.h"

/* Compared as bytes: without gaps. */
typedef struct
{
  uint32_t op;
  uint32_t store;
  uint32_t way;
  uint32_t buffers;  /* a Layout's, but for what the shader tells */
  uint32_t constants[VC_MAX_CONSTANTS];
} Key;

/* How many buffers a shader has, which of them are texel buffers, and whether its push struct lies in memory. */
#define BUFFERS(n, texels, live) ((n) | (texels) << 8 | (live) << 31)
#define IS_LIVE(buffers) ((buffers) >> 31)
#define N_BUFFERS(buffers) ((buffers) & 0xff)
#define IS_TEXEL(buffers, i) (((buffers) >> 8 >> (i)) & 1)

typedef struct
{
  VkDescriptorSetLayout set;
  VkPipelineLayout      pipeline;
} Layout;

struct _VcPrograms
{
  GHashTable *programs;  /* owned; Key to VcProgram */
  GHashTable *layouts;   /* owned; BUFFERS to Layout */

  VkPipelineCache  cache;  /* null where the driver gives none: all work is done without it */
  char            *path;   /* owned; NULL where nothing is kept */
  gboolean         grown;  /* since it was read */
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
vc_programs_new (VcGpu      *gpu,
                 const char *path)
{
  VcPrograms *self = g_new0 (VcPrograms, 1);
  g_autoptr(GBytes) kept = path != NULL ? vc_kept_read (path, &gpu->properties) : NULL;
  VkPipelineCacheCreateInfo info = { .sType = VK_STRUCTURE_TYPE_PIPELINE_CACHE_CREATE_INFO };

  if (kept != NULL)
    info.pInitialData = g_bytes_get_data (kept, &info.initialDataSize);
  self->path = g_strdup (path);
  if (path != NULL && gpu->CreatePipelineCache (gpu->device, &info, NULL, &self->cache) != VK_SUCCESS)
    self->cache = VK_NULL_HANDLE;

  self->programs = g_hash_table_new_full (hash_key, equal_keys, g_free, g_free);
  self->layouts = g_hash_table_new_full (NULL, NULL, NULL, g_free);

  return self;
}

/* What fails here is done again next time. */
static void
keep_cache (VcGpu      *gpu,
            VcPrograms *self)
{
  g_autofree uint8_t *data = NULL;
  gsize size = 0;

  if (self->cache == VK_NULL_HANDLE || !self->grown || gpu->lost ||
      gpu->GetPipelineCacheData (gpu->device, self->cache, &size, NULL) != VK_SUCCESS || size == 0)
    return;

  data = g_malloc (size);
  if (gpu->GetPipelineCacheData (gpu->device, self->cache, &size, data) == VK_SUCCESS)
    vc_kept_write (self->path, &gpu->properties, data, size);
}

void
vc_programs_free (VcGpu      *gpu,
                  VcPrograms *self)
{
  GHashTableIter iter;
  gpointer program;
  gpointer layout;

  if (self == NULL)
    return;

  g_hash_table_iter_init (&iter, self->programs);
  while (g_hash_table_iter_next (&iter, NULL, &program))
    gpu->DestroyPipeline (gpu->device, ((VcProgram *) program)->pipeline, NULL);
  g_hash_table_unref (self->programs);

  g_hash_table_iter_init (&iter, self->layouts);
  while (g_hash_table_iter_next (&iter, NULL, &layout))
    {
      gpu->DestroyPipelineLayout (gpu->device, ((Layout *) layout)->pipeline, NULL);
      gpu->DestroyDescriptorSetLayout (gpu->device, ((Layout *) layout)->set, NULL);
    }
  g_hash_table_unref (self->layouts);

  keep_cache (gpu, self);
  gpu->DestroyPipelineCache (gpu->device, self->cache, NULL);
  g_free (self->path);
  g_free (self);
}

const char *
vc_program_name (VcOp op)
{
  return names[op];
}

static const VcShader *
find_shader (const Key *key)
{
  static const char *const ways[VC_N_WAYS] = { "", "_tiles", "_texels", "_matrix" };
  g_autofree char *name = g_strdup_printf ("%s%s_%s", names[key->op], ways[key->way],
                                           key->store == VC_F16 ? "f16" : "f32");

  for (guint i = 0; i < vc_n_shaders; i++)
    if (strcmp (vc_shaders[i].name, name) == 0)
      return &vc_shaders[i];

  g_error ("there is no shader “%s”: is its stem in shaders/meson.build?", name);
}

/* An op says what it reads and writes once, by what it binds where, and barriers are put by that alone: its shader
 * says no other. */
static void
check_bindings (const VcShader   *shader,
                const VcRecorded *recorded)
{
  const uint32_t reads = (1u << recorded->n_reads) - 1;
  const uint32_t writes = (1u << (recorded->n_reads + recorded->n_writes)) - 1 - reads;

  g_assert ((shader->reads & ~reads) == 0);
  g_assert ((shader->writes & ~writes) == 0);
}

/* Kept; NULL with an error. */
static const Layout *
ensure_layout (VcGpu     *gpu,
               uint32_t   buffers,
               GError   **error)
{
  VcPrograms *self = gpu->programs;
  Layout *layout = g_hash_table_lookup (self->layouts, GUINT_TO_POINTER (buffers));
  const char *what = "lay out a shader's buffers";
  VkDescriptorSetLayoutBinding bindings[VC_GPU_BUFFERS];
  VkDescriptorSetLayout sets[] = { VK_NULL_HANDLE, vc_pushes_get_layout (vc_sheets_get_pushes (gpu->sheets)) };
  const VkDescriptorSetLayoutCreateInfo set_info = {
    .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO,
    .bindingCount = N_BUFFERS (buffers),
    .pBindings = bindings,
  };
  const VkPipelineLayoutCreateInfo info = {
    .sType = VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO,
    .setLayoutCount = IS_LIVE (buffers) ? 2 : 1,
    .pSetLayouts = sets,
    .pushConstantRangeCount = 1,
    .pPushConstantRanges = &(VkPushConstantRange) { VK_SHADER_STAGE_COMPUTE_BIT, 0, VC_MAX_PUSH },
  };

  if (layout != NULL)
    return layout;

  for (guint i = 0; i < N_BUFFERS (buffers); i++)
    bindings[i] = (VkDescriptorSetLayoutBinding) {
      .binding = i,
      .descriptorType = IS_TEXEL (buffers, i) ? VK_DESCRIPTOR_TYPE_UNIFORM_TEXEL_BUFFER
                                              : VK_DESCRIPTOR_TYPE_STORAGE_BUFFER,
      .descriptorCount = 1,
      .stageFlags = VK_SHADER_STAGE_COMPUTE_BIT,
    };

  layout = g_new0 (Layout, 1);
  if (!vc_gpu_ok (gpu, gpu->CreateDescriptorSetLayout (gpu->device, &set_info, NULL, &layout->set),
                  what, error))
    {
      g_free (layout);
      return NULL;
    }

  sets[0] = layout->set;
  if (!vc_gpu_ok (gpu, gpu->CreatePipelineLayout (gpu->device, &info, NULL, &layout->pipeline),
                  what, error))
    {
      gpu->DestroyDescriptorSetLayout (gpu->device, layout->set, NULL);
      g_free (layout);
      return NULL;
    }

  g_hash_table_insert (self->layouts, GUINT_TO_POINTER (buffers), layout);

  return layout;
}

static gboolean
make_pipeline (VcGpu             *gpu,
               const VcShader    *shader,
               const Key         *key,
               VkPipelineLayout   layout,
               VkPipeline        *pipeline,
               GError           **error)
{
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
    .layout = layout,
  };
  gboolean ok;

  /* Ids that the shader does not have are passed over. */
  for (guint i = 0; i < VC_MAX_CONSTANTS; i++)
    entries[i] = (VkSpecializationMapEntry) { i, i * sizeof (uint32_t), sizeof (uint32_t) };

  if (!vc_gpu_ok (gpu, gpu->CreateShaderModule (gpu->device, &module_info, NULL, &module),
                  what, error))
    return FALSE;

  info.stage.module = module;
  ok = vc_gpu_ok (gpu, gpu->CreateComputePipelines (gpu->device, gpu->programs->cache, 1, &info, NULL,
                                                    pipeline),
                  what, error);
  gpu->DestroyShaderModule (gpu->device, module, NULL);

  return ok;
}

/* Whether all that this dispatch reads as texels fits into texel buffers. */
static gboolean
fits_texels (const VcGpu      *gpu,
             const VcRecorded *recorded)
{
  for (guint i = 0; i < recorded->n_reads; i++)
    if ((recorded->tiles.texels >> i & 1) &&
        vc_tensor_elements (&recorded->tensors[i]) / 4 > gpu->max_texels)
      return FALSE;

  return TRUE;
}

VcWay
vc_programs_way (VcGpu            *gpu,
                 const VcRecorded *recorded)
{
  const VcTiles *tiles = &recorded->tiles;
  const VcWays *ways;

  if (tiles->groups[0] == 0)
    return VC_WAY_PLAIN;

  ways = &gpu->parent.ways[tiles->kind][recorded->store == VC_F16];

  return gpu->parent.last_way = fits_texels (gpu, recorded) ? ways->any : ways->untexelled;
}

const VcProgram *
vc_programs_get (VcGpu             *gpu,
                 const VcRecorded  *recorded,
                 VcWay              way,
                 GError           **error)
{
  VcPrograms *self = gpu->programs;
  const uint32_t texels = way == VC_WAY_TEXELS ? recorded->tiles.texels : 0;
  Key key = { recorded->op, recorded->store, way };
  const VcShader *shader;
  const Layout *layout;
  VcProgram *program;
  VkPipeline pipeline;

  memcpy (key.constants, way == VC_WAY_PLAIN ? recorded->constants
                         : way == VC_WAY_MATRIX ? recorded->matrix.constants : recorded->tiles.constants,
          sizeof key.constants);

  key.buffers = BUFFERS (recorded->n_reads + recorded->n_writes, texels, 0);
  program = g_hash_table_lookup (self->programs, &key);
  if (program != NULL)
    return program;

  shader = find_shader (&key);
  check_bindings (shader, recorded);
  layout = ensure_layout (gpu, key.buffers | BUFFERS (0, 0, shader->live), error);
  if (layout == NULL || !make_pipeline (gpu, shader, &key, layout->pipeline, &pipeline, error))
    return NULL;

  program = g_new0 (VcProgram, 1);
  program->pipeline = pipeline;
  program->layout = layout->pipeline;
  program->set_layout = layout->set;
  program->way = way;
  program->live = shader->live;
  self->grown = TRUE;
  g_hash_table_insert (self->programs, g_memdup2 (&key, sizeof key), program);

  return program;
}
