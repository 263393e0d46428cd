/* submit.c: dispatches as commands, written once and sent as often as they come again */

#include "gpu/submit.h"

#include <string.h>

#include "gpu/buffer.h"
#include "gpu/flow.h"
#include "gpu/program.h"
#include "gpu/pushes.h"
#include "gpu/queue.h"

/* A submission ends after so many dispatches, or when they touch so many bytes: drivers take a GPU
 * for hung that works on one submission for some seconds. */
#define MAX_DISPATCHES 256
#define MAX_BYTES ((gsize) 256 << 20)

/* Dispatches as commands. To draw a token runs the same dispatches as the one before, but for numbers that their
 * shaders read from memory: then the commands are sent again as they are. */
typedef struct
{
  VkDescriptorPool   descriptors;  /* null until its first use */
  const VcProgram  **programs;     /* owned; (count) */
  VcRecorded        *dispatches;   /* owned; (count) */
  guint              count;        /* 0: there is nothing to be sent again */
  guint              barriers;
  guint64            turn;         /* when it was last sent */
} Sheet;

struct _VcSheets
{
  Sheet                 *sheets[VC_QUEUE_KEPT];  /* owned; NULL until their first use */
  guint64                turn;
  VcPushes              *pushes;                 /* owned */
  VcFlow                *flow;                   /* owned; of the list that is written */

  /* Room to describe one submission in. */
  const VcProgram       *programs[MAX_DISPATCHES];
  VkDescriptorSetLayout  layouts[MAX_DISPATCHES];
  VkDescriptorSet        sets[MAX_DISPATCHES];
  VkWriteDescriptorSet   writes[MAX_DISPATCHES * VC_GPU_BUFFERS];
  VkDescriptorBufferInfo buffers[MAX_DISPATCHES * VC_GPU_BUFFERS];
  VkBufferView           views[MAX_DISPATCHES * VC_GPU_BUFFERS];
};

VcSheets *
vc_sheets_new (VcGpu   *gpu,
               GError **error)
{
  VcSheets *self = g_new0 (VcSheets, 1);

  self->flow = vc_flow_new ();
  self->pushes = vc_pushes_new (gpu, VC_QUEUE_KEPT * MAX_DISPATCHES, error);
  if (self->pushes == NULL)
    {
      vc_sheets_free (gpu, self);
      return NULL;
    }

  return self;
}

void
vc_sheets_free (VcGpu    *gpu,
                VcSheets *self)
{
  if (self == NULL)
    return;

  for (guint i = 0; i < VC_QUEUE_KEPT; i++)
    if (self->sheets[i] != NULL)
      {
        gpu->DestroyDescriptorPool (gpu->device, self->sheets[i]->descriptors, NULL);
        g_free (self->sheets[i]->programs);
        g_free (self->sheets[i]->dispatches);
        g_free (self->sheets[i]);
      }
  vc_pushes_free (gpu, self->pushes);
  vc_flow_free (self->flow);
  g_free (self);
}

VcPushes *
vc_sheets_get_pushes (VcSheets *self)
{
  return self->pushes;
}

static gboolean
uses (const VcRecorded *dispatch,
      const VcBuffer   *buffer)
{
  for (guint i = 0; i < dispatch->n_reads + dispatch->n_writes; i++)
    if (dispatch->tensors[i].buffer == buffer)
      return TRUE;

  return FALSE;
}

void
vc_sheets_forget (VcSheets       *self,
                  const VcBuffer *buffer)
{
  for (guint i = 0; i < VC_QUEUE_KEPT; i++)
    for (guint k = 0; self->sheets[i] != NULL && k < self->sheets[i]->count; k++)
      if (uses (&self->sheets[i]->dispatches[k], buffer))
        self->sheets[i]->count = self->sheets[i]->turn = 0;
}

/* ---- What comes again ---- */

/* Whether they are the same work, but for numbers that are read from memory. Compared as bytes: where a recorder
 * leaves gaps they are zeros. */
static gboolean
is_same (const VcRecorded *a,
         const VcRecorded *b,
         gboolean          live)
{
  const gsize push = G_STRUCT_OFFSET (VcRecorded, push);
  const gsize after = push + sizeof a->push;

  return memcmp (a, b, push) == 0 &&
         memcmp ((const char *) a + after, (const char *) b + after, sizeof *a - after) == 0 &&
         (live || memcmp (a->push, b->push, sizeof a->push) == 0);
}

static gboolean
holds (const Sheet       *sheet,
       const VcProgram  **programs,
       const VcRecorded  *dispatches,
       guint              count)
{
  if (sheet == NULL || sheet->count != count || memcmp (sheet->programs, programs, count * sizeof *programs) != 0)
    return FALSE;

  for (guint i = 0; i < count; i++)
    if (!is_same (&sheet->dispatches[i], &dispatches[i], programs[i]->live))
      return FALSE;

  return TRUE;
}

/* The sheet that holds them, or the one that was not sent for the longest time. */
static guint
choose_sheet (VcSheets         *self,
              const VcRecorded *dispatches,
              guint             count)
{
  guint oldest = 0;

  for (guint i = 0; i < VC_QUEUE_KEPT; i++)
    {
      const Sheet *sheet = self->sheets[i];

      if (holds (sheet, self->programs, dispatches, count))
        return i;
      if (self->sheets[oldest] != NULL && (sheet == NULL || sheet->turn < self->sheets[oldest]->turn))
        oldest = i;
    }

  return oldest;
}

/* ---- Writing ---- */

/* Distrusts nothing but sizes: shapes were asserted when the ops were recorded. */
static gboolean
check_ranges (const VcDevice    *device,
              const VcRecorded  *dispatches,
              guint              count,
              GError           **error)
{
  for (guint i = 0; i < count; i++)
    for (guint k = 0; k < dispatches[i].n_reads + dispatches[i].n_writes; k++)
      {
        const gsize bytes = vc_tensor_bytes (&dispatches[i].tensors[k]);

        if (bytes > device->max_range)
          {
            g_set_error (error, VC_ERROR, VC_ERROR_OUT_OF_MEMORY,
                         "“%s” works on tensors of at most %.0f MB; %s was given one of %.0f MB",
                         device->info.name, device->max_range / 1e6,
                         vc_program_name (dispatches[i].op), bytes / 1e6);
            return FALSE;
          }
      }

  return TRUE;
}

/* How many of the dispatches go into one submission, at least 1. */
static guint
choose_part (const VcRecorded *dispatches,
             guint             count)
{
  gsize bytes = 0;

  for (guint i = 0; i < MIN (count, MAX_DISPATCHES); i++)
    {
      for (guint k = 0; k < dispatches[i].n_reads + dispatches[i].n_writes; k++)
        bytes += vc_tensor_bytes (&dispatches[i].tensors[k]);

      if (bytes > MAX_BYTES && i > 0)
        return i;
    }

  return MIN (count, MAX_DISPATCHES);
}

/* With room for as many descriptors as dispatches can have. */
static gboolean
ensure_sheet (VcGpu   *gpu,
              guint    index,
              GError **error)
{
  static const VkDescriptorPoolSize sizes[] = {
    { VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, MAX_DISPATCHES * VC_GPU_BUFFERS },
    { VK_DESCRIPTOR_TYPE_UNIFORM_TEXEL_BUFFER, MAX_DISPATCHES * VC_MAX_READS },
  };
  const VkDescriptorPoolCreateInfo info = {
    .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO,
    .maxSets = MAX_DISPATCHES,
    .poolSizeCount = G_N_ELEMENTS (sizes),
    .pPoolSizes = sizes,
  };
  Sheet **sheet = &gpu->sheets->sheets[index];

  if (*sheet == NULL)
    *sheet = g_new0 (Sheet, 1);
  (*sheet)->count = 0;

  return (*sheet)->descriptors != VK_NULL_HANDLE ||
         vc_gpu_ok (gpu, gpu->CreateDescriptorPool (gpu->device, &info, NULL, &(*sheet)->descriptors),
                    "make room for commands", error);
}

/* One set a dispatch, all allocated and written at once. */
static gboolean
describe_buffers (VcGpu             *gpu,
                  VkDescriptorPool   pool,
                  const VcRecorded  *dispatches,
                  guint              count,
                  GError           **error)
{
  VcSheets *self = gpu->sheets;
  const VkDescriptorSetAllocateInfo info = {
    .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO,
    .descriptorPool = pool,
    .descriptorSetCount = count,
    .pSetLayouts = self->layouts,
  };
  guint next = 0;

  for (guint i = 0; i < count; i++)
    self->layouts[i] = self->programs[i]->set_layout;

  if (!vc_gpu_ok (gpu, gpu->AllocateDescriptorSets (gpu->device, &info, self->sets),
                  "describe buffers", error))
    return FALSE;

  for (guint i = 0; i < count; i++)
    for (guint k = 0; k < dispatches[i].n_reads + dispatches[i].n_writes; k++, next++)
      {
        const VcTensor *tensor = &dispatches[i].tensors[k];
        VkWriteDescriptorSet *write = &self->writes[next];

        *write = (VkWriteDescriptorSet) {
          .sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET,
          .dstSet = self->sets[i],
          .dstBinding = k,
          .descriptorCount = 1,
          .descriptorType = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER,
          .pBufferInfo = &self->buffers[next],
          .pTexelBufferView = &self->views[next],
        };
        if (self->programs[i]->way == VC_WAY_TEXELS && (dispatches[i].tiles.texels >> k & 1))
          {
            write->descriptorType = VK_DESCRIPTOR_TYPE_UNIFORM_TEXEL_BUFFER;
            if (!vc_buffer_view (tensor, &self->views[next], error))
              return FALSE;
          }
        else
          {
            self->buffers[next] = (VkDescriptorBufferInfo) {
              ((VcGpuBuffer *) tensor->buffer)->handle, tensor->offset, vc_tensor_bytes (tensor),
            };
          }
      }
  gpu->UpdateDescriptorSets (gpu->device, next, self->writes, 0, NULL);

  return TRUE;
}

/* Of the numbers of a dispatch, where its shader reads them from memory. */
static guint
get_place (guint sheet,
           guint index)
{
  return sheet * MAX_DISPATCHES + index;
}

static void
bind_buffers (VcGpu           *gpu,
              VkCommandBuffer  commands,
              const VcProgram *program,
              VkDescriptorSet  set,
              guint            place)
{
  const VkDescriptorSet sets[] = { set, vc_pushes_get_set (gpu->sheets->pushes) };
  const uint32_t offset = vc_pushes_get_offset (place);
  const guint n = program->live ? 2 : 1;

  gpu->CmdBindDescriptorSets (commands, VK_PIPELINE_BIND_POINT_COMPUTE, program->layout, 0, n, sets, n - 1, &offset);
}

/* A barrier stands where data flows: the list as a whole has waited for what was before it. Returns how many. */
static guint
record_dispatches (VcGpu            *gpu,
                   VkCommandBuffer   commands,
                   guint             sheet,
                   const VcRecorded *dispatches,
                   guint             count)
{
  VcSheets *self = gpu->sheets;
  VkPipeline bound = VK_NULL_HANDLE;
  guint barriers = 0;

  vc_flow_reset (self->flow);
  for (guint i = 0; i < count; i++)
    {
      const VcRecorded *recorded = &dispatches[i];
      const VcProgram *program = self->programs[i];
      const uint32_t *groups = program->way == VC_WAY_PLAIN ? recorded->groups
                               : program->way == VC_WAY_MATRIX ? recorded->matrix.groups : recorded->tiles.groups;

      if (vc_flow_next (self->flow, recorded) && !gpu->careless)
        {
          vc_queue_barrier (gpu, commands, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT,
                            VK_ACCESS_SHADER_READ_BIT | VK_ACCESS_SHADER_WRITE_BIT);
          barriers++;
        }

      if (program->pipeline != bound)
        gpu->CmdBindPipeline (commands, VK_PIPELINE_BIND_POINT_COMPUTE, program->pipeline);
      bound = program->pipeline;

      bind_buffers (gpu, commands, program, self->sets[i], get_place (sheet, i));
      if (recorded->push_size > 0 && !program->live)
        gpu->CmdPushConstants (commands, program->layout, VK_SHADER_STAGE_COMPUTE_BIT,
                               0, recorded->push_size, recorded->push);
      gpu->CmdDispatch (commands, groups[0], groups[1], groups[2]);
    }

  return barriers;
}

static gboolean
write_sheet (VcGpu             *gpu,
             guint              index,
             const VcRecorded  *dispatches,
             guint              count,
             GError           **error)
{
  VcSheets *self = gpu->sheets;
  const guint list = VC_QUEUE_COPIES + index;
  VkCommandBuffer commands;
  Sheet *sheet;

  if (!ensure_sheet (gpu, index, error) ||
      (commands = vc_queue_begin (gpu, list, TRUE, error)) == NULL)
    return FALSE;

  sheet = self->sheets[index];
  if (!vc_gpu_ok (gpu, gpu->ResetDescriptorPool (gpu->device, sheet->descriptors, 0), "take commands", error) ||
      !describe_buffers (gpu, sheet->descriptors, dispatches, count, error))
    return FALSE;

  sheet->barriers = record_dispatches (gpu, commands, index, dispatches, count);
  if (!vc_queue_end (gpu, list, error))
    return FALSE;

  g_free (sheet->programs);
  g_free (sheet->dispatches);
  sheet->programs = g_memdup2 (self->programs, count * sizeof *sheet->programs);
  sheet->dispatches = g_memdup2 (dispatches, count * sizeof *sheet->dispatches);
  sheet->count = count;
  gpu->parent.sent.written++;

  return TRUE;
}

/* Its commands are there already, or are written now. */
static gboolean
send_part (VcGpu             *gpu,
           const VcRecorded  *dispatches,
           guint              count,
           GError           **error)
{
  VcSheets *self = gpu->sheets;
  const guint index = choose_sheet (self, dispatches, count);
  const guint list = VC_QUEUE_COPIES + index;
  Sheet *sheet;

  if (!vc_queue_wait_for (gpu, list, error))
    return FALSE;

  if (!holds (self->sheets[index], self->programs, dispatches, count) &&
      !write_sheet (gpu, index, dispatches, count, error))
    return FALSE;

  sheet = self->sheets[index];
  for (guint i = 0; i < count; i++)
    if (sheet->programs[i]->live)
      vc_pushes_write (self->pushes, get_place (index, i), dispatches[i].push);

  sheet->turn = ++self->turn;
  gpu->parent.sent.lists++;
  gpu->parent.sent.dispatches += count;
  gpu->parent.sent.barriers += sheet->barriers;

  return vc_queue_send (gpu, list, error);
}

gboolean
vc_sheets_submit (VcDevice          *device,
                  const VcRecorded  *dispatches,
                  guint              count,
                  GError           **error)
{
  VcGpu *gpu = (VcGpu *) device;

  if (!check_ranges (device, dispatches, count, error))
    return FALSE;

  while (count > 0)
    {
      const guint part = choose_part (dispatches, count);

      for (guint i = 0; i < part; i++)
        if ((gpu->sheets->programs[i] = vc_programs_get (gpu, &dispatches[i],
                                                         vc_programs_way (gpu, &dispatches[i]),
                                                         error)) == NULL)
          return FALSE;

      if (!send_part (gpu, dispatches, part, error))
        return FALSE;

      dispatches += part;
      count -= part;
    }

  return vc_queue_wait (gpu, error);
}
