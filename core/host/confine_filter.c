/* SPDX-License-Identifier: ISC */
/*
 * The system call filter: an allow-list. What a plan needs is little and
 * known (memory, reading files, the time), while the list of what could hurt
 * grows with every kernel (io_uring, bpf, ...), so whatever is not named here
 * does not exist for a module (ENOSYS, which libraries know how to live with).
 *
 * What is known to be an attempt to change something, to connect or to start
 * something does not just fail, because a module that ignores the error would
 * declare half of what it meant: it ends the process (SIGSYS, see confine.c)
 * and so fails the configuration with the call's name. Threads count as
 * processes: the API is not made for them, and plan() is a function. (libc
 * blocks signals while it starts one: then the kernel ends the process without
 * the call's name.)
 *
 * libc itself asks for a UNIX socket when a user's name is looked up (nscd)
 * and does without: that one gets EACCES.
 *
 * A signal may go to oneself alone, for abort(3). The filter is compiled
 * once; each child writes its own process id over the place-holder.
 */
#include "host/confine_filter.h"

#include "base/alloc.h"
#include "base/util.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#define PID_PLACE_HOLDER 0x7ccf1d5eu
#define OPEN_WRITE (O_ACCMODE | O_CREAT | O_TRUNC | (O_TMPFILE & ~O_DIRECTORY))

static const char *const allowed[] = {
    /* memory */
    "brk",
    "mmap",
    "munmap",
    "mremap",
    "mprotect",
    "madvise",
    "mincore",
    /* descriptors that are there; none of them leads to a file */
    "read",
    "readv",
    "pread64",
    "preadv",
    "write",
    "writev",
    "pwrite64",
    "lseek",
    "close",
    "close_range",
    "dup",
    "dup2",
    "dup3",
    "pipe",
    "pipe2",
    "poll",
    "ppoll",
    "select",
    "pselect6",
    /* looking at files */
    "fstat",
    "stat",
    "lstat",
    "newfstatat",
    "statx",
    "statfs",
    "fstatfs",
    "access",
    "faccessat",
    "faccessat2",
    "readlink",
    "readlinkat",
    "getcwd",
    "getdents",
    "getdents64",
    "fadvise64",
    "getxattr",
    "lgetxattr",
    "fgetxattr",
    "chdir",
    "fchdir",
    "umask",
    /* oneself */
    "getpid",
    "gettid",
    "getppid",
    "getuid",
    "geteuid",
    "getgid",
    "getegid",
    "getresuid",
    "getresgid",
    "getgroups",
    "getpgrp",
    "getpgid",
    "getsid",
    "getrlimit",
    "getrusage",
    "times",
    "uname",
    "sysinfo",
    "getrandom",
    "sched_getaffinity",
    "sched_yield",
    "futex",
    "set_robust_list",
    "rseq",
    "set_tid_address",
    "arch_prctl",
    "exit",
    "exit_group",
    "capget",
    /* the time */
    "time",
    "gettimeofday",
    "clock_gettime",
    "clock_getres",
    "nanosleep",
    "clock_nanosleep",
    "restart_syscall",
    /* signals */
    "rt_sigprocmask",
    "rt_sigreturn",
    "rt_sigpending",
    "sigaltstack",
};

static const char *const forbidden[] = {
    /* starting something */
    "fork",
    "vfork",
    "clone",
    "execve",
    "execveat",
    /* connecting */
    "connect",
    "bind",
    "listen",
    "accept",
    "accept4",
    "socketpair",
    "sendto",
    "sendmsg",
    "sendmmsg",
    /* other processes */
    "kill",
    "tkill",
    "rt_sigqueueinfo",
    "rt_tgsigqueueinfo",
    "pidfd_send_signal",
    "pidfd_getfd",
    "ptrace",
    "process_vm_readv",
    "process_vm_writev",
    "setpriority",
    "shmget",
    "shmat",
    "semget",
    "msgget",
    "mq_open",
    /* files */
    "creat",
    "unlink",
    "unlinkat",
    "rename",
    "renameat",
    "renameat2",
    "mkdir",
    "mkdirat",
    "rmdir",
    "link",
    "linkat",
    "symlink",
    "symlinkat",
    "mknod",
    "mknodat",
    "chmod",
    "fchmod",
    "fchmodat",
    "fchmodat2",
    "chown",
    "fchown",
    "lchown",
    "fchownat",
    "truncate",
    "ftruncate",
    "fallocate",
    "utime",
    "utimes",
    "utimensat",
    "futimesat",
    "setxattr",
    "lsetxattr",
    "fsetxattr",
    "removexattr",
    "lremovexattr",
    "fremovexattr",
    "copy_file_range",
    "sendfile",
    "splice",
    "fsync",
    "sync",
    "syncfs",
    "memfd_create",
    /* the system */
    "mount",
    "umount2",
    "move_mount",
    "open_tree",
    "fsopen",
    "fsmount",
    "mount_setattr",
    "pivot_root",
    "chroot",
    "unshare",
    "setns",
    "bpf",
    "perf_event_open",
    "io_uring_setup",
    "userfaultfd",
    "keyctl",
    "add_key",
    "request_key",
    "init_module",
    "finit_module",
    "delete_module",
    "kexec_load",
    "kexec_file_load",
    "reboot",
    "swapon",
    "swapoff",
    "sethostname",
    "setdomainname",
    "settimeofday",
    "clock_settime",
    "clock_adjtime",
    "adjtimex",
    "quotactl",
    "acct",
    "syslog",
    "iopl",
    "ioperm",
    "setuid",
    "setgid",
    "setreuid",
    "setregid",
    "setresuid",
    "setresgid",
    "setgroups",
    "setfsuid",
    "setfsgid",
    "capset",
};

/* Rules that look at one argument. The kernel takes these arguments as 32
 * bits; with more bits set than that, none of the rules that allow match. */
static const struct {
    const char *name;
    uint32_t action;
    struct scmp_arg_cmp arg;
} conditional[] = {
    {"socket", SCMP_ACT_ERRNO(EACCES), {0, SCMP_CMP_EQ, AF_UNIX, 0}},
    {"socket", SCMP_ACT_TRAP, {0, SCMP_CMP_NE, AF_UNIX, 0}},
    {"tgkill", SCMP_ACT_ALLOW, {0, SCMP_CMP_EQ, PID_PLACE_HOLDER, 0}},
    {"tgkill", SCMP_ACT_TRAP, {0, SCMP_CMP_NE, PID_PLACE_HOLDER, 0}},
    {"rt_sigaction", SCMP_ACT_ALLOW, {0, SCMP_CMP_NE, SIGSYS, 0}},
    {"prlimit64", SCMP_ACT_ALLOW, {2, SCMP_CMP_EQ, 0, 0}},
    {"fcntl", SCMP_ACT_ALLOW, {1, SCMP_CMP_EQ, F_DUPFD, 0}},
    {"fcntl", SCMP_ACT_ALLOW, {1, SCMP_CMP_EQ, F_DUPFD_CLOEXEC, 0}},
    {"fcntl", SCMP_ACT_ALLOW, {1, SCMP_CMP_EQ, F_GETFD, 0}},
    {"fcntl", SCMP_ACT_ALLOW, {1, SCMP_CMP_EQ, F_SETFD, 0}},
    {"fcntl", SCMP_ACT_ALLOW, {1, SCMP_CMP_EQ, F_GETFL, 0}},
    {"ioctl", SCMP_ACT_ALLOW, {1, SCMP_CMP_EQ, TCGETS, 0}},
    {"ioctl", SCMP_ACT_ALLOW, {1, SCMP_CMP_EQ, FIONREAD, 0}},
    {"prctl", SCMP_ACT_ALLOW, {0, SCMP_CMP_EQ, PR_SET_VMA, 0}},
};

/* For open and openat: a value of the flags, under a mask, and what then. */
static const struct {
    uint32_t action;
    scmp_datum_t mask, value;
} opening[] = {
    {SCMP_ACT_ALLOW, OPEN_WRITE, O_RDONLY},
    {SCMP_ACT_TRAP, O_ACCMODE, O_WRONLY},
    {SCMP_ACT_TRAP, O_ACCMODE, O_RDWR},
    {SCMP_ACT_TRAP, O_ACCMODE, O_ACCMODE},
    {SCMP_ACT_TRAP, O_CREAT, O_CREAT},
    {SCMP_ACT_TRAP, O_TRUNC, O_TRUNC},
    {SCMP_ACT_TRAP, O_TMPFILE & ~O_DIRECTORY, O_TMPFILE & ~O_DIRECTORY},
};

/* Adds a rule; a system call that this architecture lacks needs none. */
static int filter_rule(scmp_filter_ctx filter, uint32_t action,
                       const char *name, const struct scmp_arg_cmp *arg)
{
    int call = seccomp_syscall_resolve_name(name);

    if (call < 0)
        return 0;
    return seccomp_rule_add_array(filter, action, call, arg ? 1 : 0, arg);
}

static int filter_add_names(scmp_filter_ctx filter)
{
    size_t i;
    int r = 0;

    for (i = 0; i < ARRAY_SIZE(allowed) && r == 0; i++)
        r = filter_rule(filter, SCMP_ACT_ALLOW, allowed[i], NULL);
    for (i = 0; i < ARRAY_SIZE(forbidden) && r == 0; i++)
        r = filter_rule(filter, SCMP_ACT_TRAP, forbidden[i], NULL);
    return r;
}

static int filter_add_conditional(scmp_filter_ctx filter)
{
    size_t i;
    int r = 0;

    for (i = 0; i < ARRAY_SIZE(conditional) && r == 0; i++)
        r = filter_rule(filter, conditional[i].action, conditional[i].name,
                        &conditional[i].arg);
    for (i = 0; i < ARRAY_SIZE(opening) && r == 0; i++) {
        struct scmp_arg_cmp flags = {1, SCMP_CMP_MASKED_EQ, opening[i].mask,
                                     opening[i].value};

        r = filter_rule(filter, opening[i].action, "open", &flags);
        flags.arg = 2;
        if (r == 0)
            r = filter_rule(filter, opening[i].action, "openat", &flags);
    }
    return r;
}

/* libseccomp writes the program into a file. */
static int filter_export(scmp_filter_ctx filter, struct sock_fprog *out)
{
    cleanup_close int fd = memfd_create("ccm-filter", MFD_CLOEXEC);
    cleanup_free struct sock_filter *program = NULL;
    off_t size;
    int r;

    if (fd < 0)
        return -errno;
    r = seccomp_export_bpf(filter, fd);
    if (r < 0)
        return r;
    size = lseek(fd, 0, SEEK_END);
    if (size <= 0 || size % (off_t) sizeof(*program) != 0)
        return -EIO;
    program = xmalloc((size_t) size);
    if (pread(fd, program, (size_t) size, 0) != size)
        return -EIO;
    out->len = (unsigned short) ((size_t) size / sizeof(*program));
    out->filter = STEAL(program);
    return 0;
}

int confine_filter_build(struct sock_fprog *out, struct error *err)
{
    scmp_filter_ctx filter;
    int r;

    if (prctl(PR_GET_SECCOMP) < 0)
        return error_set(err, -ENOSYS, "this kernel filters no system calls");
    filter = seccomp_init(SCMP_ACT_ERRNO(ENOSYS));
    if (!filter)
        return error_set(err, -ENOMEM, "seccomp_init failed");
    r = seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
    if (r == 0)
        r = filter_add_names(filter);
    if (r == 0)
        r = filter_add_conditional(filter);
    if (r == 0)
        r = filter_export(filter, out);
    seccomp_release(filter);
    return r < 0 ? error_errno(err, r, "compiling the system call filter") : 0;
}

int confine_filter_load(const struct sock_fprog *filter)
{
    uint32_t pid = (uint32_t) getpid();
    size_t i;

    for (i = 0; i < filter->len; i++)
        if (filter->filter[i].k == PID_PLACE_HOLDER)
            filter->filter[i].k = pid;
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, filter) < 0)
        return -errno;
    return 0;
}
