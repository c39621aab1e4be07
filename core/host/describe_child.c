/* SPDX-License-Identifier: ISC */
/* Describes a module: loads it, checks its descriptor, and calls its check()
 * with the settings. */
#include "host/describe_child.h"

#include "base/alloc.h"
#include "base/io.h"
#include "base/json.h"
#include "base/util.h"
#include "host/api.h"
#include "host/fence.h"
#include "host/names.h"

#include <errno.h>

static int describe_check(const struct brief_read *brief,
                          const struct ccm_module *module, struct error *err)
{
    const json_t *from = brief->input;
    char **groups = NULL;
    struct api_input input = {
        .configuration = json_string_or(from, "configuration", module->name),
        .node = json_string_or(from, "node", ""),
        .settings = json_object_get(from, "settings"),
        .has_program = json_bool_or(from, "has_program", false),
    };
    struct ccm_run run;
    int r;

    if (!module->check)
        return 0;
    r = names_from_json(json_object_get(from, "groups"), &groups, err);
    if (r < 0)
        return r;
    input.groups = groups;
    api_init(&run, &input);
    r = api_call(&run, module->check, "check", err);
    if (r == 0 && run.n_items > 0)
        r = error_set(err, -EINVAL,
                      "check() declares something; only plan() "
                      "may");
    api_done(&run);
    names_free(groups);
    return r;
}

static json_t *describe_answer(const struct ccm_module *module)
{
    return json_pack("{s:s, s:o, s:o, s:o, s:o, s:o}", "name", module->name,
                     "version", json_text(module->version), "summary",
                     json_text(module->summary ? module->summary : ""),
                     "subscribes", names_json(module->subscribes), "depends",
                     names_json(module->depends), "after",
                     names_json(module->after));
}

int describe_child(struct brief_read *brief)
{
    json_auto_t *answer = NULL;
    cleanup_free char *line = NULL, *text = NULL;
    struct ccm_module module;
    struct error err;
    int r = module_load(&brief->module, &module, &err);

    if (r == 0)
        r = describe_check(brief, &module, &err);
    answer = r < 0 ? json_pack("{s:o}", "error", json_text(err.text))
                   : describe_answer(&module);
    line = json_line(answer);
    text = xasprintf("%s\n", line);
    return io_write_all(brief->out_fd, text, strlen(text)) < 0
               ? FENCE_EXIT_REPORT
               : 0;
}
