/* SPDX-License-Identifier: ISC */
/*
 * Describing many configurations with few processes. A child takes a batch
 * and writes one line an answer as it goes, so when it dies it is known at
 * which configuration. That one is then asked again first in a fresh child,
 * and only if it fails there, too, is it to blame: an earlier module of the
 * batch may have left a ruin. What an answer says is checked as anything from
 * outside is, for module code has run where it was written; and the planner
 * compares it with what it finds itself (planner.c).
 */
#include "host/describe.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/name.h"
#include "base/util.h"
#include "host/api.h"
#include "host/confined.h"
#include "host/names.h"

#include <errno.h>

/* More in one process make the loader slow: it compares names. */
#define BATCH_MAX 256
#define WORKERS_MAX 64
#define MEMORY_BYTES (UINT64_C(1024) * 1024 * 1024)
#define LINE_BYTES_MAX (4 * 1024 * 1024)

struct describe {
    const struct config *config;
    const struct confine *confine;
    struct describe_task *tasks;
    size_t n;
    size_t next; /* first that no worker has taken */
    size_t batch;
};

/* A child, and which tasks it has left. */
struct describe_worker {
    struct describe *describe;
    struct confined child;
    size_t first; /* of this child */
    size_t at;    /* the next that it will answer */
    size_t end;
    bool busy;
};

static int describe_check(struct describe_worker *worker,
                          const struct describe_task *task,
                          const struct ccm_module *module, struct error *err)
{
    const struct config *config = worker->describe->config;
    struct api_input input = {
        .configuration =
            task->declaration->name ? task->declaration->name : module->name,
        .node = config->node,
        .groups = config->groups,
        .settings = task->declaration->settings,
        .has_program = task->declaration->program != NULL,
    };
    struct ccm_run run;
    int r;

    if (!module->check)
        return 0;
    api_init(&run, &input);
    r = api_call(&run, module->check, "check", err);
    if (r == 0 && run.n_items > 0)
        r = error_set(err, -EINVAL,
                      "check() declares something; only plan() "
                      "may");
    api_done(&run);
    return r;
}

static json_t *describe_answer(const struct ccm_module *module)
{
    return json_pack("{s:s, s:o, s:o, s:o, s:o, s:o}", "name", module->name,
                     "version", json_text(module->version), "summary",
                     json_text(module->summary ? module->summary : ""),
                     "subscribes", names_json(module->subscribes), "depends",
                     names_json(module->depends), "after",
                     names_json(module->after));
}

/* In the child. Stops after a failure: see the top of this file. */
static int describe_run(void *userdata)
{
    struct describe_worker *worker = userdata;
    bool failed = false;

    for (; worker->at < worker->end && !failed; worker->at++) {
        struct describe_task *task = &worker->describe->tasks[worker->at];
        json_auto_t *answer = NULL;
        cleanup_free char *line = NULL, *text = NULL;
        struct ccm_module module;
        struct error err;

        failed = module_load(task->file, &module, &err) < 0;
        if (!failed && describe_check(worker, task, &module, &err) < 0)
            failed = true;
        answer = failed ? json_pack("{s:o}", "error", json_text(err.text))
                        : describe_answer(&module);
        line = json_line(answer);
        text = xasprintf("%s\n", line);
        if (confined_report(text, strlen(text)) < 0)
            return CONFINE_EXIT_REPORT;
    }
    return 0;
}

static int describe_compare_fds(const void *a, const void *b)
{
    return *(const int *) a - *(const int *) b;
}

static int describe_start(struct describe_worker *worker, struct error *err)
{
    struct describe *describe = worker->describe;
    size_t n = worker->end - worker->at, i;
    cleanup_free int *keep = xcalloc(n, sizeof(*keep));
    struct confined_spec spec = {
        .confine = describe->confine,
        .memory_bytes = MEMORY_BYTES,
        .time_ms = describe->config->plan_timeout_ms,
        .result_bytes = LINE_BYTES_MAX,
        .keep = keep,
        .n_keep = n,
        .report = true,
        .run = describe_run,
        .userdata = worker,
    };

    for (i = 0; i < n; i++)
        keep[i] = describe->tasks[worker->at + i].file->fd;
    qsort(keep, n, sizeof(*keep), describe_compare_fds);
    worker->first = worker->at;
    confined_done(&worker->child);
    return confined_start(&worker->child, &spec, err);
}

static int describe_check_answer(const json_t *answer, struct error *err)
{
    static const char *const lists[] = {"subscribes", "depends", "after"};
    const char *name, *text;
    char **names;
    size_t i;
    int r = json_get_string(answer, "name", &name, err);

    if (r == 0 && !name_valid(name))
        r = error_set(err, -EPROTO, "name is not valid");
    if (r == 0)
        r = json_get_string(answer, "version", &text, err);
    if (r == 0)
        r = json_get_string(answer, "summary", &text, err);
    for (i = 0; i < ARRAY_SIZE(lists) && r == 0; i++) {
        char **each;

        names = NULL;
        r = names_from_json(json_object_get(answer, lists[i]), &names, err);
        for (each = names; r == 0 && each && *each; each++)
            if (!name_valid(*each))
                r = error_set(err, -EPROTO, "%s is not valid", lists[i]);
        names_free(names);
    }
    return r;
}

static void describe_blame(struct describe_task *task, const char *text)
{
    task->error = xasprintf("%s: module %s: %s", task->declaration->file,
                            task->file->path, text);
}

/* Takes one line. Returns false if the child's answers end with it. */
static bool describe_take(struct describe_worker *worker, const char *line,
                          size_t size)
{
    struct describe_task *task = &worker->describe->tasks[worker->at];
    json_auto_t *answer = NULL;
    const char *text = NULL;
    struct error err;
    int r = json_parse(line, size, LINE_BYTES_MAX, &answer, &err);

    if (r == 0)
        text = json_string_or(answer, "error", NULL);
    if (r == 0 && !text)
        r = describe_check_answer(answer, &err);
    if (r < 0) {
        if (worker->at == worker->first)
            describe_blame(task, "its answer cannot be read");
        return false;
    }
    if (!text) {
        task->answer = json_incref(answer);
        worker->at++;
        return true;
    }
    if (worker->at == worker->first)
        describe_blame(task, text);
    return false;
}

/* Takes the lines that are there. Returns false as describe_take. */
static bool describe_take_all(struct describe_worker *worker)
{
    struct buf *out = &worker->child.out;
    size_t start = 0;
    bool more = true;
    char *end;

    while (more && worker->at < worker->end && start < out->size &&
           (end = memchr(out->data + start, '\n', out->size - start))) {
        size_t size = (size_t) (end - out->data) - start;

        more = describe_take(worker, out->data + start, size);
        start += size + 1;
        worker->child.deadline_ms =
            clock_ms() + worker->describe->config->plan_timeout_ms;
    }
    buf_shift(out, start);
    return more;
}

/* Whom a child that ended early leaves behind, and how it goes on. */
static int describe_go_on(struct describe_worker *worker, struct error *err)
{
    struct describe_task *task = &worker->describe->tasks[worker->at];

    if (worker->at < worker->end && worker->at == worker->first) {
        cleanup_free char *end = confined_describe_end(&worker->child);

        if (!task->error)
            describe_blame(task, end);
        worker->at++;
    }
    if (worker->at < worker->end)
        return describe_start(worker, err);
    confined_done(&worker->child);
    worker->busy = false;
    return 0;
}

static int describe_attend(struct describe_worker *worker, struct error *err)
{
    bool ended = worker->child.end != CONFINED_RUNNING;
    bool more = describe_take_all(worker);

    return ended || !more ? describe_go_on(worker, err) : 0;
}

static int describe_give(struct describe_worker *worker, struct error *err)
{
    struct describe *describe = worker->describe;

    worker->at = describe->next;
    worker->end = describe->next + describe->batch;
    if (worker->end > describe->n)
        worker->end = describe->n;
    describe->next = worker->end;
    worker->busy = true;
    return describe_start(worker, err);
}

/* One round: work is given out, then answers are taken. */
static int describe_round(struct describe *describe,
                          struct describe_worker *workers, size_t n,
                          struct error *err)
{
    struct confined *children[WORKERS_MAX];
    size_t i;
    int r = 0;

    for (i = 0; i < n && r == 0; i++) {
        if (!workers[i].busy && describe->next < describe->n)
            r = describe_give(&workers[i], err);
        children[i] = workers[i].busy ? &workers[i].child : NULL;
    }
    if (r == 0)
        r = confined_wait(children, n, err);
    for (i = 0; i < n && r == 0; i++)
        if (workers[i].busy)
            r = describe_attend(&workers[i], err);
    return r;
}

static bool describe_busy(const struct describe *describe,
                          const struct describe_worker *workers, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++)
        if (workers[i].busy)
            return true;
    return describe->next < describe->n;
}

static void describe_digest(struct describe_task *tasks, size_t n)
{
    struct error err;
    size_t i;

    for (i = 0; i < n; i++)
        if (tasks[i].file->digest[0] == '\0' &&
            module_digest(tasks[i].file, &err) < 0 && !tasks[i].error)
            describe_blame(&tasks[i], err.text);
}

int describe_all(const struct config *config, const struct confine *confine,
                 struct describe_task *tasks, size_t n, struct error *err)
{
    struct describe describe = {
        .config = config, .confine = confine, .tasks = tasks, .n = n};
    struct describe_worker workers[WORKERS_MAX] = {0};
    size_t n_workers = confined_cpus(), i;
    int r = 0;

    if (n_workers > WORKERS_MAX)
        n_workers = WORKERS_MAX;
    describe.batch = (n + n_workers - 1) / n_workers;
    if (describe.batch > BATCH_MAX)
        describe.batch = BATCH_MAX;
    for (i = 0; i < n_workers && r == 0; i++) {
        workers[i].describe = &describe;
        if (describe.next < n)
            r = describe_give(&workers[i], err);
    }
    if (r == 0)
        describe_digest(tasks, n);
    while (r == 0 && describe_busy(&describe, workers, n_workers))
        r = describe_round(&describe, workers, n_workers, err);
    for (i = 0; i < n_workers; i++)
        confined_done(&workers[i].child);
    return r;
}

void describe_task_done(struct describe_task *task)
{
    json_decref(task->answer);
    free(task->error);
    *task = (struct describe_task){0};
}
