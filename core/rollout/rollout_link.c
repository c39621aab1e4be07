/* SPDX-License-Identifier: ISC */
/*
 * The roll-out's links to the cluster: what session and events say, and the
 * one look back at what an earlier life of this node may have left.
 */
#include "base/alloc.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/util.h"
#include "rollout/rollout.h"

#define LOOK_AGAIN_MS 1000

/* ---------------------------------------------------------- the look back */

/* An earlier life of this machine began a turn and never ended it; the files
 * have been put back before (ccm-runner recover, at start). Or the turn has
 * ended long ago, and the store is older than that. */
static void rollout_end_old_turn(struct rollout *rollout,
                                 const struct store_kv *marker,
                                 const char *turn)
{
    const char *why =
        rollout->events.looked
            ? "the store has a turn of this node that is not under way (has "
              "it been restored from a backup?); a full run follows"
            : "ccmd or the machine stopped in the middle of a turn; the files "
              "have been put back, and the next run tries again";
    json_t *report = json_pack("{s:s, s:n, s:s}", "step", "crash",
                               "configuration", "error", why);

    log_warning("ending turn %s of before as failed: %s", turn, why);
    bus_publish_all(rollout->bus);
    turn_resume(&rollout->turn, turn, marker->mod_revision);
    rollout->phase = ROLLOUT_CLOSING;
    rollout->ticket = 0;
    turn_close(&rollout->turn, TURN_FAILED, report, NULL);
}

static void rollout_meet_marker(struct rollout *rollout,
                                const struct store_kv *marker)
{
    json_auto_t *json = NULL;
    cleanup_free char *why = NULL;

    if (json_parse(marker->value, marker->value_size, 65536, &json, NULL) < 0)
        json = NULL;
    /* What no ccmd has written is as good as ours: it stands in our place. */
    if (!json_string_or(json, "machine", NULL) ||
        identity_is_own(rollout->identity, json)) {
        rollout_end_old_turn(rollout, marker,
                             json_string_or(json, "turn", "?"));
        return;
    }
    why = xasprintf(
        "another machine with the name \"%s\" began a turn and has not ended "
        "it: give this node another name (node in ccm.conf), or, if that "
        "machine is gone for good, say so on another node: ccmctl flag clear "
        "%s",
        rollout->config->node, rollout->config->node);
    rollout->ops->fatal(rollout->userdata, why);
}

static void rollout_take_applied(struct rollout *rollout, const json_t *applied)
{
    json_decref(rollout->applied);
    rollout->applied =
        json_is_object(applied)
            ? json_pack("{s:I, s:o, s:o}", "revision",
                        (json_int_t) json_integer_or(applied, "revision", 0),
                        "digest",
                        json_text(json_string_or(applied, "digest", "")), "at",
                        json_text(json_string_or(applied, "at", "")))
            : NULL;
    json_clip(rollout->applied, 256);
}

static void rollout_looked_back(void *userdata, const struct store_reply *reply,
                                int r, const struct error *err)
{
    struct rollout *rollout = userdata;
    json_auto_t *record = NULL;
    const struct store_kv *kv;

    rollout->call = NULL;
    if (r < 0) {
        rollout_say_trouble(&rollout->link_pace, "%s", err->text);
        timer_set(&rollout->session.timer, LOOK_AGAIN_MS);
        return;
    }
    if (reply->ranges[1].n > 0) {
        kv = &reply->ranges[1].kvs[0];
        if (json_parse(kv->value, kv->value_size, 1024 * 1024, &record, NULL) <
            0)
            record = NULL;
    }
    if (!rollout->looked_back) {
        rollout_take_applied(rollout, json_object_get(record, "applied"));
        rollout->looked_back = true;
        events_start(&rollout->events);
        rollout->ops->ready(rollout->userdata);
    }
    if (reply->ranges[0].n > 0 && rollout_is_between_turns(rollout))
        rollout_meet_marker(rollout, &reply->ranges[0].kvs[0]);
}

void rollout_look_back(struct rollout *rollout)
{
    cleanup_free char *marker = xasprintf("applying/%s", rollout->config->node);
    cleanup_free char *record = xasprintf("nodes/%s", rollout->config->node);
    struct txn *txn;

    if (rollout->call)
        return;
    txn = txn_new();
    txn_get(txn, marker);
    txn_get(txn, record);
    rollout->call =
        store_commit(rollout->store, txn, rollout_looked_back, rollout);
}

/* ------------------------------------------------- what the session says */

static void rollout_session_up(void *userdata, int64_t lease)
{
    struct rollout *rollout = userdata;

    log_info("connected to %s as %s (lease %llx)", store_where(rollout->store),
             rollout->config->node, (unsigned long long) lease);
    if (!rollout->looked_back)
        rollout_look_back(rollout);
    else
        rollout_step(rollout);
}

/* Our place in the queue goes with the lease, or will. A turn does not. */
static void rollout_session_down(void *userdata, const char *why)
{
    struct rollout *rollout = userdata;

    rollout_say_trouble(&rollout->link_pace, "presence lost: %s", why);
    if (rollout->phase != ROLLOUT_QUEUED)
        return;
    queue_forget(&rollout->queue);
    rollout_reset_attempt(rollout);
    rollout->phase = ROLLOUT_IDLE;
}

static void rollout_session_trouble(void *userdata, const char *why)
{
    struct rollout *rollout = userdata;

    rollout_say_trouble(&rollout->link_pace, "%s: %s",
                        store_where(rollout->store), why);
}

static void rollout_session_refused(void *userdata, const char *why)
{
    struct rollout *rollout = userdata;

    rollout->ops->fatal(rollout->userdata, why);
}

static void rollout_session_alive(void *userdata, int64_t revision)
{
    struct rollout *rollout = userdata;

    if (!rollout->looked_back)
        rollout_look_back(rollout);
    events_check(&rollout->events, revision);
    queue_check(&rollout->queue);
}

static const struct session_ops rollout_session_ops = {
    .up = rollout_session_up,
    .down = rollout_session_down,
    .trouble = rollout_session_trouble,
    .refused = rollout_session_refused,
    .alive = rollout_session_alive,
};

/* ---------------------------------------------------- what the events say */

static void rollout_event(void *userdata, const char *type, int64_t revision)
{
    struct rollout *rollout = userdata;
    bool again = bus_is_marked(rollout->bus, type);

    /* What was there before we came is covered by the full run at start. */
    if (!rollout->events.looked)
        return;
    if (!bus_publish(rollout->bus, type)) {
        log_debug("event %s at revision %lld: no configuration wants it", type,
                  (long long) revision);
        return;
    }
    /* A burst is told with its first event of each type. */
    if (!again)
        log_info("event %s at revision %lld", type, (long long) revision);
    else
        log_debug("event %s at revision %lld", type, (long long) revision);
    settle_touch(&rollout->settle, clock_ms());
    if (rollout->phase == ROLLOUT_IDLE)
        rollout_step(rollout);
}

static void rollout_doubt(void *userdata, const char *why)
{
    struct rollout *rollout = userdata;

    log_warning("%s: a full run", why);
    bus_publish_all(rollout->bus);
}

static void rollout_flag(void *userdata)
{
    struct rollout *rollout = userdata;
    const struct flag *flag = &rollout->events.flag;
    cleanup_free char *text = flag_describe(flag);

    log_info("flag: %s", text);
    if (!flag->json)
        rollout->failed_ticket = 0;
    /* We are here, and no turn of ours is open that its end would lift this
     * with: a good run does. */
    if (flag_is_kind(flag, "in-doubt") &&
        flag_is_own(flag, rollout->config->node) &&
        rollout->phase <= ROLLOUT_QUEUED)
        bus_publish_all(rollout->bus);
    timer_set(&rollout->step_timer, 0);
}

static void rollout_connected(void *userdata, bool connected, const char *why)
{
    struct rollout *rollout = userdata;

    if (connected) {
        log_debug("watching events");
        /* What broke it may have been a store that comes from a backup. */
        queue_suspect(&rollout->queue, rollout->session.lease);
    } else {
        rollout_say_trouble(&rollout->link_pace, "the watch is lost: %s", why);
    }
    rollout_step(rollout);
}

static void rollout_events_trouble(void *userdata, const char *why)
{
    struct rollout *rollout = userdata;

    rollout_say_trouble(&rollout->link_pace, "events/ cannot be read: %s", why);
}

static const struct events_ops rollout_events_ops = {
    .event = rollout_event,
    .doubt = rollout_doubt,
    .flag = rollout_flag,
    .connected = rollout_connected,
    .trouble = rollout_events_trouble,
};

void rollout_link_init(struct rollout *rollout)
{
    events_init(&rollout->events, rollout->loop, rollout->store,
                &rollout_events_ops, rollout);
    session_init(&rollout->session, rollout->loop, rollout->store,
                 rollout->config->node, rollout->identity);
    rollout->session.ops = &rollout_session_ops;
}
