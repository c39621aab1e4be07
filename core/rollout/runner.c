/* SPDX-License-Identifier: ISC */
/*
 * One run of the runner, as the daemon sees it, and the spare runner that
 * waits for the next one. A spare must be what a fresh runner would be: it is
 * dropped when ccm.conf or the runner's file has changed since it was started;
 * modules and declarations it reads again itself when the job comes.
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

struct job {
    struct child *child;
    struct job_source *source; /* while it is the spare */
    const struct job_ops *ops; /* NULL: waits for a job, or is abandoned */
    void *userdata;
    int64_t limit_ms;
    json_t *last; /* its "done" or "failed" */
    bool applying;
};

static void job_line(void *userdata, const char *line, size_t size)
{
    struct job *job = userdata;
    json_auto_t *report = NULL;
    const char *event;

    if (!job->ops ||
        json_parse(line, size, PROTOCOL_LINE_MAX, &report, NULL) < 0)
        return;
    event = json_string_or(report, "event", "");
    if (streq(event, "planned")) {
        /* A second plan in mid-change would take its time limit away. */
        if (job->applying)
            return;
        /* From here it waits for its turn, for as long as that takes. */
        child_set_limit(job->child, 0);
        job->ops->planned(job->userdata, report);
    } else if (streq(event, "progress")) {
        job->ops->progress(job->userdata, report);
    } else if (streq(event, "done") || streq(event, "failed")) {
        json_decref(job->last);
        job->last = json_incref(report);
    }
}

static json_t *job_died(const char *why)
{
    return json_pack("{s:s, s:s, s:n, s:o, s:b, s:b, s:b}", "event", "failed",
                     "step", "run", "configuration", "error", json_text(why),
                     "transient", 0, "rolled_back", 0, "died", 1);
}

static void job_ended(void *userdata, int status, const char *why)
{
    struct job *job = userdata;
    bool ok =
        status == 0 && streq(json_string_or(job->last, "event", ""), "done");

    if (!ok && !streq(json_string_or(job->last, "event", ""), "failed")) {
        json_decref(job->last);
        job->last = job_died(why);
    }
    if (job->source)
        job->source->spare = NULL;
    if (job->ops)
        job->ops->ended(job->userdata, ok, job->last);
    json_decref(job->last);
    free(job);
}

static void job_dropped(void *userdata)
{
    struct job *job = userdata;

    if (job->source)
        job->source->spare = NULL;
    json_decref(job->last);
    free(job);
}

static const struct child_ops job_child_ops = {
    .line = job_line,
    .ended = job_ended,
    .dropped = job_dropped,
};

static int job_launch(struct job_source *source, struct job **out,
                      struct error *err)
{
    const struct config *config = source->config;
    const char *argv[] = {config->runner, "-c", config->file, "run", NULL};
    struct child_spec spec = {
        .argv = argv, .output_fd = -1, .keep_input = true};
    struct job *job = xcalloc(1, sizeof(*job));
    int r =
        child_start(source->loop, &spec, &job_child_ops, job, &job->child, err);

    if (r < 0) {
        free(job);
        return r;
    }
    job->limit_ms = config->run_timeout_ms;
    *out = job;
    return 0;
}

/* --------------------------------------------------------------- the spare */

static void job_look_at(const struct config *config, struct stat made_of[2])
{
    memset(made_of, 0, 2 * sizeof(*made_of));
    /* What is not there is no spare's business: the job will say so. */
    (void) stat(config->file, &made_of[0]);
    (void) stat(config->runner, &made_of[1]);
}

static bool job_is_same_file(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino &&
           a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
           a->st_mtim.tv_nsec == b->st_mtim.tv_nsec &&
           a->st_ctim.tv_sec == b->st_ctim.tv_sec &&
           a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

static void job_drop_spare(struct job_source *source)
{
    struct job *job = source->spare;

    if (!job)
        return;
    source->spare = NULL;
    job->source = NULL;
    job_abandon(job);
}

/* Returns the spare if a new runner would be the same; NULL: there is none. */
static struct job *job_take_spare(struct job_source *source)
{
    struct job *job;
    struct stat now[2];

    timer_stop(&source->timer);
    job_look_at(source->config, now);
    if (!job_is_same_file(&now[0], &source->made_of[0]) ||
        !job_is_same_file(&now[1], &source->made_of[1]))
        job_drop_spare(source);
    job = source->spare;
    source->spare = NULL;
    if (job)
        job->source = NULL;
    return job;
}

static void job_make_spare(void *userdata)
{
    struct job_source *source = userdata;
    struct error err;

    if (source->spare)
        return;
    job_look_at(source->config, source->made_of);
    if (job_launch(source, &source->spare, &err) == 0)
        source->spare->source = source;
    else
        log_debug("no spare runner: %s", err.text);
}

void job_source_init(struct job_source *source, struct loop *loop,
                     const struct config *config)
{
    *source = (struct job_source){.loop = loop, .config = config};
    timer_init(&source->timer, loop, job_make_spare, source);
}

void job_source_rest(struct job_source *source)
{
    if (!source->spare)
        timer_set(&source->timer, SPARE_AFTER_MS);
}

void job_source_done(struct job_source *source)
{
    timer_stop(&source->timer);
    job_drop_spare(source);
}

/* ------------------------------------------------------------- what is asked
 */

int job_start(struct job_source *source, const json_t *order,
              const struct job_ops *ops, void *userdata, struct job **out,
              struct error *err)
{
    json_auto_t *document = json_pack("{s:O}", "job", order);
    cleanup_free char *line = json_line(document);
    struct job *job = job_take_spare(source);
    int r = job ? 0 : job_launch(source, &job, err);

    if (r < 0)
        return r;
    job->ops = ops;
    job->userdata = userdata;
    child_set_limit(job->child, job->limit_ms);
    child_send(job->child, line);
    *out = job;
    return 0;
}

void job_apply(struct job *job, const char *turn)
{
    json_auto_t *order =
        json_pack("{s:s, s:s}", "order", "apply", "turn", turn);
    cleanup_free char *line = json_line(order);

    job->applying = true;
    child_set_limit(job->child, job->limit_ms);
    child_send(job->child, line);
}

void job_abandon(struct job *job)
{
    assert(!job->applying);
    job->ops = NULL;
    child_close_input(job->child);
    child_kill(job->child);
}
