/* SPDX-License-Identifier: ISC */
#ifndef CCM_STORE_ENDPOINTS_H
#define CCM_STORE_ENDPOINTS_H

/*
 * Which of several servers to talk to. One is in use until it fails; one that
 * failed is avoided for a time that doubles with each failure. Pure: the caller
 * passes the time.
 */

#include <stddef.h>
#include <stdint.h>

#define ENDPOINTS_BACKOFF_MIN_MS 500
#define ENDPOINTS_BACKOFF_MAX_MS 30000

struct endpoint {
    char *url;
    unsigned failures;      /* in a row */
    int64_t avoid_until_ms; /* 0: it works, as far as known */
};

struct endpoints {
    struct endpoint *list;
    size_t n; /* at least 1 */
    size_t current;
};

/* Copies urls (NULL-terminated, at least one). */
void endpoints_init(struct endpoints *endpoints, char *const *urls);
void endpoints_done(struct endpoints *endpoints);

/* The one to use now: the current one; if it is to be avoided, the next that
 * is not; if all are, the one whose time ends first. It becomes current. */
size_t endpoints_pick(struct endpoints *endpoints, int64_t now_ms);

/* Reports how talking to number index went. */
void endpoints_failed(struct endpoints *endpoints, size_t index,
                      int64_t now_ms);
void endpoints_worked(struct endpoints *endpoints, size_t index);

#endif
