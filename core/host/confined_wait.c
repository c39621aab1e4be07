/* SPDX-License-Identifier: ISC */
/* Watching confined children, and saying how they ended. */
#include "host/confined.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/util.h"
#include "host/fence.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>

#define SAID_MAX 4096
#define SAID_SHOWN_MAX 1000
#define OUT_MAX (64 * 1024 * 1024)
#define FDS_EACH 2

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

/* Keeps the end of standard error, which says what went wrong. */
static void confined_read(struct confined *child)
{
    confined_drain_fd(&child->error_fd, &child->said);
    if (child->said.size > 2 * SAID_MAX)
        buf_shift(&child->said, child->said.size - SAID_MAX);
    confined_drain_fd(&child->out_fd, &child->out);
    if (child->out.size > OUT_MAX)
        confine_kill(child->confine, child->id);
}

static enum confined_end confined_classify(const struct confined *child)
{
    int number = WIFSIGNALED(child->status) ? WTERMSIG(child->status) : 0;

    if (child->killed || number == SIGXCPU)
        return CONFINED_TIMED_OUT;
    if (number == SIGSYS)
        return CONFINED_REFUSED;
    if (child->error < 0)
        return CONFINED_BROKEN;
    if (number == SIGKILL && child->oom)
        return CONFINED_MEMORY;
    if (number != 0)
        return CONFINED_CRASHED;
    switch (WEXITSTATUS(child->status)) {
    case 0:
        return CONFINED_DONE;
    case FENCE_EXIT_MEMORY:
        return CONFINED_MEMORY;
    case FENCE_EXIT_REFUSED:
        return CONFINED_REFUSED;
    case FENCE_EXIT_FAILED:
    case FENCE_EXIT_REPORT:
        return CONFINED_BROKEN;
    default:
        return CONFINED_EXITED;
    }
}

/* Reads the pipes once more, because the last output is the most useful. */
static void confined_end(struct confined *child,
                         const struct zygote_answer *answer)
{
    child->status = answer->status;
    child->error = answer->error;
    child->oom = answer->oom;
    confined_read(child);
    child->end = confined_classify(child);
}

/* The kernel has ended all of them with the zygote. */
static void confined_end_all(struct confined *const *children, size_t n)
{
    static const struct zygote_answer killed = {.status = SIGKILL, .oom = 1};
    size_t i;

    for (i = 0; i < n; i++)
        if (children[i] && children[i]->end == CONFINED_RUNNING)
            confined_end(children[i], &killed);
}

/* Marks those as ended that the zygote reports. */
static void confined_take(struct confined *const *children, size_t n,
                          struct confine *confine)
{
    struct zygote_answer answer = {0};
    size_t i;
    int r;

    while ((r = confine_take(confine, &answer)) > 0)
        for (i = 0; i < n; i++)
            if (children[i] && children[i]->end == CONFINED_RUNNING &&
                children[i]->id == answer.id)
                confined_end(children[i], &answer);
    if (r < 0)
        confined_end_all(children, n);
}

static void confined_kill_late(struct confined *child, int64_t now)
{
    if (child->killed || now < child->deadline_ms)
        return;
    child->killed = true;
    confine_kill(child->confine, child->id);
}

/* Fills fds, of which the last is the zygote's. Returns how long to wait. */
static int confined_patience(struct confined *const *children, size_t n,
                             struct pollfd *fds)
{
    int64_t now = clock_ms(), least = INT32_MAX;
    size_t i;

    fds[FDS_EACH * n] = (struct pollfd){-1, POLLIN, 0};
    for (i = 0; i < n; i++) {
        const struct confined *child = children[i];
        bool runs = child && child->end == CONFINED_RUNNING;

        fds[FDS_EACH * i] =
            (struct pollfd){runs ? child->error_fd : -1, POLLIN, 0};
        fds[FDS_EACH * i + 1] =
            (struct pollfd){runs ? child->out_fd : -1, POLLIN, 0};
        if (runs)
            fds[FDS_EACH * n].fd = confine_fd(child->confine);
        if (runs && !child->killed && child->deadline_ms - now < least)
            least = child->deadline_ms - now;
    }
    return least < 0 ? 0 : (int) least;
}

int confined_wait(struct confined *const *children, size_t n, struct error *err)
{
    cleanup_free struct pollfd *fds = xcalloc(n * FDS_EACH + 1, sizeof(*fds));
    int patience = confined_patience(children, n, fds);
    struct confine *confine = NULL;
    int64_t now;
    size_t i;

    if (fds[FDS_EACH * n].fd < 0)
        return 0; /* none runs */
    if (poll(fds, n * FDS_EACH + 1, patience) < 0 && errno != EINTR)
        return error_errno(err, -errno, "waiting for planners");
    now = clock_ms();
    for (i = 0; i < n; i++) {
        struct confined *child = children[i];

        if (!child || child->end != CONFINED_RUNNING)
            continue;
        confine = child->confine;
        if (fds[FDS_EACH * i].revents || fds[FDS_EACH * i + 1].revents)
            confined_read(child);
        confined_kill_late(child, now);
    }
    if (confine && fds[FDS_EACH * n].revents)
        confined_take(children, n, confine);
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
        return xasprintf("called exit(%d)", WEXITSTATUS(child->status));
    case CONFINED_TIMED_OUT:
        return xstrdup("timed out and was killed");
    case CONFINED_MEMORY:
        return xstrdup("ran out of memory");
    case CONFINED_BROKEN:
        if (child->error < 0)
            return xasprintf("could not be started: %s",
                             strerror(-child->error));
        return xstrdup(WEXITSTATUS(child->status) == FENCE_EXIT_FAILED
                           ? "could not be confined"
                           : "could not hand over its result (did it close "
                             "descriptors of the host?)");
    case CONFINED_REFUSED:
        call =
            fence_refusal(child->said.data ? child->said.data : (char[]){""});
        return xasprintf("made a call that a module must not make: %s", call);
    default:
        return xstrdup("called exit(0)");
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
