/* SPDX-License-Identifier: ISC */
/*
 * Places of ours that we do not know: a request took one long after it was
 * given up, or a restored store contains one again. Such a ghost would block
 * the cluster as long as our lease is kept. So if there is reason to suspect
 * one, it is looked for, a number of times, while we are out.
 *
 * A ghost is removed on the condition that it is still the same (its create
 * revision), so a late removal leaves a place alone that we have taken since. A
 * join waits until the removal is answered; otherwise it could mistake the
 * ghost for its own place.
 */
#include "rollout/queue.h"

#include "base/alloc.h"
#include "base/util.h"

/* How many keepalives a lost request may take to arrive: by then the connection
 * that carried it is long dead. A place of a backup is there already. */
#define SWEEPS_LATE 20
#define SWEEPS_THERE 3
#define RETRY_FIRST_MS 100
#define RETRY_MAX_MS 5000

char *queue_place(int64_t lease)
{
    return xasprintf("lock/%llx", (unsigned long long) lease);
}

bool queue_is_sweeping(const struct queue *queue)
{
    return queue->sweep.found != 0;
}

static void queue_swept(void *userdata, const struct store_reply *reply, int r,
                        const struct error *err)
{
    struct queue *queue = userdata;
    struct queue_sweep *sweep = &queue->sweep;

    (void) reply;
    sweep->retry.call = NULL;
    if (r < 0) {
        retry_failed(&sweep->retry, err->text);
        return;
    }
    retry_worked(&sweep->retry);
    sweep->found = 0;
    if (queue->state == QUEUE_JOINING)
        retry_at(&queue->retry, 0);
}

static void queue_remove_found(struct queue *queue)
{
    struct queue_sweep *sweep = &queue->sweep;
    struct txn *txn = txn_new();

    txn_if_created(txn, sweep->key, sweep->found);
    txn_delete(txn, sweep->key);
    sweep->retry.call = store_commit(queue->store, txn, queue_swept, queue);
}

static void queue_looked_for(void *userdata, const struct store_reply *reply,
                             int r, const struct error *err)
{
    struct queue *queue = userdata;
    struct queue_sweep *sweep = &queue->sweep;

    (void) err; /* looked for again at the next keepalive */
    sweep->retry.call = NULL;
    if (r < 0 || queue->state != QUEUE_OUT || reply->ranges[0].n == 0)
        return;
    sweep->found = reply->ranges[0].kvs[0].create_revision;
    queue_remove_found(queue);
}

void queue_sweep(struct queue *queue)
{
    struct queue_sweep *sweep = &queue->sweep;
    struct txn *txn;

    if (sweep->left == 0 || queue->state != QUEUE_OUT || sweep->retry.call ||
        sweep->found)
        return;
    sweep->left--;
    txn = txn_new();
    txn_get(txn, sweep->key);
    sweep->retry.call =
        store_commit(queue->store, txn, queue_looked_for, queue);
}

static void queue_sweep_at_least(struct queue *queue, char *key, unsigned times)
{
    struct queue_sweep *sweep = &queue->sweep;

    /* A place of an older lease cannot stay, because that lease is no longer
     * kept. */
    if (!sweep->key || !streq(sweep->key, key)) {
        retry_stop(&sweep->retry);
        sweep->left = 0;
        sweep->found = 0;
    }
    free(sweep->key);
    sweep->key = key;
    if (sweep->left < times)
        sweep->left = times;
}

void queue_doubt(struct queue *queue, char *key)
{
    queue_sweep_at_least(queue, key, SWEEPS_LATE);
}

void queue_suspect(struct queue *queue, int64_t lease)
{
    if (lease == 0)
        return;
    queue_sweep_at_least(queue, queue_place(lease), SWEEPS_THERE);
    queue_sweep(queue);
}

static void queue_sweep_again(void *userdata)
{
    struct queue *queue = userdata;

    if (queue->sweep.found)
        queue_remove_found(queue);
}

static void queue_sweep_trouble(void *userdata, const char *why)
{
    struct queue *queue = userdata;

    queue->ops->trouble(queue->userdata, why);
}

void queue_sweep_init(struct queue *queue, struct loop *loop)
{
    static const struct retry_ops ops = {queue_sweep_again,
                                         queue_sweep_trouble};

    retry_init(&queue->sweep.retry, loop, &ops, queue,
               (struct backoff){RETRY_FIRST_MS, RETRY_MAX_MS, 0});
}

void queue_sweep_done(struct queue *queue)
{
    retry_done(&queue->sweep.retry);
    free(queue->sweep.key);
}
