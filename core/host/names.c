/* SPDX-License-Identifier: ISC */
/* Lists of names, for descriptors and declarations. They are short (a few
 * types, a few dependencies), so searching is linear. */
#include "host/names.h"

#include "base/alloc.h"
#include "base/util.h"

#include <errno.h>

size_t names_count(const char *const *names)
{
    size_t n = 0;

    while (names && names[n])
        n++;
    return n;
}

bool names_has(const char *const *names, const char *name)
{
    for (; names && *names; names++)
        if (streq(*names, name))
            return true;
    return false;
}

void names_add(char ***names, const char *name)
{
    size_t n = names_count((const char *const *) *names);

    if (names_has((const char *const *) *names, name))
        return;
    *names = xrealloc(*names, (n + 2) * sizeof(**names));
    (*names)[n] = xstrdup(name);
    (*names)[n + 1] = NULL;
}

void names_merge(char ***names, const char *const *more)
{
    for (; more && *more; more++)
        names_add(names, *more);
}

void names_free(char **names)
{
    size_t i;

    for (i = 0; names && names[i]; i++)
        free(names[i]);
    free(names);
}

json_t *names_json(const char *const *names)
{
    json_t *array = json_array();

    for (; names && *names; names++)
        json_array_append_new(array, json_string(*names));
    return array;
}

int names_from_json(const json_t *array, char ***names, struct error *err)
{
    char **list = NULL;
    json_t *item;
    size_t i;

    if (!json_is_array(array) || json_array_size(array) > NAMES_MAX)
        return error_set(err, -EPROTO, "is not an array of at most %d names",
                         NAMES_MAX);
    json_array_foreach (array, i, item) {
        if (!json_is_string(item)) {
            names_free(list);
            return error_set(err, -EPROTO, "has an entry that is not a string");
        }
        names_add(&list, json_string_value(item));
    }
    *names = list;
    return 0;
}
