/* SPDX-License-Identifier: ISC */
#ifndef CCM_STORE_STORE_ETCD_H
#define CCM_STORE_STORE_ETCD_H

/* Shared by store_etcd.c, store_etcd_key.c and store_etcd_watch.c; the bench's
 * floor encodes with it. */

#include "base/buf.h"
#include "etcd/etcd_wire.h"
#include "store/etcd.h"
#include "store/store_backend.h"

struct store_etcd_call;
struct store_etcd_watch;

struct store_etcd {
    struct store base;
    struct loop *loop;
    struct etcd *etcd;
    char *prefix; /* with the trailing "/" */
    struct store_etcd_call *calls;
    struct store_etcd_watch *watches;
};

/* The whole key. Returns new (freed with free). */
char *store_etcd_key(const struct store_etcd *store, const char *key);
/* kv in the store's terms: its key without the prefix, or NULL if it is not
 * below it or holds a NUL. Returns borrowed members (valid as long as kv). */
struct store_kv store_etcd_kv(const struct store_etcd *store,
                              const struct etcd_wire_kv *kv);

/* Appends the request that carries txn out. */
void store_etcd_encode(const struct store_etcd *store, struct buf *body,
                       const struct txn *txn);

struct store_watch *store_etcd_watch(struct store *base,
                                     struct store_watch_spec spec);
void store_etcd_unwatch(struct store_watch *base);

#endif
