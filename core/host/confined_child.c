/* SPDX-License-Identifier: ISC */
/* Sets up the descriptors, signals and environment of a confined process before
 * it runs any code of a module. */
#include "host/confined_child.h"

#include "base/alloc.h"
#include "base/io.h"
#include "base/util.h"
#include "host/brief.h"
#include "host/describe_child.h"
#include "host/planner_child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>

#define FILES_MAX 256

static void confined_reset_signals(void)
{
    sigset_t none;
    int number;

    for (number = 1; number < NSIG; number++)
        signal(number, SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static int confined_compare_fds(const void *a, const void *b)
{
    return *(const int *) a - *(const int *) b;
}

/* The descriptors that stay open after the standard ones. Returns new. */
static int *confined_keep(const struct brief_read *brief, size_t *n)
{
    const struct libraries *libraries = &brief->module.libraries;
    int *keep = xcalloc(brief->n_types + libraries->n + 4, sizeof(*keep));
    size_t i;

    *n = 0;
    keep[(*n)++] = brief->out_fd;
    keep[(*n)++] = brief->module.fd;
    if (brief->has_program) {
        keep[(*n)++] = brief->run.to[1];
        keep[(*n)++] = brief->run.from[0];
    }
    for (i = 0; i < libraries->n; i++)
        keep[(*n)++] = libraries->list[i].fd;
    for (i = 0; i < brief->n_types; i++)
        keep[(*n)++] = brief->types[i];
    qsort(keep, *n, sizeof(*keep), confined_compare_fds);
    return keep;
}

/* The module, its libraries and the program lie wherever the operator has put
 * them. Returns new. */
static int *confined_readable(const struct brief_read *brief, size_t *n)
{
    const struct libraries *libraries = &brief->module.libraries;
    int *readable = xcalloc(libraries->n + 2, sizeof(*readable));
    size_t i;

    *n = 0;
    readable[(*n)++] = brief->module.fd;
    for (i = 0; i < libraries->n; i++)
        readable[(*n)++] = libraries->list[i].fd;
    if (brief->has_program)
        readable[(*n)++] = brief->program_file.fd;
    return readable;
}

static void confined_close_others(const int *keep, size_t n)
{
    int from = STDERR_FILENO + 1;
    size_t i;

    for (i = 0; i < n; i++) {
        if (keep[i] > from)
            close_range((unsigned) from, (unsigned) keep[i] - 1, 0);
        if (keep[i] >= from)
            from = keep[i] + 1;
    }
    close_range((unsigned) from, ~0U, 0);
}

static int confined_stdio(int error_fd)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);

    if (null < 0 || dup2(null, STDIN_FILENO) < 0 ||
        dup2(null, STDOUT_FILENO) < 0 || dup2(error_fd, STDERR_FILENO) < 0)
        return -errno;
    return 0;
}

static int confined_run(struct brief_read *brief)
{
    return streq(brief->what, "plan") ? planner_child(brief)
                                      : describe_child(brief);
}

static _Noreturn void confined_die(const struct error *err)
{
    io_write_all(STDERR_FILENO, err->text, strlen(err->text));
    _exit(FENCE_EXIT_FAILED);
}

_Noreturn void confined_child(const struct confined_start *start)
{
    struct fence_limits limits = start->limits;
    struct brief_read brief = {0};
    cleanup_free int *keep = NULL, *readable = NULL;
    struct error err;
    size_t n;
    int r = brief_read(&brief, start->fds, start->n_fds);

    if (r < 0)
        _exit(FENCE_EXIT_FAILED);
    confined_reset_signals();
    clearenv();
    keep = confined_keep(&brief, &n);
    limits.files = (uint64_t) keep[n - 1] + FILES_MAX;
    readable = confined_readable(&brief, &limits.n_readable);
    limits.readable = readable;
    if (brief.has_program)
        limits.start = &brief.run.start;
    r = confined_stdio(brief.error_fd);
    if (r < 0)
        error_errno(&err, r, "standard descriptors");
    else
        r = fence_enter(start->fence, &limits, start->parent, &err);
    if (r < 0)
        confined_die(&err);
    confined_close_others(keep, n);
    _exit(confined_run(&brief));
}
