/* sandbox.c: what the reader of pictures gives up before it looks at the first one */

#define G_LOG_DOMAIN "vig-sandbox"

#include "config.h"

#include "decoder/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <gdk-pixbuf/gdk-pixbuf.h>
#include <malloc.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#ifdef HAVE_SECCOMP
#include <seccomp.h>
#endif

/* The libraries of a format are loaded with its first picture: room for their addresses. */
#define LIBRARIES_MB 192

static void
limit_memory (guint megabytes)
{
  unsigned long pages = 0;
  FILE *statm = fopen ("/proc/self/statm", "re");

  if (statm == NULL)
    return;
  if (fscanf (statm, "%lu", &pages) == 1)
    {
      const rlim_t most = (rlim_t) pages * sysconf (_SC_PAGESIZE) + ((rlim_t) (megabytes + LIBRARIES_MB) << 20);

      setrlimit (RLIMIT_AS, &(struct rlimit) { most, most });
    }
  fclose (statm);
}

#ifdef HAVE_SECCOMP

/* All that decoders, their threads and the loading of a library ask of the kernel. What is not here fails with EPERM. */
static const char * const allowed[] = {
  "access", "arch_prctl", "brk", "clock_getres", "clock_gettime", "clock_nanosleep", "close", "dup", "epoll_create1",
  "eventfd2", "exit", "exit_group", "faccessat", "faccessat2", "fadvise64", "fcntl", "fstat", "fstat64", "fstatat64",
  "fstatfs", "ftruncate", "ftruncate64", "futex", "futex_time64", "futex_waitv", "get_mempolicy", "get_robust_list",
  "getcpu", "getcwd", "getdents64", "getegid", "geteuid", "getgid", "getpid", "getppid", "getrandom", "getrlimit",
  "getrusage", "gettid", "gettimeofday", "getuid", "lseek", "_llseek", "lstat", "lstat64", "madvise", "membarrier",
  "memfd_create", "mmap", "mmap2", "mprotect", "mremap", "munmap", "nanosleep", "newfstatat", "poll", "ppoll",
  "pread64", "preadv", "read", "readlink", "readlinkat", "readv", "recvmsg", "restart_syscall", "riscv_flush_icache",
  "rseq", "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sched_get_priority_max", "sched_get_priority_min",
  "sched_getaffinity", "sched_getattr", "sched_getparam", "sched_getscheduler", "sched_yield", "sendmsg",
  "set_robust_list", "set_tid_address", "setitimer", "sigaltstack", "stat", "stat64", "statfs", "statx", "sysinfo",
  "time", "uname", "write", "writev",
};

static void
forbid_calls (void)
{
  static const char * const opening[] = { "open", "openat" };
  scmp_filter_ctx filter = seccomp_init (SCMP_ACT_ERRNO (EPERM));

  if (filter == NULL)
    return;

  for (guint i = 0; i < G_N_ELEMENTS (allowed); i++)
    {
      const int call = seccomp_syscall_resolve_name (allowed[i]);

      if (call != __NR_SCMP_ERROR)
        seccomp_rule_add (filter, SCMP_ACT_ALLOW, call, 0);
    }
  /* To read only; writing to what is open leads to the socket and to nowhere else. */
  for (guint i = 0; i < G_N_ELEMENTS (opening); i++)
    {
      const int call = seccomp_syscall_resolve_name (opening[i]);

      seccomp_rule_add (filter, SCMP_ACT_ALLOW, call, 1,
                        SCMP_CMP (i + 1, SCMP_CMP_MASKED_EQ, O_WRONLY | O_RDWR | O_CREAT | O_TRUNC, O_RDONLY));
    }
  /* Threads, but no processes. The flags of clone3() lie where a filter cannot see them; the C library then asks clone(). */
  seccomp_rule_add (filter, SCMP_ACT_ALLOW, SCMP_SYS (clone), 1,
                    SCMP_A0 (SCMP_CMP_MASKED_EQ, CLONE_THREAD | CLONE_NEWUSER, CLONE_THREAD));
  seccomp_rule_add (filter, SCMP_ACT_ERRNO (ENOSYS), SCMP_SYS (clone3), 0);
  /* Of itself only. */
  seccomp_rule_add (filter, SCMP_ACT_ALLOW, SCMP_SYS (prlimit64), 1, SCMP_A0 (SCMP_CMP_EQ, 0));
  seccomp_rule_add (filter, SCMP_ACT_ALLOW, SCMP_SYS (tgkill), 1, SCMP_A0 (SCMP_CMP_EQ, getpid ()));
  /* A name for a thread. */
  seccomp_rule_add (filter, SCMP_ACT_ALLOW, SCMP_SYS (prctl), 1, SCMP_A0 (SCMP_CMP_EQ, PR_SET_NAME));

  /* Where the kernel has no filters the limits alone must do. */
  seccomp_load (filter);
  seccomp_release (filter);
}

#endif

void
vig_sandbox_enter (guint megabytes)
{
  pthread_attr_t attributes;

  /* Threads of decoders need no 8 MB each, nor heaps of their own. */
  pthread_attr_init (&attributes);
  pthread_attr_setstacksize (&attributes, 1 << 20);
  pthread_setattr_default_np (&attributes);
  pthread_attr_destroy (&attributes);
  mallopt (M_ARENA_MAX, 1);

  setrlimit (RLIMIT_CORE, &(struct rlimit) { 0, 0 });
  setrlimit (RLIMIT_NOFILE, &(struct rlimit) { 128, 128 });
  limit_memory (megabytes);
  prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
#ifdef HAVE_SECCOMP
  /* From 2.44 on GdkPixbuf itself starts sandboxed programs, which a filter would keep it from. */
  if (gdk_pixbuf_major_version == 2 && gdk_pixbuf_minor_version < 44)
    forbid_calls ();
#endif
}

void
vig_sandbox_limit (guint seconds)
{
  const struct itimerval timer = { .it_value.tv_sec = seconds };

  /* SIGPROF, which nobody handles, ends the process. */
  setitimer (ITIMER_PROF, &timer, NULL);
}
