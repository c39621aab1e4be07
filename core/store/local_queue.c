/* SPDX-License-Identifier: ISC */
/* Messages in order; each may add and drop others, or end the whole queue. */
#include "local_queue.h"

#include "base/alloc.h"
#include "base/util.h"

struct local_queue {
    struct timer timer;
    struct local_message *first;
    unsigned round;
    bool delivering;
    bool dead; /* freed by a message that is being delivered */
};

static void local_queue_free_message(struct local_message *message)
{
    if (message->done)
        message->done(message);
    free(message);
}

static void local_queue_on_timer(void *userdata)
{
    struct local_queue *queue = userdata;
    unsigned round = queue->round++;

    queue->delivering = true;
    while (queue->first && queue->first->round == round) {
        struct local_message *message = queue->first;

        queue->first = message->next;
        message->deliver(message);
        local_queue_free_message(message);
    }
    queue->delivering = false;
    if (queue->dead)
        free(queue);
}

struct local_queue *local_queue_new(struct loop *loop)
{
    struct local_queue *queue = xcalloc(1, sizeof(*queue));

    timer_init(&queue->timer, loop, local_queue_on_timer, queue);
    return queue;
}

void local_queue_free(struct local_queue *queue)
{
    timer_stop(&queue->timer);
    while (queue->first) {
        struct local_message *message = queue->first;

        queue->first = message->next;
        local_queue_free_message(message);
    }
    if (queue->delivering)
        queue->dead = true;
    else
        free(queue);
}

void local_queue_add(struct local_queue *queue, struct local_message *message)
{
    struct local_message **at = &queue->first;

    while (*at)
        at = &(*at)->next;
    message->next = NULL;
    message->round = queue->round;
    *at = message;
    timer_set(&queue->timer, 0);
}

void local_queue_drop(struct local_queue *queue, const void *owner)
{
    struct local_message **at = &queue->first;

    while (*at) {
        struct local_message *message = *at;

        if (message->owner == owner) {
            *at = message->next;
            local_queue_free_message(message);
        } else {
            at = &message->next;
        }
    }
}

const struct local_message *local_queue_first(const struct local_queue *queue)
{
    return queue->first;
}
