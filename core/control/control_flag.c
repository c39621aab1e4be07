/* SPDX-License-Identifier: ISC */
/* Requests about the flag: show it, set it, clear it. */
#include "base/alloc.h"
#include "base/json.h"
#include "base/name.h"
#include "base/util.h"
#include "control/connection.h"

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

static json_t *control_hold(const struct connection *connection)
{
    cleanup_free char *who = connection_who(connection);
    cleanup_free char *by =
        xasprintf("%s at %s", who, connection->view->config->node);

    return flag_for_operator(by,
                             json_string_or(connection->request, "reason", ""));
}

/* If a node has failed, the hold is kept in its flag, and stays when the node
 * has repaired itself. */
static void control_flag_seen(struct connection *connection,
                              const struct store_reply *reply)
{
    json_t *hold = control_hold(connection);
    cleanup_free char *value = NULL;
    struct flag flag = {0};
    struct txn *txn;

    flag_set(&flag, reply->ranges[0].n ? &reply->ranges[0].kvs[0] : NULL);
    if (flag.json && !flag_is_kind(&flag, "operator")) {
        json_object_set_new(flag.json, "also", hold);
        hold = json_incref(flag.json);
    }
    value = json_line(hold);
    txn = txn_new();
    txn_if_modified(txn, "flag", flag.mod_revision);
    txn_put(txn, "flag", value, 0);
    txn_get(txn, "flag");
    connection_commit(connection, txn, control_flag_put);
    json_decref(hold);
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
        connection_ok(connection, json_pack("{s:n}", "flag"));
    else
        connection_fail(connection, CCM_EXIT_FAILED,
                        "the flag or the node has changed meanwhile: check "
                        "ccmctl flag show, then repeat");
}

/* Ranges: flag; and, when a node is named, alive/<node>, applying/<node>. */
static void control_clear_node(struct connection *connection,
                               const struct flag *flag,
                               const struct store_reply *reply)
{
    const char *node = json_string_or(connection->request, "node", "");
    cleanup_free char *alive = xasprintf("alive/%s", node);
    cleanup_free char *marker = xasprintf("applying/%s", node);
    const struct store_range *presence = &reply->ranges[1];
    bool names = streq(json_string_or(flag->json, "node", ""), node);
    struct txn *txn;

    /* A key without a lease was not put by a ccmd. */
    if (presence->n > 0 && presence->kvs[0].lease != 0 &&
        reply->ranges[2].n > 0) {
        connection_fail(connection, CCM_EXIT_FAILED,
                        "%s is alive and ends its turn itself; a node can be "
                        "declared dead only after its presence has lapsed",
                        node);
        return;
    }
    if (reply->ranges[2].n == 0 && !names) {
        connection_fail(connection, CCM_EXIT_FAILED,
                        "%s has no open turn, and the flag does not name it",
                        node);
        return;
    }
    txn = txn_new();
    txn_if_modified(txn, "flag", flag->mod_revision);
    if (presence->n == 0 || presence->kvs[0].lease == 0)
        txn_if_modified(txn, alive,
                        presence->n ? presence->kvs[0].mod_revision : 0);
    txn_if_modified(txn, marker,
                    reply->ranges[2].n ? reply->ranges[2].kvs[0].mod_revision
                                       : 0);
    txn_delete(txn, marker);
    if (names)
        txn_delete(txn, "flag");
    connection_commit(connection, txn, control_flag_gone);
}

static void control_clear_flag(struct connection *connection,
                               const struct flag *flag)
{
    const char *node = json_string_or(flag->json, "node", "");
    struct txn *txn;

    if (!flag->json) {
        connection_ok(connection, json_pack("{s:n}", "flag"));
        return;
    }
    if (flag_is_kind(flag, "in-doubt")) {
        connection_fail(connection, CCM_EXIT_HALTED,
                        "%s is in doubt: only you can know that it is dead. "
                        "Make sure of that, then run: ccmctl flag clear %s",
                        node, node);
        return;
    }
    txn = txn_new();
    txn_if_modified(txn, "flag", flag->mod_revision);
    txn_delete(txn, "flag");
    connection_commit(connection, txn, control_flag_gone);
}

static void control_flag_found(struct connection *connection,
                               const struct store_reply *reply)
{
    struct flag flag = {0};

    flag_set(&flag, reply->ranges[0].n ? &reply->ranges[0].kvs[0] : NULL);
    if (reply->n_ranges > 1)
        control_clear_node(connection, &flag, reply);
    else
        control_clear_flag(connection, &flag);
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
    }
    connection_commit(connection, txn, control_flag_found);
}
