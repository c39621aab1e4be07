/* SPDX-License-Identifier: ISC */
#ifndef CCM_ROLLOUT_RETRY_H
#define CCM_ROLLOUT_RETRY_H

/*
 * A request to the store that is repeated until it is answered: the call, the
 * pause before the next try, and why the last one failed. Each part of the
 * roll-out has one of its own, and only that part touches it: nobody else can
 * put off its next request.
 */

#include "loop/backoff.h"
#include "loop/loop.h"
#include "store/store.h"

struct retry_ops {
    /* The pause is over, or the time of retry_at has come, and no call is
     * under way. */
    void (*again)(void *userdata);
    /* A try has failed; there will be another. */
    void (*trouble)(void *userdata, const char *why);
};

struct retry {
    const struct retry_ops *ops;
    void *userdata;
    struct store_call *call; /* under way; the owner clears it when answered */
    char *trouble;           /* of the last try; NULL: it went well */
    struct timer timer;
    struct backoff backoff;
};

/* Keeps ops and userdata until retry_done. first_ms, max_ms: of the pauses. */
void retry_init(struct retry *retry, struct loop *loop,
                const struct retry_ops *ops, void *userdata,
                struct backoff pauses);
void retry_done(struct retry *retry);

/* The try has failed: again is called after a pause that grows. why (copied):
 * what people should know, or NULL. */
void retry_failed(struct retry *retry, const char *why);
/* It went well: the trouble is over, and the next pause is a short one. */
void retry_worked(struct retry *retry);
/* again is called so many milliseconds from now, instead of when it would
 * have been. */
void retry_at(struct retry *retry, int64_t delay_ms);
/* Nothing is tried any more; its trouble is forgotten, too. */
void retry_stop(struct retry *retry);

#endif
