/* SPDX-License-Identifier: ISC */
/*
 * The keeper: a process of our own between command_run and the program.
 *
 * A process can be sure that its descendants have ended only if they become its
 * children when their parents end. PR_SET_CHILD_SUBREAPER does that, but for
 * the whole process: set in the runner it would mix the commands' orphans with
 * its planners. And when SIGKILL ends the runner, another process must end
 * everything that it had started; PR_SET_PDEATHSIG reaches only a direct child,
 * and is lost at the first setuid program. So a small process is forked for
 * each command. It watches a pidfd of its caller (no race between fork and
 * prctl), the output, its children and the clock in one poll.
 */
#include "command/keeper.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/io.h"
#include "base/util.h"
#include "command/capture.h"
#include "command/start.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>

/* How long SIGKILL may take (a process can be stuck in the kernel). */
#define KEEPER_KILL_MS 5000
/* The most that is read at a time, and once more after the program's end. */
#define KEEPER_READ_MAX (64 * 1024)

struct keeper {
    const struct keeper_job *job;
    pid_t leader;
    int signal_fd;
    int output_fd;
    int start_fd; /* reports why the program did not start; -1 when it did */
    bool ended;   /* the leader has; it is not reaped before its group is
                     killed, so that its number stays taken */
    bool timed_out;
    int64_t deadline;
    struct keeper_report report;
    struct capture capture;
};

static void keeper_send(const struct keeper *keeper)
{
    struct keeper_report report = keeper->report;
    cleanup_buf struct buf output = BUF_INIT;

    capture_put(&keeper->capture, &output);
    report.output_size = (uint32_t) output.size;
    if (io_write_all(keeper->job->report_fd, &report, sizeof(report)) == 0)
        io_write_all(keeper->job->report_fd, output.data, output.size);
}

/* Calls back for each child except the leader. Returns their number. */
static size_t keeper_each_child(const struct keeper *keeper,
                                void (*fn)(pid_t child))
{
    cleanup_file FILE *file = fopen("/proc/thread-self/children", "re");
    size_t n = 0;
    int child;

    while (file && fscanf(file, "%d", &child) == 1) {
        if (child == keeper->leader)
            continue;
        n++;
        fn(child);
    }
    return n;
}

static void keeper_kill_one(pid_t child)
{
    kill(child, SIGKILL);
}

static void keeper_reap_one(pid_t child)
{
    waitpid(child, NULL, WNOHANG);
}

static void keeper_ignore_one(pid_t child)
{
    (void) child;
}

/* Looks which have ended. Returns whether none is alive. */
static bool keeper_look(struct keeper *keeper)
{
    struct signalfd_siginfo ignored;
    siginfo_t info = {0};

    while (read(keeper->signal_fd, &ignored, sizeof(ignored)) > 0)
        ;
    keeper_each_child(keeper, keeper_reap_one);
    if (!keeper->ended &&
        waitid(P_PID, (id_t) keeper->leader, &info,
               WEXITED | WNOHANG | WNOWAIT) == 0 &&
        info.si_pid == keeper->leader) {
        keeper->ended = true;
        keeper->report.status =
            info.si_code == CLD_EXITED ? info.si_status : 128 + info.si_status;
    }
    return keeper->ended && keeper_each_child(keeper, keeper_ignore_one) == 0;
}

static void keeper_signal_group(const struct keeper *keeper, int sig)
{
    kill(-keeper->leader, sig);
    /* It may not have called setsid yet. */
    kill(keeper->leader, sig);
}

/* Ends every descendant. */
static void keeper_kill_all(struct keeper *keeper)
{
    struct pollfd fd = {.fd = keeper->signal_fd, .events = POLLIN};
    int64_t deadline = clock_ms() + KEEPER_KILL_MS, left;

    do {
        keeper_signal_group(keeper, SIGKILL);
        keeper_each_child(keeper, keeper_kill_one);
        left = deadline - clock_ms();
        if (keeper_look(keeper) || left <= 0)
            break;
    } while (poll(&fd, 1, (int) left) >= 0 || errno == EINTR);
    waitpid(keeper->leader, NULL, WNOHANG);
}

/* Returns whether there was something to read. */
static bool keeper_read_output(struct keeper *keeper)
{
    static char bytes[KEEPER_READ_MAX];
    ssize_t n = read(keeper->output_fd, bytes, sizeof(bytes));

    if (n > 0)
        capture_add(&keeper->capture, bytes, (size_t) n);
    else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
        close(keeper->output_fd);
        keeper->output_fd = -1;
    }
    return n > 0;
}

static void keeper_read_start(struct keeper *keeper)
{
    struct start_failure failure;

    if (read(keeper->start_fd, &failure, sizeof(failure)) ==
        (ssize_t) sizeof(failure)) {
        keeper->report.stage = failure.stage;
        keeper->report.error = failure.error;
    }
    close(keeper->start_fd);
    keeper->start_fd = -1;
}

/* The time is over: first TERM, then KILL. Returns whether that was the end. */
static bool keeper_time_is_over(struct keeper *keeper)
{
    if (keeper->timed_out)
        return true;
    keeper->timed_out = true;
    keeper->report.timed_out = true;
    keeper->deadline = clock_ms() + keeper->job->grace_ms;
    keeper_signal_group(keeper, SIGTERM);
    /* A stopped process takes a TERM only when it goes on. */
    keeper_signal_group(keeper, SIGCONT);
    return false;
}

static int keeper_poll(struct keeper *keeper, struct pollfd *fds, nfds_t n)
{
    int64_t left = keeper->deadline - clock_ms();
    int timeout = left < 0 ? 0 : left > 3600000 ? 3600000 : (int) left;

    fds[0] = (struct pollfd){.fd = keeper->job->caller_fd, .events = POLLIN};
    fds[1] = (struct pollfd){.fd = keeper->signal_fd, .events = POLLIN};
    fds[2] = (struct pollfd){.fd = keeper->output_fd, .events = POLLIN};
    fds[3] = (struct pollfd){.fd = keeper->start_fd, .events = POLLIN};
    return poll(fds, n, timeout);
}

/* Waits until the program has ended (after TERM: until all have), or must end.
 * Returns false if the caller is gone. */
static bool keeper_watch(struct keeper *keeper)
{
    struct pollfd fds[4];
    bool nobody;

    for (;;) {
        if (keeper_poll(keeper, fds, ARRAY_SIZE(fds)) < 0 && errno != EINTR)
            return true;
        if (fds[0].revents)
            return false;
        if (fds[3].revents)
            keeper_read_start(keeper);
        if (fds[2].revents)
            keeper_read_output(keeper);
        nobody = keeper_look(keeper);
        if (keeper->ended && (nobody || !keeper->timed_out))
            return true;
        if (clock_ms() >= keeper->deadline && keeper_time_is_over(keeper))
            return true;
    }
}

/* Reads the rest of the pipe, without waiting for a daemon that keeps it
 * open. */
static void keeper_drain(struct keeper *keeper)
{
    int times;

    if (keeper->start_fd >= 0)
        keeper_read_start(keeper);
    for (times = 0; times < 16 && keeper->output_fd >= 0; times++)
        if (!keeper_read_output(keeper))
            return;
}

static int keeper_start(struct keeper *keeper)
{
    int output[2] = {-1, -1}, start[2] = {-1, -1};
    pid_t self = getpid();
    sigset_t child;

    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    signal(SIGCHLD, SIG_DFL);
    keeper->signal_fd = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
    if (keeper->signal_fd < 0 || pipe2(output, O_CLOEXEC) < 0 ||
        pipe2(start, O_CLOEXEC) < 0)
        return -errno;
    keeper->leader = fork();
    if (keeper->leader < 0)
        return -errno;
    if (keeper->leader == 0)
        start_program(keeper->job, self, output[1], start[1]);
    close(output[1]);
    close(start[1]);
    fcntl(output[0], F_SETFL, O_NONBLOCK);
    keeper->output_fd = output[0];
    keeper->start_fd = start[0];
    return 0;
}

/* The caller's standard descriptors are somebody's pipes, who waits for their
 * end; other descriptors stay open on purpose (command.h). */
static int keeper_prepare(void)
{
    cleanup_close int null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
    int fd;

    if (null_fd < 0 || prctl(PR_SET_CHILD_SUBREAPER, 1) < 0)
        return -errno;
    prctl(PR_SET_NAME, "ccm-keeper");
    for (fd = 0; fd <= 2; fd++)
        if (dup2(null_fd, fd) < 0)
            return -errno;
    return 0;
}

_Noreturn void keeper_run(const struct keeper_job *job)
{
    static struct keeper keeper;
    int r;

    keeper = (struct keeper){.job = job,
                             .output_fd = -1,
                             .start_fd = -1,
                             .deadline = clock_ms() + job->timeout_ms,
                             .report = {.status = -1}};
    r = keeper_prepare();
    if (r == 0)
        r = keeper_start(&keeper);
    if (r < 0) {
        keeper.report.stage = KEEPER_SETUP;
        keeper.report.error = -r;
        keeper_send(&keeper);
        _exit(1);
    }
    if (!keeper_watch(&keeper)) {
        keeper_kill_all(&keeper);
        _exit(1);
    }
    if (keeper.timed_out)
        keeper_kill_all(&keeper);
    else
        keeper_signal_group(&keeper, SIGKILL);
    keeper_drain(&keeper);
    waitpid(keeper.leader, NULL, WNOHANG);
    keeper_send(&keeper);
    _exit(0);
}
