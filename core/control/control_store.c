/* SPDX-License-Identifier: ISC */
/* Requests that change the store: events, objects, the flag. */
#include "base/alloc.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/name.h"
#include "base/util.h"
#include "control/connection.h"

#define TYPES_MAX 100
#define IMPORT_MAX 100
#define OBJECT_BYTES_MAX (1024 * 1024)

/* ------------------------------------------------------------------- events */

static void control_put_event(struct client *client, struct txn *txn,
                              const char *type)
{
    const char *text = json_string_or(client->request, "text", NULL);
    cleanup_free char *key = xasprintf("events/%s", type);
    cleanup_free char *who = client_who(client);
    char stamp[CLOCK_STAMP_SIZE];
    json_auto_t *event = NULL;
    cleanup_free char *value = NULL;

    clock_stamp(stamp);
    event =
        json_pack("{s:s, s:s, s:s, s:s*}", "node", client->view->config->node,
                  "by", who, "at", stamp, "text", text);
    json_clip(event, CLIENT_TEXT_MAX);
    value = json_line(event);
    txn_put(txn, key, value, 0);
}

static void control_answered(struct client *client,
                             const struct store_reply *reply)
{
    client_ok(client,
              json_pack("{s:I}", "revision", (json_int_t) reply->revision));
}

static bool control_check_type(struct client *client, const json_t *type)
{
    const char *name = json_is_string(type) ? json_string_value(type) : "";

    if (name_valid(name))
        return true;
    client_fail(client, CCM_EXIT_USAGE,
                "\"%.80s\" is no object type: " NAME_RULE, name);
    return false;
}

void control_publish(struct client *client)
{
    const json_t *types = json_object_get(client->request, "types");
    const json_t *type;
    struct txn *txn;
    size_t i;

    if (json_array_size(types) == 0 || json_array_size(types) > TYPES_MAX) {
        client_fail(client, CCM_EXIT_USAGE, "name 1 to %d object types",
                    TYPES_MAX);
        return;
    }
    json_array_foreach (types, i, type)
        if (!control_check_type(client, type))
            return;
    if (!client_check_text(client, "text"))
        return;
    txn = txn_new();
    json_array_foreach (types, i, type)
        control_put_event(client, txn, json_string_value(type));
    client_commit(client, txn, control_answered);
}

/* ------------------------------------------------------------------ objects */

static bool control_may_write_objects(struct client *client)
{
    const struct config *config = client->view->config;

    if (config->objects.kind == OBJECTS_DIRECTORY)
        client_fail(client, CCM_EXIT_FAILED,
                    "the objects of this node are the files in %s: edit them, "
                    "then ccmctl publish TYPE",
                    config->objects.path);
    else if (config->objects.kind == OBJECTS_HTTP)
        client_fail(client, CCM_EXIT_FAILED,
                    "the objects belong to the API at %s: change them there",
                    config->objects.url);
    return config->objects.kind == OBJECTS_ETCD &&
           control_check_type(client, json_object_get(client->request, "type"));
}

static char *control_object_key(const struct client *client, int64_t id)
{
    return xasprintf("objects/%s/%lld",
                     json_string_or(client->request, "type", ""),
                     (long long) id);
}

/* Adds the put of one object. Returns false after client_fail. */
static bool control_put_object(struct client *client, struct txn *txn,
                               const json_t *object)
{
    int64_t id = json_integer_or(object, "id", -1);
    cleanup_free char *key = control_object_key(client, id);
    cleanup_free char *value = json_line(object);

    if (!json_is_object(object) || id < 0) {
        client_fail(client, CCM_EXIT_FAILED,
                    "an object must be a JSON object with an \"id\", an "
                    "integer from 0 on: %.80s",
                    value);
        return false;
    }
    if (strlen(value) > OBJECT_BYTES_MAX) {
        client_fail(client, CCM_EXIT_FAILED,
                    "object %lld has %zu bytes; %d are the most",
                    (long long) id, strlen(value), OBJECT_BYTES_MAX);
        return false;
    }
    txn_put(txn, key, value, 0);
    return true;
}

static void control_put_objects(struct client *client, const json_t *objects)
{
    struct txn *txn = txn_new();
    const json_t *object;
    size_t i;

    json_array_foreach (objects, i, object) {
        if (!control_put_object(client, txn, object)) {
            txn_free(txn);
            return;
        }
    }
    control_put_event(client, txn, json_string_or(client->request, "type", ""));
    client_commit(client, txn, control_answered);
}

void control_object_put(struct client *client)
{
    json_t *object = json_object_get(client->request, "object");
    json_auto_t *objects = json_pack("[O?]", object);

    if (control_may_write_objects(client))
        control_put_objects(client, objects);
}

void control_object_import(struct client *client)
{
    const json_t *objects = json_object_get(client->request, "objects");

    if (!control_may_write_objects(client))
        return;
    if (json_array_size(objects) == 0 || json_array_size(objects) > IMPORT_MAX)
        client_fail(client, CCM_EXIT_USAGE, "import 1 to %d objects at a time",
                    IMPORT_MAX);
    else
        control_put_objects(client, objects);
}

static void control_deleted(struct client *client,
                            const struct store_reply *reply)
{
    if (reply->succeeded)
        control_answered(client, reply);
    else
        client_fail(client, CCM_EXIT_FAILED, "there is no %s/%lld",
                    json_string_or(client->request, "type", ""),
                    (long long) client->value);
}

/* The object that is there is read first: etcd can only compare for
 * equality, and "exists" is "created at that revision". */
static void control_delete_found(struct client *client,
                                 const struct store_reply *reply)
{
    cleanup_free char *key = control_object_key(client, client->value);
    struct txn *txn;

    if (reply->ranges[0].n == 0) {
        client_fail(client, CCM_EXIT_FAILED, "there is no %s", key);
        return;
    }
    txn = txn_new();
    txn_if_created(txn, key, reply->ranges[0].kvs[0].create_revision);
    txn_delete(txn, key);
    control_put_event(client, txn, json_string_or(client->request, "type", ""));
    client_commit(client, txn, control_deleted);
}

void control_object_delete(struct client *client)
{
    cleanup_free char *key = NULL;
    struct txn *txn;

    if (!control_may_write_objects(client))
        return;
    client->value = json_integer_or(client->request, "id", -1);
    key = control_object_key(client, client->value);
    txn = txn_new();
    txn_get(txn, key);
    client_commit(client, txn, control_delete_found);
}
