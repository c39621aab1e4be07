/* SPDX-License-Identifier: ISC */
/* The engine: the state of a run from its comparison to its end. */
#include "change/engine.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/json.h"
#include "base/util.h"
#include "change/apply.h"
#include "change/compare.h"
#include "change/guard.h"
#include "change/history.h"
#include "change/owed.h"
#include "change/preview.h"
#include "change/recover.h"
#include "change/state.h"

#include <errno.h>
#include <time.h>

/* A killed run's commands have this long to end. */
#define LOCK_WAIT_MS 15000

struct engine {
    struct config *config;
    struct tree *tree;
    struct accounts *accounts;
    int state_fd; /* -1: a preview without a state_dir */
    int lock_fd;
    const struct plan *plan;
    struct deltas deltas;
    json_t *owed;
    json_t *applied;
    int64_t compare_ms;
    const char *const *known;
    bool allow_removals;
};

static int engine_open_state(struct engine *engine, enum engine_access access,
                             struct error *err)
{
    bool write = access == ENGINE_APPLY;

    engine->state_fd = state_open(engine->config->state_dir, write, err);
    if (!write || engine->state_fd < 0)
        return write ? engine->state_fd : 0;
    engine->lock_fd = state_lock(engine->state_fd, LOCK_WAIT_MS, err);
    return engine->lock_fd < 0 ? engine->lock_fd : 0;
}

int engine_open(struct config *config, enum engine_access access,
                struct engine **out, struct error *err)
{
    struct engine *engine = xcalloc(1, sizeof(*engine));
    int r;

    engine->config = config;
    engine->state_fd = engine->lock_fd = -1;
    r = engine_open_state(engine, access, err);
    if (r == 0)
        r = tree_open(config->root, &engine->tree, err);
    if (r < 0) {
        engine_close(engine);
        return r;
    }
    engine->owed = state_owed(engine->state_fd);
    engine->applied = state_applied(engine->state_fd);
    *out = engine;
    return 0;
}

void engine_close(struct engine *engine)
{
    if (!engine)
        return;
    deltas_done(&engine->deltas);
    accounts_free(engine->accounts);
    tree_close(engine->tree);
    json_decref(engine->owed);
    json_decref(engine->applied);
    if (engine->lock_fd >= 0)
        close(engine->lock_fd);
    if (engine->state_fd >= 0)
        close(engine->state_fd);
    free(engine);
}

void engine_known(struct engine *engine, const char *const *names)
{
    engine->known = names;
}

void engine_allow_removals(struct engine *engine)
{
    engine->allow_removals = true;
}

static bool engine_is_known(const struct engine *engine, const char *name)
{
    const char *const *known = engine->known;

    for (; known && *known; known++)
        if (streq(*known, name))
            return true;
    return !engine->known;
}

/* The digests after this plan has been applied. */
static json_t *engine_applied(const struct engine *engine)
{
    json_t *all = json_object();
    const char *name;
    json_t *digest;
    size_t i;

    json_object_foreach (engine->applied, name, digest)
        if (engine_is_known(engine, name))
            json_object_set(all, name, digest);
    for (i = 0; engine->plan && i < engine->plan->n_configurations; i++)
        json_object_set_new(
            all, engine->plan->configurations[i].name,
            json_string(engine->plan->configurations[i].digest));
    return all;
}

void engine_digest(struct engine *engine, char digest[33])
{
    json_auto_t *applied = engine_applied(engine);
    cleanup_free char *line = json_line(applied);

    digest_bytes(line, strlen(line), digest);
}

static void engine_count(const struct engine *engine,
                         struct engine_summary *out)
{
    const struct deltas *deltas = &engine->deltas;
    size_t i;

    *out = (struct engine_summary){.changes = deltas->n,
                                   .services = deltas->n_services};
    for (i = 0; i < deltas->n; i++) {
        out->creates += deltas->list[i].action == DELTA_CREATE;
        out->updates += deltas->list[i].action == DELTA_UPDATE;
        out->removals += deltas->list[i].action == DELTA_DELETE;
        out->commands += deltas->list[i].action == DELTA_RUN;
    }
    for (i = 0; i < deltas->n_services; i++)
        out->owed += !deltas->services[i].changed;
}

static bool engine_has_nothing_to_do(const struct engine *engine)
{
    return engine->deltas.n == 0 && engine->deltas.n_services == 0;
}

/* This run tells the services that an earlier run owes a reload. */
static void engine_add_owed(struct engine *engine)
{
    const char *name;
    json_t *entry;

    json_object_foreach (engine->owed, name, entry)
        if (owed_is_due(entry, (int64_t) time(NULL)))
            deltas_add_service(&engine->deltas, name, owed_restart(entry),
                               false);
}

/* An earlier run that was killed must be recovered first. */
static int engine_settle(struct engine *engine, struct error *err)
{
    const char *recovered;
    int r;

    if (engine->lock_fd < 0)
        return 0;
    r = recover_journal(engine->config, engine->state_fd, &recovered, err);
    if (r < 0)
        return r;
    json_decref(engine->owed);
    json_decref(engine->applied);
    engine->owed = state_owed(engine->state_fd);
    engine->applied = state_applied(engine->state_fd);
    return 0;
}

/* Forgets the configurations that the catalog no longer has, too. */
static int engine_set_applied(struct engine *engine, struct error *err)
{
    json_auto_t *applied = engine_applied(engine);

    return state_set_applied(engine->state_fd, applied, err);
}

static int engine_compare_plan(struct engine *engine,
                               struct compare_count *count,
                               struct engine_failure *failure,
                               struct error *err)
{
    const struct change *blame = NULL;
    struct compare_input input = {.plan = engine->plan, .tree = engine->tree};
    struct protect *protect = protect_new(engine->config);
    int r = engine_settle(engine, err);

    if (r == 0)
        r = accounts_open(tree_root(engine->tree), &engine->accounts, err);
    input.accounts = engine->accounts;
    input.protect = protect;
    input.root = engine->config->root;
    if (r == 0)
        r = compare_plan(&input, &engine->deltas, count, &blame, err);
    protect_free(protect);
    if (r < 0 && blame)
        snprintf(failure->configuration, sizeof(failure->configuration), "%s",
                 engine->plan->configurations[blame->configuration].name);
    return r;
}

int engine_compare(struct engine *engine, const struct plan *plan,
                   struct engine_summary *summary,
                   struct engine_failure *failure, struct error *err)
{
    struct compare_count count;
    int64_t begin = clock_ms();
    int r;

    *failure = (struct engine_failure){.step = "compare", .rolled_back = true};
    engine->plan = plan;
    r = engine_compare_plan(engine, &count, failure, err);
    if (r < 0)
        return r;
    engine_add_owed(engine);
    engine_count(engine, summary);
    engine->compare_ms = clock_ms() - begin;
    if (engine->lock_fd >= 0 && engine_has_nothing_to_do(engine))
        return engine_set_applied(engine, err);
    if (engine->allow_removals)
        return 0;
    failure->step = "guard";
    return guard_check(engine->config, count.removals, count.managed, err);
}

int engine_preview_text(struct engine *engine, FILE *out, bool colour,
                        struct error *err)
{
    return preview_text(&engine->deltas, engine->plan, out, colour, err);
}

json_t *engine_preview_json(struct engine *engine)
{
    return preview_json(&engine->deltas, engine->plan);
}

static json_t *engine_phases(const struct engine *engine,
                             const struct apply_times *times)
{
    json_t *phases =
        json_pack("{s:I}", "compare", (json_int_t) engine->compare_ms);
    size_t i;

    for (i = 0; i < times->n; i++) {
        json_int_t ms = times->phases[i].ms;
        json_t *before = json_object_get(phases, times->phases[i].name);

        json_object_set_new(phases, times->phases[i].name,
                            json_integer(ms + json_integer_value(before)));
    }
    return phases;
}

/* The history's record. If it cannot be written, the run does not fail; the
 * caller reports that as progress. */
static void engine_record(struct engine *engine, json_t *record,
                          const struct apply_times *times)
{
    json_auto_t *changes =
        preview_json_limited(&engine->deltas, engine->plan, HISTORY_DIFFS_MAX);

    json_object_update_missing(record, changes);
    json_object_set_new(record, "outcome", json_string("changed"));
    json_object_set_new(record, "phases", engine_phases(engine, times));
}

static void engine_record_failure(json_t *record,
                                  const struct engine_failure *failure,
                                  const struct error *err)
{
    json_object_set_new(record, "outcome", json_string("failed"));
    json_object_set_new(record, "step", json_string(failure->step));
    json_object_set_new(record, "configuration",
                        *failure->configuration
                            ? json_text(failure->configuration)
                            : json_null());
    json_object_set_new(record, "error", json_text(err->text));
    json_object_set_new(record, "rolled_back",
                        json_boolean(failure->rolled_back));
}

static void engine_keep_record(struct engine *engine, json_t *record,
                               const struct engine_order *order)
{
    struct error why;

    if (history_add(engine->config, record, &why) < 0 && order->progress)
        order->progress(order->userdata, "history", NULL, why.text);
}

int engine_apply(struct engine *engine, const struct engine_order *order,
                 struct engine_failure *failure, struct error *err)
{
    struct work work = {.config = engine->config,
                        .tree = engine->tree,
                        .state_fd = engine->state_fd,
                        .plan = engine->plan,
                        .deltas = &engine->deltas,
                        .journal = {.state_fd = -1, .fd = -1},
                        .progress = order->progress,
                        .userdata = order->userdata};
    struct apply_times times = {0};
    struct error own;
    char stamp[CLOCK_STAMP_SIZE];
    int64_t begin = clock_ms();
    json_auto_t *record = NULL;
    int r = 0;

    err = err ? err : &own;
    *failure = (struct engine_failure){.step = "commit", .rolled_back = true};
    if (engine_has_nothing_to_do(engine))
        return 0;
    clock_stamp(stamp);
    record =
        json_pack("{s:s,s:s?,s:s?,s:I}", "at", stamp, "turn", order->turn,
                  "who", order->who, "revision", (json_int_t) order->revision);
    r = apply_run(&work, &times, failure, err);
    work_done(&work);
    if (r == 0)
        engine_set_applied(engine, NULL);
    engine_record(engine, record, &times);
    if (r < 0)
        engine_record_failure(record, failure, err);
    json_object_set_new(record, "duration_ms",
                        json_integer(clock_ms() - begin));
    engine_keep_record(engine, record, order);
    return r;
}

int engine_recover(struct engine *engine, const char **recovered,
                   struct error *err)
{
    int r = recover_journal(engine->config, engine->state_fd, recovered, err);

    /* What cannot be paid now is paid later, and keeps nobody from starting. */
    if (r == 0)
        owed_pay(engine->config, engine->state_fd, NULL, NULL, NULL);
    return r;
}
