/* SPDX-License-Identifier: ISC */
#ifndef CCM_CHANGE_WORK_H
#define CCM_CHANGE_WORK_H

/* What the steps of one transaction share: stage, commit, roll back. */

#include "base/buf.h"
#include "change/engine.h"
#include "change/journal.h"
#include "change/transaction.h"
#include "change/tree.h"
#include "command/accounts.h"
#include "config/config.h"

/* The file systems written to. */
struct sync {
    dev_t device;
    int fd;
};

struct work {
    struct config *config;
    struct tree *tree;
    int state_fd;
    const struct plan *plan;     /* NULL when recovering */
    const struct deltas *deltas; /* the same */
    struct accounts *accounts;   /* of the tree; read again if NULL. Owned */
    const struct change **tests; /* all CHANGE_TEST of the plan. Owned */
    size_t n_tests;
    struct transaction t;
    struct journal journal;
    struct sync *syncs;
    size_t n_syncs;
    size_t syncs_capacity;
    bool incomplete;  /* something could not be undone yet */
    struct buf notes; /* operations that could not be undone, for people */
    engine_progress_fn progress; /* may be NULL */
    void *userdata;
};

void work_done(struct work *work);
void work_progress(const struct work *work, const char *step,
                   const char *configuration, const char *detail);

/* The accounts as they are now. Sets *out, borrowed. Returns 0 or -errno. */
int work_accounts(struct work *work, const struct accounts **out,
                  struct error *err);

/* Remembers the file system of dir for work_sync; device is what fstat says
 * of something in it. Returns 0 or -errno. */
int work_touch(struct work *work, const struct tree_dir *dir, dev_t device);
/* One syncfs for each file system that was touched. Returns 0 or -errno. */
int work_sync(struct work *work, struct error *err);

#endif
