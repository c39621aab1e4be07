/* SPDX-License-Identifier: ISC */
/* The state machine of the roll-out: its step, its requests, its life cycle. */
#include "base/alloc.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/util.h"
#include "rollout/rollout_internal.h"

#include <stdlib.h>

#define AGAIN_FIRST_MS 1000
#define AGAIN_MAX_MS 60000

/* -------------------------------------------------------------- the machine */

static void (*const rollout_steps[])(struct rollout *rollout) = {
    [ROLLOUT_STARTING] = rollout_starting,
    [ROLLOUT_IDLE] = rollout_idle,
    [ROLLOUT_QUEUED] = rollout_queued,
    [ROLLOUT_PLANNING] = rollout_planning,
    [ROLLOUT_PLANNED] = rollout_planned,
    [ROLLOUT_BEGINNING] = rollout_beginning,
    [ROLLOUT_APPLYING] = rollout_applying,
    [ROLLOUT_RECOVERING] = rollout_recovering,
    [ROLLOUT_CLOSING] = rollout_closing,
    [ROLLOUT_LEAVING] = rollout_leaving,
};

/* Runs the steps of the phases until the phase no longer changes. */
static void rollout_step(void *userdata)
{
    struct rollout *rollout = userdata;
    enum rollout_phase before;

    do {
        before = rollout->phase;
        rollout_steps[before](rollout);
    } while (rollout->phase != before);
}

/* ------------------------------------------------------------ what is asked */

int64_t rollout_request(struct rollout *rollout, const json_t *types,
                        const char *who, bool allow_removals)
{
    const json_t *type;
    size_t i;

    rollout->asked_first = bus_ticket(rollout->bus) + 1;
    if (json_is_array(types)) {
        json_array_foreach (types, i, type)
            bus_publish(rollout->bus, json_string_value(type));
    } else {
        bus_publish_all(rollout->bus);
    }
    free(rollout->asked_by);
    rollout->asked_by = xstrdup(who);
    rollout->allow_removals = allow_removals;
    settle_reset(&rollout->settle);
    rollout->pause_until_ms = 0;
    rollout_wake(rollout);
    rollout->asked_last = bus_ticket(rollout->bus);
    return rollout->asked_last;
}

void rollout_withdraw(struct rollout *rollout, int64_t ticket)
{
    if (ticket != rollout->asked_last || !rollout_is_between_turns(rollout))
        return;
    bus_withdraw(rollout->bus, rollout->asked_first, rollout->asked_last);
    rollout->asked_last = 0;
    rollout->allow_removals = false;
    free(rollout->asked_by);
    rollout->asked_by = NULL;
    /* Gives up an attempt at it; the rest is planned again. */
    rollout->attempt.stale |= rollout->phase >= ROLLOUT_QUEUED;
    rollout_wake(rollout);
}

int64_t rollout_request_plan(struct rollout *rollout, const json_t *types,
                             const char *who, const char *digest)
{
    free(rollout->plan);
    rollout->plan = xstrdup(digest);
    rollout->plan_alone = !bus_pending(rollout->bus, 0);
    return rollout_request(rollout, types, who, true);
}

void rollout_recatalog(struct rollout *rollout, const char *digest)
{
    rollout->catalog = digest;
    bus_publish_all(rollout->bus);
    /* A plan made with the old catalog must not be applied. */
    rollout->attempt.stale =
        rollout->phase >= ROLLOUT_QUEUED && rollout->phase <= ROLLOUT_PLANNED;
    /* The new catalog may have repaired what stopped the last attempt. */
    rollout->pause_until_ms = 0;
    backoff_reset(&rollout->backoff);
    if (rollout->phase != ROLLOUT_STARTING)
        rollout_announce(rollout);
    rollout_wake(rollout);
}

/* The next full run, up to a tenth early or late, so that nodes do not run at
 * the same time. */
static void rollout_set_resync(struct rollout *rollout)
{
    int64_t period_ms = rollout->config->resync_ms;
    int64_t splay_ms = period_ms / 10;

    if (period_ms > 0)
        timer_set(&rollout->resync_timer,
                  period_ms - splay_ms + random() % (2 * splay_ms + 1));
}

static void rollout_resync(void *userdata)
{
    struct rollout *rollout = userdata;

    log_debug("resync: a full run");
    bus_publish_all(rollout->bus);
    rollout_set_resync(rollout);
    rollout_wake(rollout);
}

/* --------------------------------------------------------------- life times */

void rollout_init(struct rollout *rollout, struct loop *loop,
                  const struct config *config, struct store *store,
                  const struct machine *machine)
{
    *rollout = (struct rollout){
        .loop = loop,
        .config = config,
        .store = store,
        .machine = machine,
        .bus = bus_new(),
        .backoff = {.first_ms = AGAIN_FIRST_MS, .max_ms = AGAIN_MAX_MS},
    };
    settle_init(&rollout->settle, config->settle_quiet_ms,
                config->settle_max_ms);
    timer_init(&rollout->wake_timer, loop, rollout_step, rollout);
    timer_init(&rollout->resync_timer, loop, rollout_resync, rollout);
    rollout_run_init(rollout);
    rollout_look_init(rollout);
    rollout_announce_init(rollout);
    rollout_link_init(rollout);
}

void rollout_start(struct rollout *rollout, const struct rollout_ops *ops,
                   void *userdata)
{
    rollout->ops = ops;
    rollout->userdata = userdata;
    bus_publish_all(rollout->bus);
    rollout->asked_by = xstrdup("start");
    rollout_set_resync(rollout);
    session_start(&rollout->session, rollout->config->ttl_s,
                  rollout->session.ops, rollout);
}

void rollout_stop(struct rollout *rollout)
{
    rollout->stopping = true;
    rollout_wake(rollout);
}

void rollout_done(struct rollout *rollout)
{
    timer_stop(&rollout->wake_timer);
    timer_stop(&rollout->resync_timer);
    timer_stop(&rollout->recover_timer);
    retry_done(&rollout->look.retry);
    retry_done(&rollout->announce);
    free(rollout->look.turn);
    runner_source_done(&rollout->runners);
    rollout_forget_attempt(rollout);
    queue_done(&rollout->queue);
    turn_done(&rollout->turn);
    events_done(&rollout->events);
    session_done(&rollout->session);
    bus_free(rollout->bus);
    free(rollout->plan);
    free(rollout->asked_by);
    free(rollout->trouble);
    json_decref(rollout->applied);
    json_decref(rollout->last_run);
    json_decref(rollout->interrupted);
}
