/* SPDX-License-Identifier: ISC */
#ifndef CCM_ROLLOUT_RECOVERY_H
#define CCM_ROLLOUT_RECOVERY_H

/* `ccm-runner recover`: cleans up after a run that did not end. */

#include "base/error.h"
#include "config/config.h"
#include "loop/loop.h"

/* status: as of waitpid; why: its error text, if status is not 0. */
typedef void (*recovery_fn)(void *userdata, int status, const char *why);

struct recovery {
    struct loop *loop;
    const struct config *config;
    recovery_fn ended;
    void *userdata;
};

/* Keeps all of these. ended is called from the loop. */
void recovery_init(struct recovery *recovery, struct loop *loop,
                   const struct config *config, recovery_fn ended,
                   void *userdata);
/* Returns 0, or -errno if it cannot be started (ended is not called). */
int recovery_start(struct recovery *recovery, struct error *err);

#endif
