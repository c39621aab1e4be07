/* SPDX-License-Identifier: ISC */
/* A type as JSON Schema, as an example object, and in words. */
#include "types/type_schema.h"

#include "base/json.h"
#include "base/util.h"
#include "ccm/grammar.h"
#include "types/grammar.h"

#define EXAMPLE_TIME "2026-11-26T20:24:27Z"

static const char *schema_word(enum ccm_kind kind)
{
    switch (kind) {
    case CCM_INTEGER:
        return "integer";
    case CCM_BOOLEAN:
        return "boolean";
    case CCM_ARRAY:
        return "array";
    case CCM_MAP:
        return "object";
    case CCM_STRING:
    case CCM_LINE:
    case CCM_NAME:
    case CCM_TIMESTAMP:
    case CCM_SECRET:
        break;
    }
    return "string";
}

static void schema_limits(json_t *to, const struct type_field *field,
                          const char *min, const char *max)
{
    if (field->min != 0)
        json_object_set_new(to, min, json_integer(field->min));
    if (field->max != 0)
        json_object_set_new(to, max, json_integer(field->max));
}

/* A value of a simple kind, or what an array or a map holds. */
static json_t *schema_simple(const struct type_field *field, enum ccm_kind kind)
{
    json_t *to = json_pack("{s:s}", "type", schema_word(kind));

    if (field->values)
        json_object_set_new(to, "enum", json_deep_copy(field->values));
    if (field->grammar)
        json_object_set_new(to, "format", json_string(field->grammar));
    if (kind == CCM_TIMESTAMP)
        json_object_set_new(to, "format", json_string("date-time"));
    if (field->reference)
        json_object_set_new(to, "x-reference", json_string(field->reference));
    return to;
}

static json_t *schema_field(const struct type_field *field, const json_t *from)
{
    const json_t *summary = json_object_get(from, "summary");
    json_t *to;

    if (field->kind == CCM_ARRAY) {
        to = json_pack("{s:s, s:o}", "type", "array", "items",
                       schema_simple(field, field->of));
        schema_limits(to, field, "minItems", "maxItems");
    } else if (field->kind == CCM_MAP) {
        to = json_pack("{s:s, s:o}", "type", "object", "additionalProperties",
                       schema_simple(field, field->of));
        schema_limits(to, field, "minProperties", "maxProperties");
    } else {
        to = schema_simple(field, field->kind);
        if (field->kind == CCM_INTEGER)
            schema_limits(to, field, "minimum", "maximum");
        else
            schema_limits(to, field, "minLength", "maxLength");
    }
    if (field->flags & CCM_NULLABLE)
        json_object_set_new(
            to, "type", json_pack("[s, s]", schema_word(field->kind), "null"));
    if (field->initial)
        json_object_set_new(to, "default", json_deep_copy(field->initial));
    if (summary)
        json_object_set_new(to, "description", json_deep_copy(summary));
    if ((field->flags & CCM_WRITE_ONLY) || field->kind == CCM_SECRET)
        json_object_set_new(to, "writeOnly", json_true());
    return to;
}

json_t *type_schema(const struct type *type)
{
    json_t *properties = json_object(), *required = json_pack("[s]", "id");
    const json_t *list = json_object_get(type->declaration, "fields");
    size_t i;

    json_object_set_new(properties, "id",
                        json_pack("{s:s, s:i, s:I}", "type", "integer",
                                  "minimum", 1, "maximum",
                                  (json_int_t) OBJECT_ID_MAX));
    for (i = 0; i < type->n_fields; i++) {
        const struct type_field *field = &type->fields[i];

        json_object_set_new(properties, field->name,
                            schema_field(field, json_array_get(list, i)));
        if (!field->may_miss)
            json_array_append_new(required, json_string(field->name));
    }
    return json_pack("{s:s, s:s, s:s, s:s, s:o, s:o}", "$schema",
                     "https://json-schema.org/draft/2020-12/schema", "title",
                     type->name, "description",
                     json_string_or(type->declaration, "summary", ""), "type",
                     "object", "required", required, "properties", properties);
}

static json_t *example_simple(const struct type_field *field,
                              enum ccm_kind kind)
{
    const char *text = grammar_example(field->grammar);
    int64_t n = 1;

    if (kind == CCM_BOOLEAN)
        return json_true();
    if (kind == CCM_INTEGER) {
        if (field->min > n || (field->max != 0 && field->max < n))
            n = field->min;
        return json_integer(field->reference ? 1 : n);
    }
    if (json_array_size(field->values) > 0)
        return json_deep_copy(json_array_get(field->values, 0));
    if (kind == CCM_TIMESTAMP)
        text = EXAMPLE_TIME;
    return json_string(text ? text : "example");
}

static json_t *example_field(const struct type_field *field,
                             const json_t *declared)
{
    json_t *array;

    if (declared)
        return json_deep_copy(declared);
    if (field->initial)
        return json_deep_copy(field->initial);
    if (field->kind == CCM_MAP)
        return json_object();
    if (field->kind != CCM_ARRAY)
        return example_simple(field, field->kind);
    array = json_array();
    if (field->min > 0)
        json_array_append_new(array, example_simple(field, field->of));
    return array;
}

json_t *type_example(const struct type *type)
{
    const json_t *list = json_object_get(type->declaration, "fields");
    json_t *object = json_pack("{s:i}", "id", 1);
    size_t i;

    for (i = 0; i < type->n_fields; i++) {
        const struct type_field *field = &type->fields[i];
        const json_t *declared =
            json_object_get(json_array_get(list, i), "example");

        if (declared || field->initial || !field->may_miss)
            json_object_set_new(object, field->name,
                                example_field(field, declared));
    }
    return object;
}

void type_expects(const struct type_field *field, struct buf *out)
{
    const json_t *one;
    size_t i;

    if (field->reference)
        buf_printf(out, "id of %s", field->reference);
    else if (field->grammar)
        buf_puts(out, ccm_expects(field->grammar));
    json_array_foreach (field->values, i, one)
        buf_printf(out, "%s%s", i > 0 ? ", " : "", json_string_value(one));
    if (field->min == 0 && field->max == 0)
        return;
    buf_printf(out, "%s%lld", out->size > 0 ? "; " : "",
               (long long) field->min);
    if (field->max != 0)
        buf_printf(out, " to %lld", (long long) field->max);
    else
        buf_puts(out, " or more");
    if (field->kind == CCM_ARRAY || field->kind == CCM_MAP)
        buf_puts(out, " elements");
    else if (field->kind != CCM_INTEGER)
        buf_puts(out, " bytes");
}
