/* SPDX-License-Identifier: ISC */
/* The parts that a place in the queue adds to the transactions that begin and
 * end a turn. */
#include "rollout/queue.h"

#include "base/json.h"
#include "base/util.h"

void queue_conditions(const struct queue *queue, struct txn *txn)
{
    size_t i;

    txn_if_created(txn, queue->key, queue->created);
    for (i = 0; i < queue->n_front; i++)
        txn_if_created(txn, queue->front[i], 0);
}

void queue_tell_begun(const struct queue *queue, struct txn *txn,
                      const char *turn)
{
    json_auto_t *value = json_copy(queue->value);
    cleanup_free char *line = NULL;

    json_object_set_new(value, "turn", json_string(turn));
    line = json_line(value);
    txn_put(txn, queue->key, line, queue->lease);
}

size_t queue_gets(const struct queue *queue, struct txn *txn)
{
    size_t i;

    txn_get(txn, queue->key);
    for (i = 0; i < queue->n_front; i++)
        txn_get(txn, queue->front[i]);
    return 1 + queue->n_front;
}

void queue_leave_turn(const struct queue *queue, struct txn *txn)
{
    if (queue->key)
        txn_delete(txn, queue->key);
}

void queue_leave(const struct queue *queue, struct txn *txn)
{
    if (queue->key)
        txn_if_created(txn, queue->key, queue->created);
    queue_leave_turn(queue, txn);
}
