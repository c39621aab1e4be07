/* SPDX-License-Identifier: ISC */
/* The rules for paths that a module declares. */
#include "path.h"

#include "alloc.h"
#include "util.h"

#include <errno.h>
#include <string.h>

#define PATH_BYTES_MAX 4000
#define NAME_BYTES_MAX 255

bool path_has_control(const char *text)
{
    for (; *text; text++)
        if ((unsigned char) *text < 0x20 || *text == 0x7f)
            return true;
    return false;
}

static int path_check_component(const char *name, size_t size,
                                struct error *err)
{
    if (size == 0)
        return error_set(err, -EINVAL, "has an empty component");
    if (size > NAME_BYTES_MAX)
        return error_set(err, -ENAMETOOLONG,
                         "has a component of %zu bytes; the limit is %d", size,
                         NAME_BYTES_MAX);
    if (name[0] == '.' && (size == 1 || (size == 2 && name[1] == '.')))
        return error_set(err, -EINVAL, "has a component \"%.*s\"", (int) size,
                         name);
    return 0;
}

int path_check(const char *path, struct error *err)
{
    const char *name = path + 1;
    int r;

    if (path[0] != '/')
        return error_set(err, -EINVAL, "is not absolute");
    if (strlen(path) > PATH_BYTES_MAX)
        return error_set(err, -ENAMETOOLONG, "is longer than %d bytes",
                         PATH_BYTES_MAX);
    if (path_has_control(path))
        return error_set(err, -EINVAL, "has a control character");
    if (streq(path, "/"))
        return 0;
    for (;;) {
        size_t size = strcspn(name, "/");

        r = path_check_component(name, size, err);
        if (r < 0 || name[size] == '\0')
            return r;
        name += size + 1;
    }
}

int path_check_name(const char *name, struct error *err)
{
    if (strchr(name, '/'))
        return error_set(err, -EINVAL, "has a \"/\"");
    if (path_has_control(name))
        return error_set(err, -EINVAL, "has a control character");
    if (name[0] == '\0')
        return error_set(err, -EINVAL, "is empty");
    return path_check_component(name, strlen(name), err);
}

char *path_join(const char *dir, const char *name)
{
    size_t size = strlen(dir);

    while (size > 0 && dir[size - 1] == '/')
        size--;
    while (name[0] == '/')
        name++;
    return xasprintf("%.*s/%s", (int) size, dir, name);
}
