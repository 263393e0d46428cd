/* test-host.c: the processor as a device: its threads, and how much of the computer it takes itself to have */

#include <glib/gstdio.h>
#include <stdatomic.h>
#include <string.h>

#include "device-private.h"
#include "host/host.h"
#include "host/share.h"

/* ---- Threads ---- */

typedef struct
{
  atomic_uint *times;    /* by item */
  guint        count;
  int          busy_us;  /* what an item takes */
} Work;

static void
count_items (guint    first,
             guint    end,
             gpointer data)
{
  Work *work = data;

  g_assert_cmpuint (first, <, end);
  g_assert_cmpuint (end, <=, work->count);
  for (guint i = first; i < end; i++)
    {
      const gint64 until = g_get_monotonic_time () + work->busy_us;

      while (work->busy_us > 0 && g_get_monotonic_time () < until)
        ;
      atomic_fetch_add (&work->times[i], 1);
    }
}

static gpointer
want_processor (gpointer data)
{
  while (g_atomic_int_get ((int *) data))
    ;

  return NULL;
}

static void
run_rounds (VcHost *host)
{
  atomic_uint times[257];
  GRand *random = g_rand_new_with_seed (7);

  for (guint round = 0; round < 4000; round++)
    {
      Work work = { times, g_rand_int_range (random, 0, 257), round % 100 == 0 ? 5 : 0 };

      for (guint i = 0; i < work.count; i++)
        atomic_init (&times[i], 0);
      vc_host_parallel (host, work.count, g_rand_int_range (random, 1, 40), count_items, &work);
      for (guint i = 0; i < work.count; i++)
        g_assert_cmpuint (atomic_load (&times[i]), ==, 1);

      /* So that threads sleep now and then. */
      if (round % 500 == 0)
        g_usleep (2000);
    }
  g_rand_free (random);
}

/* Each item is worked on once, and is done when the call returns. */
static void
test_parallel (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(VcDevice) device = vc_host_open (&error);

  g_assert_no_error (error);
  run_rounds ((VcHost *) device);
}

/* The same while others want the processors. */
static void
test_parallel_crowded (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(VcDevice) device = vc_host_open (&error);
  GThread *others[3];
  int wanted = 1;

  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    others[i] = g_thread_new ("other", want_processor, &wanted);
  run_rounds ((VcHost *) device);
  g_atomic_int_set (&wanted, 0);
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    g_thread_join (others[i]);
}

/* ---- The share of the computer ---- */

static char *root;

static void
put (const char *path,
     const char *text)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *full = g_strconcat (root, path, NULL);
  g_autofree char *folder = g_path_get_dirname (full);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (full, text, -1, &error));
  g_assert_no_error (error);
}

static void
test_share_unknown (void)
{
  g_assert_cmpuint (vc_share_memory (root), ==, G_MAXUINT64);
  g_assert_cmpuint (vc_share_processors (root), ==, G_MAXUINT);
}

static void
test_share_unified (void)
{
  put ("/proc/meminfo", "MemTotal:  8000000 kB\nMemFree: 100 kB\nMemAvailable:    4000000 kB\n");
  put ("/proc/self/cgroup", "0::/box/app\n");
  g_assert_cmpuint (vc_share_memory (root), ==, 4096000000);

  put ("/sys/fs/cgroup/box/app/memory.max", "max\n");
  put ("/sys/fs/cgroup/box/app/memory.current", "50000000\n");
  put ("/sys/fs/cgroup/box/app/cpu.max", "max 100000\n");
  g_assert_cmpuint (vc_share_memory (root), ==, 4096000000);
  g_assert_cmpuint (vc_share_processors (root), ==, G_MAXUINT);

  /* The group around it has less; of what it uses, files can be given up. */
  put ("/sys/fs/cgroup/box/memory.max", "1000000000\n");
  put ("/sys/fs/cgroup/box/memory.current", "700000000\n");
  put ("/sys/fs/cgroup/box/memory.stat", "anon 400000000\nfile 300000000\n");
  put ("/sys/fs/cgroup/box/cpu.max", "150000 100000\n");
  g_assert_cmpuint (vc_share_memory (root), ==, 600000000);
  g_assert_cmpuint (vc_share_processors (root), ==, 2);

  put ("/sys/fs/cgroup/box/app/cpu.max", "20000 100000\n");
  put ("/sys/fs/cgroup/box/app/memory.max", "40000000\n");
  g_assert_cmpuint (vc_share_processors (root), ==, 1);
  g_assert_cmpuint (vc_share_memory (root), ==, 0);
}

static void
test_share_first (void)
{
  put ("/proc/meminfo", "MemAvailable: 4000000 kB\n");
  put ("/proc/self/cgroup", "9:name=systemd:/\n4:memory:/box\n3:cpu,cpuacct:/box\n0::/\n");
  put ("/sys/fs/cgroup/memory/box/memory.limit_in_bytes", "2000000000\n");
  put ("/sys/fs/cgroup/memory/box/memory.usage_in_bytes", "500000000\n");
  put ("/sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
  put ("/sys/fs/cgroup/cpu/box/cpu.cfs_quota_us", "300000\n");
  put ("/sys/fs/cgroup/cpu/box/cpu.cfs_period_us", "100000\n");
  put ("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1\n");
  put ("/sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
  g_assert_cmpuint (vc_share_memory (root), ==, 1500000000);
  g_assert_cmpuint (vc_share_processors (root), ==, 3);
}

/* What cannot be is refused before it is promised. */
static void
test_too_much (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(VcDevice) device = vc_host_open (&error);
  const guint64 free = vc_device_get_free (device);

  g_assert_cmpuint (free, >, 0);
  g_assert_null (device->class->allocate (device, (gsize) 1 << 46, &error));
  g_assert_error (error, VC_ERROR, VC_ERROR_OUT_OF_MEMORY);
  g_clear_error (&error);

  g_assert_true (vc_device_has_room (device, 1, "a number", &error));
  g_assert_no_error (error);
  g_assert_false (vc_device_has_room (device, (guint64) 1 << 50, "a city", &error));
  g_assert_error (error, VC_ERROR, VC_ERROR_OUT_OF_MEMORY);
  g_assert_nonnull (strstr (error->message, "a city needs"));
}

static void
delete_tree (const char *path)
{
  g_autoptr(GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      delete_tree (child);
    }
  g_remove (path);
}

static void
with_root (gconstpointer data)
{
  const GTestFunc test = (GTestFunc) data;
  g_autoptr(GError) error = NULL;

  root = g_dir_make_tmp ("vignette-test-XXXXXX", &error);
  g_assert_no_error (error);
  test ();
  delete_tree (root);
  g_clear_pointer (&root, g_free);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/host/parallel", test_parallel);
  g_test_add_func ("/host/parallel/crowded", test_parallel_crowded);
  g_test_add_data_func ("/host/share/unknown", test_share_unknown, with_root);
  g_test_add_data_func ("/host/share/unified", test_share_unified, with_root);
  g_test_add_data_func ("/host/share/first", test_share_first, with_root);
  g_test_add_func ("/host/too-much", test_too_much);

  return g_test_run ();
}
