/* SPDX-License-Identifier: ISC */
/* Reading a file of objects. */
#include "ctl/object_file.h"

#include "base/alloc.h"
#include "base/io.h"
#include "base/json.h"
#include "base/util.h"

#include <fcntl.h>

#define FILE_BYTES_MAX (1024 * 1024 * 1024)

char *object_file_type(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    size_t size = strlen(name), suffix = strlen(".json");

    if (size <= suffix || !streq(name + size - suffix, ".json"))
        return NULL;
    return xstrndup(name, size - suffix);
}

int object_file_read(struct ctl *ctl, const char *path, char **type,
                     json_t **objects)
{
    cleanup_free char *named = object_file_type(path), *text = NULL;
    json_auto_t *document = NULL;
    json_t *list;
    size_t size;

    if (!named)
        return ctl_fail(ctl, CCM_EXIT_USAGE,
                        "%s: name the file after the type: crons.json", path);
    if (io_read_file(AT_FDCWD, path, FILE_BYTES_MAX, &text, &size,
                     &ctl->error) < 0)
        return CCM_EXIT_FAILED;
    if (json_parse(text, size, FILE_BYTES_MAX, &document, &ctl->error) < 0) {
        error_prefix(&ctl->error, 0, "%s", path);
        return CCM_EXIT_FAILED;
    }
    list = json_is_object(document) ? json_object_get(document, "objects")
                                    : document;
    if (!json_is_array(list))
        return ctl_fail(ctl, CCM_EXIT_FAILED,
                        "%s: expected [...] or {\"objects\": [...]}", path);
    *type = STEAL(named);
    *objects = json_incref(list);
    return CCM_EXIT_DONE;
}
