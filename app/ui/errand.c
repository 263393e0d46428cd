/* errand.c: anything that blocks, done in a thread, for a page to await */

#include "config.h"

#include "ui/errand.h"

typedef struct
{
  VigErrand       errand;
  gpointer        data;
  GDestroyNotify  destroy;
  GDestroyNotify  free;
} Order;

static void
free_order (Order *order)
{
  if (order->destroy != NULL)
    order->destroy (order->data);
  g_free (order);
}

static void
run_in_thread (GTask        *task,
               gpointer      object,
               gpointer      data,
               GCancellable *cancellable)
{
  const Order *order = data;
  GError *error = NULL;
  gpointer found = order->errand (object, order->data, cancellable, &error);

  if (error == NULL)
    g_task_return_pointer (task, found, order->free);
  else
    g_task_return_error (task, error);
}

void
vig_errand_async (gpointer             object,
                  VigErrand            errand,
                  gpointer             data,
                  GDestroyNotify       destroy,
                  GDestroyNotify       free,
                  GCancellable        *cancellable,
                  GAsyncReadyCallback  callback,
                  gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (object, cancellable, callback, user_data);
  Order *order = g_new (Order, 1);

  *order = (Order) { errand, data, destroy, free };
  g_task_set_task_data (task, order, (GDestroyNotify) free_order);
  g_task_run_in_thread (task, run_in_thread);
}

gpointer
vig_errand_finish (GAsyncResult  *result,
                   GError       **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
