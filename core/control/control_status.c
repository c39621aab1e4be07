/* SPDX-License-Identifier: ISC */
/* Requests that look: status, module.list, queue. */
#include "base/alloc.h"
#include "base/json.h"
#include "base/util.h"
#include "control/connection.h"

/* Of the queue so many are shown, each text in it with so many bytes: etcdctl
 * lock and others may put there what they like. */
#define QUEUE_SHOWN_MAX 1000
#define QUEUE_TEXT_MAX 256
#define VALUE_BYTES_MAX (1024 * 1024)

static json_t *control_catalog(const struct connection *connection)
{
    const json_t *catalog = *connection->view->catalog;
    json_t *names = json_array();
    const json_t *one;
    size_t i;

    json_array_foreach (json_object_get(catalog, "configurations"), i, one)
        json_array_append(names, json_object_get(one, "name"));
    return json_pack("{s:s, s:o, s:O?}", "digest",
                     json_string_or(catalog, "digest", ""), "configurations",
                     names, "confinement",
                     json_object_get(catalog, "confinement"));
}

void control_status(struct connection *connection)
{
    const struct rollout *rollout = connection->view->rollout;
    bool connected = rollout->session.up && rollout->events.connected;
    cleanup_free char *waits_for = rollout_waits_for(rollout);

    connection_ok(
        connection,
        json_pack("{s:s, s:s, s:s?, s:b, s:I, s:o, s:O?, s:O?, s:O?, s:o, "
                  "s:s, s:s?, s:s, s:I}",
                  "node", rollout->config->node, "state",
                  rollout_state(rollout), "waiting_for", waits_for, "connected",
                  connected, "revision", (json_int_t) rollout->events.revision,
                  "pending", bus_pending_types(rollout->bus), "flag",
                  rollout->events.flag.json, "last_run", rollout->last_run,
                  "applied", rollout->applied, "catalog",
                  control_catalog(connection), "store",
                  store_where(connection->view->store), "trouble",
                  rollout_trouble(rollout), "version", PACKAGE_VERSION, "pid",
                  (json_int_t) getpid()));
}

void control_module_list(struct connection *connection)
{
    connection_ok(connection, *connection->view->catalog
                                  ? json_incref(*connection->view->catalog)
                                  : json_pack("{s:s, s:[]}", "digest", "",
                                              "configurations"));
}

/* ---------------------------------------------------------------- the queue */

json_t *control_value(const struct store_kv *kv)
{
    json_t *json = NULL;

    if (json_parse(kv->value, kv->value_size, VALUE_BYTES_MAX, &json, NULL) < 0)
        return NULL;
    return json;
}

static void control_queue_read(struct connection *connection,
                               const struct store_reply *reply)
{
    const struct store_range *queue = &reply->ranges[0];
    json_t *entries = json_array();
    size_t i;

    for (i = 0; i < queue->n; i++) {
        const struct store_kv *kv = &queue->kvs[i];
        json_auto_t *value = control_value(kv);

        /* etcdctl lock and the like leave no value. */
        json_array_append_new(
            entries, json_pack("{s:s?, s:s?, s:o}", "node",
                               json_string_or(value, "node", NULL), "since",
                               json_string_or(value, "since", NULL), "key",
                               json_text(kv->key)));
    }
    json_clip(entries, QUEUE_TEXT_MAX);
    connection_ok(
        connection,
        json_pack("{s:o, s:I}", "entries", entries, "omitted",
                  (json_int_t) (queue->count > (int64_t) queue->n
                                    ? queue->count - (int64_t) queue->n
                                    : 0)));
}

void control_queue(struct connection *connection)
{
    struct txn *txn = txn_new();

    txn_get_below(txn, "lock/",
                  &(struct txn_range){.by_create_revision = true,
                                      .limit = QUEUE_SHOWN_MAX});
    connection_commit(connection, txn, control_queue_read);
}
