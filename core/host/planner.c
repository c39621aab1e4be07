/* SPDX-License-Identifier: ISC */
/*
 * Running the planners. As many run at a time as there are processors. The
 * objects were fetched before, so the children share their memory. One that
 * fails fails its own configuration; the others still run, so that the report
 * is complete, and those that depend on it are marked as skipped afterwards.
 *
 * They are forked from a thread of its own, because malloc gives each thread
 * a heap. What a planner allocates would else come from holes in the runner's
 * heap, which the kernel would have to copy, page by page: that took a fifth
 * of its time. One planner alone does not earn back what the thread costs.
 */
#include "host/planner.h"

#include "base/alloc.h"
#include "base/util.h"
#include "host/api.h"
#include "host/names.h"
#include "host/planner_result.h"

#include <errno.h>
#include <malloc.h>
#include <pthread.h>

#define SLOTS_MAX 64
#define HEAP_BYTES (1024 * 1024) /* ready to be used without a system call */
/* Of addresses; 72 MB are what a thread's stack and heap reserve. */
#define MEMORY_BYTES ((UINT64_C(1024) + 72) * 1024 * 1024)
#define RESULT_BYTES_MAX (UINT64_C(512) * 1024 * 1024)

/* One planner at work. */
struct planner_slot {
    struct confined child;
    const struct planner_job *job;
    struct planner_result *result; /* NULL: the slot is free */
    struct program_run program;    /* of the configuration, if it has one */
};

/* Does the module still say what it said when it was described? Another
 * module of the same batch may have had a hand in that. */
static int planner_compare(const struct configuration *c,
                           const struct ccm_module *module, struct error *err)
{
    const char *const *lists[][2] = {
        {module->subscribes, (const char *const *) c->subscribes},
        {module->depends, (const char *const *) c->depends},
        {module->after, (const char *const *) c->after},
    };
    size_t i;

    if (!streq(c->module, module->name) || !streq(c->version, module->version))
        return error_set(err, -EPROTO,
                         "is now %s %s; when it was described it was %s %s",
                         module->name, module->version, c->module, c->version);
    for (i = 0; i < ARRAY_SIZE(lists); i++) {
        const char *const *name;

        for (name = lists[i][0]; name && *name; name++)
            if (!names_has(lists[i][1], *name))
                return error_set(err, -EPROTO,
                                 "names \"%s\" now, which it did not when it "
                                 "was described",
                                 *name);
    }
    return 0;
}

static int planner_plan(struct ccm_run *run, const struct configuration *c,
                        struct error *err)
{
    struct ccm_module module;
    int r = module_load(c->file, &module, err);

    if (r == 0)
        r = planner_compare(c, &module, err);
    if (r == 0)
        r = api_call(run, module.plan, "plan", err);
    return r;
}

/* In the child. */
static int planner_child(void *userdata)
{
    struct planner_slot *slot = userdata;
    const struct configuration *c = slot->result->configuration;
    struct api_input input = {
        .configuration = c->name,
        .node = slot->job->config->node,
        .groups = slot->job->config->groups,
        .settings = c->settings,
        .objects = slot->job->objects,
        .subscribes = (const char *const *) c->subscribes,
        .has_program = c->program != NULL,
        .program = c->program ? &slot->program : NULL,
    };
    struct ccm_run run;
    struct error err;
    int r;

    api_init(&run, &input);
    r = planner_plan(&run, c, &err);
    r = planner_result_write(slot->result->fd, &run, r < 0 ? err.text : NULL);
    return r < 0 ? CONFINE_EXIT_REPORT : 0;
}

static int planner_compare_fds(const void *a, const void *b)
{
    return *(const int *) a - *(const int *) b;
}

static int planner_fork(struct planner_slot *slot, struct error *err)
{
    const struct configuration *c = slot->result->configuration;
    int keep[4] = {slot->result->fd, c->file->fd};
    struct confined_spec spec = {
        .confine = slot->job->confine,
        .memory_bytes = MEMORY_BYTES,
        .time_ms = slot->job->config->plan_timeout_ms,
        .result_bytes = RESULT_BYTES_MAX,
        .keep = keep,
        .n_keep = 2,
        .run = planner_child,
        .userdata = slot,
    };

    if (c->program) {
        keep[spec.n_keep++] = slot->program.to[1];
        keep[spec.n_keep++] = slot->program.from[0];
        spec.start = &slot->program.start;
    }
    qsort(keep, spec.n_keep, sizeof(*keep), planner_compare_fds);
    return confined_start(&slot->child, &spec, err);
}

static int planner_start(struct planner_slot *slot,
                         struct planner_result *result, struct error *err)
{
    const struct program *program = result->configuration->program;
    int r;

    result->fd = planner_result_open();
    if (result->fd < 0)
        return error_errno(err, result->fd, "a memory file for a plan");
    slot->result = result;
    if (program) {
        r = program_run_open(&slot->program, program, MEMORY_BYTES, err);
        if (r < 0)
            return r;
    }
    r = planner_fork(slot, err);
    if (program)
        program_run_close(&slot->program);
    return r;
}

static void planner_add_said(struct planner_result *result,
                             const struct confined *child)
{
    char *log;

    if (child->said.size == 0)
        return;
    log = xasprintf("%s%s", result->log ? result->log : "", child->said.data);
    free(result->log);
    result->log = log;
}

/* A program says on standard error why it has failed. */
static void planner_quote(struct planner_result *result, struct confined *child)
{
    cleanup_free char *said = confined_said(child);
    char *error;

    if (!said)
        return;
    error = xasprintf("%s; it said: %s", result->error, said);
    free(result->error);
    result->error = error;
}

static void planner_finish(struct planner_slot *slot)
{
    struct planner_result *result = slot->result;

    result->end = slot->child.end;
    if (slot->child.end == CONFINED_DONE) {
        planner_result_read(result);
        if (result->outcome == PLANNER_FAILED && result->configuration->program)
            planner_quote(result, &slot->child);
        planner_add_said(result, &slot->child);
    } else {
        result->outcome = PLANNER_DIED;
        result->error = confined_describe_end(&slot->child);
    }
    confined_done(&slot->child);
    slot->result = NULL;
}

/* One round: free slots get work, then the running ones are waited for. */
static int planner_round(struct planner_slot *slots, size_t n_slots,
                         struct planner_result *results, size_t *next,
                         struct error *err)
{
    const struct planner_job *job = slots[0].job;
    struct confined *children[SLOTS_MAX];
    size_t i;
    int r = 0;

    for (i = 0; i < n_slots && r == 0; i++) {
        if (!slots[i].result && *next < job->n)
            r = planner_start(&slots[i], &results[(*next)++], err);
        children[i] = slots[i].result ? &slots[i].child : NULL;
    }
    if (r == 0)
        r = confined_wait(children, n_slots, err);
    for (i = 0; i < n_slots && r == 0; i++)
        if (slots[i].result && slots[i].child.end != CONFINED_RUNNING)
            planner_finish(&slots[i]);
    return r;
}

static bool planner_busy(const struct planner_slot *slots, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++)
        if (slots[i].result)
            return true;
    return false;
}

static const struct planner_result *
planner_find(const struct planner_result *results, size_t n, const char *name)
{
    size_t i;

    for (i = 0; i < n; i++)
        if (streq(results[i].configuration->name, name))
            return &results[i];
    return NULL;
}

/* In run order, so what depends on a skipped one is skipped, too. */
static void planner_skip(struct planner_result *results, size_t n)
{
    const struct planner_result *culprit;
    size_t i;

    for (i = 0; i < n; i++) {
        char **name = results[i].configuration->depends;

        for (; results[i].outcome == PLANNER_OK && name && *name; name++) {
            culprit = planner_find(results, i, *name);
            if (!culprit || culprit->outcome == PLANNER_OK)
                continue;
            results[i].outcome = PLANNER_SKIPPED;
            results[i].error = xasprintf(
                "skipped: it depends on \"%s\", which %s", *name,
                culprit->outcome == PLANNER_SKIPPED ? "was skipped" : "failed");
        }
    }
}

static int planner_run_all(const struct planner_job *job,
                           struct planner_result *results, struct error *err)
{
    struct planner_slot slots[SLOTS_MAX] = {0};
    size_t n_slots = confined_cpus(), next = 0, i;
    int r = 0;

    if (n_slots > SLOTS_MAX)
        n_slots = SLOTS_MAX;
    for (i = 0; i < n_slots; i++)
        slots[i].job = job;
    for (i = 0; i < job->n; i++)
        results[i] = (struct planner_result){.configuration = job->selected[i],
                                             .fd = -1};
    while (r == 0 && (next < job->n || planner_busy(slots, n_slots)))
        r = planner_round(slots, n_slots, results, &next, err);
    for (i = 0; i < n_slots; i++)
        confined_done(&slots[i].child);
    if (r < 0)
        return r;
    for (i = 0; i < job->n; i++)
        planner_result_map(&results[i]);
    planner_skip(results, job->n);
    return 0;
}

/* What planner_run hands to its thread. */
struct planner_work {
    const struct planner_job *job;
    struct planner_result *results;
    struct error *err;
    int returned;
};

static void *planner_work(void *userdata)
{
    struct planner_work *work = userdata;

    work->returned = planner_run_all(work->job, work->results, work->err);
    return NULL;
}

int planner_run(const struct planner_job *job, struct planner_result *results,
                struct error *err)
{
    struct planner_work work = {job, results, err, 0};
    pthread_t thread;

    if (job->n > 1) {
        mallopt(M_TOP_PAD, HEAP_BYTES);
        if (pthread_create(&thread, NULL, planner_work, &work) == 0) {
            pthread_join(thread, NULL);
            return work.returned;
        }
    }
    return planner_run_all(job, results, err);
}
