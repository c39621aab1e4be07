/* SPDX-License-Identifier: ISC */
#ifndef CCM_CHANGE_RECOVER_H
#define CCM_CHANGE_RECOVER_H

#include "base/error.h"
#include "config/config.h"

/*
 * Ends an unfinished run with the journal in state_dir: rolls it back, or
 * finishes it if it was past the commit point. The caller holds the lock. Sets
 * *recovered to "nothing", "rolled back" or "finished" (static). Returns 0 or
 * -errno; then the journal is still there.
 */
int recover_journal(struct config *config, int state_fd, const char **recovered,
                    struct error *err);

#endif
