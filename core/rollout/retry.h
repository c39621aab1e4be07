/* SPDX-License-Identifier: ISC */
#ifndef CCM_ROLLOUT_RETRY_H
#define CCM_ROLLOUT_RETRY_H

/*
 * A request to the store that is repeated until it is answered: the call, the
 * pause before the next try, and why the last one failed. Each part of the
 * roll-out has one of its own, and only that part touches it: nobody else can
 * delay its next request.
 */

#include "loop/backoff.h"
#include "loop/loop.h"
#include "store/store.h"

struct retry_ops {
    /* The pause or the time of retry_at is over, and no call is under way. */
    void (*again)(void *userdata);
    /* A try has failed; another follows. */
    void (*trouble)(void *userdata, const char *why);
};

struct retry {
    const struct retry_ops *ops;
    void *userdata;
    struct store_call *call; /* under way; the owner clears it when answered */
    char *trouble;           /* of the last try; NULL: it succeeded */
    struct timer timer;
    struct backoff backoff;
};

/* Keeps ops and userdata until retry_done. first_ms, max_ms: of the pauses. */
void retry_init(struct retry *retry, struct loop *loop,
                const struct retry_ops *ops, void *userdata,
                struct backoff pauses);
void retry_done(struct retry *retry);

/* The try has failed: again is called after a pause, which grows with each
 * failure. why (copied): text for people, or NULL. */
void retry_failed(struct retry *retry, const char *why);
/* It succeeded: clears the trouble, and the next pause is short. */
void retry_worked(struct retry *retry);
/* again is called this many milliseconds from now, instead of at its own
 * time. */
void retry_at(struct retry *retry, int64_t delay_ms);
/* Stops trying, and clears the trouble. */
void retry_stop(struct retry *retry);

#endif
