/* SPDX-License-Identifier: ISC */
/*
 * The environment of a program that starts: nothing of ours except what
 * command.h lists. A failure goes through a close-on-exec pipe, so that "there
 * is no such program" is never taken for a program that ended with status 127.
 */
#include "command/start.h"

#include "base/io.h"

#include <errno.h>
#include <grp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* By the bare system call: signal(3) leaves the two signals alone that libc
 * keeps for itself, and our parent may have ignored them, too. A struct of
 * zeros is the kernel's SIG_DFL. Last of all: if there is another thread, a
 * sanitizer's, libc changes its user by such a signal. */
static void start_reset_signals(void)
{
    static const char standard[64];
    sigset_t none;
    int sig;

    for (sig = 1; sig < NSIG; sig++)
        syscall(SYS_rt_sigaction, sig, standard, NULL, (NSIG - 1) / 8);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Ends with the keeper. Set again after every change of the user, which resets
 * it. */
static void start_die_with(pid_t keeper)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != keeper)
        _exit(127);
}

static int start_identity(const struct keeper_job *job)
{
    if (!job->identity)
        return 0;
    if (setgroups(job->n_groups, job->groups) < 0 ||
        setresgid(job->gid, job->gid, job->gid) < 0 ||
        setresuid(job->uid, job->uid, job->uid) < 0)
        return -errno;
    return 0;
}

static int start_descriptors(const struct keeper_job *job, int output_fd)
{
    if (dup2(job->input_fd, STDIN_FILENO) < 0 ||
        dup2(output_fd, STDOUT_FILENO) < 0 ||
        dup2(output_fd, STDERR_FILENO) < 0)
        return -errno;
    /* Not closed at once: start_fd is among them. */
    if (close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) < 0)
        return -errno;
    return 0;
}

static int start_try(const struct keeper_job *job, pid_t keeper, int output_fd,
                     enum keeper_stage *stage)
{
    int r;

    *stage = KEEPER_SETUP;
    if (setsid() < 0)
        return -errno;
    start_die_with(keeper);
    umask(022);
    r = start_descriptors(job, output_fd);
    if (r < 0)
        return r;
    *stage = KEEPER_IDENTITY;
    r = start_identity(job);
    if (r < 0)
        return r;
    start_die_with(keeper);
    *stage = KEEPER_DIRECTORY;
    if (chdir(job->directory) < 0)
        return -errno;
    start_reset_signals();
    *stage = KEEPER_EXEC;
    execve(job->file, job->argv, job->envp);
    return -errno;
}

_Noreturn void start_program(const struct keeper_job *job, pid_t keeper,
                             int output_fd, int start_fd)
{
    struct start_failure failure = {0};

    failure.error = -start_try(job, keeper, output_fd, &failure.stage);
    io_write_all(start_fd, &failure, sizeof(failure));
    _exit(127);
}
