/* SPDX-License-Identifier: ISC */
#ifndef CCM_CHANGE_STATE_H
#define CCM_CHANGE_STATE_H

/*
 * The files in state_dir that this node keeps between runs: run.lock (one run
 * at a time), journal (journal.h), applied.json (the digest of each
 * configuration as it was last applied), owed.json (services whose files
 * changed and that were not told yet).
 */

#include "base/error.h"

#include <jansson.h>
#include <stdbool.h>

/* Opens state_dir. create: makes it (mode 0700) if need be.
 * Returns a descriptor (freed with close) or -errno. */
int state_open(const char *state_dir, bool create, struct error *err);

/* Takes the lock; waits at most wait_ms for a run that ends or was killed.
 * Returns a descriptor (freed with close, which gives the lock back), or
 * -EBUSY, or another -errno. */
int state_lock(int state_fd, int wait_ms, struct error *err);

/* {"<configuration>":"<digest>"}; an empty object if there is none yet, or
 * one that cannot be used. Returns new (freed with json_decref). */
json_t *state_applied(int state_fd);
/* {"<service>":<restart>}; the same. */
json_t *state_owed(int state_fd);

/* Replace the files, durably; nothing is written if nothing differs. An empty
 * owed removes the file. Return 0 or -errno. */
int state_set_applied(int state_fd, const json_t *applied, struct error *err);
int state_set_owed(int state_fd, const json_t *owed, struct error *err);

#endif
