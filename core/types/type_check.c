/* SPDX-License-Identifier: ISC */
/* Checks objects against their types, with one look-up for each field. */
#include "types/type.h"

#include "base/path.h"
#include "base/util.h"
#include "base/visible.h"
#include "ccm/grammar.h"
#include "types/grammar.h"

#include <errno.h>

#define SHOWN_BYTES_MAX 60
#define KEY_BYTES_MAX 255
#define TEMPORARY ".ccm."

/* "is VALUE; expected ...": the value is cut, and hidden if it is secret. */
static int check_refuse(const struct type_field *field, const json_t *value,
                        const char *expected, struct error *err)
{
    cleanup_free char *text = NULL;
    cleanup_buf struct buf shown = BUF_INIT;

    if (field->kind == CCM_SECRET || field->of == CCM_SECRET ||
        (field->flags & CCM_WRITE_ONLY))
        return error_set(err, -EINVAL, "is not valid; expected %s", expected);
    text = value ? json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT) : NULL;
    if (text)
        visible_put_line(&shown, text);
    if (shown.size > SHOWN_BYTES_MAX)
        return error_set(err, -EINVAL, "is %.*s... (%zu bytes); expected %s",
                         SHOWN_BYTES_MAX, buf_text(&shown), strlen(text),
                         expected);
    return error_set(err, -EINVAL, "is %s; expected %s",
                     text ? buf_text(&shown) : "missing", expected);
}

/* Is n within the range? Otherwise the error has "min to max <unit>". */
static int check_range(const struct type_field *field, const json_t *value,
                       int64_t n, const char *unit, struct error *err)
{
    char expected[100];

    if ((field->min == 0 && field->max == 0) ||
        (n >= field->min && (n <= field->max || field->max == 0)))
        return 0;
    if (field->max == 0)
        snprintf(expected, sizeof(expected), "at least %lld%s",
                 (long long) field->min, unit);
    else
        snprintf(expected, sizeof(expected), "%lld to %lld%s",
                 (long long) field->min, (long long) field->max, unit);
    return check_refuse(field, value, expected, err);
}

static bool check_is_name(const char *text)
{
    return path_check_name(text, NULL) == 0 && !after_prefix(text, TEMPORARY);
}

static int check_values(const struct type_field *field, const json_t *value,
                        struct error *err)
{
    cleanup_buf struct buf expected = BUF_INIT;
    const json_t *one;
    size_t i, n = json_array_size(field->values);

    json_array_foreach (field->values, i, one)
        if (json_equal(one, value))
            return 0;
    json_array_foreach (field->values, i, one)
        buf_printf(&expected, "%s\"%s\"",
                   i == 0       ? ""
                   : i == n - 1 ? " or "
                                : ", ",
                   json_string_value(one));
    return check_refuse(field, value, buf_text(&expected), err);
}

static int check_text(const struct type_field *field, enum ccm_kind kind,
                      const json_t *value, struct error *err)
{
    const char *text = json_string_value(value);

    if (!text)
        return check_refuse(field, value, type_kind_phrase(kind), err);
    if (kind == CCM_LINE && path_has_control(text))
        return check_refuse(field, value, "no control character", err);
    if ((kind == CCM_NAME && !check_is_name(text)) ||
        (kind == CCM_TIMESTAMP && !grammar_timestamp(text)))
        return check_refuse(field, value, type_kind_phrase(kind), err);
    if (field->values)
        return check_values(field, value, err);
    if (field->grammar && !ccm_matches(field->grammar, text))
        return check_refuse(field, value, ccm_expects(field->grammar), err);
    return 0;
}

static int check_integer(const struct type_field *field, const json_t *value,
                         struct error *err)
{
    int64_t n = json_integer_value(value);

    if (!json_is_integer(value) || n > OBJECT_ID_MAX || n < -OBJECT_ID_MAX)
        return check_refuse(field, value, "an integer", err);
    if (field->reference && !object_id_valid(n))
        return check_refuse(field, value, "an id: 1 to 9007199254740991", err);
    return 0;
}

/* One value of a simple kind, without its range. */
static int check_simple(const struct type_field *field, enum ccm_kind kind,
                        const json_t *value, struct error *err)
{
    if (kind == CCM_INTEGER)
        return check_integer(field, value, err);
    if (kind == CCM_BOOLEAN)
        return json_is_boolean(value)
                   ? 0
                   : check_refuse(field, value, "true or false", err);
    return check_text(field, kind, value, err);
}

static int check_array(const struct type_field *field, const json_t *value,
                       struct error *err)
{
    struct error why;
    const json_t *one;
    size_t i;
    int r;

    if (!json_is_array(value))
        return check_refuse(field, value, "an array", err);
    r = check_range(field, value, (int64_t) json_array_size(value), " elements",
                    err);
    if (r < 0)
        return r;
    json_array_foreach (value, i, one) {
        r = check_simple(field, field->of, one, &why);
        if (r < 0)
            return error_set(err, r, "element %zu %s", i + 1, why.text);
    }
    return 0;
}

static int check_map(const struct type_field *field, const json_t *value,
                     struct error *err)
{
    struct error why;
    const json_t *one;
    const char *key;
    int r;

    if (!json_is_object(value))
        return check_refuse(field, value, "an object", err);
    r = check_range(field, value, (int64_t) json_object_size(value),
                    " elements", err);
    if (r < 0)
        return r;
    json_object_foreach ((json_t *) value, key, one) {
        if (*key == '\0' || strlen(key) > KEY_BYTES_MAX ||
            path_has_control(key))
            return error_set(err, -EINVAL,
                             "has a key that is empty, longer than %d bytes, "
                             "or has a control character",
                             KEY_BYTES_MAX);
        r = check_simple(field, field->of, one, &why);
        if (r < 0)
            return error_set(err, r, "member \"%.63s\" %s", key, why.text);
    }
    return 0;
}

int type_check_value(const struct type_field *field, const json_t *value,
                     struct error *err)
{
    int r;

    if (json_is_null(value) && (field->flags & CCM_NULLABLE))
        return 0;
    if (field->kind == CCM_ARRAY)
        return check_array(field, value, err);
    if (field->kind == CCM_MAP)
        return check_map(field, value, err);
    r = check_simple(field, field->kind, value, err);
    if (r < 0 || field->kind == CCM_BOOLEAN)
        return r;
    if (field->kind == CCM_INTEGER)
        return check_range(field, value, json_integer_value(value), "", err);
    return check_range(field, value, (int64_t) json_string_length(value),
                       " bytes", err);
}

/* A field that is missing: a default, or nothing, or an error. */
static int check_missing(const struct type_field *field, json_t *object,
                         const json_t *value, struct error *err)
{
    if (!field->may_miss)
        return check_refuse(field, value, type_kind_phrase(field->kind), err);
    if (field->initial)
        json_object_set_new(object, field->name,
                            json_deep_copy(field->initial));
    else if (value)
        json_object_del(object, field->name);
    return 0;
}

int type_check(const struct type *type, json_t *object, struct error *err)
{
    struct error why;
    size_t i;
    int r = 0;

    for (i = 0; i < type->n_fields && r == 0; i++) {
        const struct type_field *field = &type->fields[i];
        const json_t *value = json_object_get(object, field->name);

        if (!value || (json_is_null(value) && !(field->flags & CCM_NULLABLE)))
            r = check_missing(field, object, value, &why);
        else
            r = type_check_value(field, value, &why);
        if (r < 0)
            error_set(err, r, "field \"%s\" %s", field->name, why.text);
    }
    return r;
}
