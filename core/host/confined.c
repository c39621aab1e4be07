/* SPDX-License-Identifier: ISC */
/* Asking for a confined process. */
#include "host/confined.h"

#include "base/clock.h"
#include "base/util.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>

struct confined_pipes {
    int error[2];
    int out[2];
};

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

static int confined_request(struct confined *child,
                            const struct confined_spec *spec,
                            const struct confined_pipes *pipes,
                            struct error *err)
{
    struct zygote_request request = {
        .memory_bytes = spec->memory_bytes,
        .time_ms = spec->time_ms,
        .file_bytes = spec->result_bytes,
    };
    int r = brief_finish(spec->brief, pipes->error[1],
                         spec->out_fd >= 0 ? spec->out_fd : pipes->out[1]);

    if (r < 0)
        return error_errno(err, r, "what a planner is handed");
    request.n_fds = spec->brief->n;
    r = confine_start(spec->confine, &request, spec->brief->fds, err);
    child->id = request.id;
    return r;
}

int confined_start(struct confined *child, const struct confined_spec *spec,
                   struct error *err)
{
    struct confined_pipes pipes = {{-1, -1}, {-1, -1}};
    int r = confined_open_pipes(&pipes, spec->out_fd < 0);

    if (r < 0)
        return error_errno(err, r, "pipes for a planner");
    *child = (struct confined){.confine = spec->confine,
                               .error_fd = pipes.error[0],
                               .out_fd = pipes.out[0]};
    r = confined_request(child, spec, &pipes, err);
    close(pipes.error[1]);
    if (pipes.out[1] >= 0)
        close(pipes.out[1]);
    if (r < 0) {
        child->end = CONFINED_BROKEN;
        confined_done(child);
        return r;
    }
    fcntl(child->error_fd, F_SETFL, O_NONBLOCK);
    if (child->out_fd >= 0)
        fcntl(child->out_fd, F_SETFL, O_NONBLOCK);
    child->deadline_ms = clock_ms() + spec->time_ms;
    return 0;
}

void confined_done(struct confined *child)
{
    if (child->confine) {
        if (child->end == CONFINED_RUNNING)
            confine_kill(child->confine, child->id);
        if (child->error_fd >= 0)
            close(child->error_fd);
        if (child->out_fd >= 0)
            close(child->out_fd);
    }
    buf_done(&child->out);
    buf_done(&child->said);
    *child = (struct confined){.out_fd = -1, .error_fd = -1};
}

size_t confined_cpus(void)
{
    cpu_set_t set;
    int n = sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : 1;

    return n > 0 ? (size_t) n : 1;
}
