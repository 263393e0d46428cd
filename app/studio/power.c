/* power.c: what the computer says of its battery and its sleep */

#define G_LOG_DOMAIN "vig-power"

#include "config.h"

#include "studio/power.h"

#define UPOWER "org.freedesktop.UPower"
#define UPOWER_PATH "/org/freedesktop/UPower"
#define LOGIN "org.freedesktop.login1"
#define LOGIN_PATH "/org/freedesktop/login1"

struct _VigPower
{
  VigPowerTold          told;
  gpointer              data;
  GCancellable         *cancellable;  /* owned: it is over */
  GPowerProfileMonitor *profile;      /* owned */
  GDBusProxy           *upower;       /* owned; NULL until it is there */
  GDBusConnection      *bus;          /* owned; NULL until it is there */
  guint                 sleep;        /* subscription; 0: none */
  gboolean              sleeping;
  gboolean              sparing;      /* as it was told */
};

static gboolean
is_on_battery (VigPower *self)
{
  g_autoptr(GVariant) value = self->upower != NULL ? g_dbus_proxy_get_cached_property (self->upower, "OnBattery") : NULL;

  return value != NULL && g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN) && g_variant_get_boolean (value);
}

static void
look (VigPower *self,
      gboolean  sleeping)
{
  const gboolean sparing = is_on_battery (self) || g_power_profile_monitor_get_power_saver_enabled (self->profile);

  if (sparing == self->sparing && sleeping == self->sleeping)
    return;

  self->sparing = sparing;
  self->sleeping = sleeping;
  self->told (sparing, sleeping, self->data);
}

static void
profile_cb (VigPower *self)
{
  look (self, self->sleeping);
}

static void
sleep_cb (GDBusConnection *bus,
          const char      *sender,
          const char      *path,
          const char      *interface,
          const char      *name,
          GVariant        *parameters,
          gpointer         data)
{
  VigPower *self = data;
  gboolean begins;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(b)")))
    return;

  g_variant_get (parameters, "(b)", &begins);
  look (self, begins);
}

static void
upower_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  VigPower *self = data;
  g_autoptr(GError) error = NULL;
  GDBusProxy *upower = g_dbus_proxy_new_finish (result, &error);

  if (upower == NULL)
    {
      g_debug ("%s", error->message);
      return;  /* it may be over, and so is @self */
    }

  self->upower = upower;
  g_signal_connect_swapped (upower, "g-properties-changed", G_CALLBACK (profile_cb), self);
  look (self, self->sleeping);
}

static void
bus_cb (GObject      *source,
        GAsyncResult *result,
        gpointer      data)
{
  VigPower *self = data;
  g_autoptr(GError) error = NULL;
  GDBusConnection *bus = g_bus_get_finish (result, &error);

  if (bus == NULL)
    {
      g_debug ("%s", error->message);
      return;
    }

  self->bus = bus;
  self->sleep = g_dbus_connection_signal_subscribe (bus, LOGIN, LOGIN ".Manager", "PrepareForSleep", LOGIN_PATH, NULL,
                                                    G_DBUS_SIGNAL_FLAGS_NONE, sleep_cb, self, NULL);
  g_dbus_proxy_new (bus, G_DBUS_PROXY_FLAGS_DO_NOT_AUTO_START, NULL, UPOWER, UPOWER_PATH, UPOWER, self->cancellable,
                    upower_cb, self);
}

VigPower *
vig_power_new (VigPowerTold told,
               gpointer     data)
{
  VigPower *self = g_new0 (VigPower, 1);

  self->told = told;
  self->data = data;
  self->cancellable = g_cancellable_new ();
  self->profile = g_power_profile_monitor_dup_default ();
  g_signal_connect_swapped (self->profile, "notify::power-saver-enabled", G_CALLBACK (profile_cb), self);
  g_bus_get (G_BUS_TYPE_SYSTEM, self->cancellable, bus_cb, self);

  return self;
}

void
vig_power_free (VigPower *self)
{
  if (self == NULL)
    return;

  g_cancellable_cancel (self->cancellable);
  g_signal_handlers_disconnect_by_data (self->profile, self);
  if (self->upower != NULL)
    g_signal_handlers_disconnect_by_data (self->upower, self);
  if (self->sleep != 0)
    g_dbus_connection_signal_unsubscribe (self->bus, self->sleep);
  g_clear_object (&self->upower);
  g_clear_object (&self->bus);
  g_object_unref (self->profile);
  g_object_unref (self->cancellable);
  g_free (self);
}
