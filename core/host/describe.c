/* SPDX-License-Identifier: ISC */
/*
 * Describes modules, each in its own process, so that no module can answer for
 * another or damage it. The answer is checked like all input from outside,
 * because module code has run in the process that wrote it. The planner
 * compares it with its own findings (planner_child.c).
 */
#include "host/describe.h"

#include "base/alloc.h"
#include "base/json.h"
#include "base/name.h"
#include "base/util.h"
#include "host/brief.h"
#include "host/confined.h"
#include "host/names.h"
#include "types/type.h"

#include <errno.h>

#define TYPES_MAX 1000
#define WORKERS_MAX 64
#define MEMORY_BYTES (UINT64_C(1024) * 1024 * 1024)
#define LINE_BYTES_MAX (4 * 1024 * 1024)

/* A process, and the task that it works at. */
struct describe_worker {
    struct confined child;
    struct describe_task *task; /* NULL: it is free */
};

struct describe {
    const struct config *config;
    struct confine *confine;
    struct describe_task *tasks;
    size_t n;
    size_t next; /* first that no worker has taken */
    struct describe_worker workers[WORKERS_MAX];
    size_t n_workers;
};

/* The input for describe_child.h. Returns new. */
static json_t *describe_input(const struct config *config,
                              const struct declaration *declaration)
{
    json_auto_t *nothing = json_object();

    return json_pack("{s:s?, s:s, s:o, s:O, s:b}", "configuration",
                     declaration->name, "node", config->node, "groups",
                     names_json((const char *const *) config->groups),
                     "settings",
                     declaration->settings ? declaration->settings : nothing,
                     "has_program", declaration->program != NULL);
}

static int describe_start(const struct describe *describe,
                          struct describe_worker *worker,
                          struct describe_task *task, struct error *err)
{
    struct brief brief;
    struct confined_spec spec = {
        .confine = describe->confine,
        .memory_bytes = MEMORY_BYTES,
        .time_ms = describe->config->plan_timeout_ms,
        .result_bytes = LINE_BYTES_MAX,
        .brief = &brief,
        .out_fd = -1,
    };
    int r = brief_init(&brief, "describe", task->file, NULL,
                       describe_input(describe->config, task->declaration));

    if (r < 0)
        error_errno(err, r, "%s", task->declaration->file);
    else
        r = confined_start(&worker->child, &spec, err);
    brief_done(&brief);
    worker->task = r == 0 ? task : NULL;
    return r;
}

/* What module code has written is read like all input from outside. */
static int describe_check_types(const json_t *answer, struct error *err)
{
    const json_t *list = json_object_get(answer, "types"), *one;
    const json_t *settings = json_object_get(answer, "settings");
    struct type *type = NULL;
    size_t i;
    int r = settings ? type_new(settings, &type, err) : 0;

    type_free(type);
    if (r == 0 && json_array_size(list) > TYPES_MAX)
        return error_set(err, -EPROTO, "too many types");
    json_array_foreach (list, i, one) {
        type = NULL;
        if (r == 0)
            r = type_new(one, &type, err);
        type_free(type);
    }
    return r;
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
    return r < 0 ? r : describe_check_types(answer, err);
}

static void describe_blame(struct describe_task *task, const char *text)
{
    task->error = xasprintf("%s: module %s: %s", task->declaration->file,
                            task->file->path, text);
}

/* Takes the answer, which is one line. */
static int describe_take(struct describe_task *task, const struct buf *out,
                         struct error *err)
{
    const char *end = out->size > 0 ? memchr(out->data, '\n', out->size) : NULL;
    json_auto_t *answer = NULL;
    const char *text;
    int r;

    if (!end)
        return error_set(err, -EPROTO, "called exit(0) without an answer");
    r = json_parse(out->data, (size_t) (end - out->data), LINE_BYTES_MAX,
                   &answer, err);
    if (r < 0)
        return error_set(err, r, "its answer is unreadable");
    text = json_string_or(answer, "error", NULL);
    if (text)
        return error_set(err, -EINVAL, "%s", text);
    r = describe_check_answer(answer, err);
    if (r < 0)
        return error_set(err, r, "its answer is unreadable");
    task->answer = json_incref(answer);
    return 0;
}

static void describe_finish(struct describe_worker *worker)
{
    cleanup_free char *end = NULL;
    struct error err;

    if (worker->child.end != CONFINED_DONE) {
        end = confined_describe_end(&worker->child);
        describe_blame(worker->task, end);
    } else if (describe_take(worker->task, &worker->child.out, &err) < 0) {
        describe_blame(worker->task, err.text);
    }
    confined_done(&worker->child);
    worker->task = NULL;
}

/* One round: work is given out, then answers are taken. */
static int describe_round(struct describe *describe, struct error *err)
{
    struct confined *children[WORKERS_MAX];
    struct describe_worker *worker;
    size_t i;
    int r = 0;

    for (i = 0; i < describe->n_workers && r == 0; i++) {
        worker = &describe->workers[i];
        if (!worker->task && describe->next < describe->n)
            r = describe_start(describe, worker,
                               &describe->tasks[describe->next++], err);
        children[i] = worker->task ? &worker->child : NULL;
    }
    if (r == 0)
        r = confined_wait(children, describe->n_workers, err);
    for (i = 0; i < describe->n_workers && r == 0; i++) {
        worker = &describe->workers[i];
        if (worker->task && worker->child.end != CONFINED_RUNNING)
            describe_finish(worker);
    }
    return r;
}

static bool describe_busy(const struct describe *describe)
{
    size_t i;

    for (i = 0; i < describe->n_workers; i++)
        if (describe->workers[i].task)
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

int describe_all(const struct config *config, struct confine *confine,
                 struct describe_task *tasks, size_t n, struct error *err)
{
    struct describe describe = {.config = config,
                                .confine = confine,
                                .tasks = tasks,
                                .n = n,
                                .n_workers = 2 * confined_cpus()};
    size_t i;
    int r = 0;

    if (describe.n_workers > WORKERS_MAX)
        describe.n_workers = WORKERS_MAX;
    if (n > 0)
        r = describe_round(&describe, err);
    if (r == 0)
        describe_digest(tasks, n);
    while (r == 0 && describe_busy(&describe))
        r = describe_round(&describe, err);
    for (i = 0; i < describe.n_workers; i++)
        confined_done(&describe.workers[i].child);
    return r;
}

void describe_task_done(struct describe_task *task)
{
    json_decref(task->answer);
    free(task->error);
    *task = (struct describe_task){0};
}
