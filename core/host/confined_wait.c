/* SPDX-License-Identifier: ISC */
/* Watching confined children, and saying how they ended. */
#include "host/confined.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/util.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>

#define SAID_MAX 4096
#define SAID_SHOWN_MAX 1000
#define OUT_MAX (64 * 1024 * 1024)
#define FDS_EACH 3

/* Reads what is there. Returns false at the end or on an error. */
static bool confined_drain(int fd, struct buf *into)
{
    char bytes[16384];
    ssize_t n;

    for (;;) {
        n = read(fd, bytes, sizeof(bytes));
        if (n > 0)
            buf_add(into, bytes, (size_t) n);
        else
            return n < 0 && (errno == EAGAIN || errno == EINTR);
        if ((size_t) n < sizeof(bytes))
            return true;
    }
}

static void confined_drain_fd(int *fd, struct buf *into)
{
    if (*fd < 0 || confined_drain(*fd, into))
        return;
    close(*fd);
    *fd = -1;
}

/* Of standard error the end is kept: there stands what went wrong. */
static void confined_read(struct confined *child)
{
    confined_drain_fd(&child->error_fd, &child->said);
    if (child->said.size > 2 * SAID_MAX)
        buf_shift(&child->said, child->said.size - SAID_MAX);
    confined_drain_fd(&child->out_fd, &child->out);
    if (child->out.size > OUT_MAX)
        kill(child->pid, SIGKILL);
}

static enum confined_end confined_classify(const struct confined *child)
{
    int number = WIFSIGNALED(child->status) ? WTERMSIG(child->status) : 0;

    if (child->killed || number == SIGXCPU)
        return CONFINED_TIMED_OUT;
    if (number == SIGSYS)
        return CONFINED_REFUSED;
    if (number == SIGKILL)
        return CONFINED_MEMORY; /* not by us: the system was short of it */
    if (number != 0)
        return CONFINED_CRASHED;
    switch (WEXITSTATUS(child->status)) {
    case 0:
        return CONFINED_DONE;
    case CONFINE_EXIT_MEMORY:
        return CONFINED_MEMORY;
    case CONFINE_EXIT_REFUSED:
        return CONFINED_REFUSED;
    case CONFINE_EXIT_FAILED:
    case CONFINE_EXIT_REPORT:
        return CONFINED_BROKEN;
    default:
        return CONFINED_EXITED;
    }
}

/* The pipes are read once more: what it said last is the most telling. */
static void confined_reap(struct confined *child)
{
    if (waitpid(child->pid, &child->status, WNOHANG) != child->pid)
        return;
    confined_read(child);
    child->end = confined_classify(child);
}

static void confined_kill_late(struct confined *child, int64_t now)
{
    if (child->killed || now < child->deadline_ms)
        return;
    child->killed = true;
    kill(child->pid, SIGKILL);
}

static int confined_patience(struct confined *const *children, size_t n,
                             struct pollfd *fds)
{
    int64_t now = clock_ms(), least = INT32_MAX;
    size_t i;

    for (i = 0; i < n; i++) {
        const struct confined *child = children[i];
        bool runs = child && child->end == CONFINED_RUNNING;

        fds[FDS_EACH * i] =
            (struct pollfd){runs ? child->pidfd : -1, POLLIN, 0};
        fds[FDS_EACH * i + 1] =
            (struct pollfd){runs ? child->error_fd : -1, POLLIN, 0};
        fds[FDS_EACH * i + 2] =
            (struct pollfd){runs ? child->out_fd : -1, POLLIN, 0};
        if (runs && !child->killed && child->deadline_ms - now < least)
            least = child->deadline_ms - now;
    }
    return least < 0 ? 0 : (int) least;
}

int confined_wait(struct confined *const *children, size_t n, struct error *err)
{
    cleanup_free struct pollfd *fds = xcalloc(n * FDS_EACH, sizeof(*fds));
    int patience = confined_patience(children, n, fds);
    int64_t now;
    size_t i;

    if (poll(fds, n * FDS_EACH, patience) < 0 && errno != EINTR)
        return error_errno(err, -errno, "waiting for planners");
    now = clock_ms();
    for (i = 0; i < n; i++) {
        struct confined *child = children[i];

        if (!child || child->end != CONFINED_RUNNING)
            continue;
        if (fds[FDS_EACH * i + 1].revents || fds[FDS_EACH * i + 2].revents)
            confined_read(child);
        if (fds[FDS_EACH * i].revents)
            confined_reap(child);
        else
            confined_kill_late(child, now);
    }
    return 0;
}

static char *confined_end_text(struct confined *child)
{
    cleanup_free char *call = NULL;
    int number = WIFSIGNALED(child->status) ? WTERMSIG(child->status) : 0;

    switch (child->end) {
    case CONFINED_CRASHED:
        return xasprintf("crashed (SIG%s, %s)", sigabbrev_np(number),
                         sigdescr_np(number));
    case CONFINED_EXITED:
        return xasprintf("exited by itself with status %d",
                         WEXITSTATUS(child->status));
    case CONFINED_TIMED_OUT:
        return xstrdup("timed out and was killed");
    case CONFINED_MEMORY:
        return xstrdup("ran out of memory");
    case CONFINED_BROKEN:
        return xstrdup(WEXITSTATUS(child->status) == CONFINE_EXIT_FAILED
                           ? "could not be confined"
                           : "could not hand over its result (did it close "
                             "descriptors that are not its own?)");
    case CONFINED_REFUSED:
        call =
            confine_refusal(child->said.data ? child->said.data : (char[]){""});
        return xasprintf("tried what a module must not: %s", call);
    default:
        return xstrdup("exited by itself with status 0");
    }
}

char *confined_said(const struct confined *child)
{
    const char *said = child->said.data, *tail;

    if (!said)
        return NULL;
    said += strspn(said, "\n ");
    tail = said + strlen(said);
    while (tail > said && (tail[-1] == '\n' || tail[-1] == ' '))
        tail--;
    if (tail - said > SAID_SHOWN_MAX)
        said = tail - SAID_SHOWN_MAX;
    return tail > said ? xstrndup(said, (size_t) (tail - said)) : NULL;
}

char *confined_describe_end(struct confined *child)
{
    cleanup_free char *end = confined_end_text(child);
    cleanup_free char *said = confined_said(child);

    return said ? xasprintf("%s; it said: %s", end, said) : STEAL(end);
}
