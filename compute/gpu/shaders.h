/* shaders.h: every compiled shader, by the name of its stem and of the store of its weights */
#pragma once

#include <stddef.h>
#include <stdint.h>

typedef struct
{
  const char     *name;    /* "layernorm_f32" */
  const uint32_t *code;    /* SPIR-V */
  size_t          size;    /* of @code, in bytes */
  uint32_t        reads;   /* bit i: it reads the storage buffer at binding i */
  uint32_t        writes;  /* likewise */
  uint32_t        live;    /* 1 where its push struct is in a uniform buffer */
} VcShader;

extern const VcShader     vc_shaders[];
extern const unsigned int vc_n_shaders;
/* SHA-256 of them all, in hex: what was found out about others says nothing about these. */
extern const char         vc_shaders_digest[];
