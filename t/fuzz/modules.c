/* SPDX-License-Identifier: ISC */
/* Modules that plan in the target's process. */
#include "modules.h"

#include "plans.h"

#include "base/json.h"
#include "base/util.h"
#include "objects/source.h"

#include <errno.h>

static json_t *take_document(struct fuzz_input *input)
{
    size_t size;
    char *text = fuzz_cut(input, '\f', &size);
    json_t *document = NULL;

    json_parse(text, size, size, &document, NULL);
    free(text);
    return document;
}

static void take_objects(struct objects_type *type, struct fuzz_input *input)
{
    json_t *page = take_document(input);

    if (!json_is_array(page) || objects_add_page(type, page, 1, NULL) < 0)
        objects_clear_type(type);
    json_decref(page);
    if (objects_seal(type, NULL) == 0)
        return;
    objects_clear_type(type);
    fuzz_check(objects_seal(type, NULL) == 0);
}

void fuzz_modules_init(struct fuzz_modules *modules, const char *const *types,
                       struct fuzz_input *input)
{
    size_t i;

    *modules = (struct fuzz_modules){.plan = plan_new()};
    fuzz_check(objects_new(types, &modules->objects, NULL) == 0);
    modules->settings = take_document(input);
    if (!json_is_object(modules->settings)) {
        json_decref(modules->settings);
        modules->settings = json_object();
    }
    for (i = 0; i < modules->objects->n_types; i++)
        take_objects(&modules->objects->types[i], input);
    modules->input = (struct api_input){.configuration = "fuzz",
                                        .node = "web1",
                                        .settings = modules->settings,
                                        .objects = modules->objects,
                                        .subscribes = types};
    modules->result.fd = planner_result_open();
    fuzz_check(modules->result.fd >= 0);
}

/* Each is an object of this run, named, with a reason. */
static void check_rejected(const struct fuzz_modules *modules)
{
    const json_t *one;
    size_t i;

    json_array_foreach (modules->result.rejected, i, one) {
        const char *error = json_string_or(one, "error", ""), *type;
        json_int_t id = json_integer_value(json_object_get(one, "id"));

        fuzz_check(*error);
        fuzz_check(json_get_string(one, "type", &type, NULL) == 0);
        fuzz_check(objects_find(modules->objects, type, id) != NULL);
    }
}

bool fuzz_modules_plan(struct fuzz_modules *modules)
{
    struct planner_result *result = &modules->result;
    struct configuration configuration = {
        .subscribes = (char **) modules->input.subscribes};
    struct ccm_run run;
    struct error err;
    int r;

    fuzz_error_init(&err);
    result->configuration = &configuration;
    api_init(&run, &modules->input);
    r = api_call(&run, ccm_module.plan, "plan", &err);
    if (r < 0)
        fuzz_check_error(&err);
    fuzz_check(
        planner_result_write(result->fd, &run, r < 0 ? err.text : NULL) == 0);
    api_done(&run);
    planner_result_read(result, modules->objects);
    fuzz_check((result->outcome == PLANNER_OK) == (r == 0));
    if (r < 0)
        return false;
    check_rejected(modules);
    r = plan_add(modules->plan, "fuzz", result->wire, result->wire_size, &err);
    /* What the API takes, the runner takes, unless it was declared twice. */
    fuzz_check(r == 0 || r == -EEXIST);
    fuzz_check_plan(modules->plan);
    return r == 0;
}

void fuzz_modules_done(struct fuzz_modules *modules)
{
    plan_free(modules->plan);
    planner_result_done(&modules->result);
    objects_free(modules->objects);
    json_decref(modules->settings);
}

char *fuzz_modules_line(struct fuzz_input *content)
{
    return content->left > 0 ? fuzz_cut(content, '\n', NULL) : NULL;
}
