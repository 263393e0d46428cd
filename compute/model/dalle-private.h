/* dalle-private.h: what a drawing needs of its model, and tests */
#pragma once

#include "model/dalle.h"
#include "model/gpt.h"
#include "model/palette.h"
#include "model/tokenizer.h"
#include "model/vqgan.h"

G_BEGIN_DECLS

struct _VcDalle
{
  VcDevice      *device;     /* borrowed */
  VcDalleConfig  config;
  VcTokenizer   *tokenizer;  /* owned */
  VcVqgan       *vqgan;      /* owned */
  VcGpt         *gpt;        /* owned */
  char          *hash;       /* owned */
  VcPalette     *palette;    /* owned; NULL until somebody asks for colours */
};

/* @text as the model reads it: (words) ids, cut or filled up. */
void  vc_dalle_fill     (VcDalle           *dalle,
                         const char        *text,
                         uint32_t          *ids);

/* vc_dalle_complete() with other sampling than its own. */
char *vc_dalle_continue (VcDalle           *dalle,
                         const char        *text,
                         const VcSampling  *sampling,
                         uint64_t           seed,
                         GError           **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
