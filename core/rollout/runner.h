/* SPDX-License-Identifier: ISC */
#ifndef CCM_ROLLOUT_RUNNER_H
#define CCM_ROLLOUT_RUNNER_H

/* One `ccm-runner run`: the daemon's side of base/protocol.h. */

#include "base/error.h"
#include "config/config.h"
#include "loop/loop.h"

#include <jansson.h>
#include <sys/stat.h>

struct job;

/*
 * Where jobs get their runners from: a new one, or the one that was started
 * beforehand and waits (the spare). Starting a runner and loading what it
 * needs takes longer than most jobs, and in a roll-out all nodes wait for it.
 */
struct job_source {
    struct loop *loop;
    const struct config *config;
    struct timer timer;     /* until the next spare is started */
    struct job *spare;      /* NULL: none waits */
    struct stat made_of[2]; /* ccm.conf and runner, as the spare found them */
};

/* config is kept. */
void job_source_init(struct job_source *source, struct loop *loop,
                     const struct config *config);
/* No job for now: a spare is to be ready again, some seconds from now (they
 * are for the other nodes' turns). */
void job_source_rest(struct job_source *source);
/* No spare any more. */
void job_source_done(struct job_source *source);

struct job_ops {
    /* It has planned and compared; report is the "planned" event. */
    void (*planned)(void *userdata, const json_t *report);
    void (*progress)(void *userdata, const json_t *report);
    /* It has ended; job is freed after this. report is its "done" or
     * "failed" event; if it ended without one, a "failed" event made here
     * (step "run", "died": true). */
    void (*ended)(void *userdata, bool ok, const json_t *report);
};

/* order is the "job" object of base/protocol.h. ops and userdata are kept
 * until ended. Sets *out, borrowed (valid until ended returns). */
int job_start(struct job_source *source, const json_t *order,
              const struct job_ops *ops, void *userdata, struct job **out,
              struct error *err);
/* After planned: apply, in this turn. */
void job_apply(struct job *job, const char *turn);
/* Forget it: ended is not called. Not after job_apply. */
void job_abandon(struct job *job);

#endif
