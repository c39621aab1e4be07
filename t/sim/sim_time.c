/* SPDX-License-Identifier: ISC */
/* Virtual time: base/clock.h and cluster/loop.h over a list of events. */
#include "sim.h"

#include "base/alloc.h"
#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct sim_event {
    int64_t at_us;
    uint64_t order; /* of events at one instant */
    int node;
    unsigned life;
    void (*fn)(void *userdata);
    void *userdata;
    struct timer *timer; /* or NULL */
};

static struct sim_event *heap;
static size_t heap_n, heap_capacity;
static uint64_t next_order;
int sim_current = -1;

static bool sim_before(const struct sim_event *a, const struct sim_event *b)
{
    return a->at_us != b->at_us ? a->at_us < b->at_us : a->order < b->order;
}

static void sim_swap(size_t a, size_t b)
{
    struct sim_event event = heap[a];

    heap[a] = heap[b];
    heap[b] = event;
}

static void sim_push(struct sim_event event)
{
    size_t i = heap_n;

    event.order = next_order++;
    event.life = event.node >= 0 ? sim.nodes[event.node].life : 0;
    xgrow(&heap, &heap_capacity, heap_n, sizeof(*heap));
    heap[heap_n++] = event;
    for (; i > 0 && sim_before(&heap[i], &heap[(i - 1) / 2]); i = (i - 1) / 2)
        sim_swap(i, (i - 1) / 2);
}

static struct sim_event sim_pop(void)
{
    struct sim_event top = heap[0];
    size_t i = 0;

    heap[0] = heap[--heap_n];
    for (;;) {
        size_t least = i, child;

        for (child = 2 * i + 1; child <= 2 * i + 2; child++)
            if (child < heap_n && sim_before(&heap[child], &heap[least]))
                least = child;
        if (least == i)
            return top;
        sim_swap(i, least);
        i = least;
    }
}

void sim_time_reset(void)
{
    heap_n = 0;
    next_order = 0;
    sim_current = -1;
}

void sim_at(int node, int64_t delay_us, void (*fn)(void *userdata),
            void *userdata)
{
    sim_push((struct sim_event){.at_us = sim.now_us + delay_us,
                                .node = node,
                                .fn = fn,
                                .userdata = userdata});
}

static void sim_fire(struct sim_event event)
{
    struct sim_node *node = event.node >= 0 ? &sim.nodes[event.node] : NULL;

    if (node && event.life != node->life)
        return;
    if (node && node->paused) {
        event.at_us = sim.now_us + 50000;
        sim_push(event);
        return;
    }
    if (event.timer) {
        /* Set again, or stopped, since: its newest event counts. */
        if (!event.timer->armed ||
            event.timer->at_ms != (int64_t) (intptr_t) event.userdata)
            return;
        event.timer->armed = false;
        sim_current = event.node;
        event.timer->fn(event.timer->userdata);
    } else {
        sim_current = event.node;
        event.fn(event.userdata);
    }
    sim_current = -1;
}

void sim_run_for(int64_t us)
{
    int64_t until = sim.now_us + us;

    while (heap_n > 0 && heap[0].at_us <= until && !sim.violation[0]) {
        struct sim_event event = sim_pop();

        if (event.at_us > sim.now_us)
            sim.now_us = event.at_us;
        sim_fire(event);
    }
    if (sim.now_us < until)
        sim.now_us = until;
}

/* --------------------------------------------------------------- base/clock.h
 */

int64_t clock_us(void)
{
    return sim.now_us;
}

int64_t clock_ms(void)
{
    return sim.now_us / 1000;
}

void clock_stamp(char stamp[CLOCK_STAMP_SIZE])
{
    snprintf(stamp, CLOCK_STAMP_SIZE, "%lld us", (long long) sim.now_us);
}

/* ------------------------------------------------------------ cluster/loop.h
 */

void timer_init(struct timer *timer, struct loop *loop,
                void (*fn)(void *userdata), void *userdata)
{
    *timer = (struct timer){.loop = loop, .fn = fn, .userdata = userdata};
}

/* at_ms is unique for each setting, so that an older event is known as such:
 * it counts microseconds here. */
void timer_set(struct timer *timer, int64_t delay_ms)
{
    static int64_t unique;

    timer->armed = true;
    timer->at_ms = ++unique;
    sim_push((struct sim_event){.at_us = sim.now_us + delay_ms * 1000,
                                .node = sim_current,
                                .timer = timer,
                                .userdata = (void *) (intptr_t) unique});
}

void timer_stop(struct timer *timer)
{
    timer->armed = false;
}
