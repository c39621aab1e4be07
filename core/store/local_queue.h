/* SPDX-License-Identifier: ISC */
#ifndef CCM_STORE_LOCAL_QUEUE_H
#define CCM_STORE_LOCAL_QUEUE_H

/*
 * The messages of a local store: answers and watch events, delivered in order
 * from the loop. A message belongs to an owner (a call or a watch) and is
 * dropped with it.
 */

#include "store/local_table.h"

struct local_message {
    struct local_message *next;
    unsigned round; /* it is delivered in a later pass than it was queued */
    const void *owner;
    void (*deliver)(struct local_message *message);
    void (*done)(struct local_message *message); /* frees what it holds */
};

struct local_queue;

struct local_queue *local_queue_new(struct loop *loop);
/* Drops all messages. Legal in a message's deliver(). */
void local_queue_free(struct local_queue *queue);

/* Takes message, which is freed with free() after done(). */
void local_queue_add(struct local_queue *queue, struct local_message *message);
/* Drops what was queued for owner. */
void local_queue_drop(struct local_queue *queue, const void *owner);
/* The oldest message, or NULL. Returns borrowed (valid until it is dropped or
 * delivered). */
const struct local_message *local_queue_first(const struct local_queue *queue);

#endif
