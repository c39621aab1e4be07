/* SPDX-License-Identifier: ISC */
/* The table of requests and their functions. */
#include "base/json.h"
#include "base/util.h"
#include "control/connection.h"

static const struct {
    const char *op;
    connection_fn fn;
} control_ops[] = {
    {"status", control_status},
    {"nodes", control_nodes},
    {"queue", control_queue},
    {"module.list", control_module_list},
    {"module.reload", control_module_reload},
    {"plan", control_plan},
    {"apply", control_apply},
    {"publish", control_publish},
    {"object.list", control_object_list},
    {"object.get", control_object_get},
    {"object.put", control_object_put},
    {"object.delete", control_object_delete},
    {"object.import", control_object_import},
    {"flag.show", control_flag_show},
    {"flag.set", control_flag_set},
    {"flag.clear", control_flag_clear},
    {"history", control_history},
};

void control_dispatch(struct connection *connection)
{
    const char *op = json_string_or(connection->request, "op", "");
    size_t i;

    for (i = 0; i < ARRAY_SIZE(control_ops); i++) {
        if (streq(control_ops[i].op, op)) {
            control_ops[i].fn(connection);
            return;
        }
    }
    connection_fail(connection, CCM_EXIT_USAGE,
                    "ccmd does not know the request \"%s\"; do ccmctl and ccmd "
                    "have the same version?",
                    op);
}
