/* devices.c: vignette devices: what can compute here */

#define G_LOG_DOMAIN "vig-devices"

#include "config.h"

#include <glib/gi18n.h>

#include "cli/commands.h"

static void
list_devices (gpointer data)
{
  GPtrArray **devices = data;

  *devices = vig_studio_list_devices ();
}

static json_t *
describe (const VigDevice *device)
{
  return json_pack ("{s:o, s:o, s:o, s:o, s:o, s:I, s:b, s:o, s:b}",
                    "id", vig_line_text (device->id), "name", vig_line_text (device->name),
                    "kind", vig_line_text (device->kind), "type", vig_line_text (device->type),
                    "driver", vig_line_text (device->driver), "memory", (json_int_t) device->memory,
                    "ok", device->ok, "reason", vig_line_text (device->reason),
                    "default", device->is_default);
}

static void
print_device (VigLine         *line,
              const VigDevice *device)
{
  g_autofree char *memory = g_format_size_full (device->memory, G_FORMAT_SIZE_IEC_UNITS);

  vig_line_print (line, "%c %s\n", device->is_default ? '*' : ' ', device->name);
  vig_line_print (line, "    %s, %s, %s\n", device->id, device->type, memory);
  if (device->driver != NULL && *device->driver != '\0')
    vig_line_print (line, "    %s\n", device->driver);
  vig_line_print (line, "    %s%s%s\n",
                  device->ok ? _("passed its self-test") : _("failed its self-test"),
                  device->reason != NULL ? "; " : "", device->reason != NULL ? device->reason : "");
}

static VigExit
run (VigLine *line,
     char   **arguments)
{
  g_autoptr(GPtrArray) devices = NULL;
  json_t *list;

  if (arguments[0] != NULL)
    return vig_line_tell_usage (line, _("It takes no arguments"));

  vig_line_run_work (line, list_devices, &devices);

  list = json_array ();
  for (guint i = 0; i < devices->len; i++)
    if (line->json)
      json_array_append_new (list, describe (devices->pdata[i]));
    else
      print_device (line, devices->pdata[i]);

  if (line->json)
    vig_line_print_json (line, json_pack ("{s:O}", "devices", list));
  json_decref (list);

  return VIG_EXIT_DONE;
}

const VigCommand vig_command_devices = {
  .name = "devices",
  .arguments = "",
  .summary = N_("Lists what can compute here"),
  .run = run,
};
