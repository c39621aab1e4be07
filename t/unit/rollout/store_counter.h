/* SPDX-License-Identifier: ISC */
#ifndef CCM_T_UNIT_ROLLOUT_STORE_COUNTER_H
#define CCM_T_UNIT_ROLLOUT_STORE_COUNTER_H

/* A store that hands all on to another one, and counts what is asked. */

#include "store/store_backend.h"

struct counter {
    struct store base;
    struct store *inner;
    unsigned commits, watches;
};

static struct store_call *counter_commit(struct store *store, struct txn *txn,
                                         store_reply_fn fn, void *userdata)
{
    struct counter *counter = (struct counter *) store;

    counter->commits++;
    return store_commit(counter->inner, txn, fn, userdata);
}

static struct store_watch *counter_watch(struct store *store,
                                         struct store_watch_spec spec)
{
    struct counter *counter = (struct counter *) store;

    counter->watches++;
    return store_watch(counter->inner, spec.first, spec.end, spec.from_revision,
                       spec.ops, spec.userdata);
}

static const struct store_ops counter_ops = {.commit = counter_commit,
                                             .watch = counter_watch};

#endif
