/* SPDX-License-Identifier: ISC */
/*
 * etcd, simulated: store.h with everything that store.h says may happen. A
 * request can get lost, arrive late (long after its caller was told that it
 * failed), or be carried out without an answer; a watch can end, go silent,
 * or find its revision compacted; a lease lapses at its time.
 */
#include "sim.h"

#include "base/alloc.h"
#include "base/util.h"

#include <errno.h>
#include <stdio.h>

#define KEYS_MAX 64
#define OPS_MAX 24
#define RANGES_MAX 24
#define CALL_LIMIT_US 5000000
#define DEAD_WATCH_US 20000000

struct sim_kv {
    char key[64];
    char *value;
    int64_t create, mod, lease;
};

struct sim_change {
    char key[64];
    char *value;
    int64_t created, revision;
    bool deleted;
};

struct sim_lease {
    int64_t id, deadline_us, ttl_s;
};

struct sim_cmp {
    char key[64];
    enum { CMP_CREATED, CMP_MODIFIED, CMP_NONE_BELOW } kind;
    int64_t revision;
};

struct sim_op {
    enum { OP_PUT, OP_DELETE, OP_GET, OP_BELOW } kind;
    char key[64];
    char *value;
    int64_t lease;
    struct txn_range how;
};

struct txn {
    struct sim_cmp cmps[OPS_MAX];
    struct sim_op ops[2][OPS_MAX];
    size_t n_cmps, n_ops[2];
    int branch;
};

static struct {
    struct sim_kv keys[KEYS_MAX];
    size_t n;
    int64_t revision, next_lease;
    struct sim_change *changes;
    size_t n_changes, changes_capacity;
    struct sim_lease leases[KEYS_MAX];
    size_t n_leases;
    struct store_watch *watches;
} server;

struct store {
    int node;
};

enum call_kind { CALL_TXN, CALL_GRANT, CALL_KEEP, CALL_REVOKE };

struct store_call {
    struct store *store;
    enum call_kind kind;
    struct txn *txn;
    int64_t lease, ttl_s;
    store_reply_fn reply_fn;
    store_lease_fn lease_fn;
    void *userdata;
    bool over; /* answered, failed or cancelled */
    bool answerable;
    int r;
    struct store_reply reply;
    struct store_range ranges[RANGES_MAX];
};

struct store_watch {
    struct store *store;
    char first[64], end[64];
    int64_t from;
    const struct store_watch_ops *ops;
    void *userdata;
    bool placed, dead, silent;
    int64_t next_us; /* nothing of it is delivered before this */
    struct store_watch *next;
};

/* --------------------------------------------------------- all that is made */

static void **made;
static size_t n_made, made_capacity;

void *sim_make(size_t size)
{
    xgrow(&made, &made_capacity, n_made, sizeof(*made));
    return made[n_made++] = xcalloc(1, size);
}

static char *sim_text(const char *text)
{
    char *copy = sim_make(strlen(text) + 1);

    return strcpy(copy, text);
}

static void sim_key(char key[64], const char *text)
{
    if (strlen(text) >= 64)
        abort();
    snprintf(key, 64, "%s", text);
}

/* ------------------------------------------------------------------ the server
 */

static struct sim_kv *server_find(const char *key)
{
    size_t i;

    for (i = 0; i < server.n; i++)
        if (streq(server.keys[i].key, key))
            return &server.keys[i];
    return NULL;
}

static void watch_deliver(struct store_watch *watch,
                          const struct sim_change *change);

static void server_note(const char *key, const char *value, int64_t created,
                        bool deleted)
{
    struct sim_change *change;
    struct store_watch *watch;

    xgrow(&server.changes, &server.changes_capacity, server.n_changes,
          sizeof(*change));
    change = &server.changes[server.n_changes++];
    sim_key(change->key, key);
    change->value = sim_text(value);
    change->created = created;
    change->revision = server.revision;
    change->deleted = deleted;
    sim_store_changed(key, value, deleted);
    for (watch = server.watches; watch; watch = watch->next)
        if (watch->placed)
            watch_deliver(watch, change);
}

static void server_put(const char *key, const char *value, int64_t lease)
{
    struct sim_kv *kv = server_find(key);

    if (!kv) {
        if (server.n == KEYS_MAX)
            abort();
        kv = &server.keys[server.n++];
        *kv = (struct sim_kv){.create = server.revision};
        sim_key(kv->key, key);
    }
    kv->value = sim_text(value);
    kv->mod = server.revision;
    kv->lease = lease;
    server_note(key, value, kv->create, false);
}

static void server_delete(const char *key)
{
    struct sim_kv *kv = server_find(key);

    if (!kv)
        return;
    *kv = server.keys[--server.n];
    server_note(key, "", 0, true);
}

static struct sim_lease *server_lease(int64_t id)
{
    size_t i;

    for (i = 0; i < server.n_leases; i++)
        if (server.leases[i].id == id)
            return &server.leases[i];
    return NULL;
}

static void server_end_lease(struct sim_lease *lease)
{
    int64_t id = lease->id;
    size_t i = 0;

    *lease = server.leases[--server.n_leases];
    server.revision++;
    while (i < server.n) {
        char key[64];

        memcpy(key, server.keys[i].key, sizeof(key));
        if (server.keys[i].lease == id)
            server_delete(key);
        else
            i++;
    }
}

static void server_tick(void *userdata)
{
    size_t i = 0;

    (void) userdata;
    while (i < server.n_leases) {
        if (server.leases[i].deadline_us <= sim.now_us)
            server_end_lease(&server.leases[i]);
        else
            i++;
    }
    sim_at(-1, 500000, server_tick, NULL);
}

static bool server_holds(const struct sim_cmp *cmp)
{
    const struct sim_kv *kv = server_find(cmp->key);
    size_t i;

    if (cmp->kind == CMP_NONE_BELOW) {
        for (i = 0; i < server.n; i++)
            if (after_prefix(server.keys[i].key, cmp->key))
                return false;
        return true;
    }
    if (!kv)
        return cmp->revision == 0;
    return cmp->revision == (cmp->kind == CMP_CREATED ? kv->create : kv->mod);
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

static void server_range(const struct sim_op *op, struct store_range *range)
{
    struct store_kv *kvs = sim_make(sizeof(*kvs) * (KEYS_MAX + 1));
    size_t i, n = 0;

    for (i = 0; i < server.n; i++) {
        const struct sim_kv *kv = &server.keys[i];
        bool in = op->kind == OP_GET ? streq(kv->key, op->key)
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

static void server_txn(struct store_call *call)
{
    struct txn *txn = call->txn;
    bool writes = false;
    size_t i, branch = 0;

    for (i = 0; i < txn->n_cmps; i++)
        if (!server_holds(&txn->cmps[i]))
            branch = 1;
    for (i = 0; i < txn->n_ops[branch]; i++) {
        const struct sim_op *op = &txn->ops[branch][i];

        writes |= op->kind == OP_PUT ||
                  (op->kind == OP_DELETE && server_find(op->key));
        if (op->kind == OP_PUT && op->lease && !server_lease(op->lease)) {
            call->r = -ENOENT;
            return;
        }
    }
    server.revision += writes;
    for (i = 0; i < txn->n_ops[branch]; i++) {
        const struct sim_op *op = &txn->ops[branch][i];

        if (op->kind == OP_PUT)
            server_put(op->key, op->value, op->lease);
        else if (op->kind == OP_DELETE)
            server_delete(op->key);
        else
            server_range(op, &call->ranges[call->reply.n_ranges++]);
    }
    call->reply.succeeded = branch == 0;
    call->reply.revision = server.revision;
    call->reply.ranges = call->ranges;
}

static void server_do_lease(struct store_call *call)
{
    struct sim_lease *lease = server_lease(call->lease);

    if (call->kind == CALL_GRANT) {
        lease = &server.leases[server.n_leases++];
        *lease = (struct sim_lease){.id = call->lease = ++server.next_lease,
                                    .ttl_s = call->ttl_s};
    }
    if (!lease) {
        call->ttl_s = 0;
        call->r = call->kind == CALL_REVOKE ? -ENOENT : 0;
        return;
    }
    call->ttl_s = lease->ttl_s;
    lease->deadline_us = sim.now_us + lease->ttl_s * 1000000;
    if (call->kind == CALL_REVOKE)
        server_end_lease(lease);
}

/* ----------------------------------------------------------------- the network
 */

static int64_t net_delay_us(void)
{
    return sim_happens(20) ? sim_chance(2000000) : 100 + sim_chance(1500);
}

static void call_answer(void *userdata)
{
    struct store_call *call = userdata;
    struct error err = {"lost"};

    if (call->over)
        return;
    call->over = true;
    if (call->reply_fn)
        call->reply_fn(call->userdata, call->r ? NULL : &call->reply, call->r,
                       &err);
    else
        call->lease_fn(call->userdata, call->lease, call->ttl_s,
                       server.revision, call->r, &err);
}

static void call_fail(void *userdata)
{
    struct store_call *call = userdata;

    if (call->over)
        return;
    call->r = -ETIMEDOUT;
    call_answer(call);
}

static void call_arrive(void *userdata)
{
    struct store_call *call = userdata;

    if (sim.nodes[call->store->node].cut)
        return;
    if (call->kind == CALL_TXN)
        server_txn(call);
    else
        server_do_lease(call);
    if (call->answerable && !sim_happens(sim.chances.lose_answer))
        sim_at(call->store->node, net_delay_us(), call_answer, call);
}

static struct store_call *call_send(struct store_call call)
{
    struct store_call *sent = sim_make(sizeof(*sent));

    *sent = call;
    sent->answerable = true;
    sim_at(call.store->node, CALL_LIMIT_US, call_fail, sent);
    if (sim_happens(sim.chances.lose_request))
        return sent;
    if (sim_happens(sim.chances.late_request)) {
        sent->answerable = false;
        sim_at(-1, CALL_LIMIT_US + sim_chance(60000000), call_arrive, sent);
        return sent;
    }
    sim_at(-1, net_delay_us(), call_arrive, sent);
    return sent;
}

/* ------------------------------------------------------------------- watches
 */

struct delivery {
    struct store_watch *watch;
    struct sim_change change;
    enum { DELIVER_OPENED, DELIVER_EVENT, DELIVER_LOST, DELIVER_STALE } kind;
};

static void watch_remove(struct store_watch *watch)
{
    struct store_watch **link = &server.watches;

    while (*link && *link != watch)
        link = &(*link)->next;
    if (*link)
        *link = watch->next;
    watch->dead = true;
}

static void watch_say(void *userdata)
{
    struct delivery *delivery = userdata;
    struct store_watch *watch = delivery->watch;
    const struct sim_change *change = &delivery->change;
    struct error err = {"the stream has ended"};
    struct store_kv kv = {.key = change->key,
                          .value = change->value,
                          .value_size =
                              change->value ? strlen(change->value) : 0,
                          .create_revision = change->created,
                          .mod_revision = change->revision};

    if (watch->dead)
        return;
    switch (delivery->kind) {
    case DELIVER_OPENED:
        watch->ops->opened(watch->userdata, server.revision);
        break;
    case DELIVER_EVENT:
        watch->ops->event(watch->userdata, &kv, change->deleted);
        break;
    case DELIVER_LOST:
    case DELIVER_STALE:
        watch_remove(watch);
        watch->ops->lost(
            watch->userdata,
            delivery->kind == DELIVER_STALE ? -ESTALE : -ECONNRESET, &err);
        break;
    }
}

/* Everything of one watch comes in order. */
static void watch_send(struct store_watch *watch, int kind,
                       const struct sim_change *change, int64_t delay_us)
{
    struct delivery *delivery = sim_make(sizeof(*delivery));
    int64_t at_us = sim.now_us + delay_us;

    delivery->watch = watch;
    delivery->kind = kind;
    if (change)
        delivery->change = *change;
    if (at_us <= watch->next_us)
        at_us = watch->next_us + 1;
    watch->next_us = at_us;
    sim_at(watch->store->node, at_us - sim.now_us, watch_say, delivery);
}

static bool watch_wants(const struct store_watch *watch, const char *key)
{
    if (!watch->end[0])
        return streq(key, watch->first);
    return strcmp(key, watch->first) >= 0 && strcmp(key, watch->end) < 0;
}

static void watch_deliver(struct store_watch *watch,
                          const struct sim_change *change)
{
    if (watch->dead || watch->silent || !watch_wants(watch, change->key))
        return;
    if (sim.nodes[watch->store->node].cut ||
        sim_happens(sim.chances.silent_watch)) {
        watch->silent = true;
        /* Half of the dead streams are found by TCP, the others never. */
        if (sim_happens(500))
            watch_send(watch, DELIVER_LOST, NULL, DEAD_WATCH_US);
        return;
    }
    watch_send(watch, DELIVER_EVENT, change, net_delay_us());
    if (sim_happens(sim.chances.break_watch)) {
        watch->silent = true;
        watch_send(watch, DELIVER_LOST, NULL, 1000);
    }
}

static void watch_arrive(void *userdata)
{
    struct store_watch *watch = userdata;
    size_t i;

    if (watch->dead)
        return;
    if (sim.nodes[watch->store->node].cut) {
        watch_send(watch, DELIVER_LOST, NULL, DEAD_WATCH_US);
        return;
    }
    if (watch->from && sim_happens(sim.chances.break_watch)) {
        watch_send(watch, DELIVER_STALE, NULL, 1000);
        return;
    }
    watch->placed = true;
    watch_send(watch, DELIVER_OPENED, NULL, net_delay_us());
    for (i = 0; watch->from && i < server.n_changes; i++)
        if (server.changes[i].revision >= watch->from)
            watch_deliver(watch, &server.changes[i]);
}

struct store_watch *store_watch(struct store *store, const char *first,
                                const char *end, int64_t from_revision,
                                const struct store_watch_ops *ops,
                                void *userdata)
{
    struct store_watch *watch = sim_make(sizeof(*watch));

    *watch = (struct store_watch){.store = store,
                                  .from = from_revision,
                                  .ops = ops,
                                  .userdata = userdata,
                                  .next = server.watches};
    sim_key(watch->first, first);
    sim_key(watch->end, end ? end : "");
    server.watches = watch;
    sim_at(-1, net_delay_us(), watch_arrive, watch);
    return watch;
}

void store_unwatch(struct store_watch *watch)
{
    watch_remove(watch);
}

/* ------------------------------------------------------- store.h: calls, txns
 */

struct txn *txn_new(void)
{
    return sim_make(sizeof(struct txn));
}

void txn_free(struct txn *txn)
{
    (void) txn;
}

static void txn_if(struct txn *txn, int kind, const char *key, int64_t revision)
{
    struct sim_cmp *cmp = &txn->cmps[txn->n_cmps++];

    cmp->kind = kind;
    cmp->revision = revision;
    sim_key(cmp->key, key);
}

void txn_if_created(struct txn *txn, const char *key, int64_t create_revision)
{
    txn_if(txn, CMP_CREATED, key, create_revision);
}

void txn_if_modified(struct txn *txn, const char *key, int64_t mod_revision)
{
    txn_if(txn, CMP_MODIFIED, key, mod_revision);
}

void txn_if_none_below(struct txn *txn, const char *prefix)
{
    txn_if(txn, CMP_NONE_BELOW, prefix, 0);
}

static struct sim_op *txn_op(struct txn *txn, int kind, const char *key)
{
    struct sim_op *op = &txn->ops[txn->branch][txn->n_ops[txn->branch]++];

    op->kind = kind;
    sim_key(op->key, key);
    return op;
}

void txn_put(struct txn *txn, const char *key, const char *value, int64_t lease)
{
    struct sim_op *op = txn_op(txn, OP_PUT, key);

    op->value = sim_text(value);
    op->lease = lease;
}

void txn_delete(struct txn *txn, const char *key)
{
    txn_op(txn, OP_DELETE, key);
}

void txn_get(struct txn *txn, const char *key)
{
    txn_op(txn, OP_GET, key);
}

void txn_otherwise(struct txn *txn)
{
    txn->branch = 1;
}

void txn_get_below(struct txn *txn, const char *prefix,
                   const struct txn_range *how)
{
    txn_op(txn, OP_BELOW, prefix)->how = *how;
}

struct store_call *store_commit(struct store *store, struct txn *txn,
                                store_reply_fn fn, void *userdata)
{
    return call_send((struct store_call){
        .store = store, .txn = txn, .reply_fn = fn, .userdata = userdata});
}

void store_cancel(struct store_call *call)
{
    if (call)
        call->over = true;
}

struct store_call *store_lease_grant(struct store *store, int64_t ttl_s,
                                     store_lease_fn fn, void *userdata)
{
    return call_send((struct store_call){.store = store,
                                         .kind = CALL_GRANT,
                                         .ttl_s = ttl_s,
                                         .lease_fn = fn,
                                         .userdata = userdata});
}

struct store_call *store_lease_keep(struct store *store, int64_t lease,
                                    store_lease_fn fn, void *userdata)
{
    return call_send((struct store_call){.store = store,
                                         .kind = CALL_KEEP,
                                         .lease = lease,
                                         .lease_fn = fn,
                                         .userdata = userdata});
}

struct store_call *store_lease_revoke(struct store *store, int64_t lease,
                                      store_lease_fn fn, void *userdata)
{
    return call_send((struct store_call){.store = store,
                                         .kind = CALL_REVOKE,
                                         .lease = lease,
                                         .lease_fn = fn,
                                         .userdata = userdata});
}

const char *store_where(const struct store *store)
{
    (void) store;
    return "the simulated store";
}

/* ------------------------------------------------------------ for the scenario
 */

void sim_store_reset(void)
{
    size_t i;

    for (i = 0; i < n_made; i++)
        free(made[i]);
    n_made = 0;
    free(server.changes);
    memset(&server, 0, sizeof(server));
    server.revision = 1;
    sim_at(-1, 500000, server_tick, NULL);
}

struct store *sim_store_new(int node)
{
    struct store *store = sim_make(sizeof(*store));

    store->node = node;
    return store;
}

void sim_store_forget(struct store *store)
{
    struct store_watch *watch = server.watches, *next;

    for (; watch; watch = next) {
        next = watch->next;
        if (watch->store == store)
            watch_remove(watch);
    }
}

int64_t sim_store_put(const char *key, const char *value)
{
    server.revision++;
    server_put(key, value, 0);
    return server.revision;
}

void sim_store_delete(const char *key)
{
    server.revision++;
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
