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
#include "store/txn.h"

#include <errno.h>

#define CALL_LIMIT_US 5000000
#define EXPIRE_EVERY_US 500000

enum call_kind { CALL_TXN, CALL_GRANT, CALL_KEEP, CALL_REVOKE };

struct store_call {
    struct store *store;
    enum call_kind kind;
    struct txn *txn;
    int64_t lease, ttl_s;
    store_reply_fn reply_fn;
    store_lease_fn lease_fn;
    void *userdata;
    int64_t sent_us;
    bool over; /* answered, failed or cancelled */
    bool lost; /* never arrives */
    bool answerable;
    int r;
    struct store_reply reply;
    struct store_range ranges[SIM_RANGES_MAX];
    struct store_call *next;
};

/* A call that is over may still arrive, so all live until the next reset. */
static struct store_call *calls;

/* --------------------------------------------------------- all that is made */

static void **made;
static size_t n_made, made_capacity;

void *sim_make(size_t size)
{
    xgrow(&made, &made_capacity, n_made, sizeof(*made));
    return made[n_made++] = xcalloc(1, size);
}

/* -------------------------------------------------------------------- calls */

int64_t sim_net_delay_us(void)
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
    sim_request_sent_us = call->sent_us;
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
    sim_request_sent_us = INT64_MAX;
}

static void call_arrive(void *userdata)
{
    struct store_call *call = userdata;

    if (sim.nodes[call->store->node].cut || call->lost)
        return;
    call_carry_out(call);
    if (call->answerable && !sim_happens(sim.chances.lose_answer))
        sim_at(call->store->node, sim_net_delay_us(), call_answer, call);
}

static struct store_call *call_send(struct store_call call)
{
    struct store_call *sent = sim_make(sizeof(*sent));

    *sent = call;
    sent->sent_us = sim.now_us;
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
    sim_at(-1, sim_net_delay_us(), call_arrive, sent);
    return sent;
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

/* etcd is stopped and started with its backup: all connections break, and some
 * of those that a machine in between keeps open say nothing of it. */
bool sim_store_restore(void)
{
    struct store_call *call;

    if (!sim_server_restore(sim_happens(500) ? sim_chance(300) : 0))
        return false;
    for (call = calls; call; call = call->next)
        call->lost = true;
    sim_watch_break_all();
    return true;
}

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
    sim_watch_reset();
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
