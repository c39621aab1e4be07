/* SPDX-License-Identifier: ISC */
/*
 * Requests that a runner answers: it writes to the client's descriptor, so a
 * preview of any size never passes through the daemon. And requests that wait:
 * apply, module.reload.
 */
#include "base/alloc.h"
#include "base/json.h"
#include "base/name.h"
#include "base/object_id.h"
#include "base/util.h"
#include "control/connection.h"

#include <sys/wait.h>

static void control_child_line(void *userdata, const char *line, size_t size)
{
    (void) userdata;
    (void) line;
    (void) size;
}

static void control_child_ended(void *userdata, int status, const char *why)
{
    struct connection *connection = userdata;
    int code = WIFEXITED(status) ? WEXITSTATUS(status) : CCM_EXIT_FAILED;

    connection->child = NULL;
    if (connection->answered) /* it has hung up */
        connection_fail(connection, CCM_EXIT_FAILED, "cancelled");
    else if (code == CCM_EXIT_DONE || code == CCM_EXIT_CHANGES)
        connection_ok(connection,
                      json_pack("{s:b}", "changes", code == CCM_EXIT_CHANGES));
    else
        connection_fail(connection, CCM_EXIT_FAILED, "%s", why);
}

static const struct child_ops control_child_ops = {
    .line = control_child_line,
    .ended = control_child_ended,
};

#define ARGV_MAX 256

/* Starts `ccm-runner -c FILE --config-digest D words...` for the client. words:
 * NULL-terminated, copied. */
static void control_runner(struct connection *connection,
                           const char *const *words)
{
    const struct config *config = connection->view->config;
    const char *argv[ARGV_MAX + 6] = {config->runner, "-c", config->file,
                                      "--config-digest", config->digest};
    struct child_spec spec = {.argv = argv,
                              .output_fd = connection->fds[0],
                              .keep_errors = true,
                              .limit_ms = config->run_timeout_ms};
    struct error err;
    size_t i;

    if (connection->fds[0] < 0) {
        connection_fail(connection, CCM_EXIT_USAGE,
                        "the request did not pass a descriptor to write to");
        return;
    }
    for (i = 0; i < ARGV_MAX && words[i]; i++)
        argv[5 + i] = words[i];
    argv[5 + i] = NULL;
    if (child_start(connection->view->loop, &spec, &control_child_ops,
                    connection, &connection->child, &err) < 0)
        connection_fail(connection, CCM_EXIT_FAILED, "%s", err.text);
}

/* Checks the types of a request. Returns how many, or -1 after connection_fail.
 * types: as many as max. */
static int control_types(struct connection *connection, const char **types,
                         size_t max)
{
    const json_t *list = json_object_get(connection->request, "types");
    json_auto_t *known = bus_types(connection->view->rollout->bus);
    const json_t *type, *one;
    size_t i, j;

    if (list && !json_is_null(list) && !json_is_array(list)) {
        connection_fail(connection, CCM_EXIT_USAGE,
                        "\"types\" must be an array of object types");
        return -1;
    }
    if (json_array_size(list) > max) {
        connection_fail(connection, CCM_EXIT_USAGE, "more than %zu types", max);
        return -1;
    }
    json_array_foreach (list, i, type) {
        bool found = false;

        json_array_foreach (known, j, one)
            found |= json_equal((json_t *) one, (json_t *) type);
        if (!found) {
            connection_fail(connection, CCM_EXIT_USAGE,
                            "no configuration of this node subscribes to "
                            "\"%s\" (see ccmctl module list)",
                            json_is_string(type) ? json_string_value(type)
                                                 : "?");
            return -1;
        }
        types[i] = json_string_value(type);
    }
    return (int) json_array_size(list);
}

void control_plan(struct connection *connection)
{
    const char *format = json_string_or(connection->request, "format", "text");
    const char *words[ARGV_MAX] = {
        "plan", "--exit-code", "--catalog",
        json_string_or(*connection->view->catalog, "digest", "")};
    size_t n = 4;

    words[n++] = streq(format, "json") ? "--json" : "--text";
    if (streq(format, "colour"))
        words[n++] = "--colour";
    if (control_types(connection, words + n, ARGV_MAX - n - 1) >= 0)
        control_runner(connection, words);
}

static const char *control_type(struct connection *connection)
{
    const char *type = json_string_or(connection->request, "type", "");

    if (name_valid(type))
        return type;
    connection_fail(connection, CCM_EXIT_USAGE,
                    "\"%.80s\" is not a valid object type: " NAME_RULE, type);
    return NULL;
}

void control_object_list(struct connection *connection)
{
    const char *words[] = {"objects", control_type(connection), NULL};

    if (words[1])
        control_runner(connection, words);
}

void control_object_get(struct connection *connection)
{
    const json_t *id = json_object_get(connection->request, "id");
    cleanup_free char *text =
        xasprintf("%lld", (long long) json_integer_value(id));
    const char *words[] = {"objects", control_type(connection), text, NULL};

    if (!words[1])
        return;
    if (json_is_integer(id) && object_id_valid(json_integer_value(id)))
        control_runner(connection, words);
    else
        connection_fail(connection, CCM_EXIT_USAGE, OBJECT_ID_RULE);
}

void control_history(struct connection *connection)
{
    const char *format = json_string_or(connection->request, "format", "text");
    const char *id = json_string_or(connection->request, "id", NULL);
    int64_t limit = json_integer_or(connection->request, "limit", 20);
    cleanup_free char *text = xasprintf("%lld", (long long) limit);
    const char *words[8] = {"history", "--limit", text};
    size_t n = 3;

    if (streq(format, "json"))
        words[n++] = "--json";
    if (id && id[0] != '-')
        words[n++] = id;
    control_runner(connection, words);
}

void control_apply(struct connection *connection)
{
    struct rollout *rollout = connection->view->rollout;
    const json_t *types = json_object_get(connection->request, "types");
    bool all = json_array_size(types) == 0;
    const char *checked[ARGV_MAX];
    cleanup_free char *who = connection_who(connection);
    cleanup_free char *flag = NULL;
    bool removals = json_bool_or(connection->request, "allow_removals", false);
    const char *plan = json_string_or(connection->request, "plan", NULL);

    if (control_types(connection, checked, ARGV_MAX) < 0)
        return;
    if (rollout->events.flag.json &&
        (!flag_is_own(&rollout->events.flag, rollout->config->node) ||
         !rollout->config->flag_lift_self)) {
        flag = flag_describe(&rollout->events.flag);
        connection_fail(
            connection, CCM_EXIT_HALTED,
            "held by the flag: %s; repair it there, or lift it with "
            "ccmctl flag clear",
            flag);
        return;
    }
    connection->ticket =
        plan ? rollout_request_plan(rollout, all ? NULL : types, who, plan)
             : rollout_request(rollout, all ? NULL : types, who, removals);
    connection->waits = CONNECTION_WAITS_RUN;
    if (!rollout_is_linked(rollout)) {
        cleanup_free char *waits_for = rollout_waits_for(rollout);
        cleanup_free char *text = xasprintf("waiting for %s", waits_for);

        connection_say(connection, text);
    }
}

void control_module_reload(struct connection *connection)
{
    connection->waits = CONNECTION_WAITS_RELOAD;
    connection->view->reload(connection->view->userdata);
}
