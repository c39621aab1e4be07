/* SPDX-License-Identifier: ISC */
/*
 * The samples in other forms. The plan must not depend on the order of members,
 * and one invalid object must not block all others: it must be rejected.
 */
#include "host/mode_check.h"

#include "base/alloc.h"
#include "base/util.h"

#include <errno.h>

#define TAINT "ccm-taint"
#define VARIANTS_MAX 2000

static json_t *variant_reverse(const json_t *value)
{
    const char **names;
    const char *name;
    json_t *member, *out;
    size_t n = 0;

    if (json_is_array(value)) {
        out = json_array();
        json_array_foreach (value, n, member)
            json_array_append_new(out, variant_reverse(member));
        return out;
    }
    if (!json_is_object(value))
        return json_incref((json_t *) value);
    names = xcalloc(json_object_size(value) + 1, sizeof(*names));
    json_object_foreach ((json_t *) value, name, member)
        names[n++] = name;
    out = json_object();
    while (n-- > 0)
        json_object_set_new(out, names[n],
                            variant_reverse(json_object_get(value, names[n])));
    free(names);
    return out;
}

/* The objects of all types in reverse order. */
static json_t *variant_turn(const json_t *samples)
{
    json_t *out = json_object(), *array;
    const char *type;

    json_object_foreach ((json_t *) samples, type, array) {
        json_t *turned = json_array();
        size_t i;

        for (i = json_array_size(array); i-- > 0;)
            json_array_append(turned, json_array_get(array, i));
        json_object_set_new(out, type, turned);
    }
    return out;
}

static int mode_check_members(struct mode_check *check,
                              const struct plan *usual, struct error *err)
{
    json_auto_t *samples = variant_reverse(check->objects);
    cleanup_free char *differs = NULL;
    struct mode_check_plan plan = {.result = {.fd = -1}};
    int r = mode_check_plan(check, samples, false, &plan, err);

    if (r == 0 && !plan.plan)
        mode_check_find(check,
                        "with the members of all objects in another order: %s",
                        plan.error);
    differs = r == 0 && plan.plan ? mode_check_compare(usual, plan.plan) : NULL;
    if (differs)
        mode_check_find(
            check,
            "depends on the order of the members of objects (sort them): %s",
            differs);
    mode_check_plan_done(&plan);
    return r;
}

static int mode_check_turned(struct mode_check *check, const struct plan *usual,
                             struct error *err)
{
    json_auto_t *samples = variant_turn(check->objects);
    cleanup_free char *differs = NULL;
    struct mode_check_plan plan = {.result = {.fd = -1}};
    bool contents = false;
    int r = mode_check_plan(check, samples, true, &plan, err);

    if (r == 0 && !plan.plan)
        mode_check_find(check, "with the objects in another order: %s",
                        plan.error);
    if (r == 0 && plan.plan)
        differs = mode_check_compare_sets(usual, plan.plan, &contents);
    if (differs && contents)
        mode_check_note(
            check,
            "depends on the order of the objects (always ordered by id): %s",
            differs);
    else if (differs)
        mode_check_find(
            check, "the declarations depend on the order of the objects: %s",
            differs);
    mode_check_plan_done(&plan);
    return r;
}

int mode_check_orders(struct mode_check *check, const struct plan *usual,
                      struct error *err)
{
    int r = mode_check_members(check, usual, err);

    return r == 0 ? mode_check_turned(check, usual, err) : r;
}

/* ------------------------------------------------------------------- fields
 */

static json_t *fault_null(const json_t *now)
{
    (void) now;
    return json_null();
}

static json_t *fault_type(const json_t *now)
{
    return json_is_string(now) ? json_integer(-7) : json_string("text");
}

/* Text that a customer may write and that must stay in its line, block and
 * file. */
static json_t *fault_hostile(const json_t *now)
{
    return json_is_string(now) ? json_string("../a/\n'\"\\;{}$(x)`%n\t") : NULL;
}

/* Text with further lines, each beginning with a byte that is special in some
 * format. */
static json_t *fault_lines(const json_t *now)
{
    return json_is_string(now)
               ? json_sprintf("%s\n" TAINT "\n\"" TAINT "\n'" TAINT "\n%%" TAINT
                              "\n;" TAINT "\n",
                              json_string_value(now))
               : NULL;
}

/* The change to a field; NULL: it is removed. */
static const struct {
    const char *what;
    json_t *(*value)(const json_t *now);
} faults[] = {
    {"is missing", NULL},
    {"is null", fault_null},
    {"is of another type", fault_type},
    {"is hostile text", fault_hostile},
    {"has line breaks", fault_lines},
};

/* text is of a file, size bytes and a NUL. */
static bool variant_has_taint(const char *text, size_t size)
{
    const char *end = text + size;

    while ((text = memchr(text, '\n', (size_t) (end - text)))) {
        text++;
        text += strspn(text, " \t");
        text += strspn(text, "\"'%;");
        if (strncmp(text, TAINT, strlen(TAINT)) == 0)
            return true;
    }
    return false;
}

/* The file in which a line begins with a line of the object's text. Returns
 * borrowed, or NULL. */
static const char *variant_tainted(const struct plan *plan)
{
    size_t i;

    for (i = 0; i < plan->n_changes; i++) {
        const struct change *change = &plan->changes[i];

        if (change->kind == CHANGE_FILE && change->content &&
            variant_has_taint(change->content, change->size))
            return change->path;
    }
    return NULL;
}

/* The samples with one changed field in the first object of a type. Returns
 * new, or NULL if there is no such variant. */
static json_t *variant_field(const json_t *samples, const char *type,
                             const char *field, size_t fault)
{
    const json_t *array = json_object_get(samples, type);
    json_t *object = json_copy(json_array_get(array, 0));
    json_t *value, *out, *changed;

    if (!faults[fault].value) {
        json_object_del(object, field);
    } else {
        value = faults[fault].value(json_object_get(object, field));
        if (!value) {
            json_decref(object);
            return NULL;
        }
        json_object_set_new(object, field, value);
    }
    changed = json_copy((json_t *) array);
    json_array_set_new(changed, 0, object);
    out = json_copy((json_t *) samples);
    json_object_set_new(out, type, changed);
    return out;
}

/* Checks the plan of such a variant. */
static void mode_check_field_plan(struct mode_check *check, const char *type,
                                  const char *field, size_t fault,
                                  const struct mode_check_plan *plan)
{
    const json_t *first =
        json_array_get(json_object_get(check->objects, type), 0);
    long long id = json_integer_value(json_object_get(first, "id"));
    const char *path;

    if (!plan->plan) {
        mode_check_find(
            check, "%s when \"%s\" of %s/%lld %s: %s",
            plan->result.outcome == PLANNER_DIED
                ? "does not survive"
                : "fails as a whole, instead of rejecting one object,",
            field, type, id, faults[fault].what, plan->error);
        return;
    }
    path = variant_tainted(plan->plan);
    if (path)
        mode_check_find(
            check,
            "a line break in \"%s\" of %s/%lld is not escaped: the text after "
            "it begins a line of %s; reject the object, or escape it",
            field, type, id, path);
}

static int mode_check_field(struct mode_check *check, const char *type,
                            const char *field, size_t fault, struct error *err)
{
    json_auto_t *samples = variant_field(check->objects, type, field, fault);
    struct mode_check_plan plan = {.result = {.fd = -1}};
    int r;

    if (!samples)
        return 0;
    r = mode_check_plan(check, samples, false, &plan, err);
    if (r == 0)
        mode_check_field_plan(check, type, field, fault, &plan);
    mode_check_plan_done(&plan);
    return r;
}

static int mode_check_type(struct mode_check *check, const char *type,
                           struct error *err)
{
    const json_t *first =
        json_array_get(json_object_get(check->objects, type), 0);
    const char *field;
    json_t *value;
    size_t i;
    int r = 0;

    json_object_foreach ((json_t *) first, field, value) {
        if (streq(field, "id"))
            continue;
        for (i = 0; i < ARRAY_SIZE(faults) && r == 0; i++)
            if (check->plans < VARIANTS_MAX)
                r = mode_check_field(check, type, field, i, err);
        if (r < 0)
            break;
    }
    return r;
}

int mode_check_fields(struct mode_check *check, struct error *err)
{
    const char *type;
    json_t *array;
    int r = 0;

    json_object_foreach (check->objects, type, array) {
        r = mode_check_type(check, type, err);
        if (r < 0)
            break;
    }
    if (check->plans >= VARIANTS_MAX)
        mode_check_note(check,
                        "not all fields were tried: the limit is %d plans",
                        VARIANTS_MAX);
    return r;
}
