/* SPDX-License-Identifier: ISC */
/*
 * Places of ours that we do not know: one that a request took long after it was
 * given up for lost, or that a store from a backup has again. Such a ghost
 * would hold up the cluster for as long as our lease is kept, so whoever has
 * reason to suspect one removes it, a number of times, while we are out.
 */
#include "rollout/queue.h"

#include "base/alloc.h"
#include "base/util.h"

/* How many keepalives a lost request may take to arrive: by then the connection
 * that carried it is long dead. A place of a backup is there already; one of
 * the deletes will be carried out. */
#define SWEEPS_LATE 20
#define SWEEPS_THERE 3

char *queue_place(int64_t lease)
{
    return xasprintf("lock/%llx", (unsigned long long) lease);
}

static void queue_swept(void *userdata, const struct store_reply *reply, int r,
                        const struct error *err)
{
    (void) userdata;
    (void) reply;
    (void) r;
    (void) err;
}

void queue_sweep(struct queue *queue)
{
    struct txn *txn;

    if (queue->sweeps_left == 0 || queue->state != QUEUE_OUT)
        return;
    queue->sweeps_left--;
    txn = txn_new();
    txn_delete(txn, queue->doubtful);
    store_commit(queue->store, txn, queue_swept, NULL);
}

static void queue_sweep_at_least(struct queue *queue, char *key, unsigned times)
{
    /* Of an older lease none can stay: that lease is not kept any more. */
    if (!queue->doubtful || !streq(queue->doubtful, key))
        queue->sweeps_left = 0;
    free(queue->doubtful);
    queue->doubtful = key;
    if (queue->sweeps_left < times)
        queue->sweeps_left = times;
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
