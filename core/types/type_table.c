/* SPDX-License-Identifier: ISC */
/* A module's table becomes JSON. This runs in the module's process, so an
 * invalid pointer in a table ends only that process. */
#include "types/type.h"

#include "base/json.h"
#include "base/util.h"

#include <errno.h>

#define FIELDS_MAX 200
#define ROW_BYTES_MAX 4096
#define VALUES_MAX 1000

const struct type_flag type_flags[] = {
    {CCM_OPTIONAL, "optional"},     {CCM_NULLABLE, "nullable"},
    {CCM_UNIQUE, "unique"},         {CCM_IMMUTABLE, "immutable"},
    {CCM_WRITE_ONLY, "write-only"},
};

static const struct {
    const char *name, *phrase;
} type_kinds[] = {
    [CCM_STRING] = {"string", "a string"},
    [CCM_LINE] = {"line", "a line of text"},
    [CCM_NAME] = {"name", "a name that can be part of a path"},
    [CCM_INTEGER] = {"integer", "an integer"},
    [CCM_BOOLEAN] = {"boolean", "true or false"},
    [CCM_ARRAY] = {"array", "an array"},
    [CCM_MAP] = {"map", "an object"},
    [CCM_TIMESTAMP] = {"timestamp", "a time such as 2026-11-26T20:24:27Z"},
    [CCM_SECRET] = {"secret", "a string"},
};

const char *type_kind_name(enum ccm_kind kind)
{
    return (size_t) kind < ARRAY_SIZE(type_kinds) ? type_kinds[kind].name
                                                  : NULL;
}

const char *type_kind_phrase(enum ccm_kind kind)
{
    return type_kinds[kind].phrase;
}

enum ccm_kind type_kind_find(const char *name)
{
    size_t i;

    for (i = CCM_STRING; name && i < ARRAY_SIZE(type_kinds); i++)
        if (streq(type_kinds[i].name, name))
            return (enum ccm_kind) i;
    return (enum ccm_kind) 0;
}

static void table_put_text(json_t *to, const char *member, const char *text)
{
    if (text)
        json_object_set_new(to, member, json_text(text));
}

static void table_put_number(json_t *to, const char *member, int64_t number)
{
    if (number != 0)
        json_object_set_new(to, member, json_integer(number));
}

static int table_put_value(json_t *to, const char *member, const char *text,
                           struct error *err)
{
    json_error_t why;
    json_t *value;

    if (!text)
        return 0;
    value = json_loads(text, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, &why);
    if (!value)
        return error_set(err, -EPROTO, "%s is not JSON: %s", member, why.text);
    json_object_set_new(to, member, value);
    return 0;
}

static int table_put_list(json_t *to, const char *member,
                          const char *const *list, struct error *err)
{
    json_t *array;

    if (!list)
        return 0;
    array = json_array();
    json_object_set_new(to, member, array);
    for (; *list; list++) {
        if (json_array_size(array) >= VALUES_MAX)
            return error_set(err, -EPROTO,
                             "%s has more than %d entries: is the NULL at its "
                             "end missing? Use CCM_LIST",
                             member, VALUES_MAX);
        json_array_append_new(array, json_text(*list));
    }
    return 0;
}

static int table_put_field(json_t *to, const struct ccm_field *field,
                           struct error *err)
{
    const char *kind = type_kind_name(field->kind);
    const char *of = field->of ? type_kind_name(field->of) : NULL;
    json_t *flags = json_array();
    size_t i;
    int r;

    table_put_text(to, "name", field->name);
    table_put_text(to, "kind", kind ? kind : "unknown");
    for (i = 0; i < TYPE_FLAGS; i++)
        if (field->flags & type_flags[i].flag)
            json_array_append_new(flags, json_string(type_flags[i].name));
    if (json_array_size(flags) > 0)
        json_object_set(to, "flags", flags);
    json_decref(flags);
    table_put_number(to, "min", field->min);
    table_put_number(to, "max", field->max);
    table_put_text(to, "grammar", field->grammar);
    table_put_text(to, "reference", field->reference);
    table_put_text(to, "of", field->of && !of ? "unknown" : of);
    table_put_text(to, "summary", field->summary);
    r = table_put_list(to, "values", field->values, err);
    if (r == 0)
        r = table_put_value(to, "default", field->initial, err);
    if (r == 0)
        r = table_put_value(to, "example", field->example, err);
    return r;
}

static int table_put_fields(json_t *fields, const struct ccm_type *type,
                            struct error *err)
{
    uint32_t i;
    int r = 0;

    for (i = 0; i < type->n_fields && r == 0; i++) {
        const char *row = (const char *) type->fields + i * type->row_size;
        struct ccm_field field = {0};
        json_t *to = json_object();

        memcpy(&field, row,
               type->row_size < sizeof(field) ? type->row_size : sizeof(field));
        json_array_append_new(fields, to);
        r = table_put_field(to, &field, err);
        if (r < 0)
            error_prefix(err, r, "field \"%.63s\"",
                         field.name ? field.name : "");
    }
    return r;
}

int type_from_table(const struct ccm_type *table, json_t **out,
                    struct error *err)
{
    json_auto_t *to = json_object();
    json_t *fields = json_array();
    struct ccm_type type = {0};
    int r;

    json_object_set_new(to, "fields", fields);
    if (table->size < offsetof(struct ccm_type, unique) ||
        table->size > ROW_BYTES_MAX ||
        table->row_size < offsetof(struct ccm_field, min) ||
        table->row_size > ROW_BYTES_MAX)
        return error_set(err, -EPROTO,
                         "a type has no valid sizes; use CCM_TYPE");
    memcpy(&type, table,
           table->size < sizeof(type) ? table->size : sizeof(type));
    if (type.n_fields > FIELDS_MAX || (type.n_fields > 0 && !type.fields))
        return error_set(err, -EPROTO, "a type has %u fields; the limit is %d",
                         (unsigned) type.n_fields, FIELDS_MAX);
    table_put_text(to, "name", type.name);
    table_put_text(to, "summary", type.summary);
    r = table_put_list(to, "unique", type.unique, err);
    if (r == 0)
        r = table_put_fields(fields, &type, err);
    if (r < 0)
        return error_prefix(err, r, "type \"%.63s\"",
                            type.name ? type.name : "");
    *out = json_incref(to);
    return 0;
}
