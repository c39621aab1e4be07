/* SPDX-License-Identifier: ISC */
/* The names of nodes, object types and configurations. They appear in keys,
 * paths and lists, so they contain nothing that is special in any of these.
 * / */
#include "name.h"

#include <errno.h>
#include <string.h>

#define NAME_BYTES_MAX 63
#define NODE_BYTES_MAX 200
#define LABEL_BYTES_MAX 63

bool name_valid(const char *name)
{
    size_t size = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");

    return name[0] >= 'a' && name[0] <= 'z' && name[size] == '\0' &&
           size <= NAME_BYTES_MAX;
}

int name_check_node(const char *name, struct error *err)
{
    const char *label = name;

    if (name[0] == '\0')
        return error_set(err, -EINVAL, "is empty");
    if (name[strspn(name, NAME_LETTERS NAME_DIGITS "._-")] != '\0')
        return error_set(
            err, -EINVAL,
            "may contain only letters, digits, \".\", \"_\", \"-\"");
    if (strlen(name) > NODE_BYTES_MAX)
        return error_set(err, -EINVAL, "is longer than %d bytes",
                         NODE_BYTES_MAX);
    for (;;) {
        size_t size = strcspn(label, ".");

        if (size == 0 || size > LABEL_BYTES_MAX)
            return error_set(err, -EINVAL,
                             "needs 1 to %d bytes between its dots",
                             LABEL_BYTES_MAX);
        if (label[size] == '\0')
            return 0;
        label += size + 1;
    }
}
