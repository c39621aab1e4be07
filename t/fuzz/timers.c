/* SPDX-License-Identifier: ISC */
/* Virtual time: base/clock.h, and the timers of cluster/loop.h. */
#include "timers.h"

#include "fuzz.h"

#include "base/clock.h"
#include "loop/loop.h"

#define BEGIN_MS 1000000

static int64_t now_ms = BEGIN_MS;
static struct timer *timers;

void fuzz_time_reset(void)
{
    fuzz_check(!timers);
    now_ms = BEGIN_MS;
}

bool fuzz_time_next(void)
{
    struct timer *first = timers, *timer;

    for (timer = timers; timer; timer = timer->next)
        if (timer->at_ms < first->at_ms)
            first = timer;
    if (!first)
        return false;
    if (first->at_ms > now_ms)
        now_ms = first->at_ms;
    timer_stop(first);
    first->fn(first->userdata);
    return true;
}

int64_t clock_us(void)
{
    return now_ms * 1000;
}

int64_t clock_ms(void)
{
    return now_ms;
}

void clock_stamp(char stamp[CLOCK_STAMP_SIZE])
{
    snprintf(stamp, CLOCK_STAMP_SIZE, "1970-01-01T00:00:00.000Z");
}

void timer_init(struct timer *timer, struct loop *loop,
                void (*fn)(void *userdata), void *userdata)
{
    *timer = (struct timer){.loop = loop, .fn = fn, .userdata = userdata};
}

void timer_set(struct timer *timer, int64_t delay_ms)
{
    fuzz_check(delay_ms >= 0 && timer->fn);
    timer_stop(timer);
    timer->armed = true;
    timer->at_ms = now_ms + delay_ms;
    timer->next = timers;
    timers = timer;
}

void timer_stop(struct timer *timer)
{
    struct timer **at = &timers;

    if (!timer->armed)
        return;
    while (*at != timer)
        at = &(*at)->next;
    *at = timer->next;
    timer->armed = false;
}

/* The linker wants these for what no such target calls. */
void io_start(struct io *io, struct loop *loop, int fd, short events,
              void (*fn)(void *userdata, short revents), void *userdata)
{
    (void) io, (void) loop, (void) fd, (void) events, (void) fn;
    fuzz_check(!userdata);
}

void io_stop(struct io *io)
{
    fuzz_check(!io);
}
