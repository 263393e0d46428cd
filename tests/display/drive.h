/* drive.h: the real window with its library, studio and models, driven as a person would */
#pragma once

#include "application.h"
#include "ui/window-private.h"

G_BEGIN_DECLS

/* Generous: a debug build on a busy machine without a GPU. */
#define DRIVE_SECONDS 240

#define wait_until(condition)                                                            \
  G_STMT_START {                                                                         \
    const gint64 end = g_get_monotonic_time () + DRIVE_SECONDS * G_USEC_PER_SEC;         \
    const guint tick = g_timeout_add (20, drive_tick_cb, NULL);                          \
    while (!(condition) && g_get_monotonic_time () < end)                                \
      g_main_context_iteration (NULL, TRUE);                                             \
    g_source_remove (tick);                                                              \
    g_assert_true (condition);                                                           \
  } G_STMT_END

typedef void (*DriveBody) (VigWindow  *window,
                           const char *folder);

gboolean        drive_tick_cb        (gpointer        data);
/* Lets the main context run for that long. */
void            drive_wait           (guint           milliseconds);
/* Opens the program on @folder, does @body, closes the window; nothing may be left of it. */
void            drive_run            (const char     *folder,
                                      DriveBody       body);
/* The same on a new folder that is deleted again. @data: the DriveBody */
void            drive_test           (gconstpointer   data);
void            drive_delete_folder  (const char     *path);

void            drive_activate       (VigWindow      *window,
                                      const char     *action);
/* Borrowed. */
VigGenerateJob *drive_draw           (VigWindow      *window,
                                      const char     *prompt,
                                      guint           count);
/* The same, until it is done and in the grid. */
void            drive_draw_to_end    (VigWindow      *window,
                                      const char     *prompt,
                                      guint           count);
guint           drive_count_finished (VigGenerateJob *job);
/* How much of the pictures is drawn, 0 to their number. */
double          drive_sum_drawn      (VigGenerateJob *job);
guint           drive_count_pictures (VigWindow      *window);
/* Whether the middle of the window shows that page of its stack. */
gboolean        drive_shows          (VigWindow      *window,
                                      const char     *page);
/* Which page covers the window: "main", "tag", "large". */
const char     *drive_get_page       (VigWindow      *window);
/* A file as a person has them: one colour. Returns: (transfer full) */
char           *drive_write_picture  (const char     *folder,
                                      const char     *name,
                                      guint8          red,
                                      guint8          green,
                                      guint8          blue);
/* Presses a key on @widget and its parents, as if it had the focus. Whether something took it. */
gboolean        drive_press          (GtkWidget      *widget,
                                      guint           key,
                                      GdkModifierType state);
/* The button below @widget that says @label, mapped; NULL if there is none. */
GtkWidget      *drive_find_button    (GtkWidget      *widget,
                                      const char     *label);
/* Fails the test for each control that whoever cannot see the window would not be told about. */
void            drive_check_names    (GtkWidget      *widget);

G_END_DECLS
