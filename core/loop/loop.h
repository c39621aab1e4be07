/* SPDX-License-Identifier: ISC */
#ifndef CCM_LOOP_LOOP_H
#define CCM_LOOP_LOOP_H

/*
 * The daemon's one event loop: curl_multi_poll(3) sleeps on all transfers, on
 * extra descriptors, and until the next timer. It wakes for nothing else.
 * Everything runs in one thread; callbacks never nest.
 */

#include <stdbool.h>
#include <stdint.h>

struct loop;

struct loop *loop_new(void);
/* Calls the remaining closers. After that nobody may be registered. */
void loop_free(struct loop *loop);

/* Something that must be closed with the loop unless it was closed before.
 * Embedded in its owner. fn removes it. */
struct closer {
    void (*fn)(void *userdata);
    void *userdata;
    struct closer *next;
};

void loop_add_closer(struct loop *loop, struct closer *closer);
void loop_remove_closer(struct loop *loop, struct closer *closer);

/* Runs until loop_quit is called. Returns 0 or -errno. */
int loop_run(struct loop *loop);
void loop_quit(struct loop *loop);

/* One pass: waits at most timeout_ms (-1: no limit) and calls everything that
 * is due. For tests. Returns 0 or -errno. */
int loop_step(struct loop *loop, int timeout_ms);

/* The curl multi handle (a CURLM *), for http.c alone. */
void *loop_curl(struct loop *loop);
/* http.c registers the function to call when transfers may have ended. */
void loop_set_transfer_fn(struct loop *loop, void (*fn)(void *userdata),
                          void *userdata);
/* The registered value. Returns borrowed (valid until it is replaced), or
 * NULL. */
void *loop_transfer_userdata(struct loop *loop);

/* A timer fires once. Embedded in its owner. */
struct timer {
    struct loop *loop;
    void (*fn)(void *userdata);
    void *userdata;
    int64_t at_ms; /* clock_ms() at which it fires */
    bool armed;
    struct timer *next;
};

void timer_init(struct timer *timer, struct loop *loop,
                void (*fn)(void *userdata), void *userdata);
/* (Re)arms it to fire in delay_ms (0: in the next pass). */
void timer_set(struct timer *timer, int64_t delay_ms);
void timer_stop(struct timer *timer);

/* A descriptor that is watched. Embedded in its owner. events and revents
 * are CURL_WAIT_POLLIN and CURL_WAIT_POLLOUT; errors and hang-ups show as
 * POLLIN. */
struct io {
    struct loop *loop;
    int fd;
    short events;
    void (*fn)(void *userdata, short revents);
    void *userdata;
    struct io *next;
};

#define IO_READ 1  /* = CURL_WAIT_POLLIN */
#define IO_WRITE 4 /* = CURL_WAIT_POLLOUT */

/* Calls fn when fd is ready for events. Keeps io until io_stop. Six parameters:
 * the fields of struct io, once for all. */
void io_start(struct io *io, struct loop *loop, int fd, short events,
              void (*fn)(void *userdata, short revents), void *userdata);
void io_set_events(struct io *io, short events);
/* May be called from a callback, for any io, and again. Does not close fd. */
void io_stop(struct io *io);

#endif
