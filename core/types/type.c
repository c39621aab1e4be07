/* SPDX-License-Identifier: ISC */
/* Checks, reads and compares declarations of types, as JSON. */
#include "types/type.h"

#include "base/alloc.h"
#include "base/json.h"
#include "base/name.h"
#include "base/util.h"
#include "ccm/grammar.h"

#include <errno.h>

#define FIELD_BYTES_MAX 63
#define FIELDS_MAX 200

static bool type_field_name_valid(const char *name)
{
    return name && name[0] >= 'a' && name[0] <= 'z' &&
           strlen(name) <= FIELD_BYTES_MAX &&
           name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_")] == '\0';
}

static int type_read_flags(const json_t *list, uint32_t *flags,
                           struct error *err)
{
    const json_t *one;
    size_t i, j;

    json_array_foreach (list, i, one) {
        const char *name = json_string_value(one);

        for (j = 0; j < TYPE_FLAGS; j++)
            if (name && streq(type_flags[j].name, name))
                break;
        if (j == TYPE_FLAGS)
            return error_set(err, -EPROTO, "flag \"%.63s\" is unknown",
                             name ? name : "");
        *flags |= type_flags[j].flag;
    }
    return 0;
}

static bool type_is_text(enum ccm_kind kind)
{
    return kind == CCM_STRING || kind == CCM_LINE || kind == CCM_NAME ||
           kind == CCM_SECRET || kind == CCM_TIMESTAMP;
}

static bool type_holds_others(enum ccm_kind kind)
{
    return kind == CCM_ARRAY || kind == CCM_MAP;
}

/* The members that a field of this kind cannot have. */
static int type_check_rules(const struct type_field *field, struct error *err)
{
    enum ccm_kind kind =
        type_holds_others(field->kind) ? field->of : field->kind;

    if (kind == 0 || type_holds_others(kind))
        return error_set(err, -EPROTO,
                         "has no \"of\" of a simple kind, as arrays and maps "
                         "need");
    if (field->of && !type_holds_others(field->kind))
        return error_set(err, -EPROTO,
                         "has \"of\", but is not an array or a map");
    if ((field->grammar || field->values) && !type_is_text(kind))
        return error_set(err, -EPROTO,
                         "has a grammar or values, but is not text");
    if (field->grammar && !ccm_expects(field->grammar))
        return error_set(err, -EPROTO, "grammar \"%.63s\" is unknown",
                         field->grammar);
    if (field->reference &&
        (kind != CCM_INTEGER || !name_valid(field->reference)))
        return error_set(err, -EPROTO,
                         "reference needs an integer and the name of a type");
    if (field->max != 0 && field->min > field->max)
        return error_set(err, -EPROTO, "min is larger than max");
    if (field->initial && type_check_value(field, field->initial, err) < 0)
        return error_prefix(err, -EPROTO, "default");
    return 0;
}

static int type_read_field(const json_t *from, struct type_field *field,
                           struct error *err)
{
    const json_t *example = json_object_get(from, "example");
    int r;

    *field = (struct type_field){
        .name = json_string_or(from, "name", NULL),
        .kind = type_kind_find(json_string_or(from, "kind", NULL)),
        .of = type_kind_find(json_string_or(from, "of", NULL)),
        .min = json_integer_or(from, "min", 0),
        .max = json_integer_or(from, "max", 0),
        .grammar = json_string_or(from, "grammar", NULL),
        .reference = json_string_or(from, "reference", NULL),
        .values = json_object_get(from, "values"),
        .initial = json_object_get(from, "default"),
    };
    if (!type_field_name_valid(field->name) || streq(field->name, "id"))
        return error_set(err, -EPROTO,
                         "is not valid; expected [a-z][a-z0-9_]*, at most %d "
                         "bytes, and not \"id\"",
                         FIELD_BYTES_MAX);
    if (field->kind == 0)
        return error_set(err, -EPROTO, "kind \"%.63s\" is unknown",
                         json_string_or(from, "kind", ""));
    r = type_read_flags(json_object_get(from, "flags"), &field->flags, err);
    field->may_miss = field->initial || (field->flags & CCM_OPTIONAL);
    if (r == 0)
        r = type_check_rules(field, err);
    if (r == 0 && example && type_check_value(field, example, err) < 0)
        r = error_prefix(err, -EPROTO, "example");
    return r;
}

static int type_read_fields(struct type *type, const json_t *list,
                            struct error *err)
{
    const json_t *from;
    size_t i, j;
    int r;

    type->fields = xcalloc(json_array_size(list) + 1, sizeof(*type->fields));
    json_array_foreach (list, i, from) {
        struct type_field *field = &type->fields[i];

        r = type_read_field(from, field, err);
        for (j = 0; r == 0 && j < i; j++)
            if (streq(type->fields[j].name, field->name))
                r = error_set(err, -EPROTO, "is declared twice");
        if (r < 0)
            return error_prefix(err, r, "type \"%s\": field \"%.63s\"",
                                type->name, field->name ? field->name : "");
        type->n_fields++;
    }
    return 0;
}

/* Are the fields of "unique" there? */
static int type_read_unique(struct type *type, struct error *err)
{
    const json_t *one;
    size_t i, j;

    type->unique = json_object_get(type->declaration, "unique");
    json_array_foreach (type->unique, i, one) {
        const char *name = json_string_value(one);

        for (j = 0; name && j < type->n_fields; j++)
            if (streq(type->fields[j].name, name))
                break;
        if (!name || j == type->n_fields)
            return error_set(err, -EPROTO,
                             "type \"%s\": unique names the field \"%.63s\", "
                             "which is not declared",
                             type->name, name ? name : "");
    }
    return 0;
}

int type_new(const json_t *declaration, struct type **out, struct error *err)
{
    struct type *type = xcalloc(1, sizeof(*type));
    const json_t *list = json_object_get(declaration, "fields");
    int r = 0;

    type->declaration = json_deep_copy(declaration);
    type->name = json_string_or(type->declaration, "name", NULL);
    if (!type->name || !name_valid(type->name))
        r = error_set(err, -EPROTO, "type \"%.63s\": expected " NAME_RULE,
                      type->name ? type->name : "");
    else if (!json_is_array(list) || json_array_size(list) > FIELDS_MAX)
        r = error_set(err, -EPROTO, "type \"%s\": expected at most %d fields",
                      type->name, FIELDS_MAX);
    if (r == 0)
        r = type_read_fields(type, json_object_get(type->declaration, "fields"),
                             err);
    if (r == 0)
        r = type_read_unique(type, err);
    if (r < 0) {
        type_free(type);
        return r;
    }
    *out = type;
    return 0;
}

void type_free(struct type *type)
{
    if (!type)
        return;
    json_decref(type->declaration);
    free(type->fields);
    free(type);
}

static int type_differ(const char *where, const char *what, const json_t *one,
                       const json_t *other, struct error *err)
{
    cleanup_free char *here =
        one ? json_dumps(one, JSON_ENCODE_ANY | JSON_SORT_KEYS) : NULL;
    cleanup_free char *there =
        other ? json_dumps(other, JSON_ENCODE_ANY | JSON_SORT_KEYS) : NULL;

    return error_set(err, -EEXIST, "%s\"%s\" is %.100s, and %.100s there",
                     where, what, here ? here : "not given",
                     there ? there : "not given");
}

static int type_compare_members(const char *where, const json_t *one,
                                const json_t *other, struct error *err)
{
    static const char *const members[] = {
        "name",    "kind",      "of",      "flags",   "min",
        "max",     "values",    "grammar", "default", "unique",
        "example", "reference", "summary"};
    size_t i;

    for (i = 0; i < ARRAY_SIZE(members); i++) {
        const json_t *here = json_object_get(one, members[i]);
        const json_t *there = json_object_get(other, members[i]);

        if ((here || there) && !json_equal(here, there))
            return type_differ(where, members[i], here, there, err);
    }
    return 0;
}

int type_compare(const json_t *one, const json_t *other, struct error *err)
{
    const json_t *here = json_object_get(one, "fields");
    const json_t *there = json_object_get(other, "fields");
    size_t i, n = json_array_size(here);
    int r = type_compare_members("", one, other, err);

    if (json_array_size(there) > n)
        n = json_array_size(there);
    for (i = 0; i < n && r == 0; i++) {
        const json_t *a = json_array_get(here, i),
                     *b = json_array_get(there, i);
        char where[100];

        snprintf(where, sizeof(where), "field %zu (\"%.63s\"): ", i + 1,
                 json_string_or(a ? a : b, "name", ""));
        r = type_compare_members(where, a, b, err);
    }
    return r;
}
