/* test-sidecar.c: tags beside pictures, added to what others have written */

#include "library/metadata.h"
#include "library/sidecar.h"
#include "profile.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <sys/mount.h>

static const char * const tags[] = { "animals/fox", "winter", "Schn\xc3\xa9" "e & <Eis>", NULL };
static const char * const nothing[] = { NULL };

static void
write_sidecar (const char *picture)
{
  g_autoptr(GError) error = NULL;

  g_assert_true (vig_sidecar_write (picture, tags, nothing, &error));
  g_assert_no_error (error);
}

static char *
read_text (const char *picture)
{
  g_autofree char *path = g_strconcat (picture, ".xmp", NULL);
  char *text;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));

  return text;
}

/* What Exiv2 finds in the sidecar. */
static void
assert_list (const char          *picture,
             const char          *key,
             const char * const  *want)
{
  g_autofree char *path = g_strconcat (picture, ".xmp", NULL);
  g_autoptr(GMutexLocker) locker = vig_metadata_lock ();
  g_autoptr(GExiv2Metadata) metadata = gexiv2_metadata_new ();
  g_autoptr(GError) error = NULL;

  gexiv2_metadata_open_path (metadata, path, &error);
  g_assert_no_error (error);
  g_auto(GStrv) got = gexiv2_metadata_try_get_tag_multiple (metadata, key, NULL);
  g_autofree char *said = g_strjoinv (" ; ", got);
  g_test_message ("%s: %s", key, said);
  g_assert_true (g_strv_equal ((const char * const *) got, want));
}

static void
test_new (void)
{
  g_autofree char *folder = test_make_folder ();
  g_autofree char *picture = test_write_picture (folder, "a fox.jpg", 32, 24, 1);
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  gsize size_before, size_after;

  g_assert_true (g_file_get_contents (picture, &before, &size_before, NULL));
  write_sidecar (picture);
  g_assert_true (g_file_get_contents (picture, &after, &size_after, NULL));
  g_assert_cmpmem (before, size_before, after, size_after);

  assert_list (picture, "Xmp.dc.subject", (const char *[]) { "fox", "winter", tags[2], NULL });
  assert_list (picture, "Xmp.lr.hierarchicalSubject", (const char *[]) { "animals|fox", "winter", tags[2], NULL });
  assert_list (picture, "Xmp.digiKam.TagsList", (const char *[]) { "animals/fox", "winter", tags[2], NULL });

  g_autofree char *text = read_text (picture);
  g_assert_nonnull (strstr (text, "<rdf:Bag>"));
  g_assert_nonnull (strstr (text, "<rdf:Seq>"));

  /* Once more: nothing twice, and nothing left beside it. */
  write_sidecar (picture);
  g_autofree char *again = read_text (picture);
  g_assert_cmpstr (text, ==, again);
  g_autoptr(GDir) dir = g_dir_open (folder, 0, NULL);
  guint n_files = 0;
  while (g_dir_read_name (dir) != NULL)
    n_files++;
  g_assert_cmpuint (n_files, ==, 2);

  g_autofree char *exiftool = g_find_program_in_path ("exiftool");
  if (exiftool == NULL)
    {
      g_test_skip ("exiftool is not installed");
      return;
    }
  g_autofree char *sidecar = g_strconcat (picture, ".xmp", NULL);
  const char *argv[] = { exiftool, "-s3", "-sep", ";", "-XMP-dc:Subject", "-XMP-lr:HierarchicalSubject",
                         "-XMP-digiKam:TagsList", sidecar, NULL };
  g_autofree char *said = NULL;
  g_assert_true (g_spawn_sync (NULL, (char **) argv, NULL, 0, NULL, NULL, &said, NULL, NULL, NULL));
  g_assert_nonnull (strstr (said, "fox;winter;Schn\xc3\xa9" "e & <Eis>\n"));
  g_assert_nonnull (strstr (said, "animals|fox;winter;"));
  g_assert_nonnull (strstr (said, "animals/fox;winter;"));
}

/* Who reads sidecars often reads nothing else: what the picture says of itself comes along. */
static void
test_embedded (void)
{
  g_autofree char *folder = test_make_folder ();
  g_autofree char *picture = test_write_picture (folder, "a.jpg", 32, 24, 1);
  {
    g_autoptr(GMutexLocker) locker = vig_metadata_lock ();
    g_autoptr(GExiv2Metadata) metadata = gexiv2_metadata_new ();
    g_autoptr(GError) error = NULL;
    const char *subjects[] = { "old", "winter", NULL };
    const char *keywords[] = { "from iptc", "old", NULL };

    g_assert_true (gexiv2_metadata_open_path (metadata, picture, &error));
    gexiv2_metadata_try_set_tag_multiple (metadata, "Xmp.dc.subject", subjects, &error);
    gexiv2_metadata_try_set_tag_multiple (metadata, "Iptc.Application2.Keywords", keywords, &error);
    gexiv2_metadata_try_set_tag_string (metadata, "Xmp.xmp.Rating", "4", &error);
    gexiv2_metadata_try_set_tag_string (metadata, "Xmp.dc.description", "a caption", &error);
    g_assert_true (gexiv2_metadata_save_file (metadata, picture, &error));
    g_assert_no_error (error);
  }

  write_sidecar (picture);
  assert_list (picture, "Xmp.dc.subject",
               (const char *[]) { "old", "winter", "from iptc", "fox", tags[2], NULL });
  assert_list (picture, "Xmp.xmp.Rating", (const char *[]) { "4", NULL });
  g_autofree char *text = read_text (picture);
  g_assert_nonnull (strstr (text, "a caption"));
}

static const char others[] =
  "<?xpacket begin=\"\xef\xbb\xbf\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n"
  "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\" x:xmptk=\"XMP Core 4.4.0-Exiv2\">\n"
  " <rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n"
  "  <rdf:Description rdf:about=\"\"\n"
  "    xmlns:dc=\"http://purl.org/dc/elements/1.1/\"\n"
  "    xmlns:darktable=\"http://darktable.sf.net/\"\n"
  "    xmlns:strange=\"http://strange.example/ns/\"\n"
  "    darktable:xmp_version=\"5\" strange:plain=\"kept\">\n"
  "   <dc:subject><rdf:Bag><rdf:li>before</rdf:li></rdf:Bag></dc:subject>\n"
  "   <dc:title><rdf:Alt><rdf:li xml:lang=\"x-default\">title</rdf:li><rdf:li xml:lang=\"de\">Titel</rdf:li></rdf:Alt></dc:title>\n"
  "   <darktable:history><rdf:Seq>\n"
  "    <rdf:li darktable:num=\"0\" darktable:operation=\"exposure\" darktable:params=\"00ff\"/>\n"
  "    <rdf:li darktable:num=\"1\" darktable:operation=\"crop\" darktable:params=\"11ee\"/>\n"
  "   </rdf:Seq></darktable:history>\n"
  "   <strange:ordered><rdf:Seq><rdf:li>2</rdf:li><rdf:li>1</rdf:li></rdf:Seq></strange:ordered>\n"
  "   <strange:loose><rdf:Bag><rdf:li>x</rdf:li></rdf:Bag></strange:loose>\n"
  "   <strange:deep rdf:parseType=\"Resource\"><strange:inner>core</strange:inner></strange:deep>\n"
  "  </rdf:Description>\n"
  " </rdf:RDF>\n"
  "</x:xmpmeta>\n"
  "<?xpacket end=\"w\"?>\n";

static void
test_others (void)
{
  static const char * const kept[] = {
    "darktable:xmp_version=\"5\"", "strange:plain=\"kept\"", "<rdf:li xml:lang=\"de\">Titel</rdf:li>",
    "darktable:operation=\"exposure\"", "darktable:params=\"11ee\"", "http://strange.example/ns/",
    "<strange:loose><rdf:Bag>", "<strange:ordered><rdf:Seq>", "core",
  };
  g_autofree char *folder = test_make_folder ();
  g_autofree char *picture = test_write_picture (folder, "a.jpg", 32, 24, 1);
  g_autofree char *sidecar = test_write_file (folder, "a.jpg.xmp", others, strlen (others));
  GStatBuf info;

  g_assert_cmpint (g_chmod (sidecar, 0640), ==, 0);
  write_sidecar (picture);
  assert_list (picture, "Xmp.dc.subject", (const char *[]) { "before", "fox", "winter", tags[2], NULL });
  assert_list (picture, "Xmp.strange.ordered", (const char *[]) { "2", "1", NULL });

  g_autofree char *text = read_text (picture);
  g_autoptr(GRegex) spaces = g_regex_new ("\\s+", 0, 0, NULL);
  g_autofree char *line = g_regex_replace_literal (spaces, text, -1, 0, " ", 0, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (kept); i++)
    {
      g_test_message ("%s", kept[i]);
      g_assert_nonnull (strstr (line, kept[i]));
    }
  g_assert_cmpint (g_stat (sidecar, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0640);
}

/* The text without the three lists, white space, and where prefixes are declared: what nobody may change. */
static char *
strip_lists (const char *text)
{
  g_autoptr(GRegex) lists =
    g_regex_new ("<(dc:subject|lr:hierarchicalSubject|digiKam:TagsList)>.*?</\\1>|\\s+xmlns:[\\w-]+=\"[^\"]*\"|"
                 "<\\?xml version[^>]*>|\\s+", G_REGEX_DOTALL, 0, NULL);

  return g_regex_replace_literal (lists, text, -1, 0, "", 0, NULL);
}

/* What exiv2 lists, but for the three. */
static char *
ask_exiv2 (const char *path)
{
  g_autofree char *exiv2 = g_find_program_in_path ("exiv2");
  const char *argv[] = { exiv2, "-q", "-PXkyt", path, NULL };
  g_autoptr(GRegex) lists =
    g_regex_new ("^Xmp\\.(dc\\.subject|lr\\.hierarchicalSubject|digiKam\\.TagsList)\\b.*\n", G_REGEX_MULTILINE, 0, NULL);
  g_autofree char *said = NULL;

  if (exiv2 == NULL)
    return NULL;

  g_assert_true (g_spawn_sync (NULL, (char **) argv, NULL, 0, NULL, NULL, &said, NULL, NULL, NULL));
  g_assert_cmpuint (strlen (said), >, 100);

  return g_regex_replace_literal (lists, said, -1, 0, "", 0, NULL);
}

typedef struct
{
  const char *name;
  const char *tags;   /* that it is read to have */
  const char *flat;   /* what stands in it when one has been taken out and two added, by exiv2 */
  const char *deep;
} Theirs;

static const Theirs theirs[] = {
  { "digikam", "People/Ann places/France/Lille",
    "Lille;fox;winter", "places/France/Lille;animals/fox;winter" },
  { "darktable", "places/harbour",
    "darktable;harbour;fox;winter", "animals/fox;winter" },
  { "lightroom", "animals/fox snow",
    "animals;fox;snow;winter", "animals/fox;winter" },
};

static char *
read_list (const char *path,
           const char *key)
{
  g_autoptr(GMutexLocker) locker = vig_metadata_lock ();
  g_autoptr(GExiv2Metadata) metadata = gexiv2_metadata_new ();
  g_assert_true (gexiv2_metadata_open_path (metadata, path, NULL));
  g_auto(GStrv) got = gexiv2_metadata_try_get_tag_multiple (metadata, key, NULL);

  return g_strjoinv (";", got);
}

/* As digiKam, darktable and Lightroom write them by their documentation: structures, arrays of all three kinds, languages,
 * qualifiers, links and remarks stay what they are and where they are. */
static void
test_theirs (gconstpointer data)
{
  const Theirs *case_ = data;
  g_autofree char *folder = test_make_folder ();
  g_autofree char *picture = test_write_picture (folder, "a.jpg", 32, 24, 1);
  g_autofree char *file = g_strconcat (case_->name, ".xmp", NULL);
  g_autofree char *source = g_test_build_filename (G_TEST_DIST, "data", "xmp", file, NULL);
  g_autofree char *before = NULL;
  g_autoptr(GError) error = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (source, &before, &size, NULL));
  g_autofree char *sidecar = test_write_file (folder, "a.jpg.xmp", before, size);
  g_autofree char *listed_before = ask_exiv2 (sidecar);
  g_auto(GStrv) read = vig_sidecar_read (picture, NULL);
  g_autofree char *words = g_strjoinv (" ", read);
  g_assert_cmpstr (words, ==, case_->tags);

  g_assert_true (vig_sidecar_write (picture, (const char *[]) { "animals/fox", "winter", NULL },
                                    (const char *[]) { "People/Ann", "nothing of the kind", NULL }, &error));
  g_assert_no_error (error);
  g_autofree char *after = read_text (picture);
  g_autofree char *kept = strip_lists (before);
  g_autofree char *now = strip_lists (after);
  g_assert_cmpstr (kept, ==, now);

  g_autofree char *flat = read_list (sidecar, "Xmp.dc.subject");
  g_assert_cmpstr (flat, ==, case_->flat);
  g_autofree char *deep = read_list (sidecar, "Xmp.digiKam.TagsList");
  g_assert_cmpstr (deep, ==, case_->deep);
  g_autofree char *listed_after = ask_exiv2 (sidecar);
  if (listed_before == NULL)
    g_test_skip ("exiv2 is not installed");
  g_assert_cmpstr (listed_before, ==, listed_after);
}

/* One that cannot be understood is left as it is, whatever is wrong with it. */
static void
test_broken (void)
{
  static const char * const texts[] = {
    "", "hello", "RIFF<?xpacgsList>\n   <digiKam:CaptionsAuthorNames>", "<?xml version=\"1.0\"?>\n<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF",
    "<?xpacket begin=\"\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?><x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><not closed></x:xmpmeta>"
    "                                                             ",
  };
  g_autofree char *folder = test_make_folder ();
  g_autofree char *picture = test_write_picture (folder, "a.jpg", 32, 24, 1);
  g_autoptr(GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *sidecar = test_write_file (folder, "a.jpg.xmp", texts[i], strlen (texts[i]));

      g_assert_false (vig_sidecar_write (picture, tags, nothing, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
      g_assert_nonnull (strstr (error->message, "left as it is"));
      g_clear_error (&error);
      g_autofree char *text = read_text (picture);
      g_assert_cmpstr (text, ==, texts[i]);
    }
}

static void
test_unwritable (void)
{
  g_autofree char *folder = test_make_folder ();
  g_autofree char *disk = g_build_filename (folder, "disk", NULL);
  g_autoptr(GError) error = NULL;

  g_autofree char *nowhere = g_build_filename (folder, "gone.jpg", NULL);
  g_assert_false (vig_sidecar_write (nowhere, tags, nothing, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_clear_error (&error);

  g_assert_cmpint (g_mkdir (disk, 0700), ==, 0);
  if (mount ("none", disk, "tmpfs", 0, "size=1m") != 0)
    {
      g_test_skip_printf ("a file system cannot be mounted: %s", g_strerror (errno));
      return;
    }
  g_autofree char *picture = test_write_picture (disk, "a.jpg", 32, 24, 1);
  g_autofree char *full = g_build_filename (disk, "full", NULL);
  g_autofree char *bytes = g_malloc0 (2 << 20);

  g_assert_false (g_file_set_contents (full, bytes, 2 << 20, NULL));
  FILE *file = fopen (full, "w");
  while (fwrite (bytes, 1, 4096, file) == 4096 && fflush (file) == 0)
    continue;
  fclose (file);
  g_assert_false (vig_sidecar_write (picture, tags, nothing, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
  g_clear_error (&error);
  g_unlink (full);
  write_sidecar (picture);

  g_assert_cmpint (mount ("none", disk, "tmpfs", MS_REMOUNT | MS_RDONLY, "size=1m"), ==, 0);
  write_sidecar (picture);  /* nothing is new, so nothing is written */
  g_assert_false (vig_sidecar_write (picture, (const char *[]) { "another", NULL }, nothing, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_READ_ONLY);
  g_assert_nonnull (strstr (error->message, "read-only"));
  umount (disk);
}

int
main (int    argc,
      char **argv)
{
  test_init_library (&argc, &argv);

  g_test_add_func ("/sidecar/new", test_new);
  g_test_add_func ("/sidecar/embedded", test_embedded);
  g_test_add_func ("/sidecar/others", test_others);
  g_test_add_func ("/sidecar/broken", test_broken);
  g_test_add_func ("/sidecar/unwritable", test_unwritable);
  for (guint i = 0; i < G_N_ELEMENTS (theirs); i++)
    {
      g_autofree char *path = g_strconcat ("/sidecar/theirs/", theirs[i].name, NULL);

      g_test_add_data_func (path, &theirs[i], test_theirs);
    }

  return g_test_run ();
}
