/* choices.h: what one might want to type, offered below an entry while one types */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef struct
{
  char *value;   /* what choosing it means */
  char *title;   /* to show */
  char *note;    /* beside it, or NULL */
} VigChoice;

VigChoice  *vig_choice_new        (const char *value,
                                   const char *title,
                                   const char *note);
void        vig_choice_free       (VigChoice  *choice);

#define VIG_TYPE_CHOICES (vig_choices_get_type ())

G_DECLARE_FINAL_TYPE (VigChoices, vig_choices, VIG, CHOICES, GtkPopover)

/* Signal: "chosen" (char *value). The focus stays in the entry: arrow keys go through the choices, Enter takes the one that is
 * marked, Escape shuts them.
 * @parent: owns it, and has a layout manager; unparents it.  @entry: below @parent */
VigChoices *vig_choices_new       (GtkWidget  *parent,
                                   GtkWidget  *entry);
/* @choices: (element-type VigChoice); none shuts it. Nothing is marked at first. */
void        vig_choices_offer     (VigChoices *self,
                                   GPtrArray  *choices);
void        vig_choices_shut      (VigChoices *self);
gboolean    vig_choices_is_open   (VigChoices *self);
guint       vig_choices_count     (VigChoices *self);
/* What a key does to it, if anything. */
gboolean    vig_choices_press     (VigChoices *self,
                                   guint       key);

G_END_DECLS
