/* SPDX-License-Identifier: ISC */
/* Objects, and leaving bad ones out. */
#include "host/api.h"

#include "base/alloc.h"
#include "base/json.h"
#include "base/util.h"
#include "host/names.h"

#include <stdarg.h>

bool api_load(struct ccm_run *run, const char *type)
{
    struct error why;

    if (!run->input.load ||
        run->input.load(run->input.userdata, type, &why) == 0)
        return true;
    api_fail(run, "%s", why.text);
    return false;
}

static bool api_subscribed(struct ccm_run *run, const char *type)
{
    if (!run->input.objects) {
        api_fail(run,
                 "asks for objects of \"%s\" in check(), where there are "
                 "none",
                 type);
        return false;
    }
    if (names_has(run->input.subscribes, type))
        return api_load(run, type);
    api_fail(run,
             "asks for objects of \"%s\" without subscribing to them: add "
             "it to .subscribes, or to subscribes in modules.d",
             type);
    return false;
}

const json_t *ccm_objects(struct ccm_run *run, const char *type)
{
    const json_t *objects = NULL;

    if (api_subscribed(run, type))
        objects = objects_of(run->input.objects, type);
    return objects ? objects : run->empty_array;
}

const json_t *ccm_object(struct ccm_run *run, const char *type, int64_t id)
{
    if (!api_subscribed(run, type))
        return NULL;
    return objects_find(run->input.objects, type, id);
}

static size_t api_set_slot(const struct api_set *set, const json_t *object)
{
    size_t mask = set->capacity - 1;
    size_t i = ((uintptr_t) object >> 4) * 11400714819323198485u >> 20 & mask;

    while (set->slots[i] && set->slots[i] != object)
        i = (i + 1) & mask;
    return i;
}

bool api_set_has(const struct api_set *set, const json_t *object)
{
    return set->n > 0 && set->slots[api_set_slot(set, object)] == object;
}

static void api_set_add(struct api_set *set, const json_t *object)
{
    struct api_set old = *set;
    size_t i;

    if (set->n * 2 >= set->capacity) {
        set->capacity = old.capacity ? old.capacity * 2 : 64;
        set->slots = xcalloc(set->capacity, sizeof(*set->slots));
        for (i = 0; i < old.capacity; i++)
            if (old.slots[i])
                set->slots[api_set_slot(set, old.slots[i])] = old.slots[i];
        free(old.slots);
    }
    i = api_set_slot(set, object);
    set->n += set->slots[i] == NULL;
    set->slots[i] = object;
}

void api_reject_bad(struct ccm_run *run, const char *type, int64_t id)
{
    const json_t *object = objects_find(run->input.objects, type, id);

    if (object && !api_set_has(&run->rejected, object))
        api_set_add(&run->rejected, object);
}

void ccm_reject(struct ccm_run *run, const json_t *object, const char *format,
                ...)
{
    const char *type = NULL;
    const json_t *owner;
    char why[1024];
    va_list args;

    va_start(args, format);
    vsnprintf(why, sizeof(why), format, args);
    va_end(args);
    owner = object ? api_owner(run, object, &type) : NULL;
    if (!owner) {
        api_fail(run, "rejects something that is not an object of this run: %s",
                 why);
        return;
    }
    if (api_set_has(&run->rejected, owner))
        return;
    api_set_add(&run->rejected, owner);
    if (json_array_size(run->reasons) >= API_REASONS_MAX)
        return;
    json_array_append_new(
        run->reasons,
        json_pack("{s:s, s:I, s:o}", "type", type, "id",
                  json_integer_value(json_object_get(owner, "id")), "error",
                  json_text(why)));
}

bool ccm_rejected(struct ccm_run *run, const json_t *object)
{
    const json_t *owner;
    const char *type;

    if (run->rejected.n == 0 || !object)
        return false;
    if (api_set_has(&run->rejected, object))
        return true;
    owner = api_owner(run, object, &type);
    return owner && owner != object && api_set_has(&run->rejected, owner);
}
