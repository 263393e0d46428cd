/* bench-model.c: a CLIP of full size and no meaning, to measure with
 *
 * The sizes are those of ViT-B/32 [Radford et al. 2021, table 20]; the tensors' names are transformers'
 * (modeling_clip.py).
 */

#define G_LOG_DOMAIN "vig-bench-model"

#include "config.h"

#include "studio/bench-model.h"

#include <errno.h>
#include <string.h>

#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <jansson.h>

#define SIDE 224
#define PATCH 32
#define PLACES 50     /* patches and the class token */
#define CONTEXT 77
#define VOCAB 49408
#define WIDTH 512     /* of a row */
#define START 512     /* ids behind those of bytes, and of bytes that end a word */
#define END 513

#define F16_ONE 0x3c00

typedef struct
{
  const char *name;
  guint       width;
  guint       layers;
  guint       heads;
} Tower;

static const Tower vision = { "vision", 768, 12, 12 };
static const Tower text = { "text", 512, 12, 8 };

/* What is written, in order: first of all as a table of contents. */
typedef struct
{
  json_t *header;  /* owned */
  guint64 at;      /* bytes so far */
  GArray *parts;   /* of Part, owned */
} Contents;

typedef struct
{
  guint64  elements;
  gboolean gain;     /* all ones */
} Part;

static void
add_tensor (Contents   *contents,
            const char *name,
            const char *format,  /* of a JSON array: the shape */
            ...)
{
  Part part = { 1, g_str_has_suffix (name, "norm.weight") || g_str_has_suffix (name, "norm1.weight") ||
                   g_str_has_suffix (name, "norm2.weight") };
  json_t *shape;
  va_list arguments;

  va_start (arguments, format);
  shape = json_vpack_ex (NULL, 0, format, arguments);
  va_end (arguments);

  for (gsize i = 0; i < json_array_size (shape); i++)
    part.elements *= json_integer_value (json_array_get (shape, i));

  json_object_set_new (contents->header, name,
                       json_pack ("{s:s, s:o, s:[I, I]}", "dtype", "F16", "shape", shape,
                                  "data_offsets", (json_int_t) contents->at,
                                  (json_int_t) (contents->at + 2 * part.elements)));
  contents->at += 2 * part.elements;
  g_array_append_val (contents->parts, part);
}

static void
add_linear (Contents   *contents,
            const char *prefix,
            const char *name,
            guint       out,
            guint       in)
{
  g_autofree char *weight = g_strdup_printf ("%s.%s.weight", prefix, name);
  g_autofree char *bias = g_strdup_printf ("%s.%s.bias", prefix, name);

  add_tensor (contents, weight, "[i, i]", out, in);
  add_tensor (contents, bias, "[i]", out);
}

static void
add_norm (Contents   *contents,
          const char *prefix,
          const char *name,
          guint       width)
{
  g_autofree char *weight = g_strdup_printf ("%s.%s.weight", prefix, name);
  g_autofree char *bias = g_strdup_printf ("%s.%s.bias", prefix, name);

  add_tensor (contents, weight, "[i]", width);
  add_tensor (contents, bias, "[i]", width);
}

static void
add_blocks (Contents    *contents,
            const Tower *tower)
{
  static const char *const square[] = { "self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj",
                                        "self_attn.out_proj" };

  for (guint layer = 0; layer < tower->layers; layer++)
    {
      g_autofree char *prefix = g_strdup_printf ("%s_model.encoder.layers.%u", tower->name, layer);

      add_norm (contents, prefix, "layer_norm1", tower->width);
      for (guint i = 0; i < G_N_ELEMENTS (square); i++)
        add_linear (contents, prefix, square[i], tower->width, tower->width);
      add_norm (contents, prefix, "layer_norm2", tower->width);
      add_linear (contents, prefix, "mlp.fc1", 4 * tower->width, tower->width);
      add_linear (contents, prefix, "mlp.fc2", tower->width, 4 * tower->width);
    }
}

static void
add_everything (Contents *contents)
{
  add_tensor (contents, "logit_scale", "[]");
  add_tensor (contents, "vision_model.embeddings.class_embedding", "[i]", vision.width);
  add_tensor (contents, "vision_model.embeddings.patch_embedding.weight", "[i, i, i, i]",
              vision.width, 3, PATCH, PATCH);
  add_tensor (contents, "vision_model.embeddings.position_embedding.weight", "[i, i]", PLACES,
              vision.width);
  add_norm (contents, "vision_model", "pre_layrnorm", vision.width);  /* spelt so in the files */
  add_blocks (contents, &vision);
  add_norm (contents, "vision_model", "post_layernorm", vision.width);
  add_tensor (contents, "visual_projection.weight", "[i, i]", WIDTH, vision.width);
  add_tensor (contents, "text_model.embeddings.token_embedding.weight", "[i, i]", VOCAB, text.width);
  add_tensor (contents, "text_model.embeddings.position_embedding.weight", "[i, i]", CONTEXT,
              text.width);
  add_blocks (contents, &text);
  add_norm (contents, "text_model", "final_layer_norm", text.width);
  add_tensor (contents, "text_projection.weight", "[i, i]", WIDTH, text.width);
}

/* Weights from 1/64 to 1/32 in size, of either sign: sums stay finite. (xorshift64 [Marsaglia 2003]) */
static void
fill_part (const Part *part,
           guint64    *state,
           guint16    *halves,
           gsize       n)
{
  for (gsize i = 0; i < n; i++)
    {
      if (part->gain)
        {
          halves[i] = GUINT16_TO_LE (F16_ONE);
          continue;
        }

      *state ^= *state << 13;
      *state ^= *state >> 7;
      *state ^= *state << 17;
      halves[i] = GUINT16_TO_LE ((guint16) ((*state >> 48 & 0x83ff) | 0x2400));
    }
}

static gboolean
write_parts (const Contents *contents,
             GOutputStream  *stream,
             GCancellable   *cancellable,
             GError        **error)
{
  const gsize most = 1 << 19;
  g_autofree guint16 *halves = g_new (guint16, most);
  guint64 state = 0x9e3779b97f4a7c15;

  for (guint i = 0; i < contents->parts->len; i++)
    {
      const Part *part = &g_array_index (contents->parts, Part, i);

      for (guint64 done = 0; done < part->elements; done += most)
        {
          const gsize n = MIN (most, part->elements - done);

          fill_part (part, &state, halves, n);
          if (!g_output_stream_write_all (stream, halves, 2 * n, NULL, cancellable, error))
            return FALSE;
        }
    }

  return g_output_stream_close (stream, cancellable, error);
}

/* A safetensors file: the length of its header, the header, the numbers. */
static gboolean
write_weights (const char    *path,
               GCancellable  *cancellable,
               GError       **error)
{
  Contents contents = { json_object (), 0, g_array_new (FALSE, FALSE, sizeof (Part)) };
  g_autoptr(GArray) parts = contents.parts;
  g_autoptr(GFile) file = g_file_new_for_path (path);
  g_autoptr(GFileOutputStream) stream = NULL;
  g_autoptr(GString) header = NULL;
  char *dumped;
  guint64 length;

  add_everything (&contents);
  dumped = json_dumps (contents.header, JSON_COMPACT);
  header = g_string_new (dumped);
  free (dumped);
  json_decref (contents.header);
  while (header->len % 8 != 0)
    g_string_append_c (header, ' ');
  length = GUINT64_TO_LE (header->len);

  stream = g_file_create (file, G_FILE_CREATE_PRIVATE, cancellable, error);

  return stream != NULL &&
         g_output_stream_write_all (G_OUTPUT_STREAM (stream), &length, sizeof length, NULL,
                                    cancellable, error) &&
         g_output_stream_write_all (G_OUTPUT_STREAM (stream), header->str, header->len, NULL,
                                    cancellable, error) &&
         write_parts (&contents, G_OUTPUT_STREAM (stream), cancellable, error);
}

static json_t *
describe_tower (const Tower *tower)
{
  return json_pack ("{s:i, s:i, s:i, s:i, s:s, s:f}", "hidden_size", tower->width,
                    "intermediate_size", 4 * tower->width, "num_hidden_layers", tower->layers,
                    "num_attention_heads", tower->heads, "hidden_act", "quick_gelu",
                    "layer_norm_eps", 1e-5);
}

static json_t *
describe_model (void)
{
  json_t *vision_config = describe_tower (&vision);
  json_t *text_config = describe_tower (&text);

  json_object_set_new (vision_config, "image_size", json_integer (SIDE));
  json_object_set_new (vision_config, "patch_size", json_integer (PATCH));
  json_object_set_new (text_config, "max_position_embeddings", json_integer (CONTEXT));
  json_object_set_new (text_config, "vocab_size", json_integer (VOCAB));
  json_object_set_new (text_config, "bos_token_id", json_integer (START));
  json_object_set_new (text_config, "eos_token_id", json_integer (END));

  return json_pack ("{s:s, s:i, s:o, s:o}", "model_type", "clip", "projection_dim", WIDTH,
                    "vision_config", vision_config, "text_config", text_config);
}

/* Every byte by the character that GPT-2's table gives it [openai/gpt-2, encoder.py], within a word and
 * at its end. */
static json_t *
describe_vocabulary (void)
{
  json_t *vocabulary = json_object ();
  guint hidden = 0;

  for (guint byte = 0; byte < 256; byte++)
    {
      const gboolean printed = (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte != 0xad);
      const gunichar c = printed ? byte : 0x100 + hidden++;
      char utf8[7] = "";
      g_autofree char *last = NULL;

      g_unichar_to_utf8 (c, utf8);
      last = g_strconcat (utf8, "</w>", NULL);
      json_object_set_new (vocabulary, utf8, json_integer (byte));
      json_object_set_new (vocabulary, last, json_integer (256 + byte));
    }
  json_object_set_new (vocabulary, "<|startoftext|>", json_integer (START));
  json_object_set_new (vocabulary, "<|endoftext|>", json_integer (END));

  return vocabulary;
}

/* Takes @document. */
static gboolean
write_json (const char  *directory,
            const char  *name,
            json_t      *document,
            GError     **error)
{
  g_autofree char *path = g_build_filename (directory, name, NULL);
  char *dumped = json_dumps (document, JSON_COMPACT);
  const gboolean written = g_file_set_contents (path, dumped, -1, error);

  free (dumped);
  json_decref (document);

  return written;
}

static gboolean
write_model (const char    *directory,
             GCancellable  *cancellable,
             GError       **error)
{
  g_autofree char *merges = g_build_filename (directory, "merges.txt", NULL);
  g_autofree char *weights = g_build_filename (directory, "model.safetensors", NULL);

  return write_json (directory, "config.json", describe_model (), error) &&
         write_json (directory, "vocab.json", describe_vocabulary (), error) &&
         g_file_set_contents (merges, "#version: 0.2\n", -1, error) &&
         write_weights (weights, cancellable, error);
}

char *
vig_bench_model_make (const char    *parent,
                      GCancellable  *cancellable,
                      GError       **error)
{
  g_autofree char *directory = g_build_filename (parent, "bench-XXXXXX", NULL);
  g_autoptr(GError) local = NULL;

  if (g_mkdtemp (directory) == NULL)
    {
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno),
                   _("A model to measure with cannot be written: %s."), g_strerror (errno));
      return NULL;
    }
  if (write_model (directory, cancellable, &local))
    return g_steal_pointer (&directory);

  vig_bench_model_remove (g_steal_pointer (&directory));
  if (g_error_matches (local, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_propagate_error (error, g_steal_pointer (&local));
  else
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED,
                 _("A model to measure with cannot be written: %s."), local->message);

  return NULL;
}

void
vig_bench_model_remove (char *directory)
{
  static const char *const names[] = { "config.json", "vocab.json", "merges.txt",
                                       "model.safetensors" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (directory, names[i], NULL);

      g_unlink (path);
    }
  g_rmdir (directory);
  g_free (directory);
}

/* The products of a tower's blocks, its attention's among them. */
static double
count_flops (const Tower *tower,
             guint        rows)
{
  const double weights = 12.0 * tower->width * tower->width;

  return 2.0 * tower->layers * (rows * weights + 2.0 * rows * rows * tower->width);
}

double
vig_bench_model_get_image_flops (void)
{
  return count_flops (&vision, PLACES) +
         2.0 * vision.width * ((PLACES - 1) * 3.0 * PATCH * PATCH + WIDTH);
}

double
vig_bench_model_get_text_flops (guint tokens)
{
  return count_flops (&text, tokens) + 2.0 * text.width * WIDTH;
}
