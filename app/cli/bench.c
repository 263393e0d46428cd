/* bench.c: vignette bench: how fast it is here, beside what this computer can at most */

#define G_LOG_DOMAIN "vig-bench"

#include "config.h"

#include <math.h>

#include <glib/gi18n.h>

#include "cli/commands.h"
#include "studio/bench-job.h"

/* Seconds for each measure. */
#define BUDGET 0.5
#define LONGEST 600

/* Letters of a measure's name, in the table. */
#define NAME_WIDTH 40

/* In the window. */
#define MANY 100000

gboolean (*vig_bench_window) (const char *, const char * const *, guint, VigWindowFigures *, GError **);

static double seconds = BUDGET;

static const GOptionEntry options[] = {
  { "seconds", 0, 0, G_OPTION_ARG_DOUBLE, &seconds,
    N_("Measure each op for about S seconds, the rest four times as long"), N_("S") },
  { NULL }
};

static const struct
{
  const char    *name;
  VigBenchParts  part;
} parts[] = {
  { "ops", VIG_BENCH_OPS },
  { "clip", VIG_BENCH_CLIP },
  { "dalle", VIG_BENCH_DALLE },
  { "search", VIG_BENCH_SEARCH },
};

static VigBenchParts
find_part (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    if (g_str_equal (parts[i].name, name))
      return parts[i].part;

  return 0;
}

/* ---- For people ---- */

static char *
name_limit (const VigMeasure *m)
{
  if (g_str_equal (m->name, "copy"))
    return g_strdup (_("memory copied (read and written)"));
  if (g_str_equal (m->name, "read"))
    return g_strdup (_("memory read"));

  return g_strdup_printf (_("product of %u × %u × %u"), m->shape[0], m->shape[1], m->shape[2]);
}

static char *
name_op (const VigMeasure *m)
{
  if (g_str_equal (m->name, "linear"))
    return g_strdup_printf (_("linear %u × %u → %u, %s"), m->shape[0], m->shape[1], m->shape[2],
                            m->weights);

  if (g_str_equal (m->name, "attention"))
    return g_strdup_printf (_("attention %u × %u of %u, %u over %u"), m->shape[0], m->shape[1], m->shape[3],
                            m->shape[2], m->shape[4]);
  if (g_str_equal (m->name, "layernorm"))
    return g_strdup_printf (_("layernorm %u × %u"), m->shape[0], m->shape[1]);
  if (g_str_equal (m->name, "groupnorm"))
    return g_strdup_printf (_("groupnorm %u of %u², %u in %u"), m->shape[0], m->shape[1], m->shape[2], m->shape[3]);

  return g_strdup_printf (_("conv2d %u of %u², %u → %u, %u × %u, %s"), m->shape[0], m->shape[1],
                          m->shape[2], m->shape[3], m->shape[4], m->shape[4], m->weights);
}

static char *
name_rest (const VigMeasure *m)
{
  if (g_str_equal (m->name, "load"))
    return g_strdup_printf (_("%s: loaded"), m->model);
  if (g_str_equal (m->name, "images"))
    return g_strdup_printf (_("%s: pictures, %u at once"), m->model, m->shape[0]);
  if (g_str_equal (m->name, "texts"))
    return g_strdup_printf (_("%s: texts of %u tokens"), m->model, m->shape[1]);
  if (g_str_equal (m->name, "draw"))
    return g_strdup_printf (ngettext ("%s: tokens of %u picture", "%s: tokens of %u pictures",
                                      m->shape[0]), m->model, m->shape[0]);
  if (g_str_equal (m->name, "paint"))
    return g_strdup_printf (_("%s: painted, %u × %u"), m->model, m->shape[0], m->shape[0]);
  if (g_str_equal (m->name, "scan"))
    return g_strdup_printf (_("search of %u rows of %u"), m->shape[0], m->shape[1]);
  if (g_str_equal (m->bench, "search"))
    return g_strdup_printf (_("library of %u: %s"), m->shape[0], m->name);

  return g_strdup (m->bench);
}

static char *
name_measure (const VigMeasure *m)
{
  /* One that failed before anything was measured. */
  if (m->n_shape == 0 && m->failed)
    return g_strdup (m->bench);
  if (g_str_equal (m->bench, "limits"))
    return name_limit (m);
  if (g_str_equal (m->bench, "ops"))
    return name_op (m);

  return name_rest (m);
}

/* In three digits. */
static char *
show_time (double time)
{
  const char *unit = time < 1e-3 ? "µs" : time < 1 ? "ms" : "s";
  const double shown = time < 1e-3 ? time * 1e6 : time < 1 ? time * 1e3 : time;

  return g_strdup_printf ("%.*f %s", shown < 10 ? 2 : shown < 100 ? 1 : 0, shown, unit);
}

/* In three digits too, or empty. */
static char *
show_rate (double rate)
{
  return rate > 0 ? g_strdup_printf ("%.*f", rate < 10 ? 2 : rate < 100 ? 1 : 0, rate)
                  : g_strdup ("");
}

static const char *
name_unit (const char *unit)
{
  if (g_str_equal (unit, "images") || g_str_equal (unit, "pictures"))
    return _("pictures/s");
  if (g_str_equal (unit, "texts"))
    return _("texts/s");
  if (g_str_equal (unit, "tokens"))
    return _("tokens/s");

  return _("searches/s");
}

/* Letters, not bytes, are what columns are made of. */
static void
append_column (GString    *line,
               const char *text,
               int         width)
{
  const int room = ABS (width) - (int) g_utf8_strlen (text, -1);

  g_string_append_printf (line, "%*s%s%*s", width > 0 ? MAX (room, 0) : 0, "", text,
                          width > 0 ? 0 : MAX (room, 0), "");
}

static void
print_measure (VigLine          *line,
               const VigMeasure *m)
{
  g_autoptr(GString) row = g_string_new ("  ");
  g_autofree char *name = name_measure (m);

  append_column (row, name, -NAME_WIDTH);
  if (m->runs == 0)
    {
      g_string_append_printf (row, "  %s", m->why);
    }
  else
    {
      g_autofree char *median = show_time (m->median);
      g_autofree char *best = show_time (m->best);
      g_autofree char *share = m->limit > 0 ? g_strdup_printf ("%.0f %%", 100 * m->limit / m->best)
                                            : g_strdup ("");
      g_autofree char *flops = show_rate (m->flops / m->median / 1e9);
      g_autofree char *bytes = show_rate (m->bytes / m->median / 1e9);

      append_column (row, median, 10);
      append_column (row, best, 10);
      append_column (row, share, 10);
      append_column (row, flops, 9);
      append_column (row, bytes, 9);
      if (m->way != NULL)
        g_string_append_printf (row, "  %s", m->way);
      if (m->unit != NULL)
        {
          g_autofree char *rate = show_rate (m->count / m->median);

          g_string_append_printf (row, "  %s %s", rate, name_unit (m->unit));
        }
      if (m->worst > 0)
        {
          g_autofree char *p95 = show_time (m->p95);
          g_autofree char *worst = show_time (m->worst);

          g_string_append_printf (row, _("  95 %% in %s, all in %s"), p95, worst);
        }
      if (m->peak > 0)
        {
          g_autofree char *peak = g_format_size (m->peak);

          g_string_append_printf (row, _("  %s of memory"), peak);
        }
    }

  g_strchomp (row->str);
  vig_line_print (line, "%s\n", row->str);
}

static void
print_head (VigLine    *line,
            const char *name)
{
  g_autoptr(GString) row = g_string_new ("  ");

  append_column (row, "", -NAME_WIDTH);
  append_column (row, _("median"), 10);
  append_column (row, _("best"), 10);
  append_column (row, _("of limit"), 10);
  append_column (row, "GFLOP/s", 9);
  append_column (row, "GB/s", 9);
  vig_line_print (line, "%s\n%s\n", name, row->str);
}

static void
print_all (VigLine         *line,
           const GPtrArray *devices,
           const GPtrArray *measures)
{
  for (guint i = 0; i < devices->len; i++)
    {
      const VigDevice *device = devices->pdata[i];
      g_autofree char *name = g_strdup_printf ("%s (%s)", device->name, device->driver);

      print_head (line, name);
      for (guint k = 0; k < measures->len; k++)
        {
          const VigMeasure *m = measures->pdata[k];

          if (g_str_equal (m->device, device->id))
            print_measure (line, m);
        }
    }
}

static void
print_figure (VigLine    *line,
              const char *name,
              const char *value,
              const char *aim)
{
  g_autoptr(GString) row = g_string_new ("  ");

  append_column (row, name, -NAME_WIDTH - 10);
  append_column (row, value, 10);
  if (aim != NULL)
    g_string_append_printf (row, _("  (aim: %s)"), aim);
  vig_line_print (line, "%s\n", row->str);
}

static void
print_window (VigLine                *line,
              const VigWindowFigures *figures)
{
  g_autofree char *title = g_strdup_printf (_("The window, with %u pictures"), figures->pictures);
  g_autofree char *open = show_time (figures->open);
  g_autofree char *frame = show_time (figures->frame_p99);
  g_autofree char *memory = g_format_size (figures->memory);
  g_autofree char *block = show_time (figures->block);
  g_autofree char *stop = show_time (figures->stop);

  vig_line_print (line, "%s\n", title);
  print_figure (line, _("until the pictures are there"), open, "1 s");
  print_figure (line, _("work for a frame while scrolling, 99 of 100"), frame, "16 ms");
  print_figure (line, _("memory after scrolling"), memory, "600 MB");
  print_figure (line, _("longest wait while drawing and taking in"), block, "50 ms");
  print_figure (line, _("until a drawing has stopped"), stop, "200 ms");
}

/* ---- For scripts ---- */

static json_t *
describe_device (const VigDevice *device)
{
  return json_pack ("{s:o, s:o, s:o, s:o, s:o}", "id", vig_line_text (device->id),
                    "name", vig_line_text (device->name), "kind", vig_line_text (device->kind),
                    "type", vig_line_text (device->type), "driver", vig_line_text (device->driver));
}

/* null stands for what is not known. */
static json_t *
describe_number (double number)
{
  return number > 0 && isfinite (number) ? json_real (number) : json_null ();
}

static json_t *
describe_measure (const VigMeasure *m)
{
  const gboolean timed = m->runs > 0;
  json_t *shape = json_array ();
  json_t *measure;

  for (guint i = 0; i < m->n_shape; i++)
    json_array_append_new (shape, json_integer (m->shape[i]));

  measure = json_pack ("{s:o, s:s, s:s, s:o, s:o, s:o, s:o, s:i, s:o, s:o, s:o}",
                       "device", vig_line_text (m->device), "bench", m->bench, "name", m->name,
                       "model", vig_line_text (m->model), "weights", vig_line_text (m->weights),
                       "way", vig_line_text (m->way),
                       "shape", shape, "runs", (int) m->runs,
                       "median", describe_number (m->median), "best", describe_number (m->best),
                       "limit", describe_number (m->limit));
  json_object_set_new (measure, "p95", describe_number (m->p95));
  json_object_set_new (measure, "worst", describe_number (m->worst));
  json_object_set_new (measure, "count", m->unit != NULL ? json_integer (m->count) : json_null ());
  json_object_set_new (measure, "unit", vig_line_text (m->unit));
  json_object_set_new (measure, "per_second",
                       describe_number (timed && m->unit != NULL ? m->count / m->median : 0));
  json_object_set_new (measure, "gflops", describe_number (timed ? m->flops / m->median / 1e9 : 0));
  json_object_set_new (measure, "gbytes", describe_number (timed ? m->bytes / m->median / 1e9 : 0));
  json_object_set_new (measure, "peak_bytes", m->peak > 0 ? json_integer (m->peak) : json_null ());
  json_object_set_new (measure, m->failed ? "error" : "left_out", vig_line_text (m->why));
  json_object_set_new (measure, m->failed ? "left_out" : "error", json_null ());

  return measure;
}

static json_t *
describe_window (const VigWindowFigures *figures)
{
  if (figures->pictures == 0)
    return json_null ();

  return json_pack ("{s:i, s:o, s:i, s:o, s:I, s:o, s:o}", "pictures", (int) figures->pictures,
                    "open", describe_number (figures->open), "frames", (int) figures->frames,
                    "frame_p99", describe_number (figures->frame_p99), "memory_bytes", (json_int_t) figures->memory,
                    "block", describe_number (figures->block), "stop", describe_number (figures->stop));
}

static void
print_document (VigLine                *line,
                const GPtrArray        *devices,
                const GPtrArray        *measures,
                const VigWindowFigures *figures)
{
  json_t *device_list = json_array ();
  json_t *measure_list = json_array ();

  for (guint i = 0; devices != NULL && i < devices->len; i++)
    json_array_append_new (device_list, describe_device (devices->pdata[i]));
  for (guint i = 0; measures != NULL && i < measures->len; i++)
    json_array_append_new (measure_list, describe_measure (measures->pdata[i]));

  vig_line_print_json (line, json_pack ("{s:s, s:o, s:o, s:o}", "version", APP_VERSION, "devices", device_list,
                                        "measures", measure_list, "window", describe_window (figures)));
}

/* ---- The command ---- */

static VigExit
run (VigLine *line,
     char   **arguments)
{
  VigBenchParts asked = 0;
  g_autoptr(VigJob) job = NULL;
  GPtrArray *measures;
  VigExit status;
  VigWindowFigures figures = { 0 };
  gboolean window = FALSE;
  guint failed = 0;

  for (guint i = 0; arguments[i] != NULL; i++)
    {
      const VigBenchParts part = find_part (arguments[i]);

      if (g_str_equal (arguments[i], "ui"))
        {
          window = TRUE;
          continue;
        }
      if (part == 0)
        return vig_line_tell_usage (line, _("It measures ops, clip, dalle, search or ui, not “%s”"),
                                    arguments[i]);
      asked |= part;
    }
  if (window && asked != 0)
    return vig_line_tell_usage (line, "%s", _("ui is measured alone"));
  if (asked == 0)
    asked = VIG_BENCH_OPS | VIG_BENCH_CLIP | VIG_BENCH_DALLE | VIG_BENCH_SEARCH;
  if (!(seconds > 0 && seconds <= LONGEST))
    return vig_line_tell_usage (line, _("--seconds takes a number above 0, up to %d"), LONGEST);

  if (window)
    {
      g_autoptr(GError) error = NULL;

      if (vig_bench_window == NULL)
        {
          vig_line_tell (line, "ui", "%s", _("there is no display to open a window on"));
          return VIG_EXIT_FAILED;
        }
      if (!vig_bench_window (line->device, (const char * const *) line->models, MANY, &figures, &error))
        {
          vig_line_tell (line, "ui", "%s", error->message);
          return VIG_EXIT_FAILED;
        }
      if (line->json)
        print_document (line, NULL, NULL, &figures);
      else
        print_window (line, &figures);
      return VIG_EXIT_DONE;
    }

  job = vig_bench_job_new (asked, g_str_equal (line->device, "auto"), seconds);
  status = vig_line_run_job (line, job);
  if (status != VIG_EXIT_DONE)
    return status;

  measures = vig_bench_job_get_measures (VIG_BENCH_JOB (job));
  for (guint i = 0; i < measures->len; i++)
    {
      const VigMeasure *m = measures->pdata[i];

      if (!m->failed)
        continue;

      failed++;
      vig_line_tell (line, m->bench, "%s", m->why);
    }

  if (line->json)
    print_document (line, vig_bench_job_get_devices (VIG_BENCH_JOB (job)), measures, &figures);
  else
    print_all (line, vig_bench_job_get_devices (VIG_BENCH_JOB (job)), measures);

  return vig_line_count_failed (failed, measures->len);
}

const VigCommand vig_command_bench = {
  .name = "bench",
  .arguments = "[ops|clip|dalle|search]…|ui",
  .summary = N_("Measures how fast it is here"),
  .options = options,
  .run = run,
};
