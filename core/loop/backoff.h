/* SPDX-License-Identifier: ISC */
#ifndef CCM_LOOP_BACKOFF_H
#define CCM_LOOP_BACKOFF_H

/*
 * How long to wait before the next try: doubles from first_ms to max_ms, minus
 * a random part of at most half, so that the nodes of a cluster do not retry in
 * step ("equal jitter").
 */

#include <stdint.h>

struct backoff {
    int64_t first_ms;
    int64_t max_ms;
    int64_t next_ms; /* 0: the next try is the first */
};

/* The delay before the next try, in milliseconds. */
int64_t backoff_next_ms(struct backoff *backoff);
/* It worked: start again with first_ms. */
void backoff_reset(struct backoff *backoff);

#endif
