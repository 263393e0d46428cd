/* help.c: the program explained in few words, a page for each thing one does with it */

#define G_LOG_DOMAIN "vig-help"

#include "config.h"

#include <glib/gi18n.h>

#include "ui/help.h"

typedef struct
{
  const char *title;
  const char *words;
} Passage;

static const struct
{
  const char *name;
  const char *title;
  const char *icon;
  Passage     passages[5];
} pages[] = {
  { "draw", N_("Draw"), "applications-graphics-symbolic", {
    { N_("Describe a picture"),
      N_("Type what is to be seen into the card at the bottom (Ctrl+D) and press Ctrl+Enter. The pictures fill in row by row, "
         "and each is a file as soon as it is finished. Escape stops; what is finished stays.") },
    { N_("The best first"),
      N_("Under “More” one can have more pictures drawn than are wanted. The program chooses those that fit the words best; "
         "the others are kept as well.") },
    { N_("From a picture"),
      N_("Drop a picture on the square in the card: the drawing begins with its upper rows. How many of them is up to you.") },
    { N_("Interrupted"),
      N_("If the program or the computer stops in the middle, the window offers to finish the drawing when it is opened "
         "again.") } } },
  { "tag", N_("Tag"), "vignette-tag-symbolic", {
    { N_("Pictures to be tagged"),
      N_("Drop pictures on the window, or select some and press Ctrl+T. Beside each stands what it probably shows, and how "
         "certain that is.") },
    { N_("Accept and refuse"),
      N_("Number keys mark suggestions, Enter accepts the marked ones and goes on. The cross refuses one for good. The sign of "
         "a target shows which part of the picture speaks for it. Everything can be undone with Ctrl+Z.") },
    { N_("Your own words"),
      N_("The pen beside the list of words opens it (Ctrl+E). The words that come with the program can be copied and then "
         "changed. “/” stands between a tag and what it belongs to, other names follow after “=”.") },
    { N_("Teach a tag"),
      N_("Select some pictures that show the same and press Ctrl+Shift+T. From then on the tag is suggested by how those "
         "pictures look. What you accept and refuse later goes on teaching.") },
    { N_("For other programs"),
      N_("Only when you ask, tags are written into a file of its own beside the picture. The picture itself is never "
         "changed.") } } },
  { "find", N_("Find"), "system-search-symbolic", {
    { N_("By words"),
      N_("Type into the entry above (Ctrl+F) what is to be seen. Found is what looks like it, and what is called so. Below the "
         "close ones stand those that are less certain.") },
    { N_("More closely"),
      N_("-word leaves something out; “tag:”, “folder:”, “date:”, “after:”, “before:” and “is:favourite” narrow it down. The "
         "arrow key down shows what can be said. Each becomes a chip, which a click turns round and Backspace takes off.") },
    { N_("By a picture"),
      N_("Drop a picture on the window and choose “Find pictures like this”, or use the menu of a picture. Several pictures "
         "and words can be looked for together.") } } },
  { "models", N_("Models"), "folder-download-symbolic", {
    { N_("What comes with the program"),
      N_("A small pair of models that knows little: simple things to draw, and little of photographs. Its suggestions are often "
         "wrong, which is why they are marked only where they are probable.") },
    { N_("Better ones"),
      N_("The preferences (Ctrl+,) list models to download, and take in those that you have. For photographs a larger CLIP "
         "makes all the difference.") },
    { N_("How fast"),
      N_("The preferences say which device computes, and why. Without a graphics card that passes its test it is the "
         "processor.") } } },
  { "privacy", N_("Privacy"), "security-high-symbolic", {
    { N_("Nothing leaves this computer"),
      N_("The network is used for one thing only: to download a model when you press the button.") },
    { N_("Your pictures stay as they are"),
      N_("Photos are only read. Drawings say in their file that a model made them, by which model and from which words.") },
    { N_("A copy for others"),
      N_("“Save a Copy to Share” in the menu of a picture writes one without words, tags, place, time and camera.") },
    { N_("Forgetting"),
      N_("What you delete lies in the trash until you empty it. Then its words and tags are gone from the library and from its "
         "backups; the files of drawings are in the trash of the desktop, and photos stay where they are.") } } },
  { "keys", N_("Keys"), "input-keyboard-symbolic", {
    { N_("All of them"),
      N_("Ctrl+? lists all keys.") },
    { N_("Without a mouse"),
      N_("F6 goes from one part of the window to the next, the arrow keys move within it, the menu key opens what can be done "
         "with a picture, and F10 the main menu. Escape leaves what is open.") } } },
};

GtkWidget *
vig_help_new (GtkWindow *parent)
{
  GtkWidget *window = g_object_new (ADW_TYPE_PREFERENCES_WINDOW, "transient-for", parent, "title", _("Help"),
                                    "search-enabled", FALSE, "default-width", 620, "default-height", 560,
                                    "destroy-with-parent", TRUE, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    {
      GtkWidget *page = g_object_new (ADW_TYPE_PREFERENCES_PAGE, "name", pages[i].name, "title", _(pages[i].title),
                                      "icon-name", pages[i].icon, NULL);

      for (guint k = 0; k < G_N_ELEMENTS (pages[i].passages) && pages[i].passages[k].title != NULL; k++)
        {
          g_autofree char *title = g_markup_escape_text (_(pages[i].passages[k].title), -1);
          g_autofree char *words = g_markup_escape_text (_(pages[i].passages[k].words), -1);
          GtkWidget *group = g_object_new (ADW_TYPE_PREFERENCES_GROUP, "title", title, "description", words, NULL);

          adw_preferences_page_add (ADW_PREFERENCES_PAGE (page), ADW_PREFERENCES_GROUP (group));
        }
      adw_preferences_window_add (ADW_PREFERENCES_WINDOW (window), ADW_PREFERENCES_PAGE (page));
    }

  return window;
}
