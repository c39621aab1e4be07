/* SPDX-License-Identifier: ISC */
/*
 * One transaction from the first staged byte to the last dropped back-up. The
 * commit point is the journal's "done" record, after the health checks: until
 * then a failure or a crash leads back, from then on it leads forward.
 */
#include "change/apply.h"
#include "change/apply_test.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/util.h"
#include "change/commit.h"
#include "change/fault.h"
#include "change/owed.h"
#include "change/rollback.h"
#include "change/service.h"
#include "change/stage.h"

#include <errno.h>

static int apply_stage(struct work *work, const struct delta **blame,
                       struct error *err)
{
    struct transaction_input input = {
        .deltas = work->deltas, .plan = work->plan, .tree = work->tree};
    int r;

    apply_test_find(work);
    work_progress(work, "stage", NULL, NULL);
    r = work_accounts(work, &input.accounts, err);
    if (r == 0)
        r = transaction_build(&work->t, &input, blame, err);
    if (r < 0)
        return r;
    r = journal_begin(&work->journal, work->state_fd, &work->t, err);
    if (r < 0) {
        *blame = NULL;
        return r;
    }
    r = stage_all(work, blame, err);
    if (r < 0)
        return r;
    *blame = NULL;
    r = work_sync(work, err);
    if (r == 0)
        r = journal_staged(&work->journal, &work->t, err);
    work->t.staged = r == 0;
    return r;
}

static int apply_commit(struct work *work, const struct delta **blame,
                        struct error *err)
{
    int r = commit_all(work, blame, err);

    if (r == 0)
        *blame = NULL;
    return r < 0 ? r : work_sync(work, err);
}

/* A step does one thing, or one for each service to be reloaded. */
struct apply_step {
    const char *name; /* of base/protocol.h */
    /* *blame is the delta that a failure comes from, or NULL. */
    int (*run)(struct work *work, const struct delta **blame,
               struct error *err);
    int (*service)(struct work *work, const struct delta_service *told,
                   const struct config_service *service, struct error *err);
};

static int apply_test(struct work *work, const struct delta_service *told,
                      const struct config_service *service, struct error *err)
{
    int r = FAULT("test");

    if (r < 0)
        return error_errno(err, r, "service %s: test", service->name);
    r = apply_test_service(work, told->name, err);
    return r < 0 ? r : service_test(service, err);
}

/* The journal records the reload before it happens. */
static int apply_tell(struct work *work, const struct delta_service *told,
                      const struct config_service *service, struct error *err)
{
    int r = journal_tell(&work->journal, told->name, told->restart, err);

    if (r < 0)
        return r;
    transaction_tell(&work->t, told->name, told->restart);
    r = FAULT("tell");
    r = r < 0 ? error_errno(err, r, "service %s", service->name)
              : service_tell(service, told->restart, err);
    if (r == 0 && (r = FAULT("told")) < 0)
        error_errno(err, r, "service %s", service->name);
    return r;
}

static int apply_check(struct work *work, const struct delta_service *told,
                       const struct config_service *service, struct error *err)
{
    int r = FAULT("check");

    (void) work;
    (void) told;
    return r < 0 ? error_errno(err, r, "service %s: check", service->name)
                 : service_check(service, err);
}

static int apply_services(struct work *work, const struct apply_step *step,
                          struct error *err)
{
    size_t i;
    int r = 0;

    for (i = 0; r == 0 && i < work->deltas->n_services; i++) {
        const struct delta_service *told = &work->deltas->services[i];

        if (!told->changed) /* only owed: paid at the end */
            continue;
        work_progress(work, step->name, NULL, told->name);
        r = step->service(work, told, config_service(work->config, told->name),
                          err);
    }
    return r;
}

static int apply_done(struct work *work, const struct delta **blame,
                      struct error *err)
{
    struct transaction *t = &work->t;
    size_t i;
    int r;

    *blame = NULL;
    t->applied = xcalloc(work->plan->n_configurations + 1, sizeof(*t->applied));
    for (i = 0; i < work->plan->n_configurations; i++) {
        t->applied[i].name = xstrdup(work->plan->configurations[i].name);
        memcpy(t->applied[i].digest, work->plan->configurations[i].digest,
               sizeof(t->applied[i].digest));
    }
    t->n_applied = work->plan->n_configurations;
    r = journal_done(&work->journal, t, err);
    t->done = r == 0;
    return r;
}

/* One line: what failed, where, and how far it was undone. */
static int apply_failed(struct work *work, int r, const struct delta *blame,
                        struct engine_failure *failure, struct error *err)
{
    struct error back = {{0}}, first = *err;
    char what[PLAN_DESCRIBE_SIZE] = "";
    int undone = 0;

    if (blame) {
        plan_describe(work->plan, blame->change, what);
        snprintf(failure->configuration, sizeof(failure->configuration), "%s",
                 work->plan->configurations[blame->change->configuration].name);
    }
    if (work->journal.fd >= 0)
        undone = rollback_all(work, &back);
    failure->rolled_back = undone == 0;
    return error_set(err, r, "%s%s%s%s%s%s", what, *what ? ": " : "",
                     first.text, buf_text(&work->notes),
                     undone < 0 ? "; not rolled back: " : "", back.text);
}

static const struct apply_step apply_order[] = {
    {.name = "stage", .run = apply_stage},
    {.name = "commit", .run = apply_commit},
    {.name = "test", .service = apply_test},
    {.name = "reload", .service = apply_tell},
    {.name = "check", .service = apply_check},
    {.name = "commit", .run = apply_done},
};

/* Runs one step after the other. Returns the first failure; failure->step is
 * the step. */
static int apply_steps(struct work *work, struct apply_times *times,
                       const struct delta **blame,
                       struct engine_failure *failure, struct error *err)
{
    size_t i;
    int r = 0;

    for (i = 0; r == 0 && i < ARRAY_SIZE(apply_order); i++) {
        const struct apply_step *step = &apply_order[i];
        int64_t begin = clock_ms();

        failure->step = step->name;
        r = step->run ? step->run(work, blame, err)
                      : apply_services(work, step, err);
        times->phases[times->n++] =
            (struct apply_phase){step->name, clock_ms() - begin};
    }
    return r;
}

static void apply_unpaid(void *userdata, const char *name, const char *why)
{
    (void) name;
    work_progress(userdata, "reload", NULL, why);
}

int apply_run(struct work *work, struct apply_times *times,
              struct engine_failure *failure, struct error *err)
{
    const struct delta *blame = NULL;
    struct error left;
    int64_t begin;
    int r = apply_steps(work, times, &blame, failure, err);

    begin = clock_ms();
    if (r < 0) {
        r = apply_failed(work, r, blame, failure, err);
        times->phases[times->n++] =
            (struct apply_phase){"rollback", clock_ms() - begin};
        return r;
    }
    /* The new state is in force. If something old cannot be dropped now, the
     * journal stays and the next run drops it. */
    rollback_finish(work, &left);
    owed_pay(work->config, work->state_fd, apply_unpaid, work, NULL);
    times->phases[times->n++] =
        (struct apply_phase){"finish", clock_ms() - begin};
    return 0;
}
