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

/* Whoever stands in the way is seen, and no answer gets too large, whatever
 * somebody has put there. */
#define MARKERS_MAX 2

void turn_set_trouble(struct turn *turn, const char *why)
{
    free(turn->trouble);
    turn->trouble = why ? xstrdup(why) : NULL;
    if (why)
        turn->ops->trouble(turn->userdata, why);
}

void turn_retry(struct turn *turn, const char *why)
{
    turn_set_trouble(turn, why);
    timer_set(&turn->timer, backoff_next_ms(&turn->backoff));
}

char *turn_marker_key(const struct turn *turn)
{
    return xasprintf("applying/%s", turn->node);
}

static char *turn_marker_value(const struct turn *turn)
{
    char stamp[CLOCK_STAMP_SIZE];
    json_auto_t *json = NULL;

    clock_stamp(stamp);
    json = json_pack("{s:s, s:s}", "turn", turn->id, "since", stamp);
    identity_sign(turn->identity, json);
    return json_line(json);
}

void turn_get_state(const struct turn *turn, struct txn *txn)
{
    cleanup_free char *key = turn_marker_key(turn);

    txn_get(txn, key);
    txn_get_below(txn, "applying/", &(struct txn_range){.limit = MARKERS_MAX});
    txn_get(txn, "flag");
}

bool turn_is_id(const struct turn *turn, const struct store_kv *kv)
{
    json_auto_t *json = NULL;

    if (json_parse(kv->value, kv->value_size, TURN_VALUE_MAX, &json, NULL) < 0)
        return false;
    return streq(json_string_or(json, "turn", ""), turn->id);
}

bool turn_is_own(const struct turn *turn, const struct store_kv *kv)
{
    json_auto_t *json = NULL;

    if (json_parse(kv->value, kv->value_size, TURN_VALUE_MAX, &json, NULL) < 0)
        return false;
    return identity_is_own(turn->identity, json);
}

static void turn_forget_doubt(struct turn *turn)
{
    free(turn->doubt.node);
    free(turn->doubt.turn);
    turn->doubt = (struct turn_doubt){0};
}

void turn_take_doubt(struct turn *turn, const struct store_kv *kv)
{
    json_auto_t *json = NULL;

    turn_forget_doubt(turn);
    if (json_parse(kv->value, kv->value_size, TURN_VALUE_MAX, &json, NULL) < 0)
        json = NULL;
    turn->doubt = (struct turn_doubt){
        .node = xstrdup(after_prefix(kv->key, "applying/")),
        .turn = xstrdup(json_string_or(json, "turn", "?")),
        .marker = kv->mod_revision,
    };
}

static void turn_answer(struct turn *turn, enum turn_answer answer)
{
    turn->beginning = false;
    turn_set_trouble(turn, NULL);
    backoff_reset(&turn->backoff);
    turn->ops->began(turn->userdata, answer);
    if (answer == TURN_BEGUN)
        queue_begun(turn->queue);
}

static void turn_begin_now(struct turn *turn);

/* Refused: why? The queue's ranges are the rest. */
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
        turn_retry(turn, NULL);
    }
}

static void turn_begun(void *userdata, const struct store_reply *reply, int r,
                       const struct error *err)
{
    struct turn *turn = userdata;

    turn->call = NULL;
    if (r < 0) {
        turn_retry(turn, err->text);
    } else if (reply->succeeded) {
        turn->marker = reply->revision;
        turn_answer(turn, TURN_BEGUN);
    } else {
        turn_refused(turn, reply);
    }
}

int64_t turn_flag_allowed(const struct turn *turn)
{
    const struct flag *flag = &turn->events->flag;

    return flag_is_own(flag, turn->node) ? flag->mod_revision : 0;
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
    turn->call = store_commit(turn->store, txn, turn_begun, turn);
}

void turn_begin(struct turn *turn)
{
    assert(!turn->call && turn->marker == 0);
    turn->beginning = true;
    turn_begin_now(turn);
}

static void turn_timer(void *userdata)
{
    struct turn *turn = userdata;

    if (turn->call)
        return;
    if (turn->beginning)
        turn_begin_now(turn);
    else
        turn_close_now(turn);
}

void turn_renew(struct turn *turn)
{
    assert(turn->marker == 0);
    turn_forget_doubt(turn);
    identity_new_turn(turn->id);
}

void turn_resume(struct turn *turn, const char *id, int64_t marker)
{
    snprintf(turn->id, sizeof(turn->id), "%s", id);
    turn->marker = marker;
}

bool turn_doubt_is_stray(const struct turn *turn)
{
    return name_check_node(turn->doubt.node, NULL) < 0;
}

static void turn_doubt_raised(void *userdata, const struct store_reply *reply,
                              int r, const struct error *err)
{
    (void) userdata;
    (void) reply;
    (void) r;
    (void) err;
}

void turn_raise_doubt(struct turn *turn)
{
    cleanup_free char *key = xasprintf("applying/%s", turn->doubt.node);
    cleanup_free char *value = NULL;
    json_auto_t *json = NULL;
    struct txn *txn;

    if (turn_doubt_is_stray(turn))
        return;
    json = flag_for_doubt(turn->doubt.node, turn->node, turn->doubt.turn);
    value = json_line(json);
    txn = txn_new();
    txn_if_modified(txn, "flag", 0);
    txn_if_modified(txn, key, turn->doubt.marker);
    txn_put(txn, "flag", value, 0);
    store_commit(turn->store, txn, turn_doubt_raised, turn);
}

void turn_init(struct turn *turn, struct loop *loop, struct store *store,
               const struct turn_ops *ops, void *userdata)
{
    *turn = (struct turn){
        .store = store,
        .ops = ops,
        .userdata = userdata,
        .backoff = {.first_ms = RETRY_FIRST_MS, .max_ms = RETRY_MAX_MS},
    };
    timer_init(&turn->timer, loop, turn_timer, turn);
}

void turn_done(struct turn *turn)
{
    timer_stop(&turn->timer);
    store_cancel(turn->call);
    turn_forget_doubt(turn);
    free(turn->trouble);
    json_decref(turn->report);
    json_decref(turn->record);
    json_decref(turn->flag);
}
