/* SPDX-License-Identifier: ISC */
/*
 * The set of objects of one run, from any source.
 *
 * Each type is kept twice: as an array of ids for the binary search, and as the
 * JSON array that modules see, which exists once sorting has shown that all ids
 * differ. If a source answers nonsense, the fetch fails and nothing is used.
 */
#include "objects.h"

#include "source.h"

#include "base/alloc.h"
#include "base/name.h"
#include "base/object_id.h"
#include "base/util.h"

#include <errno.h>

static struct objects_type *objects_type(const struct objects *objects,
                                         const char *name)
{
    size_t i;

    for (i = 0; i < objects->n_types; i++)
        if (streq(objects->types[i].name, name))
            return &objects->types[i];
    return NULL;
}

int objects_new(const char *const *types, struct objects **out,
                struct error *err)
{
    struct objects *objects = xcalloc(1, sizeof(*objects));
    size_t count = 0, i;

    while (types[count])
        count++;
    objects->types = xcalloc(count + 1, sizeof(*objects->types));
    for (i = 0; i < count; i++) {
        if (!name_valid(types[i])) {
            objects_free(objects);
            return error_set(err, -EINVAL,
                             "\"%.80s\" is not a valid object type: " NAME_RULE,
                             types[i]);
        }
        if (!objects_type(objects, types[i]))
            objects->types[objects->n_types++] = (struct objects_type){
                .name = xstrdup(types[i]), .all = objects};
    }
    *out = objects;
    return 0;
}

void objects_clear_type(struct objects_type *type)
{
    size_t i;

    for (i = 0; i < type->n_entries; i++)
        json_decref(type->entries[i].object);
    type->all->n_objects -= type->n_entries;
    type->n_entries = 0;
    json_decref(type->array);
    type->array = NULL;
}

void objects_clear(struct objects *objects)
{
    size_t i;

    for (i = 0; i < objects->n_types; i++)
        objects_clear_type(&objects->types[i]);
    objects->size_bytes = 0;
}

void objects_free(struct objects *objects)
{
    size_t i;

    if (!objects)
        return;
    objects_clear(objects);
    for (i = 0; i < objects->n_types; i++) {
        free(objects->types[i].entries);
        free(objects->types[i].name);
    }
    free(objects->types);
    free(objects);
}

int objects_count_bytes(struct objects *objects, size_t size, struct error *err)
{
    objects->size_bytes += size;
    if (objects->size_bytes > OBJECTS_BYTES_MAX)
        return error_set(err, -EFBIG, "the objects exceed %lu MiB in total",
                         OBJECTS_BYTES_MAX >> 20);
    return 0;
}

int objects_add(struct objects_type *type, json_t *object, struct error *err)
{
    const json_t *id = json_object_get(object, "id");

    if (!json_is_object(object))
        return error_set(err, -EPROTO, "this is not a JSON object");
    if (!json_is_integer(id))
        return error_set(err, -EPROTO, "this object has no integer \"id\"");
    if (!object_id_valid(json_integer_value(id)))
        return error_set(err, -EPROTO,
                         "the id %lld is invalid: " OBJECT_ID_RULE,
                         (long long) json_integer_value(id));
    if (type->n_entries >= OBJECTS_PER_TYPE_MAX)
        return error_set(err, -EFBIG, "there are more than %d objects",
                         OBJECTS_PER_TYPE_MAX);
    if (type->all->n_objects >= OBJECTS_MAX)
        return error_set(err, -EFBIG,
                         "there are more than %d objects of all types",
                         OBJECTS_MAX);
    type->all->n_objects++;
    xgrow(&type->entries, &type->capacity, type->n_entries,
          sizeof(*type->entries));
    type->entries[type->n_entries++] =
        (struct object_entry){json_integer_value(id), json_incref(object)};
    return 0;
}

/* Measuring encodes the object again, so callers do it only where one may be
 * too large. */
static int objects_check_size(const json_t *object, struct error *err)
{
    size_t size = json_dumpb(object, NULL, 0, JSON_COMPACT);

    if (size > OBJECT_BYTES_MAX)
        return error_set(err, -EFBIG, "%zu bytes of JSON; the limit is %d",
                         size, OBJECT_BYTES_MAX);
    return 0;
}

int objects_add_page(struct objects_type *type, const json_t *page, size_t size,
                     struct error *err)
{
    json_t *object;
    size_t i;
    int r;

    if (!json_is_array(page))
        return error_set(err, -EPROTO, "expected a JSON array of objects");
    json_array_foreach (page, i, object) {
        r = objects_add(type, object, err);
        if (r == 0 && size > OBJECT_BYTES_MAX)
            r = objects_check_size(object, err);
        if (r < 0)
            return error_prefix(err, r, "element %zu", i + 1);
    }
    return 0;
}

static int objects_compare(const void *a, const void *b)
{
    int64_t left = ((const struct object_entry *) a)->id;
    int64_t right = ((const struct object_entry *) b)->id;

    return (left > right) - (left < right);
}

int objects_seal(struct objects_type *type, struct error *err)
{
    size_t i;

    if (type->n_entries > 1)
        qsort(type->entries, type->n_entries, sizeof(*type->entries),
              objects_compare);
    for (i = 1; i < type->n_entries; i++)
        if (type->entries[i].id == type->entries[i - 1].id)
            return error_set(err, -EEXIST, "two objects have the id %lld",
                             (long long) type->entries[i].id);
    json_decref(type->array);
    type->array = json_array();
    for (i = 0; i < type->n_entries; i++)
        if (json_array_append(type->array, type->entries[i].object) < 0)
            return error_errno(err, -ENOMEM, "sorting");
    return 0;
}

const json_t *objects_of(const struct objects *objects, const char *type)
{
    const struct objects_type *found = objects_type(objects, type);

    return found ? found->array : NULL;
}

const json_t *objects_find(const struct objects *objects, const char *type,
                           int64_t id)
{
    const struct objects_type *in = objects_type(objects, type);
    const struct object_entry key = {id, NULL}, *found;

    if (!in || in->n_entries == 0)
        return NULL;
    found =
        bsearch(&key, in->entries, in->n_entries, sizeof(key), objects_compare);
    return found ? found->object : NULL;
}

int64_t objects_revision(const struct objects *objects)
{
    return objects->revision;
}
