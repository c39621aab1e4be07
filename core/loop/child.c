/* SPDX-License-Identifier: ISC */
/*
 * A child process on the event loop.
 *
 * A pidfd reports its end, which is passed on only when all of its output has
 * been read. The runner asks the kernel to kill it when we die; its journal has
 * what it had begun.
 */
#include "loop/child.h"

#include "base/alloc.h"
#include "base/io.h"
#include "base/protocol.h"
#include "base/util.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#define ERRORS_BYTES_MAX (64 * 1024)
#define READ_BYTES 65536
#define INPUT_BYTES (1024 * 1024) /* so that a job is written at once */

struct child {
    struct loop *loop;
    const struct child_ops *ops;
    void *userdata;
    pid_t pid;
    int pid_fd;
    int input_fd;
    struct io exit_io, output_io, errors_io;
    struct buf output, errors;
    struct timer limit;
    struct closer closer;
    bool exited, timed_out, overlong;
    int status;
};

static void child_stop_io(struct io *io)
{
    int fd = io->fd;

    if (fd < 0)
        return;
    io_stop(io);
    io->fd = -1;
    close(fd);
}

static const char *child_last_error(struct child *child)
{
    char *text = child->errors.data;
    char *line;

    while (child->errors.size > 0 && text[child->errors.size - 1] == '\n')
        text[--child->errors.size] = '\0';
    line = text ? strrchr(text, '\n') : NULL;
    return line ? line + 1 : text;
}

static char *child_why(struct child *child)
{
    const char *last = child_last_error(child);

    if (child->timed_out)
        return xstrdup("ccm-runner exceeded its time limit and was killed");
    if (child->overlong)
        return xasprintf("ccm-runner sent a line of more than %d bytes",
                         PROTOCOL_LINE_MAX);
    if (WIFSIGNALED(child->status))
        return xasprintf("ccm-runner was killed by signal %d (%s)",
                         WTERMSIG(child->status),
                         strsignal(WTERMSIG(child->status)));
    if (last && last[0])
        return xstrdup(last);
    return xasprintf("ccm-runner ended with status %d",
                     WEXITSTATUS(child->status));
}

static void child_free(struct child *child)
{
    buf_done(&child->output);
    buf_done(&child->errors);
    free(child);
}

static void child_let_go(struct child *child)
{
    timer_stop(&child->limit);
    child_stop_io(&child->exit_io);
    child_stop_io(&child->output_io);
    child_stop_io(&child->errors_io);
    child_close_input(child);
    loop_remove_closer(child->loop, &child->closer);
}

static void child_end(struct child *child)
{
    cleanup_free char *why = NULL;

    if (!child->exited || child->output_io.fd >= 0 || child->errors_io.fd >= 0)
        return;
    child_let_go(child);
    why = child_why(child);
    child->ops->ended(child->userdata, child->status, why);
    child_free(child);
}

/* The loop ends: nobody is left to notify. */
static void child_closed(void *userdata)
{
    struct child *child = userdata;

    child_kill(child);
    if (!child->exited)
        waitpid(child->pid, NULL, 0);
    child_let_go(child);
    if (child->ops->dropped)
        child->ops->dropped(child->userdata);
    child_free(child);
}

static void child_exited(void *userdata, short revents)
{
    struct child *child = userdata;

    (void) revents;
    if (waitpid(child->pid, &child->status, WNOHANG) != child->pid)
        return;
    child->exited = true;
    child_stop_io(&child->exit_io);
    /* A grandchild may keep the pipes open; it is not waited for. */
    if (child->output_io.fd >= 0)
        child->output_io.fn(child, 0);
    else
        child_end(child);
}

/* Returns false at the end of file. */
static bool child_read(struct io *io, struct buf *buf)
{
    char bytes[READ_BYTES];
    ssize_t n = read(io->fd, bytes, sizeof(bytes));

    if (n > 0)
        buf_add(buf, bytes, (size_t) n);
    return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

static void child_lines(struct child *child)
{
    size_t start = 0;
    char *end;

    while (!child->overlong && child->output.size > start &&
           (end = memchr(child->output.data + start, '\n',
                         child->output.size - start))) {
        char *line = child->output.data + start;
        size_t size = (size_t) (end - line);

        *end = '\0';
        start += size + 1;
        child->overlong = size > PROTOCOL_LINE_MAX;
        if (!child->overlong)
            child->ops->line(child->userdata, line, size);
    }
    buf_shift(&child->output, start);
    if (child->overlong || child->output.size > PROTOCOL_LINE_MAX) {
        child->overlong = true;
        buf_clear(&child->output);
        child_kill(child);
    }
}

static void child_output(void *userdata, short revents)
{
    struct child *child = userdata;
    size_t before;
    bool open;

    (void) revents;
    do {
        before = child->output.size;
        open = child_read(&child->output_io, &child->output);
        /* Another process with the pipe may write endlessly. */
    } while (open && child->exited && child->output.size > before &&
             child->output.size <= PROTOCOL_LINE_MAX);
    child_lines(child);
    if (!open || child->exited) {
        child_stop_io(&child->output_io);
        child_end(child);
    }
}

static void child_errors(void *userdata, short revents)
{
    struct child *child = userdata;

    (void) revents;
    if (!child_read(&child->errors_io, &child->errors)) {
        child_stop_io(&child->errors_io);
        child_end(child);
    } else if (child->errors.size > ERRORS_BYTES_MAX) {
        buf_shift(&child->errors, child->errors.size - ERRORS_BYTES_MAX / 2);
    }
}

static void child_limit(void *userdata)
{
    struct child *child = userdata;

    child->timed_out = true;
    child_kill(child);
}

struct child_pipes {
    int input[2], output[2], errors[2];
};

static void child_close_pipes(struct child_pipes *pipes)
{
    int *fds = (int *) pipes;
    size_t i;

    for (i = 0; i < sizeof(*pipes) / sizeof(int); i++)
        if (fds[i] >= 0)
            close(fds[i]);
}

static int child_make_pipes(const struct child_spec *spec,
                            struct child_pipes *pipes)
{
    *pipes = (struct child_pipes){{-1, -1}, {-1, -1}, {-1, -1}};
    if (pipe2(pipes->input, O_CLOEXEC) < 0 ||
        (spec->output_fd < 0 && pipe2(pipes->output, O_CLOEXEC) < 0) ||
        (spec->keep_errors && pipe2(pipes->errors, O_CLOEXEC) < 0)) {
        int r = -errno;

        child_close_pipes(pipes);
        return r;
    }
    return 0;
}

static void child_exec(const struct child_spec *spec,
                       const struct child_pipes *pipes)
    __attribute__((noreturn));

static void child_exec(const struct child_spec *spec,
                       const struct child_pipes *pipes)
{
    static const char text[] = "ccmd: cannot start ccm-runner\n";
    ssize_t ignored;
    sigset_t none;
    int sig;

    for (sig = 1; sig < NSIG; sig++)
        signal(sig, SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    dup2(pipes->input[0], STDIN_FILENO);
    dup2(spec->output_fd >= 0 ? spec->output_fd : pipes->output[1],
         STDOUT_FILENO);
    if (pipes->errors[1] >= 0)
        dup2(pipes->errors[1], STDERR_FILENO);
    execv(spec->argv[0], (char *const *) spec->argv);
    ignored = write(STDERR_FILENO, text, sizeof(text) - 1);
    (void) ignored;
    _exit(127);
}

static void child_watch(struct child *child, struct child_pipes *pipes)
{
    child->input_fd = pipes->input[1];
    pipes->input[1] = -1;
    fcntl(child->input_fd, F_SETFL, O_NONBLOCK);
    fcntl(child->input_fd, F_SETPIPE_SZ, INPUT_BYTES);
    child->exit_io.fd = child->output_io.fd = child->errors_io.fd = -1;
    io_start(&child->exit_io, child->loop, child->pid_fd, IO_READ, child_exited,
             child);
    if (pipes->output[0] >= 0) {
        fcntl(pipes->output[0], F_SETFL, O_NONBLOCK);
        io_start(&child->output_io, child->loop, pipes->output[0], IO_READ,
                 child_output, child);
        pipes->output[0] = -1;
    }
    if (pipes->errors[0] >= 0) {
        fcntl(pipes->errors[0], F_SETFL, O_NONBLOCK);
        io_start(&child->errors_io, child->loop, pipes->errors[0], IO_READ,
                 child_errors, child);
        pipes->errors[0] = -1;
    }
}

int child_start(struct loop *loop, const struct child_spec *spec,
                const struct child_ops *ops, void *userdata, struct child **out,
                struct error *err)
{
    struct child_pipes pipes;
    struct child *child;
    pid_t pid;
    int pid_fd;
    int r = child_make_pipes(spec, &pipes);

    if (r < 0)
        return error_errno(err, r, "pipe");
    pid = fork();
    if (pid == 0)
        child_exec(spec, &pipes);
    pid_fd = pid < 0 ? -1 : (int) syscall(SYS_pidfd_open, pid, 0);
    if (pid_fd < 0) {
        r = -errno;
        if (pid > 0)
            kill(pid, SIGKILL);
        child_close_pipes(&pipes);
        return error_errno(err, r, "starting %s", spec->argv[0]);
    }
    child = xcalloc(1, sizeof(*child));
    *child = (struct child){.loop = loop,
                            .ops = ops,
                            .userdata = userdata,
                            .pid = pid,
                            .pid_fd = pid_fd};
    child_watch(child, &pipes);
    child_close_pipes(&pipes);
    child->closer = (struct closer){.fn = child_closed, .userdata = child};
    loop_add_closer(loop, &child->closer);
    timer_init(&child->limit, loop, child_limit, child);
    child_set_limit(child, spec->limit_ms);
    if (spec->input)
        child_send(child, spec->input);
    if (!spec->keep_input)
        child_close_input(child);
    *out = child;
    return 0;
}

void child_send(struct child *child, const char *line)
{
    cleanup_free char *text = xasprintf("%s\n", line);

    /* One line fits into a pipe unless the runner never reads; then the partial
     * line is useless, and the time limit ends the runner. */
    if (child->input_fd >= 0)
        io_write_all(child->input_fd, text, strlen(text));
}

void child_close_input(struct child *child)
{
    if (child->input_fd >= 0)
        close(child->input_fd);
    child->input_fd = -1;
}

void child_kill(struct child *child)
{
    if (!child->exited)
        kill(child->pid, SIGKILL);
}

void child_set_limit(struct child *child, int64_t limit_ms)
{
    if (limit_ms > 0)
        timer_set(&child->limit, limit_ms);
    else
        timer_stop(&child->limit);
}
