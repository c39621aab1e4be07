/* SPDX-License-Identifier: ISC */
/*
 * The system call filter: an allow-list. A plan needs few and known calls
 * (memory, reading files, the time), while the list of dangerous calls grows
 * with every kernel (io_uring, bpf, ...). So a call that is not named here does
 * not exist for a module (ENOSYS, which libraries can handle).
 *
 * A call that tries to change something, to connect or to start something does
 * not only fail, because a module that ignores the error would declare half of
 * what it should. It ends the process (SIGSYS, see fence.c) and so fails the
 * configuration with the name of the call. Threads count as processes: the API
 * does not support them, and plan() is a function. (libc blocks signals while
 * it starts one: then the kernel ends the process without the call's name.)
 *
 * libc opens a UNIX socket to look up a user's name (nscd) and works without
 * it: that call gets EACCES.
 *
 * A program that plans (see program.h) has the same filter, except that it can
 * be started and may have threads, and that a forbidden call gets EPERM: a
 * runtime can report where in a script that was, and its exit status then fails
 * the configuration.
 *
 * A process may send signals only to itself, for abort(3). The filter is
 * compiled once; each child writes its own process id over the place-holder.
 */
#include "host/confine_filter.h"

#include "base/alloc.h"
#include "base/util.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#define PID_PLACE_HOLDER 0x7ccf1d5eu
#define OPEN_WRITE (O_ACCMODE | O_CREAT | O_TRUNC | (O_TMPFILE & ~O_DIRECTORY))

/*
 * Rules that look at one argument. The kernel takes most of these arguments as
 * 32 bits and drops the rest, while a filter sees all 64. So a rule that allows
 * names the value exactly, or looks at bits under a mask; a rule "allow all
 * but" would admit values that differ only in bits that the kernel drops.
 */
struct filter_condition {
    const char *name;
    uint32_t action;
    struct scmp_arg_cmp arg;
};

static const struct filter_condition conditional[] = {
    {"socket", SCMP_ACT_ERRNO(EACCES), {0, SCMP_CMP_EQ, AF_UNIX, 0}},
    {"socket", SCMP_ACT_TRAP, {0, SCMP_CMP_NE, AF_UNIX, 0}},
    {"tgkill", SCMP_ACT_ALLOW, {0, SCMP_CMP_EQ, PID_PLACE_HOLDER, 0}},
    {"tgkill", SCMP_ACT_TRAP, {0, SCMP_CMP_NE, PID_PLACE_HOLDER, 0}},
    {"prlimit64", SCMP_ACT_ALLOW, {2, SCMP_CMP_EQ, 0, 0}},
    {"fcntl", SCMP_ACT_ALLOW, {1, SCMP_CMP_EQ, F_DUPFD, 0}},
    {"fcntl", SCMP_ACT_ALLOW, {1, SCMP_CMP_EQ, F_DUPFD_CLOEXEC, 0}},
    {"fcntl", SCMP_ACT_ALLOW, {1, SCMP_CMP_EQ, F_GETFD, 0}},
    {"fcntl", SCMP_ACT_ALLOW, {1, SCMP_CMP_EQ, F_SETFD, 0}},
    {"fcntl", SCMP_ACT_ALLOW, {1, SCMP_CMP_EQ, F_GETFL, 0}},
    {"fcntl", SCMP_ACT_ALLOW, {1, SCMP_CMP_EQ, F_ADD_SEALS, 0}},
    {"ioctl", SCMP_ACT_ALLOW, {1, SCMP_CMP_EQ, TCGETS, 0}},
    {"ioctl", SCMP_ACT_ALLOW, {1, SCMP_CMP_EQ, FIONREAD, 0}},
    {"prctl", SCMP_ACT_ALLOW, {0, SCMP_CMP_EQ, PR_SET_VMA, 0}},
};

/* Every signal but SIGSYS, 31: one of the lower five bits is clear, or one of
 * the two above them, with which signals end, is set. */
static const struct filter_condition of_module[] = {
    {"rt_sigaction", SCMP_ACT_ALLOW, {0, SCMP_CMP_MASKED_EQ, 1, 0}},
    {"rt_sigaction", SCMP_ACT_ALLOW, {0, SCMP_CMP_MASKED_EQ, 2, 0}},
    {"rt_sigaction", SCMP_ACT_ALLOW, {0, SCMP_CMP_MASKED_EQ, 4, 0}},
    {"rt_sigaction", SCMP_ACT_ALLOW, {0, SCMP_CMP_MASKED_EQ, 8, 0}},
    {"rt_sigaction", SCMP_ACT_ALLOW, {0, SCMP_CMP_MASKED_EQ, 16, 0}},
    {"rt_sigaction", SCMP_ACT_ALLOW, {0, SCMP_CMP_MASKED_EQ, 32, 32}},
    {"rt_sigaction", SCMP_ACT_ALLOW, {0, SCMP_CMP_MASKED_EQ, 64, 64}},
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

/* Of a program: it may start threads, and talk to itself. Its memory is counted
 * by what it can write to (RLIMIT_DATA), which leaves out memory that is
 * shared. */
static const struct filter_condition of_program[] = {
    {"clone",
     SCMP_ACT_ALLOW,
     {0, SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD}},
    {"clone", SCMP_ACT_TRAP, {0, SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0}},
    {"socketpair", SCMP_ACT_ALLOW, {0, SCMP_CMP_EQ, AF_UNIX, 0}},
    {"socketpair", SCMP_ACT_TRAP, {0, SCMP_CMP_NE, AF_UNIX, 0}},
    {"mmap", SCMP_ACT_ALLOW, {3, SCMP_CMP_MASKED_EQ, MAP_ANONYMOUS, 0}},
    {"mmap", SCMP_ACT_ALLOW, {3, SCMP_CMP_MASKED_EQ, MAP_TYPE, MAP_PRIVATE}},
    {"mmap",
     SCMP_ACT_TRAP,
     {3, SCMP_CMP_MASKED_EQ, MAP_ANONYMOUS | MAP_SHARED,
      MAP_ANONYMOUS | MAP_SHARED}},
    {"fcntl", SCMP_ACT_ALLOW, {1, SCMP_CMP_EQ, F_SETFL, 0}},
    {"ioctl", SCMP_ACT_ALLOW, {1, SCMP_CMP_EQ, FIOCLEX, 0}},
    {"ioctl", SCMP_ACT_ALLOW, {1, SCMP_CMP_EQ, FIONCLEX, 0}},
    {"ioctl", SCMP_ACT_ALLOW, {1, SCMP_CMP_EQ, FIONBIO, 0}},
    {"prctl", SCMP_ACT_ALLOW, {0, SCMP_CMP_EQ, PR_SET_NAME, 0}},
    {"prctl", SCMP_ACT_ALLOW, {0, SCMP_CMP_EQ, PR_GET_NAME, 0}},
};

/* A filter that is being made. */
struct filter {
    scmp_filter_ctx context;
    const struct confine_exec *exec; /* of a program; NULL: of a module */
};

/* Calls allowed to modules, but not to programs. */
static const char *const not_of_program[] = {"clone", "execveat", "mmap",
                                             "socketpair"};

/* Adds a rule; a system call that this architecture lacks needs none. */
static int filter_rule(const struct filter *filter, uint32_t action,
                       const char *name, const struct scmp_arg_cmp *arg)
{
    int call = seccomp_syscall_resolve_name(name);

    if (call < 0)
        return 0;
    if (action == SCMP_ACT_TRAP && filter->exec)
        action = SCMP_ACT_ERRNO(EPERM);
    return seccomp_rule_add_array(filter->context, action, call, arg ? 1 : 0,
                                  arg);
}

static bool filter_leaves_out(const struct filter *filter, const char *name)
{
    size_t i;

    for (i = 0; filter->exec && i < ARRAY_SIZE(not_of_program); i++)
        if (streq(name, not_of_program[i]))
            return true;
    return false;
}

static int filter_add_all(const struct filter *filter, uint32_t action,
                          const char *const *name)
{
    int r = 0;

    for (; *name && r == 0; name++)
        if (!filter_leaves_out(filter, *name))
            r = filter_rule(filter, action, *name, NULL);
    return r;
}

static int filter_add_names(const struct filter *filter)
{
    int r = filter_add_all(filter, SCMP_ACT_ALLOW, confine_calls_allowed);

    if (r == 0 && filter->exec)
        r = filter_add_all(filter, SCMP_ACT_ALLOW, confine_calls_program);
    return r == 0
               ? filter_add_all(filter, SCMP_ACT_TRAP, confine_calls_forbidden)
               : r;
}

static int filter_add_conditions(const struct filter *filter,
                                 const struct filter_condition *condition,
                                 size_t n)
{
    int r = 0;

    for (; n > 0 && r == 0; n--, condition++)
        r = filter_rule(filter, condition->action, condition->name,
                        &condition->arg);
    return r;
}

static int filter_add_opening(const struct filter *filter)
{
    size_t i;
    int r = 0;

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

/*
 * A program may be started, but not start another: a filter cannot count, so it
 * allows one call that cannot be repeated: it contains random addresses, which
 * the started program does not learn.
 */
static int filter_add_exec(const struct filter *filter)
{
    const struct confine_exec *exec = filter->exec;
    const struct scmp_arg_cmp args[] = {
        {0, SCMP_CMP_EQ, CONFINE_PROGRAM_FD, 0},
        {1, SCMP_CMP_EQ, (uintptr_t) exec->path, 0},
        {2, SCMP_CMP_EQ, (uintptr_t) exec->argv, 0},
        {4, SCMP_CMP_EQ, AT_EMPTY_PATH, 0},
    };

    size_t i;
    int r = seccomp_rule_add_array(filter->context, SCMP_ACT_ALLOW,
                                   SCMP_SYS(execveat), ARRAY_SIZE(args), args);

    for (i = 0; i < ARRAY_SIZE(args) && r == 0; i++) {
        struct scmp_arg_cmp other = args[i];

        other.op = SCMP_CMP_NE;
        r = filter_rule(filter, SCMP_ACT_TRAP, "execveat", &other);
    }
    return r;
}

static int filter_add_program(const struct filter *filter)
{
    int r = filter_add_conditions(filter, of_program, ARRAY_SIZE(of_program));

    if (r == 0)
        r = filter_rule(filter, SCMP_ACT_ALLOW, "rt_sigaction", NULL);
    return r == 0 ? filter_add_exec(filter) : r;
}

static int filter_add_rules(const struct filter *filter)
{
    int r = filter_add_names(filter);

    if (r == 0)
        r = filter_add_conditions(filter, conditional, ARRAY_SIZE(conditional));
    if (r == 0 && filter->exec)
        r = filter_add_program(filter);
    else if (r == 0)
        r = filter_add_conditions(filter, of_module, ARRAY_SIZE(of_module));
    return r == 0 ? filter_add_opening(filter) : r;
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

int confine_filter_build(const struct confine_exec *exec,
                         struct sock_fprog *out, struct error *err)
{
    struct filter filter = {.exec = exec};
    int r;

    if (prctl(PR_GET_SECCOMP) < 0)
        return error_set(err, -ENOSYS,
                         "this kernel cannot filter system calls");
    filter.context = seccomp_init(SCMP_ACT_ERRNO(ENOSYS));
    if (!filter.context)
        return error_set(err, -ENOMEM, "seccomp_init failed");
    r = seccomp_attr_set(filter.context, SCMP_FLTATR_CTL_OPTIMIZE, 2);
    if (r == 0)
        r = filter_add_rules(&filter);
    if (r == 0)
        r = filter_export(filter.context, out);
    seccomp_release(filter.context);
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
