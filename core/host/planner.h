/* SPDX-License-Identifier: ISC */
#ifndef CCM_HOST_PLANNER_H
#define CCM_HOST_PLANNER_H

/* Planners: one confined child for each configuration, in parallel. */

#include "base/error.h"
#include "config/config.h"
#include "host/catalog.h"
#include "host/confine.h"
#include "host/confined.h"
#include "objects/objects.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* The input of the planners; all of it is kept. */
struct planner_job {
    const struct config *config;
    struct confine *confine;
    const struct objects *objects;
    const struct configuration *const *selected; /* in run order */
    size_t n;
    bool as_is; /* objects in the order that they have, not by id: for tests of
                   modules */
    const json_t *bad_ids; /* objects that are rejected from the start:
                              {"crons":[17]}; NULL: none */
};

enum planner_outcome {
    PLANNER_OK = 0,
    PLANNER_FAILED,  /* plan() failed, or the descriptor changed */
    PLANNER_DIED,    /* crashed, exited, timed out, refused, ...: see end */
    PLANNER_BAD,     /* its result is malformed */
    PLANNER_SKIPPED, /* a configuration that it depends on has failed */
};

/* The outcome of planning one configuration. */
struct planner_result {
    const struct configuration *configuration; /* borrowed */
    enum planner_outcome outcome;
    enum confined_end end;
    char *error;      /* why it failed; NULL if it did not */
    json_t *rejected; /* array of {"type","id","error"} */
    char *log;        /* lines of ccm_log and of standard error; may be "" */
    const char *wire; /* what it declares: see change/wire.h; valid until
                         planner_result_done */
    size_t wire_size;
    void *mapping;
    size_t mapping_size;
    int fd; /* the memory file, sealed; -1: none */
};

/*
 * Plans all selected configurations, even if some fail, and fills results (n of
 * them). Returns 0 if planning was possible at all, even if every planner
 * failed; or -errno.
 */
int planner_run(const struct planner_job *job, struct planner_result *results,
                struct error *err);
void planner_result_done(struct planner_result *result);

#endif
