/* test-power.c: what UPower and logind say, on a bus of the test's own */

#include "studio/power.h"

static const char xml[] =
  "<node><interface name='org.freedesktop.UPower'><property name='OnBattery' type='b' access='read'/></interface></node>";

typedef struct
{
  GDBusConnection *bus;       /* the other programs' */
  gboolean         battery;
  guint            told;
  gboolean         sparing;
  gboolean         sleeping;
} World;

static GVariant *
get_property (GDBusConnection  *bus,
              const char       *sender,
              const char       *path,
              const char       *interface,
              const char       *name,
              GError          **error,
              gpointer          data)
{
  const World *world = data;

  return g_variant_new_boolean (world->battery);
}

static void
take_name (World      *world,
           const char *name)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GVariant) reply =
    g_dbus_connection_call_sync (world->bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                                 "RequestName", g_variant_new ("(su)", name, 0), NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL,
                                 &error);

  g_assert_no_error (error);
}

static void
emit (World      *world,
      const char *path,
      const char *interface,
      const char *name,
      GVariant   *parameters)
{
  g_autoptr(GError) error = NULL;

  g_dbus_connection_emit_signal (world->bus, NULL, path, interface, name, parameters, &error);
  g_assert_no_error (error);
}

static void
set_battery (World    *world,
             gboolean  battery)
{
  GVariantBuilder changed;

  world->battery = battery;
  g_variant_builder_init (&changed, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&changed, "{sv}", "OnBattery", g_variant_new_boolean (battery));
  emit (world, "/org/freedesktop/UPower", "org.freedesktop.DBus.Properties", "PropertiesChanged",
        g_variant_new ("(sa{sv}as)", "org.freedesktop.UPower", &changed, NULL));
}

static void
set_sleeping (World    *world,
              gboolean  sleeping)
{
  emit (world, "/org/freedesktop/login1", "org.freedesktop.login1.Manager", "PrepareForSleep",
        g_variant_new ("(b)", sleeping));
}

static void
told_cb (gboolean sparing,
         gboolean sleeping,
         gpointer data)
{
  World *world = data;

  world->told++;
  world->sparing = sparing;
  world->sleeping = sleeping;
}

static void
wait_for (World *world,
          guint  told)
{
  while (world->told < told)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (world->told, ==, told);
}

static void
test_power (void)
{
  static const GDBusInterfaceVTable table = { .get_property = get_property };
  g_autofree char *daemon = g_find_program_in_path ("dbus-daemon");
  World world = { .battery = TRUE };
  g_autoptr(GError) error = NULL;

  if (daemon == NULL)
    {
      g_test_skip ("dbus-daemon is not installed");
      return;
    }

  g_autoptr(GTestDBus) daemons = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (daemons);
  g_setenv ("DBUS_SYSTEM_BUS_ADDRESS", g_test_dbus_get_bus_address (daemons), TRUE);
  world.bus = g_dbus_connection_new_for_address_sync (g_test_dbus_get_bus_address (daemons),
                                                      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                                                      G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION, NULL, NULL, &error);
  g_assert_no_error (error);
  g_autoptr(GDBusNodeInfo) node = g_dbus_node_info_new_for_xml (xml, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_dbus_connection_register_object (world.bus, "/org/freedesktop/UPower", node->interfaces[0], &table,
                                                       &world, NULL, &error), !=, 0);
  take_name (&world, "org.freedesktop.UPower");
  take_name (&world, "org.freedesktop.login1");

  {
    g_autoptr(VigPower) power = vig_power_new (told_cb, &world);

    wait_for (&world, 1);
    g_assert_true (world.sparing && !world.sleeping);
    set_sleeping (&world, TRUE);
    wait_for (&world, 2);
    g_assert_true (world.sparing && world.sleeping);

    /* It wakes up, then it is plugged in; what says nothing new is told to nobody. */
    set_sleeping (&world, FALSE);
    wait_for (&world, 3);
    g_assert_true (world.sparing && !world.sleeping);
    set_battery (&world, TRUE);
    set_battery (&world, FALSE);
    wait_for (&world, 4);
    g_assert_true (!world.sparing && !world.sleeping);
  }

  /* Nobody listens any more. */
  set_sleeping (&world, TRUE);
  for (guint i = 0; i < 20; i++)
    g_main_context_iteration (NULL, FALSE);
  g_assert_cmpuint (world.told, ==, 4);

  g_dbus_connection_close_sync (world.bus, NULL, NULL);
  g_object_unref (world.bus);
  g_test_dbus_stop (daemons);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/power/power", test_power);

  return g_test_run ();
}
