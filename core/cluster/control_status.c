/* SPDX-License-Identifier: ISC */
/* Requests that look: status, module.list, nodes, queue. */
#include "base/alloc.h"
#include "base/json.h"
#include "base/util.h"
#include "cluster/client.h"

#define VALUE_BYTES_MAX (1024 * 1024)

static json_t *control_catalog(const struct client *client)
{
    const json_t *catalog = client->daemon->catalog;
    json_t *names = json_array();
    const json_t *one;
    size_t i;

    json_array_foreach (json_object_get(catalog, "configurations"), i, one)
        json_array_append(names, json_object_get(one, "name"));
    return json_pack("{s:s, s:o, s:O?}", "digest", catalog_digest(catalog),
                     "configurations", names, "confinement",
                     json_object_get(catalog, "confinement"));
}

void control_status(struct client *client)
{
    const struct rollout *rollout = &client->daemon->rollout;
    bool connected = rollout->session.up && rollout->events.connected;

    client_ok(client,
              json_pack("{s:s, s:s, s:b, s:I, s:o, s:O?, s:O?, s:O?, s:o, "
                        "s:s, s:s?, s:s, s:I}",
                        "node", rollout->config->node, "state",
                        rollout_state(rollout), "connected", connected,
                        "revision", (json_int_t) rollout->events.revision,
                        "pending", bus_pending_types(rollout->bus), "flag",
                        rollout->events.flag.json, "last_run",
                        rollout->last_run, "applied", rollout->applied,
                        "catalog", control_catalog(client), "store",
                        store_where(client->daemon->store), "trouble",
                        rollout_trouble(rollout),
                        "version", PACKAGE_VERSION, "pid",
                        (json_int_t) getpid()));
}

void control_module_list(struct client *client)
{
    client_ok(client,
              client->daemon->catalog
                  ? json_incref(client->daemon->catalog)
                  : json_pack("{s:s, s:[]}", "digest", "", "configurations"));
}

/* ---------------------------------------------------------------- the queue */

static json_t *control_value(const struct store_kv *kv)
{
    json_t *json = NULL;

    if (json_parse(kv->value, kv->value_size, VALUE_BYTES_MAX, &json, NULL) < 0)
        return NULL;
    return json;
}

static void control_queue_read(struct client *client,
                               const struct store_reply *reply)
{
    json_t *entries;
    size_t i;

    entries = json_array();
    for (i = 0; i < reply->ranges[0].n; i++) {
        const struct store_kv *kv = &reply->ranges[0].kvs[i];
        json_auto_t *value = control_value(kv);

        /* etcdctl lock and the like leave no value. */
        json_array_append_new(
            entries,
            json_pack("{s:s?, s:s?, s:s}", "node",
                      json_string_or(value, "node", NULL), "since",
                      json_string_or(value, "since", NULL), "key", kv->key));
    }
    client_ok(client, json_pack("{s:o}", "entries", entries));
}

void control_queue(struct client *client)
{
    struct txn *txn = txn_new();

    txn_get_below(txn, "lock/",
                  &(struct txn_range){.by_create_revision = true});
    client_commit(client, txn, control_queue_read);
}

/* ---------------------------------------------------------------- the nodes */

enum nodes_range {
    NODES_RECORDS,
    NODES_ALIVE,
    NODES_APPLYING,
    NODES_LOCK,
    NODES_FLAG,
    NODES_EVENTS,
};

static bool nodes_has(const struct store_range *range, const char *prefix,
                      const char *node)
{
    size_t i;

    for (i = 0; i < range->n; i++)
        if (streq(range->kvs[i].key + strlen(prefix), node))
            return true;
    return false;
}

static bool nodes_is_queued(const struct store_range *lock, const char *node)
{
    size_t i;

    for (i = 0; i < lock->n; i++) {
        json_auto_t *value = control_value(&lock->kvs[i]);

        if (streq(json_string_or(value, "node", ""), node))
            return true;
    }
    return false;
}

/* The newest event that this node's catalog is subscribed to. */
static int64_t nodes_wanted(const struct store_range *events,
                            const json_t *record)
{
    const json_t *type;
    int64_t newest = 0;
    size_t i, j;

    for (i = 0; i < events->n; i++) {
        const char *name = events->kvs[i].key + strlen("events/");

        json_array_foreach (json_object_get(record, "subscribes"), j, type)
            if (json_is_string(type) && streq(json_string_value(type), name) &&
                events->kvs[i].mod_revision > newest)
                newest = events->kvs[i].mod_revision;
    }
    return newest;
}

static const char *nodes_state(const struct store_reply *reply,
                               const struct flag *flag, const char *node,
                               bool converged)
{
    if (!nodes_has(&reply->ranges[NODES_ALIVE], "alive/", node))
        return "disconnected";
    if (nodes_has(&reply->ranges[NODES_APPLYING], "applying/", node))
        return "applying";
    if (flag_is_own(flag, node))
        return "failed";
    if (nodes_is_queued(&reply->ranges[NODES_LOCK], node))
        return "queued";
    if (converged)
        return "idle";
    return flag->json ? "held" : "settling";
}

static json_t *nodes_entry(const struct store_reply *reply,
                           const struct flag *flag, const char *node,
                           const json_t *record)
{
    const json_t *applied = json_object_get(record, "applied");
    bool alive = nodes_has(&reply->ranges[NODES_ALIVE], "alive/", node);
    bool converged = json_integer_or(applied, "revision", -1) >=
                     nodes_wanted(&reply->ranges[NODES_EVENTS], record);

    return json_pack("{s:s, s:b, s:s, s:b, s:O?, s:O?, s:O?}", "node", node,
                     "alive", alive, "state",
                     nodes_state(reply, flag, node, converged), "converged",
                     converged, "applied", applied, "catalog",
                     json_object_get(record, "catalog"), "last_run",
                     json_object_get(record, "last_run"));
}

/* One entry a record, then one a node that lives but has none yet. */
static json_t *nodes_entries(const struct store_reply *reply,
                             const struct flag *flag)
{
    const struct store_range *records = &reply->ranges[NODES_RECORDS];
    const struct store_range *alive = &reply->ranges[NODES_ALIVE];
    json_t *entries = json_array();
    size_t i;

    for (i = 0; i < records->n; i++) {
        json_auto_t *record = control_value(&records->kvs[i]);

        json_array_append_new(
            entries,
            nodes_entry(reply, flag, records->kvs[i].key + strlen("nodes/"),
                        record));
    }
    for (i = 0; i < alive->n; i++) {
        const char *node = alive->kvs[i].key + strlen("alive/");

        if (!nodes_has(records, "nodes/", node))
            json_array_append_new(entries,
                                  nodes_entry(reply, flag, node, NULL));
    }
    return entries;
}

static bool nodes_all_converged(const json_t *entries)
{
    const json_t *entry;
    size_t i, n = 0;

    json_array_foreach (entries, i, entry) {
        if (!json_bool_or(entry, "alive", false))
            continue;
        n++;
        if (!json_bool_or(entry, "converged", false))
            return false;
    }
    return n > 0;
}

static void control_nodes_read(struct client *client,
                               const struct store_reply *reply)
{
    struct flag flag = {0};
    const struct store_range *events;
    json_t *entries;
    int64_t newest = 0;
    size_t i;

    flag_set(&flag, reply->ranges[NODES_FLAG].n
                        ? &reply->ranges[NODES_FLAG].kvs[0]
                        : NULL);
    events = &reply->ranges[NODES_EVENTS];
    for (i = 0; i < events->n; i++)
        if (events->kvs[i].mod_revision > newest)
            newest = events->kvs[i].mod_revision;
    entries = nodes_entries(reply, &flag);
    client_ok(client, json_pack("{s:I, s:b, s:O?, s:o}", "revision",
                                (json_int_t) newest, "converged",
                                nodes_all_converged(entries), "flag", flag.json,
                                "nodes", entries));
    flag_done(&flag);
}

void control_nodes(struct client *client)
{
    static const struct txn_range keys = {.keys_only = true};
    static const struct txn_range all = {0};
    struct txn *txn = txn_new();

    txn_get_below(txn, "nodes/", &all);
    txn_get_below(txn, "alive/", &keys);
    txn_get_below(txn, "applying/", &keys);
    txn_get_below(txn, "lock/", &all);
    txn_get(txn, "flag");
    txn_get_below(txn, "events/", &keys);
    client_commit(client, txn, control_nodes_read);
}
