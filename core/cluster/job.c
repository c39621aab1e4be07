/* SPDX-License-Identifier: ISC */
/* One run of the runner, as the daemon sees it. */
#include "cluster/job.h"

#include "base/alloc.h"
#include "base/json.h"
#include "base/protocol.h"
#include "base/util.h"
#include "cluster/child.h"

#include <assert.h>

struct job {
    struct child *child;
    const struct job_ops *ops; /* NULL: abandoned */
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
    if (job->ops)
        job->ops->ended(job->userdata, ok, job->last);
    json_decref(job->last);
    free(job);
}

static void job_dropped(void *userdata)
{
    struct job *job = userdata;

    json_decref(job->last);
    free(job);
}

static const struct child_ops job_child_ops = {
    .line = job_line,
    .ended = job_ended,
    .dropped = job_dropped,
};

int job_start(struct loop *loop, const struct config *config,
              const json_t *order, const struct job_ops *ops, void *userdata,
              struct job **out, struct error *err)
{
    const char *argv[] = {config->runner, "-c", config->file, "run", NULL};
    json_auto_t *document = json_pack("{s:O}", "job", order);
    cleanup_free char *input = json_line(document);
    struct child_spec spec = {.argv = argv,
                              .input = input,
                              .output_fd = -1,
                              .keep_input = true,
                              .limit_ms = config->run_timeout_ms};
    struct job *job = xcalloc(1, sizeof(*job));
    int r;

    *job = (struct job){
        .ops = ops, .userdata = userdata, .limit_ms = config->run_timeout_ms};
    r = child_start(loop, &spec, &job_child_ops, job, &job->child, err);
    if (r < 0) {
        free(job);
        return r;
    }
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
