/* SPDX-License-Identifier: ISC */
/* Requests about the flag: show it, set it, clear it. */
#include "base/alloc.h"
#include "base/json.h"
#include "base/name.h"
#include "base/util.h"
#include "control/connection.h"

/* Of applying/, where one key may be. */
#define MARKERS_MAX 100

static void control_answer_flag(struct connection *connection,
                                const struct store_reply *reply)
{
    const struct store_range *range = &reply->ranges[0];
    struct flag flag = {0};

    flag_set(&flag, range->n ? &range->kvs[0] : NULL);
    connection_ok(connection, json_pack("{s:O?}", "flag", flag.json));
    flag_done(&flag);
}

void control_flag_show(struct connection *connection)
{
    struct txn *txn = txn_new();

    txn_get(txn, "flag");
    connection_commit(connection, txn, control_answer_flag);
}

static void control_flag_put(struct connection *connection,
                             const struct store_reply *reply)
{
    if (reply->succeeded)
        control_answer_flag(connection, reply);
    else
        connection_fail(connection, CCM_EXIT_FAILED,
                        "the flag has changed meanwhile: check ccmctl flag "
                        "show, then repeat");
}

/* The hold is added to the existing ones. If a node has failed, the hold is
 * kept in its flag and stays when the node has repaired itself. */
static void control_flag_seen(struct connection *connection,
                              const struct store_reply *reply)
{
    const char *reason = json_string_or(connection->request, "reason", "");
    cleanup_free char *who = connection_who(connection);
    cleanup_free char *by =
        xasprintf("%s at %s", who, connection->view->config->node);
    cleanup_free char *value = NULL;
    json_auto_t *held = NULL;
    struct flag flag = {0};
    struct txn *txn;

    flag_set(&flag, reply->ranges[0].n ? &reply->ranges[0].kvs[0] : NULL);
    held = flag_add_hold(&flag, by, reason);
    if (held) {
        value = json_line(held);
        txn = txn_new();
        txn_if_modified(txn, "flag", flag.mod_revision);
        txn_put(txn, "flag", value, 0);
        txn_get(txn, "flag");
        connection_commit(connection, txn, control_flag_put);
    } else {
        connection_fail(connection, CCM_EXIT_FAILED,
                        "there are too many holds: lift some of them first "
                        "(ccmctl flag show, ccmctl flag clear --hold ID)");
    }
    flag_done(&flag);
}

void control_flag_set(struct connection *connection)
{
    struct txn *txn;

    if (!connection_check_text(connection, "reason"))
        return;
    txn = txn_new();
    txn_get(txn, "flag");
    connection_commit(connection, txn, control_flag_seen);
}

/* ----------------------------------------------------------------- clearing */

static void control_flag_gone(struct connection *connection,
                              const struct store_reply *reply)
{
    if (reply->succeeded)
        control_answer_flag(connection, reply);
    else
        connection_fail(connection, CCM_EXIT_FAILED,
                        "the flag or the node has changed meanwhile: check "
                        "ccmctl flag show, then repeat");
}

/* Adds what is left of the flag; after NULL: nothing. Its condition is that the
 * flag is still the one that was seen. */
static void control_put_left(struct txn *txn, const struct flag *flag,
                             const json_t *after)
{
    cleanup_free char *value = after ? json_line(after) : NULL;

    txn_if_modified(txn, "flag", flag->mod_revision);
    if (value)
        txn_put(txn, "flag", value, 0);
    else
        txn_delete(txn, "flag");
    txn_get(txn, "flag");
}

static void control_flag_replace(struct connection *connection,
                                 const struct flag *flag, const json_t *after)
{
    struct txn *txn = txn_new();

    control_put_left(txn, flag, after);
    connection_commit(connection, txn, control_flag_put);
}

/* Ranges: flag, alive/<node>, applying/<node>. Returns false after
 * connection_fail. */
static bool control_may_clear_node(struct connection *connection,
                                   const char *node, bool names,
                                   const struct store_reply *reply)
{
    const struct store_range *presence = &reply->ranges[1];
    bool marked = reply->ranges[2].n > 0;

    /* Without a lease no ccmd has put it. */
    if (presence->n > 0 && presence->kvs[0].lease != 0 && marked) {
        connection_fail(connection, CCM_EXIT_FAILED,
                        "%s is alive and ends its turn itself; a node can be "
                        "declared dead only after its presence has lapsed",
                        node);
        return false;
    }
    if (!marked && !names) {
        connection_fail(connection, CCM_EXIT_FAILED,
                        "%s has no open turn, and the flag does not name it",
                        node);
        return false;
    }
    return true;
}

static void control_clear_node(struct connection *connection,
                               const struct flag *flag,
                               const struct store_reply *reply)
{
    const char *node = json_string_or(connection->request, "node", "");
    cleanup_free char *alive = xasprintf("alive/%s", node);
    cleanup_free char *marker = xasprintf("applying/%s", node);
    const struct store_range *presence = &reply->ranges[1];
    const struct store_range *own = &reply->ranges[2];
    bool names = streq(json_string_or(flag->json, "node", ""), node);
    json_auto_t *holds = flag_holds(flag);
    json_auto_t *after = flag_from_holds(holds);
    struct txn *txn;

    if (!control_may_clear_node(connection, node, names, reply))
        return;
    txn = txn_new();
    if (presence->n == 0 || presence->kvs[0].lease == 0)
        txn_if_modified(txn, alive,
                        presence->n ? presence->kvs[0].mod_revision : 0);
    txn_if_modified(txn, marker, own->n ? own->kvs[0].mod_revision : 0);
    txn_delete(txn, marker);
    control_put_left(txn, flag, names ? after : flag->json);
    connection_commit(connection, txn, control_flag_gone);
}

static void control_clear_hold(struct connection *connection,
                               const struct flag *flag)
{
    int64_t id = json_integer_or(connection->request, "hold", 0);
    json_t *after = NULL;

    if (flag_drop_hold(flag, id, &after))
        control_flag_replace(connection, flag, after);
    else
        connection_fail(connection, CCM_EXIT_FAILED,
                        "there is no hold %lld (ccmctl flag show lists them)",
                        (long long) id);
    json_decref(after);
}

/* Without a hold or a node in the request: lifts what is unambiguous. */
static void control_clear_only(struct connection *connection,
                               const struct flag *flag)
{
    json_auto_t *holds = flag_holds(flag);
    json_auto_t *after = NULL;
    size_t n = json_array_size(holds);

    if (!flag_is_kind(flag, "operator")) {
        /* Lifts the node's failure; the holds stay. */
        after = flag_from_holds(holds);
        control_flag_replace(connection, flag, after);
    } else if (n > 1) {
        connection_fail(
            connection, CCM_EXIT_FAILED,
            "there are %zu holds: lift one with ccmctl flag clear --hold ID, "
            "or all with ccmctl flag clear --all (see ccmctl flag show)",
            n);
    } else {
        control_flag_replace(connection, flag, NULL);
    }
}

/* The flag says that a node is in doubt. Ranges: applying/, some. Once its
 * marker is gone, an operator has decided. */
static void control_clear_doubt(struct connection *connection,
                                const struct flag *flag,
                                const struct store_reply *reply)
{
    const char *node = json_string_or(flag->json, "node", "");
    cleanup_free char *marker = xasprintf("applying/%s", node);
    const struct store_range *markers = &reply->ranges[1];
    size_t i;

    for (i = 0; i < markers->n; i++) {
        if (!streq(markers->kvs[i].key, marker))
            continue;
        connection_fail(connection, CCM_EXIT_HALTED,
                        "%s is in doubt: only you can know that it is dead. "
                        "Make sure of that, then run: ccmctl flag clear %s",
                        node, node);
        return;
    }
    control_clear_only(connection, flag);
}

static void control_clear_flag(struct connection *connection,
                               const struct flag *flag,
                               const struct store_reply *reply)
{
    if (!flag->json)
        connection_ok(connection, json_pack("{s:n}", "flag"));
    else if (json_object_get(connection->request, "hold"))
        control_clear_hold(connection, flag);
    else if (flag_is_kind(flag, "in-doubt"))
        control_clear_doubt(connection, flag, reply);
    else if (json_bool_or(connection->request, "all", false))
        control_flag_replace(connection, flag, NULL);
    else
        control_clear_only(connection, flag);
}

static void control_flag_found(struct connection *connection,
                               const struct store_reply *reply)
{
    struct flag flag = {0};

    flag_set(&flag, reply->ranges[0].n ? &reply->ranges[0].kvs[0] : NULL);
    if (reply->n_ranges > 2)
        control_clear_node(connection, &flag, reply);
    else
        control_clear_flag(connection, &flag, reply);
    flag_done(&flag);
}

void control_flag_clear(struct connection *connection)
{
    const char *node = json_string_or(connection->request, "node", NULL);
    cleanup_free char *alive = xasprintf("alive/%s", node ? node : "");
    cleanup_free char *marker = xasprintf("applying/%s", node ? node : "");
    struct error err;
    struct txn *txn;

    if (node && name_check_node(node, &err) < 0) {
        connection_fail(connection, CCM_EXIT_USAGE, "the node's name %s",
                        err.text);
        return;
    }
    txn = txn_new();
    txn_get(txn, "flag");
    if (node) {
        txn_get(txn, alive);
        txn_get(txn, marker);
    } else {
        txn_get_below(txn, "applying/",
                      &(struct txn_range){.limit = MARKERS_MAX});
    }
    connection_commit(connection, txn, control_flag_found);
}
