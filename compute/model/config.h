/* config.h: hyperparameters from a model's files, each with its allowed range */
#pragma once

#include "model/dalle.h"
#include "ops/ops.h"

G_BEGIN_DECLS

/* One stack of blocks. */
typedef struct
{
  uint32_t     width;
  uint32_t     layers;
  uint32_t     heads;       /* width is a multiple of it */
  uint32_t     hidden;      /* width inside the MLP */
  VcActivation activation;
  float        epsilon;     /* of every layernorm */
  gboolean     causal;
} VcTower;

/* Head widths that vc_op_attention() takes. */
#define VC_LEAST_HEAD 8
#define VC_MOST_HEAD 512

typedef struct
{
  VcTower  vision;
  uint32_t side;          /* pixels of the square it looks at */
  uint32_t patch;         /* side is a multiple of it */
  float    mean[3];
  float    deviation[3];

  VcTower  text;
  uint32_t context;
  uint32_t vocab;
  uint32_t end;           /* the text's row is that of its first end token */
  gboolean end_is_largest;  /* … or, in old files, of the first of its largest ids */

  uint32_t width;         /* of a row */
} VcClipConfig;

#define VC_VQGAN_LEVELS 8
#define VC_VQGAN_BLOCKS 4

/* A VQGAN as taming-transformers describes it; level 0 has the most pixels. */
typedef struct
{
  uint32_t side;                          /* pixels of a picture's width and height */
  uint32_t levels;
  uint32_t channels[VC_VQGAN_LEVELS];
  gboolean attends[VC_VQGAN_LEVELS];      /* whether its blocks are followed by attention */
  uint32_t blocks;                        /* of a level in the encoder; the decoder has one more */
  uint32_t latent;                        /* channels between encoder and quantiser */
  uint32_t width;                         /* of a code */
  uint32_t codes;
  uint32_t groups;
  float    epsilon;
  float    scale;                         /* pixels = x * scale + shift, in [0, 1] */
  float    shift;
} VcVqganConfig;

typedef struct
{
  VcTower  tower;
  uint32_t words;         /* text positions; picture tokens follow */
  uint32_t tokens;        /* picture positions */
  uint32_t text_vocab;
  uint32_t image_vocab;
} VcGptConfig;

typedef struct
{
  VcGptConfig   gpt;
  VcVqganConfig vqgan;
  uint32_t      rows;     /* of tokens; rows * columns = gpt.tokens */
  uint32_t      columns;
  uint32_t      pad;      /* fills a prompt up, and is all of the empty prompt */
  uint32_t      end;      /* ends a prompt in the language half */
  VcSampling    sampling;
} VcDalleConfig;

/* Pixels that one token stands for, along a side. */
uint32_t vc_vqgan_config_grid (const VcVqganConfig *config);

/**
 * vc_clip_config_load:
 * @directory: with config.json of a Hugging Face CLIPModel and, if it is there, preprocessor_config.json
 *
 * What the files leave out has the value that transformers gives it (configuration_clip.py).
 *
 * Errors: %VC_ERROR_BAD_MODEL: one sentence that names file, key, value and what was wanted.
 */
gboolean vc_clip_config_load  (VcClipConfig  *config,
                               const char    *directory,
                               GError       **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * vc_dalle_config_load:
 * @directory: with config.json of minDALL-E's layout, as the models that come with the program have it
 */
gboolean vc_dalle_config_load (VcDalleConfig *config,
                               const char    *directory,
                               GError       **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
