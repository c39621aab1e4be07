/* SPDX-License-Identifier: ISC */
/*
 * The phases before a turn. Each has one function, which says what the phase
 * waits for and what comes next.
 */
#include "base/alloc.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/util.h"
#include "rollout/rollout_internal.h"

#define WHY_TYPES_MAX 20

/* ------------------------------------------------------------ STARTING, IDLE
 */

static void rollout_leave(struct rollout *rollout)
{
    rollout_enter(rollout, ROLLOUT_LEAVING);
    runner_source_done(&rollout->runners);
    if (rollout->session.up)
        session_stop(&rollout->session, rollout->ops->stopped,
                     rollout->userdata);
    else
        rollout->ops->stopped(rollout->userdata);
}

/* Waits until this node is present, and knows what an earlier life left. */
void rollout_starting(struct rollout *rollout)
{
    if (rollout->stopping) {
        rollout_leave(rollout);
    } else if (rollout->look.answered) {
        rollout_enter(rollout, ROLLOUT_IDLE);
        events_start(&rollout->events);
        rollout_announce(rollout);
        rollout->ops->ready(rollout->userdata);
    }
}

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

static void rollout_join(struct rollout *rollout)
{
    settle_reset(&rollout->settle);
    rollout->attempt.who = rollout_why(rollout);
    rollout_enter(rollout, ROLLOUT_QUEUED);
    turn_renew(&rollout->turn);
    log_info("%s: joining the queue", rollout->attempt.who);
    queue_join(&rollout->queue, rollout->config->node, rollout->session.lease,
               rollout->config->plan_ahead);
}

/* A turn of an earlier life is ended first. */
static bool rollout_ends_old_turn(struct rollout *rollout)
{
    if (!rollout->look.turn)
        return false;
    rollout_close_old_turn(rollout);
    return true;
}

/* Waits for something to do, for quiet, and for the flag to be lifted. */
void rollout_idle(struct rollout *rollout)
{
    int64_t now_ms = clock_ms();
    int64_t left_ms = settle_left_ms(&rollout->settle, now_ms);

    if (rollout->pause_until_ms - now_ms > left_ms)
        left_ms = rollout->pause_until_ms - now_ms;
    if (rollout->stopping) {
        rollout_leave(rollout);
        return;
    }
    if (rollout_ends_old_turn(rollout) || !rollout_is_linked(rollout))
        return;
    if (rollout->interrupted)
        rollout_resume_hold(rollout);
    if (!bus_pending(rollout->bus, 0))
        return;
    rollout_say_held(rollout);
    if (rollout_is_held(rollout))
        return;
    if (left_ms > 0)
        timer_set(&rollout->wake_timer, left_ms);
    else
        rollout_join(rollout);
}

/* ---------------------------------------------- QUEUED, PLANNING, PLANNED */

static void rollout_give_up_place(struct rollout *rollout)
{
    queue_forget(&rollout->queue);
    rollout_forget_attempt(rollout);
    rollout_enter(rollout, ROLLOUT_IDLE);
}

/* Our place is gone. The next one is taken after a pause, because whatever
 * removes places may do so again. */
void rollout_lose_place(struct rollout *rollout, const char *why)
{
    int64_t pause_ms = backoff_next_ms(&rollout->backoff);

    rollout_say_trouble(&rollout->turn_pace, "%s; joining again", why);
    rollout->pause_until_ms = clock_ms() + pause_ms;
    rollout_give_up_place(rollout);
}

/* Does something end the attempt before its turn has begun? */
static bool rollout_is_cut_short(struct rollout *rollout)
{
    struct attempt *attempt = &rollout->attempt;

    rollout_say_held(rollout);
    if (!rollout->session.up)
        /* Our place goes with the lease, now or later. A turn does not. */
        rollout_give_up_place(rollout);
    else if (attempt->ousted)
        rollout_lose_place(rollout, attempt->ousted);
    else if (rollout->queue.state == QUEUE_JOINING)
        return true; /* only a known place can be given up */
    else if (rollout->stopping || attempt->stale || rollout_is_held(rollout))
        rollout_close(rollout, TURN_DROPPED);
    else
        return rollout_ends_old_turn(rollout);
    return true;
}

/* Waits until few enough are in front. */
void rollout_queued(struct rollout *rollout)
{
    if (rollout_is_cut_short(rollout) || rollout->queue.state < QUEUE_NEAR)
        return;
    rollout_enter(rollout, ROLLOUT_PLANNING);
    rollout_plan(rollout);
}

/* Waits for the runner to plan, or to fail. */
void rollout_planning(struct rollout *rollout)
{
    const struct attempt *attempt = &rollout->attempt;

    if (rollout_is_cut_short(rollout))
        return;
    if (attempt->planned || attempt->finished)
        rollout_enter(rollout, ROLLOUT_PLANNED);
}

/* Without work the runner ends right after planning. */
static bool rollout_has_work(const struct rollout *rollout)
{
    const json_t *planned = rollout->attempt.planned;

    return json_integer_or(planned, "changes", 0) > 0 ||
           json_array_size(json_object_get(planned, "owed")) > 0;
}

/* Waits for the head of the queue, if there is anything to do. */
void rollout_planned(struct rollout *rollout)
{
    int64_t pause_ms = rollout->pause_until_ms - clock_ms();

    if (rollout_is_cut_short(rollout))
        return;
    if (rollout->attempt.finished) {
        rollout_close_unapplied(rollout);
    } else if (rollout_has_work(rollout) &&
               rollout->queue.state == QUEUE_HEAD) {
        if (pause_ms > 0) {
            timer_set(&rollout->wake_timer, pause_ms);
            return;
        }
        rollout->attempt.answered = false;
        rollout->turn.revision =
            json_integer_or(rollout->attempt.planned, "revision", 0);
        rollout_enter(rollout, ROLLOUT_BEGINNING);
        turn_begin(&rollout->turn);
    }
}
