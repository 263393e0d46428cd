/* groupnorm.c: groupnorm on the processor
 *
 * A group's channels lie apart in memory, so pixels are read whole, in blocks that threads share out, and
 * each block keeps sums of its own, a channel each, in double. They are added up in the blocks' order:
 * the result does not depend on how many threads there are.
 */

#include <math.h>
#include <string.h>

#include "host/host.h"
#include "host/kernels.h"
#include "interface/groupnorm.h"

/* Elements of a block: they stay in a core's own cache. */
#define BLOCK 32768u

typedef struct
{
  const struct vc_groupnorm_push *push;

  const float *x;
  const float *gain;
  const float *bias;
  float       *y;
  gboolean     silu;

  uint32_t     block_pixels;
  uint32_t     n_blocks;      /* of one picture */
  double      *sums;          /* (count, n_blocks, channels) */
  double      *means;         /* (count, channels), the same throughout a group; NULL in the first pass */
  double      *scales;        /* (count, channels), likewise */
} Work;

/* How many pixels the block has; *@offset is where it begins in x and y. */
static uint32_t
find_block (const Work *work,
            guint       block,
            gsize      *offset)
{
  const uint32_t first = block % work->n_blocks * work->block_pixels;

  *offset = ((gsize) (block / work->n_blocks) * work->push->pixels + first) * work->push->channels;

  return MIN (work->block_pixels, work->push->pixels - first);
}

/* Of (count, channels) the row that is the picture's which the block belongs to. */
static const double *
find_row (const Work   *work,
          const double *rows,
          guint         block)
{
  return rows == NULL ? NULL : rows + (gsize) (block / work->n_blocks) * work->push->channels;
}

static void
sum_blocks (guint    first,
            guint    end,
            gpointer data)
{
  const Work *work = data;
  const uint32_t channels = work->push->channels;

  for (guint block = first; block < end; block++)
    {
      double *sums = work->sums + (gsize) block * channels;
      gsize offset;
      const uint32_t pixels = find_block (work, block, &offset);

      memset (sums, 0, channels * sizeof (double));
      vc_kernels ()->sum_channels (work->x + offset, find_row (work, work->means, block),
                                   sums, pixels, channels);
    }
}

static void
write_blocks (guint    first,
              guint    end,
              gpointer data)
{
  const Work *work = data;
  const uint32_t channels = work->push->channels;

  for (guint block = first; block < end; block++)
    {
      gsize offset;
      const uint32_t pixels = find_block (work, block, &offset);

      vc_kernels ()->normalise_channels (work->x + offset, find_row (work, work->means, block),
                                         find_row (work, work->scales, block), work->gain, work->bias,
                                         work->y + offset, pixels, channels);
      if (work->silu)
        vc_kernels ()->activate (VC_SILU, work->y + offset, work->y + offset,
                                 (gsize) pixels * channels);
    }
}

/* The blocks' sums of each group, over its elements, put at each of its channels. */
static void
average_groups (const Work *work,
                double     *averages)
{
  const uint32_t channels = work->push->channels;
  const uint32_t width = channels / work->push->groups;

  for (uint32_t picture = 0; picture < work->push->count; picture++)
    for (uint32_t group = 0; group < work->push->groups; group++)
      {
        const double *sums = work->sums + (gsize) picture * work->n_blocks * channels + group * width;
        double *into = averages + (gsize) picture * channels + group * width;
        double sum = 0;

        for (uint32_t block = 0; block < work->n_blocks; block++)
          for (uint32_t c = 0; c < width; c++)
            sum += sums[(gsize) block * channels + c];
        for (uint32_t c = 0; c < width; c++)
          into[c] = sum / ((double) work->push->pixels * width);
      }
}

void
vc_host_groupnorm (VcHost       *host,
                   const VcCall *call)
{
  const struct vc_groupnorm_push *push = call->push;
  const gsize n = (gsize) push->count * push->channels;
  Work work = {
    .push = push,
    .x = call->reads[0],
    .gain = call->reads[1],
    .bias = call->reads[2],
    .y = call->writes[0],
    .silu = call->constants[VC_GROUPNORM_SILU],
    .block_pixels = MAX (1, BLOCK / push->channels),
  };
  double *means;
  guint blocks;

  work.n_blocks = (push->pixels + work.block_pixels - 1) / work.block_pixels;
  blocks = push->count * work.n_blocks;
  means = vc_host_scratch (host, (2 * n + (gsize) blocks * push->channels) * sizeof *means);
  work.scales = means + n;
  work.sums = work.scales + n;

  vc_host_parallel (host, blocks, 1, sum_blocks, &work);
  average_groups (&work, means);

  work.means = means;
  vc_host_parallel (host, blocks, 1, sum_blocks, &work);
  average_groups (&work, work.scales);
  for (gsize i = 0; i < n; i++)
    work.scales[i] = 1 / sqrt (work.scales[i] + push->epsilon);

  vc_host_parallel (host, blocks, 1, write_blocks, &work);
}
