/* plan.c: what a safetensors file is to hold, tensor by tensor, and from where in a checkpoint each comes */

#include "convert/plan.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "tensor/half.h"

/* Numbers that are read, narrowed and written at once. */
#define CHUNK (1u << 20)

#define MOST_HALF 65504

typedef struct
{
  char              *name;        /* owned */
  VcCheckpoint      *checkpoint;  /* borrowed; NULL for a constant */
  const VcParameter *from;        /* the checkpoint's */
  const VcParameter *columns;     /* may be NULL; added to it, as vc_plan_square() tells */
  float              constant;
  uint64_t           first;       /* of the source's elements, not counted when turned */
  gboolean           turned;
  VcStored           type;
  uint32_t           n_axes;
  uint64_t           axes[VC_PARAMETER_AXES];
  uint64_t           elements;
} Item;

struct _VcPlan
{
  VcCheckpoint *checkpoint;  /* borrowed */
  VcStored      matrices;
  GArray       *items;       /* owned: of Item */
  char         *note;        /* owned; may be NULL */
  GError       *error;       /* owned; the first */
};

static void
clear_item (gpointer data)
{
  Item *item = data;

  g_free (item->name);
}

VcPlan *
vc_plan_new (VcCheckpoint *checkpoint,
             VcStored      matrices)
{
  VcPlan *plan = g_new0 (VcPlan, 1);

  g_assert (matrices == VC_STORED_F16 || matrices == VC_STORED_F32);

  plan->checkpoint = checkpoint;
  plan->matrices = matrices;
  plan->items = g_array_new (FALSE, FALSE, sizeof (Item));
  g_array_set_clear_func (plan->items, clear_item);

  return plan;
}

void
vc_plan_free (VcPlan *plan)
{
  if (plan == NULL)
    return;

  g_array_unref (plan->items);
  g_free (plan->note);
  g_clear_error (&plan->error);
  g_free (plan);
}

void
vc_plan_turn_to (VcPlan       *plan,
                 VcCheckpoint *checkpoint)
{
  plan->checkpoint = checkpoint;
}

void
vc_plan_fault (VcPlan     *plan,
               const char *format,
               ...)
{
  g_autofree char *fault = NULL;
  va_list arguments;

  if (plan->error != NULL)
    return;

  va_start (arguments, format);
  fault = g_strdup_vprintf (format, arguments);
  va_end (arguments);

  g_set_error_literal (&plan->error, VC_ERROR, VC_ERROR_BAD_MODEL, fault);
}

void
vc_plan_note (VcPlan     *plan,
              const char *note)
{
  g_assert (strpbrk (note, "\"\\\n\t") == NULL);

  g_free (plan->note);
  plan->note = g_strdup (note);
}

gboolean
vc_plan_check (VcPlan  *plan,
               GError **error)
{
  if (plan->error != NULL)
    g_propagate_error (error, g_error_copy (plan->error));

  return plan->error == NULL;
}

/* ---- what is asked for ---- */

static gboolean
fits (const VcParameter *parameter,
      uint32_t           n_axes,
      const uint64_t    *axes)
{
  uint32_t i = 0;
  uint32_t k = 0;

  for (;;)
    {
      while (i < parameter->n_axes && parameter->axes[i] == 1)
        i++;
      while (k < n_axes && axes[k] == 1)
        k++;
      if (i == parameter->n_axes || k == n_axes)
        return i == parameter->n_axes && k == n_axes;
      if (parameter->axes[i++] != axes[k++])
        return FALSE;
    }
}

/* The checkpoint's @source if it has these axes, or NULL and a fault. */
static const VcParameter *
find_source (VcPlan         *plan,
             const char     *source,
             uint32_t        n_axes,
             const uint64_t *axes)
{
  const VcParameter *from = vc_checkpoint_find (plan->checkpoint, source);
  g_autofree char *shown = vc_error_quote (source);

  if (from == NULL)
    vc_plan_fault (plan, "the weights have no %s", shown);
  else if (!vc_stored_readable (from->type) || !fits (from, n_axes, axes))
    {
      g_autofree char *is = vc_shape_describe (from->axes, from->n_axes);
      g_autofree char *wanted = vc_shape_describe (axes, n_axes);

      vc_plan_fault (plan, "%s is %s %s in the weights, wanted %s%s", shown, vc_stored_shown (from->type), is,
                     vc_stored_readable (from->type) ? "" : "f32, f16 or bf16 ", wanted);
    }
  else
    return from;

  return NULL;
}

static Item *
add_item (VcPlan         *plan,
          const char     *name,
          uint32_t        n_axes,
          const uint64_t *axes)
{
  Item item = {
    .name = g_strdup (name),
    .checkpoint = plan->checkpoint,
    .type = n_axes >= 2 ? plan->matrices : VC_STORED_F32,
    .n_axes = n_axes,
    .elements = 1,
  };

  g_assert (n_axes <= VC_PARAMETER_AXES);

  for (uint32_t i = 0; i < n_axes; i++)
    {
      item.axes[i] = axes[i];
      item.elements *= axes[i];
    }
  g_array_append_val (plan->items, item);

  return &g_array_index (plan->items, Item, plan->items->len - 1);
}

void
vc_plan_part (VcPlan         *plan,
              const char     *name,
              const char     *source,
              uint32_t        part,
              uint32_t        n_parts,
              uint32_t        n_axes,
              const uint64_t *axes)
{
  uint64_t whole[VC_PARAMETER_AXES] = { 0 };
  const VcParameter *from;
  Item *item;

  g_assert (part < n_parts && n_axes <= VC_PARAMETER_AXES && (n_axes > 0 || n_parts == 1));

  for (uint32_t i = 0; i < n_axes; i++)
    whole[i] = i == 0 ? axes[i] * n_parts : axes[i];

  from = find_source (plan, source, n_axes, whole);
  if (from == NULL)
    return;

  /* What the source has is no more than fits into its file: its elements can be counted. */
  item = add_item (plan, name, n_axes, axes);
  item->from = from;
  item->first = part * item->elements;
}

void
vc_plan_rows (VcPlan         *plan,
              const char     *name,
              const char     *source,
              uint64_t        first,
              uint64_t        rows,
              uint32_t        n_axes,
              const uint64_t *axes)
{
  uint64_t whole[VC_PARAMETER_AXES] = { rows };
  const VcParameter *from;
  Item *item;

  g_assert (n_axes >= 1 && n_axes <= VC_PARAMETER_AXES && first + axes[0] <= rows);

  for (uint32_t i = 1; i < n_axes; i++)
    whole[i] = axes[i];

  from = find_source (plan, source, n_axes, whole);
  if (from == NULL)
    return;

  item = add_item (plan, name, n_axes, axes);
  item->from = from;
  item->first = first * (item->elements / MAX (axes[0], 1));
}

void
vc_plan_square (VcPlan     *plan,
                const char *name,
                const char *rows,
                const char *columns,
                uint64_t    side,
                uint64_t    width)
{
  const VcParameter *from = find_source (plan, rows, VC_AXES (side, width));
  const VcParameter *other = from == NULL ? NULL : find_source (plan, columns, VC_AXES (side, width));
  Item *item;

  if (other == NULL)
    return;

  item = add_item (plan, name, VC_AXES (side * side, width));
  item->from = from;
  item->columns = other;
  item->type = VC_STORED_F32;
}

void
vc_plan_keep_wide (VcPlan *plan)
{
  if (plan->items->len > 0)
    g_array_index (plan->items, Item, plan->items->len - 1).type = VC_STORED_F32;
}

void
vc_plan_copy (VcPlan         *plan,
              const char     *name,
              const char     *source,
              uint32_t        n_axes,
              const uint64_t *axes)
{
  vc_plan_part (plan, name, source, 0, 1, n_axes, axes);
}

void
vc_plan_transpose (VcPlan     *plan,
                   const char *name,
                   const char *source,
                   uint64_t    rows,
                   uint64_t    width)
{
  const VcParameter *from = find_source (plan, source, VC_AXES (width, rows));
  Item *item;

  if (from == NULL)
    return;

  item = add_item (plan, name, VC_AXES (rows, width));
  item->from = from;
  item->turned = TRUE;
}

void
vc_plan_fill (VcPlan         *plan,
              const char     *name,
              float           value,
              uint32_t        n_axes,
              const uint64_t *axes)
{
  Item *item = add_item (plan, name, n_axes, axes);

  item->checkpoint = NULL;
  item->constant = value;
}

void
vc_plan_constant (VcPlan     *plan,
                  const char *name,
                  float       value)
{
  vc_plan_fill (plan, name, value, VC_SCALAR);
}

/* ---- the file ---- */

static guint64
measure (const Item *item)
{
  return item->elements * vc_stored_size (item->type);
}

/* Names are a converter's own, of plain letters: nothing in them has to be escaped. */
static GString *
make_header (VcPlan *plan)
{
  GString *header = g_string_new ("{\"__metadata__\":{\"format\":\"pt\"");
  guint64 at = 0;

  if (plan->note != NULL)
    g_string_append_printf (header, ",\"vignette\":\"%s\"", plan->note);
  g_string_append_c (header, '}');
  for (guint i = 0; i < plan->items->len; i++)
    {
      const Item *item = &g_array_index (plan->items, Item, i);

      g_string_append_printf (header, ",\"%s\":{\"dtype\":\"%s\",\"shape\":[", item->name,
                              vc_stored_name (item->type));
      for (uint32_t k = 0; k < item->n_axes; k++)
        g_string_append_printf (header, "%s%" G_GUINT64_FORMAT, k > 0 ? "," : "", item->axes[k]);
      g_string_append_printf (header, "],\"data_offsets\":[%" G_GUINT64_FORMAT ",%" G_GUINT64_FORMAT "]}", at,
                              at + measure (item));
      at += measure (item);
    }

  g_string_append_c (header, '}');
  while (header->len % 8 != 0)
    g_string_append_c (header, ' ');

  return header;
}

guint64
vc_plan_measure (VcPlan *plan)
{
  g_autoptr(GString) header = make_header (plan);
  guint64 size = 8 + header->len;

  for (guint i = 0; i < plan->items->len; i++)
    size += measure (&g_array_index (plan->items, Item, i));

  return size;
}

typedef struct
{
  int            fd;
  const char    *path;
  guint64        written;
  guint64        size;
  VcConvertStep  step;
  gpointer       data;
} Output;

static gboolean
fail (const Output *output,
      GError      **error)
{
  const int code = errno;
  g_autofree char *name = g_path_get_basename (output->path);

  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code), "“%s” cannot be written: %s", name,
               g_strerror (code));

  return FALSE;
}

static gboolean
put (Output     *output,
     const void *bytes,
     gsize       size,
     GError    **error)
{
  for (gsize done = 0; done < size; )
    {
      const ssize_t n = write (output->fd, (const char *) bytes + done, size - done);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return fail (output, error);
      done += n;
    }

  output->written += size;
  if (output->step == NULL || output->step ((double) output->written / output->size, output->data))
    return TRUE;

  g_set_error_literal (error, VC_ERROR, VC_ERROR_CANCELLED, "stopped");

  return FALSE;
}

/* (n) as @item's type has them. */
static gboolean
put_floats (Output     *output,
            const Item *item,
            float      *floats,
            gsize       n,
            GError    **error)
{
  g_autofree uint16_t *halves = NULL;

  if (item->type == VC_STORED_F32)
    {
      if (G_BYTE_ORDER != G_LITTLE_ENDIAN)
        for (gsize i = 0; i < n; i++)
          {
            uint32_t bits;

            memcpy (&bits, &floats[i], sizeof bits);
            bits = GUINT32_TO_LE (bits);
            memcpy (&floats[i], &bits, sizeof bits);
          }
      return put (output, floats, n * sizeof *floats, error);
    }

  for (gsize i = 0; i < n; i++)
    if (fabsf (floats[i]) > MOST_HALF)
      {
        g_autofree char *shown = vc_error_quote (item->from->name);

        g_set_error (error, VC_ERROR, VC_ERROR_BAD_MODEL, "%s has %g among its numbers, and weights are kept as "
                     "f16, which end at %d", shown, floats[i], MOST_HALF);
        return FALSE;
      }

  halves = g_new (uint16_t, n);
  vc_half_narrow (floats, halves, n);
  if (G_BYTE_ORDER != G_LITTLE_ENDIAN)
    for (gsize i = 0; i < n; i++)
      halves[i] = GUINT16_TO_LE (halves[i]);

  return put (output, halves, n * sizeof *halves, error);
}

/* (rows, width) from all of the source's (width, rows), some rows at a time. */
static gboolean
put_turned (Output     *output,
            const Item *item,
            GError    **error)
{
  const gsize rows = item->axes[0];
  const gsize width = item->axes[1];
  const gsize at_once = CLAMP (CHUNK / MAX (width, 1), 1, MAX (rows, 1));
  g_autofree float *all = g_new (float, item->elements + 1);
  g_autofree float *some = g_new (float, at_once * width + 1);

  if (!vc_checkpoint_read (item->checkpoint, item->from, 0, item->elements, all, error))
    return FALSE;

  for (gsize first = 0; first < rows; first += at_once)
    {
      const gsize n = MIN (at_once, rows - first);

      for (gsize r = 0; r < n; r++)
        for (gsize k = 0; k < width; k++)
          some[r * width + k] = all[k * rows + first + r];
      if (!put_floats (output, item, some, n * width, error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
put_constant (Output     *output,
              const Item *item,
              GError    **error)
{
  g_autofree float *floats = g_new (float, MIN (item->elements, CHUNK) + 1);

  for (guint64 i = 0; i < item->elements; i += CHUNK)
    {
      const gsize n = MIN (item->elements - i, CHUNK);

      for (gsize k = 0; k < n; k++)
        floats[k] = item->constant;
      if (!put_floats (output, item, floats, n, error))
        return FALSE;
    }

  return TRUE;
}

/* A row of the square's places at a time. */
static gboolean
put_square (Output     *output,
            const Item *item,
            GError    **error)
{
  const gsize width = item->axes[1];
  const gsize n = item->from->elements;
  g_autofree float *rows = g_new (float, n + 1);
  g_autofree float *columns = g_new (float, n + 1);
  g_autofree float *sums = g_new (float, n + 1);

  if (!vc_checkpoint_read (item->checkpoint, item->from, 0, n, rows, error) ||
      !vc_checkpoint_read (item->checkpoint, item->columns, 0, n, columns, error))
    return FALSE;

  for (gsize row = 0; row < n; row += width)
    {
      for (gsize i = 0; i < n; i++)
        sums[i] = rows[row + i % width] + columns[i];
      if (!put_floats (output, item, sums, n, error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
put_item (Output     *output,
          const Item *item,
          GError    **error)
{
  g_autofree float *floats = NULL;

  if (item->checkpoint == NULL)
    return put_constant (output, item, error);
  if (item->columns != NULL)
    return put_square (output, item, error);
  if (item->turned)
    return put_turned (output, item, error);

  floats = g_new (float, MIN (item->elements, CHUNK) + 1);
  for (guint64 i = 0; i < item->elements; i += CHUNK)
    {
      const gsize n = MIN (item->elements - i, CHUNK);

      if (!vc_checkpoint_read (item->checkpoint, item->from, item->first + i, n, floats, error) ||
          !put_floats (output, item, floats, n, error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
put_all (VcPlan   *plan,
         Output   *output,
         GError  **error)
{
  g_autoptr(GString) header = make_header (plan);
  uint8_t length[8];

  for (guint i = 0; i < sizeof length; i++)
    length[i] = (guint64) header->len >> (8 * i);

  if (!put (output, length, sizeof length, error) || !put (output, header->str, header->len, error))
    return FALSE;

  for (guint i = 0; i < plan->items->len; i++)
    if (!put_item (output, &g_array_index (plan->items, Item, i), error))
      return FALSE;

  return fsync (output->fd) == 0 || fail (output, error);
}

gboolean
vc_plan_write (VcPlan         *plan,
               const char     *path,
               VcConvertStep   step,
               gpointer        data,
               GError        **error)
{
  Output output = { .path = path, .size = vc_plan_measure (plan), .step = step, .data = data };
  gboolean done;

  if (!vc_plan_check (plan, error))
    return FALSE;

  output.fd = open (path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (output.fd < 0)
    return fail (&output, error);

  done = put_all (plan, &output, error);
  if (close (output.fd) < 0 && done)
    done = fail (&output, error);

  return done;
}
