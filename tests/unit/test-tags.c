/* test-tags.c: what is said of pictures, the way back, what is taught, and what stands beside them */

#include "library/sidecar.h"
#include "profile.h"

#include <glib/gstdio.h>
#include <math.h>
#include <sys/stat.h>

#define MODEL "0123456789abcdef"
#define WIDTH 8

typedef struct
{
  char       *folder;
  VigProfile *profile;
  VigLibrary *library;
} Place;

static void
set_up (Place         *place,
        gconstpointer  data)
{
  place->folder = test_make_folder ();
  place->profile = test_make_profile (place->folder);
  place->library = test_open_library (place->profile);
}

static void
tear_down (Place         *place,
           gconstpointer  data)
{
  g_clear_object (&place->library);
  g_clear_object (&place->profile);
  g_clear_pointer (&place->folder, g_free);
}

static VigPicture *
add_picture (Place      *place,
             const char *name,
             guint       seed)
{
  g_autofree char *path = test_write_picture (place->folder, name, 32, 24, seed);
  g_autoptr(GError) error = NULL;
  VigPicture *picture = vig_library_add_file (place->library, path, &error);

  g_assert_no_error (error);

  return picture;
}

static void
assert_tags (VigPicture *picture,
             const char *want)
{
  g_autofree char *got = g_strjoinv (" ", (char **) vig_picture_get_tags (picture));

  g_assert_cmpstr (got, ==, want);
}

static VigTagUndo *
change (Place        *place,
        VigTagChange  what,
        VigPicture   *picture,
        const char   *tag,
        const char   *source,
        double        score)
{
  VigTagUndo *undo = NULL;
  g_autoptr(GError) error = NULL;

  g_assert_true (vig_library_change_tags (place->library, what, &(VigTagEdit) { picture, tag, score }, 1, source, &undo,
                                          &error));
  g_assert_no_error (error);

  return undo;
}

static void
test_sides (Place         *place,
            gconstpointer  data)
{
  g_autoptr(VigPicture) fox = add_picture (place, "fox.png", 1);
  g_autoptr(VigTagUndo) a = change (place, VIG_TAG_ACCEPT, fox, " animal / fox", MODEL, 0.75);
  g_autoptr(VigTagUndo) b = change (place, VIG_TAG_ACCEPT, fox, "winter", NULL, NAN);
  g_autoptr(VigTagUndo) c = change (place, VIG_TAG_ACCEPT, fox, "winter", MODEL, 0.9);
  g_autoptr(VigTagUndo) d = change (place, VIG_TAG_REFUSE, fox, "dog", MODEL, 0.6);
  g_autoptr(GError) error = NULL;

  assert_tags (fox, "animal/fox winter");
  g_autoptr(GPtrArray) said = vig_library_list_taggings (place->library, fox, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (said->len, ==, 3);

  const VigTagging *tagging = said->pdata[0];
  g_assert_cmpstr (tagging->tag, ==, "animal/fox");
  g_assert_cmpstr (tagging->source, ==, MODEL);
  g_assert_cmpfloat (tagging->score, ==, 0.75);
  g_assert_cmpint (ABS (g_get_real_time () / G_USEC_PER_SEC - tagging->time), <, 60);
  tagging = said->pdata[1];
  g_assert_cmpstr (tagging->tag, ==, "dog");
  g_assert_true (tagging->refused);
  g_assert_cmpfloat (tagging->score, ==, 0.6);
  /* A person's stays a person's. */
  tagging = said->pdata[2];
  g_assert_cmpstr (tagging->tag, ==, "winter");
  g_assert_null (tagging->source);
  g_assert_true (isnan (tagging->score));

  g_autoptr(VigPicture) other = add_picture (place, "other.png", 2);
  g_autoptr(VigTagUndo) e = change (place, VIG_TAG_ACCEPT, other, "winter", MODEL, 0.8);
  g_assert_true (vig_library_set_threshold (place->library, "winter", 0.3, &error));
  g_assert_true (vig_library_set_threshold (place->library, "summer", 0.2, &error));
  g_assert_true (vig_library_set_threshold (place->library, "summer", NAN, &error));
  g_autoptr(GPtrArray) counts = vig_library_count_tags (place->library, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (counts->len, ==, 3);
  const VigTagCount *count = counts->pdata[1];
  g_assert_cmpstr (count->tag, ==, "dog");
  g_assert_cmpuint (count->pictures, ==, 0);
  g_assert_cmpuint (count->refused, ==, 1);
  g_assert_cmpint (count->last, ==, 0);
  count = counts->pdata[2];
  g_assert_cmpstr (count->tag, ==, "winter");
  g_assert_cmpuint (count->pictures, ==, 2);
  g_assert_cmpuint (count->by_model, ==, 1);
  g_assert_cmpfloat (count->threshold, ==, 0.3);
  g_assert_cmpint (count->last, >, 0);

  g_autoptr(GHashTable) thresholds = vig_library_list_thresholds (place->library, &error);
  g_assert_cmpuint (g_hash_table_size (thresholds), ==, 1);
  g_assert_cmpfloat (*(const double *) g_hash_table_lookup (thresholds, "winter"), ==, 0.3);
}

static void
forgotten_cb (GObject      *object,
              GAsyncResult *result,
              gpointer      data)
{
  g_autoptr(GError) error = NULL;

  vig_library_forget_finish (VIG_LIBRARY (object), result, &error);
  g_assert_no_error (error);
  *(gboolean *) data = TRUE;
}

static void
test_undo (Place         *place,
           gconstpointer  data)
{
  g_autoptr(VigPicture) fox = add_picture (place, "fox.png", 1);
  g_autoptr(VigPicture) owl = add_picture (place, "owl.png", 2);
  const VigTagEdit all[] = { { fox, "forest", 0.9 }, { fox, "snow", 0.8 }, { owl, "forest", 0.7 }, { owl, "forest", 0.6 } };
  g_autoptr(VigTagUndo) own = change (place, VIG_TAG_ACCEPT, owl, "forest", NULL, NAN);
  g_autoptr(VigTagUndo) undo = NULL;
  g_autoptr(VigTagUndo) redo = NULL;
  g_autoptr(GError) error = NULL;

  g_assert_true (vig_library_change_tags (place->library, VIG_TAG_ACCEPT, all, G_N_ELEMENTS (all), MODEL, &undo, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (vig_tag_undo_get_count (undo), ==, 4);
  assert_tags (fox, "forest snow");
  g_assert_true (vig_library_undo_tags (place->library, undo, &redo, &error));
  assert_tags (fox, "");
  assert_tags (owl, "forest");
  g_assert_true (vig_library_undo_tags (place->library, redo, NULL, &error));
  assert_tags (fox, "forest snow");

  g_autoptr(VigTagUndo) removed = change (place, VIG_TAG_REMOVE, fox, "snow", NULL, NAN);
  assert_tags (fox, "forest");
  g_assert_true (vig_library_undo_tags (place->library, removed, NULL, &error));
  assert_tags (fox, "forest snow");
  g_autoptr(GPtrArray) said = vig_library_list_taggings (place->library, fox, &error);
  g_assert_cmpfloat (((const VigTagging *) said->pdata[1])->score, ==, 0.8);

  g_autoptr(VigTagUndo) refused = change (place, VIG_TAG_REFUSE, owl, "forest", MODEL, 0.1);
  assert_tags (owl, "");
  g_assert_true (vig_library_undo_tags (place->library, refused, NULL, &error));
  assert_tags (owl, "forest");

  /* What has left the library stays away. */
  g_autoptr(VigTagUndo) late = change (place, VIG_TAG_REMOVE, owl, "forest", NULL, NAN);
  g_autoptr(GPtrArray) leaving = g_ptr_array_new ();
  gboolean over = FALSE;
  g_ptr_array_add (leaving, owl);
  vig_library_forget_async (place->library, leaving, NULL, forgotten_cb, &over);
  while (!over)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (vig_library_undo_tags (place->library, late, NULL, &error));
  g_assert_no_error (error);
  g_autoptr(GPtrArray) tags = vig_library_list_tags (place->library, &error);
  g_assert_cmpuint (tags->len, ==, 2);
  test_check_library (place->library);
}

static void
changed_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      data)
{
  VigTagUndo **undo = data;
  g_autoptr(GError) error = NULL;

  *undo = vig_library_change_tags_finish (VIG_LIBRARY (object), result, &error);
  g_assert_no_error (error);
}

static void
test_async (Place         *place,
            gconstpointer  data)
{
  g_autoptr(VigPicture) fox = add_picture (place, "fox.png", 1);
  g_autofree char *tag = g_strdup ("forest");
  VigTagEdit edit = { fox, tag, 0.9 };
  VigTagUndo *undo = NULL;
  g_autoptr(VigTagUndo) redo = NULL;

  vig_library_change_tags_async (place->library, VIG_TAG_ACCEPT, &edit, 1, MODEL, changed_cb, &undo);
  memset (tag, 'x', strlen (tag));
  while (undo == NULL)
    g_main_context_iteration (NULL, TRUE);
  assert_tags (fox, "forest");
  vig_library_undo_tags_async (place->library, undo, changed_cb, &redo);
  while (redo == NULL)
    g_main_context_iteration (NULL, TRUE);
  assert_tags (fox, "");
}

static void
save_row (Place      *place,
          VigPicture *picture,
          float       first)
{
  const float row[WIDTH] = { first, 1 };
  g_autoptr(GError) error = NULL;

  g_assert_true (vig_library_save_vectors (place->library, MODEL, &picture, row, 1, WIDTH, &error));
  g_assert_no_error (error);
}

static void
test_teach (Place         *place,
            gconstpointer  data)
{
  g_autoptr(GPtrArray) pictures = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr(GPtrArray) shown = g_ptr_array_new ();
  g_autoptr(VigTagUndo) undo = NULL;
  g_autoptr(GError) error = NULL;

  for (guint i = 0; i < 10; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u.png", i);

      g_ptr_array_add (pictures, add_picture (place, name, i + 1));
      save_row (place, pictures->pdata[i], i);
    }
  g_ptr_array_add (shown, pictures->pdata[3]);
  g_ptr_array_add (shown, pictures->pdata[5]);
  g_assert_true (vig_library_teach_tag (place->library, "pets/Rex", shown, &undo, &error));
  g_assert_true (vig_library_refuse_tag (place->library, pictures->pdata[7], "pets/Rex", &error));
  g_assert_no_error (error);
  assert_tags (pictures->pdata[5], "pets/Rex");

  g_autoptr(GPtrArray) taught = vig_library_list_taught (place->library, &error);
  g_assert_cmpuint (taught->len, ==, 1);
  g_assert_cmpstr (taught->pdata[0], ==, "pets/Rex");
  g_autoptr(VigExamples) examples = vig_library_load_examples (place->library, "pets/Rex", MODEL, WIDTH, 100, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (examples->n_with, ==, 2);
  g_assert_cmpuint (examples->n_without, ==, 1);
  g_assert_cmpuint (examples->n_others, ==, 7);
  g_assert_cmpfloat (examples->rows[WIDTH], ==, 5);
  g_assert_cmpfloat (examples->rows[2 * WIDTH], ==, 7);
  g_autoptr(VigExamples) few = vig_library_load_examples (place->library, "pets/Rex", MODEL, WIDTH, 2, &error);
  g_assert_cmpuint (few->n_others, ==, 2);
  g_autoptr(VigExamples) none = vig_library_load_examples (place->library, "pets/Rex", "other", WIDTH, 2, &error);
  g_assert_cmpuint (none->n_with + none->n_without + none->n_others, ==, 0);

  g_assert_true (vig_library_undo_tags (place->library, undo, NULL, &error));
  g_autoptr(GPtrArray) left = vig_library_list_taught (place->library, &error);
  g_assert_cmpuint (left->len, ==, 0);
  assert_tags (pictures->pdata[5], "");

  g_autoptr(VigTagUndo) untaught = NULL;
  g_assert_true (vig_library_teach_tag (place->library, "pets/Rex", shown, NULL, &error));
  g_assert_true (vig_library_untaught_tag (place->library, "pets/Rex", &untaught, &error));
  assert_tags (pictures->pdata[5], "pets/Rex");
  g_autoptr(GPtrArray) again = vig_library_list_taught (place->library, &error);
  g_assert_cmpuint (again->len, ==, 0);
  g_assert_true (vig_library_undo_tags (place->library, untaught, NULL, &error));
  g_autoptr(GPtrArray) back = vig_library_list_taught (place->library, &error);
  g_assert_cmpuint (back->len, ==, 1);
}

static void
test_rows (Place         *place,
           gconstpointer  data)
{
  const char *keys[] = { "aa", "bb", "cc" };
  const float rows[2 * WIDTH] = { 1, 2, 0.5f, [WIDTH] = 4 };
  float got[3 * WIDTH] = { 0 };
  gboolean found[3];
  g_autoptr(GError) error = NULL;

  g_assert_true (vig_library_save_label_rows (place->library, keys, 2, WIDTH, rows, &error));
  g_assert_true (vig_library_load_label_rows (place->library, keys, 3, WIDTH, got, found, &error));
  g_assert_no_error (error);
  g_assert_true (found[0] && found[1] && !found[2]);
  g_assert_cmpmem (got, sizeof rows, rows, sizeof rows);
  /* Of another width: another model's. */
  g_assert_true (vig_library_load_label_rows (place->library, keys, 3, WIDTH / 2, got, found, &error));
  g_assert_true (!found[0] && !found[1] && !found[2]);
}

/* ---- Sidecars ---- */

static char **
read_sidecar (VigPicture *picture)
{
  g_autofree char *path = g_strconcat (vig_picture_get_path (picture), ".xmp", NULL);
  g_autofree char *text = NULL;
  gsize size;

  return g_file_get_contents (path, &text, &size, NULL) ? vig_sidecar_parse (text, size) : NULL;
}

static void
assert_beside (VigPicture *picture,
               const char *want)
{
  g_auto(GStrv) tags = read_sidecar (picture);
  g_autofree char *got = g_strjoinv (" ", tags);

  g_assert_cmpstr (got, ==, want);
}

static const char theirs[] =
  "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"
  "<rdf:Description rdf:about='' xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns:digiKam='http://www.digikam.org/ns/1.0/'>"
  "<dc:subject><rdf:Bag><rdf:li>fox</rdf:li><rdf:li>snow</rdf:li></rdf:Bag></dc:subject>"
  "<digiKam:TagsList><rdf:Seq><rdf:li>animal/fox</rdf:li></rdf:Seq></digiKam:TagsList>"
  "</rdf:Description></rdf:RDF></x:xmpmeta>";

/* What others have written is a person's; taking it away is, too. */
static void
test_read (Place         *place,
           gconstpointer  data)
{
  g_autofree char *sidecar = test_write_file (place->folder, "fox.png.xmp", theirs, strlen (theirs));
  g_autoptr(VigPicture) fox = add_picture (place, "fox.png", 1);
  g_autoptr(GError) error = NULL;

  assert_tags (fox, "animal/fox snow");
  g_autoptr(GPtrArray) said = vig_library_list_taggings (place->library, fox, &error);
  g_assert_null (((const VigTagging *) said->pdata[0])->source);

  g_autoptr(VigTagUndo) a = change (place, VIG_TAG_REMOVE, fox, "snow", NULL, NAN);
  g_autoptr(VigTagUndo) b = change (place, VIG_TAG_ACCEPT, fox, "forest", MODEL, 0.9);
  g_autoptr(VigTagUndo) c = change (place, VIG_TAG_ACCEPT, fox, "moss", MODEL, 0.9);
  g_assert_true (vig_library_write_sidecar (place->library, fox, &error));
  g_assert_no_error (error);
  assert_beside (fox, "animal/fox forest moss");

  /* Another program adds one; ours is withdrawn; theirs stays. */
  g_autofree char *path = g_strconcat (vig_picture_get_path (fox), ".xmp", NULL);
  g_autofree char *text = NULL;
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_autofree char *more = vig_sidecar_edit (text, strlen (text), (const char *[]) { "den", NULL },
                                            (const char *[]) { NULL });
  g_assert_true (g_file_set_contents (path, more, -1, NULL));
  g_autoptr(VigTagUndo) d = change (place, VIG_TAG_REMOVE, fox, "moss", NULL, NAN);
  g_assert_true (vig_library_write_sidecar (place->library, fox, &error));
  assert_beside (fox, "animal/fox forest den");

  /* The picture changes and is read again: what was removed does not come back from inside it. */
  const VigTagEdit gone = { fox, "den", NAN };
  g_assert_true (vig_library_change_tags (place->library, VIG_TAG_REMOVE, &gone, 1, NULL, NULL, &error));
  assert_tags (fox, "animal/fox forest");
}

static void
test_retry (Place         *place,
            gconstpointer  data)
{
  g_autoptr(VigPicture) fox = add_picture (place, "fox.png", 1);
  g_autoptr(VigTagUndo) a = change (place, VIG_TAG_ACCEPT, fox, "forest", NULL, NAN);
  g_autofree char *sidecar = g_strconcat (vig_picture_get_path (fox), ".xmp", NULL);
  g_autoptr(GError) error = NULL;

  g_assert_true (g_file_set_contents (sidecar, "not XMP", -1, NULL));
  g_assert_false (vig_library_write_sidecar (place->library, fox, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
  g_clear_error (&error);

  g_autoptr(GPtrArray) waiting = vig_library_list_unwritten (place->library, &error);
  g_assert_cmpuint (waiting->len, ==, 1);
  g_assert_cmpstr (((const VigFailure *) waiting->pdata[0])->path, ==, vig_picture_get_path (fox));
  g_assert_nonnull (strstr (((const VigFailure *) waiting->pdata[0])->reason, "left as it is"));
  g_autoptr(GPtrArray) problems = vig_library_check (place->library, &error);
  g_assert_cmpuint (problems->len, ==, 1);
  g_assert_nonnull (strstr (problems->pdata[0], "fox.png"));

  g_autoptr(GPtrArray) still = vig_library_retry_sidecars (place->library, NULL, &error);
  g_assert_cmpuint (still->len, ==, 1);
  g_assert_cmpint (g_unlink (sidecar), ==, 0);
  g_autoptr(GPtrArray) none = vig_library_retry_sidecars (place->library, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (none->len, ==, 0);
  assert_beside (fox, "forest");

  g_assert_true (g_file_set_contents (sidecar, "not XMP", -1, NULL));
  g_assert_false (vig_library_write_sidecar (place->library, fox, NULL));
  g_assert_true (vig_library_give_up_sidecar (place->library, vig_picture_get_path (fox), &error));
  g_autoptr(GPtrArray) given_up = vig_library_list_unwritten (place->library, &error);
  g_assert_cmpuint (given_up->len, ==, 0);
}

int
main (int    argc,
      char **argv)
{
  test_init_library (&argc, &argv);

#define ADD(name, function) g_test_add ("/tags/" name, Place, NULL, set_up, function, tear_down)
  ADD ("sides", test_sides);
  ADD ("undo", test_undo);
  ADD ("async", test_async);
  ADD ("teach", test_teach);
  ADD ("rows", test_rows);
  ADD ("read", test_read);
  ADD ("retry", test_retry);

  return g_test_run ();
}
