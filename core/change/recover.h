/* SPDX-License-Identifier: ISC */
#ifndef CCM_CHANGE_RECOVER_H
#define CCM_CHANGE_RECOVER_H

#include "base/error.h"
#include "config/config.h"

/*
 * Ends what a run left unfinished, by the journal in state_dir: rolls back,
 * or finishes what was past the commit point. The caller holds the lock.
 * Sets *recovered to "nothing", "rolled back" or "finished" (static).
 * Returns 0 or -errno; then the journal is still there.
 */
int recover_journal(struct config *config, int state_fd, const char **recovered,
                    struct error *err);

/* Tells the services that are owed it since an earlier run. One that fails
 * stays owed. Returns 0 or the first failure. */
int recover_owed(struct config *config, int state_fd, struct error *err);

#endif
