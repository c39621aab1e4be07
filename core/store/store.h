/* SPDX-License-Identifier: ISC */
#ifndef CCM_STORE_STORE_H
#define CCM_STORE_STORE_H

/*
 * The coordination store: keys with revisions, transactions, watches and
 * leases, as etcd has them. Two kinds: etcd (store_etcd.c), and a folder on a
 * single machine (store_local.c). Keys here are without the prefix:
 * "events/crons", "flag", "applying/web1".
 *
 * All calls are asynchronous: the callback comes from the event loop, never
 * from inside the call, exactly once, unless the call is cancelled.
 *
 * r in a reply: 0, or -errno. Every failure may mean "carried out, but the
 * answer was lost" unless it is -EPERM (authentication), -EINVAL (etcd said
 * that the request is wrong) or -ENOENT (lease not found), which are answers.
 * Callers must build transactions that can safely be looked up and repeated.
 * The store does not repeat a transaction by itself.
 */

#include "base/error.h"
#include "config/config.h"
#include "loop/loop.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct store;
struct store_call;
struct store_watch;
struct txn;

/* Sets *out, new (freed with store_free). Connects lazily. */
int store_open(struct loop *loop, const struct config *config,
               struct store **out, struct error *err);
/* Cancels all calls and watches. */
void store_free(struct store *store);

struct store_kv {
    const char *key;
    const char *value; /* value_size bytes, then a NUL */
    size_t value_size;
    int64_t create_revision;
    int64_t mod_revision; /* 0: the key does not exist (never in a range) */
    int64_t lease;
};

struct store_range {
    const struct store_kv *kvs;
    size_t n;
    int64_t count; /* of all keys in the range, regardless of the limit */
};

struct store_reply {
    bool succeeded;                   /* which branch was carried out */
    int64_t revision;                 /* of the store, when it answered */
    const struct store_range *ranges; /* of its "get"s, in order */
    size_t n_ranges;
};

/* reply is borrowed (valid during the callback), and NULL if r < 0. */
typedef void (*store_reply_fn)(void *userdata, const struct store_reply *reply,
                               int r, const struct error *err);

/* ------------------------------------------------------------- transactions */

struct txn *txn_new(void);
void txn_free(struct txn *txn);

/* Conditions; all must hold. A revision of 0: the key does not exist. */
void txn_if_created(struct txn *txn, const char *key, int64_t create_revision);
void txn_if_modified(struct txn *txn, const char *key, int64_t mod_revision);
void txn_if_none_below(struct txn *txn, const char *prefix);

/* Operations go to the "then" branch until txn_otherwise is called. */
void txn_put(struct txn *txn, const char *key, const char *value,
             int64_t lease);
void txn_delete(struct txn *txn, const char *key);
void txn_get(struct txn *txn, const char *key);
void txn_otherwise(struct txn *txn);

/* How a range is read; zeros: all keys, with values, by key. */
struct txn_range {
    int64_t limit;
    int64_t max_create_revision; /* 0: no bound */
    bool keys_only;
    bool by_create_revision; /* order, oldest first */
    bool by_mod_revision;    /* order, oldest first */
    bool newest_first;       /* turns the order round */
};
void txn_get_below(struct txn *txn, const char *prefix,
                   const struct txn_range *how);

/* Takes txn. Returns borrowed (valid until fn is called). */
struct store_call *store_commit(struct store *store, struct txn *txn,
                                store_reply_fn fn, void *userdata);
/* fn will not be called. It may or may not be carried out. NULL is legal. */
void store_cancel(struct store_call *call);

/* ------------------------------------------------------------------- leases */

/* ttl_s as the store has granted it; 0 in a keepalive: the lease is gone.
 * revision: of the store, when it answered (0 if the answer has none). */
typedef void (*store_lease_fn)(void *userdata, int64_t lease, int64_t ttl_s,
                               int64_t revision, int r,
                               const struct error *err);

struct store_call *store_lease_grant(struct store *store, int64_t ttl_s,
                                     store_lease_fn fn, void *userdata);
struct store_call *store_lease_keep(struct store *store, int64_t lease,
                                    store_lease_fn fn, void *userdata);
struct store_call *store_lease_revoke(struct store *store, int64_t lease,
                                      store_lease_fn fn, void *userdata);

/* ------------------------------------------------------------------ watches */

struct store_watch_ops {
    /* The watch is in place: no change is missed from here on. */
    void (*opened)(void *userdata, int64_t revision);
    /* One key changed. kv->mod_revision is the revision; for a deletion value
     * is "". revisions never decrease. */
    void (*event)(void *userdata, const struct store_kv *kv, bool deleted);
    /* The watch is gone and freed. r: -ESTALE when the revision is compacted
     * (look again), -ECANCELED never, else -errno. */
    void (*lost)(void *userdata, int r, const struct error *err);
};

/*
 * Watches keys from first up to, not including, end (end NULL: the one key
 * first). from_revision 0: from the present. ops is kept, and userdata is
 * handed to it, until lost is called or store_unwatch.
 * Returns borrowed (valid until then). Six parameters: those of struct
 * store_watch_spec, which backends get.
 */
struct store_watch *store_watch(struct store *store, const char *first,
                                const char *end, int64_t from_revision,
                                const struct store_watch_ops *ops,
                                void *userdata);
void store_unwatch(struct store_watch *watch);

/* For status: the endpoint in use, or the directory. Returns borrowed. */
const char *store_where(const struct store *store);

/* The value as JSON of at most 1 MiB, new (freed with json_decref); NULL if it
 * is not JSON. */
json_t *store_kv_json(const struct store_kv *kv);

#endif
