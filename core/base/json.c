/* SPDX-License-Identifier: ISC */
/* JSON from outside: typed getters with errors that name the field. */
#include "json.h"

#include "alloc.h"

#include <errno.h>

const char *json_type_name(const json_t *value)
{
    if (!value)
        return "missing";
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return "an object";
    case JSON_ARRAY:
        return "an array";
    case JSON_STRING:
        return "a string";
    case JSON_INTEGER:
        return "an integer";
    case JSON_REAL:
        return "a fraction";
    case JSON_TRUE:
    case JSON_FALSE:
        return "a boolean";
    default:
        return "null";
    }
}

static int json_mistyped(const json_t *value, const char *field,
                         const char *wanted, struct error *err)
{
    return error_set(err, -EPROTO, "field \"%s\" is %s; expected %s", field,
                     json_type_name(value), wanted);
}

int json_get_string(const json_t *object, const char *field, const char **out,
                    struct error *err)
{
    const json_t *value = json_object_get(object, field);

    if (!json_is_string(value))
        return json_mistyped(value, field, "a string", err);
    *out = json_string_value(value);
    return 0;
}

int json_get_object(const json_t *object, const char *field, const json_t **out,
                    struct error *err)
{
    const json_t *value = json_object_get(object, field);

    if (!json_is_object(value))
        return json_mistyped(value, field, "an object", err);
    *out = value;
    return 0;
}

const char *json_string_or(const json_t *object, const char *field,
                           const char *fallback)
{
    const json_t *value = json_object_get(object, field);

    return json_is_string(value) ? json_string_value(value) : fallback;
}

int64_t json_integer_or(const json_t *object, const char *field,
                        int64_t fallback)
{
    const json_t *value = json_object_get(object, field);

    return json_is_integer(value) ? json_integer_value(value) : fallback;
}

bool json_bool_or(const json_t *object, const char *field, bool fallback)
{
    const json_t *value = json_object_get(object, field);

    return json_is_boolean(value) ? json_is_true(value) : fallback;
}

int json_parse(const char *text, size_t size, size_t size_max, json_t **out,
               struct error *err)
{
    json_error_t where;
    json_t *value;

    if (size > size_max)
        return error_set(err, -EMSGSIZE, "%zu bytes of JSON; the limit is %zu",
                         size, size_max);
    value = json_loadb(text, size, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY,
                       &where);
    if (!value)
        return error_set(err, -EPROTO, "line %d, column %d: %s", where.line,
                         where.column, where.text);
    *out = value;
    return 0;
}

char *json_line(const json_t *value)
{
    char *line =
        json_dumps(value, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);

    return line ? line : xstrdup("null");
}

json_t *json_text(const char *text)
{
    json_t *value = json_string(text);
    char *copy, *byte;

    if (value)
        return value;
    copy = xstrdup(text);
    for (byte = copy; *byte; byte++)
        if ((unsigned char) *byte >= 0x80)
            *byte = '?';
    value = json_string(copy);
    free(copy);
    return value;
}

static void json_clip_string(json_t *value, size_t size_max)
{
    const char *text = json_string_value(value);
    size_t size = json_string_length(value), kept = size_max;
    char *clipped;

    if (size <= size_max)
        return;
    while (kept > 0 && ((unsigned char) text[kept] & 0xc0) == 0x80)
        kept--;
    clipped = xasprintf("%.*s [%zu bytes more]", (int) kept, text, size - kept);
    json_string_set(value, clipped);
    free(clipped);
}

void json_clip(json_t *value, size_t size_max)
{
    const char *key;
    json_t *member;
    size_t i;

    if (json_is_string(value))
        json_clip_string(value, size_max);
    json_array_foreach (value, i, member)
        json_clip(member, size_max);
    json_object_foreach (value, key, member)
        json_clip(member, size_max);
}
