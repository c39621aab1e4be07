/* SPDX-License-Identifier: ISC */
/* One request to the store, repeated until it is answered. */
#include "rollout/retry.h"

#include "base/alloc.h"
#include "base/util.h"

static void retry_set_trouble(struct retry *retry, const char *why)
{
    free(retry->trouble);
    retry->trouble = why ? xstrdup(why) : NULL;
    if (why)
        retry->ops->trouble(retry->userdata, why);
}

static void retry_timer(void *userdata)
{
    struct retry *retry = userdata;

    if (!retry->call)
        retry->ops->again(retry->userdata);
}

void retry_failed(struct retry *retry, const char *why)
{
    timer_set(&retry->timer, backoff_next_ms(&retry->backoff));
    retry_set_trouble(retry, why);
}

void retry_worked(struct retry *retry)
{
    backoff_reset(&retry->backoff);
    retry_set_trouble(retry, NULL);
}

void retry_at(struct retry *retry, int64_t delay_ms)
{
    timer_set(&retry->timer, delay_ms);
}

void retry_stop(struct retry *retry)
{
    timer_stop(&retry->timer);
    store_cancel(retry->call);
    retry->call = NULL;
    retry_set_trouble(retry, NULL);
}

void retry_init(struct retry *retry, struct loop *loop,
                const struct retry_ops *ops, void *userdata,
                struct backoff pauses)
{
    *retry =
        (struct retry){.ops = ops, .userdata = userdata, .backoff = pauses};
    timer_init(&retry->timer, loop, retry_timer, retry);
}

void retry_done(struct retry *retry)
{
    retry_stop(retry);
}
