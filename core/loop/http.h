/* SPDX-License-Identifier: ISC */
#ifndef CCM_LOOP_HTTP_H
#define CCM_LOOP_HTTP_H

/*
 * Asynchronous HTTP POST on the event loop, with kept-alive connections: a
 * whole reply, or a stream of lines. Callbacks come from the loop, never from
 * inside a call, and never nest.
 *
 * If the peer vanishes silently (its machine died, packets are dropped), a
 * transfer, even a silent stream, ends after HTTP_DEAD_PEER_S seconds.
 */

#include "base/error.h"
#include "config/config.h"
#include "loop/loop.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HTTP_DEAD_PEER_S 20

struct http;
struct http_transfer;

/* The loop's one struct http, counted: each open needs a close. */
struct http *http_open(struct loop *loop);
void http_close(struct http *http);

struct http_request {
    const char *url;  /* copies */
    const char *body; /* keeps until done or cancelled */
    size_t body_size;
    const char *token; /* Authorization header's value, or NULL; copies */
    const struct config_tls *tls; /* copies */
    int64_t connect_timeout_ms;
    int64_t timeout_ms; /* of the whole transfer; 0: none */
    size_t size_max;    /* of the reply; of a stream: of a line */
};

struct http_result {
    int r;            /* 0: there was a reply, whatever its status; or -errno */
    bool never_sent;  /* r < 0, and the server certainly did not see the request
                       */
    long status;      /* 0: no reply was received */
    const char *body; /* a NUL follows; of a stream: what is behind the last
                         newline */
    size_t body_size;
};

struct http_ops {
    /* A stream's complete line, without its newline. NULL: no stream. */
    void (*line)(void *userdata, const char *line, size_t size);
    /* The transfer has ended and is freed. err says why if result->r < 0. */
    void (*done)(void *userdata, const struct http_result *result,
                 const struct error *err);
};

/*
 * Starts a POST of a JSON body. Once sent it is never repeated, not even on a
 * kept-alive connection that turns out to be dead. Keeps ops. Returns borrowed
 * (valid until done is called).
 */
struct http_transfer *http_post(struct http *http,
                                const struct http_request *request,
                                const struct http_ops *ops, void *userdata);
/* done will not be called. May be called from the transfer's own line(). NULL
 * is legal. */
void http_cancel(struct http_transfer *transfer);

#endif
