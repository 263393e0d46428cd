/* answers.c: what somebody says of pictures, one thing after another, and the way back */

#define G_LOG_DOMAIN "vig-answers"

#include "config.h"

#include "ui/answers.h"

typedef enum { SAY, UNDO, REDO } Verb;

/* Something to be done when all before it is. */
typedef struct
{
  Verb          verb;
  VigTagChange  change;
  GArray       *edits;     /* owned; of VigTagEdit, whose pictures and tags are owned; NULL of a way back or forth */
  GPtrArray    *pictures;  /* owned; as a way has them */
  char         *source;    /* owned; or NULL */
  guint         place;
  guint         epoch;     /* of the answers when it was said */
} Step;

/* A way back or forth. */
typedef struct
{
  VigTagUndo *undo;        /* owned */
  GPtrArray  *pictures;    /* owned; of VigPicture: whose tags it changes; none if only something was refused */
  guint       place;
} Way;

struct _VigAnswers
{
  GObject parent_instance;

  VigLibrary *library;     /* owned */
  GQueue      steps;       /* owned; of Step: the first is being done */
  GPtrArray  *back;        /* owned; of Way: the last is the nearest */
  GPtrArray  *forth;       /* owned; of Way */
  guint       epoch;       /* counts how often all ways were forgotten */
};

enum { PROP_0, PROP_CAN_UNDO, PROP_CAN_REDO, N_PROPS };
enum { FAILED, RETURNED, N_SIGNALS };

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (VigAnswers, vig_answers, G_TYPE_OBJECT)

static void do_next (VigAnswers *self);

static void
edit_clear (gpointer data)
{
  VigTagEdit *edit = data;

  g_object_unref (edit->picture);
  g_free ((char *) edit->tag);
}

static void
step_free (gpointer data)
{
  Step *step = data;

  g_clear_pointer (&step->edits, g_array_unref);
  g_clear_pointer (&step->pictures, g_ptr_array_unref);
  g_free (step->source);
  g_free (step);
}

static void
way_free (gpointer data)
{
  Way *way = data;

  g_clear_pointer (&way->undo, vig_tag_undo_free);
  g_ptr_array_unref (way->pictures);
  g_free (way);
}

gboolean
vig_answers_can_undo (VigAnswers *self)
{
  g_return_val_if_fail (VIG_IS_ANSWERS (self), FALSE);

  return self->back->len > 0;
}

gboolean
vig_answers_can_redo (VigAnswers *self)
{
  g_return_val_if_fail (VIG_IS_ANSWERS (self), FALSE);

  return self->forth->len > 0;
}

static void
notify (VigAnswers *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_CAN_UNDO]);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_CAN_REDO]);
}

static void
add_way (GPtrArray  *ways,
         VigTagUndo *undo,
         const Step *step)
{
  Way *way = g_new (Way, 1);

  *way = (Way) { undo, g_ptr_array_ref (step->pictures), step->place };
  g_ptr_array_add (ways, way);
}

gboolean
vig_answers_is_idle (VigAnswers *self)
{
  g_return_val_if_fail (VIG_IS_ANSWERS (self), TRUE);

  return g_queue_is_empty (&self->steps);
}

GPtrArray *
vig_answers_list (VigAnswers *self)
{
  g_autoptr(GHashTable) seen = g_hash_table_new (NULL, NULL);
  GPtrArray *list = g_ptr_array_new_with_free_func (g_object_unref);

  g_return_val_if_fail (VIG_IS_ANSWERS (self), list);

  for (guint i = 0; i < self->back->len; i++)
    {
      const Way *way = g_ptr_array_index (self->back, i);

      for (guint k = 0; k < way->pictures->len; k++)
        if (g_hash_table_add (seen, g_ptr_array_index (way->pictures, k)))
          g_ptr_array_add (list, g_object_ref (g_ptr_array_index (way->pictures, k)));
    }

  return list;
}

static void
done_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(VigAnswers) self = user_data;
  Step *step = g_queue_pop_head (&self->steps);
  g_autoptr(GError) error = NULL;
  VigTagUndo *undo = vig_library_change_tags_finish (VIG_LIBRARY (object), result, &error);

  if (undo == NULL)
    g_signal_emit (self, signals[FAILED], 0, error);
  else if (step->epoch != self->epoch)
    vig_tag_undo_free (undo);
  else
    {
      if (step->verb == SAY)
        g_ptr_array_set_size (self->forth, 0);
      add_way (step->verb == UNDO ? self->forth : self->back, undo, step);
    }

  do_next (self);
  notify (self);
  if (undo != NULL && step->verb != SAY)
    g_signal_emit (self, signals[RETURNED], 0, step->place);
  step_free (step);
}

/* Begins what is first in the queue; what cannot be done any more is passed over. */
static void
do_next (VigAnswers *self)
{
  Step *step = NULL;
  Way *way = NULL;

  while ((step = g_queue_peek_head (&self->steps)) != NULL)
    {
      GPtrArray *ways = step->verb == UNDO ? self->back : self->forth;

      if (step->verb == SAY)
        {
          vig_library_change_tags_async (self->library, step->change, (const VigTagEdit *) (gconstpointer) step->edits->data,
                                         step->edits->len, step->source, done_cb, g_object_ref (self));
          return;
        }

      if (ways->len > 0)
        {
          way = g_ptr_array_index (ways, ways->len - 1);
          step->place = way->place;
          step->pictures = g_ptr_array_ref (way->pictures);
          vig_library_undo_tags_async (self->library, g_steal_pointer (&way->undo), done_cb, g_object_ref (self));
          g_ptr_array_set_size (ways, ways->len - 1);
          return;
        }

      step_free (g_queue_pop_head (&self->steps));
    }
}

static void
push (VigAnswers *self,
      Step       *step)
{
  step->epoch = self->epoch;
  g_queue_push_tail (&self->steps, step);
  if (g_queue_get_length (&self->steps) == 1)
    do_next (self);
}

void
vig_answers_say (VigAnswers       *self,
                 VigTagChange      change,
                 const VigTagEdit *edits,
                 guint             n,
                 const char       *source,
                 guint             place)
{
  Step *step = NULL;

  g_return_if_fail (VIG_IS_ANSWERS (self));

  if (n == 0)
    return;

  step = g_new0 (Step, 1);
  step->verb = SAY;
  step->change = change;
  step->source = g_strdup (source);
  step->place = place;
  step->edits = g_array_sized_new (FALSE, FALSE, sizeof (VigTagEdit), n);
  step->pictures = g_ptr_array_new_with_free_func (g_object_unref);
  g_array_set_clear_func (step->edits, edit_clear);
  for (guint i = 0; i < n; i++)
    {
      const VigTagEdit edit = { g_object_ref (edits[i].picture), g_strdup (edits[i].tag), edits[i].score };

      g_array_append_val (step->edits, edit);
      if (change != VIG_TAG_REFUSE)
        g_ptr_array_add (step->pictures, g_object_ref (edits[i].picture));
    }
  push (self, step);
}

static void
push_verb (VigAnswers *self,
           Verb        verb)
{
  Step *step = g_new0 (Step, 1);

  step->verb = verb;
  push (self, step);
}

void
vig_answers_undo (VigAnswers *self)
{
  g_return_if_fail (VIG_IS_ANSWERS (self));

  push_verb (self, UNDO);
}

void
vig_answers_redo (VigAnswers *self)
{
  g_return_if_fail (VIG_IS_ANSWERS (self));

  push_verb (self, REDO);
}

void
vig_answers_forget (VigAnswers *self)
{
  g_return_if_fail (VIG_IS_ANSWERS (self));

  self->epoch++;
  g_ptr_array_set_size (self->back, 0);
  g_ptr_array_set_size (self->forth, 0);
  notify (self);
}

static void
vig_answers_get_property (GObject    *object,
                          guint       id,
                          GValue     *value,
                          GParamSpec *pspec)
{
  VigAnswers *self = VIG_ANSWERS (object);

  switch (id)
    {
    case PROP_CAN_UNDO:
      g_value_set_boolean (value, vig_answers_can_undo (self));
      break;

    case PROP_CAN_REDO:
      g_value_set_boolean (value, vig_answers_can_redo (self));
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
vig_answers_finalize (GObject *object)
{
  VigAnswers *self = VIG_ANSWERS (object);

  g_queue_clear_full (&self->steps, step_free);
  g_ptr_array_unref (self->back);
  g_ptr_array_unref (self->forth);
  g_object_unref (self->library);

  G_OBJECT_CLASS (vig_answers_parent_class)->finalize (object);
}

static void
vig_answers_class_init (VigAnswersClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = vig_answers_get_property;
  object_class->finalize = vig_answers_finalize;

  props[PROP_CAN_UNDO] = g_param_spec_boolean ("can-undo", NULL, NULL, FALSE,
                                               G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  props[PROP_CAN_REDO] = g_param_spec_boolean ("can-redo", NULL, NULL, FALSE,
                                               G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);

  signals[FAILED] = g_signal_new ("failed", VIG_TYPE_ANSWERS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                  G_TYPE_ERROR);
  signals[RETURNED] = g_signal_new ("returned", VIG_TYPE_ANSWERS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                    G_TYPE_UINT);
}

static void
vig_answers_init (VigAnswers *self)
{
  g_queue_init (&self->steps);
  self->back = g_ptr_array_new_with_free_func (way_free);
  self->forth = g_ptr_array_new_with_free_func (way_free);
}

VigAnswers *
vig_answers_new (VigLibrary *library)
{
  VigAnswers *self = g_object_new (VIG_TYPE_ANSWERS, NULL);

  self->library = g_object_ref (library);

  return self;
}
