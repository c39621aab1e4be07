/* SPDX-License-Identifier: ISC */
/*
 * What ccmd says to a runner, as the runner hears it: a job, then an order,
 * in lines of any size. What is taken is whole; what is not says why. The
 * functions are static, so job.c itself is included, with a lower limit.
 */
#include "fuzz.h"

#include "base/protocol.h"

#undef PROTOCOL_LINE_MAX
#define PROTOCOL_LINE_MAX 600

#include "host/mode_run.c"

static void set_input(const void *bytes, size_t size)
{
    int fds[2];

    fuzz_check(pipe(fds) == 0);
    fuzz_check(io_write_all(fds[1], bytes, size) == 0);
    close(fds[1]);
    fuzz_check(dup2(fds[0], STDIN_FILENO) == STDIN_FILENO);
    close(fds[0]);
}

static void check_job(const struct mode_run *job)
{
    fuzz_check(job->who && (!job->catalog || *job->catalog));
    fuzz_check(!job->names || *job->names);
}

static void try_order(struct mode_run *job)
{
    char *turn = NULL;
    struct error err;
    int r;

    fuzz_error_init(&err);
    r = mode_run_await_order(job, &turn, &err);
    fuzz_check((r > 0) == (turn != NULL));
    if (r < 0)
        fuzz_check_error(&err);
    free(turn);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct config config = {.node = (char *) "web1"};
    struct mode_run job = {0};
    struct error err;

    if (size > 60000)
        return 0;
    set_input(data, size);
    run_init(&job.run, &config);
    job.run.config = &config;
    fuzz_error_init(&err);
    if (mode_run_receive(&job, &err) < 0) {
        fuzz_check_error(&err);
        fuzz_check(streq(job.run.failure.step, "job"));
    } else {
        check_job(&job);
        try_order(&job);
    }
    names_free(job.names);
    free(job.catalog);
    free(job.who);
    buf_done(&job.input);
    return 0;
}
