/* SPDX-License-Identifier: ISC */
/* Leases of a local store: they and their keys are in memory and vanish with
 * the process, as a node's presence should. */
#include "store_local.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/util.h"

#include <errno.h>

struct local_lease {
    struct local_lease *next;
    struct store_local *store;
    int64_t id;
    int64_t ttl_s;
    struct timer timer;
};

struct local_lease *local_lease_find(const struct store_local *store,
                                     int64_t id)
{
    struct local_lease *lease = store->leases;

    while (lease && lease->id != id)
        lease = lease->next;
    return lease;
}

/* One revision for all of them, as in etcd. */
static void local_lease_delete_keys(struct store_local *store, int64_t id)
{
    int64_t revision = store->revision + 1;
    size_t i = 0;

    while (i < store->table.n) {
        cleanup_free char *key = NULL;
        struct store_kv kv;

        if (store->table.list[i].lease != id) {
            i++;
            continue;
        }
        key = xstrdup(store->table.list[i].key);
        kv = (struct store_kv){
            .key = key, .value = "", .mod_revision = revision};
        store->revision = revision;
        local_table_delete(&store->table, key);
        local_watch_notify(store, &kv, true);
    }
}

static void local_lease_free(struct local_lease *lease)
{
    struct local_lease **at = &lease->store->leases;

    while (*at != lease)
        at = &(*at)->next;
    *at = lease->next;
    timer_stop(&lease->timer);
    free(lease);
}

static void local_lease_on_end(void *userdata)
{
    struct local_lease *lease = userdata;
    struct store_local *store = lease->store;
    int64_t id = lease->id;

    local_lease_free(lease);
    local_lease_delete_keys(store, id);
}

int64_t local_lease_grant(struct store_local *store, int64_t ttl_s)
{
    struct local_lease *lease = xcalloc(1, sizeof(*lease));

    lease->store = store;
    lease->id = ++store->last_lease;
    lease->ttl_s = ttl_s > 0 ? ttl_s : 1;
    lease->next = store->leases;
    store->leases = lease;
    timer_init(&lease->timer, store->loop, local_lease_on_end, lease);
    timer_set(&lease->timer, lease->ttl_s * 1000);
    return lease->id;
}

int64_t local_lease_keep(struct store_local *store, int64_t id)
{
    struct local_lease *lease = local_lease_find(store, id);

    if (!lease)
        return 0;
    timer_set(&lease->timer, lease->ttl_s * 1000);
    return lease->ttl_s;
}

int local_lease_revoke(struct store_local *store, int64_t id)
{
    struct local_lease *lease = local_lease_find(store, id);

    if (!lease)
        return -ENOENT;
    local_lease_free(lease);
    local_lease_delete_keys(store, id);
    return 0;
}

void local_lease_free_all(struct store_local *store)
{
    while (store->leases)
        local_lease_free(store->leases);
}
