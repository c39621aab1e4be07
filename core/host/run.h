/* SPDX-License-Identifier: ISC */
#ifndef CCM_HOST_RUN_H
#define CCM_HOST_RUN_H

/* What a run and a preview have in common: catalog, objects, planners, plan. */

#include "base/error.h"
#include "change/engine.h"
#include "config/config.h"
#include "host/catalog.h"
#include "host/planner.h"
#include "plan/plan.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

struct run {
    struct config *config; /* kept */
    struct confine *confine;
    json_t *answers; /* of modules, from run_prepare; NULL: none */
    struct catalog *catalog;
    const struct configuration **selected; /* in run order */
    size_t n_selected;
    struct objects *objects;
    struct planner_result *results; /* of each selected one */
    struct plan *plan;
    struct engine_failure failure; /* where it failed */
    bool transient;                /* objects out of reach: try again */
    bool
        died; /* a planner was killed, for want of memory: may be tried again */
};

/* config is kept until run_done. */
void run_init(struct run *run, struct config *config);
void run_done(struct run *run);

/* Does beforehand what the steps below will need, and what does not depend on
 * the job: what it finds is looked up again then. Failures are left to them. */
void run_prepare(struct run *run);

/* Loads the catalog. Like the other steps: returns 0, or -errno with
 * run->failure and run->transient filled. */
int run_load(struct run *run, struct error *err);

/* Is what was read of ccm.conf what ccmd was started with (its digest; NULL:
 * any)? Returns 0 or -ESTALE. */
int run_check_config(struct run *run, const char *digest, struct error *err);

/* What ccmd subscribes and sorts by must be what is used here: is the
 * catalog the one of this digest (NULL: any)? Returns 0 or -ESTALE. */
int run_check_catalog(struct run *run, const char *digest, struct error *err);

/* Selects configurations by name, or those that are subscribed to one of
 * these types; NULL is all. Each NULL-terminated. Returns 0 or -ENOENT. */
int run_select_names(struct run *run, const char *const *names,
                     struct error *err);
int run_select_types(struct run *run, const char *const *types,
                     struct error *err);

/* Fetches the objects, at least as new as that revision, and plans. */
int run_plan(struct run *run, int64_t revision, struct error *err);

/* A digest of all that applying would do: of what is declared, and of what
 * differs on the node. */
void run_digest(const struct run *run, struct engine *engine,
                char digest[DIGEST_SIZE]);

/* What was rejected: array of {"configuration","type","id","error"}. Returns
 * new (freed with json_decref). */
json_t *run_rejected(const struct run *run);

/* The names of the selected configurations in run order. Returns new. */
json_t *run_names(const struct run *run);

/* Logs what the planners said, a line a line. */
void run_log(const struct run *run);

/* Notes where it failed (configuration may be NULL). Returns code. */
int run_fail(struct run *run, int code, const char *step,
             const char *configuration);

#endif
