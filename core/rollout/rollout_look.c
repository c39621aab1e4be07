/* SPDX-License-Identifier: ISC */
/*
 * The look at what an earlier life of this node may have left in the store: an
 * unknown turn, and the record of what was applied.
 */
#include "base/alloc.h"
#include "base/json.h"
#include "base/log.h"
#include "base/util.h"
#include "rollout/rollout_internal.h"

#define LOOK_FIRST_MS 250
#define LOOK_MAX_MS 5000
#define LOOK_MARKER_MAX 65536
#define LOOK_RECORD_MAX (1024 * 1024)
#define LOOK_TEXT_MAX 256

static json_t *look_parse(const struct store_range *range, size_t max)
{
    json_t *json = NULL;

    if (range->n == 0 ||
        json_parse(range->kvs[0].value, range->kvs[0].value_size, max, &json,
                   NULL) < 0)
        return NULL;
    return json;
}

static void look_take_applied(struct rollout *rollout, const json_t *record)
{
    const json_t *applied = json_object_get(record, "applied");

    json_decref(rollout->applied);
    rollout->applied =
        json_is_object(applied)
            ? json_pack("{s:I, s:o, s:o}", "revision",
                        (json_int_t) json_integer_or(applied, "revision", 0),
                        "digest",
                        json_text(json_string_or(applied, "digest", "")), "at",
                        json_text(json_string_or(applied, "at", "")))
            : NULL;
    json_clip(rollout->applied, LOOK_TEXT_MAX);
}

static void look_refuse(struct rollout *rollout)
{
    const char *node = rollout->config->node;
    cleanup_free char *why = xasprintf(
        "another machine with the name \"%s\" began a turn and has not ended "
        "it: give this node another name (node in ccm.conf), or, if that "
        "machine is gone for good, run on another node: ccmctl flag clear %s",
        node, node);

    rollout->ops->fatal(rollout->userdata, why);
}

/* Returns whether it is ours to end. A marker under our name that no ccmd has
 * written counts as ours. */
static bool look_take_marker(struct rollout *rollout,
                             const struct store_range *range)
{
    struct look *look = &rollout->look;
    json_auto_t *json = look_parse(range, LOOK_MARKER_MAX);

    free(look->turn);
    look->turn = NULL;
    if (range->n == 0)
        return true;
    if (json_string_or(json, "machine", NULL) &&
        !machine_is_own(rollout->machine, json))
        return false;
    look->turn = xstrdup(json_string_or(json, "turn", "?"));
    look->marker = range->kvs[0].mod_revision;
    return true;
}

static void look_answered(void *userdata, const struct store_reply *reply,
                          int r, const struct error *err)
{
    struct rollout *rollout = userdata;
    struct look *look = &rollout->look;
    json_auto_t *record = NULL;

    look->retry.call = NULL;
    if (r < 0) {
        retry_failed(&look->retry, err->text);
        return;
    }
    retry_worked(&look->retry);
    look->wanted = false;
    record = look_parse(&reply->ranges[1], LOOK_RECORD_MAX);
    if (rollout->phase == ROLLOUT_STARTING)
        look_take_applied(rollout, record);
    if (!look_take_marker(rollout, &reply->ranges[0])) {
        look_refuse(rollout);
        return;
    }
    look->answered = true;
    rollout_wake(rollout);
}

static void look_send(void *userdata)
{
    struct rollout *rollout = userdata;
    cleanup_free char *marker = xasprintf("applying/%s", rollout->config->node);
    cleanup_free char *record = xasprintf("nodes/%s", rollout->config->node);
    struct txn *txn = txn_new();

    txn_get(txn, marker);
    txn_get(txn, record);
    rollout->look.retry.call =
        store_commit(rollout->store, txn, look_answered, rollout);
}

static void look_trouble(void *userdata, const char *why)
{
    struct rollout *rollout = userdata;

    rollout_say_trouble(&rollout->link_pace, "%s", why);
}

void rollout_look(struct rollout *rollout)
{
    if (rollout->look.wanted)
        return;
    rollout->look.wanted = true;
    rollout->look.answered = false;
    retry_at(&rollout->look.retry, 0);
}

void rollout_look_init(struct rollout *rollout)
{
    static const struct retry_ops ops = {look_send, look_trouble};

    retry_init(&rollout->look.retry, rollout->loop, &ops, rollout,
               (struct backoff){LOOK_FIRST_MS, LOOK_MAX_MS, 0});
}
