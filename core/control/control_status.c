/* SPDX-License-Identifier: ISC */
/* Requests that look at this node: status, module.list. */
#include "base/alloc.h"
#include "base/json.h"
#include "base/util.h"
#include "control/connection.h"

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
