/* SPDX-License-Identifier: ISC */
/*
 * A node with new modules is behind until it has run with them, even without an
 * event, but its record below nodes/ still has the subscriptions of the old
 * modules. So the record is put again, as pending, on the condition that it is
 * still the one that was read, because the end of a turn puts a newer one.
 */
#include "base/alloc.h"
#include "base/json.h"
#include "base/util.h"
#include "rollout/rollout_internal.h"

#define ANNOUNCE_FIRST_MS 250
#define ANNOUNCE_MAX_MS 5000

static char *announce_key(const struct rollout *rollout)
{
    return xasprintf("nodes/%s", rollout->config->node);
}

static void announce_put(void *userdata, const struct store_reply *reply, int r,
                         const struct error *err)
{
    struct rollout *rollout = userdata;

    rollout->announce.call = NULL;
    if (r < 0)
        retry_failed(&rollout->announce, err->text);
    else if (!reply->succeeded) /* a turn has ended meanwhile */
        retry_failed(&rollout->announce, NULL);
    else
        retry_worked(&rollout->announce);
}

static void announce_read(void *userdata, const struct store_reply *reply,
                          int r, const struct error *err)
{
    struct rollout *rollout = userdata;
    const struct store_range *range = r < 0 ? NULL : &reply->ranges[0];
    json_auto_t *record = NULL, *now = NULL;
    cleanup_free char *key = announce_key(rollout);
    cleanup_free char *value = NULL;
    struct txn *txn;

    rollout->announce.call = NULL;
    if (r < 0) {
        retry_failed(&rollout->announce, err->text);
        return;
    }
    record = range->n > 0 ? store_kv_json(&range->kvs[0]) : NULL;
    if (range->n == 0 || streq(json_string_or(record, "catalog", ""),
                               rollout->catalog ? rollout->catalog : "")) {
        retry_worked(&rollout->announce);
        return;
    }
    now = rollout_record_pending(rollout);
    value = json_line(now);
    txn = txn_new();
    txn_if_modified(txn, key, range->kvs[0].mod_revision);
    txn_put(txn, key, value, 0);
    rollout->announce.call =
        store_commit(rollout->store, txn, announce_put, rollout);
}

static void announce_again(void *userdata)
{
    struct rollout *rollout = userdata;
    cleanup_free char *key = announce_key(rollout);
    struct txn *txn = txn_new();

    txn_get(txn, key);
    rollout->announce.call =
        store_commit(rollout->store, txn, announce_read, rollout);
}

static void announce_trouble(void *userdata, const char *why)
{
    struct rollout *rollout = userdata;

    rollout_say_trouble(&rollout->link_pace, "%s", why);
}

void rollout_announce(struct rollout *rollout)
{
    retry_at(&rollout->announce, 0);
}

void rollout_announce_init(struct rollout *rollout)
{
    static const struct retry_ops ops = {announce_again, announce_trouble};

    retry_init(&rollout->announce, rollout->loop, &ops, rollout,
               (struct backoff){ANNOUNCE_FIRST_MS, ANNOUNCE_MAX_MS, 0});
}
