/* SPDX-License-Identifier: ISC */
/*
 * What a runner says on its standard output, as ccmd hears it: its lines in
 * any order, cut and damaged, then its end. The owner is told of the end
 * exactly once, with an object, and never of a plan while it applies. job.c
 * talks to a child that is not there.
 */
#include "rollout/runner.c"

#include "fuzz.h"

struct owner {
    struct runner *runner;
    bool applied;
    unsigned ended;
};

int child_start(struct loop *loop, const struct child_spec *spec,
                const struct child_ops *ops, void *userdata, struct child **out,
                struct error *err)
{
    (void) loop, (void) spec, (void) ops, (void) userdata, (void) err;
    *out = NULL;
    return 0;
}

void child_send(struct child *child, const char *line)
{
    (void) child;
    fuzz_check(!strchr(line, '\n'));
}

void child_close_input(struct child *child)
{
    (void) child;
}

void child_kill(struct child *child)
{
    (void) child;
}

void child_set_limit(struct child *child, int64_t limit_ms)
{
    (void) child;
    fuzz_check(limit_ms >= 0);
}

static void on_planned(void *userdata, const json_t *report)
{
    struct owner *owner = userdata;

    fuzz_check(json_is_object(report) && owner->ended == 0);
    fuzz_check(!owner->applied);
    owner->applied = true;
    runner_apply(owner->runner, "turn-1");
}

static void on_progress(void *userdata, const json_t *report)
{
    struct owner *owner = userdata;

    fuzz_check(json_is_object(report) && owner->ended == 0);
}

static void on_ended(void *userdata, bool ok, const json_t *report)
{
    struct owner *owner = userdata;

    fuzz_check(json_is_object(report) && owner->ended++ == 0);
    fuzz_check(
        streq(json_string_or(report, "event", ""), ok ? "done" : "failed"));
}

static const struct runner_ops owner_ops = {on_planned, on_progress, on_ended};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct config config = {.file = (char *) "/dev/null",
                                         .runner = (char *) "/bin/false",
                                         .run_timeout_ms = 1000};
    struct fuzz_input input = {(const char *) data, size};
    int status = fuzz_byte(&input) % 2;
    struct runner_source source = {.config = &config};
    struct owner owner = {0};

    fuzz_check(runner_start(&source, json_null(), &owner_ops, &owner,
                            &owner.runner, NULL) == 0);
    while (input.left > 0) {
        size_t n;
        char *line = fuzz_cut(&input, '\n', &n);

        runner_line(owner.runner, line, n);
        free(line);
    }
    runner_ended(owner.runner, status, "it has died");
    fuzz_check(owner.ended == 1);
    return 0;
}
