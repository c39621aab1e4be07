/* SPDX-License-Identifier: ISC */
/*
 * Checking the objects of a run. An object is bad because of the first thing
 * that is wrong with it. Of two objects that shall differ and do not, the one
 * with the higher id is bad: the other one was there first.
 */
#include "host/run_types.h"

#include "base/alloc.h"
#include "base/json.h"
#include "base/util.h"
#include "host/api.h"
#include "host/names.h"
#include "types/grammar.h"

#include <ctype.h>
#include <errno.h>

struct run_types {
    struct run *run;
    const struct catalog_type *type;
    const char *configuration; /* of the run; for the report */
    json_t *seen;              /* "field value" of what is unique: the id */
};

static int64_t run_types_id(const json_t *object)
{
    return json_integer_value(json_object_get(object, "id"));
}

static void run_types_bad(struct run_types *check, const json_t *object,
                          const char *why)
{
    struct run *run = check->run;
    const char *type = check->type->type->name;
    json_t *ids = json_object_get(run->bad_ids, type);

    if (!ids) {
        ids = json_array();
        json_object_set_new(run->bad_ids, type, ids);
    }
    json_array_append_new(ids, json_integer(run_types_id(object)));
    if (json_array_size(run->bad) >= API_REASONS_MAX)
        return;
    json_array_append_new(run->bad,
                          json_pack("{s:s, s:s, s:I, s:o}", "configuration",
                                    check->configuration, "type", type, "id",
                                    (json_int_t) run_types_id(object), "error",
                                    json_text(why)));
}

static int run_types_refers(const struct run_types *check,
                            const struct type_field *field, const json_t *value,
                            struct error *err)
{
    const struct objects *objects = check->run->objects;
    const json_t *one;
    size_t i;
    int r = 0;

    if (!objects_of(objects, field->reference))
        return 0; /* nobody in this run subscribes to it */
    if (json_is_integer(value)) {
        if (objects_find(objects, field->reference, json_integer_value(value)))
            return 0;
        return error_set(err, -EINVAL,
                         "field \"%s\" names %s/%lld, which does not exist",
                         field->name, field->reference,
                         (long long) json_integer_value(value));
    }
    json_array_foreach (value, i, one)
        if (r == 0)
            r = run_types_refers(check, field, one, err);
    return r;
}

/* One key for values that are the same. Returns new. */
static char *run_types_key(const struct type_field *field, const json_t *value)
{
    cleanup_free char *text =
        json_dumps(value, JSON_ENCODE_ANY | JSON_SORT_KEYS | JSON_COMPACT);
    char *c;

    for (c = text; grammar_folds(field->grammar) && *c; c++)
        *c = (char) tolower((unsigned char) *c);
    return xasprintf("%s %s", field->name, text);
}

static int run_types_unique(struct run_types *check,
                            const struct type_field *field,
                            const json_t *object, struct error *err)
{
    const json_t *value = json_object_get(object, field->name), *other;
    cleanup_free char *key = NULL;

    if (!value || json_is_null(value))
        return 0;
    key = run_types_key(field, value);
    other = json_object_get(check->seen, key);
    if (!other) {
        json_object_set_new(check->seen, key,
                            json_integer(run_types_id(object)));
        return 0;
    }
    return error_set(err, -EINVAL,
                     "field \"%s\" has the value of %s/%lld, and must be "
                     "unique",
                     field->name, check->type->type->name,
                     (long long) json_integer_value(other));
}

/* The fields that are unique together, if the object has all of them. */
static int run_types_together(struct run_types *check, const json_t *object,
                              struct error *err)
{
    const struct type *type = check->type->type;
    json_auto_t *values = json_array();
    cleanup_free char *text = NULL, *key = NULL, *fields = NULL;
    const json_t *one, *other;
    size_t i;

    json_array_foreach (type->unique, i, one) {
        json_t *value = json_object_get(object, json_string_value(one));

        if (!value || json_is_null(value))
            return 0;
        json_array_append(values, value);
    }
    if (json_array_size(values) == 0)
        return 0;
    text = json_dumps(values, JSON_SORT_KEYS | JSON_COMPACT);
    key = xasprintf("+ %s", text);
    other = json_object_get(check->seen, key);
    if (!other) {
        json_object_set_new(check->seen, key,
                            json_integer(run_types_id(object)));
        return 0;
    }
    fields = json_dumps(type->unique, JSON_COMPACT);
    return error_set(err, -EINVAL,
                     "fields %s have the values of %s/%lld, and must be "
                     "unique together",
                     fields, type->name, (long long) json_integer_value(other));
}

static int run_types_object(struct run_types *check, json_t *object,
                            struct error *err)
{
    const struct type *type = check->type->type;
    size_t i;
    int r = type_check(type, object, err);

    if (!object_id_valid(run_types_id(object)))
        r = error_set(err, -EINVAL,
                      "field \"id\" is not valid; expected 1 to "
                      "9007199254740991");
    for (i = 0; i < type->n_fields && r == 0; i++) {
        const struct type_field *field = &type->fields[i];

        if (field->reference)
            r = run_types_refers(check, field,
                                 json_object_get(object, field->name), err);
        if (r == 0 && (field->flags & CCM_UNIQUE))
            r = run_types_unique(check, field, object, err);
    }
    return r < 0 ? r : run_types_together(check, object, err);
}

static void run_types_all(struct run_types *check)
{
    const json_t *objects =
        objects_of(check->run->objects, check->type->type->name);
    json_t *object;
    size_t i;

    check->seen = json_object();
    json_array_foreach (objects, i, object) {
        struct error why;

        if (run_types_object(check, object, &why) < 0)
            run_types_bad(check, object, why.text);
    }
    json_decref(check->seen);
}

void run_types_check(struct run *run)
{
    size_t i, j;

    run->bad = json_array();
    run->bad_ids = json_object();
    for (i = 0; i < run->catalog->n_types; i++) {
        struct run_types check = {.run = run, .type = &run->catalog->types[i]};
        const char *name = check.type->type->name;

        for (j = 0; j < run->n_selected && !check.configuration; j++)
            if (names_has((const char *const *) run->selected[j]->subscribes,
                          name))
                check.configuration = run->selected[j]->name;
        if (check.configuration)
            run_types_all(&check);
    }
}
