/* SPDX-License-Identifier: ISC */
/* Settings of a configuration, from libconfig's form into JSON, which is
 * what modules see. */
#include "host/setting.h"

#include <errno.h>

#define DEPTH_MAX 32

static int setting_convert(const config_setting_t *setting, int depth,
                           json_t **out, struct error *err);

static int setting_convert_all(const config_setting_t *setting, int depth,
                               json_t *into, struct error *err)
{
    int i, n = config_setting_length(setting), r;

    for (i = 0; i < n; i++) {
        config_setting_t *member =
            config_setting_get_elem(setting, (unsigned) i);
        json_t *value = NULL;

        r = setting_convert(member, depth + 1, &value, err);
        if (r < 0)
            return r;
        if (json_is_object(into))
            json_object_set_new(into, config_setting_name(member), value);
        else
            json_array_append_new(into, value);
    }
    return 0;
}

static json_t *setting_scalar(const config_setting_t *setting)
{
    switch (config_setting_type(setting)) {
    case CONFIG_TYPE_INT:
    case CONFIG_TYPE_INT64:
        return json_integer(config_setting_get_int64(setting));
    case CONFIG_TYPE_FLOAT:
        return json_real(config_setting_get_float(setting));
    case CONFIG_TYPE_BOOL:
        return json_boolean(config_setting_get_bool(setting));
    case CONFIG_TYPE_STRING:
        return json_string(config_setting_get_string(setting));
    default:
        return NULL;
    }
}

static int setting_convert(const config_setting_t *setting, int depth,
                           json_t **out, struct error *err)
{
    int line = (int) config_setting_source_line(setting);
    json_auto_t *value = NULL;

    if (depth > DEPTH_MAX)
        return error_set(err, -EINVAL, "%d: nested more than %d deep", line,
                         DEPTH_MAX);
    if (config_setting_is_aggregate(setting)) {
        int r;

        value = config_setting_is_group(setting) ? json_object() : json_array();
        r = setting_convert_all(setting, depth, value, err);
        if (r < 0)
            return r;
    } else {
        value = setting_scalar(setting);
    }
    if (!value)
        return error_set(err, -EINVAL,
                         "%d: a value that is not UTF-8, or not finite", line);
    *out = json_incref(value);
    return 0;
}

int setting_json(const config_setting_t *setting, json_t **out,
                 struct error *err)
{
    return setting_convert(setting, 0, out, err);
}
