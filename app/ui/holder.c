/* holder.c: a widget that owns children given in its .ui file, and leaves their places to its subclass */

#include "config.h"

#include "ui/holder.h"

static void vig_holder_init_buildable (GtkBuildableIface *iface);

G_DEFINE_ABSTRACT_TYPE_WITH_CODE (VigHolder, vig_holder, GTK_TYPE_WIDGET,
                                  G_IMPLEMENT_INTERFACE (GTK_TYPE_BUILDABLE, vig_holder_init_buildable))

static GtkBuildableIface *parent_buildable;

static void
vig_holder_add_child (GtkBuildable *buildable,
                      GtkBuilder   *builder,
                      GObject      *child,
                      const char   *type)
{
  if (GTK_IS_WIDGET (child))
    gtk_widget_set_parent (GTK_WIDGET (child), GTK_WIDGET (buildable));
  else
    parent_buildable->add_child (buildable, builder, child, type);
}

static void
vig_holder_init_buildable (GtkBuildableIface *iface)
{
  parent_buildable = g_type_interface_peek_parent (iface);
  iface->add_child = vig_holder_add_child;
}

static void
vig_holder_dispose (GObject *object)
{
  vig_holder_clear (VIG_HOLDER (object));

  G_OBJECT_CLASS (vig_holder_parent_class)->dispose (object);
}

static void
vig_holder_class_init (VigHolderClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = vig_holder_dispose;
}

static void
vig_holder_init (VigHolder *self)
{
}

void
vig_holder_clear (VigHolder *self)
{
  GtkWidget *child;

  g_return_if_fail (VIG_IS_HOLDER (self));

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
}
