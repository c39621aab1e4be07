/* SPDX-License-Identifier: ISC */
/* The state of a turn and how it is read from the store; shared by its
 * beginning and its end. */
#include "base/alloc.h"
#include "base/json.h"
#include "base/name.h"
#include "base/util.h"
#include "rollout/turn_internal.h"

#include <assert.h>

/* Enough to see a marker in the way; the answer stays small whatever is
 * there. */
#define MARKERS_MAX 2

char *turn_marker_key(const struct turn *turn)
{
    return xasprintf("applying/%s", turn->node);
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
    return machine_is_own(turn->machine, json);
}

void turn_forget_doubt(struct turn *turn)
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
        .revision = json_integer_or(json, "revision", 0),
        .marker = kv->mod_revision,
    };
}

int64_t turn_flag_allowed(const struct turn *turn)
{
    const struct flag *flag = &turn->events->flag;

    return flag_is_own(flag, turn->node) ? flag->mod_revision : 0;
}

void turn_renew(struct turn *turn)
{
    assert(turn->marker == 0);
    turn_forget_doubt(turn);
    machine_new_turn(turn->id);
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
    json =
        flag_for_doubt(&(struct flag_doubt){turn->doubt.node, turn->doubt.turn,
                                            turn->doubt.revision},
                       turn->node);
    value = json_line(json);
    txn = txn_new();
    txn_if_modified(txn, "flag", 0);
    txn_if_modified(txn, key, turn->doubt.marker);
    txn_put(txn, "flag", value, 0);
    store_commit(turn->store, txn, turn_doubt_raised, turn);
}
