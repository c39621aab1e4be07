/* SPDX-License-Identifier: ISC */
/* Clients that wait until a run has ended or the modules are loaded. */
#include "base/json.h"
#include "base/util.h"
#include "control/connection.h"

void control_run_ended(struct control *control, int64_t ticket,
                       const json_t *report)
{
    struct connection *connection;

    for (connection = control->clients; connection;
         connection = connection->next) {
        if (connection->waits != CONNECTION_WAITS_RUN ||
            connection->ticket > ticket)
            continue;
        if (streq(json_string_or(report, "outcome", ""), "differs"))
            connection_fail(connection, CCM_EXIT_FAILED, "%s",
                            json_string_or(report, "error", "?"));
        else if (streq(json_string_or(report, "outcome", ""), "failed"))
            connection_fail(
                connection, CCM_EXIT_FAILED,
                "failed at %s%s%s: %s; the flag is up, the other "
                "nodes leave the change alone",
                json_string_or(report, "step", "?"),
                json_string_or(report, "configuration", NULL) ? " of " : "",
                json_string_or(report, "configuration", ""),
                json_string_or(report, "error", "?"));
        else
            connection_ok(connection, json_deep_copy(report));
    }
}

void control_progress(struct control *control, const char *text)
{
    struct connection *connection;

    for (connection = control->clients; connection;
         connection = connection->next)
        if (connection->waits == CONNECTION_WAITS_RUN)
            connection_say(connection, text);
}

void control_held(struct control *control, const char *text)
{
    struct connection *connection;

    for (connection = control->clients; connection;
         connection = connection->next)
        if (connection->waits == CONNECTION_WAITS_RUN)
            connection_fail(
                connection, CCM_EXIT_HALTED,
                "held by the flag: %s; it is applied when the flag is "
                "lifted (ccmctl flag clear)",
                text);
}

void control_reloaded(struct control *control, const json_t *differences,
                      const char *why)
{
    struct connection *connection;

    for (connection = control->clients; connection;
         connection = connection->next) {
        json_t *result;

        if (connection->waits != CONNECTION_WAITS_RELOAD)
            continue;
        if (why) {
            connection_fail(connection, CCM_EXIT_FAILED,
                            "%s; the old catalog stays in force", why);
            continue;
        }
        result = json_copy(*control->view.catalog);
        json_object_update(result, (json_t *) differences);
        connection_ok(connection, result);
    }
}
