/* SPDX-License-Identifier: ISC */
/*
 * One transaction from the first staged byte to the last dropped back-up. The
 * commit point is the journal's "done" record, after the health checks: until
 * then a failure or a crash leads back, from then on it leads forward.
 */
#include "change/apply.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/util.h"
#include "change/commit.h"
#include "change/fault.h"
#include "change/rollback.h"
#include "change/service.h"
#include "change/stage.h"

#include <errno.h>

static int apply_stage(struct work *work, const struct delta **blame,
                       struct error *err)
{
    const struct accounts *accounts;
    int r = work_accounts(work, &accounts, err);

    if (r == 0)
        r = transaction_build(&work->t, work->deltas, work->plan, work->tree,
                              accounts, blame, err);
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

typedef int (*apply_service_fn)(struct work *work,
                                const struct delta_service *told,
                                const struct config_service *service,
                                struct error *err);

static int apply_test(struct work *work, const struct delta_service *told,
                      const struct config_service *service, struct error *err)
{
    int r = FAULT("test");

    (void) work;
    (void) told;
    return r < 0 ? error_errno(err, r, "service %s: test", service->name)
                 : service_test(service, err);
}

/* The journal records that the service is told before it is told. */
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

static int apply_services(struct work *work, const char *step,
                          apply_service_fn fn, struct error *err)
{
    size_t i;
    int r = 0;

    for (i = 0; r == 0 && i < work->deltas->n_services; i++) {
        const struct delta_service *told = &work->deltas->services[i];

        work_progress(work, step, NULL, told->name);
        r = fn(work, told, config_service(work->config, told->name), err);
    }
    return r;
}

static int apply_done(struct work *work, struct error *err)
{
    struct transaction *t = &work->t;
    size_t i;
    int r;

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

/* Runs one step after the other. Returns the first failure; failure->step is
 * the step. */
static int apply_steps(struct work *work, struct apply_times *times,
                       const struct delta **blame,
                       struct engine_failure *failure, struct error *err)
{
    static const char *const names[] = {"stage",  "commit", "test",
                                        "reload", "check",  "commit"};
    size_t i;
    int r = 0;

    for (i = 0; r == 0 && i < ARRAY_SIZE(names); i++) {
        int64_t begin = clock_ms();

        failure->step = names[i];
        if (i == 0) {
            work_progress(work, names[i], NULL, NULL);
            r = apply_stage(work, blame, err);
        } else if (i == 1) {
            r = apply_commit(work, blame, err);
        } else if (i == 2) {
            r = apply_services(work, names[i], apply_test, err);
        } else if (i == 3) {
            r = apply_services(work, names[i], apply_tell, err);
        } else if (i == 4) {
            r = apply_services(work, names[i], apply_check, err);
        } else {
            r = apply_done(work, err);
        }
        times->phases[times->n++] =
            (struct apply_phase){names[i], clock_ms() - begin};
    }
    return r;
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
    times->phases[times->n++] =
        (struct apply_phase){"finish", clock_ms() - begin};
    return 0;
}
