/* SPDX-License-Identifier: ISC */
/* Watches of a local store. Old revisions are not kept: a watch from an old
 * revision gets the answer that etcd gives for a compacted one. */
#include "store_local.h"

#include "base/alloc.h"
#include "base/util.h"

#include <errno.h>

struct local_watch {
    struct store_watch base;
    struct local_watch *next;
    char *first, *end;
    const struct store_watch_ops *ops;
    void *userdata;
    bool stale;
};

struct local_event {
    struct local_message message;
    struct local_watch *watch;
    struct store_kv kv; /* key NULL: the watch is open, or stale */
    int64_t revision;
    bool deleted;
};

static void local_watch_remove(struct local_watch *watch)
{
    struct store_local *store = (struct store_local *) watch->base.store;
    struct local_watch **at = &store->watches;

    while (*at != watch)
        at = &(*at)->next;
    *at = watch->next;
    local_queue_drop(store->queue, watch);
    free(watch->first);
    free(watch->end);
    free(watch);
}

static void local_watch_lose(struct local_watch *watch)
{
    const struct store_watch_ops *ops = watch->ops;
    void *userdata = watch->userdata;
    struct error err;

    local_watch_remove(watch);
    ops->lost(userdata, -ESTALE,
              (error_set(&err, -ESTALE,
                         "store: a local store keeps no old revisions"),
               &err));
}

static void local_watch_deliver(struct local_message *message)
{
    struct local_event *event = (struct local_event *) message;
    struct local_watch *watch = event->watch;

    if (event->kv.key)
        watch->ops->event(watch->userdata, &event->kv, event->deleted);
    else if (watch->stale)
        local_watch_lose(watch);
    else
        watch->ops->opened(watch->userdata, event->revision);
}

static void local_watch_event_done(struct local_message *message)
{
    local_kv_done(&((struct local_event *) message)->kv);
}

static void local_watch_tell(struct local_watch *watch,
                             const struct store_kv *kv, bool deleted)
{
    struct store_local *store = (struct store_local *) watch->base.store;
    struct local_event *event = xcalloc(1, sizeof(*event));

    event->message.owner = watch;
    event->message.deliver = local_watch_deliver;
    event->message.done = local_watch_event_done;
    event->watch = watch;
    event->revision = store->revision;
    event->deleted = deleted;
    if (kv)
        event->kv = local_kv_copy(kv);
    local_queue_add(store->queue, &event->message);
}

static bool local_watch_holds(const struct local_watch *watch, const char *key)
{
    if (!watch->end)
        return streq(key, watch->first);
    return strcmp(key, watch->first) >= 0 && strcmp(key, watch->end) < 0;
}

void local_watch_notify(struct store_local *store, const struct store_kv *kv,
                        bool deleted)
{
    struct local_watch *watch;

    for (watch = store->watches; watch; watch = watch->next)
        if (!watch->stale && local_watch_holds(watch, kv->key))
            local_watch_tell(watch, kv, deleted);
}

struct store_watch *local_watch_open(struct store *base,
                                     struct store_watch_spec spec)
{
    struct store_local *store = (struct store_local *) base;
    struct local_watch *watch = xcalloc(1, sizeof(*watch));

    watch->base.store = base;
    watch->first = xstrdup(spec.first);
    watch->end = spec.end ? xstrdup(spec.end) : NULL;
    watch->ops = spec.ops;
    watch->userdata = spec.userdata;
    watch->stale =
        spec.from_revision > 0 && spec.from_revision <= store->revision;
    watch->next = store->watches;
    store->watches = watch;
    local_watch_tell(watch, NULL, false);
    return &watch->base;
}

void local_watch_close(struct store_watch *base)
{
    local_watch_remove((struct local_watch *) base);
}
