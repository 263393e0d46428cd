/* test-importer.c: folders that change, move, go away and come back */

#include "library/ignore.h"
#include "library/library-private.h"
#include "profile.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <utime.h>

typedef struct
{
  char       *folder;   /* of everything */
  char       *photos;
  VigProfile *profile;
  VigLibrary *library;
} Place;

static void
open_place (Place *place)
{
  g_autofree char *profile = NULL;

  place->folder = test_make_folder ();
  place->photos = g_build_filename (place->folder, "photos", NULL);
  profile = g_build_filename (place->folder, "profile", NULL);
  g_assert_cmpint (g_mkdir (place->photos, 0755), ==, 0);
  place->profile = test_make_profile (profile);
  place->library = test_open_library (place->profile);
}

static void
close_place (Place *place)
{
  test_check_library (place->library);
  g_assert_finalize_object (place->library);
  g_clear_object (&place->profile);
  g_free (place->folder);
  g_free (place->photos);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Place, close_place)

/* Says nothing: a child that a test forks shares its output. */
static VigScan *
scan_quietly (VigLibrary *library,
              const char *folder)
{
  g_autoptr(GError) error = NULL;
  const char *folders[] = { folder, NULL };
  VigScan *scan = vig_library_scan (library, folders, NULL, NULL, NULL, &error);

  g_assert_no_error (error);

  return scan;
}

static VigScan *
scan_folder (VigLibrary *library,
             const char *folder)
{
  VigScan *scan = scan_quietly (library, folder);

  g_test_message ("added %u, updated %u, moved %u, unchanged %u, missing %u, failed %u", scan->added, scan->updated,
                  scan->moved, scan->unchanged, scan->missing, scan->failed->len);

  return scan;
}

static void
assert_scan (Place *place,
             guint  added,
             guint  updated,
             guint  moved,
             guint  unchanged,
             guint  missing,
             guint  failed)
{
  g_autoptr(VigScan) scan = scan_folder (place->library, place->photos);

  g_assert_cmpuint (scan->added, ==, added);
  g_assert_cmpuint (scan->updated, ==, updated);
  g_assert_cmpuint (scan->moved, ==, moved);
  g_assert_cmpuint (scan->unchanged, ==, unchanged);
  g_assert_cmpuint (scan->missing, ==, missing);
  g_assert_cmpuint (scan->failed->len, ==, failed);
}

static gint64
ask (VigLibrary *library,
     const char *sql)
{
  g_autoptr(VigTransaction) t = vig_transaction_begin (library->reader, VIG_READ);
  const gint64 answer = vig_transaction_query_int (t, sql, "");

  g_assert_true (vig_transaction_commit (t, NULL));

  return answer;
}

static guint
count_listed (Place *place)
{
  g_autoptr(GListModel) list = vig_library_list_pictures (place->library, -1, NULL);

  return g_list_model_get_n_items (list);
}

static VigPicture *
find (Place      *place,
      const char *name)
{
  g_autofree char *path = g_build_filename (place->photos, name, NULL);
  g_autoptr(GError) error = NULL;
  VigPicture *picture = vig_library_add_file (place->library, path, &error);

  g_assert_no_error (error);

  return picture;
}

static void
move (Place      *place,
      const char *from,
      const char *to)
{
  g_autofree char *old = g_build_filename (place->photos, from, NULL);
  g_autofree char *new = g_build_filename (place->photos, to, NULL);
  g_autofree char *parent = g_path_get_dirname (new);

  g_assert_cmpint (g_mkdir_with_parents (parent, 0755), ==, 0);
  g_assert_cmpint (g_rename (old, new), ==, 0);
}

static void
write_photo (Place      *place,
             const char *name,
             guint       seed)
{
  g_autofree char *path = test_write_picture (place->photos, name, 24, 16, seed);
}

static void
write_bytes (Place      *place,
             const char *name,
             const char *bytes)
{
  g_autofree char *path = test_write_file (place->photos, name, bytes, strlen (bytes));
}

static void
give_tag (Place      *place,
          const char *name,
          const char *tag)
{
  g_autoptr(VigPicture) picture = find (place, name);
  g_autoptr(GError) error = NULL;
  const char *tags[] = { tag, NULL };

  g_assert_true (vig_library_add_tags (place->library, picture, tags, NULL, &error));
  g_assert_no_error (error);
}

static void
assert_tags (Place      *place,
             const char *name,
             const char *want)
{
  g_autoptr(VigPicture) picture = find (place, name);
  g_autofree char *got = g_strjoinv (" ", (char **) vig_picture_get_tags (picture));

  g_assert_cmpstr (got, ==, want);
}

static void
test_kinds (void)
{
  static const char * const photos[] = {
    "a.jpg", "b.png", "c.tiff", "d.bmp", "e.webp", "UPPER.JPEG", "deep/er/and/deeper/f.jpg", "sp ace\nand line.png",
    "caf\xe9-latin1.jpg", "\xff\xfe.png", "\xe6\xbc\xa2\xe5\xad\x97.jpg", "quote'\"`.png", "-rf.jpg", "100%.jpg",
  };
  g_auto(Place) place = { NULL };

  open_place (&place);
  for (guint i = 0; i < G_N_ELEMENTS (photos); i++)
    {
      const char *lower = g_str_has_prefix (photos[i], "UPPER") ? "upper.jpeg" : photos[i];

      write_photo (&place, lower, i);
      if (lower != photos[i])
        move (&place, lower, photos[i]);
    }
  write_photo (&place, "really-a-png.png", 50);
  move (&place, "really-a-png.png", "really-a-png.jpg");

  /* Pictures by name alone: told. Everything else: passed over. */
  write_bytes (&place, "empty.jpg", "");
  write_bytes (&place, "text.png", "I am no picture.");
  write_bytes (&place, "camera.nef", "MM\x01*garbage");
  write_bytes (&place, "notes.txt", "I do not claim to be one.");
  write_bytes (&place, "README", "nor do I");
  write_bytes (&place, "a.jpg.xmp", "<x/>");
  write_photo (&place, ".hidden/g.jpg", 60);
  write_photo (&place, ".h.jpg", 61);
  write_photo (&place, "node_modules/i.png", 62);

  assert_scan (&place, G_N_ELEMENTS (photos) + 1, 0, 0, 0, 0, 3);
  g_assert_cmpuint (count_listed (&place), ==, G_N_ELEMENTS (photos) + 1);
  for (guint i = 0; i < G_N_ELEMENTS (photos); i++)
    {
      g_autoptr(VigPicture) picture = find (&place, photos[i]);
      g_autofree char *path = g_build_filename (place.photos, photos[i], NULL);
      g_autofree char *name = vig_picture_dup_name (picture);

      g_assert_cmpstr (vig_picture_get_path (picture), ==, path);
      g_assert_true (g_utf8_validate (name, -1, NULL));
      g_assert_cmpuint (vig_picture_get_width (picture), ==, 24);
      g_assert_cmpuint (strlen (vig_picture_get_hash (picture)), ==, 64);
      g_assert_cmpint (vig_picture_get_kind (picture), ==, VIG_PICTURE_PHOTO);
      g_assert_null (vig_picture_get_prompt (picture));
    }

  /* Nothing is computed again, and what failed is told again. */
  assert_scan (&place, 0, 0, 0, G_N_ELEMENTS (photos) + 1, 0, 3);

  /* It is tried again when it has changed; then it is a picture like the others. */
  write_photo (&place, "text.png", 70);
  assert_scan (&place, 1, 0, 0, G_N_ELEMENTS (photos) + 1, 0, 2);
  write_bytes (&place, "text.png", "broken again");
  assert_scan (&place, 0, 0, 0, G_N_ELEMENTS (photos) + 1, 0, 3);
  g_assert_cmpuint (count_listed (&place), ==, G_N_ELEMENTS (photos) + 1);
}

static void
test_reasons (void)
{
  g_auto(Place) place = { NULL };

  open_place (&place);
  write_bytes (&place, "empty.jpg", "");
  write_photo (&place, "cut.png", 1);
  g_autoptr(VigPicture) cut = find (&place, "cut.png");
  g_autoptr(GError) error = NULL;

  /* One whose head is well: only who decodes it can tell. It is remembered until the file changes. */
  assert_scan (&place, 0, 0, 0, 1, 0, 1);
  g_assert_true (vig_library_save_failure (place.library, cut, "It is damaged.", &error));
  g_assert_cmpuint (count_listed (&place), ==, 0);
  g_assert_cmpint (vig_library_count_unembedded (place.library, "clip", &error), ==, 0);
  g_assert_no_error (error);

  g_autoptr(VigScan) scan = scan_folder (place.library, place.photos);
  g_assert_cmpuint (scan->failed->len, ==, 2);
  const VigFailure *first = scan->failed->pdata[0], *second = scan->failed->pdata[1];
  g_assert_true (g_str_has_suffix (first->path, "/cut.png"));
  g_assert_cmpstr (first->reason, ==, "It is damaged.");
  g_assert_cmpstr (second->reason, ==, "“empty.jpg” is empty.");

  write_photo (&place, "cut.png", 2);
  assert_scan (&place, 0, 1, 0, 0, 0, 1);
  g_assert_cmpuint (count_listed (&place), ==, 1);

  /* One that has gone has not failed. */
  g_autofree char *path = g_build_filename (place.photos, "cut.png", NULL);
  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_true (vig_library_save_failure (place.library, cut, "It cannot be opened.", &error));
  write_photo (&place, "cut.png", 2);
  assert_scan (&place, 0, 0, 0, 1, 0, 1);
}

static void
test_moved (void)
{
  enum { MANY = 60 };
  g_auto(Place) place = { NULL };
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) pictures = NULL;
  float vector[32] = { 1 };

  open_place (&place);
  for (guint i = 0; i < MANY; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u.jpg", i);

      write_photo (&place, name, i);
    }
  assert_scan (&place, MANY, 0, 0, 0, 0, 0);
  give_tag (&place, "7.jpg", "lucky");
  pictures = vig_library_list_unembedded (place.library, "clip", G_MAXINT64, 1000, &error);
  g_assert_cmpuint (pictures->len, ==, MANY);
  for (guint i = 0; i < MANY; i++)
    g_assert_true (vig_library_save_vectors (place.library, "clip", (VigPicture **) &pictures->pdata[i], vector, 1, 32,
                                             &error));

  g_autoptr(VigPicture) seven = find (&place, "7.jpg");
  const gint64 id = vig_picture_get_id (seven);
  for (guint i = 0; i < MANY; i += 2)
    {
      g_autofree char *from = g_strdup_printf ("%u.jpg", i + 1);
      g_autofree char *to = g_strdup_printf ("elsewhere/of %u/%u new.jpg", i % 6, i + 1);

      move (&place, from, to);
    }
  assert_scan (&place, 0, 0, MANY / 2, MANY / 2, 0, 0);
  g_assert_cmpint (vig_library_count_unembedded (place.library, "clip", &error), ==, 0);
  g_assert_cmpint (ask (place.library, "SELECT count(*) FROM pictures"), ==, MANY);
  assert_tags (&place, "elsewhere/of 0/7 new.jpg", "lucky");

  /* It is the same picture for whoever holds it. */
  g_assert_cmpint (vig_picture_get_id (seven), ==, id);
  g_assert_true (g_str_has_suffix (vig_picture_get_path (seven), "/7 new.jpg"));
  const VigQuery query = { .text = "new", .kind = -1 };
  g_autoptr(VigResults) results = vig_library_search (place.library, &query, NULL, &error);
  g_assert_cmpuint (results->results->len, ==, MANY / 2);
  assert_scan (&place, 0, 0, 0, MANY, 0, 0);

  /* The whole folder renamed, and added under its new name. */
  g_autofree char *renamed = g_build_filename (place.folder, "bilder", NULL);
  g_assert_cmpint (g_rename (place.photos, renamed), ==, 0);
  g_autoptr(VigScan) scan = scan_folder (place.library, renamed);
  g_assert_cmpuint (scan->moved, ==, MANY);
  g_assert_cmpuint (scan->added, ==, 0);
  g_assert_cmpint (vig_library_count_unembedded (place.library, "clip", &error), ==, 0);
}

/* A copy is another picture, with the same tags and the same vector. */
static void
test_copies (void)
{
  g_auto(Place) place = { NULL };
  g_autoptr(GError) error = NULL;
  float vector[32] = { 1 };

  open_place (&place);
  write_photo (&place, "a.jpg", 1);
  write_photo (&place, "copy/a.jpg", 1);
  assert_scan (&place, 2, 0, 0, 0, 0, 0);
  give_tag (&place, "a.jpg", "one");
  assert_tags (&place, "copy/a.jpg", "one");

  g_autoptr(GPtrArray) pictures = vig_library_list_unembedded (place.library, "clip", G_MAXINT64, 10, &error);
  g_assert_cmpuint (pictures->len, ==, 1);
  g_assert_true (vig_library_save_vectors (place.library, "clip", (VigPicture **) pictures->pdata, vector, 1, 32, &error));
  g_assert_cmpint (vig_library_count_unembedded (place.library, "clip", &error), ==, 0);

  g_autoptr(VigPicture) either = vig_library_find_content (place.library, vig_picture_get_hash (pictures->pdata[0]),
                                                           &error);
  g_assert_nonnull (either);
  g_assert_null (vig_library_find_content (place.library, "00", &error));
  g_assert_no_error (error);
}

static void
test_missing (void)
{
  g_auto(Place) place = { NULL };

  open_place (&place);
  for (guint i = 0; i < 5; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u.jpg", i);

      write_photo (&place, name, i);
    }
  assert_scan (&place, 5, 0, 0, 0, 0, 0);
  give_tag (&place, "2.jpg", "two");
  g_autoptr(VigPicture) two = find (&place, "2.jpg");

  /* Out of the folders, into the trash perhaps: not listed, not found, not forgotten. */
  move (&place, "2.jpg", "../away.jpg");
  assert_scan (&place, 0, 0, 0, 4, 1, 0);
  g_assert_true (vig_picture_get_missing (two));
  g_assert_cmpuint (count_listed (&place), ==, 4);
  const VigQuery query = { .text = "two", .kind = -1 };
  g_autoptr(VigResults) results = vig_library_search (place.library, &query, NULL, NULL);
  g_assert_cmpuint (results->results->len, ==, 0);

  move (&place, "../away.jpg", "2.jpg");
  assert_scan (&place, 0, 0, 0, 5, 0, 0);
  g_assert_false (vig_picture_get_missing (two));
  g_assert_cmpuint (count_listed (&place), ==, 5);

  /* And back under another name. */
  move (&place, "2.jpg", "../away.jpg");
  assert_scan (&place, 0, 0, 0, 4, 1, 0);
  move (&place, "../away.jpg", "zwei.jpg");
  assert_scan (&place, 0, 0, 1, 4, 0, 0);
  assert_tags (&place, "zwei.jpg", "two");
}

/* The whole folder is not there: its disk is not plugged in. Nothing is missing. */
static void
test_offline (void)
{
  g_auto(Place) place = { NULL };
  g_autoptr(GError) error = NULL;

  open_place (&place);
  write_photo (&place, "a.jpg", 1);
  write_photo (&place, "b.jpg", 2);
  assert_scan (&place, 2, 0, 0, 0, 0, 0);

  g_autofree char *away = g_strconcat (place.photos, "-away", NULL);
  g_assert_cmpint (g_rename (place.photos, away), ==, 0);
  assert_scan (&place, 0, 0, 0, 0, 0, 0);
  g_assert_cmpuint (count_listed (&place), ==, 2);
  g_assert_cmpint (g_rename (away, place.photos), ==, 0);
  assert_scan (&place, 0, 0, 0, 2, 0, 0);

  /* A folder that never was is a mistake. */
  const char *nowhere[] = { "/no/such/folder", NULL };
  g_assert_null (vig_library_scan (place.library, nowhere, NULL, NULL, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_DIRECTORY);

  /* So is one inside, whose place stays as an empty folder. */
  g_autofree char *nas = g_build_filename (place.photos, "nas", NULL);
  g_assert_cmpint (g_mkdir (nas, 0755), ==, 0);
  if (mount ("none", nas, "tmpfs", 0, "size=1m") != 0)
    {
      g_test_skip_printf ("a disk cannot be mounted: %s", g_strerror (errno));
      return;
    }
  write_photo (&place, "nas/c.jpg", 3);
  write_photo (&place, "nas/d.jpg", 4);
  assert_scan (&place, 2, 0, 0, 2, 0, 0);
  g_assert_cmpint (umount2 (nas, MNT_DETACH), ==, 0);
  assert_scan (&place, 0, 0, 0, 2, 0, 0);
  g_assert_cmpuint (count_listed (&place), ==, 4);

  /* A copy that turns up meanwhile is a copy, not the one that is away. */
  write_photo (&place, "copy of c.jpg", 3);
  assert_scan (&place, 1, 0, 0, 2, 0, 0);
}

/* Edited by another program: the tags stay with the photo. Swapped: they go with the content. */
static void
test_changed (void)
{
  g_auto(Place) place = { NULL };

  open_place (&place);
  write_photo (&place, "a.jpg", 1);
  write_photo (&place, "b.jpg", 2);
  write_photo (&place, "c.jpg", 3);
  assert_scan (&place, 3, 0, 0, 0, 0, 0);
  give_tag (&place, "a.jpg", "first");
  give_tag (&place, "b.jpg", "second");
  give_tag (&place, "c.jpg", "third");

  g_autofree char *edited = test_write_picture (place.photos, "a.jpg", 32, 16, 11);
  assert_scan (&place, 0, 1, 0, 2, 0, 0);
  assert_tags (&place, "a.jpg", "first");
  g_autoptr(VigPicture) a = find (&place, "a.jpg");
  g_assert_cmpuint (vig_picture_get_width (a), ==, 32);

  move (&place, "b.jpg", "x.jpg");
  move (&place, "c.jpg", "b.jpg");
  move (&place, "x.jpg", "c.jpg");
  assert_scan (&place, 0, 2, 0, 1, 0, 0);
  assert_tags (&place, "b.jpg", "third");
  assert_tags (&place, "c.jpg", "second");

  /* Only touched: read once more, and nothing else. */
  g_autofree char *path = g_build_filename (place.photos, "c.jpg", NULL);
  g_assert_cmpint (utime (path, &(struct utimbuf) { 1000000000, 1000000000 }), ==, 0);
  assert_scan (&place, 0, 0, 0, 3, 0, 0);
  assert_tags (&place, "c.jpg", "second");
}

static void
link_to (Place      *place,
         const char *target,
         const char *name)
{
  g_autofree char *path = g_build_filename (place->photos, name, NULL);

  g_assert_cmpint (symlink (target, path), ==, 0);
}

static void
test_links (void)
{
  g_auto(Place) place = { NULL };

  open_place (&place);
  g_autofree char *outside = g_build_filename (place.folder, "outside", NULL);
  g_autofree char *far = test_write_picture (outside, "far.jpg", 24, 16, 9);
  write_photo (&place, "sub/a.jpg", 1);
  write_photo (&place, "z.jpg", 2);
  link_to (&place, ".", "circle");
  link_to (&place, "..", "sub/up");
  link_to (&place, "nowhere", "dangling.jpg");
  link_to (&place, "z.jpg", "again.jpg");
  link_to (&place, "sub", "aaa");
  link_to (&place, outside, "elsewhere");
  link_to (&place, far, "single.jpg");

  assert_scan (&place, 3, 0, 0, 0, 0, 0);
  assert_scan (&place, 0, 0, 0, 3, 0, 0);
  g_assert_cmpint (ask (place.library, "SELECT count(*) FROM pictures WHERE CAST (path AS TEXT) LIKE '%/sub/a.jpg'"), ==, 1);
}

/* A folder in a folder is met once, in whatever order they are given. */
static void
test_folders (void)
{
  g_auto(Place) place = { NULL };
  g_autoptr(GError) error = NULL;

  open_place (&place);
  write_photo (&place, "sub/a.jpg", 1);
  write_photo (&place, "b.jpg", 2);
  write_photo (&place, "sub2/c.jpg", 3);
  g_autofree char *sub = g_build_filename (place.photos, "sub", NULL);
  g_autofree char *slashes = g_strconcat (place.photos, "//./sub/../", NULL);
  g_autoptr(VigScan) first = scan_folder (place.library, sub);
  g_assert_cmpuint (first->added, ==, 1);

  const char *both[] = { sub, slashes, sub, NULL };
  g_autoptr(VigScan) second = vig_library_scan (place.library, both, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (second->added, ==, 2);
  g_assert_cmpuint (second->unchanged, ==, 1);

  g_autoptr(VigScan) third = scan_folder (place.library, sub);
  g_assert_cmpuint (third->unchanged, ==, 1);
  g_assert_cmpuint (third->missing, ==, 0);

  g_autoptr(GPtrArray) folders = vig_library_list_folders (place.library, &error);
  g_assert_cmpuint (folders->len, ==, 1);
  g_assert_cmpstr (folders->pdata[0], ==, place.photos);

  /* None named: all that are known. */
  g_autoptr(VigScan) all = vig_library_scan (place.library, NULL, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (all->unchanged, ==, 3);
}

/* What we made ourselves is no photo, even if the folder that it lies in is indexed. */
static void
test_own (void)
{
  g_auto(Place) place = { NULL };
  g_autoptr(GError) error = NULL;
  g_autofree guint8 *rgb = test_make_rgb (24, 1);
  g_autoptr(VigRecipe) recipe = test_make_recipe (1, 1);
  guint32 tokens[16] = { 0 };

  open_place (&place);
  const gint64 job = vig_library_begin_job (place.library, recipe, &error);
  g_autoptr(VigPicture) made = vig_library_save_made (place.library, job, 0, rgb, 24, tokens, 16, &error);
  g_assert_no_error (error);
  g_assert_true (vig_library_end_job (place.library, job, NULL, &error));
  write_photo (&place, "a.jpg", 1);

  g_autoptr(VigScan) scan = scan_folder (place.library, place.folder);
  g_assert_cmpuint (scan->added, ==, 1);
  g_assert_cmpint (ask (place.library, "SELECT count(*) FROM pictures"), ==, 2);

  /* Dropped on the window it is what it is. */
  g_autoptr(VigPicture) same = vig_library_add_file (place.library, vig_picture_get_path (made), &error);
  g_assert_no_error (error);
  g_assert_true (same == made);
}

static VigPicture *
make_picture (Place  *place,
              guint64 seed)
{
  g_autoptr(GError) error = NULL;
  g_autofree guint8 *rgb = test_make_rgb (24, seed);
  g_autoptr(VigRecipe) recipe = test_make_recipe (1, seed);
  g_autoptr(GPtrArray) chosen = g_ptr_array_new_with_free_func (g_object_unref);
  const guint32 tokens[16] = { 0 };
  const gint64 job = vig_library_begin_job (place->library, recipe, &error);
  VigPicture *picture = vig_library_save_made (place->library, job, 0, rgb, 24, tokens, 16, &error);

  g_assert_no_error (error);
  g_ptr_array_add (chosen, g_object_ref (picture));
  g_assert_true (vig_library_end_job (place->library, job, chosen, &error));

  return picture;
}

/* What happens to made pictures behind our back is noticed whatever is scanned, and check is content afterwards. */
static void
test_own_changes (void)
{
  g_auto(Place) place = { NULL };
  g_autofree char *bytes = NULL;
  gsize size;

  open_place (&place);
  const char *folder = vig_profile_get_pictures (place.profile);
  g_autoptr(VigPicture) kept = make_picture (&place, 1);
  g_autoptr(VigPicture) renamed = make_picture (&place, 2);
  g_autoptr(VigPicture) deeper = make_picture (&place, 3);
  g_autoptr(VigPicture) away = make_picture (&place, 4);
  g_autoptr(VigPicture) deleted = make_picture (&place, 5);
  g_autoptr(VigPicture) emptied = make_picture (&place, 6);
  g_autofree char *deleted_path = g_strdup (vig_picture_get_path (deleted));
  g_autofree char *emptied_path = g_strdup (vig_picture_get_path (emptied));
  g_autofree char *new_name = g_build_filename (folder, "new name.png", NULL);
  g_autofree char *below = g_build_filename (folder, "below", NULL);
  g_autofree char *new_folder = g_build_filename (below, "it.png", NULL);
  g_autofree char *taken_away = g_build_filename (place.photos, "mine.png", NULL);
  g_autofree char *aside = g_build_filename (place.folder, "aside.png", NULL);

  g_assert_true (g_file_get_contents (emptied_path, &bytes, &size, NULL));
  g_assert_cmpint (g_rename (vig_picture_get_path (renamed), new_name), ==, 0);
  g_assert_cmpint (g_mkdir (below, 0755), ==, 0);
  g_assert_cmpint (g_rename (vig_picture_get_path (deeper), new_folder), ==, 0);
  g_assert_cmpint (g_rename (vig_picture_get_path (away), taken_away), ==, 0);
  g_assert_cmpint (g_rename (deleted_path, aside), ==, 0);
  g_assert_cmpint (truncate (emptied_path, 0), ==, 0);

  assert_scan (&place, 0, 0, 3, 0, 1, 1);
  g_assert_cmpstr (vig_picture_get_path (renamed), ==, new_name);
  g_assert_cmpstr (vig_picture_get_path (deeper), ==, new_folder);
  g_assert_cmpstr (vig_picture_get_path (away), ==, taken_away);
  g_assert_cmpint (vig_picture_get_kind (away), ==, VIG_PICTURE_MADE);
  g_assert_nonnull (vig_picture_get_prompt (renamed));
  g_assert_true (vig_picture_get_missing (deleted));
  g_assert_cmpuint (count_listed (&place), ==, 4);
  const VigQuery query = { .text = "apples", .kind = -1 };
  g_autoptr(VigResults) results = vig_library_search (place.library, &query, NULL, NULL);
  g_assert_cmpuint (results->results->len, ==, 4);
  test_check_library (place.library);

  /* Told once to those who ask for something else, each time to those who ask for this folder. */
  assert_scan (&place, 0, 0, 0, 1, 0, 0);
  g_autoptr(VigScan) scan = scan_folder (place.library, folder);
  g_assert_cmpuint (scan->unchanged, ==, 3);
  g_assert_cmpuint (scan->missing, ==, 1);
  g_assert_cmpuint (scan->failed->len, ==, 1);
  const VigFailure *failure = scan->failed->pdata[0];
  g_assert_cmpstr (failure->path, ==, emptied_path);
  g_assert_cmpuint (scan->added + scan->updated + scan->moved, ==, 0);

  /* They come back with their files; what was put there by hand is a picture like others. */
  g_assert_cmpint (g_rename (aside, deleted_path), ==, 0);
  g_assert_true (g_file_set_contents (emptied_path, bytes, size, NULL));
  g_autofree char *foreign = test_write_picture (folder, "foreign.png", 24, 16, 9);
  g_autoptr(VigScan) back = scan_folder (place.library, place.photos);
  g_assert_cmpuint (back->added, ==, 1);
  g_assert_cmpuint (back->missing + back->failed->len, ==, 0);
  g_assert_false (vig_picture_get_missing (deleted));
  g_assert_cmpuint (count_listed (&place), ==, 7);
  g_assert_cmpint (ask (place.library, "SELECT count(*) FROM pictures"), ==, 7);
}

static void
test_add_file (void)
{
  g_auto(Place) place = { NULL };
  g_autoptr(GError) error = NULL;

  open_place (&place);
  write_photo (&place, "a.jpg", 1);
  write_bytes (&place, "b.jpg", "no");
  g_autoptr(VigPicture) a = find (&place, "a.jpg");
  g_autoptr(VigPicture) again = find (&place, "../photos/a.jpg");
  g_assert_true (a == again);
  g_autofree char *bad = g_build_filename (place.photos, "b.jpg", NULL);
  g_assert_null (vig_library_add_file (place.library, bad, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
  g_clear_error (&error);
  g_assert_null (vig_library_add_file (place.library, "/no/such.jpg", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);

  /* Changed since: the same picture, looked at again. */
  g_autofree char *path = test_write_picture (place.photos, "a.jpg", 30, 20, 5);
  g_autoptr(VigPicture) changed = find (&place, "a.jpg");
  g_assert_true (changed == a);
  g_assert_cmpuint (vig_picture_get_width (a), ==, 30);
}

static void
forgotten_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      data)
{
  g_autoptr(GError) error = NULL;

  g_assert_true (vig_library_forget_finish (VIG_LIBRARY (source), result, &error));
  g_assert_no_error (error);
  *(gboolean *) data = TRUE;
}

/* Taken out of the library: the file is the user's and stays, but is not taken in again unasked. */
static void
test_taken_out (void)
{
  g_auto(Place) place = { NULL };
  g_autoptr(GPtrArray) pictures = g_ptr_array_new_with_free_func (g_object_unref);
  gboolean done = FALSE;

  open_place (&place);
  write_photo (&place, "a.jpg", 1);
  write_photo (&place, "b.jpg", 2);
  assert_scan (&place, 2, 0, 0, 0, 0, 0);
  g_ptr_array_add (pictures, find (&place, "a.jpg"));
  vig_library_forget_async (place.library, pictures, NULL, forgotten_cb, &done);
  while (!done)
    g_main_context_iteration (NULL, TRUE);

  g_autofree char *path = g_build_filename (place.photos, "a.jpg", NULL);
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
  assert_scan (&place, 0, 0, 0, 1, 0, 0);
  g_autoptr(VigPicture) wanted = find (&place, "a.jpg");
  g_assert_nonnull (wanted);
  assert_scan (&place, 0, 0, 0, 2, 0, 0);
}

static void
stop_cb (guint    done,
         guint    total,
         gpointer cancellable)
{
  if (done >= 100 && total > 0)
    g_cancellable_cancel (cancellable);
}

static void
test_stopped (void)
{
  enum { MANY = 200 };
  g_auto(Place) place = { NULL };
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GError) error = NULL;

  open_place (&place);
  for (guint i = 0; i < MANY; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u.png", i);

      write_photo (&place, name, i);
    }
  const char *folders[] = { place.photos, NULL };
  g_assert_null (vig_library_scan (place.library, folders, stop_cb, cancellable, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (ask (place.library, "SELECT count(*) FROM pictures"), ==, 100);
  assert_scan (&place, MANY - 100, 0, 0, 100, 0, 0);
}

/* Killed while it indexes, at any moment: what it did stays done, the rest is done by the next. */
static void
test_killed (void)
{
  enum { MANY = 400 };
  const guint n_kills = g_test_slow () ? 50 : 12;
  g_auto(Place) place = { NULL };
  g_autoptr(GError) error = NULL;

  open_place (&place);
  g_clear_object (&place.library);
  for (guint i = 0; i < MANY; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u.png", i);

      write_photo (&place, name, i);
    }
  for (guint i = 0; i < n_kills; i++)
    {
      const pid_t child = fork ();

      if (child == 0)
        {
          g_autoptr(VigLibrary) library = test_open_library (place.profile);

          for (guint j = 0;; j++)
            {
              g_autoptr(VigScan) scan = scan_quietly (library, place.photos);
              g_autofree char *from = g_strdup_printf ("%u.png", j % MANY);
              g_autofree char *to = g_strdup_printf ("moved %u.png", j % MANY);
              g_autofree char *old = g_build_filename (place.photos, from, NULL);
              g_autofree char *new = g_build_filename (place.photos, to, NULL);

              /* Forth and back: there is always something to do. */
              if (g_rename (old, new) != 0)
                g_rename (new, old);
            }
        }
      g_usleep (g_test_rand_int_range (5000, 200000));
      kill (child, SIGKILL);
      waitpid (child, NULL, 0);

      place.library = test_open_library (place.profile);
      test_check_library (place.library);
      g_clear_object (&place.library);
    }
  place.library = test_open_library (place.profile);
  g_autoptr(VigScan) scan = scan_folder (place.library, place.photos);
  g_assert_cmpuint (scan->added + scan->unchanged + scan->moved, ==, MANY);
  g_assert_cmpint (ask (place.library, "SELECT count(*) FROM pictures WHERE state = 0"), ==, MANY);
}

static void
test_two_processes (void)
{
  enum { MANY = 150 };
  g_auto(Place) place = { NULL };
  pid_t children[2];

  open_place (&place);
  g_clear_object (&place.library);
  for (guint i = 0; i < MANY; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u.png", i);

      write_photo (&place, name, i);
    }
  for (guint c = 0; c < 2; c++)
    {
      children[c] = fork ();
      if (children[c] == 0)
        {
          g_autoptr(VigLibrary) library = test_open_library (place.profile);
          g_autoptr(VigScan) scan = scan_quietly (library, place.photos);

          _exit (scan->added + scan->unchanged == MANY ? 0 : 1);
        }
    }
  for (guint c = 0; c < 2; c++)
    {
      int status;

      waitpid (children[c], &status, 0);
      g_assert_true (WIFEXITED (status) && WEXITSTATUS (status) == 0);
    }
  place.library = test_open_library (place.profile);
  assert_scan (&place, 0, 0, 0, MANY, 0, 0);
}

/* What the user wants left out is out of the library as long as they want it, with its tags; what was there comes back. */
static void
test_ignored (void)
{
  g_auto(Place) place = { NULL };
  g_autoptr(GError) error = NULL;

  open_place (&place);
  g_autofree char *holiday = g_build_filename (place.photos, "Holiday", NULL);
  g_autofree char *private = g_build_filename (place.photos, "private", NULL);
  g_assert_cmpint (g_mkdir (holiday, 0755), ==, 0);
  g_assert_cmpint (g_mkdir (private, 0755), ==, 0);
  g_autofree char *a = test_write_picture (holiday, "a.jpg", 8, 8, 1);
  g_autofree char *b = test_write_picture (holiday, "b (copy).jpg", 8, 8, 2);
  g_autofree char *c = test_write_picture (private, "c.jpg", 8, 8, 3);
  assert_scan (&place, 3, 0, 0, 0, 0, 0);

  g_autofree char *mark = test_write_file (private, ".nomedia", "", 0);
  g_assert_true (vig_ignore_write (place.profile, "# mine\n\n*(COPY).jpg\n*/nothing/*\n", &error));
  g_assert_no_error (error);
  assert_scan (&place, 0, 0, 0, 1, 2, 0);

  /* A folder by its name, then by its path; who asks for it by name gets it, whatever stands in it. */
  g_assert_true (vig_ignore_write (place.profile, "holiday/\n", &error));
  assert_scan (&place, 0, 0, 0, 0, 3, 0);
  g_assert_true (vig_ignore_write (place.profile, "*/photos/hol?day\n", &error));
  assert_scan (&place, 0, 0, 0, 0, 3, 0);
  g_autoptr(VigScan) asked = scan_folder (place.library, private);
  g_assert_cmpuint (asked->unchanged, ==, 1);

  g_assert_true (vig_ignore_write (place.profile, "", &error));
  g_assert_cmpint (g_unlink (mark), ==, 0);
  assert_scan (&place, 0, 0, 0, 3, 0, 0);
}

/* Another program writes beside a photo that stays as it is. */
static void
test_sidecar_changed (void)
{
  static const char text[] =
    "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"
    "<rdf:Description xmlns:dc='http://purl.org/dc/elements/1.1/'><dc:subject><rdf:Bag><rdf:li>snow</rdf:li></rdf:Bag>"
    "</dc:subject></rdf:Description></rdf:RDF></x:xmpmeta>";
  g_auto(Place) place = { NULL };

  open_place (&place);
  g_autofree char *a = test_write_picture (place.photos, "a.jpg", 8, 8, 1);
  g_autofree char *b = test_write_picture (place.photos, "b.jpg", 8, 8, 2);
  assert_scan (&place, 2, 0, 0, 0, 0, 0);
  assert_tags (&place, "a.jpg", "");

  g_autofree char *beside = test_write_file (place.photos, "a.jpg.xmp", text, strlen (text));
  g_autofree char *adobe = test_write_file (place.photos, "b.xmp", text, strlen (text));
  assert_scan (&place, 0, 0, 0, 2, 0, 0);
  assert_tags (&place, "a.jpg", "snow");
  assert_tags (&place, "b.jpg", "snow");

  g_autofree char *other = g_strdup (text);
  memcpy (strstr (other, "snow"), "mist", 4);
  g_autofree char *again = test_write_file (place.photos, "a.jpg.xmp", other, strlen (other));
  g_assert_cmpint (utime (again, &(struct utimbuf) { 1000000000, 1000000000 }), ==, 0);
  assert_scan (&place, 0, 0, 0, 2, 0, 0);
  assert_tags (&place, "a.jpg", "mist snow");
}

int
main (int    argc,
      char **argv)
{
  test_init_library (&argc, &argv);

  g_test_add_func ("/importer/kinds", test_kinds);
  g_test_add_func ("/importer/reasons", test_reasons);
  g_test_add_func ("/importer/moved", test_moved);
  g_test_add_func ("/importer/copies", test_copies);
  g_test_add_func ("/importer/missing", test_missing);
  g_test_add_func ("/importer/offline", test_offline);
  g_test_add_func ("/importer/changed", test_changed);
  g_test_add_func ("/importer/links", test_links);
  g_test_add_func ("/importer/folders", test_folders);
  g_test_add_func ("/importer/own", test_own);
  g_test_add_func ("/importer/own-changes", test_own_changes);
  g_test_add_func ("/importer/add-file", test_add_file);
  g_test_add_func ("/importer/taken-out", test_taken_out);
  g_test_add_func ("/importer/stopped", test_stopped);
  g_test_add_func ("/importer/killed", test_killed);
  g_test_add_func ("/importer/two-processes", test_two_processes);
  g_test_add_func ("/importer/ignored", test_ignored);
  g_test_add_func ("/importer/sidecar-changed", test_sidecar_changed);

  return g_test_run ();
}
