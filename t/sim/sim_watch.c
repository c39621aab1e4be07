/* SPDX-License-Identifier: ISC */
/* Watches of the simulated etcd: each in order, and some of them dead. */
#include "sim_server.h"

#include "sim.h"

#include "base/util.h"

#include <errno.h>

#define DEAD_WATCH_US 20000000

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

static struct store_watch *watches;

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
    watch_send(watch, DELIVER_EVENT, change, sim_net_delay_us());
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
    watch_send(watch, DELIVER_OPENED, NULL, sim_net_delay_us());
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
    sim_at(-1, sim_net_delay_us(), watch_arrive, watch);
    return watch;
}

void store_unwatch(struct store_watch *watch)
{
    watch_remove(watch);
}

void sim_watch_break_all(void)
{
    struct store_watch *watch;

    for (watch = watches; watch; watch = watch->next) {
        if (watch->silent)
            continue;
        watch->silent = true;
        if (!sim_happens(sim.chances.silent_watch * 4))
            watch_send(watch, DELIVER_LOST, NULL, sim_net_delay_us());
    }
}

void sim_watch_reset(void)
{
    watches = NULL;
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
