/* SPDX-License-Identifier: ISC */
/* Describes a module: loads it, checks its descriptor, and calls its check()
 * with the settings. */
#include "host/describe_child.h"

#include "base/alloc.h"
#include "base/io.h"
#include "base/json.h"
#include "base/util.h"
#include "host/api.h"
#include "host/catalog_types.h"
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

/* The module's tables as JSON, checked here so that the error reaches its
 * author. */
static int describe_types(const struct ccm_module *module, json_t *answer,
                          struct error *err)
{
    json_t *list = json_array();
    size_t i;
    int r = 0;

    json_object_set_new(answer, "types", list);
    for (i = 0; r == 0 && module->types && module->types[i]; i++) {
        json_t *declaration = NULL;
        struct type *type = NULL;

        r = i < NAMES_MAX
                ? type_from_table(module->types[i], &declaration, err)
                : error_set(err, -EPROTO, "types has no NULL at its end");
        if (r == 0)
            r = type_new(declaration, &type, err);
        type_free(type);
        if (declaration)
            json_array_append_new(list, declaration);
    }
    return r;
}

/* The table of settings, and the settings held against it. */
static int describe_settings(const struct ccm_module *module, json_t *input,
                             json_t *answer, struct error *err)
{
    json_t *declaration;
    int r;

    if (!module->settings)
        return 0;
    r = type_from_table(module->settings, &declaration, err);
    if (r < 0)
        return r;
    json_object_set_new(declaration, "name", json_string("settings"));
    json_object_set_new(answer, "settings", declaration);
    return catalog_types_settings(declaration,
                                  json_object_get(input, "settings"), err);
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

    if (r == 0) {
        answer = describe_answer(&module);
        r = describe_types(&module, answer, &err);
    }
    if (r == 0)
        r = describe_settings(&module, brief->input, answer, &err);
    if (r == 0)
        r = describe_check(brief, &module, &err);
    if (r < 0) {
        json_decref(answer);
        answer = json_pack("{s:o}", "error", json_text(err.text));
    }
    line = json_line(answer);
    text = xasprintf("%s\n", line);
    return io_write_all(brief->out_fd, text, strlen(text)) < 0
               ? FENCE_EXIT_REPORT
               : 0;
}
