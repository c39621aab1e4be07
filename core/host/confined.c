/* SPDX-License-Identifier: ISC */
/* Starting a confined child: which descriptors, signals and surroundings it
 * has before any code of a module runs in it. */
#include "host/confined.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/io.h"
#include "base/util.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/pidfd.h>
#include <sys/wait.h>

#define FILES_MAX 256

struct confined_pipes {
    int error[2];
    int out[2];
};

static int report_fd = -1;

int confined_report(const void *bytes, size_t size)
{
    return io_write_all(report_fd, bytes, size);
}

static void confined_reset_signals(void)
{
    sigset_t none;
    int number;

    for (number = 1; number < NSIG; number++)
        signal(number, SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static void confined_keep_only(int from, const int *keep, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++) {
        if (keep[i] > from)
            close_range((unsigned) from, (unsigned) keep[i] - 1, 0);
        if (keep[i] >= from)
            from = keep[i] + 1;
    }
    close_range((unsigned) from, ~0U, 0);
}

/* The report pipe is put in order among the descriptors that stay. */
static void confined_close_others(const struct confined_spec *spec, int report)
{
    cleanup_free int *keep = xcalloc(spec->n_keep + 1, sizeof(*keep));
    size_t i, n = 0;

    for (i = 0; i < spec->n_keep; i++) {
        if (report >= 0 && report < spec->keep[i] &&
            (n == 0 || keep[n - 1] < report))
            keep[n++] = report;
        keep[n++] = spec->keep[i];
    }
    if (report >= 0 && (n == 0 || keep[n - 1] < report))
        keep[n++] = report;
    confined_keep_only(STDERR_FILENO + 1, keep, n);
}

static int confined_stdio(const struct confined_pipes *pipes)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);

    if (null < 0 || dup2(null, STDIN_FILENO) < 0 ||
        dup2(null, STDOUT_FILENO) < 0 ||
        dup2(pipes->error[1], STDERR_FILENO) < 0)
        return -errno;
    return 0;
}

static _Noreturn void confined_run(const struct confined_spec *spec,
                                   const struct confined_pipes *pipes,
                                   pid_t parent)
{
    int highest = spec->n_keep > 0 ? spec->keep[spec->n_keep - 1] : 0;
    struct confine_limits limits = {
        .memory_bytes = spec->memory_bytes,
        .time_ms = spec->time_ms,
        .file_bytes = spec->result_bytes,
        .start = spec->start,
    };
    struct error err;
    int r;

    if (pipes->out[1] > highest)
        highest = pipes->out[1];
    limits.files = (uint64_t) highest + FILES_MAX;
    report_fd = pipes->out[1];
    confined_reset_signals();
    clearenv();
    r = confined_stdio(pipes);
    if (r == 0)
        r = confine_enter(spec->confine, &limits, parent, &err);
    else
        error_errno(&err, r, "standard descriptors");
    if (r < 0) {
        io_write_all(STDERR_FILENO, err.text, strlen(err.text));
        _exit(CONFINE_EXIT_FAILED);
    }
    confined_close_others(spec, report_fd);
    _exit(spec->run(spec->userdata));
}

static int confined_open_pipes(struct confined_pipes *pipes, bool report)
{
    int r;

    if (pipe2(pipes->error, O_CLOEXEC) < 0)
        return -errno;
    if (!report || pipe2(pipes->out, O_CLOEXEC) == 0)
        return 0;
    r = -errno;
    close(pipes->error[0]);
    close(pipes->error[1]);
    return r;
}

static void confined_close_ends(const int ends[2], int which)
{
    if (ends[which] >= 0)
        close(ends[which]);
}

int confined_start(struct confined *child, const struct confined_spec *spec,
                   struct error *err)
{
    struct confined_pipes pipes = {{-1, -1}, {-1, -1}};
    pid_t parent = getpid(), pid;
    int r = confined_open_pipes(&pipes, spec->report);

    if (r < 0)
        return error_errno(err, r, "pipes for a planner");
    pid = fork();
    if (pid == 0)
        confined_run(spec, &pipes, parent);
    r = pid < 0 ? -errno : 0;
    confined_close_ends(pipes.error, 1);
    confined_close_ends(pipes.out, 1);
    *child = (struct confined){.pid = pid,
                               .error_fd = pipes.error[0],
                               .out_fd = pipes.out[0],
                               .pidfd = pid > 0 ? pidfd_open(pid, 0) : -1};
    if (r == 0 && child->pidfd < 0)
        r = -errno;
    if (r < 0) {
        confined_done(child);
        return error_errno(err, r, "starting a planner");
    }
    fcntl(child->error_fd, F_SETFL, O_NONBLOCK);
    if (child->out_fd >= 0)
        fcntl(child->out_fd, F_SETFL, O_NONBLOCK);
    child->deadline_ms = clock_ms() + spec->time_ms;
    return 0;
}

void confined_done(struct confined *child)
{
    if (child->pid > 0 && child->end == CONFINED_RUNNING) {
        kill(child->pid, SIGKILL);
        waitpid(child->pid, NULL, 0);
    }
    if (child->pid != 0) {
        if (child->pidfd >= 0)
            close(child->pidfd);
        if (child->error_fd >= 0)
            close(child->error_fd);
        if (child->out_fd >= 0)
            close(child->out_fd);
    }
    buf_done(&child->out);
    buf_done(&child->said);
    *child = (struct confined){.pidfd = -1, .out_fd = -1, .error_fd = -1};
}

size_t confined_cpus(void)
{
    cpu_set_t set;
    int n = sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : 1;

    return n > 0 ? (size_t) n : 1;
}
