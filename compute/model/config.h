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
  gboolean     coarse;      /* its products may be: see VcTensor */
  gboolean     bare;        /* its projections have no biases */
  gboolean     gated;       /* a second projection opens the MLP's first, and a norm follows [Shazeer 2020] */
  gboolean     crossed;     /* between attention and MLP it looks at what another tower says */
  gboolean     mix_normed;  /* a norm after each attention too, before it is added */
  gboolean     mlp_normed;  /* … and after the MLP [Ding et al. 2021, CogView's sandwich] */
} VcTower;

/* Blocks that a stack can have. */
#define VC_MOST_LAYERS 128

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

/* Which picture tokens a picture token looks at, of those before it and itself. Words see the words before
 * them, and all are seen by every picture token. */
typedef enum
{
  VC_VIEW_ALL,
  VC_VIEW_ROW,     /* as many as a row has, and itself */
  VC_VIEW_COLUMN,  /* those above it, and itself */
  VC_VIEW_NEAR,    /* those whose square around them it lies in */
  VC_N_VIEWS
} VcView;

#define VC_VQGAN_LEVELS 8
#define VC_VQGAN_BLOCKS 4

/* A VQGAN as taming-transformers describes it; level 0 has the most pixels. */
typedef struct
{
  uint32_t side;                          /* pixels of a picture's width and height */
  gboolean reads;                         /* whether there is an encoder */
  gboolean votes;                         /* its tokens are chosen by a projection, not by distance */
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
  VcTower  listener;      /* reads the words beforehand; without layers, words come first in the tower itself */
  uint32_t words;         /* text positions; picture tokens follow, or have positions of their own */
  uint32_t tokens;        /* picture positions */
  uint32_t text_vocab;
  uint32_t image_vocab;   /* of table and head; not all need be codes of a picture */
  uint32_t start;         /* with a listener: what stands before the first picture token */
  uint32_t pad;           /* with a listener: the word that is not listened to */
  gboolean greeted;       /* a norm follows the embeddings */
  gboolean head_biased;
  gboolean head_normed;   /* a second norm stands before the heads */
  uint8_t  views[VC_MOST_LAYERS];  /* a VcView each */
  uint32_t side;          /* of the square of tokens, where they are not all VC_VIEW_ALL */
  uint32_t kernel;        /* the side of the square of VC_VIEW_NEAR, odd */
} VcGptConfig;

#define VC_DVAE_LEVELS 4
#define VC_DVAE_BLOCKS 4
#define VC_DVAE_KERNEL 7  /* side of the encoder's first */

/* OpenAI's discrete autoencoder. */
typedef struct
{
  uint32_t side;      /* pixels of a picture's width and height */
  uint32_t levels;    /* half the pixels along a side from one to the next */
  uint32_t blocks;    /* of a level */
  uint32_t channels;  /* of the level with the most pixels; twice as many in each one after */
  uint32_t start;     /* of the decoder's table */
  uint32_t codes;
} VcDvaeConfig;

/* How a prompt becomes words. */
typedef enum
{
  VC_CLIP_BPE,  /* CLIP's bytes and cleaning */
  VC_BART_BPE,  /* as min-dalle reads BART's vocabulary */
  VC_CHAR_BPE,  /* characters, as minDALL-E has them */
  VC_YTTM_BPE,  /* YouTokenToMe's bpe.model */
} VcSpelling;

typedef struct
{
  VcGptConfig   gpt;
  VcVqganConfig vqgan;
  uint32_t      rows;     /* of tokens; rows * columns = gpt.tokens */
  uint32_t      columns;
  VcSpelling    spelling;
  gboolean      framed;   /* a prompt begins with the tokenizer's start and ends with its end */
  uint32_t      pad;      /* fills a prompt up */
  gboolean      pad_counts;  /* place i is filled with pad + i */
  uint32_t      end;      /* ends a prompt in the language half */
  VcSampling    sampling;
} VcDalleConfig;

/* Pixels that one token stands for, along a side. */
uint32_t vc_vqgan_config_grid (const VcVqganConfig *config);

uint32_t vc_dvae_config_grid  (const VcDvaeConfig  *config);

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

/* The colours' mean and deviation of OpenAI's models, which most others share. */
void     vc_clip_config_set_openai (VcClipConfig *config);

/**
 * vc_dalle_config_load:
 * @directory: with config.json as the models that come with the program have it, or as
 *   vc_import_write() makes it of those of others
 */
gboolean vc_dalle_config_load (VcDalleConfig *config,
                               const char    *directory,
                               GError       **error) G_GNUC_WARN_UNUSED_RESULT;

/* config.json as vc_import_write() makes it for OpenAI's files. */
gboolean vc_dvae_config_load  (VcDvaeConfig   *config,
                               const char     *directory,
                               GError        **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
