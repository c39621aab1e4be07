/* SPDX-License-Identifier: ISC */
/*
 * The fences around a process that runs module code.
 *
 * There are several fences in a row, because each has gaps: running as another
 * user protects what root could read or kill; the filter ends a process that
 * writes, connects or starts programs; Landlock restricts files in the same
 * way, independently of system calls; limits bound memory, time and output.
 *
 * Each planner is a user of its own, from a range that nothing else on the
 * machine uses, and cannot be dumped: only a process of root can look into it,
 * send it a signal or change its computation, and planners cannot reach each
 * other. Such a user owns nothing and needs no account.
 *
 * Sanitizers reserve terabytes of address space, so a build with one has no
 * memory limit.
 */
#include "host/fence.h"

#include "base/alloc.h"
#include "base/util.h"
#include "host/confine_filter.h"
#include "host/confine_landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) ||     \
    __has_feature(memory_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

/* Of that user, before its program is started, and of the program: threads. */
#define PROCESSES_OF_PROGRAM 4096
#define REFUSAL_MARK "ccm-refused-call "

#if SANITIZED
#include <sanitizer/common_interface_defs.h>

/* A module that calls exit() must not be searched for leaks, because the search
 * needs another process. */
static bool confined;

int __lsan_is_turned_off(void);
int __lsan_is_turned_off(void)
{
    return confined;
}
#endif

struct fence {
    bool root;     /* started as root: becomes another user */
    bool filtered; /* filter is there */
    struct sock_fprog filter;
    int landlock_abi;      /* 0: none */
    uint64_t mapped_bytes; /* by the process that forks */
    struct error filter_error;
};

/* What is mapped here, which children inherit. */
static uint64_t fence_mapped(void)
{
    cleanup_file FILE *file = fopen("/proc/self/statm", "re");
    unsigned long long pages = 0;

    if (!file || fscanf(file, "%llu", &pages) != 1)
        return 0;
    return pages * (uint64_t) sysconf(_SC_PAGESIZE);
}

struct fence *fence_new(void)
{
    struct fence *fence = xcalloc(1, sizeof(*fence));

    fence->root = geteuid() == 0;
    fence->mapped_bytes = fence_mapped();
    fence->filtered =
        confine_filter_build(NULL, &fence->filter, &fence->filter_error) == 0;
    fence->landlock_abi = confine_landlock_abi();
    return fence;
}

void fence_free(struct fence *fence)
{
    if (!fence)
        return;
    free(fence->filter.filter);
    free(fence);
}

/* Writes a few bytes by hand: this runs in a signal handler, in a process whose
 * heap may be corrupt. The thread sanitizer's _exit() would wait for what a
 * refused fork() holds. */
static void fence_on_refusal(int signal, siginfo_t *info, void *context)
{
    char text[sizeof(REFUSAL_MARK) + 16] = "\n" REFUSAL_MARK;
    size_t size = strlen(text);
    int call = info->si_syscall, divisor = 1000;
    ssize_t ignored;

    (void) signal;
    (void) context;
    for (; divisor > 0; divisor /= 10)
        text[size++] = (char) ('0' + call / divisor % 10);
    text[size++] = '\n';
    ignored = write(STDERR_FILENO, text, size);
    (void) ignored;
    syscall(SYS_exit_group, FENCE_EXIT_REFUSED);
}

static int fence_limit(int what, uint64_t value)
{
    struct rlimit limit = {value, value};
    struct rlimit now;

    /* Without privileges a limit can only be lowered. */
    if (getrlimit((__rlimit_resource_t) what, &now) == 0 &&
        now.rlim_max < value)
        limit.rlim_cur = limit.rlim_max = now.rlim_max;
    return setrlimit((__rlimit_resource_t) what, &limit) < 0 ? -errno : 0;
}

/* One second between the signal that names the cause and the one that cannot
 * be caught. */
static int fence_limit_time(uint64_t seconds)
{
    struct rlimit limit = {seconds, seconds + 1};
    struct rlimit now;

    if (getrlimit(RLIMIT_CPU, &now) == 0 && now.rlim_max < limit.rlim_max)
        limit.rlim_cur = limit.rlim_max = now.rlim_max;
    return setrlimit(RLIMIT_CPU, &limit) < 0 ? -errno : 0;
}

static int fence_limit_memory(const struct fence *fence,
                              const struct fence_limits *limits)
{
    if (SANITIZED)
        return 0;
    return fence_limit(RLIMIT_AS, fence->mapped_bytes + limits->memory_bytes);
}

static int fence_set_limits(const struct fence *fence,
                            const struct fence_limits *limits)
{
    int r = fence_limit(RLIMIT_CORE, 0);

    if (r == 0 && !limits->start)
        r = fence_limit_memory(fence, limits);
    if (r == 0)
        r = fence_limit_time((uint64_t) limits->time_ms / 1000 + 1);
    if (r == 0)
        r = fence_limit(RLIMIT_FSIZE, limits->file_bytes);
    if (r == 0)
        r = fence_limit(RLIMIT_NOFILE, limits->files);
    return r == 0 ? fence_limit(RLIMIT_NPROC,
                                limits->start ? PROCESSES_OF_PROGRAM : 0)
                  : r;
}

static int fence_drop_user(const struct fence *fence, uid_t uid)
{
    struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct none[2] = {{0, 0, 0}, {0, 0, 0}};

    if (fence->root &&
        (setgroups(0, NULL) < 0 || setresgid(uid, uid, uid) < 0 ||
         setresuid(uid, uid, uid) < 0))
        return -errno;
    if (syscall(SYS_capset, &head, none) < 0)
        return -errno;
    return prctl(PR_SET_DUMPABLE, 0) < 0 ? -errno : 0;
}

static int fence_enter_landlock(const struct fence *fence,
                                const struct fence_limits *limits)
{
    const struct fence_start *start = limits->start;
    cleanup_close int rules = -1;
    size_t i;
    int r;

    if (fence->landlock_abi == 0)
        return 0;
    rules = confine_landlock_open(fence->landlock_abi);
    r = rules < 0 ? rules : 0;
    for (i = 0; i < limits->n_readable && r == 0; i++)
        r = confine_landlock_allow_reading(rules, limits->readable[i]);
    for (i = 0; start && i < start->n_executables && r == 0; i++)
        r = confine_landlock_allow_executing(rules, start->executables[i]);
    return r == 0 ? confine_landlock_enter(rules) : r;
}

/* A program is started after Landlock, which applies to it, too, and before the
 * filter, which would forbid it. */
static int fence_start_program(const struct fence *fence,
                               const struct fence_limits *limits,
                               struct error *err)
{
    int r = limits->start->start(limits->start->userdata, err);

    if (r == 0)
        r = fence_limit(RLIMIT_NPROC, 0);
    return r < 0 ? r : fence_limit_memory(fence, limits);
}

static int fence_close(const struct fence *fence,
                       const struct fence_limits *limits, struct error *err)
{
    struct sigaction action = {.sa_sigaction = fence_on_refusal,
                               .sa_flags = SA_SIGINFO | SA_NODEFER};
    int r;

    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        return error_errno(err, -errno, "no_new_privs");
    r = fence_enter_landlock(fence, limits);
    if (r < 0)
        return error_errno(err, r, "Landlock");
    r = limits->start ? fence_start_program(fence, limits, err) : 0;
    if (r < 0)
        return r;
    if (sigaction(SIGSYS, &action, NULL) < 0)
        return error_errno(err, -errno, "a signal handler");
#if SANITIZED
    confined = true;
    /* The process could no longer open its own file. */
    __sanitizer_set_report_path("stderr");
#endif
    if (fence->filtered)
        r = confine_filter_load(&fence->filter);
    return r < 0 ? error_errno(err, r, "system call filter") : 0;
}

/* The kernel forgets the death signal when the user changes: set it after. */
static int fence_die_with(pid_t parent)
{
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
        return -errno;
    return getppid() == parent ? 0 : -ESRCH;
}

int fence_enter(const struct fence *fence, const struct fence_limits *limits,
                pid_t parent, struct error *err)
{
    int r;

    setsid(); /* away from a terminal, into which one could type */
    umask(077);
    if (chdir("/") < 0)
        return error_errno(err, -errno, "/");
    r = fence_set_limits(fence, limits);
    if (r < 0)
        return error_errno(err, r, "setting limits");
    r = fence_drop_user(fence, limits->uid);
    if (r < 0)
        return error_errno(err, r, "becoming an unprivileged user");
    r = fence_die_with(parent);
    if (r < 0)
        return error_errno(err, r, "asking to end with the runner");
    return fence_close(fence, limits, err);
}

char *fence_refusal(char *text)
{
    char *mark = strstr(text, "\n" REFUSAL_MARK), *next;
    char *name, *shown;
    int call;

    while (mark && (next = strstr(mark + 1, "\n" REFUSAL_MARK)))
        mark = next;
    if (!mark)
        return xstrdup("something with signals blocked, such as to start a "
                       "thread");
    call = (int) strtol(mark + strlen("\n" REFUSAL_MARK), NULL, 10);
    *mark = '\0';
    name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, call);
    if (!name)
        return xasprintf("system call %d", call);
    shown = xasprintf("%s%s", name,
                      strncmp(name, "open", 4) == 0 ? " for writing" : "");
    free(name);
    return shown;
}

json_t *fence_json(const struct fence *fence)
{
    json_t *missing = json_array();

    if (!fence->root)
        json_array_append_new(
            missing, json_string("modules plan as the user that runs ccm, not "
                                 "as another one: ccm was not started as "
                                 "root"));
    if (!fence->filtered)
        json_array_append_new(missing,
                              json_sprintf("system calls are not filtered: %s",
                                           fence->filter_error.text));
    if (fence->landlock_abi == 0)
        json_array_append_new(missing,
                              json_string("Landlock is not there: this kernel "
                                          "is too old or has it switched "
                                          "off"));
    if (SANITIZED)
        json_array_append_new(
            missing, json_string("memory is not limited: this is a build with "
                                 "sanitizers"));
    return json_pack("{s:b, s:b, s:i, s:o}", "root", fence->root, "seccomp",
                     fence->filtered, "landlock", fence->landlock_abi,
                     "missing", missing);
}
