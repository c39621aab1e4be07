/* SPDX-License-Identifier: ISC */
/* The typed getters. An invalid field rejects its object, or fails the
 * configuration if it is a setting. */
#include "host/api.h"

#include "base/json.h"
#include "base/path.h"
#include "base/util.h"
#include "plan/plan_rules.h"

/* The field of object is invalid; why begins with a verb. */
static void api_refuse(struct ccm_run *run, const json_t *object,
                       const char *field, const char *why)
{
    const char *type;

    if (object == run->empty_object)
        return; /* replaces a value that was refused before */
    if (object && api_owner(run, object, &type))
        ccm_reject(run, object, "field \"%s\" %s", field, why);
    else if (object && object == run->input.settings)
        api_fail(run, "setting \"%s\" %s", field, why);
    else if (object)
        api_fail(run, "field \"%s\" of the settings %s", field, why);
    else
        api_fail(run, "field \"%s\" is read from an object that is NULL",
                 field);
}

static void api_mistyped(struct ccm_run *run, const json_t *object,
                         const char *field, const char *wanted)
{
    char why[128];

    snprintf(why, sizeof(why), "is %s; expected %s",
             json_type_name(json_object_get(object, field)), wanted);
    api_refuse(run, object, field, why);
}

/* The field if it is present and not null, which is enough for _or. */
static const json_t *api_present(const json_t *object, const char *field)
{
    const json_t *value = json_object_get(object, field);

    return json_is_null(value) ? NULL : value;
}

const char *ccm_string(struct ccm_run *run, const json_t *object,
                       const char *field)
{
    const json_t *value = json_object_get(object, field);

    if (json_is_string(value))
        return json_string_value(value);
    api_mistyped(run, object, field, "a string");
    return "";
}

const char *ccm_string_or(struct ccm_run *run, const json_t *object,
                          const char *field, const char *fallback)
{
    return api_present(object, field) ? ccm_string(run, object, field)
                                      : fallback;
}

int64_t ccm_integer(struct ccm_run *run, const json_t *object,
                    const char *field)
{
    const json_t *value = json_object_get(object, field);

    if (json_is_integer(value))
        return json_integer_value(value);
    api_mistyped(run, object, field, "an integer");
    return 0;
}

int64_t ccm_integer_or(struct ccm_run *run, const json_t *object,
                       const char *field, int64_t fallback)
{
    return api_present(object, field) ? ccm_integer(run, object, field)
                                      : fallback;
}

bool ccm_boolean(struct ccm_run *run, const json_t *object, const char *field)
{
    const json_t *value = json_object_get(object, field);

    if (json_is_boolean(value))
        return json_is_true(value);
    api_mistyped(run, object, field, "a boolean");
    return false;
}

bool ccm_boolean_or(struct ccm_run *run, const json_t *object,
                    const char *field, bool fallback)
{
    return api_present(object, field) ? ccm_boolean(run, object, field)
                                      : fallback;
}

const json_t *ccm_array(struct ccm_run *run, const json_t *object,
                        const char *field)
{
    const json_t *value = json_object_get(object, field);

    if (json_is_array(value))
        return value;
    api_mistyped(run, object, field, "an array");
    return run->empty_array;
}

const json_t *ccm_map(struct ccm_run *run, const json_t *object,
                      const char *field)
{
    const json_t *value = json_object_get(object, field);

    if (json_is_object(value))
        return value;
    api_mistyped(run, object, field, "an object");
    return run->empty_object;
}

const char *ccm_line(struct ccm_run *run, const json_t *object,
                     const char *field)
{
    const json_t *value = json_object_get(object, field);
    const char *text;

    if (!json_is_string(value)) {
        api_mistyped(run, object, field, "a string");
        return "";
    }
    text = json_string_value(value);
    if (!path_has_control(text))
        return text;
    api_refuse(run, object, field, "has a control character");
    return "";
}

const char *ccm_name(struct ccm_run *run, const json_t *object,
                     const char *field)
{
    const json_t *value = json_object_get(object, field);
    const char *text;
    struct error why;

    if (!json_is_string(value)) {
        api_mistyped(run, object, field, "a string");
        return "";
    }
    text = json_string_value(value);
    if (path_check_name(text, &why) == 0) {
        if (!after_prefix(text, PLAN_TEMPORARY))
            return text;
        error_set(&why, 0, "begins with \"%s\", which is reserved for ccm",
                  PLAN_TEMPORARY);
    }
    api_refuse(run, object, field, why.text);
    return "";
}

const json_t *ccm_reference(struct ccm_run *run, const json_t *object,
                            const char *field, const char *type)
{
    const json_t *value = json_object_get(object, field), *found;
    char why[160];

    if (!json_is_integer(value)) {
        api_mistyped(run, object, field, "an integer");
        return run->empty_object;
    }
    found = ccm_object(run, type, json_integer_value(value));
    if (found)
        return found;
    snprintf(why, sizeof(why), "names %.64s/%lld, which does not exist", type,
             (long long) json_integer_value(value));
    api_refuse(run, object, field, why);
    return run->empty_object;
}
