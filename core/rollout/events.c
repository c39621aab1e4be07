/* SPDX-License-Identifier: ISC */
/* The watch over events/ and flag. */
#include "rollout/events.h"

#include "base/alloc.h"
#include "base/json.h"
#include "base/name.h"
#include "base/util.h"

#include <errno.h>

#define RETRY_FIRST_MS 100
#define RETRY_MAX_MS 15000

/* The watched range: everything from "events/" up to "flag". */
#define RANGE_FIRST "events/"
#define RANGE_END "flag!"

static void events_look(struct events *events);

/* The answer of a transaction can overtake the watch. An older event of the
 * watch must then not undo it, so only events newer than flag_at count. */
void events_learn_flag(struct events *events, const struct store_kv *kv,
                       int64_t revision)
{
    int64_t now = kv ? kv->mod_revision : 0;

    if (revision < events->flag_at)
        return;
    events->flag_at = revision;
    if (now == events->flag.mod_revision)
        return;
    flag_set(&events->flag, kv);
    events->ops->flag(events->userdata);
}

/* Nobody can subscribe to an invalid type name. */
static void events_take_event(struct events *events, const char *type,
                              int64_t revision)
{
    if (!name_valid(type))
        return;
    if (json_object_size(events->seen) < EVENTS_LOOK_MAX ||
        json_object_get(events->seen, type))
        json_object_set_new(events->seen, type, json_integer(revision));
    events->ops->event(events->userdata, type, revision);
}

/* trouble: the error of a look; NULL: none. */
static void events_lose(struct events *events, const char *why,
                        const char *trouble)
{
    bool was = events->connected;

    /* A check that is under way has nothing left to compare with. */
    store_cancel(events->retry.call);
    events->retry.call = NULL;
    events->connected = false;
    events->suspect = 0;
    retry_failed(&events->retry, trouble);
    if (was)
        events->ops->connected(events->userdata, false, why);
}

static void events_watch_opened(void *userdata, int64_t revision)
{
    struct events *events = userdata;

    (void) revision;
    retry_worked(&events->retry);
    events->connected = true;
    events->ops->connected(events->userdata, true, NULL);
}

static void events_watch_event(void *userdata, const struct store_kv *kv,
                               bool deleted)
{
    struct events *events = userdata;
    const char *type = after_prefix(kv->key, RANGE_FIRST);

    /* One revision may bring several. */
    if (type && !deleted && kv->mod_revision >= events->revision) {
        events->revision = kv->mod_revision;
        events_take_event(events, type, kv->mod_revision);
    } else if (type && deleted) {
        json_object_del(events->seen, type);
    } else if (streq(kv->key, "flag")) {
        events_learn_flag(events, deleted ? NULL : kv, kv->mod_revision);
    }
}

static void events_watch_lost(void *userdata, int r, const struct error *err)
{
    struct events *events = userdata;

    events->watch = NULL;
    if (r == -ESTALE)
        events->ops->doubt(
            events->userdata,
            "the revisions since the last event have been compacted");
    events_lose(events, err ? err->text : "the watch has ended", NULL);
}

static const struct store_watch_ops events_watch_ops = {
    .opened = events_watch_opened,
    .event = events_watch_event,
    .lost = events_watch_lost,
};

static int64_t events_seen(const struct events *events,
                           const struct store_kv *kv)
{
    return json_integer_or(events->seen, after_prefix(kv->key, RANGE_FIRST), 0);
}

/* Is a known event gone, or older than it was? */
static bool events_went_back(const struct events *events,
                             const struct store_range *newest)
{
    size_t i, still = 0;

    for (i = 0; i < newest->n; i++) {
        int64_t seen = events_seen(events, &newest->kvs[i]);

        if (newest->kvs[i].mod_revision < seen)
            return true;
        still += seen > 0;
    }
    return newest->count <= (int64_t) newest->n &&
           still < json_object_size(events->seen);
}

/* Looks are linearizable, so the store cannot take back what it said before
 * this look was sent. If it has, it was restored from a backup or emptied, and
 * revisions can no longer be compared. */
static void events_compare_past(struct events *events,
                                const struct store_reply *reply)
{
    cleanup_free char *why = NULL;

    if (reply->revision >= events->looking_after &&
        !events_went_back(events, &reply->ranges[1]))
        return;
    why = xasprintf("the store has gone back from revision %lld to  %lld or "
                    "earlier (restored from a backup, or emptied)",
                    (long long) events->looking_after,
                    (long long) reply->revision);
    events->flag_at = 0;
    events->revision = 0;
    json_object_clear(events->seen);
    events->ops->doubt(events->userdata, why);
}

static bool events_is_new(const struct events *events,
                          const struct store_kv *kv)
{
    int64_t seen = events_seen(events, kv);

    return seen > 0 ? kv->mod_revision != seen
                    : kv->mod_revision > events->revision;
}

/* Takes those of the newest events (newest first) that are new. */
static void events_take_newest(struct events *events,
                               const struct store_range *newest)
{
    size_t i, n = 0;

    for (i = 0; i < newest->n; i++)
        n += events_is_new(events, &newest->kvs[i]);
    if (n > 0 && n == newest->n && newest->count > (int64_t) n &&
        events->looked)
        events->ops->doubt(events->userdata,
                           "more types had events than can be read at once");
    for (i = newest->n; i > 0; i--)
        if (events_is_new(events, &newest->kvs[i - 1]))
            events_take_event(events,
                              after_prefix(newest->kvs[i - 1].key, RANGE_FIRST),
                              newest->kvs[i - 1].mod_revision);
    events->revision = newest->n > 0 ? newest->kvs[0].mod_revision : 0;
    events->look_max = EVENTS_LOOK_MAX;
}

static void events_looked(void *userdata, const struct store_reply *reply,
                          int r, const struct error *err)
{
    struct events *events = userdata;
    const struct store_range *flag;

    events->retry.call = NULL;
    if (r < 0) {
        if (r == -EMSGSIZE)
            events->look_max = 1;
        events_lose(events, err->text, err->text);
        return;
    }
    flag = &reply->ranges[0];
    /* Set before the callbacks, which may read it. */
    events->watch = store_watch(events->store, RANGE_FIRST, RANGE_END,
                                reply->revision + 1, &events_watch_ops, events);
    events_compare_past(events, reply);
    events->checked = reply->revision;
    events_learn_flag(events, flag->n ? &flag->kvs[0] : NULL, reply->revision);
    events_take_newest(events, &reply->ranges[1]);
    events->looked = true;
}

static int64_t events_newest_known(const struct events *events)
{
    int64_t newest = events->revision;

    if (events->flag_at > newest)
        newest = events->flag_at;
    return events->checked > newest ? events->checked : newest;
}

static void events_look(struct events *events)
{
    struct txn *txn = txn_new();

    events->looking_after = events_newest_known(events);
    txn_get(txn, "flag");
    txn_get_below(txn, RANGE_FIRST,
                  &(struct txn_range){.keys_only = true,
                                      .limit = events->look_max,
                                      .by_mod_revision = true,
                                      .newest_first = true});
    events->retry.call =
        store_commit(events->store, txn, events_looked, events);
}

static void events_again(void *userdata)
{
    struct events *events = userdata;

    if (!events->watch)
        events_look(events);
}

static void events_checked(void *userdata, const struct store_reply *reply,
                           int r, const struct error *err)
{
    struct events *events = userdata;
    int64_t newest = 0, flag_revision = 0;

    (void) err;
    events->retry.call = NULL;
    if (r < 0)
        return;
    if (reply->ranges[0].n > 0)
        flag_revision = reply->ranges[0].kvs[0].mod_revision;
    if (reply->ranges[1].n > 0)
        newest = reply->ranges[1].kvs[0].mod_revision;
    events->checked = reply->revision;
    if (newest <= events->revision && newest >= events->event_before &&
        flag_revision == events->flag.mod_revision &&
        reply->revision >= events->looking_after) {
        events->suspect = 0;
    } else if (events->suspect == 0) {
        events->suspect = reply->revision;
    } else {
        store_unwatch(events->watch);
        events->watch = NULL;
        events_lose(events, "the watch has gone silent", NULL);
    }
}

void events_check(struct events *events, int64_t revision)
{
    struct txn *txn;

    if (events->retry.call || !events->watch ||
        (revision == events->checked && events->suspect == 0))
        return;
    txn = txn_new();
    events->looking_after = events_newest_known(events);
    events->event_before = events->revision;
    txn_get(txn, "flag");
    txn_get_below(txn, RANGE_FIRST,
                  &(struct txn_range){.keys_only = true,
                                      .limit = 1,
                                      .by_mod_revision = true,
                                      .newest_first = true});
    events->retry.call =
        store_commit(events->store, txn, events_checked, events);
}

static void events_trouble(void *userdata, const char *why)
{
    struct events *events = userdata;

    events->ops->trouble(events->userdata, why);
}

void events_init(struct events *events, struct loop *loop, struct store *store,
                 const struct events_ops *ops, void *userdata)
{
    static const struct retry_ops retry_ops = {events_again, events_trouble};

    *events = (struct events){
        .store = store,
        .ops = ops,
        .userdata = userdata,
        .look_max = EVENTS_LOOK_MAX,
        .seen = json_object(),
    };
    retry_init(&events->retry, loop, &retry_ops, events,
               (struct backoff){RETRY_FIRST_MS, RETRY_MAX_MS, 0});
}

void events_start(struct events *events)
{
    retry_at(&events->retry, 0);
}

void events_done(struct events *events)
{
    retry_done(&events->retry);
    if (events->watch)
        store_unwatch(events->watch);
    flag_done(&events->flag);
    json_decref(events->seen);
}
