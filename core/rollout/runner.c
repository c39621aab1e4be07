/* SPDX-License-Identifier: ISC */
/*
 * One run of the runner, as the daemon sees it, and the spare runner that waits
 * for the next one. A spare must behave like a new runner, so it is dropped
 * when ccm.conf or the runner's file has changed since it was started. It reads
 * modules and declarations when the job arrives.
 */
#include "rollout/runner.h"

#include "base/alloc.h"
#include "base/json.h"
#include "base/log.h"
#include "base/protocol.h"
#include "base/util.h"
#include "loop/child.h"

#include <assert.h>

#define SPARE_AFTER_MS 3000

struct runner {
    struct child *child;
    struct runner_source *source; /* while it is the spare */
    const struct runner_ops *ops; /* NULL: waits, or is abandoned */
    void *userdata;
    int64_t limit_ms;
    json_t *last; /* its "done" or "failed" */
    bool applying;
};

static void runner_line(void *userdata, const char *line, size_t size)
{
    struct runner *runner = userdata;
    json_auto_t *report = NULL;
    const char *event;

    if (!runner->ops ||
        json_parse(line, size, PROTOCOL_LINE_MAX, &report, NULL) < 0)
        return;
    event = json_string_or(report, "event", "");
    if (streq(event, "planned")) {
        /* A second plan during a change would remove its time limit. */
        if (runner->applying)
            return;
        /* From here it waits for its turn, without a time limit. */
        child_set_limit(runner->child, 0);
        runner->ops->planned(runner->userdata, report);
    } else if (streq(event, "progress")) {
        runner->ops->progress(runner->userdata, report);
    } else if (streq(event, "done") || streq(event, "failed")) {
        json_decref(runner->last);
        runner->last = json_incref(report);
    }
}

static json_t *runner_died(const char *why)
{
    return json_pack("{s:s, s:s, s:n, s:o, s:b, s:b, s:b}", "event", "failed",
                     "step", "run", "configuration", "error", json_text(why),
                     "transient", 0, "rolled_back", 0, "died", 1);
}

static void runner_ended(void *userdata, int status, const char *why)
{
    struct runner *runner = userdata;
    bool ok =
        status == 0 && streq(json_string_or(runner->last, "event", ""), "done");

    if (!ok && !streq(json_string_or(runner->last, "event", ""), "failed")) {
        json_decref(runner->last);
        runner->last = runner_died(why);
    }
    if (runner->source)
        runner->source->spare = NULL;
    if (runner->ops)
        runner->ops->ended(runner->userdata, ok, runner->last);
    json_decref(runner->last);
    free(runner);
}

static void runner_dropped(void *userdata)
{
    struct runner *runner = userdata;

    if (runner->source)
        runner->source->spare = NULL;
    json_decref(runner->last);
    free(runner);
}

static const struct child_ops runner_child_ops = {
    .line = runner_line,
    .ended = runner_ended,
    .dropped = runner_dropped,
};

static int runner_launch(struct runner_source *source, struct runner **out,
                         struct error *err)
{
    const struct config *config = source->config;
    const char *argv[] = {config->runner, "-c", config->file, "run", NULL};
    struct child_spec spec = {
        .argv = argv, .output_fd = -1, .keep_input = true};
    struct runner *runner = xcalloc(1, sizeof(*runner));
    int r = child_start(source->loop, &spec, &runner_child_ops, runner,
                        &runner->child, err);

    if (r < 0) {
        free(runner);
        return r;
    }
    runner->limit_ms = config->run_timeout_ms;
    *out = runner;
    return 0;
}

/* --------------------------------------------------------------- the spare */

static void runner_look_at(const struct config *config, struct stat made_of[2])
{
    memset(made_of, 0, 2 * sizeof(*made_of));
    /* A missing file does not concern the spare: the job will report it. */
    (void) stat(config->file, &made_of[0]);
    (void) stat(config->runner, &made_of[1]);
}

static bool runner_is_same_file(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino &&
           a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
           a->st_mtim.tv_nsec == b->st_mtim.tv_nsec &&
           a->st_ctim.tv_sec == b->st_ctim.tv_sec &&
           a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

static void runner_drop_spare(struct runner_source *source)
{
    struct runner *runner = source->spare;

    if (!runner)
        return;
    source->spare = NULL;
    runner->source = NULL;
    runner_abandon(runner);
}

/* Returns the spare if a new runner would be the same; NULL: there is none. */
static struct runner *runner_take_spare(struct runner_source *source)
{
    struct runner *runner;
    struct stat now[2];

    timer_stop(&source->timer);
    runner_look_at(source->config, now);
    if (!runner_is_same_file(&now[0], &source->made_of[0]) ||
        !runner_is_same_file(&now[1], &source->made_of[1]))
        runner_drop_spare(source);
    runner = source->spare;
    source->spare = NULL;
    if (runner)
        runner->source = NULL;
    return runner;
}

static void runner_make_spare(void *userdata)
{
    struct runner_source *source = userdata;
    struct error err;

    if (source->spare)
        return;
    runner_look_at(source->config, source->made_of);
    if (runner_launch(source, &source->spare, &err) == 0)
        source->spare->source = source;
    else
        log_debug("no spare runner: %s", err.text);
}

void runner_source_init(struct runner_source *source, struct loop *loop,
                        const struct config *config)
{
    *source = (struct runner_source){.loop = loop, .config = config};
    timer_init(&source->timer, loop, runner_make_spare, source);
}

void runner_source_rest(struct runner_source *source)
{
    if (!source->spare)
        timer_set(&source->timer, SPARE_AFTER_MS);
}

void runner_source_done(struct runner_source *source)
{
    timer_stop(&source->timer);
    runner_drop_spare(source);
}

/* ------------------------------------------------------------- what is asked
 */

int runner_start(struct runner_source *source, const json_t *order,
                 const struct runner_ops *ops, void *userdata,
                 struct runner **out, struct error *err)
{
    json_auto_t *document = json_pack("{s:O}", "job", order);
    cleanup_free char *line = json_line(document);
    struct runner *runner = runner_take_spare(source);
    int r = runner ? 0 : runner_launch(source, &runner, err);

    if (r < 0)
        return r;
    runner->ops = ops;
    runner->userdata = userdata;
    child_set_limit(runner->child, runner->limit_ms);
    child_send(runner->child, line);
    *out = runner;
    return 0;
}

void runner_apply(struct runner *runner, const char *turn)
{
    json_auto_t *order =
        json_pack("{s:s, s:s}", "order", "apply", "turn", turn);
    cleanup_free char *line = json_line(order);

    runner->applying = true;
    child_set_limit(runner->child, runner->limit_ms);
    child_send(runner->child, line);
}

void runner_abandon(struct runner *runner)
{
    assert(!runner->applying);
    runner->ops = NULL;
    child_close_input(runner->child);
    child_kill(runner->child);
}
