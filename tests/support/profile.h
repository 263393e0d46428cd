/* profile.h: a library of its own for every test of the app's rooms */
#pragma once

#include "library/library.h"

G_BEGIN_DECLS

/* g_test_init(), with a home of its own: tests never touch the user's. */
void        test_init_library   (int          *argc,
                                 char       ***argv);
/* A new folder that is deleted with all in it when the test program ends. */
char       *test_make_folder    (void) G_GNUC_WARN_UNUSED_RESULT;
VigProfile *test_make_profile   (const char   *folder) G_GNUC_WARN_UNUSED_RESULT;
VigLibrary *test_open_library   (VigProfile   *profile) G_GNUC_WARN_UNUSED_RESULT;
/* Of @count pictures with 16 tokens each, and the prompt “two red apples on a table”. */
VigRecipe  *test_make_recipe    (guint         count,
                                 guint64       seed) G_GNUC_WARN_UNUSED_RESULT;
/* (side, side, 3) and (16) that follow from @seed. */
guint8     *test_make_rgb       (guint         side,
                                 guint64       seed) G_GNUC_WARN_UNUSED_RESULT;
void        test_fill_tokens    (guint32      *tokens,
                                 guint64       seed);
/* Bytes to FOLDER/NAME; returns the path. */
char       *test_write_file     (const char   *folder,
                                 const char   *name,
                                 gconstpointer bytes,
                                 gsize         size) G_GNUC_WARN_UNUSED_RESULT;
/* A JPEG, PNG, … by what the name ends in, different for every @seed. */
char       *test_write_picture  (const char   *folder,
                                 const char   *name,
                                 guint         width,
                                 guint         height,
                                 guint         seed) G_GNUC_WARN_UNUSED_RESULT;
/* Lets the main context run for that long. */
void        test_run_main       (guint         milliseconds);
/* Fails the test with what is wrong with the library, if anything is. */
void        test_check_library  (VigLibrary   *library);

G_END_DECLS
