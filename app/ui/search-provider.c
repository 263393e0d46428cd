/* search-provider.c: the pictures in the search of the desktop
 *
 * The interface: https://developer.gnome.org/documentation/tutorials/search-provider.html. While somebody types, each letter is
 * a new search, and the one before it is given up.
 */

#define G_LOG_DOMAIN "vig-search-provider"

#include "config.h"

#include "ui/search-provider.h"

#include "ui/words.h"

#define TOP 10  /* results; the desktop shows fewer */

struct _VigSearchProvider
{
  GObject parent_instance;

  GApplication          *application;   /* that owns this; held while a search runs */
  VigStudio             *studio;        /* owned; NULL until the library is open */
  GDBusConnection       *connection;    /* owned; NULL while not exported */
  guint                  registration;
  GDBusMethodInvocation *waiting;       /* owned; the search that is answered next, or NULL */
  char                  *text;          /* owned; what it looks for */
  VigJob                *job;           /* owned; that looks for it, or NULL */
  GHashTable            *found;         /* owned; id → VigPicture of the last answer */
};

enum { WANTED, OPENED, LAUNCHED, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (VigSearchProvider, vig_search_provider, G_TYPE_OBJECT)

static const char interface_xml[] =
  "<node><interface name='org.gnome.Shell.SearchProvider2'>"
  "<method name='GetInitialResultSet'>"
  "<arg type='as' direction='in'/><arg type='as' direction='out'/></method>"
  "<method name='GetSubsearchResultSet'>"
  "<arg type='as' direction='in'/><arg type='as' direction='in'/><arg type='as' direction='out'/></method>"
  "<method name='GetResultMetas'>"
  "<arg type='as' direction='in'/><arg type='aa{sv}' direction='out'/></method>"
  "<method name='ActivateResult'>"
  "<arg type='s' direction='in'/><arg type='as' direction='in'/><arg type='u' direction='in'/></method>"
  "<method name='LaunchSearch'>"
  "<arg type='as' direction='in'/><arg type='u' direction='in'/></method>"
  "</interface></node>";

/* ---- Searching ---- */

static void
answer (VigSearchProvider *self,
        const VigResults  *results)
{
  GVariantBuilder ids;

  g_variant_builder_init (&ids, G_VARIANT_TYPE ("(as)"));
  g_variant_builder_open (&ids, G_VARIANT_TYPE ("as"));
  g_hash_table_remove_all (self->found);
  /* Only what is close: in the search of the whole desktop there is no room for guesses. */
  for (guint i = 0; results != NULL && i < MIN (results->close, results->results->len); i++)
    {
      const VigResult *result = g_ptr_array_index (results->results, i);
      char *id = g_strdup_printf ("%" G_GINT64_FORMAT, vig_picture_get_id (result->picture));

      g_variant_builder_add (&ids, "s", id);
      g_hash_table_insert (self->found, id, g_object_ref (result->picture));
    }

  g_variant_builder_close (&ids);
  g_dbus_method_invocation_return_value (g_steal_pointer (&self->waiting), g_variant_builder_end (&ids));
  g_application_release (self->application);
}

static void
give_up (VigSearchProvider *self)
{
  if (self->job != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->job, self);
      if (!vig_job_is_over (self->job))
        vig_job_stop (self->job);
    }

  g_clear_object (&self->job);
  g_clear_pointer (&self->text, g_free);
  if (self->waiting != NULL)
    answer (self, NULL);
}

static void
state_cb (VigSearchProvider *self)
{
  if (!vig_job_is_over (self->job) || self->waiting == NULL)
    return;

  answer (self, vig_search_job_get_results (VIG_SEARCH_JOB (self->job)));
}

static void
begin (VigSearchProvider *self)
{
  self->job = vig_search_job_new (self->text, NULL, NULL, TOP, -1);
  g_signal_connect_object (self->job, "notify::state", G_CALLBACK (state_cb), self, G_CONNECT_SWAPPED);
  vig_studio_submit (self->studio, self->job);
}

static void
search (VigSearchProvider     *self,
        GDBusMethodInvocation *invocation,
        const char * const    *terms)
{
  give_up (self);
  g_application_hold (self->application);
  self->waiting = invocation;
  self->text = g_strstrip (g_strjoinv (" ", (char **) terms));
  if (*self->text == '\0')
    answer (self, NULL);
  else if (self->studio != NULL)
    begin (self);
  else
    g_signal_emit (self, signals[WANTED], 0);
}

void
vig_search_provider_set_studio (VigSearchProvider *self,
                                VigStudio         *studio)
{
  g_return_if_fail (VIG_IS_SEARCH_PROVIDER (self));

  g_set_object (&self->studio, studio);
  if (studio == NULL)
    give_up (self);
  else if (self->waiting != NULL && self->job == NULL)
    begin (self);
}

/* ---- What is said of a picture ---- */

static void
describe (VigSearchProvider     *self,
          GDBusMethodInvocation *invocation,
          const char * const    *ids)
{
  GVariantBuilder metas;

  g_variant_builder_init (&metas, G_VARIANT_TYPE ("(aa{sv})"));
  g_variant_builder_open (&metas, G_VARIANT_TYPE ("aa{sv}"));
  for (; *ids != NULL; ids++)
    {
      VigPicture *picture = g_hash_table_lookup (self->found, *ids);
      g_autoptr(GFile) file = NULL;
      g_autoptr(GIcon) icon = NULL;
      g_autofree char *words = NULL;
      g_autofree char *name = NULL;

      if (picture == NULL)
        continue;

      file = g_file_new_for_path (vig_picture_get_path (picture));
      icon = g_file_icon_new (file);
      words = vig_words_for_picture (picture);
      name = vig_picture_dup_name (picture);
      g_variant_builder_open (&metas, G_VARIANT_TYPE ("a{sv}"));
      g_variant_builder_add (&metas, "{sv}", "id", g_variant_new_string (*ids));
      g_variant_builder_add (&metas, "{sv}", "name", g_variant_new_string (words));
      g_variant_builder_add (&metas, "{sv}", "description", g_variant_new_string (name));
      g_variant_builder_add (&metas, "{sv}", "icon", g_icon_serialize (icon));
      g_variant_builder_close (&metas);
    }

  g_variant_builder_close (&metas);
  g_dbus_method_invocation_return_value (invocation, g_variant_builder_end (&metas));
}

static void
launch (VigSearchProvider  *self,
        const char * const *terms)
{
  g_autofree char *text = g_strjoinv (" ", (char **) terms);

  g_signal_emit (self, signals[LAUNCHED], 0, text);
}

static void
method_cb (GDBusConnection       *connection,
           const char            *sender,
           const char            *path,
           const char            *interface,
           const char            *method,
           GVariant              *parameters,
           GDBusMethodInvocation *invocation,
           gpointer               user_data)
{
  VigSearchProvider *self = user_data;
  g_autofree const char **terms = NULL;

  if (g_str_equal (method, "GetInitialResultSet"))
    {
      g_variant_get (parameters, "(^a&s)", &terms);
      search (self, invocation, terms);
    }
  else if (g_str_equal (method, "GetSubsearchResultSet"))
    {
      g_variant_get (parameters, "(@as^a&s)", NULL, &terms);
      search (self, invocation, terms);
    }
  else if (g_str_equal (method, "GetResultMetas"))
    {
      g_variant_get (parameters, "(^a&s)", &terms);
      describe (self, invocation, terms);
    }
  else if (g_str_equal (method, "ActivateResult"))
    {
      const char *id = NULL;
      VigPicture *picture = NULL;

      g_variant_get (parameters, "(&s^a&su)", &id, &terms, NULL);
      picture = g_hash_table_lookup (self->found, id);
      if (picture != NULL)
        g_signal_emit (self, signals[OPENED], 0, picture);
      else
        launch (self, terms);
      g_dbus_method_invocation_return_value (invocation, NULL);
    }
  else
    {
      g_variant_get (parameters, "(^a&su)", &terms, NULL);
      launch (self, terms);
      g_dbus_method_invocation_return_value (invocation, NULL);
    }
}

gboolean
vig_search_provider_export (VigSearchProvider  *self,
                            GDBusConnection    *connection,
                            const char         *path,
                            GError            **error)
{
  static const GDBusInterfaceVTable calls = { .method_call = method_cb };
  g_autoptr(GDBusNodeInfo) node = g_dbus_node_info_new_for_xml (interface_xml, NULL);
  g_autofree char *own = g_strconcat (path, "/SearchProvider", NULL);

  g_return_val_if_fail (VIG_IS_SEARCH_PROVIDER (self), FALSE);

  self->registration = g_dbus_connection_register_object (connection, own, node->interfaces[0], &calls, self, NULL, error);
  if (self->registration == 0)
    return FALSE;

  self->connection = g_object_ref (connection);

  return TRUE;
}

void
vig_search_provider_unexport (VigSearchProvider *self)
{
  g_return_if_fail (VIG_IS_SEARCH_PROVIDER (self));

  give_up (self);
  if (self->connection != NULL)
    g_dbus_connection_unregister_object (self->connection, self->registration);
  g_clear_object (&self->connection);
}

static void
vig_search_provider_finalize (GObject *object)
{
  VigSearchProvider *self = VIG_SEARCH_PROVIDER (object);

  g_clear_object (&self->job);
  g_clear_object (&self->studio);
  g_clear_object (&self->connection);
  g_hash_table_unref (self->found);
  g_free (self->text);

  G_OBJECT_CLASS (vig_search_provider_parent_class)->finalize (object);
}

static void
vig_search_provider_class_init (VigSearchProviderClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = vig_search_provider_finalize;

  signals[WANTED] = g_signal_new ("wanted", VIG_TYPE_SEARCH_PROVIDER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 0);
  signals[OPENED] = g_signal_new ("opened", VIG_TYPE_SEARCH_PROVIDER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, VIG_TYPE_PICTURE);
  signals[LAUNCHED] = g_signal_new ("launched", VIG_TYPE_SEARCH_PROVIDER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
vig_search_provider_init (VigSearchProvider *self)
{
  self->found = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
}

VigSearchProvider *
vig_search_provider_new (GApplication *application)
{
  VigSearchProvider *self = g_object_new (VIG_TYPE_SEARCH_PROVIDER, NULL);

  self->application = application;  /* which owns the provider */

  return self;
}
