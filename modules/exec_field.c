/* SPDX-License-Identifier: ISC */
/* Fields of the program's output. Each failure gives the place. */
#include "exec.h"

#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define LIST_MAX 1000

static void field_context(const struct exec *exec, const char *field)
{
    struct exec_place place = exec->place;

    if (field)
        exec_place_member(exec->text, field, &place);
    ccm_context(exec->run,
                "the program's output, line %zu, column %zu (/%s/%zu%s%s)",
                place.line, place.column, exec->list, exec->index,
                field ? "/" : "", field ? field : "");
}

void exec_fail(struct exec *exec, const char *field, const char *format, ...)
{
    char why[512];
    va_list args;

    va_start(args, format);
    vsnprintf(why, sizeof(why), format, args);
    va_end(args);
    field_context(exec, field);
    ccm_fail(exec->run, "%s", why);
    exec->failed = true;
}

static json_t *field_get(struct exec *exec, const char *field)
{
    json_t *value = json_object_get(exec->element, field);

    assert(exec->n_asked < EXEC_FIELDS_MAX);
    exec->asked[exec->n_asked++] = field;
    return json_is_null(value) ? NULL : value;
}

const char *exec_text(struct exec *exec, const char *field)
{
    const json_t *value = field_get(exec, field);

    if (value && !json_is_string(value))
        exec_fail(exec, field, "must be a string");
    return json_string_value(value);
}

bool exec_flag(struct exec *exec, const char *field)
{
    const json_t *value = field_get(exec, field);

    if (value && !json_is_boolean(value))
        exec_fail(exec, field, "must be true or false");
    return json_is_true(value);
}

uint32_t exec_number(struct exec *exec, const char *field)
{
    const json_t *value = field_get(exec, field);
    json_int_t number = json_integer_value(value);

    if (value &&
        (!json_is_integer(value) || number < 0 || number > UINT32_MAX)) {
        exec_fail(exec, field, "must be an integer from 0 to %u", UINT32_MAX);
        return 0;
    }
    return (uint32_t) number;
}

unsigned exec_mode(struct exec *exec)
{
    const json_t *value = field_get(exec, "mode");
    const char *text = json_string_value(value);
    size_t size = text ? strspn(text, "01234567") : 0;
    unsigned mode = 0;

    if (!value)
        return 0;
    if (size > 0 && size <= 5 && text[size] == '\0')
        mode = (unsigned) strtoul(text, NULL, 8);
    /* Here 0 is not a mode but means "the default", which all users can
     * read. */
    if (mode == 0)
        exec_fail(exec, "mode",
                  "must be a string of octal digits and not 0: \"0644\"");
    return mode;
}

/* The joined path takes the place of the array, so the document owns it. */
static const char *field_join(struct exec *exec, const json_t *parts)
{
    json_t *path = json_sprintf("%s", "");
    const json_t *part;
    size_t i;

    field_context(exec, "path");
    json_array_foreach (parts, i, part) {
        const char *text = json_string_value(part);
        json_t *longer;

        if (!text) {
            exec_fail(exec, "path", "element %zu must be a string", i);
            break;
        }
        /* An inserted name that could leave its directory fails here. */
        longer = json_sprintf("%s%s", json_string_value(path),
                              i == 0 ? text : ccm_path(exec->run, "/%s", text));
        json_decref(path);
        path = longer;
    }
    json_object_set_new(exec->element, "path", path);
    return json_string_value(path);
}

const char *exec_path(struct exec *exec)
{
    const json_t *value = field_get(exec, "path");

    if (json_is_array(value))
        return field_join(exec, value);
    if (value && !json_is_string(value))
        exec_fail(exec, "path", "must be a string or an array of strings");
    return json_string_value(value);
}

const char *const *exec_list(struct exec *exec, const char *field)
{
    const json_t *value = field_get(exec, field), *part;
    static const char *list[LIST_MAX + 1];
    size_t i;

    if (!value)
        return NULL;
    if (!json_is_array(value) || json_array_size(value) > LIST_MAX) {
        exec_fail(exec, field, "must be an array of at most %d strings",
                  LIST_MAX);
        return NULL;
    }
    json_array_foreach (value, i, part) {
        list[i] = json_string_value(part);
        if (!list[i])
            exec_fail(exec, field, "element %zu must be a string", i);
    }
    list[i] = NULL;
    return exec->failed ? NULL : list;
}

const json_t *exec_object(struct exec *exec)
{
    const json_t *value = field_get(exec, "object"), *object;
    const char *type = json_string_value(json_object_get(value, "type"));
    const json_t *id = json_object_get(value, "id");

    if (!value)
        return NULL;
    if (!type || !json_is_integer(id)) {
        exec_fail(exec, "object", "must be {\"type\": \"...\", \"id\": N}");
        return NULL;
    }
    field_context(exec, "object");
    object = ccm_object(exec->run, type, json_integer_value(id));
    if (!object)
        exec_fail(exec, "object", "there is no object %s/%lld", type,
                  (long long) json_integer_value(id));
    return object;
}

static bool field_asked(const struct exec *exec, const char *name)
{
    size_t i;

    for (i = 0; i < exec->n_asked; i++)
        if (strcmp(exec->asked[i], name) == 0)
            return true;
    return false;
}

bool exec_known(struct exec *exec)
{
    const char *name;
    json_t *value;

    json_object_foreach (exec->element, name, value) {
        if (field_asked(exec, name))
            continue;
        exec_fail(exec, name, "a %s has no field \"%.80s\"", exec->kind, name);
        return false;
    }
    field_context(exec, NULL);
    return !exec->failed;
}
