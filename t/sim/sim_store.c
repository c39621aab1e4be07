/* SPDX-License-Identifier: ISC */
/*
 * store.h over a simulated network, with everything that store.h says may
 * happen. A request can get lost, arrive late (long after its caller was told
 * that it failed), or be carried out without an answer; a watch can end, go
 * silent, or find its revision compacted.
 */
#include "sim.h"

#include "sim_server.h"

#include "base/alloc.h"
#include "base/util.h"
#include "cluster/txn.h"

#include <errno.h>

#define CALL_LIMIT_US 5000000
#define DEAD_WATCH_US 20000000
#define EXPIRE_EVERY_US 500000

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
    struct store_range ranges[SIM_RANGES_MAX];
    struct store_call *next;
};

struct store_watch {
    struct store *store;
    const char *first, *end; /* end "": the one key */
    int64_t from;
    const struct store_watch_ops *ops;
    void *userdata;
    bool placed, dead, silent;
    int64_t next_us; /* nothing of it is delivered before this */
    struct store_watch *next;
};

/* A call that is over may still arrive, so all live until the next reset. */
static struct store_call *calls;
static struct store_watch *watches;

/* --------------------------------------------------------- all that is made */

static void **made;
static size_t n_made, made_capacity;

void *sim_make(size_t size)
{
    xgrow(&made, &made_capacity, n_made, sizeof(*made));
    return made[n_made++] = xcalloc(1, size);
}

/* -------------------------------------------------------------------- calls */

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
                       sim_server_revision(), call->r, &err);
}

static void call_fail(void *userdata)
{
    struct store_call *call = userdata;

    if (call->over)
        return;
    call->r = -ETIMEDOUT;
    call_answer(call);
}

static void call_carry_out(struct store_call *call)
{
    switch (call->kind) {
    case CALL_TXN:
        call->r = sim_server_commit(call->txn, &call->reply, call->ranges);
        break;
    case CALL_GRANT:
        call->lease = sim_server_grant(call->ttl_s);
        break;
    case CALL_KEEP:
        call->ttl_s = sim_server_keep(call->lease);
        break;
    case CALL_REVOKE:
        call->r = sim_server_revoke(call->lease);
        break;
    }
}

static void call_arrive(void *userdata)
{
    struct store_call *call = userdata;

    if (sim.nodes[call->store->node].cut)
        return;
    call_carry_out(call);
    if (call->answerable && !sim_happens(sim.chances.lose_answer))
        sim_at(call->store->node, net_delay_us(), call_answer, call);
}

static struct store_call *call_send(struct store_call call)
{
    struct store_call *sent = sim_make(sizeof(*sent));

    *sent = call;
    sent->answerable = true;
    sent->next = calls;
    calls = sent;
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

/* ------------------------------------------------------------------ watches */

struct delivery {
    struct store_watch *watch;
    struct sim_change change;
    enum { DELIVER_OPENED, DELIVER_EVENT, DELIVER_LOST, DELIVER_STALE } kind;
};

static void watch_remove(struct store_watch *watch)
{
    struct store_watch **link = &watches;

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
        watch->ops->opened(watch->userdata, sim_server_revision());
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

void sim_store_deliver(const struct sim_change *change)
{
    struct store_watch *watch;

    for (watch = watches; watch; watch = watch->next)
        if (watch->placed)
            watch_deliver(watch, change);
}

static void watch_arrive(void *userdata)
{
    struct store_watch *watch = userdata;
    const struct sim_change *changes;
    size_t i, n;

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
    changes = sim_server_changes(&n);
    for (i = 0; watch->from && i < n; i++)
        if (changes[i].revision >= watch->from)
            watch_deliver(watch, &changes[i]);
}

struct store_watch *store_watch(struct store *store, const char *first,
                                const char *end, int64_t from_revision,
                                const struct store_watch_ops *ops,
                                void *userdata)
{
    struct store_watch *watch = sim_make(sizeof(*watch));

    *watch = (struct store_watch){.store = store,
                                  .first = sim_text(first),
                                  .end = sim_text(end ? end : ""),
                                  .from = from_revision,
                                  .ops = ops,
                                  .userdata = userdata,
                                  .next = watches};
    watches = watch;
    sim_at(-1, net_delay_us(), watch_arrive, watch);
    return watch;
}

void store_unwatch(struct store_watch *watch)
{
    watch_remove(watch);
}

struct store_call *store_commit(struct store *store, struct txn *txn,
                                store_reply_fn fn, void *userdata)
{
    /* What a real store would refuse is our own mistake here. */
    if (txn_check(txn, NULL) < 0)
        abort();
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

static void store_tick(void *userdata)
{
    (void) userdata;
    sim_server_expire();
    sim_at(-1, EXPIRE_EVERY_US, store_tick, NULL);
}

void sim_store_reset(void)
{
    size_t i;

    for (; calls; calls = calls->next)
        txn_free(calls->txn);
    watches = NULL;
    for (i = 0; i < n_made; i++)
        free(made[i]);
    n_made = 0;
    sim_server_reset();
    sim_at(-1, EXPIRE_EVERY_US, store_tick, NULL);
}

struct store *sim_store_new(int node)
{
    struct store *store = sim_make(sizeof(*store));

    store->node = node;
    return store;
}

void sim_store_forget(struct store *store)
{
    struct store_watch *watch = watches, *next;

    for (; watch; watch = next) {
        next = watch->next;
        if (watch->store == store)
            watch_remove(watch);
    }
}
