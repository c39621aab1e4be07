/* SPDX-License-Identifier: ISC */
/*
 * Finds the object to which some JSON belongs. Modules hold the JSON of the
 * snapshot itself, so an object is identified by its address. Parts of objects
 * are searched for, but only after an error.
 */
#include "host/api.h"

static bool api_contains(const json_t *value, const json_t *sought)
{
    const json_t *member;
    const char *key;
    size_t i;

    if (value == sought)
        return true;
    if (json_is_array(value)) {
        json_array_foreach (value, i, member)
            if (api_contains(member, sought))
                return true;
    } else if (json_is_object(value)) {
        json_object_foreach ((json_t *) value, key, member)
            if (api_contains(member, sought))
                return true;
    }
    return false;
}

/* Modules go through objects in order, so the next one is probably near the
 * last one. */
static const json_t *api_owner_of_type(struct ccm_run *run, const char *type,
                                       const json_t *value)
{
    const json_t *objects = objects_of(run->input.objects, type), *object;
    size_t i, at, n = json_array_size(objects);

    for (i = 0; i < n; i++) {
        at = (run->owner_hint + i) % n;
        object = json_array_get(objects, at);
        if (!api_contains(object, value))
            continue;
        run->owner_hint = at;
        return object;
    }
    return NULL;
}

const json_t *api_owner(struct ccm_run *run, const json_t *value,
                        const char **type)
{
    const json_t *id = json_object_get(value, "id"), *object;
    const char *const *name = run->input.subscribes;

    if (!run->input.objects)
        return NULL;
    /* Objects themselves are found by their id at once. */
    for (; json_is_integer(id) && name && *name; name++) {
        object =
            objects_find(run->input.objects, *name, json_integer_value(id));
        if (object != value)
            continue;
        *type = *name;
        return object;
    }
    for (name = run->input.subscribes; name && *name; name++) {
        object = api_owner_of_type(run, *name, value);
        if (!object)
            continue;
        *type = *name;
        return object;
    }
    return NULL;
}
