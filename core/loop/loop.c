/* SPDX-License-Identifier: ISC */
/*
 * The event loop. curl_multi_poll sleeps, because only curl knows its sockets
 * and its timers. Our descriptors are part of the same poll, and the nearest
 * timer is its time limit. So an idle daemon sleeps until something happens,
 * without a second event library.
 *
 * Timers are a sorted list: a daemon has some ten of them. Due ones are moved
 * to a second list before the first is called, so that a callback which arms
 * itself with 0 waits for the next pass and cannot starve the descriptors.
 */
#include "loop.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/util.h"

#include <assert.h>
#include <curl/curl.h>
#include <errno.h>

/* For "no limit": curl does not accept -1. Twelve days; then it sleeps
 * again. */
#define LOOP_WAIT_MAX_MS (1 << 30)

struct loop {
    CURLM *curl;
    struct timer *timers; /* by at_ms */
    struct timer *due;
    struct io *ios;
    struct closer *closers;
    struct curl_waitfd *fds; /* the descriptors to poll, and their owners */
    struct io **polled;      /* NULL: stopped meanwhile */
    size_t fds_capacity;
    size_t polled_capacity;
    size_t n_polled;
    void (*transfer_fn)(void *userdata);
    void *transfer_userdata;
    bool quit;
};

struct loop *loop_new(void)
{
    struct loop *loop = xcalloc(1, sizeof(*loop));

    loop->curl = curl_multi_init();
    assert(loop->curl);
    return loop;
}

void loop_free(struct loop *loop)
{
    if (!loop)
        return;
    while (loop->closers)
        loop->closers->fn(loop->closers->userdata);
    assert(!loop->timers && !loop->due && !loop->ios);
    curl_multi_cleanup(loop->curl);
    free(loop->fds);
    free(loop->polled);
    free(loop);
}

void loop_add_closer(struct loop *loop, struct closer *closer)
{
    closer->next = loop->closers;
    loop->closers = closer;
}

void loop_remove_closer(struct loop *loop, struct closer *closer)
{
    struct closer **link = &loop->closers;

    while (*link != closer)
        link = &(*link)->next;
    *link = closer->next;
}

void loop_quit(struct loop *loop)
{
    loop->quit = true;
}

void *loop_curl(struct loop *loop)
{
    return loop->curl;
}

void loop_set_transfer_fn(struct loop *loop, void (*fn)(void *userdata),
                          void *userdata)
{
    loop->transfer_fn = fn;
    loop->transfer_userdata = userdata;
}

void *loop_transfer_userdata(struct loop *loop)
{
    return loop->transfer_userdata;
}

/* ------------------------------------------------------------------- timers */

void timer_init(struct timer *timer, struct loop *loop,
                void (*fn)(void *userdata), void *userdata)
{
    *timer = (struct timer){.loop = loop, .fn = fn, .userdata = userdata};
}

static bool timer_unlink(struct timer **list, struct timer *timer)
{
    for (; *list; list = &(*list)->next)
        if (*list == timer) {
            *list = timer->next;
            return true;
        }
    return false;
}

void timer_stop(struct timer *timer)
{
    if (!timer->armed)
        return;
    if (!timer_unlink(&timer->loop->timers, timer))
        timer_unlink(&timer->loop->due, timer);
    timer->armed = false;
}

void timer_set(struct timer *timer, int64_t delay_ms)
{
    struct timer **at = &timer->loop->timers;

    timer_stop(timer);
    timer->at_ms = clock_ms() + (delay_ms > 0 ? delay_ms : 0);
    while (*at && (*at)->at_ms <= timer->at_ms)
        at = &(*at)->next;
    timer->next = *at;
    *at = timer;
    timer->armed = true;
}

static void loop_fire_timers(struct loop *loop)
{
    struct timer **end = &loop->timers;
    int64_t now = clock_ms();

    while (*end && (*end)->at_ms <= now)
        end = &(*end)->next;
    if (end == &loop->timers)
        return;
    assert(!loop->due);
    loop->due = loop->timers;
    loop->timers = *end;
    *end = NULL;
    while (loop->due) {
        struct timer *timer = loop->due;

        loop->due = timer->next;
        timer->armed = false;
        timer->fn(timer->userdata);
    }
}

/* -------------------------------------------------------------- descriptors */

void io_start(struct io *io, struct loop *loop, int fd, short events,
              void (*fn)(void *userdata, short revents), void *userdata)
{
    *io = (struct io){.loop = loop,
                      .fd = fd,
                      .events = events,
                      .fn = fn,
                      .userdata = userdata,
                      .next = loop->ios};
    loop->ios = io;
}

void io_set_events(struct io *io, short events)
{
    io->events = events;
}

void io_stop(struct io *io)
{
    struct loop *loop = io->loop;
    struct io **at;
    size_t i;

    if (!loop)
        return;
    for (at = &loop->ios; *at; at = &(*at)->next)
        if (*at == io) {
            *at = io->next;
            break;
        }
    for (i = 0; i < loop->n_polled; i++)
        if (loop->polled[i] == io)
            loop->polled[i] = NULL;
    io->loop = NULL;
}

static void loop_collect_fds(struct loop *loop)
{
    struct io *io;
    size_t n = 0;

    for (io = loop->ios; io; io = io->next) {
        xgrow(&loop->fds, &loop->fds_capacity, n, sizeof(*loop->fds));
        xgrow(&loop->polled, &loop->polled_capacity, n, sizeof(struct io *));
        loop->fds[n] = (struct curl_waitfd){.fd = io->fd, .events = io->events};
        loop->polled[n++] = io;
    }
    loop->n_polled = n;
}

static void loop_call_ios(struct loop *loop)
{
    size_t i;

    for (i = 0; i < loop->n_polled; i++) {
        struct io *io = loop->polled[i];

        if (io && loop->fds[i].revents)
            io->fn(io->userdata, loop->fds[i].revents);
    }
    loop->n_polled = 0;
}

/* --------------------------------------------------------------------- pass */

static int loop_wait_ms(const struct loop *loop, int timeout_ms)
{
    int64_t wait = timeout_ms < 0 ? LOOP_WAIT_MAX_MS : timeout_ms;

    if (loop->timers) {
        int64_t left = loop->timers->at_ms - clock_ms();

        if (left < wait)
            wait = left > 0 ? left : 0;
    }
    return (int) wait;
}

int loop_step(struct loop *loop, int timeout_ms)
{
    int running;

    loop_collect_fds(loop);
    if (curl_multi_poll(loop->curl, loop->fds, (unsigned int) loop->n_polled,
                        loop_wait_ms(loop, timeout_ms), NULL) != CURLM_OK)
        return -EIO;
    if (curl_multi_perform(loop->curl, &running) != CURLM_OK)
        return -EIO;
    if (loop->transfer_fn)
        loop->transfer_fn(loop->transfer_userdata);
    loop_call_ios(loop);
    loop_fire_timers(loop);
    return 0;
}

int loop_run(struct loop *loop)
{
    int r = 0;

    loop->quit = false;
    while (r == 0 && !loop->quit)
        r = loop_step(loop, -1);
    return r;
}
