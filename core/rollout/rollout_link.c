/* SPDX-License-Identifier: ISC */
/*
 * The callbacks of session, events, queue and turn. Each notes what it learns,
 * hands it on to the parts that wait for it, and wakes the machine.
 */
#include "base/alloc.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/util.h"
#include "rollout/rollout_internal.h"

/* ------------------------------------------------- what the session says */

static void link_session_up(void *userdata, int64_t lease)
{
    struct rollout *rollout = userdata;

    log_info("connected to %s as %s (lease %llx)", store_where(rollout->store),
             rollout->config->node, (unsigned long long) lease);
    if (rollout->phase == ROLLOUT_STARTING)
        rollout_look(rollout);
    rollout_wake(rollout);
}

static void link_session_down(void *userdata, const char *why)
{
    struct rollout *rollout = userdata;

    /* Every loss is logged: each follows a time of presence. */
    log_warning("presence lost: %s", why);
    rollout_wake(rollout);
}

static void link_session_trouble(void *userdata, const char *why)
{
    struct rollout *rollout = userdata;

    rollout_say_trouble(&rollout->link_pace, "%s: %s",
                        store_where(rollout->store), why);
}

static void link_session_refused(void *userdata, const char *why)
{
    struct rollout *rollout = userdata;

    rollout->ops->fatal(rollout->userdata, why);
}

static void link_session_alive(void *userdata, int64_t revision)
{
    struct rollout *rollout = userdata;

    events_check(&rollout->events, revision);
    queue_check(&rollout->queue);
}

static const struct session_ops link_session_ops = {
    .up = link_session_up,
    .down = link_session_down,
    .trouble = link_session_trouble,
    .refused = link_session_refused,
    .alive = link_session_alive,
};

/* ---------------------------------------------------- what the events say */

static void link_event(void *userdata, const char *type, int64_t revision)
{
    struct rollout *rollout = userdata;
    bool again = bus_is_marked(rollout->bus, type);

    /* Events from before our start are covered by the full run at start. */
    if (!rollout->events.looked)
        return;
    if (!bus_publish(rollout->bus, type)) {
        log_debug(
            "event %s at revision %lld: no configuration subscribes to it",
            type, (long long) revision);
        return;
    }
    /* A burst is reported with its first event of each type. */
    if (!again)
        log_info("event %s at revision %lld", type, (long long) revision);
    else
        log_debug("event %s at revision %lld", type, (long long) revision);
    settle_touch(&rollout->settle, clock_ms());
    rollout_wake(rollout);
}

static void link_doubt(void *userdata, const char *why)
{
    struct rollout *rollout = userdata;

    log_warning("%s: a full run", why);
    bus_publish_all(rollout->bus);
    rollout_wake(rollout);
}

static void link_flag(void *userdata)
{
    struct rollout *rollout = userdata;
    const struct flag *flag = &rollout->events.flag;
    cleanup_free char *text = flag_describe(flag);

    log_info("flag: %s", text);
    if (!flag->json)
        rollout->failed_ticket = 0;
    /* We are alive and have no open turn whose end would lift this flag, so a
     * successful run does. */
    if (flag_is_kind(flag, "in-doubt") &&
        flag_is_own(flag, rollout->config->node) &&
        rollout_is_between_turns(rollout))
        bus_publish_all(rollout->bus);
    rollout_wake(rollout);
}

static void link_connected(void *userdata, bool connected, const char *why)
{
    struct rollout *rollout = userdata;

    if (connected) {
        log_info("watching events");
        /* The store may have been restored from a backup in between. */
        queue_suspect(&rollout->queue, rollout->session.lease);
    } else {
        log_warning("the watch is lost: %s", why);
    }
    rollout_wake(rollout);
}

static void link_events_trouble(void *userdata, const char *why)
{
    struct rollout *rollout = userdata;

    rollout_say_trouble(&rollout->link_pace, "events/ cannot be read: %s", why);
}

static const struct events_ops link_events_ops = {
    .event = link_event,
    .doubt = link_doubt,
    .flag = link_flag,
    .connected = link_connected,
    .trouble = link_events_trouble,
};

/* ------------------------------------------------------ what the queue says */

static void link_queue_moved(void *userdata)
{
    rollout_wake(userdata);
}

/* No place can be taken with a lost lease, so a new session comes first. */
static void link_queue_lost(void *userdata, bool lease_gone, const char *why)
{
    struct rollout *rollout = userdata;

    free(rollout->attempt.ousted);
    rollout->attempt.ousted = xstrdup(why);
    if (lease_gone)
        session_lapsed(&rollout->session, why);
    rollout_wake(rollout);
}

static void link_queue_trouble(void *userdata, const char *why)
{
    struct rollout *rollout = userdata;

    rollout_say_trouble(&rollout->turn_pace, "the queue: %s; trying again",
                        why);
}

static const struct queue_ops link_queue_ops = {
    .moved = link_queue_moved,
    .lost = link_queue_lost,
    .trouble = link_queue_trouble,
};

/* ------------------------------------------------------- what the turn says */

static void link_turn_began(void *userdata, enum turn_answer answer)
{
    struct rollout *rollout = userdata;

    rollout->attempt.answered = true;
    rollout->attempt.answer = answer;
    rollout_wake(rollout);
}

static void link_turn_closed(void *userdata, enum turn_verdict verdict)
{
    struct rollout *rollout = userdata;

    rollout->attempt.closed = true;
    rollout->attempt.verdict = verdict;
    rollout_wake(rollout);
}

static void link_turn_trouble(void *userdata, const char *why)
{
    struct rollout *rollout = userdata;

    rollout_say_trouble(&rollout->turn_pace, "the turn: %s; trying again", why);
}

static const struct turn_ops link_turn_ops = {
    .began = link_turn_began,
    .closed = link_turn_closed,
    .trouble = link_turn_trouble,
};

void rollout_link_init(struct rollout *rollout)
{
    const struct config *config = rollout->config;

    events_init(&rollout->events, rollout->loop, rollout->store,
                &link_events_ops, rollout);
    session_init(&rollout->session, rollout->loop, rollout->store, config->node,
                 rollout->machine);
    rollout->session.ops = &link_session_ops;
    queue_init(&rollout->queue, rollout->loop, rollout->store, &link_queue_ops,
               rollout);
    turn_init(&rollout->turn, rollout->loop, rollout->store, &link_turn_ops,
              rollout);
    rollout->turn.queue = &rollout->queue;
    rollout->turn.events = &rollout->events;
    rollout->turn.machine = rollout->machine;
    rollout->turn.node = config->node;
    rollout->turn.self_lift = config->flag_lift_self;
}
