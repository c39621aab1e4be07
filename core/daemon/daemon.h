/* SPDX-License-Identifier: ISC */
#ifndef CCM_DAEMON_DAEMON_H
#define CCM_DAEMON_DAEMON_H

/* ccmd as a whole: the roll-out, the catalog, the control socket. */

#include "config/config.h"
#include "control/control.h"
#include "daemon/daemon_catalog.h"
#include "rollout/machine.h"
#include "rollout/recovery.h"
#include "rollout/rollout.h"

struct daemon {
    struct loop *loop;
    const struct config *config;
    struct machine machine;
    struct store *store;
    struct rollout rollout;
    struct recovery recovery; /* at start */
    struct control *control;
    json_t *catalog;
    json_t *next_catalog; /* loaded; waits for the end of the turn */
    bool recovered;       /* ccm-runner recover has ended well */
    bool loading;         /* a catalog is being loaded */
    bool reload_again;    /* requested again meanwhile */
    struct io signals;
    /* For retries at start, when the runner of a step is killed. */
    struct timer retry;
    struct backoff backoff;
    int deaths;
    struct timer watchdog; /* says to the service manager: not stuck */
    int64_t watchdog_ms;   /* 0: nobody wants to know */
    int exit_status;
};

/* Runs until a signal ends it. Returns the exit status. */
int daemon_run(const struct config *config);

#endif
