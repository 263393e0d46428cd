/* drawing.c: pictures of one prompt while they are drawn, a token at a time */

#include "model/drawing.h"

#include <math.h>
#include <string.h>

#include "model/dalle-private.h"
#include "model/guide.h"

struct _VcDrawing
{
  VcDalle    *dalle;     /* borrowed */
  VcSampling  sampling;
  uint32_t    count;
  uint32_t    prompts;   /* 2 where the empty prompt is read beside the prompt */
  uint64_t    seeds[VC_DRAWING_MAX];

  uint32_t    total;     /* tokens of a picture */
  uint32_t    given;     /* tokens that were known from the start */
  uint32_t    at;        /* steps taken: tokens before it are drawn or have been read again */
  uint32_t   *tokens;    /* owned; (count, total) */

  VcReading  *reading;   /* owned; NULL when nothing is left to draw */
  float      *logits;    /* owned; (prompts * count, vocab) of the token that comes next */
};

/* Guidance reads the empty prompt beside the prompt. */
static uint32_t
count_prompts (const VcSampling *sampling)
{
  return sampling->guidance == 1 ? 1 : 2;
}

gsize
vc_drawing_get_room (VcDalle          *dalle,
                     const VcSampling *sampling,
                     uint32_t          count)
{
  return vc_reading_get_room (&dalle->config.gpt, count_prompts (sampling), count) +
         vc_vqgan_get_room (&dalle->config.vqgan);
}

/* The prompt's logits are the same for each picture: they are copied as the memory was. */
static gboolean
read_prompt (VcDrawing   *drawing,
             const char  *prompt,
             GError     **error)
{
  const VcDalleConfig *config = &drawing->dalle->config;
  const uint32_t words = config->gpt.words;
  const gsize vocab = config->gpt.image_vocab;
  g_autofree uint32_t *ids = g_new (uint32_t, drawing->prompts * words);
  g_autofree float *logits = g_new (float, drawing->prompts * vocab);

  vc_dalle_fill (drawing->dalle, prompt, ids);
  if (drawing->prompts == 2)
    vc_dalle_fill (drawing->dalle, "", ids + words);

  if (!vc_reading_begin (drawing->reading, ids, words, VC_TOKENS, logits, error))
    return FALSE;

  for (uint32_t row = 0; row < drawing->prompts * drawing->count; row++)
    memcpy (drawing->logits + row * vocab, logits + row / drawing->count * vocab,
            vocab * sizeof *logits);

  return TRUE;
}

VcDrawing *
vc_drawing_new (VcDalle           *dalle,
                const char        *prompt,
                const VcSampling  *sampling,
                const uint64_t    *seeds,
                uint32_t           count,
                const uint32_t    *tokens,
                uint32_t           known,
                GError           **error)
{
  const VcDalleConfig *config = &dalle->config;
  const uint32_t total = config->gpt.tokens;
  g_autoptr(VcDrawing) drawing = g_new0 (VcDrawing, 1);

  g_assert (count >= 1 && count <= VC_DRAWING_MAX);
  g_assert (known <= total && (known == 0 || tokens != NULL));

  /* numbers come from files as well as from people */
  if (!(sampling->temperature > 0 && isfinite (sampling->temperature)) ||
      !(sampling->top_p > 0 && sampling->top_p <= 1) || !isfinite (sampling->guidance))
    {
      g_set_error (error, VC_ERROR, VC_ERROR_BAD_MODEL,
                   "a picture cannot be drawn with the temperature %g, top-p %g, guidance %g",
                   sampling->temperature, sampling->top_p, sampling->guidance);
      return NULL;
    }

  drawing->dalle = dalle;
  drawing->sampling = *sampling;
  drawing->count = count;
  drawing->prompts = count_prompts (sampling);
  drawing->total = total;
  drawing->given = known;
  drawing->tokens = g_new0 (uint32_t, (gsize) count * total);
  memcpy (drawing->seeds, seeds, count * sizeof *seeds);

  for (uint32_t picture = 0; picture < count; picture++)
    for (uint32_t i = 0; i < known; i++)
      {
        const uint32_t token = tokens[(gsize) picture * known + i];

        if (token >= config->vqgan.codes)
          {
            g_set_error (error, VC_ERROR, VC_ERROR_BAD_MODEL,
                         "a started picture has token %u, but the model knows only %u: "
                         "another model drew it", token, config->vqgan.codes);
            return NULL;
          }
        drawing->tokens[(gsize) picture * total + i] = token;
      }

  if (known == total)
    {
      drawing->at = total;
      return g_steal_pointer (&drawing);
    }

  drawing->logits = g_new (float, (gsize) drawing->prompts * count * config->gpt.image_vocab);
  drawing->reading = vc_reading_new (dalle->gpt, drawing->prompts, count, error);
  if (drawing->reading == NULL || !read_prompt (drawing, prompt, error))
    return NULL;

  return g_steal_pointer (&drawing);
}

void
vc_drawing_free (VcDrawing *drawing)
{
  if (drawing == NULL)
    return;

  vc_reading_free (drawing->reading);
  g_free (drawing->logits);
  g_free (drawing->tokens);
  g_free (drawing);
}

/* Reads the token before the next one in every picture, and asks what follows if that is not known. */
static gboolean
read_token (VcDrawing  *drawing,
            GError    **error)
{
  uint32_t ids[VC_FEW_ROWS];

  for (uint32_t row = 0; row < drawing->prompts * drawing->count; row++)
    ids[row] = drawing->tokens[(gsize) (row % drawing->count) * drawing->total + drawing->at - 1];

  return vc_reading_go_on (drawing->reading, VC_TOKENS, ids, VC_TOKENS,
                           drawing->at < drawing->given ? NULL : drawing->logits, error);
}

static gboolean
draw_token (VcDrawing  *drawing,
            uint32_t    picture,
            GError    **error)
{
  const gsize vocab = drawing->dalle->config.gpt.image_vocab;
  const uint32_t codes = drawing->dalle->config.vqgan.codes;
  float *cond = drawing->logits + picture * vocab;

  if (drawing->prompts == 2)
    vc_guide_blend (cond, drawing->logits + (drawing->count + picture) * vocab, codes,
                    drawing->sampling.guidance);

  /* what is no picture's code is never drawn */
  for (uint32_t i = 0; i < codes; i++)
    if (!isfinite (cond[i]))
      {
        g_set_error (error, VC_ERROR, VC_ERROR_NO_NUMBERS,
                     "the drawing model computed what is not a number for token %u of %u",
                     drawing->at + 1, drawing->total);
        return FALSE;
      }

  drawing->tokens[(gsize) picture * drawing->total + drawing->at] =
    vc_guide_draw (cond, codes, &drawing->sampling,
                   vc_guide_uniform (drawing->seeds[picture], VC_STREAM_PICTURE, drawing->at));

  return TRUE;
}

gboolean
vc_drawing_step (VcDrawing  *drawing,
                 GError    **error)
{
  g_assert (drawing->at < drawing->total);

  /* the first token follows the last word, which has been read */
  if (drawing->at > 0 && !read_token (drawing, error))
    return FALSE;

  if (drawing->at >= drawing->given)
    for (uint32_t picture = 0; picture < drawing->count; picture++)
      if (!draw_token (drawing, picture, error))
        return FALSE;

  drawing->at++;

  return TRUE;
}

uint32_t
vc_drawing_get_known (VcDrawing *drawing)
{
  return MAX (drawing->given, drawing->at);
}

gboolean
vc_drawing_is_complete (VcDrawing *drawing)
{
  return vc_drawing_get_known (drawing) == drawing->total;
}

const uint32_t *
vc_drawing_get_tokens (VcDrawing *drawing,
                       uint32_t   index)
{
  g_assert (index < drawing->count);

  return drawing->tokens + (gsize) index * drawing->total;
}
