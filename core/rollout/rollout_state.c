/* SPDX-License-Identifier: ISC */
/* What state the roll-out is in, and whether a flag keeps it from going on. */
#include "base/alloc.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "base/util.h"
#include "rollout/rollout_internal.h"

#include <stdarg.h>

bool rollout_is_held(const struct rollout *rollout)
{
    const struct flag *flag = &rollout->events.flag;

    if (!flag->json)
        return false;
    if (!rollout->config->flag_lift_self ||
        !flag_is_own(flag, rollout->config->node))
        return true;
    /* Our own failure: only newer events are worth a try. */
    return !bus_pending(rollout->bus, rollout->failed_ticket);
}

bool rollout_is_between_turns(const struct rollout *rollout)
{
    return rollout->phase < ROLLOUT_BEGINNING;
}

bool rollout_is_linked(const struct rollout *rollout)
{
    return rollout->session.up && rollout->events.connected &&
           rollout->phase != ROLLOUT_STARTING;
}

static const char *rollout_state_idle(const struct rollout *rollout)
{
    if (!rollout_is_linked(rollout))
        return "disconnected";
    if (flag_is_own(&rollout->events.flag, rollout->config->node))
        return "failed";
    if (rollout->events.flag.json)
        return "held";
    return bus_pending(rollout->bus, 0) ? "settling" : "idle";
}

const char *rollout_state(const struct rollout *rollout)
{
    switch (rollout->phase) {
    case ROLLOUT_STARTING:
        return "starting";
    case ROLLOUT_IDLE:
        return rollout_state_idle(rollout);
    case ROLLOUT_PLANNING:
        return "planning";
    case ROLLOUT_QUEUED:
    case ROLLOUT_PLANNED:
    case ROLLOUT_BEGINNING:
        return "queued";
    case ROLLOUT_APPLYING:
    case ROLLOUT_RECOVERING:
    case ROLLOUT_CLOSING:
        return "applying";
    case ROLLOUT_LEAVING:
        break;
    }
    return "disconnected";
}

static char *rollout_waits_queued(const struct rollout *rollout)
{
    const struct queue *queue = &rollout->queue;

    if (queue->state == QUEUE_JOINING)
        return xstrdup("a place in the queue");
    if (queue->n_front > 0)
        return xasprintf("%s%zu in front in the queue",
                         queue->state == QUEUE_FAR ? "at least " : "",
                         queue->n_front);
    return xstrdup("its turn to begin");
}

/* It is idle, or would be. */
static char *rollout_waits_idle(const struct rollout *rollout)
{
    int64_t now_ms = clock_ms();
    int64_t quiet_ms = settle_left_ms(&rollout->settle, now_ms);
    int64_t pause_ms = rollout->pause_until_ms - now_ms;

    if (!rollout_is_linked(rollout))
        return xasprintf("%s to answer", store_where(rollout->store));
    if (!bus_pending(rollout->bus, 0))
        return NULL;
    if (rollout_is_held(rollout))
        return xstrdup("the flag to be lifted");
    if (pause_ms > quiet_ms)
        return xasprintf("the next try, in %.1f s", (double) pause_ms / 1000);
    return xasprintf("%.1f s without an event", (double) quiet_ms / 1000);
}

char *rollout_waits_for(const struct rollout *rollout)
{
    switch (rollout->phase) {
    case ROLLOUT_STARTING:
    case ROLLOUT_IDLE:
        return rollout_waits_idle(rollout);
    case ROLLOUT_PLANNING:
        return xstrdup("the runner to plan");
    case ROLLOUT_QUEUED:
    case ROLLOUT_PLANNED:
    case ROLLOUT_BEGINNING:
        return rollout_waits_queued(rollout);
    case ROLLOUT_APPLYING:
        return xstrdup("the runner to apply");
    case ROLLOUT_RECOVERING:
        return xstrdup("ccm-runner recover");
    case ROLLOUT_CLOSING:
        return xasprintf("%s to record how it ended",
                         store_where(rollout->store));
    case ROLLOUT_LEAVING:
        break;
    }
    return xasprintf("%s to answer", store_where(rollout->store));
}

void rollout_say_held(struct rollout *rollout)
{
    bool held = rollout_is_held(rollout) && bus_pending(rollout->bus, 0);
    cleanup_free char *flag = NULL;

    if (held && !rollout->was_held) {
        flag = flag_describe(&rollout->events.flag);
        log_warning("held by the flag: %s", flag);
        rollout->ops->held(rollout->userdata, flag);
    } else if (!held && rollout->was_held && !rollout->events.flag.json) {
        log_info("the flag is lifted");
    }
    rollout->was_held = held;
}

void rollout_say_trouble(struct log_pace *pace, const char *format, ...)
{
    struct error text;
    va_list args;

    va_start(args, format);
    vsnprintf(text.text, sizeof(text.text), format, args);
    va_end(args);
    if (log_pace(pace, text.text, clock_ms()))
        log_warning("%s", text.text);
    else
        log_debug("%s", text.text);
}

void rollout_set_trouble(struct rollout *rollout, const char *why)
{
    free(rollout->trouble);
    rollout->trouble = why ? xstrdup(why) : NULL;
}

void rollout_stamp(const char *text)
{
    log_debug("at %lld us: %s", (long long) clock_us(), text);
}

void rollout_wake(struct rollout *rollout)
{
    timer_set(&rollout->wake_timer, 0);
}

const char *rollout_trouble(const struct rollout *rollout)
{
    if (!rollout->session.up)
        return rollout->session.retry.trouble;
    if (!rollout->events.connected)
        return rollout->events.retry.trouble;
    if (rollout->session.refused)
        return rollout->session.refused;
    if (rollout->turn.retry.trouble)
        return rollout->turn.retry.trouble;
    if (rollout->queue.retry.trouble)
        return rollout->queue.retry.trouble;
    return rollout->trouble;
}
