/* SPDX-License-Identifier: ISC */
/* The coordination store: selects the kind and passes every call to it. */
#include "store/store_backend.h"

int store_open(struct loop *loop, const struct config *config,
               struct store **out, struct error *err)
{
    if (config->store.kind == STORE_LOCAL)
        return store_local_open(loop, config, out, err);
    return store_etcd_open(loop, config, out, err);
}

void store_free(struct store *store)
{
    if (store)
        store->ops->free(store);
}

struct store_call *store_commit(struct store *store, struct txn *txn,
                                store_reply_fn fn, void *userdata)
{
    return store->ops->commit(store, txn, fn, userdata);
}

void store_cancel(struct store_call *call)
{
    if (call)
        call->store->ops->cancel(call);
}

struct store_call *store_lease_grant(struct store *store, int64_t ttl_s,
                                     store_lease_fn fn, void *userdata)
{
    return store->ops->lease(store, STORE_LEASE_GRANT, ttl_s, fn, userdata);
}

struct store_call *store_lease_keep(struct store *store, int64_t lease,
                                    store_lease_fn fn, void *userdata)
{
    return store->ops->lease(store, STORE_LEASE_KEEP, lease, fn, userdata);
}

struct store_call *store_lease_revoke(struct store *store, int64_t lease,
                                      store_lease_fn fn, void *userdata)
{
    return store->ops->lease(store, STORE_LEASE_REVOKE, lease, fn, userdata);
}

struct store_watch *store_watch(struct store *store, const char *first,
                                const char *end, int64_t from_revision,
                                const struct store_watch_ops *ops,
                                void *userdata)
{
    const struct store_watch_spec spec = {first, end, from_revision, ops,
                                          userdata};

    return store->ops->watch(store, spec);
}

void store_unwatch(struct store_watch *watch)
{
    if (watch)
        watch->store->ops->unwatch(watch);
}

const char *store_where(const struct store *store)
{
    return store->ops->where(store);
}
