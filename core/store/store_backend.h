/* SPDX-License-Identifier: ISC */
#ifndef CCM_STORE_STORE_BACKEND_H
#define CCM_STORE_STORE_BACKEND_H

/* The interface between store.c and the two kinds of stores. */

#include "store/store.h"
#include "store/txn.h"

enum store_lease_op {
    STORE_LEASE_GRANT,
    STORE_LEASE_KEEP,
    STORE_LEASE_REVOKE,
};

/* What a watch watches; store_watch's arguments. Borrowed. */
struct store_watch_spec {
    const char *first;
    const char *end; /* NULL: the one key */
    int64_t from_revision;
    const struct store_watch_ops *ops;
    void *userdata;
};

/* Each as the function of store.h; number is a lease, or the ttl to grant. */
struct store_ops {
    void (*free)(struct store *store);
    struct store_call *(*commit)(struct store *store, struct txn *txn,
                                 store_reply_fn fn, void *userdata);
    struct store_call *(*lease)(struct store *store, enum store_lease_op op,
                                int64_t number, store_lease_fn fn,
                                void *userdata);
    void (*cancel)(struct store_call *call);
    struct store_watch *(*watch)(struct store *store,
                                 struct store_watch_spec spec);
    void (*unwatch)(struct store_watch *watch);
    const char *(*where)(const struct store *store);
};

/* The first members of the kinds' own structures. */
struct store {
    const struct store_ops *ops;
};

struct store_call {
    struct store *store;
};

struct store_watch {
    struct store *store;
};

int store_etcd_open(struct loop *loop, const struct config *config,
                    struct store **out, struct error *err);
int store_local_open(struct loop *loop, const struct config *config,
                     struct store **out, struct error *err);

#endif
