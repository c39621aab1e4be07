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
    json_t *bad;     /* objects that break their types: as run_rejected */
    json_t *bad_ids; /* the same: {"crons":[17]} */
    struct planner_result *results; /* of each selected one */
    struct plan *plan;
    struct engine_failure failure; /* where it failed */
    bool transient;                /* objects unreachable: try again */
    bool died; /* a planner was killed because memory was short: may be tried
                  again */
};

/* config is kept until run_done. */
void run_init(struct run *run, struct config *config);
void run_done(struct run *run);

/* Prepares what the steps below need and what does not depend on the job. They
 * look everything up again and report failures. */
void run_prepare(struct run *run);

/* Loads the catalog. Like the other steps: returns 0, or -errno with
 * run->failure and run->transient filled. */
int run_load(struct run *run, struct error *err);

/* Does ccm.conf match the file that ccmd was started with (its digest; NULL:
 * any)? Returns 0 or -ESTALE. */
int run_check_config(struct run *run, const char *digest, struct error *err);

/* ccmd and the runner must use the same catalog: does this one have the given
 * digest (NULL: any)? Returns 0 or -ESTALE. */
int run_check_catalog(struct run *run, const char *digest, struct error *err);

/* Selects configurations by name, or those that are subscribed to one of
 * these types; NULL is all. Each NULL-terminated. Returns 0 or -ENOENT. */
int run_select_names(struct run *run, const char *const *names,
                     struct error *err);
int run_select_types(struct run *run, const char *const *types,
                     struct error *err);

/* Fetches the objects, at least as new as that revision, and plans. */
int run_plan(struct run *run, int64_t revision, struct error *err);

/* A digest of everything that applying would do: of the declarations, and of
 * the differences on the node. */
void run_digest(const struct run *run, struct engine *engine,
                char digest[DIGEST_SIZE]);

/* The rejected objects: array of {"configuration","type","id","error"}. Returns
 * new (freed with json_decref). */
json_t *run_rejected(const struct run *run);

/* The names of the selected configurations in run order. Returns new. */
json_t *run_names(const struct run *run);

/* Logs the lines of the planners. */
void run_log(const struct run *run);

/* Notes where it failed (configuration may be NULL). Returns code. */
int run_fail(struct run *run, int code, const char *step,
             const char *configuration);

#endif
