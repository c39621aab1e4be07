/* SPDX-License-Identifier: ISC */
/*
 * The end of a turn, or of an attempt without one: one transaction that removes
 * the marker and the place in the queue, records what was done, and raises or
 * lifts the flag.
 *
 * Its conditions are the marker (while it is ours; else the place in the queue,
 * so that a try that arrives late changes nothing), and the flag's revision
 * when the flag is to change. A failure found before the turn is reported only
 * from the head of the queue and while there is no marker, as if a turn began,
 * because our flag must not hide another node's doubt. When the transaction is
 * refused, it reads whether an earlier try was carried out (our turn's id in
 * nodes/<node>), whether the flag has changed (decide again and repeat), or
 * whether an operator has declared us dead and removed the marker (then the
 * turn ends without it; a marker of an older turn of ours, from a backup, ends
 * with this one).
 */
#include "base/alloc.h"
#include "base/json.h"
#include "base/util.h"
#include "rollout/turn_internal.h"

#include <assert.h>

/* What the closing transaction also reads. */
enum { TURN_RECORD = TURN_REST, TURN_QUEUE };

static void turn_close_now(struct turn *turn);

static char *turn_record_key(const struct turn *turn)
{
    return xasprintf("nodes/%s", turn->node);
}

static bool turn_tells_at_head(const struct turn *turn)
{
    return turn->verdict == TURN_FAILED && turn->marker == 0 &&
           !turn->cleared && turn->queue->key;
}

/* An operator has declared us dead while we were not. Our flag must not cover
 * another node's failure since then, nor one that may follow. */
static bool turn_is_overruled(const struct turn *turn)
{
    const struct flag *flag = &turn->events->flag;

    return turn->cleared &&
           (turn->overruled || (flag->json && !flag_is_own(flag, turn->node)));
}

/* Decides on the flag; sets turn->flag and flag_changes. */
static void turn_decide_flag(struct turn *turn)
{
    const struct flag *now = &turn->events->flag;

    json_decref(turn->flag);
    turn->flag = NULL;
    turn->flag_changes = false;
    if (turn->verdict == TURN_FAILED && turn_is_overruled(turn)) {
        return;
    } else if (turn->verdict == TURN_FAILED) {
        turn->flag = flag_for_failure(now, turn->node, turn->report);
        turn->flag_changes = true;
    } else if (turn->verdict == TURN_GOOD) {
        turn->flag = flag_after_success(now, turn->node, turn->self_lift,
                                        &turn->flag_changes);
    }
}

static void turn_put_flag(const struct turn *turn, struct txn *txn)
{
    cleanup_free char *value = NULL;

    if (!turn->flag_changes)
        return;
    if (!turn->flag) {
        txn_delete(txn, "flag");
        return;
    }
    value = json_line(turn->flag);
    txn_put(txn, "flag", value, 0);
}

static void turn_closed(struct turn *turn, int64_t revision)
{
    cleanup_free char *value = NULL;
    struct store_kv kv = {.key = "flag", .mod_revision = revision};

    turn->marker = 0;
    turn->cleared = false;
    turn->overruled = false;
    retry_worked(&turn->retry);
    queue_forget(turn->queue);
    if (turn->flag_changes && turn->flag) {
        value = json_line(turn->flag);
        kv.value = value;
        kv.value_size = strlen(value);
        events_learn_flag(turn->events, &kv, revision);
    } else if (turn->flag_changes) {
        events_learn_flag(turn->events, NULL, revision);
    }
    turn->ops->closed(turn->userdata, turn->verdict);
}

static const struct store_kv *turn_own_marker(const struct store_reply *reply)
{
    const struct store_range *own = &reply->ranges[TURN_OWN];

    return own->n > 0 ? &own->kvs[0] : NULL;
}

/* A failure in planning could not be reported. If another flag is up or our
 * place is gone, it is not reported now; it will be found again. */
static bool turn_may_tell(struct turn *turn, const struct store_reply *reply)
{
    const struct store_range *markers = &reply->ranges[TURN_MARKERS];
    const struct flag *flag = &turn->events->flag;

    if (!queue_learn(turn->queue, &reply->ranges[TURN_QUEUE]) ||
        turn->queue->n_front > 0 ||
        (flag->json && !flag_is_own(flag, turn->node)))
        return false;
    if (markers->n == 0)
        return true;
    turn_take_doubt(turn, &markers->kvs[0]);
    turn_raise_doubt(turn);
    return false;
}

/* An earlier try was carried out, or the lease of the place is gone, or
 * somebody deleted it. */
static bool turn_place_is_gone(const struct turn *turn,
                               const struct store_reply *reply)
{
    const struct store_range *place = &reply->ranges[TURN_QUEUE];

    return turn->queue->key &&
           (place->n == 0 ||
            place->kvs[0].create_revision != turn->queue->created);
}

/* The attempt has no result; it will be repeated. */
static void turn_close_drop(struct turn *turn)
{
    turn->verdict = TURN_DROPPED;
    json_decref(turn->record);
    turn->record = NULL;
}

/* Checks the marker. An operator may have removed it, and one of an older turn
 * of ours may be there instead. */
static void turn_meet_marker(struct turn *turn, const struct store_kv *marker)
{
    if (turn->marker != 0 &&
        (!marker || marker->mod_revision != turn->marker)) {
        turn->marker = 0;
        turn->cleared = true;
    }
    if (turn->cleared && marker && turn_is_own(turn, marker)) {
        turn->marker = marker->mod_revision;
        turn->cleared = false;
    }
}

static void turn_close_refused(struct turn *turn,
                               const struct store_reply *reply)
{
    const struct store_range *record = &reply->ranges[TURN_RECORD];
    const struct store_range *flag = &reply->ranges[TURN_FLAG];
    bool at_head = turn_tells_at_head(turn);

    events_learn_flag(turn->events, flag->n ? &flag->kvs[0] : NULL,
                      reply->revision);
    if (record->n > 0 && turn_is_id(turn, &record->kvs[0])) {
        turn->flag_changes = false;
        turn_closed(turn, reply->revision);
        return;
    }
    turn_meet_marker(turn, turn_own_marker(reply));
    turn->overruled = turn->cleared && reply->ranges[TURN_MARKERS].n > 0;
    turn->record_at = record->n > 0 ? record->kvs[0].mod_revision : 0;
    turn->placeless = turn_place_is_gone(turn, reply);
    if ((turn->marker == 0 && !turn->cleared && turn->placeless) ||
        (at_head && !turn_may_tell(turn, reply)))
        turn_close_drop(turn);
    turn_close_now(turn);
}

static void turn_close_answered(void *userdata, const struct store_reply *reply,
                                int r, const struct error *err)
{
    struct turn *turn = userdata;
    const struct store_kv *marker;

    turn->retry.call = NULL;
    if (r < 0) {
        retry_failed(&turn->retry, err->text);
        return;
    }
    if (!reply->succeeded) {
        turn_close_refused(turn, reply);
        return;
    }
    /* A begin whose answer was lost may have been carried out before our place
     * was removed, but not after that. */
    marker = turn_own_marker(reply);
    turn->leftover = turn->marker == 0 && marker;
    if (turn->leftover && turn_is_id(turn, marker)) {
        turn->marker = marker->mod_revision;
        turn_close_now(turn);
        return;
    }
    turn_closed(turn, reply->revision);
}

static void turn_close_ops(struct turn *turn, struct txn *txn)
{
    cleanup_free char *marker_key = turn_marker_key(turn);
    cleanup_free char *record_key = turn_record_key(turn);
    cleanup_free char *record = NULL;

    txn_get(txn, marker_key);
    if (turn->marker != 0)
        txn_delete(txn, marker_key);
    if (turn->marker != 0)
        queue_leave_turn(turn->queue, txn);
    else if (!turn->placeless)
        queue_leave(turn->queue, txn);
    if (turn->record) {
        json_object_set_new(turn->record, "turn", json_string(turn->id));
        record = json_line(turn->record);
        txn_put(txn, record_key, record, 0);
    }
    turn_put_flag(turn, txn);
    txn_otherwise(txn);
    turn_get_state(turn, txn);
    txn_get(txn, record_key);
    if (turn->queue->key)
        queue_gets(turn->queue, txn);
}

static void turn_close_now(struct turn *turn)
{
    cleanup_free char *marker_key = turn_marker_key(turn);
    cleanup_free char *record_key = turn_record_key(turn);
    struct txn *txn = txn_new();

    turn_decide_flag(turn);
    if (turn->marker != 0)
        txn_if_modified(txn, marker_key, turn->marker);
    /* Always at the end of a turn: there may be a doubt about us that we do not
     * know of and must lift. */
    if (turn->flag_changes || turn->marker != 0)
        txn_if_modified(txn, "flag",
                        turn_tells_at_head(turn)
                            ? turn_flag_allowed(turn)
                            : turn->events->flag.mod_revision);
    if (turn_tells_at_head(turn))
        queue_conditions(turn->queue, txn);
    if (turn_tells_at_head(turn) || (turn->cleared && turn->flag_changes))
        txn_if_none_below(txn, "applying/");
    if (turn->cleared && turn->record)
        txn_if_modified(txn, record_key, turn->record_at);
    turn_close_ops(turn, txn);
    turn->retry.call =
        store_commit(turn->store, txn, turn_close_answered, turn);
}

void turn_close(struct turn *turn, enum turn_verdict verdict, json_t *report,
                json_t *record)
{
    assert(!turn->retry.call);
    json_decref(turn->report);
    json_decref(turn->record);
    turn->leftover = false;
    turn->verdict = verdict;
    turn->report = report;
    turn->record = record;
    turn->placeless = false;
    turn->record_at = 0;
    turn->send = turn_close_now;
    if (report)
        json_object_set_new(report, "turn", json_string(turn->id));
    turn_close_now(turn);
}
