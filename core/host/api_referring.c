/* SPDX-License-Identifier: ISC */
/*
 * The objects that refer to this one. The index of a type and field is made
 * when it is first needed: {"fpm-pools unix_user_id": {"17": [objects]}}. Both
 * levels are JSON, whose hash tables do.
 */
#include "host/api.h"

#include "base/alloc.h"
#include "base/util.h"

static void referring_add(json_t *index, const json_t *id, json_t *object)
{
    char key[32];
    json_t *list;

    if (!json_is_integer(id))
        return;
    snprintf(key, sizeof(key), "%lld", (long long) json_integer_value(id));
    list = json_object_get(index, key);
    if (!list) {
        list = json_array();
        json_object_set_new(index, key, list);
    }
    /* An array may contain an id twice. */
    if (json_array_get(list, json_array_size(list) - 1) != object)
        json_array_append(list, object);
}

static json_t *referring_index(const json_t *objects, const char *field)
{
    json_t *index = json_object(), *object, *value, *member;
    size_t i, j;

    json_array_foreach (objects, i, object) {
        value = json_object_get(object, field);
        referring_add(index, value, object);
        json_array_foreach (value, j, member)
            referring_add(index, member, object);
    }
    return index;
}

const json_t *ccm_referring(struct ccm_run *run, const json_t *object,
                            const char *type, const char *field)
{
    const json_t *objects = ccm_objects(run, type), *list;
    cleanup_free char *name = NULL;
    const char *own;
    json_t *index;
    char key[32];

    if (object == run->empty_object)
        return run->empty_array; /* replaces a value that was refused before */
    if (!object || api_owner(run, object, &own) != object) {
        api_fail(run,
                 "asks which \"%s\" refer to something that is not an object "
                 "of this run",
                 type);
        return run->empty_array;
    }
    name = xasprintf("%s %s", type, field);
    index = json_object_get(run->referring, name);
    if (!index) {
        index = referring_index(objects, field);
        json_object_set_new(run->referring, name, index);
    }
    snprintf(key, sizeof(key), "%lld",
             (long long) json_integer_value(json_object_get(object, "id")));
    list = json_object_get(index, key);
    return list ? list : run->empty_array;
}
