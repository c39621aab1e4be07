/* SPDX-License-Identifier: ISC */
/* A planner: reads the objects, loads the module, compares it with its earlier
 * description, calls plan() and leaves the result. */
#include "host/planner_child.h"

#include "base/json.h"
#include "base/util.h"
#include "host/api.h"
#include "host/fence.h"
#include "host/names.h"
#include "host/planner_result.h"
#include "objects/source.h"

#include <errno.h>

/* A planner's life is one call of plan(): what it allocates stays. */
struct planner_input {
    struct api_input api;
    const char *module, *version;
    char **subscribes, **depends, **after, **groups, **types;
    struct objects *objects;
    const int *fds; /* of the types' objects */
    bool as_is;
};

static int planner_read_names(const json_t *input, struct planner_input *into,
                              struct error *err)
{
    const struct {
        const char *field;
        char ***to;
    } lists[] = {
        {"subscribes", &into->subscribes}, {"depends", &into->depends},
        {"after", &into->after},           {"groups", &into->groups},
        {"types", &into->types},
    };
    size_t i;
    int r = 0;

    for (i = 0; i < ARRAY_SIZE(lists) && r == 0; i++)
        r = names_from_json(json_object_get(input, lists[i].field), lists[i].to,
                            err);
    return r;
}

/* The host sorts by id; this is how it would be if it did not. */
static void planner_unsort(struct objects_type *type, json_t *array)
{
    json_decref(type->array);
    type->array = json_incref(array);
}

static int planner_read_type(const struct planner_input *input,
                             struct objects_type *type, int fd,
                             struct error *err)
{
    json_auto_t *array = NULL;
    int r = brief_parse(fd, &array, err);

    if (r == 0)
        r = objects_add_page(type, array, 0, err);
    if (r == 0)
        r = objects_seal(type, err);
    if (r == 0 && input->as_is)
        planner_unsort(type, array);
    return r < 0 ? error_prefix(err, r, "objects of %s", type->name) : 0;
}

/* An empty set of types, which are read as they are asked for: what a module
 * does not look at costs nothing. */
static int planner_open_objects(const struct brief_read *brief,
                                struct planner_input *input, struct error *err)
{
    const char *none[] = {NULL};
    int r =
        objects_new(input->types ? (const char *const *) input->types : none,
                    &input->objects, err);

    if (r == 0 && input->objects->n_types != brief->n_types)
        return error_set(err, -EPROTO, "types without objects");
    input->fds = brief->types;
    return r;
}

/* For api_input. */
static int planner_load(void *userdata, const char *type, struct error *err)
{
    struct planner_input *input = userdata;
    size_t i;
    int r = 0;

    for (i = 0; i < input->objects->n_types; i++)
        if (streq(input->objects->types[i].name, type))
            break;
    if (i < input->objects->n_types && !input->objects->types[i].array)
        r = planner_read_type(input, &input->objects->types[i], input->fds[i],
                              err);
    if (r == -ENOMEM)
        _exit(FENCE_EXIT_MEMORY);
    return r;
}

static int planner_read(struct brief_read *brief, struct planner_input *input,
                        struct error *err)
{
    const json_t *from = brief->input;
    int r = planner_read_names(from, input, err);

    if (r < 0)
        return r;
    input->module = json_string_or(from, "module", "");
    input->version = json_string_or(from, "version", "");
    input->as_is = json_bool_or(from, "as_is", false);
    r = planner_open_objects(brief, input, err);
    input->api = (struct api_input){
        .configuration = json_string_or(from, "configuration", ""),
        .node = json_string_or(from, "node", ""),
        .groups = input->groups,
        .settings = json_object_get(from, "settings"),
        .objects = input->objects,
        .load = planner_load,
        .userdata = input,
        .subscribes = (const char *const *) input->subscribes,
        .has_program = brief->has_program,
        .program = brief->has_program ? &brief->run : NULL,
    };
    return r;
}

/* Does the module still match its description? */
static int planner_compare(const struct planner_input *input,
                           const struct ccm_module *module, struct error *err)
{
    const char *const *lists[][2] = {
        {module->subscribes, (const char *const *) input->subscribes},
        {module->depends, (const char *const *) input->depends},
        {module->after, (const char *const *) input->after},
    };
    size_t i;

    if (!streq(input->module, module->name) ||
        !streq(input->version, module->version))
        return error_set(
            err, -EPROTO, "is now %s %s; when it was described it was %s %s",
            module->name, module->version, input->module, input->version);
    for (i = 0; i < ARRAY_SIZE(lists); i++) {
        const char *const *name;

        for (name = lists[i][0]; name && *name; name++)
            if (!names_has(lists[i][1], *name))
                return error_set(err, -EPROTO,
                                 "names \"%s\" now, which it did not when it "
                                 "was described",
                                 *name);
    }
    return 0;
}

static int planner_plan(struct ccm_run *run, const struct brief_read *brief,
                        const struct planner_input *input, struct error *err)
{
    struct ccm_module module;
    int r = module_load(&brief->module, &module, err);

    if (r == 0)
        r = planner_compare(input, &module, err);
    if (r == 0)
        r = api_call(run, module.plan, "plan", err);
    return r;
}

/* Objects that break their type: their module finds them rejected. */
static void planner_reject(struct ccm_run *run, const json_t *bad)
{
    const char *type;
    json_t *ids, *id;
    size_t i;

    json_object_foreach ((json_t *) bad, type, ids)
        json_array_foreach (ids, i, id)
            if (api_load(run, type))
                api_reject_bad(run, type, json_integer_value(id));
}

int planner_child(struct brief_read *brief)
{
    struct planner_input input = {0};
    struct ccm_run run;
    struct error err;
    int r = planner_read(brief, &input, &err);

    api_init(&run, &input.api);
    if (r == 0)
        planner_reject(&run, json_object_get(brief->input, "bad"));
    if (r == 0)
        r = planner_plan(&run, brief, &input, &err);
    r = planner_result_write(brief->out_fd, &run, r < 0 ? err.text : NULL);
    return r < 0 ? FENCE_EXIT_REPORT : 0;
}
