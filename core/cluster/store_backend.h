/* SPDX-License-Identifier: ISC */
#ifndef CCM_CLUSTER_STORE_BACKEND_H
#define CCM_CLUSTER_STORE_BACKEND_H

/* What store.c and the two kinds of stores know of each other. */

#include "cluster/store.h"

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

/* ------------------------------------------------------------- transactions */

enum txn_condition_kind {
    TXN_CREATED,
    TXN_MODIFIED,
    TXN_NONE_BELOW,
};

struct txn_condition {
    enum txn_condition_kind kind;
    char *key;
    int64_t revision;
};

enum txn_op_kind {
    TXN_PUT,
    TXN_DELETE,
    TXN_GET,
    TXN_GET_BELOW,
};

struct txn_op {
    enum txn_op_kind kind;
    char *key; /* or prefix */
    char *value;
    int64_t lease;
    struct txn_range how;
};

struct txn_branch {
    struct txn_op *ops;
    size_t n, capacity;
};

struct txn {
    struct txn_condition *conditions;
    size_t n_conditions, conditions_capacity;
    struct txn_branch branches[2]; /* then, otherwise */
    int branch;                    /* to which operations go */
    char *bad_key;                 /* the first that store_check_key refused */
};

/*
 * A key: names of letters, digits and "._-+@:~", with "/" between; none is
 * "." or "..", or longer than 200 bytes, and the whole at most 1000. A prefix
 * ends in "/". Keys become file names in one kind of store, so both hold them
 * to it. Returns 0 or -EINVAL.
 */
int store_check_key(const char *key);

/* 0, or -EINVAL and the text if the transaction holds a bad key. */
int txn_check(const struct txn *txn, struct error *err);

/*
 * Is it an answer to that transaction: a range for each "get" of its branch,
 * with no key that was not asked for? Who asked looks at ranges[i] and behind
 * a key's prefix without looking twice. Returns 0, or -EPROTO.
 */
int txn_check_reply(const struct txn *txn, const struct store_reply *reply,
                    struct error *err);

#endif
