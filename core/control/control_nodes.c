/* SPDX-License-Identifier: ISC */
/*
 * The request "nodes": what each node of the cluster has applied.
 *
 * Nothing keeps the ranges that it reads small: records of nodes that are long
 * gone, places in the queue that are not ours, events of any name. So each
 * range has a limit, and keys beyond the limit never make a node look more
 * converged than it is: a live node whose record was not read is not, and a
 * type whose event was not read may be as new as the oldest that was.
 */
#include "base/alloc.h"
#include "base/json.h"
#include "base/util.h"
#include "control/connection.h"

#define NODES_MAX 5000
#define NODES_LOCK_MAX 1000
#define NODES_EVENTS_MAX 5000
#define NODES_TEXT_MAX 4096

enum nodes_range {
    NODES_RECORDS,
    NODES_ALIVE,
    NODES_APPLYING,
    NODES_LOCK,
    NODES_FLAG,
    NODES_EVENTS,
};

/* Data that is looked up for each node, as objects with the names as keys. */
struct nodes_view {
    const struct store_reply *reply;
    const struct rollout *rollout; /* this node's */
    struct flag flag;
    json_t *alive, *applying, *queued;
    json_t *events; /* type -> revision */
    int64_t unread; /* types not in events may be as new as this; or 0 */
    int64_t newest; /* event */
};

static bool nodes_is_cut(const struct store_range *range)
{
    return range->count > (int64_t) range->n;
}

/* The names behind prefix. Returns new. */
static json_t *nodes_set(const struct store_range *range, const char *prefix)
{
    json_t *set = json_object();
    size_t i;

    for (i = 0; i < range->n; i++)
        json_object_set_new(set, range->kvs[i].key + strlen(prefix),
                            json_integer(range->kvs[i].mod_revision));
    return set;
}

/* A key without a lease was not put by a ccmd. Returns new. */
static json_t *nodes_alive(const struct store_range *range)
{
    json_t *set = nodes_set(range, "alive/");
    size_t i;

    for (i = 0; i < range->n; i++)
        if (range->kvs[i].lease == 0)
            json_object_del(set, range->kvs[i].key + strlen("alive/"));
    return set;
}

static json_t *nodes_queued(const struct store_range *lock)
{
    json_t *set = json_object();
    size_t i;

    for (i = 0; i < lock->n; i++) {
        json_auto_t *value = store_kv_json(&lock->kvs[i]);
        const char *node = json_string_or(value, "node", NULL);

        if (node)
            json_object_set_new(set, node, json_true());
    }
    return set;
}

static void nodes_view_init(struct nodes_view *view,
                            const struct store_reply *reply)
{
    const struct store_range *flag = &reply->ranges[NODES_FLAG];
    const struct store_range *events = &reply->ranges[NODES_EVENTS];

    *view = (struct nodes_view){
        .reply = reply,
        .alive = nodes_alive(&reply->ranges[NODES_ALIVE]),
        .applying = nodes_set(&reply->ranges[NODES_APPLYING], "applying/"),
        .queued = nodes_queued(&reply->ranges[NODES_LOCK]),
        .events = nodes_set(events, "events/"),
    };
    flag_set(&view->flag, flag->n ? &flag->kvs[0] : NULL);
    if (events->n > 0)
        view->newest = events->kvs[0].mod_revision;
    if (events->n > 0 && nodes_is_cut(events))
        view->unread = events->kvs[events->n - 1].mod_revision;
}

static void nodes_view_done(struct nodes_view *view)
{
    json_decref(view->alive);
    json_decref(view->applying);
    json_decref(view->queued);
    json_decref(view->events);
    flag_done(&view->flag);
}

/* The newest event of the types that this node subscribes to. */
static int64_t nodes_wanted(const struct nodes_view *view, const json_t *record)
{
    int64_t newest = 0;
    const json_t *type;
    size_t i;

    if (json_object_get(record, "subscribes_omitted"))
        return view->newest;
    json_array_foreach (json_object_get(record, "subscribes"), i, type) {
        const char *name = json_is_string(type) ? json_string_value(type) : "";
        int64_t revision = json_integer_or(view->events, name, view->unread);

        if (revision > newest)
            newest = revision;
    }
    return newest;
}

static const char *nodes_state(const struct nodes_view *view, const char *node,
                               bool converged)
{
    if (!json_object_get(view->alive, node))
        return "disconnected";
    if (json_object_get(view->applying, node))
        return "applying";
    if (flag_is_own(&view->flag, node))
        return "failed";
    if (json_object_get(view->queued, node))
        return "queued";
    if (converged)
        return "idle";
    return view->flag.json ? "held" : "settling";
}

/* Is a run pending, whatever the events say? The record says so after a reload
 * of modules; about this node, more is known. */
static bool nodes_is_pending(const struct nodes_view *view, const char *node,
                             const json_t *record)
{
    return json_bool_or(record, "pending", false) ||
           (streq(node, view->rollout->config->node) &&
            bus_pending(view->rollout->bus, 0));
}

static json_t *nodes_entry(const struct nodes_view *view, const char *node,
                           const json_t *record)
{
    const json_t *applied = json_object_get(record, "applied");
    bool converged = json_integer_or(applied, "revision", -1) >=
                         nodes_wanted(view, record) &&
                     !nodes_is_pending(view, node, record);

    return json_pack(
        "{s:o, s:b, s:s, s:b, s:O?, s:O?, s:O?}", "node", json_text(node),
        "alive", json_object_get(view->alive, node) != NULL, "state",
        nodes_state(view, node, converged), "converged", converged, "applied",
        applied, "catalog", json_object_get(record, "catalog"), "last_run",
        json_object_get(record, "last_run"));
}

static int nodes_compare(const void *a, const void *b)
{
    const struct store_kv *const *x = a, *const *y = b;

    return strcmp((*x)->key, (*y)->key);
}

/* Adds one entry for each record, by name. */
static void nodes_add_records(const struct nodes_view *view, json_t *entries)
{
    const struct store_range *records = &view->reply->ranges[NODES_RECORDS];
    cleanup_free const struct store_kv **sorted =
        xcalloc(records->n + 1, sizeof(const struct store_kv *));
    size_t i;

    for (i = 0; i < records->n; i++)
        sorted[i] = &records->kvs[i];
    qsort(sorted, records->n, sizeof(*sorted), nodes_compare);
    for (i = 0; i < records->n; i++) {
        json_auto_t *record = store_kv_json(sorted[i]);

        json_array_append_new(
            entries,
            nodes_entry(view, sorted[i]->key + strlen("nodes/"), record));
    }
}

/* Adds one for each live node without a record. */
static void nodes_add_others(const struct nodes_view *view, json_t *entries)
{
    const struct store_range *records = &view->reply->ranges[NODES_RECORDS];
    json_auto_t *known = nodes_set(records, "nodes/");
    const char *node;
    json_t *ignored;

    json_object_foreach (view->alive, node, ignored)
        if (!json_object_get(known, node))
            json_array_append_new(entries, nodes_entry(view, node, NULL));
}

static bool nodes_all_converged(const struct nodes_view *view,
                                const json_t *entries)
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
    return n > 0 && !nodes_is_cut(&view->reply->ranges[NODES_ALIVE]);
}

static void control_nodes_read(struct connection *connection,
                               const struct store_reply *reply)
{
    const struct store_range *records = &reply->ranges[NODES_RECORDS];
    json_t *entries = json_array();
    struct nodes_view view;

    nodes_view_init(&view, reply);
    view.rollout = connection->view->rollout;
    nodes_add_records(&view, entries);
    nodes_add_others(&view, entries);
    json_clip(entries, NODES_TEXT_MAX);
    connection_ok(
        connection,
        json_pack("{s:I, s:b, s:O?, s:o, s:I}", "revision",
                  (json_int_t) view.newest, "converged",
                  nodes_all_converged(&view, entries), "flag", view.flag.json,
                  "nodes", entries, "omitted",
                  nodes_is_cut(records)
                      ? (json_int_t) (records->count - (int64_t) records->n)
                      : (json_int_t) 0));
    nodes_view_done(&view);
}

void control_nodes(struct connection *connection)
{
    static const struct txn_range live = {
        .limit = NODES_MAX, .by_mod_revision = true, .newest_first = true};
    static const struct txn_range keys = {.limit = NODES_MAX,
                                          .keys_only = true};
    static const struct txn_range first = {.limit = NODES_LOCK_MAX,
                                           .by_create_revision = true};
    static const struct txn_range newest = {.limit = NODES_EVENTS_MAX,
                                            .keys_only = true,
                                            .by_mod_revision = true,
                                            .newest_first = true};
    struct txn *txn = txn_new();

    /* Live nodes put their record repeatedly, so they come first. */
    txn_get_below(txn, "nodes/", &live);
    txn_get_below(txn, "alive/", &keys);
    txn_get_below(txn, "applying/", &keys);
    txn_get_below(txn, "lock/", &first);
    txn_get(txn, "flag");
    txn_get_below(txn, "events/", &newest);
    connection_commit(connection, txn, control_nodes_read);
}
