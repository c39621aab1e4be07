/* SPDX-License-Identifier: ISC */
/* Requests that change the store: events, objects, the flag. */
#include "base/alloc.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/name.h"
#include "base/object_id.h"
#include "base/util.h"
#include "control/connection.h"

#define TYPES_MAX 100
#define IMPORT_MAX 100
#define OBJECT_BYTES_MAX (1024 * 1024)

/* ------------------------------------------------------------------- events */

static void control_put_event(struct connection *connection, struct txn *txn,
                              const char *type)
{
    const char *text = json_string_or(connection->request, "text", NULL);
    cleanup_free char *key = xasprintf("events/%s", type);
    cleanup_free char *who = connection_who(connection);
    char stamp[CLOCK_STAMP_SIZE];
    json_auto_t *event = NULL;
    cleanup_free char *value = NULL;

    clock_stamp(stamp);
    event = json_pack("{s:s, s:s, s:s, s:s*}", "node",
                      connection->view->config->node, "by", who, "at", stamp,
                      "text", text);
    json_clip(event, CONNECTION_TEXT_MAX);
    value = json_line(event);
    txn_put(txn, key, value, 0);
}

static void control_answered(struct connection *connection,
                             const struct store_reply *reply)
{
    connection_ok(connection,
                  json_pack("{s:I}", "revision", (json_int_t) reply->revision));
}

static bool control_check_type(struct connection *connection,
                               const json_t *type)
{
    const char *name = json_is_string(type) ? json_string_value(type) : "";

    if (name_valid(name))
        return true;
    connection_fail(connection, CCM_EXIT_USAGE,
                    "\"%.80s\" is not a valid object type: " NAME_RULE, name);
    return false;
}

void control_publish(struct connection *connection)
{
    const json_t *types = json_object_get(connection->request, "types");
    const json_t *type;
    struct txn *txn;
    size_t i;

    if (json_array_size(types) == 0 || json_array_size(types) > TYPES_MAX) {
        connection_fail(connection, CCM_EXIT_USAGE, "give 1 to %d object types",
                        TYPES_MAX);
        return;
    }
    json_array_foreach (types, i, type)
        if (!control_check_type(connection, type))
            return;
    if (!connection_check_text(connection, "text"))
        return;
    txn = txn_new();
    json_array_foreach (types, i, type)
        control_put_event(connection, txn, json_string_value(type));
    connection_commit(connection, txn, control_answered);
}

/* ------------------------------------------------------------------ objects */

static bool control_may_write_objects(struct connection *connection)
{
    const struct config *config = connection->view->config;

    if (config->objects.kind == OBJECTS_DIRECTORY)
        connection_fail(connection, CCM_EXIT_FAILED,
                        "the objects of this node are the files in %s: edit "
                        "them, then run: ccmctl publish TYPE",
                        config->objects.path);
    else if (config->objects.kind == OBJECTS_HTTP)
        connection_fail(
            connection, CCM_EXIT_FAILED,
            "the objects belong to the API at %s: change them there",
            config->objects.url);
    return config->objects.kind == OBJECTS_ETCD &&
           control_check_type(connection,
                              json_object_get(connection->request, "type"));
}

static char *control_object_key(const struct connection *connection, int64_t id)
{
    return xasprintf("objects/%s/%lld",
                     json_string_or(connection->request, "type", ""),
                     (long long) id);
}

/* Adds the put of one object. Returns false after connection_fail. */
static bool control_put_object(struct connection *connection, struct txn *txn,
                               const json_t *object)
{
    int64_t id = json_integer_or(object, "id", -1);
    cleanup_free char *key = control_object_key(connection, id);
    cleanup_free char *value = json_line(object);

    if (!json_is_object(object) || !object_id_valid(id)) {
        connection_fail(connection, CCM_EXIT_FAILED,
                        "expected a JSON object with an \"id\" "
                        "(" OBJECT_ID_RULE "): %.80s",
                        value);
        return false;
    }
    if (strlen(value) > OBJECT_BYTES_MAX) {
        connection_fail(connection, CCM_EXIT_FAILED,
                        "object %lld has %zu bytes; the limit is %d",
                        (long long) id, strlen(value), OBJECT_BYTES_MAX);
        return false;
    }
    txn_put(txn, key, value, 0);
    return true;
}

static void control_put_objects(struct connection *connection,
                                const json_t *objects)
{
    struct txn *txn = txn_new();
    const json_t *object;
    size_t i;

    json_array_foreach (objects, i, object) {
        if (!control_put_object(connection, txn, object)) {
            txn_free(txn);
            return;
        }
    }
    control_put_event(connection, txn,
                      json_string_or(connection->request, "type", ""));
    connection_commit(connection, txn, control_answered);
}

void control_object_put(struct connection *connection)
{
    json_t *object = json_object_get(connection->request, "object");
    json_auto_t *objects = json_pack("[O?]", object);

    if (control_may_write_objects(connection))
        control_put_objects(connection, objects);
}

void control_object_import(struct connection *connection)
{
    const json_t *objects = json_object_get(connection->request, "objects");

    if (!control_may_write_objects(connection))
        return;
    if (json_array_size(objects) == 0 || json_array_size(objects) > IMPORT_MAX)
        connection_fail(connection, CCM_EXIT_USAGE,
                        "import 1 to %d objects at a time", IMPORT_MAX);
    else
        control_put_objects(connection, objects);
}

static void control_deleted(struct connection *connection,
                            const struct store_reply *reply)
{
    if (reply->succeeded)
        control_answered(connection, reply);
    else
        connection_fail(connection, CCM_EXIT_FAILED, "there is no %s/%lld",
                        json_string_or(connection->request, "type", ""),
                        (long long) connection->value);
}

/* The existing object is read first: etcd can only compare for equality, and
 * "exists" is "created at that revision". */
static void control_delete_found(struct connection *connection,
                                 const struct store_reply *reply)
{
    cleanup_free char *key = control_object_key(connection, connection->value);
    struct txn *txn;

    if (reply->ranges[0].n == 0) {
        connection_fail(connection, CCM_EXIT_FAILED, "there is no %s", key);
        return;
    }
    txn = txn_new();
    txn_if_created(txn, key, reply->ranges[0].kvs[0].create_revision);
    txn_delete(txn, key);
    control_put_event(connection, txn,
                      json_string_or(connection->request, "type", ""));
    connection_commit(connection, txn, control_deleted);
}

void control_object_delete(struct connection *connection)
{
    cleanup_free char *key = NULL;
    struct txn *txn;

    if (!control_may_write_objects(connection))
        return;
    connection->value = json_integer_or(connection->request, "id", -1);
    if (!object_id_valid(connection->value)) {
        connection_fail(connection, CCM_EXIT_USAGE, OBJECT_ID_RULE);
        return;
    }
    key = control_object_key(connection, connection->value);
    txn = txn_new();
    txn_get(txn, key);
    connection_commit(connection, txn, control_delete_found);
}
