/* SPDX-License-Identifier: ISC */
#ifndef CCM_CHANGE_APPLY_H
#define CCM_CHANGE_APPLY_H

#include "change/work.h"

/* The duration of each phase in milliseconds, in order. */
struct apply_phase {
    const char *name;
    int64_t ms;
};

#define APPLY_PHASES_MAX 8

struct apply_times {
    struct apply_phase phases[APPLY_PHASES_MAX];
    size_t n;
};

/*
 * The transaction: stages, commits, tests, tells and checks the services of
 * work->deltas, rolls back on any failure. work has config, tree, state_fd,
 * plan, deltas and, if wanted, progress; the rest is zeroed (journal.fd: -1).
 * Returns 0, or -errno with failure filled.
 */
int apply_run(struct work *work, struct apply_times *times,
              struct engine_failure *failure, struct error *err);

#endif
