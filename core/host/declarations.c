/* SPDX-License-Identifier: ISC */
/* The directory modules.d: selects its files, checks who could have written
 * them, and reads them. */
#include "host/declaration.h"

#include "base/alloc.h"
#include "base/path.h"
#include "base/util.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

static int declarations_wanted(const struct dirent *entry)
{
    size_t size = strlen(entry->d_name);

    return entry->d_name[0] != '.' && size > strlen(".conf") &&
           streq(entry->d_name + size - strlen(".conf"), ".conf");
}

static int declarations_by_name(const struct dirent **a,
                                const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

struct declarations_reader {
    const char *dir;
    int dir_fd;
    struct trust *trust;
    struct declarations *out;
    struct error *err;
};

/* Reads through the descriptor that was checked. */
static int declarations_read(struct declarations_reader *reader,
                             const char *name, const char *file, char **text)
{
    cleanup_close int fd = openat(reader->dir_fd, name,
                                  O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    cleanup_free char *real = NULL, *data = NULL;
    struct error *err = reader->err;
    struct stat st;
    ssize_t size;
    int r;

    if (fd < 0)
        return error_errno(err, -errno, "%s", file);
    if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
        return error_set(err, -EINVAL, "%s is not a regular file", file);
    r = trust_check(reader->trust, fd, file, &real, err);
    if (r < 0)
        return r;
    if (st.st_size > DECLARATION_BYTES_MAX)
        return error_set(err, -EFBIG, "%s: more than %d bytes", file,
                         DECLARATION_BYTES_MAX);
    data = xcalloc(1, (size_t) st.st_size + 1);
    size = read(fd, data, (size_t) st.st_size);
    if (size < 0)
        return error_errno(err, -errno, "%s", file);
    if (strlen(data) != (size_t) size)
        return error_set(err, -EINVAL, "%s: has a NUL byte", file);
    *text = STEAL(data);
    return 0;
}

static int declarations_add(struct declarations_reader *reader,
                            const char *name)
{
    struct declarations *out = reader->out;
    cleanup_free char *file = path_join(reader->dir, name);
    cleanup_free char *text = NULL;
    struct declaration declaration;
    int r = declarations_read(reader, name, file, &text);

    if (r == 0)
        r = declaration_parse(file, text, &declaration, reader->err);
    if (r < 0)
        return r;
    if (!declaration.enabled) {
        declaration_done(&declaration);
        return 0;
    }
    xgrow(&out->list, &out->capacity, out->n, sizeof(*out->list));
    out->list[out->n++] = declaration;
    return 0;
}

static int declarations_add_all(struct declarations_reader *reader)
{
    struct dirent **names;
    int i, r = 0;
    int n = scandirat(reader->dir_fd, ".", &names, declarations_wanted,
                      declarations_by_name);

    if (n < 0)
        return error_errno(reader->err, -errno, "modules_d %s", reader->dir);
    if (n > DECLARATIONS_MAX)
        r = error_set(reader->err, -E2BIG, "%s: %d files; the limit is %d",
                      reader->dir, n, DECLARATIONS_MAX);
    for (i = 0; i < n; i++) {
        if (r == 0)
            r = declarations_add(reader, names[i]->d_name);
        free(names[i]);
    }
    free(names);
    return r;
}

int declarations_load(const char *dir, struct trust *trust,
                      struct declarations *out, struct error *err)
{
    cleanup_close int dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct declarations all = {0};
    struct declarations_reader reader = {dir, dir_fd, trust, &all, err};
    cleanup_free char *real = NULL;
    int r;

    if (dir_fd < 0)
        return error_errno(err, -errno, "modules_d %s", dir);
    r = trust_check(trust, dir_fd, dir, &real, err);
    if (r == 0)
        r = declarations_add_all(&reader);
    if (r < 0)
        declarations_done(&all);
    else
        *out = all;
    return r;
}

void declarations_done(struct declarations *declarations)
{
    size_t i;

    for (i = 0; i < declarations->n; i++)
        declaration_done(&declarations->list[i]);
    free(declarations->list);
    *declarations = (struct declarations){0};
}
