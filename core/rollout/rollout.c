/* SPDX-License-Identifier: ISC */
/* The roll-out's decisions: what is next. */
#include "rollout/rollout.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/util.h"

#include <stdlib.h>

#define OBJECTS_RETRY_FIRST_MS 1000
#define OBJECTS_RETRY_MAX_MS 60000
#define DOUBT_PAUSE_MS 1000
#define WHY_TYPES_MAX 20

static char *rollout_why(struct rollout *rollout)
{
    json_auto_t *types = bus_pending_types(rollout->bus);
    json_auto_t *names = bus_pending_configurations(rollout->bus);
    struct buf text = BUF_INIT;
    const json_t *type;
    size_t i;

    if (rollout->asked_by)
        return STEAL(rollout->asked_by);
    if (json_is_null(names))
        return xstrdup("full run");
    buf_puts(&text, "event:");
    json_array_foreach (types, i, type) {
        if (i == WHY_TYPES_MAX)
            buf_printf(&text, " and %zu more", json_array_size(types) - i);
        if (i < WHY_TYPES_MAX)
            buf_printf(&text, "%s%s", i ? ", " : " ", json_string_value(type));
    }
    return buf_take(&text);
}

/* IDLE: is there anything to do, and is it time? */
static void rollout_consider(struct rollout *rollout)
{
    int64_t now_ms = clock_ms();
    int64_t left_ms = settle_left_ms(&rollout->settle, now_ms);

    if (rollout->pause_until_ms - now_ms > left_ms)
        left_ms = rollout->pause_until_ms - now_ms;
    if (!rollout_is_linked(rollout) || !bus_pending(rollout->bus, 0))
        return;
    rollout_say_held(rollout);
    if (rollout_is_held(rollout))
        return;
    if (left_ms > 0) {
        timer_set(&rollout->step_timer, left_ms);
        return;
    }
    settle_reset(&rollout->settle);
    free(rollout->who);
    rollout->who = rollout_why(rollout);
    rollout->phase = ROLLOUT_QUEUED;
    turn_renew(&rollout->turn);
    log_info("%s: joining the queue", rollout->who);
    queue_join(&rollout->queue, rollout->config->node, rollout->session.lease,
               rollout->config->plan_ahead);
}

/* Without any, the runner ends by itself right after it has planned. */
static bool rollout_has_work(const struct rollout *rollout)
{
    return json_integer_or(rollout->planned, "changes", 0) > 0 ||
           json_array_size(json_object_get(rollout->planned, "owed")) > 0;
}

static void rollout_queued(struct rollout *rollout)
{
    int64_t pause_ms = rollout->pause_until_ms - clock_ms();

    rollout_say_held(rollout);
    if (rollout->queue.state == QUEUE_JOINING)
        return;
    if (rollout->stopping || rollout->stale || rollout_is_held(rollout)) {
        rollout_close(rollout, TURN_DROPPED);
    } else if (rollout->finished) {
        rollout_consider_finished(rollout);
    } else if (!rollout->job) {
        if (rollout->queue.state >= QUEUE_NEAR)
            rollout_plan(rollout);
    } else if (rollout_has_work(rollout) &&
               rollout->queue.state == QUEUE_HEAD) {
        if (pause_ms > 0) {
            timer_set(&rollout->step_timer, pause_ms);
            return;
        }
        rollout->phase = ROLLOUT_BEGINNING;
        turn_begin(&rollout->turn);
    }
}

static void rollout_leave(struct rollout *rollout)
{
    if (rollout->left)
        return;
    rollout->left = true;
    job_source_done(&rollout->runners);
    if (rollout->session.up)
        session_stop(&rollout->session, rollout->ops->stopped,
                     rollout->userdata);
    else
        rollout->ops->stopped(rollout->userdata);
}

void rollout_step(struct rollout *rollout)
{
    switch (rollout->phase) {
    case ROLLOUT_IDLE:
        if (rollout->stopping)
            rollout_leave(rollout);
        else
            rollout_consider(rollout);
        break;
    case ROLLOUT_QUEUED:
        rollout_queued(rollout);
        break;
    default: /* what is under way will be answered */
        break;
    }
}

static void rollout_step_later(void *userdata)
{
    rollout_step(userdata);
}

/* ------------------------------------------------------ what the queue says */

static void rollout_queue_moved(void *userdata)
{
    rollout_step(userdata);
}

static void rollout_queue_lost(void *userdata, const char *why)
{
    struct rollout *rollout = userdata;

    /* Otherwise the transaction that is under way finds out. */
    if (rollout->phase != ROLLOUT_QUEUED)
        return;
    log_warning("%s; joining again", why);
    queue_forget(&rollout->queue);
    rollout_reset_attempt(rollout);
    rollout->phase = ROLLOUT_IDLE;
    timer_set(&rollout->step_timer, 0);
}

static const struct queue_ops rollout_queue_ops = {
    .moved = rollout_queue_moved,
    .lost = rollout_queue_lost,
    .trouble = rollout_queue_trouble,
};

/* ------------------------------------------------------- what the turn says */

/* Nobody may change while something stands there, and it is nobody's. */
static void rollout_say_stray(struct rollout *rollout)
{
    json_auto_t *shown = json_text(rollout->turn.doubt.node);
    const char *prefix = rollout->config->store.prefix;

    free(rollout->trouble);
    rollout->trouble = xasprintf(
        "no node may change: %s/applying/ holds a key that is no node's "
        "(\"%.64s\"); look at it with etcdctl get --prefix %s/applying/ and "
        "delete it",
        prefix, json_string_value(shown), prefix);
    rollout_say_trouble(&rollout->turn_pace, "%s", rollout->trouble);
}

/* The flag that says so is on its way; no use in trying before it is here. */
static void rollout_say_doubt(struct rollout *rollout)
{
    if (turn_doubt_is_stray(&rollout->turn))
        rollout_say_stray(rollout);
    else
        rollout_say_trouble(
            &rollout->turn_pace,
            "%s is in doubt: its turn %s has not ended, and it is "
            "not in the queue any more",
            rollout->turn.doubt.node, rollout->turn.doubt.turn);
    rollout->pause_until_ms = clock_ms() + DOUBT_PAUSE_MS;
}

static void rollout_turn_began(void *userdata, enum turn_answer answer)
{
    struct rollout *rollout = userdata;

    rollout->phase = ROLLOUT_QUEUED;
    switch (answer) {
    case TURN_BEGUN:
        rollout_stamp("the turn has begun");
        rollout_apply(rollout);
        return;
    case TURN_LOST:
        rollout_queue_lost(rollout, "the place in the queue is gone");
        return;
    case TURN_DOUBT:
        rollout_say_doubt(rollout);
        if (streq(rollout->turn.doubt.node, rollout->config->node))
            rollout_look_back(rollout);
        else
            turn_raise_doubt(&rollout->turn);
        break;
    case TURN_FLAGGED:
    case TURN_BEHIND:
        break;
    }
    rollout->ops->between_turns(rollout->userdata);
    rollout_step(rollout);
}

static void rollout_turn_closed(void *userdata, enum turn_verdict verdict)
{
    struct rollout *rollout = userdata;
    int64_t ticket = rollout->ticket;

    rollout_stamp("the turn is over");
    rollout->phase = ROLLOUT_IDLE;
    rollout->stale = false;
    if (verdict == TURN_GOOD) {
        bus_clear(rollout->bus, ticket);
        rollout->failed_ticket = 0;
        backoff_reset(&rollout->backoff);
    } else if (verdict == TURN_FAILED) {
        rollout->failed_ticket = ticket;
    } else if (rollout->turn.doubt.node) {
        rollout_say_doubt(rollout);
    }
    if (verdict != TURN_DROPPED) {
        free(rollout->trouble);
        rollout->trouble = NULL;
        rollout->deaths = 0;
        rollout->ops->ended(rollout->userdata, ticket, rollout->last_run);
    }
    rollout_reset_attempt(rollout);
    job_source_rest(&rollout->runners);
    if (rollout->turn.leftover)
        rollout_look_back(rollout);
    rollout->ops->between_turns(rollout->userdata);
    rollout_step(rollout);
}

static const struct turn_ops rollout_turn_ops = {
    .began = rollout_turn_began,
    .closed = rollout_turn_closed,
    .trouble = rollout_turn_trouble,
};

/* ------------------------------------------------------------ what is asked */

int64_t rollout_request(struct rollout *rollout, const json_t *types,
                        const char *who, bool allow_removals)
{
    const json_t *type;
    size_t i;

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
    timer_set(&rollout->step_timer, 0);
    return bus_ticket(rollout->bus);
}

void rollout_recatalog(struct rollout *rollout, const char *digest)
{
    rollout->catalog = digest;
    bus_publish_all(rollout->bus);
    /* A plan of the old catalog is not to be applied any more. */
    rollout->stale = rollout->phase == ROLLOUT_QUEUED;
    timer_set(&rollout->step_timer, 0);
}

/* The next full run, a tenth early or late, so that nodes do not meet. */
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
    rollout_step(rollout);
}

/* --------------------------------------------------------------- life times */

void rollout_init(struct rollout *rollout, struct loop *loop,
                  const struct config *config, struct store *store,
                  const struct identity *identity)
{
    *rollout = (struct rollout){
        .loop = loop,
        .config = config,
        .store = store,
        .identity = identity,
        .bus = bus_new(),
        .backoff = {.first_ms = OBJECTS_RETRY_FIRST_MS,
                    .max_ms = OBJECTS_RETRY_MAX_MS},
    };
    settle_init(&rollout->settle, config->settle_quiet_ms,
                config->settle_max_ms);
    timer_init(&rollout->step_timer, loop, rollout_step_later, rollout);
    timer_init(&rollout->resync_timer, loop, rollout_resync, rollout);
    timer_init(&rollout->recover_timer, loop, rollout_recover_again, rollout);
    job_source_init(&rollout->runners, loop, config);
    queue_init(&rollout->queue, loop, store, &rollout_queue_ops, rollout);
    turn_init(&rollout->turn, loop, store, &rollout_turn_ops, rollout);
    rollout->turn.queue = &rollout->queue;
    rollout->turn.events = &rollout->events;
    rollout->turn.identity = identity;
    rollout->turn.node = config->node;
    rollout->turn.self_lift = config->flag_lift_self;
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
    if (rollout->stopping)
        return;
    rollout->stopping = true;
    rollout_step(rollout);
}

void rollout_done(struct rollout *rollout)
{
    timer_stop(&rollout->step_timer);
    timer_stop(&rollout->resync_timer);
    timer_stop(&rollout->recover_timer);
    store_cancel(rollout->call);
    job_source_done(&rollout->runners);
    rollout_reset_attempt(rollout);
    queue_done(&rollout->queue);
    turn_done(&rollout->turn);
    events_done(&rollout->events);
    session_done(&rollout->session);
    bus_free(rollout->bus);
    free(rollout->who);
    free(rollout->asked_by);
    free(rollout->trouble);
    json_decref(rollout->applied);
    json_decref(rollout->last_run);
}
