/* SPDX-License-Identifier: ISC */
/*
 * The simulated etcd's state. It is small on purpose (arrays, searched from
 * end to end): a scenario has a dozen keys.
 */
#include "sim_server.h"

#include "sim.h"

#include "base/alloc.h"
#include "base/util.h"
#include "store/txn.h"

#include <errno.h>
#include <stdio.h>

#define KEYS_MAX 64

struct sim_kv {
    char key[SIM_KEY_SIZE];
    char *value;
    int64_t create, mod, lease;
    int64_t made_us; /* when it was created */
};

struct sim_lease {
    int64_t id, deadline_us, ttl_s;
};

/* What a backup holds. */
struct sim_state {
    struct sim_kv keys[KEYS_MAX];
    size_t n;
    int64_t revision;
    size_t n_changes;
    struct sim_lease leases[KEYS_MAX];
    size_t n_leases;
};

static struct {
    struct sim_state now, backup;
    int64_t next_lease;
    struct sim_change *changes;
    size_t changes_capacity;
} server;

char *sim_text(const char *text)
{
    size_t size = strlen(text) + 1;

    return memcpy(sim_make(size), text, size);
}

static void server_copy_key(char out[SIM_KEY_SIZE], const char *key)
{
    if (strlen(key) >= SIM_KEY_SIZE)
        abort();
    snprintf(out, SIM_KEY_SIZE, "%s", key);
}

static struct sim_kv *server_find(const char *key)
{
    size_t i;

    for (i = 0; i < server.now.n; i++)
        if (streq(server.now.keys[i].key, key))
            return &server.now.keys[i];
    return NULL;
}

static void server_note(const char *key, const char *value, int64_t created,
                        bool deleted)
{
    struct sim_change *change;

    xgrow(&server.changes, &server.changes_capacity, server.now.n_changes,
          sizeof(*change));
    change = &server.changes[server.now.n_changes++];
    *change = (struct sim_change){.value = sim_text(value),
                                  .revision = server.now.revision,
                                  .created = created,
                                  .deleted = deleted};
    server_copy_key(change->key, key);
    sim_store_changed(key, value, deleted);
    sim_store_deliver(change);
}

static void server_put(const char *key, const char *value, int64_t lease)
{
    struct sim_kv *kv = server_find(key);

    if (!kv) {
        if (server.now.n == KEYS_MAX)
            abort();
        kv = &server.now.keys[server.now.n++];
        *kv = (struct sim_kv){.create = server.now.revision,
                              .made_us = sim.now_us};
        server_copy_key(kv->key, key);
    }
    kv->value = sim_text(value);
    kv->mod = server.now.revision;
    kv->lease = lease;
    server_note(key, value, kv->create, false);
}

int64_t sim_request_sent_us = INT64_MAX;

static void server_delete(const char *key)
{
    struct sim_kv *kv = server_find(key);

    if (!kv)
        return;
    if (after_prefix(key, "lock/") && kv->made_us > sim_request_sent_us)
        sim_violate("a request removed a place that was taken after it", NULL);
    *kv = server.now.keys[--server.now.n];
    server_note(key, "", 0, true);
}

/* ------------------------------------------------------------------- leases */

static struct sim_lease *server_lease(int64_t id)
{
    size_t i;

    for (i = 0; i < server.now.n_leases; i++)
        if (server.now.leases[i].id == id)
            return &server.now.leases[i];
    return NULL;
}

static void server_end_lease(struct sim_lease *lease)
{
    int64_t id = lease->id;
    size_t i = 0;

    *lease = server.now.leases[--server.now.n_leases];
    server.now.revision++;
    while (i < server.now.n) {
        char key[SIM_KEY_SIZE];

        memcpy(key, server.now.keys[i].key, sizeof(key));
        if (server.now.keys[i].lease == id)
            server_delete(key);
        else
            i++;
    }
}

void sim_server_expire(void)
{
    size_t i = 0;

    while (i < server.now.n_leases) {
        if (server.now.leases[i].deadline_us <= sim.now_us)
            server_end_lease(&server.now.leases[i]);
        else
            i++;
    }
}

int64_t sim_server_grant(int64_t ttl_s)
{
    if (server.now.n_leases == KEYS_MAX)
        abort();
    server.now.leases[server.now.n_leases++] =
        (struct sim_lease){.id = ++server.next_lease,
                           .ttl_s = ttl_s,
                           .deadline_us = sim.now_us + ttl_s * 1000000};
    return server.next_lease;
}

int64_t sim_server_keep(int64_t id)
{
    struct sim_lease *lease = server_lease(id);

    if (!lease)
        return 0;
    lease->deadline_us = sim.now_us + lease->ttl_s * 1000000;
    return lease->ttl_s;
}

int sim_server_revoke(int64_t id)
{
    struct sim_lease *lease = server_lease(id);

    if (!lease)
        return -ENOENT;
    server_end_lease(lease);
    return 0;
}

/* ------------------------------------------------------------- transactions */

static bool server_holds(const struct txn_condition *condition)
{
    const struct sim_kv *kv = server_find(condition->key);
    size_t i;

    if (condition->kind == TXN_NONE_BELOW) {
        for (i = 0; i < server.now.n; i++)
            if (after_prefix(server.now.keys[i].key, condition->key))
                return false;
        return true;
    }
    if (!kv)
        return condition->revision == 0;
    return condition->revision ==
           (condition->kind == TXN_CREATED ? kv->create : kv->mod);
}

static const struct txn_range *sort_how;

static int server_compare(const void *a, const void *b)
{
    const struct store_kv *x = a, *y = b;
    int64_t order =
        sort_how->by_create_revision ? x->create_revision - y->create_revision
        : sort_how->by_mod_revision  ? x->mod_revision - y->mod_revision
                                     : strcmp(x->key, y->key);

    if (sort_how->newest_first)
        order = -order;
    return order < 0 ? -1 : order > 0;
}

static void server_range(const struct txn_op *op, struct store_range *range)
{
    struct store_kv *kvs = sim_make(sizeof(*kvs) * (KEYS_MAX + 1));
    size_t i, n = 0;

    for (i = 0; i < server.now.n; i++) {
        const struct sim_kv *kv = &server.now.keys[i];
        bool in = op->kind == TXN_GET ? streq(kv->key, op->key)
                                      : after_prefix(kv->key, op->key) != NULL;

        if (!in || (op->how.max_create_revision &&
                    kv->create > op->how.max_create_revision))
            continue;
        kvs[n++] = (struct store_kv){.key = sim_text(kv->key),
                                     .value = kv->value,
                                     .value_size = strlen(kv->value),
                                     .create_revision = kv->create,
                                     .mod_revision = kv->mod,
                                     .lease = kv->lease};
    }
    sort_how = &op->how;
    qsort(kvs, n, sizeof(*kvs), server_compare);
    range->count = (int64_t) n;
    range->kvs = kvs;
    range->n = op->how.limit && n > (size_t) op->how.limit
                   ? (size_t) op->how.limit
                   : n;
}

/* Returns 1 if it changes something, 0 if not, or -ENOENT. */
static int server_writes(const struct txn_branch *branch)
{
    bool writes = false;
    size_t i;

    for (i = 0; i < branch->n; i++) {
        const struct txn_op *op = &branch->ops[i];

        if (op->kind == TXN_PUT && op->lease && !server_lease(op->lease))
            return -ENOENT;
        writes |= op->kind == TXN_PUT ||
                  (op->kind == TXN_DELETE && server_find(op->key));
    }
    return writes;
}

static void server_do(const struct txn_op *op, struct store_reply *reply,
                      struct store_range *ranges)
{
    if (op->kind == TXN_PUT)
        server_put(op->key, op->value, op->lease);
    else if (op->kind == TXN_DELETE)
        server_delete(op->key);
    else if (reply->n_ranges < SIM_RANGES_MAX)
        server_range(op, &ranges[reply->n_ranges++]);
    else
        abort();
}

int sim_server_commit(const struct txn *txn, struct store_reply *reply,
                      struct store_range ranges[SIM_RANGES_MAX])
{
    bool succeeded = true;
    const struct txn_branch *branch;
    size_t i;
    int writes;

    for (i = 0; i < txn->n_conditions; i++)
        succeeded &= server_holds(&txn->conditions[i]);
    branch = &txn->branches[succeeded ? 0 : 1];
    writes = server_writes(branch);
    if (writes < 0)
        return writes;
    server.now.revision += writes;
    *reply = (struct store_reply){.succeeded = succeeded,
                                  .revision = server.now.revision,
                                  .ranges = ranges};
    for (i = 0; i < branch->n; i++)
        server_do(&branch->ops[i], reply, ranges);
    return 0;
}

/* ------------------------------------------------------------ for the scenario
 */

void sim_server_reset(void)
{
    free(server.changes);
    memset(&server, 0, sizeof(server));
    server.now.revision = 1;
}

void sim_server_save(void)
{
    server.backup = server.now;
}

/* Leases start again. */
bool sim_server_restore(int64_t gone_on)
{
    size_t i;

    if (server.backup.revision == 0)
        return false;
    server.now = server.backup;
    server.now.revision += gone_on;
    for (i = 0; i < server.now.n_leases; i++)
        sim_server_keep(server.now.leases[i].id);
    return true;
}

int64_t sim_server_revision(void)
{
    return server.now.revision;
}

const struct sim_change *sim_server_changes(size_t *n)
{
    *n = server.now.n_changes;
    return server.changes;
}

int64_t sim_store_put(const char *key, const char *value)
{
    server.now.revision++;
    server_put(key, value, 0);
    return server.now.revision;
}

void sim_store_delete(const char *key)
{
    server.now.revision++;
    server_delete(key);
}

bool sim_store_has(const char *key)
{
    return server_find(key) != NULL;
}

bool sim_store_says(const char *key, const char *text)
{
    const struct sim_kv *kv = server_find(key);

    return kv && strstr(kv->value, text);
}
