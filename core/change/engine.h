/* SPDX-License-Identifier: ISC */
#ifndef CCM_CHANGE_ENGINE_H
#define CCM_CHANGE_ENGINE_H

/*
 * The node's side of a run: compare a plan with the node, show it, apply it
 * as one transaction, recover after a crash. Besides the history of runs
 * (history.h) this is all that the rest of the runner needs of core/change.
 *
 * One engine at a time for a state_dir: engine_open takes a file lock when
 * writing is meant.
 */

#include "base/error.h"
#include "config/config.h"
#include "plan/plan.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

struct engine;

enum engine_access {
    ENGINE_PREVIEW, /* reads only; needs no state_dir */
    ENGINE_APPLY,   /* takes the lock of state_dir */
};

/* Called while applying: step is a step of base/protocol.h; configuration and
 * detail may be NULL. */
typedef void (*engine_progress_fn)(void *userdata, const char *step,
                                   const char *configuration,
                                   const char *detail);

/* Where and why a run failed. */
struct engine_failure {
    const char *step;       /* of base/protocol.h; static */
    char configuration[64]; /* "" if none is to blame */
    bool rolled_back;       /* the node is as it was before */
};

/* The results of a comparison. */
struct engine_summary {
    size_t changes; /* of files, directories, ..., commands */
    size_t creates;
    size_t updates;
    size_t removals;
    size_t commands;
    size_t services; /* that will be reloaded or restarted */
    size_t owed;     /* services that an earlier run still owes a reload */
};

/* config is kept until engine_close. Sets *out, new (freed with
 * engine_close). Returns 0, -EBUSY (another run is under way), or another
 * -errno. */
int engine_open(struct config *config, enum engine_access access,
                struct engine **out, struct error *err);
void engine_close(struct engine *engine);

/* The names of all configurations of the catalog, NULL-terminated; keeps them
 * until engine_close. The digests of other configurations are forgotten and do
 * not count. Without this call nothing is forgotten. */
void engine_known(struct engine *engine, const char *const *names);

/* The guard does not look at what is compared next. */
void engine_allow_removals(struct engine *engine);

/*
 * Compares the whole plan with the node; engine keeps plan until engine_close.
 * Called once. Checks the guard unless removals are allowed. With ENGINE_APPLY
 * the journal of a killed run is recovered first, and if there is nothing to
 * do, the digests are recorded at once. Returns 0 or -errno with failure filled
 * ("compare" or "guard"); after "guard" the preview can still be shown.
 */
int engine_compare(struct engine *engine, const struct plan *plan,
                   struct engine_summary *summary,
                   struct engine_failure *failure, struct error *err);

/* The preview as text: unified diffs that patch(1) applies, what else is
 * done, and a summary line. colour: with ANSI colours. Returns 0 or -errno of
 * writing. */
int engine_preview_text(struct engine *engine, FILE *out, bool colour,
                        struct error *err);

/*
 * The preview as JSON: {"changes":[{"configuration","kind","path" (or
 * "name"),"action":"create"|"update"|"delete"|"run","diff"?,"mode"?,
 * "owner"?,"object"?,"sensitive"?,"argv"?}],"services":[{"name","action":
 * "reload"|"restart","owed":bool}],"summary":{...}}.
 * Returns new (freed with json_decref).
 */
json_t *engine_preview_json(struct engine *engine);

/* For whom and why something is applied; for the history's record. */
struct engine_order {
    const char *turn; /* may be NULL */
    const char *who;  /* may be NULL */
    int64_t revision;
    engine_progress_fn progress; /* may be NULL */
    void *userdata;              /* of progress */
};

/*
 * Applies what engine_compare found ("Applying" in ccm-runner(8)). The
 * history's record is written on every ending. With nothing to do there is no
 * record. One that cannot be written is reported as progress, step "history".
 * Returns 0, or -errno with failure filled; then failure->rolled_back tells
 * whether all was put back.
 */
int engine_apply(struct engine *engine, const struct engine_order *order,
                 struct engine_failure *failure, struct error *err);

/*
 * The digest of everything that this node has applied: over the digests of all
 * configurations applied so far (kept in state_dir), with the newest ones of
 * this plan.
 */
void engine_digest(struct engine *engine, char digest[33]);

/*
 * After a crash: restores the old state, or finishes the run, performs the
 * reloads owed, and removes the journal. Does nothing if there is no journal.
 * Sets *recovered to what was done ("nothing", "rolled back", "finished").
 * Returns 0 or -errno: either the journal is still there, or a service could
 * not be told: it stays owed.
 */
int engine_recover(struct engine *engine, const char **recovered,
                   struct error *err);

#endif
