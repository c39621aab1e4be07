/* SPDX-License-Identifier: ISC */
/* The queue for the cluster's one lock; see queue.h for how and why. */
#include "rollout/queue.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/util.h"

#include <assert.h>
#include <errno.h>

#define RETRY_FIRST_MS 100
#define RETRY_MAX_MS 5000

static void queue_join_again(struct queue *queue);
static void queue_look(struct queue *queue);
static void queue_wait(struct queue *queue, enum queue_state state);

static void queue_forget_front(struct queue *queue)
{
    size_t i;

    for (i = 0; i < queue->n_front; i++)
        free(queue->front[i]);
    queue->n_front = 0;
}

static void queue_unwatch(struct queue *queue)
{
    if (queue->watch)
        store_unwatch(queue->watch);
    queue->watch = NULL;
    free(queue->watched);
    queue->watched = NULL;
}

void queue_forget(struct queue *queue)
{
    retry_stop(&queue->retry);
    queue_unwatch(queue);
    queue_forget_front(queue);
    free(queue->key);
    queue->key = NULL;
    json_decref(queue->value);
    queue->value = NULL;
    queue->created = 0;
    queue->state = QUEUE_OUT;
}

/* Nobody can get in front of us, so the state never goes back. */
static void queue_move(struct queue *queue, enum queue_state state)
{
    if (state <= queue->state)
        return;
    queue->state = state;
    queue->ops->moved(queue->userdata);
}

/* Notes the places in front: all of them if there are at most ahead_max. */
static void queue_take_front(struct queue *queue,
                             const struct store_range *range)
{
    size_t i;

    queue_forget_front(queue);
    for (i = 0; i < range->n && i < ARRAY_SIZE(queue->front); i++)
        queue->front[queue->n_front++] = xstrdup(range->kvs[i].key);
}

/* The place in front that we watch in this state: the nearest, or, while too
 * many are in front, the one whose begin makes us near. */
static size_t queue_awaited(const struct queue *queue, enum queue_state state)
{
    return state == QUEUE_FAR && queue->ahead_max > 0
               ? (size_t) queue->ahead_max - 1
               : 0;
}

/* The places in front are known: sets the state, and watches the next one. */
static void queue_judge(struct queue *queue)
{
    enum queue_state state = QUEUE_FAR;

    if (queue->n_front == 0)
        state = QUEUE_HEAD;
    else if (queue->n_front <= (size_t) queue->ahead_max)
        state = QUEUE_NEAR;
    if (queue->n_front > 0)
        queue_wait(queue, state > queue->state ? state : queue->state);
    queue_move(queue, state);
}

static void queue_looked(void *userdata, const struct store_reply *reply, int r,
                         const struct error *err)
{
    struct queue *queue = userdata;

    queue->retry.call = NULL;
    if (r < 0) {
        retry_failed(&queue->retry, err->text);
        return;
    }
    retry_worked(&queue->retry);
    if (queue->look_again) {
        queue_look(queue);
        return;
    }
    if (reply->ranges[0].n == 0 ||
        reply->ranges[0].kvs[0].create_revision != queue->created) {
        queue->ops->lost(queue->userdata, false,
                         "the place in the queue is gone");
        return;
    }
    queue_take_front(queue, &reply->ranges[1]);
    queue_judge(queue);
}

/* Adds to txn a get of the nearest places in front of the one made at this
 * revision (0: not made yet). */
static void queue_get_front(const struct queue *queue, struct txn *txn,
                            int64_t created)
{
    txn_get_below(txn, "lock/",
                  &(struct txn_range){
                      .limit = queue->ahead_max + 1,
                      .max_create_revision = created > 0 ? created - 1 : 0,
                      .keys_only = true,
                      .by_create_revision = true,
                      .newest_first = true,
                  });
}

static void queue_look(struct queue *queue)
{
    struct txn *txn = txn_new();

    queue->look_again = false;
    txn_get(txn, queue->key);
    queue_get_front(queue, txn, queue->created);
    queue->retry.call = store_commit(queue->store, txn, queue_looked, queue);
}

/* A look that is under way may be older than the reason for another one. */
static void queue_look_after(struct queue *queue)
{
    if (queue->retry.call)
        queue->look_again = true;
    else
        queue_look(queue);
}

static void queue_watch_opened(void *userdata, int64_t revision)
{
    struct queue *queue = userdata;

    (void) revision;
    if (queue->state != QUEUE_HEAD)
        queue_look_after(queue);
}

/* Is it the key of a place in front of us, put again by the transaction that
 * began its turn? A place that was given up and taken again is behind us. */
static bool queue_has_begun(const struct queue *queue,
                            const struct store_kv *kv)
{
    return kv->create_revision < queue->created &&
           kv->mod_revision > kv->create_revision;
}

/* The watched place has begun its turn, so it is the first of all. */
static void queue_front_begun(struct queue *queue)
{
    size_t last = queue_awaited(queue, queue->state);

    if (queue->retry.call) {
        queue->look_again = true;
        return;
    }
    while (queue->n_front > last + 1)
        free(queue->front[--queue->n_front]);
    queue_judge(queue);
}

static void queue_watch_event(void *userdata, const struct store_kv *kv,
                              bool deleted)
{
    struct queue *queue = userdata;

    /* At the head the watch stays open until the turn has begun, because
     * closing it would load the store at the wrong moment. */
    if (queue->state == QUEUE_HEAD)
        return;
    if (!deleted) {
        if (queue_has_begun(queue, kv))
            queue_front_begun(queue);
        return;
    }
    /* The place right in front is gone, and all places in front are known: very
     * likely they went before it. The begin transaction proves it. */
    if (queue->state == QUEUE_NEAR && !queue->retry.call &&
        streq(queue->watched, queue->front[0]))
        queue_move(queue, QUEUE_HEAD);
    else
        queue_look_after(queue);
}

static void queue_watch_lost(void *userdata, int r, const struct error *err)
{
    struct queue *queue = userdata;

    (void) r;
    (void) err;
    queue->watch = NULL;
    queue_unwatch(queue);
    if (!queue->retry.call)
        retry_failed(&queue->retry, NULL);
}

static const struct store_watch_ops queue_watch_ops = {
    .opened = queue_watch_opened,
    .event = queue_watch_event,
    .lost = queue_watch_lost,
};

static void queue_wait(struct queue *queue, enum queue_state state)
{
    const char *key = queue->front[queue_awaited(queue, state)];

    if (queue->watched && streq(queue->watched, key))
        return;
    queue_unwatch(queue);
    queue->watched = xstrdup(key);
    queue->watch =
        store_watch(queue->store, key, NULL, 0, &queue_watch_ops, queue);
}

static void queue_joined(void *userdata, const struct store_reply *reply, int r,
                         const struct error *err)
{
    struct queue *queue = userdata;

    queue->retry.call = NULL;
    if (r == -ENOENT || r == -EINVAL) {
        queue->ops->lost(queue->userdata, true,
                         "the lease of the place is gone");
        return;
    }
    if (r < 0) {
        queue_doubt(queue, xstrdup(queue->key));
        retry_failed(&queue->retry, err->text);
        return;
    }
    retry_worked(&queue->retry);
    if (reply->succeeded) {
        queue->created = reply->revision;
        queue_take_front(queue, &reply->ranges[0]);
        queue_judge(queue);
    } else if (reply->ranges[0].n > 0) {
        queue->created = reply->ranges[0].kvs[0].create_revision;
        queue_look(queue);
        queue_move(queue, QUEUE_FAR);
    } else {
        queue_join_again(queue);
    }
}

static void queue_join_again(struct queue *queue)
{
    cleanup_free char *value = NULL;
    struct txn *txn;

    /* The removal of a place with this key is under way, and must not hit the
     * one that we are about to take; its answer leads back here. */
    if (queue_is_sweeping(queue))
        return;
    value = json_line(queue->value);
    txn = txn_new();

    txn_if_created(txn, queue->key, 0);
    queue_get_front(queue, txn, 0);
    txn_put(txn, queue->key, value, queue->lease);
    txn_otherwise(txn);
    txn_get(txn, queue->key);
    queue->retry.call = store_commit(queue->store, txn, queue_joined, queue);
}

void queue_join(struct queue *queue, const char *node, int64_t lease,
                int64_t plan_ahead)
{
    char stamp[CLOCK_STAMP_SIZE];

    assert(queue->state == QUEUE_OUT && plan_ahead <= QUEUE_AHEAD_MAX);
    clock_stamp(stamp);
    queue->value = json_pack("{s:s, s:s}", "node", node, "since", stamp);
    queue->key = queue_place(lease);
    queue->lease = lease;
    queue->ahead_max = plan_ahead;
    queue->since_ms = clock_ms();
    queue->state = QUEUE_JOINING;
    queue_join_again(queue);
}

static void queue_again(void *userdata)
{
    struct queue *queue = userdata;

    if (queue->state == QUEUE_JOINING)
        queue_join_again(queue);
    else if (queue->state != QUEUE_OUT)
        queue_look(queue);
}

static void queue_trouble(void *userdata, const char *why)
{
    struct queue *queue = userdata;

    queue->ops->trouble(queue->userdata, why);
}

void queue_begun(struct queue *queue)
{
    queue_unwatch(queue);
}

bool queue_learn(struct queue *queue, const struct store_range *ranges)
{
    size_t i, kept = 0;

    if (ranges[0].n == 0 || ranges[0].kvs[0].create_revision != queue->created)
        return false;
    for (i = 0; i < queue->n_front; i++) {
        const struct store_range *range = &ranges[i + 1];

        /* One that was given up and taken again is behind us. */
        if (range->n > 0 && range->kvs[0].create_revision < queue->created)
            queue->front[kept++] = queue->front[i];
        else
            free(queue->front[i]);
    }
    queue->n_front = kept;
    if (kept > 0) {
        queue->state = QUEUE_NEAR;
        queue_unwatch(queue);
        queue_wait(queue, QUEUE_NEAR);
    }
    return true;
}

void queue_check(struct queue *queue)
{
    if (queue->state >= QUEUE_FAR && !queue->retry.call)
        queue_look(queue);
    queue_sweep(queue);
}

void queue_init(struct queue *queue, struct loop *loop, struct store *store,
                const struct queue_ops *ops, void *userdata)
{
    static const struct retry_ops retry_ops = {queue_again, queue_trouble};

    *queue = (struct queue){.store = store, .ops = ops, .userdata = userdata};
    retry_init(&queue->retry, loop, &retry_ops, queue,
               (struct backoff){RETRY_FIRST_MS, RETRY_MAX_MS, 0});
    queue_sweep_init(queue, loop);
}

void queue_done(struct queue *queue)
{
    queue_forget(queue);
    queue_sweep_done(queue);
}
