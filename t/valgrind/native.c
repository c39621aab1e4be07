/* SPDX-License-Identifier: ISC */
/*
 * System calls that valgrind (3.19) does not know, for check-valgrind alone:
 * preloaded, it makes them on the real processor, behind valgrind's back, so
 * that ccm has the kernel that it is written for. What they take and give is
 * numbers and structs of numbers, so memcheck misses nothing but whether a
 * path is initialised.
 *
 * The hard limit of descriptors is valgrind's, which keeps its own above the
 * soft one and refuses to have the two the same: only the soft one is set.
 *
 * One is kept from ccm instead: the system call filter of the planners would
 * hold for valgrind, too, which needs more calls than a plan does. A kernel
 * that has no filters is a case that ccm knows; users, limits and Landlock
 * are put on as ever, and module code is watched by memcheck. It is not
 * searched for leaks: a planner ends when it has handed over its plan, and what
 * it holds goes with it, in bulk. Landlock lets files be made and written
 * there, because valgrind makes a report for each process.
 */
#include <errno.h>
#include <linux/landlock.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include <valgrind/valgrind.h>

#define ARGUMENTS 6
#define NATIVE_TRUNCATE (1u << 14) /* younger than some headers */

struct native_call {
    long number;
    long argument[ARGUMENTS];
};

#define EXPORT __attribute__((visibility("default")))

/* A process in valgrind has valgrind's name; tests look for ours. */
__attribute__((constructor)) static void native_name(void)
{
    if (RUNNING_ON_VALGRIND)
        prctl(PR_SET_NAME, program_invocation_short_name);
}

EXPORT int pidfd_open(int pid, unsigned flags);
EXPORT int prctl(int operation, ...);
EXPORT int setrlimit(__rlimit_resource_t what, const struct rlimit *limit);
EXPORT long syscall(long number, ...);

/* Called with the number of a thread, and without what libc needs. */
static long native_make(unsigned long thread, const struct native_call *call)
{
    register long a4 __asm__("r10") = call->argument[3];
    register long a5 __asm__("r8") = call->argument[4];
    register long a6 __asm__("r9") = call->argument[5];
    long r;

    (void) thread;
    __asm__ volatile("syscall"
                     : "=a"(r)
                     : "a"(call->number), "D"(call->argument[0]),
                       "S"(call->argument[1]), "d"(call->argument[2]), "r"(a4),
                       "r"(a5), "r"(a6)
                     : "rcx", "r11", "memory");
    return r;
}

static int native_unknown_to_valgrind(long number)
{
    switch (number) {
    case SYS_pidfd_open:
    case SYS_openat2:
    case SYS_landlock_add_rule:
    case SYS_landlock_restrict_self:
        return 1;
    default:
        return 0;
    }
}

/* The fence of a planner, but for what a report wants. */
static long native_fence(struct native_call call)
{
    uint64_t rules[8] = {0};

    if (!call.argument[0] || call.argument[1] > (long) sizeof(rules))
        return (long) VALGRIND_NON_SIMD_CALL1(native_make, &call);
    memcpy(rules, (const void *) call.argument[0], (size_t) call.argument[1]);
    rules[0] &= ~(uint64_t) (LANDLOCK_ACCESS_FS_WRITE_FILE |
                             LANDLOCK_ACCESS_FS_MAKE_REG | NATIVE_TRUNCATE);
    call.argument[0] = (long) rules;
    return (long) VALGRIND_NON_SIMD_CALL1(native_make, &call);
}

static long native_call(const struct native_call *call)
{
    long r;

    if (RUNNING_ON_VALGRIND && call->number == SYS_landlock_create_ruleset)
        r = native_fence(*call);
    else if (RUNNING_ON_VALGRIND && native_unknown_to_valgrind(call->number))
        r = (long) VALGRIND_NON_SIMD_CALL1(native_make, call);
    else
        r = native_make(0, call);
    if (r >= 0 || r < -4095)
        return r;
    errno = (int) -r;
    return -1;
}

long syscall(long number, ...)
{
    struct native_call call = {.number = number};
    va_list list;
    int i;

    va_start(list, number);
    for (i = 0; i < ARGUMENTS; i++)
        call.argument[i] = va_arg(list, long);
    va_end(list);
    return native_call(&call);
}

int pidfd_open(int pid, unsigned flags)
{
    return (int) syscall(SYS_pidfd_open, pid, flags);
}

int prctl(int operation, ...)
{
    struct native_call call = {.number = SYS_prctl, .argument = {operation}};
    va_list list;
    int i;

    if (operation == PR_SET_NO_NEW_PRIVS)
        VALGRIND_CLO_CHANGE("--leak-check=no");
    if (RUNNING_ON_VALGRIND &&
        (operation == PR_GET_SECCOMP || operation == PR_SET_SECCOMP)) {
        errno = EINVAL;
        return -1;
    }
    va_start(list, operation);
    for (i = 1; i < 5; i++)
        call.argument[i] = va_arg(list, long);
    va_end(list);
    return (int) native_call(&call);
}

int setrlimit(__rlimit_resource_t what, const struct rlimit *limit)
{
    struct rlimit now, set = *limit;

    if (RUNNING_ON_VALGRIND && what == RLIMIT_NOFILE &&
        getrlimit(what, &now) == 0)
        set.rlim_max = now.rlim_max;
    return (int) syscall(SYS_prlimit64, 0, what, &set, 0);
}
