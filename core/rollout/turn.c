/* SPDX-License-Identifier: ISC */
/* A turn's beginning; turn_close.c has its end. */
#include "rollout/turn.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/name.h"
#include "base/util.h"
#include "rollout/turn_internal.h"

#include <assert.h>

#define RETRY_FIRST_MS 100
#define RETRY_MAX_MS 5000

static char *turn_marker_value(const struct turn *turn)
{
    char stamp[CLOCK_STAMP_SIZE];
    json_auto_t *json = NULL;

    clock_stamp(stamp);
    json = json_pack("{s:s, s:s, s:I}", "turn", turn->id, "since", stamp,
                     "revision", (json_int_t) turn->revision);
    machine_sign(turn->machine, json);
    return json_line(json);
}

static void turn_answer(struct turn *turn, enum turn_answer answer)
{
    retry_worked(&turn->retry);
    turn->ops->began(turn->userdata, answer);
    if (answer == TURN_BEGUN)
        queue_begun(turn->queue);
}

static void turn_begin_now(struct turn *turn);

/* Finds out why the begin was refused. The queue's ranges come last. */
static void turn_refused(struct turn *turn, const struct store_reply *reply)
{
    const struct store_range *flag = &reply->ranges[TURN_FLAG];
    const struct store_range *markers = &reply->ranges[TURN_MARKERS];
    const struct store_range *own = &reply->ranges[TURN_OWN];
    int64_t flag_before = turn->events->flag.mod_revision;

    if (own->n > 0 && turn_is_id(turn, &own->kvs[0])) {
        turn->marker = own->kvs[0].mod_revision;
        turn_answer(turn, TURN_BEGUN);
        return;
    }
    events_learn_flag(turn->events, flag->n ? &flag->kvs[0] : NULL,
                      reply->revision);
    if (!queue_learn(turn->queue, &reply->ranges[TURN_REST])) {
        turn_answer(turn, TURN_LOST);
    } else if (turn->events->flag.json &&
               !flag_is_own(&turn->events->flag, turn->node)) {
        turn_answer(turn, TURN_FLAGGED);
    } else if (turn->queue->n_front > 0) {
        turn_answer(turn, TURN_BEHIND);
    } else if (markers->n > 0) {
        turn_take_doubt(turn, &markers->kvs[0]);
        turn_answer(turn, TURN_DOUBT);
    } else if (flag_before != turn->events->flag.mod_revision) {
        turn_begin_now(turn);
    } else {
        retry_failed(&turn->retry, NULL);
    }
}

static void turn_begun(void *userdata, const struct store_reply *reply, int r,
                       const struct error *err)
{
    struct turn *turn = userdata;

    turn->retry.call = NULL;
    if (r < 0) {
        retry_failed(&turn->retry, err->text);
    } else if (reply->succeeded) {
        turn->marker = reply->revision;
        turn_answer(turn, TURN_BEGUN);
    } else {
        turn_refused(turn, reply);
    }
}

static void turn_begin_now(struct turn *turn)
{
    cleanup_free char *key = turn_marker_key(turn);
    cleanup_free char *value = turn_marker_value(turn);
    struct txn *txn = txn_new();

    txn_if_modified(txn, "flag", turn_flag_allowed(turn));
    txn_if_none_below(txn, "applying/");
    queue_conditions(turn->queue, txn);
    txn_put(txn, key, value, 0);
    queue_tell_begun(turn->queue, txn, turn->id);
    txn_otherwise(txn);
    turn_get_state(turn, txn);
    queue_gets(turn->queue, txn);
    turn->retry.call = store_commit(turn->store, txn, turn_begun, turn);
}

void turn_begin(struct turn *turn)
{
    assert(!turn->retry.call && turn->marker == 0);
    turn->send = turn_begin_now;
    turn_begin_now(turn);
}

static void turn_again(void *userdata)
{
    struct turn *turn = userdata;

    turn->send(turn);
}

static void turn_trouble(void *userdata, const char *why)
{
    struct turn *turn = userdata;

    turn->ops->trouble(turn->userdata, why);
}

void turn_init(struct turn *turn, struct loop *loop, struct store *store,
               const struct turn_ops *ops, void *userdata)
{
    static const struct retry_ops retry_ops = {turn_again, turn_trouble};

    *turn = (struct turn){.store = store, .ops = ops, .userdata = userdata};
    retry_init(&turn->retry, loop, &retry_ops, turn,
               (struct backoff){RETRY_FIRST_MS, RETRY_MAX_MS, 0});
}

void turn_done(struct turn *turn)
{
    retry_done(&turn->retry);
    turn_forget_doubt(turn);
    json_decref(turn->report);
    json_decref(turn->record);
    json_decref(turn->flag);
}
