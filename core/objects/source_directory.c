/* SPDX-License-Identifier: ISC */
/*
 * Objects from a directory: <dir>/<type>.json, each a JSON array of objects;
 * for one machine, for tests, for module authors.
 *
 * All types must be from the same instant, but somebody may be saving files. So
 * each file is checked again once all have been read. If one has changed, all
 * are read again.
 */
#include "source.h"

#include "base/alloc.h"
#include "base/io.h"
#include "base/json.h"
#include "base/util.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#define FILE_BYTES_MAX (256UL * 1024 * 1024)

static int directory_file_name(const struct objects_type *type, char *name,
                               size_t size, struct stat *st, int dir_fd)
{
    snprintf(name, size, "%s.json", type->name);
    return fstatat(dir_fd, name, st, 0) < 0 ? -errno : 0;
}

static int directory_read_type(int dir_fd, struct objects *objects,
                               struct objects_type *type, struct stat *st,
                               struct error *err)
{
    cleanup_free char *text = NULL;
    json_auto_t *page = NULL;
    char name[128];
    size_t size;
    int r = directory_file_name(type, name, sizeof(name), st, dir_fd);

    if (r == -ENOENT)
        return error_set(err, r,
                         "%s does not exist; if there are no objects of this "
                         "type, write [] into it",
                         name);
    if (r < 0)
        return error_errno(err, r, "%s", name);
    if (!S_ISREG(st->st_mode))
        return error_set(err, -EINVAL, "%s is not a regular file", name);
    r = io_read_file(dir_fd, name, FILE_BYTES_MAX, &text, &size, err);
    if (r < 0)
        return r;
    r = objects_count_bytes(objects, size, err);
    if (r == 0)
        r = json_parse(text, size, FILE_BYTES_MAX, &page, err);
    if (r == 0)
        r = objects_add_page(type, page, size, err);
    if (r == 0)
        r = objects_seal(type, err);
    return r < 0 ? error_prefix(err, r, "%s", name) : 0;
}

static bool directory_same(const struct stat *a, const struct stat *b)
{
    return a->st_ino == b->st_ino && a->st_size == b->st_size &&
           a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
           a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* Returns 0, -EAGAIN if a file changed meanwhile, or another -errno. */
static int directory_read_all(int dir_fd, struct objects *objects,
                              struct error *err)
{
    cleanup_free struct stat *stats =
        xcalloc(objects->n_types + 1, sizeof(*stats));
    char name[128];
    struct stat now;
    size_t i;
    int r;

    for (i = 0; i < objects->n_types; i++) {
        r = directory_read_type(dir_fd, objects, &objects->types[i], &stats[i],
                                err);
        if (r < 0)
            return r;
    }
    for (i = 0; i < objects->n_types; i++) {
        r = directory_file_name(&objects->types[i], name, sizeof(name), &now,
                                dir_fd);
        if (r < 0 || !directory_same(&now, &stats[i]))
            return error_set(err, -EAGAIN, "%s changed while it was read",
                             name);
    }
    return 0;
}

int source_directory_fetch(const char *path, const struct source_limits *limits,
                           struct objects *objects, struct error *err)
{
    cleanup_close int dir_fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    unsigned tries;
    int r = -EAGAIN;

    if (dir_fd < 0)
        return error_errno(err, -errno, "directory %s", path);
    for (tries = 0; r == -EAGAIN && tries < limits->tries; tries++) {
        objects_clear(objects);
        r = directory_read_all(dir_fd, objects, err);
    }
    return r < 0 ? error_prefix(err, r, "directory %s", path) : 0;
}
