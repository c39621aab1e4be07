/* SPDX-License-Identifier: ISC */
/*
 * Runs the planners, as many at a time as there are processors. The objects
 * have been fetched; each planner receives those of its types, in sealed
 * memory. One that fails fails its own configuration; the others still run, so
 * that the report is complete, and those that depend on it are marked as
 * skipped afterwards.
 */
#include "host/planner.h"

#include "base/alloc.h"
#include "base/util.h"
#include "host/brief.h"
#include "host/names.h"
#include "host/planner_result.h"

#include <errno.h>
#include <unistd.h>

#define SLOTS_MAX 64
#define MEMORY_BYTES (UINT64_C(1024) * 1024 * 1024)
/* Objects take more memory than their text, up to this factor. */
#define OBJECT_MEMORY_FACTOR 32

/* The objects of a type, as text in sealed memory. */
struct planner_type {
    const char *name;
    int fd;
    uint64_t size;
};

struct planner_work;

/* One planner at work. */
struct planner_slot {
    struct confined child;
    struct planner_work *work;
    struct planner_result *result; /* NULL: the slot is free */
    struct program_run program;    /* of the configuration, if it has one */
    uint64_t need_bytes;           /* of memory, at most */
};

/* The state while planners run. */
struct planner_work {
    const struct planner_job *job;
    struct planner_type *types;
    size_t n_types, types_capacity;
    struct planner_slot slots[SLOTS_MAX];
    size_t n_slots;
    size_t next;           /* the first that no slot has taken */
    uint64_t memory_bytes; /* of this machine */
    uint64_t need_bytes;   /* of those that run */
    uint64_t result_bytes; /* that are kept until all have planned */
};

/* The input for planner_child.h. Returns new. */
static json_t *planner_input(const struct planner_job *job,
                             const struct configuration *c)
{
    return json_pack(
        "{s:s, s:s, s:s, s:o, s:o, s:o, s:s, s:o, s:O, s:o, s:b, s:o}",
        "configuration", c->name, "module", c->module, "version", c->version,
        "subscribes", names_json((const char *const *) c->subscribes),
        "depends", names_json((const char *const *) c->depends), "after",
        names_json((const char *const *) c->after), "node", job->config->node,
        "groups", names_json((const char *const *) job->config->groups),
        "settings", c->settings, "types", json_array(), "as_is", job->as_is,
        "bad", json_object());
}

/* The objects of a type, written out when the first planner needs them. */
static int planner_type(struct planner_work *work, const char *name,
                        struct planner_type **out, struct error *err)
{
    struct planner_type *type;
    const json_t *objects;
    size_t i;
    int fd;

    for (i = 0; i < work->n_types; i++)
        if (streq(work->types[i].name, name)) {
            *out = &work->types[i];
            return 0;
        }
    xgrow(&work->types, &work->types_capacity, work->n_types,
          sizeof(*work->types));
    type = &work->types[work->n_types];
    *type = (struct planner_type){.name = name};
    objects = objects_of(work->job->objects, name);
    fd = objects ? brief_write(objects, &type->size) : -ENOENT;
    if (fd < 0)
        return error_errno(err, fd, "objects of %s", name);
    type->fd = fd;
    work->n_types++;
    *out = type;
    return 0;
}

/* The memory that a planner of this configuration may take: its own, its
 * result, and objects. Returns 0 or -errno. */
static int planner_need(struct planner_work *work,
                        const struct configuration *c, uint64_t *need,
                        struct error *err)
{
    struct planner_type *type = NULL;
    char **name;
    int r;

    *need = MEMORY_BYTES;
    for (name = c->subscribes; name && *name; name++) {
        r = planner_type(work, *name, &type, err);
        if (r < 0)
            return r;
        *need += type->size * OBJECT_MEMORY_FACTOR;
    }
    return 0;
}

static int planner_add_types(struct planner_work *work, struct brief *brief,
                             const struct configuration *c, struct error *err)
{
    const json_t *input = json_object_get(brief->document, "input");
    json_t *names = json_object_get(input, "types");
    json_t *bad = json_object_get(input, "bad"), *ids;
    struct planner_type *type = NULL;
    char **name;
    int r;

    for (name = c->subscribes; name && *name; name++) {
        r = planner_type(work, *name, &type, err);
        if (r < 0)
            return r;
        json_array_append_new(names, json_string(*name));
        brief_add(brief, type->fd);
        ids = json_object_get(work->job->bad_ids, *name);
        if (ids)
            json_object_set(bad, *name, ids);
    }
    return 0;
}

static int planner_ask(struct planner_slot *slot, struct error *err)
{
    const struct planner_job *job = slot->work->job;
    const struct configuration *c = slot->result->configuration;
    struct brief brief;
    struct confined_spec spec = {
        .confine = job->confine,
        .memory_bytes = slot->need_bytes,
        .time_ms = job->config->plan_timeout_ms,
        .result_bytes = PLANNER_RESULT_BYTES_MAX,
        .brief = &brief,
        .out_fd = slot->result->fd,
    };
    int r =
        brief_init(&brief, "plan", c->file, c->program ? &slot->program : NULL,
                   planner_input(job, c));

    if (r < 0)
        error_errno(err, r, "what configuration %s is handed", c->name);
    else
        r = planner_add_types(slot->work, &brief, c, err);
    if (r == 0)
        r = confined_start(&slot->child, &spec, err);
    brief_done(&brief);
    return r;
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
    slot->work->need_bytes += slot->need_bytes;
    if (program) {
        r = program_run_open(&slot->program, program, MEMORY_BYTES, err);
        if (r < 0)
            return r;
    }
    r = planner_ask(slot, err);
    if (program)
        program_run_close(&slot->program);
    return r;
}

/* Starts the next planner, unless it may need more memory than the running ones
 * leave; then it waits until they end. */
static int planner_start_next(struct planner_slot *slot,
                              struct planner_result *results, struct error *err)
{
    struct planner_work *work = slot->work;
    struct planner_result *result = &results[work->next];
    int r = planner_need(work, result->configuration, &slot->need_bytes, err);

    if (r < 0)
        return r;
    if (work->need_bytes > 0 &&
        work->need_bytes + slot->need_bytes > work->memory_bytes)
        return 0;
    work->next++;
    return planner_start(slot, result, err);
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

/* All results together may take a quarter of the machine's memory. */
static void planner_count(struct planner_work *work,
                          struct planner_result *result)
{
    uint64_t most = work->memory_bytes / 4;

    if (most < PLANNER_RESULT_BYTES_MAX)
        most = PLANNER_RESULT_BYTES_MAX;
    if (result->mapping_size <= most - work->result_bytes) {
        work->result_bytes += result->mapping_size;
        return;
    }
    planner_result_drop(result);
    free(result->error);
    result->outcome = PLANNER_BAD;
    result->error = xasprintf("all configurations together declare more than "
                              "%llu MB, which is what this node has room for",
                              (unsigned long long) (most >> 20));
}

static void planner_finish(struct planner_slot *slot)
{
    struct planner_work *work = slot->work;
    struct planner_result *result = slot->result;

    result->end = slot->child.end;
    if (slot->child.end == CONFINED_DONE) {
        planner_result_read(result, work->job->objects);
        if (result->outcome == PLANNER_FAILED && result->configuration->program)
            planner_quote(result, &slot->child);
        planner_add_said(result, &slot->child);
        planner_count(work, result);
    } else {
        result->outcome = PLANNER_DIED;
        result->error = confined_describe_end(&slot->child);
    }
    confined_done(&slot->child);
    work->need_bytes -= slot->need_bytes;
    slot->result = NULL;
}

/* One round: gives work to free slots, then waits for the running ones. */
static int planner_round(struct planner_work *work,
                         struct planner_result *results, struct error *err)
{
    struct confined *children[SLOTS_MAX];
    struct planner_slot *slot;
    size_t i;
    int r = 0;

    for (i = 0; i < work->n_slots && r == 0; i++) {
        slot = &work->slots[i];
        if (!slot->result && work->next < work->job->n)
            r = planner_start_next(slot, results, err);
        children[i] = slot->result ? &slot->child : NULL;
    }
    if (r == 0)
        r = confined_wait(children, work->n_slots, err);
    for (i = 0; i < work->n_slots && r == 0; i++) {
        slot = &work->slots[i];
        if (slot->result && slot->child.end != CONFINED_RUNNING)
            planner_finish(slot);
    }
    return r;
}

static bool planner_busy(const struct planner_work *work)
{
    size_t i;

    for (i = 0; i < work->n_slots; i++)
        if (work->slots[i].result)
            return true;
    return work->next < work->job->n;
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

static void planner_work_done(struct planner_work *work)
{
    size_t i;

    for (i = 0; i < work->n_slots; i++)
        confined_done(&work->slots[i].child);
    for (i = 0; i < work->n_types; i++)
        close(work->types[i].fd);
    free(work->types);
}

int planner_run(const struct planner_job *job, struct planner_result *results,
                struct error *err)
{
    struct planner_work work = {
        .job = job,
        .n_slots = confined_cpus(),
        .memory_bytes = (uint64_t) sysconf(_SC_PHYS_PAGES) *
                        (uint64_t) sysconf(_SC_PAGESIZE),
    };
    size_t i;
    int r = 0;

    if (work.n_slots > SLOTS_MAX)
        work.n_slots = SLOTS_MAX;
    for (i = 0; i < work.n_slots; i++)
        work.slots[i].work = &work;
    for (i = 0; i < job->n; i++)
        results[i] = (struct planner_result){.configuration = job->selected[i],
                                             .fd = -1};
    while (r == 0 && planner_busy(&work))
        r = planner_round(&work, results, err);
    planner_work_done(&work);
    if (r < 0)
        return r;
    planner_skip(results, job->n);
    return 0;
}
