/* SPDX-License-Identifier: ISC */
/* The request "queue": the places that wait for the lock, and its holder. */
#include "base/json.h"
#include "base/util.h"
#include "control/connection.h"

/* At most this many places are shown, and this many bytes of each text in them:
 * etcdctl lock and others may put anything there. */
#define QUEUE_SHOWN_MAX 1000
#define QUEUE_TEXT_MAX 256

static void control_queue_read(struct connection *connection,
                               const struct store_reply *reply)
{
    const struct store_range *queue = &reply->ranges[0];
    json_t *entries = json_array();
    struct flag flag = {0};
    size_t i;

    for (i = 0; i < queue->n; i++) {
        const struct store_kv *kv = &queue->kvs[i];
        json_auto_t *value = store_kv_json(kv);

        /* etcdctl lock and the like leave no value. A place says which turn
         * it is for once that has begun. */
        json_array_append_new(
            entries, json_pack("{s:s?, s:s?, s:b, s:o}", "node",
                               json_string_or(value, "node", NULL), "since",
                               json_string_or(value, "since", NULL), "applying",
                               json_string_or(value, "turn", NULL) != NULL,
                               "key", json_text(kv->key)));
    }
    json_clip(entries, QUEUE_TEXT_MAX);
    flag_set(&flag, reply->ranges[1].n ? &reply->ranges[1].kvs[0] : NULL);
    connection_ok(
        connection,
        json_pack("{s:o, s:I, s:O?}", "entries", entries, "omitted",
                  (json_int_t) (queue->count > (int64_t) queue->n
                                    ? queue->count - (int64_t) queue->n
                                    : 0),
                  "flag", flag.json));
    flag_done(&flag);
}

void control_queue(struct connection *connection)
{
    struct txn *txn = txn_new();

    txn_get_below(txn, "lock/",
                  &(struct txn_range){.by_create_revision = true,
                                      .limit = QUEUE_SHOWN_MAX});
    txn_get(txn, "flag");
    connection_commit(connection, txn, control_queue_read);
}
