/* SPDX-License-Identifier: ISC */
#ifndef CCM_OBJECTS_REQUEST_H
#define CCM_OBJECTS_REQUEST_H

/*
 * Synchronous HTTP requests, one after another over one connection that is kept
 * open: used by both network sources.
 */

#include "source.h"

#include "base/buf.h"
#include "base/error.h"

#include <curl/curl.h>

struct request {
    CURL *easy;
    struct curl_slist *headers; /* sent with each request */
    size_t body_max;
    int64_t limit_ms;    /* of one request */
    int64_t deadline_ms; /* for all of them, by clock_ms; 0: none */
    /* Of the last answer: */
    long status; /* 0: there was no answer */
    struct buf body;
    struct buf link;       /* all Link headers, joined with commas */
    struct buf location;   /* the target of a redirect; "": none */
    int64_t total;         /* X-Total-Count; -1: none */
    int64_t retry_after_s; /* Retry-After in seconds; -1: none, or a date */
    bool too_large;
    bool link_too_large; /* without it, pages would be missed */
    char detail[CURL_ERROR_SIZE];
};

/* Loads and sets up the libraries (curl_late.c), before there is a request. */
void request_prepare(void);

/* Returns 0, or -EINVAL if an option is refused. */
int request_open(struct request *request, const struct config_tls *tls,
                 const struct source_limits *limits, struct error *err);
/* For one of several servers: gives up if connecting, or the wait for the next
 * byte, takes this long (1 s or more; -EAGAIN). */
void request_expect_soon(struct request *request, long seconds);
/* A request of zeros, never opened, may be closed, too. */
void request_close(struct request *request);

/* From now on sends "<name><value>" as a header with each request. */
void request_add_header(struct request *request, const char *name,
                        const char *value);
/* Wipes and forgets all of them. */
void request_drop_headers(struct request *request);

/*
 * Sends a GET, or a POST if body is not NULL. Returns 0 when there is an
 * answer, whatever its status; -EAGAIN when there is none; -EFBIG when it is
 * larger than the limit; -EINVAL for a bad URL or certificate file of our own.
 */
int request_send(struct request *request, const char *url, const char *body,
                 struct error *err);

#endif
