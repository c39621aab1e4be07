/* SPDX-License-Identifier: ISC */
/* Types are few, so finding one is linear. */
#include "host/catalog_types.h"

#include "base/alloc.h"
#include "base/near.h"
#include "base/util.h"
#include "host/catalog.h"

#include <errno.h>

/* Returns borrowed, or NULL: nobody declares it. */
static const struct catalog_type *
catalog_types_find(const struct catalog *catalog, const char *name)
{
    size_t i;

    for (i = 0; i < catalog->n_types; i++)
        if (streq(catalog->types[i].type->name, name))
            return &catalog->types[i];
    return NULL;
}

/* The same type from two modules: that is fine if nothing differs. */
static int catalog_types_again(const struct catalog_type *first,
                               const struct configuration *c,
                               const struct type *type, struct error *err)
{
    struct error why;

    if (type_compare(type->declaration, first->type->declaration, &why) == 0)
        return 0;
    return error_set(err, -EEXIST,
                     "configurations %s and %s declare the type \"%s\" "
                     "differently: %s",
                     c->name, first->configuration, type->name, why.text);
}

static int catalog_types_add(struct catalog *catalog,
                             const struct configuration *c,
                             const json_t *declaration, struct error *err)
{
    const struct catalog_type *first;
    struct type *type;
    int r = type_new(declaration, &type, err);

    if (r < 0)
        return error_prefix(err, r, "configuration %s", c->name);
    first = catalog_types_find(catalog, type->name);
    if (first) {
        r = catalog_types_again(first, c, type, err);
        type_free(type);
        return r;
    }
    xgrow(&catalog->types, &catalog->types_capacity, catalog->n_types,
          sizeof(*catalog->types));
    catalog->types[catalog->n_types++] =
        (struct catalog_type){.type = type, .configuration = c->name};
    return 0;
}

int catalog_types_fill(struct catalog *catalog, struct error *err)
{
    const json_t *declaration;
    size_t i, j;
    int r;

    for (i = 0; i < catalog->n; i++) {
        const struct configuration *c = &catalog->list[i];

        json_array_foreach (c->types, j, declaration) {
            r = catalog_types_add(catalog, c, declaration, err);
            if (r < 0)
                return r;
        }
    }
    return 0;
}

void catalog_types_done(struct catalog *catalog)
{
    size_t i;

    for (i = 0; i < catalog->n_types; i++)
        type_free(catalog->types[i].type);
    free(catalog->types);
    catalog->types = NULL;
    catalog->n_types = 0;
}

json_t *catalog_types_json(const struct catalog *catalog)
{
    json_t *list = json_array();
    size_t i;

    for (i = 0; i < catalog->n_types; i++) {
        json_t *one = json_deep_copy(catalog->types[i].type->declaration);

        json_object_set_new(one, "configuration",
                            json_string(catalog->types[i].configuration));
        json_array_append_new(list, one);
    }
    return list;
}

/* Is the setting declared? If not, err names the one that was meant. */
static int catalog_types_setting(const struct type *type, const char *name,
                                 struct error *err)
{
    const char *near = NULL;
    unsigned best = near_limit(name) + 1, distance;
    size_t i;

    for (i = 0; i < type->n_fields; i++) {
        if (streq(type->fields[i].name, name))
            return 0;
        distance = near_distance(type->fields[i].name, name);
        if (distance >= best)
            continue;
        best = distance;
        near = type->fields[i].name;
    }
    if (near)
        return error_set(err, -EINVAL,
                         "setting \"%.63s\" is unknown; did you mean \"%s\"?",
                         name, near);
    return error_set(err, -EINVAL, "setting \"%.63s\" is unknown", name);
}

int catalog_types_settings(const json_t *declared, json_t *settings,
                           struct error *err)
{
    struct type *type;
    const char *name;
    json_t *value;
    int r = 0;

    if (!declared)
        return 0;
    r = type_new(declared, &type, err);
    if (r < 0)
        return error_prefix(err, r, "settings");
    json_object_foreach (settings, name, value)
        if (r == 0)
            r = catalog_types_setting(type, name, err);
    if (r == 0) {
        r = type_check(type, settings, err);
        if (r < 0)
            error_prefix(err, r, "settings");
    }
    type_free(type);
    return r;
}
