/* SPDX-License-Identifier: ISC */
/* One plan of a module that is checked. */
#include "host/mode_check.h"

#include "base/alloc.h"
#include "base/util.h"
#include "objects/source.h"

#include <errno.h>

/* The host sorts by id; this is how it would be if it did not. */
static void mode_check_unsort(struct objects_type *type, const json_t *array)
{
    json_decref(type->array);
    type->array = json_incref((json_t *) array);
}

static int mode_check_make_objects(const struct mode_check *check,
                                   const json_t *samples, bool as_is,
                                   struct objects **out, struct error *err)
{
    char **types = check->configuration.subscribes;
    const char *none[] = {NULL};
    size_t i;
    int r = objects_new(types ? (const char *const *) types : none, out, err);

    for (i = 0; r == 0 && i < (*out)->n_types; i++) {
        struct objects_type *type = &(*out)->types[i];
        const json_t *array = json_object_get(samples, type->name);

        r = array ? objects_add_page(type, array, 0, err) : 0;
        if (r == 0)
            r = objects_seal(type, err);
        if (r == 0 && as_is && array)
            mode_check_unsort(type, array);
        if (r < 0) {
            error_prefix(err, r, "%s", type->name);
            objects_free(*out);
        }
    }
    return r;
}

int mode_check_plan(struct mode_check *check, const json_t *samples, bool as_is,
                    struct mode_check_plan *plan, struct error *err)
{
    const struct configuration *selected[] = {&check->configuration};
    struct planner_job job = {
        .config = check->config,
        .confine = check->confine,
        .selected = selected,
        .n = 1,
        .as_is = as_is,
    };
    struct objects *objects;
    struct error why;
    int r = mode_check_make_objects(check, samples, as_is, &objects, err);

    if (r < 0)
        return r;
    job.objects = objects;
    check->plans++;
    r = planner_run(&job, &plan->result, err);
    objects_free(objects);
    if (r < 0)
        return r;
    if (plan->result.outcome != PLANNER_OK) {
        plan->error = xstrdup(plan->result.error);
        return 0;
    }
    plan->plan = plan_new();
    if (plan_add(plan->plan, check->configuration.name, plan->result.wire,
                 plan->result.wire_size, &why) < 0) {
        plan->error = xstrdup(why.text);
        plan_free(plan->plan);
        plan->plan = NULL;
    }
    return 0;
}

void mode_check_plan_done(struct mode_check_plan *plan)
{
    plan_free(plan->plan);
    planner_result_done(&plan->result);
    free(plan->error);
    *plan = (struct mode_check_plan){.result = {.fd = -1}};
}
