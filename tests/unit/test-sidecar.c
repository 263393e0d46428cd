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

/* One that cannot be understood is left as it is, whatever is wrong with it. */
static void
test_broken (void)
{
  static const char * const texts[] = {
    "", "hello", "<?xml version=\"1.0\"?>\n<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF",
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

  return g_test_run ();
}
