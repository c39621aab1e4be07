/* SPDX-License-Identifier: ISC */
/* One plan of a module that is examined, and how two of them differ. */
#include "host/mode_check.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/util.h"
#include "objects/source.h"
#include "plan/wire.h"

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

static bool mode_check_same(const struct change *a, const struct change *b)
{
    cleanup_buf struct buf left = BUF_INIT, right = BUF_INIT;

    wire_put(&left, a);
    wire_put(&right, b);
    return left.size == right.size &&
           memcmp(left.data, right.data, left.size) == 0;
}

static bool mode_check_same_name(const struct change *a, const struct change *b)
{
    const char *left = a->path ? a->path : a->name;
    const char *right = b->path ? b->path : b->name;

    if (!left && a->list)
        left = a->list[0];
    if (!right && b->list)
        right = b->list[0];
    return a->kind == b->kind && left && right && streq(left, right);
}

char *mode_check_compare(const struct plan *a, const struct plan *b)
{
    char text[PLAN_DESCRIBE_SIZE], other[PLAN_DESCRIBE_SIZE];
    size_t i;

    for (i = 0; i < a->n_changes && i < b->n_changes; i++) {
        if (mode_check_same(&a->changes[i], &b->changes[i]))
            continue;
        plan_describe(a, &a->changes[i], text);
        plan_describe(b, &b->changes[i], other);
        if (mode_check_same_name(&a->changes[i], &b->changes[i]))
            return xasprintf("%s is not the same", text);
        return xasprintf("declared %s instead of %s", other, text);
    }
    if (a->n_changes == b->n_changes)
        return NULL;
    return xasprintf("%zu declarations instead of %zu", b->n_changes,
                     a->n_changes);
}

static const struct change *mode_check_twin(const struct plan *plan,
                                            const struct change *of)
{
    const struct change *twin = NULL;
    size_t i;

    for (i = 0; i < plan->n_changes; i++) {
        if (mode_check_same(&plan->changes[i], of))
            return &plan->changes[i];
        if (!twin && mode_check_same_name(&plan->changes[i], of))
            twin = &plan->changes[i];
    }
    return twin;
}

char *mode_check_compare_sets(const struct plan *a, const struct plan *b,
                              bool *contents)
{
    const struct change *twin, *differs = NULL;
    char text[PLAN_DESCRIBE_SIZE];
    size_t i;

    *contents = false;
    for (i = 0; i < a->n_changes; i++) {
        twin = mode_check_twin(b, &a->changes[i]);
        if (!twin) {
            plan_describe(a, &a->changes[i], text);
            return xasprintf("%s is no longer declared", text);
        }
        if (!mode_check_same(twin, &a->changes[i]))
            differs = &a->changes[i];
    }
    if (a->n_changes != b->n_changes)
        return xasprintf("%zu declarations instead of %zu", b->n_changes,
                         a->n_changes);
    if (!differs)
        return NULL;
    *contents = true;
    plan_describe(a, differs, text);
    return xasprintf("%s", text);
}
