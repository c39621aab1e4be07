/* SPDX-License-Identifier: ISC */
#ifndef CCM_ROLLOUT_RUNNER_H
#define CCM_ROLLOUT_RUNNER_H

/* One `ccm-runner run`: the daemon's side of base/protocol.h. */

#include "base/error.h"
#include "config/config.h"
#include "loop/loop.h"

#include <jansson.h>
#include <sys/stat.h>

struct runner;

/*
 * The source of runners: a new one, or the one that was started in advance and
 * waits (the spare). Starting a runner and loading what it needs takes longer
 * than most jobs, and in a roll-out all nodes wait for it.
 */
struct runner_source {
    struct loop *loop;
    const struct config *config;
    struct timer timer;     /* until the next spare is started */
    struct runner *spare;   /* NULL: none waits */
    struct stat made_of[2]; /* ccm.conf and runner, as the spare found them */
};

/* config is kept. */
void runner_source_init(struct runner_source *source, struct loop *loop,
                        const struct config *config);
/* No job for now: prepares a spare, in some seconds (which are left for the
 * other nodes' turns). */
void runner_source_rest(struct runner_source *source);
/* No spare any more. */
void runner_source_done(struct runner_source *source);

struct runner_ops {
    /* It has planned and compared; report is the "planned" event. */
    void (*planned)(void *userdata, const json_t *report);
    void (*progress)(void *userdata, const json_t *report);
    /* It has ended; job is freed after this. report is its "done" or
     * "failed" event; if it ended without one, a "failed" event made here
     * (step "run", "died": true). */
    void (*ended)(void *userdata, bool ok, const json_t *report);
};

/* order is the "job" object of base/protocol.h. ops and userdata are kept
 * until ended. Sets *out, borrowed (valid until ended returns). Six parameters:
 * as child_start, which it calls. */
int runner_start(struct runner_source *source, const json_t *order,
                 const struct runner_ops *ops, void *userdata,
                 struct runner **out, struct error *err);
/* After planned: apply, in this turn. */
void runner_apply(struct runner *job, const char *turn);
/* Forget it: ended is not called. Not after runner_apply. */
void runner_abandon(struct runner *job);

#endif
