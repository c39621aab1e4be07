/* SPDX-License-Identifier: ISC */
/*
 * Confinement of children that run module code.
 *
 * Several fences stand behind each other, because each has gaps: another
 * user keeps what root could read or kill out of reach; the filter ends what
 * writes, connects or starts programs; Landlock says the same about files
 * without looking at system calls; limits bound memory, time and output.
 *
 * The user is the number of "nobody", not one made for ccm: a planner owns
 * nothing, no file belongs to it, and there is nothing to set up or to clean
 * away on any system. Its planners cannot touch each other: signals, ptrace
 * and the like are refused to them.
 *
 * Sanitizers reserve terabytes of address space, so a build with one has no
 * memory limit.
 */
#include "host/confine.h"

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

#define NOBODY 65534
/* Of that user, before its program is started, and of the program: threads. */
#define PROCESSES_OF_PROGRAM 4096
#define REFUSAL_MARK "ccm-refused-call "

#if SANITIZED
#include <sanitizer/common_interface_defs.h>

/* A module that calls exit() is not to be searched for leaks: the search needs
 * another process. */
static bool confined;

int __lsan_is_turned_off(void);
int __lsan_is_turned_off(void)
{
    return confined;
}
#endif

struct confine {
    bool root;     /* started as root: becomes nobody */
    bool filtered; /* filter is there */
    struct sock_fprog filter;
    int landlock_fd;       /* -1: none */
    int landlock_abi;      /* 0: none */
    uint64_t mapped_bytes; /* by the runner when it was asked */
    struct error filter_error;
};

/* What the runner has mapped, which its children inherit. */
static uint64_t confine_mapped(void)
{
    cleanup_file FILE *file = fopen("/proc/self/statm", "re");
    unsigned long long pages = 0;

    if (!file || fscanf(file, "%llu", &pages) != 1)
        return 0;
    return pages * (uint64_t) sysconf(_SC_PAGESIZE);
}

int confine_new(struct confine **out, struct error *err)
{
    struct confine *confine = xcalloc(1, sizeof(*confine));
    int r;

    confine->root = geteuid() == 0;
    confine->mapped_bytes = confine_mapped();
    r = confine_filter_build(NULL, &confine->filter, &confine->filter_error);
    confine->filtered = r == 0;
    confine->landlock_fd = confine_landlock_open(&confine->landlock_abi);
    if (confine->landlock_fd < -1) {
        r = error_errno(err, confine->landlock_fd, "Landlock");
        confine_free(confine);
        return r;
    }
    *out = confine;
    return 0;
}

void confine_free(struct confine *confine)
{
    if (!confine)
        return;
    if (confine->landlock_fd >= 0)
        close(confine->landlock_fd);
    free(confine->filter.filter);
    free(confine);
}

/* A few bytes by hand: this runs in a signal handler, in a process whose
 * heap may be in ruins. The thread sanitizer's _exit() would wait for what a
 * refused fork() holds. */
static void confine_on_refusal(int signal, siginfo_t *info, void *context)
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
    syscall(SYS_exit_group, CONFINE_EXIT_REFUSED);
}

static int confine_limit(int what, uint64_t value)
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
static int confine_limit_time(uint64_t seconds)
{
    struct rlimit limit = {seconds, seconds + 1};
    struct rlimit now;

    if (getrlimit(RLIMIT_CPU, &now) == 0 && now.rlim_max < limit.rlim_max)
        limit.rlim_cur = limit.rlim_max = now.rlim_max;
    return setrlimit(RLIMIT_CPU, &limit) < 0 ? -errno : 0;
}

static int confine_limit_memory(const struct confine *confine,
                                const struct confine_limits *limits)
{
    if (SANITIZED)
        return 0;
    return confine_limit(RLIMIT_AS,
                         confine->mapped_bytes + limits->memory_bytes);
}

static int confine_set_limits(const struct confine *confine,
                              const struct confine_limits *limits)
{
    int r = confine_limit(RLIMIT_CORE, 0);

    if (r == 0 && !limits->start)
        r = confine_limit_memory(confine, limits);
    if (r == 0)
        r = confine_limit_time((uint64_t) limits->time_ms / 1000 + 1);
    if (r == 0)
        r = confine_limit(RLIMIT_FSIZE, limits->file_bytes);
    if (r == 0)
        r = confine_limit(RLIMIT_NOFILE, limits->files);
    return r == 0 ? confine_limit(RLIMIT_NPROC,
                                  limits->start ? PROCESSES_OF_PROGRAM : 0)
                  : r;
}

static int confine_drop_user(const struct confine *confine)
{
    struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct none[2] = {{0, 0, 0}, {0, 0, 0}};

    if (confine->root &&
        (setgroups(0, NULL) < 0 || setresgid(NOBODY, NOBODY, NOBODY) < 0 ||
         setresuid(NOBODY, NOBODY, NOBODY) < 0))
        return -errno;
    if (syscall(SYS_capset, &head, none) < 0)
        return -errno;
    return 0;
}

/* What is started comes between Landlock, which holds for it, too, and the
 * filter, which would forbid it. */
static int confine_start_program(const struct confine *confine,
                                 const struct confine_limits *limits,
                                 struct error *err)
{
    const struct confine_start *start = limits->start;
    cleanup_close int rules = -1;
    int abi, r = 0;
    size_t i;

    if (confine->landlock_fd >= 0) {
        rules = confine_landlock_open(&abi);
        r = rules < 0 ? rules : 0;
        for (i = 0; i < start->n_executables && r == 0; i++)
            r = confine_landlock_allow_executing(rules, start->executables[i]);
        if (r == 0)
            r = confine_landlock_enter(rules);
    }
    if (r < 0)
        return error_errno(err, r, "Landlock for a program");
    r = start->start(start->userdata, err);
    if (r == 0)
        r = confine_limit(RLIMIT_NPROC, 0);
    return r < 0 ? r : confine_limit_memory(confine, limits);
}

static int confine_fence(const struct confine *confine,
                         const struct confine_limits *limits, struct error *err)
{
    bool start = limits->start != NULL;
    struct sigaction action = {.sa_sigaction = confine_on_refusal,
                               .sa_flags = SA_SIGINFO | SA_NODEFER};
    int r = 0;

    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        return error_errno(err, -errno, "no_new_privs");
    if (start)
        r = confine_start_program(confine, limits, err);
    else if (confine->landlock_fd >= 0)
        r = confine_landlock_enter(confine->landlock_fd);
    if (r < 0)
        return start ? r : error_errno(err, r, "Landlock");
    if (sigaction(SIGSYS, &action, NULL) < 0)
        return error_errno(err, -errno, "a signal handler");
#if SANITIZED
    confined = true;
    /* A file of its own could not be opened any more. */
    __sanitizer_set_report_path("stderr");
#endif
    if (confine->filtered)
        r = confine_filter_load(&confine->filter);
    return r < 0 ? error_errno(err, r, "system call filter") : 0;
}

/* The kernel forgets the death signal when the user changes: set it after. */
static int confine_die_with(pid_t parent)
{
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
        return -errno;
    return getppid() == parent ? 0 : -ESRCH;
}

int confine_enter(const struct confine *confine,
                  const struct confine_limits *limits, pid_t parent,
                  struct error *err)
{
    int r;

    setsid(); /* away from a terminal, into which one could type */
    umask(077);
    if (chdir("/") < 0)
        return error_errno(err, -errno, "/");
    r = confine_set_limits(confine, limits);
    if (r < 0)
        return error_errno(err, r, "setting limits");
    r = confine_drop_user(confine);
    if (r < 0)
        return error_errno(err, r, "becoming an unprivileged user");
    r = confine_die_with(parent);
    if (r < 0)
        return error_errno(err, r, "asking to end with the runner");
    return confine_fence(confine, limits, err);
}

char *confine_refusal(char *text)
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

json_t *confine_json(const struct confine *confine)
{
    json_t *missing = json_array();

    if (!confine->root)
        json_array_append_new(
            missing, json_string("modules plan as the user that runs ccm, not "
                                 "as another one: ccm was not started as "
                                 "root"));
    if (!confine->filtered)
        json_array_append_new(missing,
                              json_sprintf("system calls are not filtered: %s",
                                           confine->filter_error.text));
    if (confine->landlock_abi == 0)
        json_array_append_new(missing,
                              json_string("Landlock is not there: this kernel "
                                          "is too old or has it switched "
                                          "off"));
    if (SANITIZED)
        json_array_append_new(
            missing, json_string("memory is not limited: this is a build with "
                                 "sanitizers"));
    return json_pack("{s:o, s:b, s:i, s:o}", "user",
                     confine->root ? json_string("nobody") : json_null(),
                     "seccomp", confine->filtered, "landlock",
                     confine->landlock_abi, "missing", missing);
}
