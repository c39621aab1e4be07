/* SPDX-License-Identifier: ISC */
/* Whole files: reading with a limit, writing, replacing ccm's own state. */
#include "io.h"

#include "alloc.h"
#include "util.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

int io_read_file(int dir_fd, const char *path, size_t size_max, char **out,
                 size_t *size, struct error *err)
{
    cleanup_close int fd = openat(dir_fd, path, O_RDONLY | O_CLOEXEC);
    cleanup_free char *data = NULL;
    size_t used = 0, capacity = 0;

    if (fd < 0)
        return error_errno(err, -errno, "%s", path);
    for (;;) {
        ssize_t n;

        xgrow(&data, &capacity, used + 4096, 1);
        n = read(fd, data + used, capacity - used - 1);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return error_errno(err, -errno, "%s", path);
        if (n == 0)
            break;
        used += (size_t) n;
        if (used > size_max)
            return error_set(err, -EFBIG, "%s: more than %zu bytes", path,
                             size_max);
    }
    data[used] = '\0';
    if (size)
        *size = used;
    *out = STEAL(data);
    return 0;
}

int io_write_all(int fd, const void *bytes, size_t size)
{
    const char *next = bytes;

    while (size > 0) {
        ssize_t n = write(fd, next, size);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        next += n;
        size -= (size_t) n;
    }
    return 0;
}

static int io_sync_folder_of(int dir_fd, const char *path)
{
    const char *slash = strrchr(path, '/');
    cleanup_free char *folder =
        slash ? xstrndup(path, (size_t) (slash - path) + 1) : xstrdup(".");
    cleanup_close int fd =
        openat(dir_fd, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0 || fsync(fd) < 0)
        return -errno;
    return 0;
}

static int io_write_new(int dir_fd, const char *path, unsigned mode,
                        const void *bytes, size_t size)
{
    cleanup_close int fd =
        openat(dir_fd, path,
               O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode);
    int r;

    if (fd < 0)
        return -errno;
    r = io_write_all(fd, bytes, size);
    if (r == 0 && fsync(fd) < 0)
        r = -errno;
    return r;
}

int io_replace_file_soon(int dir_fd, const char *path, unsigned mode,
                         const void *bytes, size_t size, struct error *err)
{
    cleanup_free char *temporary = xasprintf("%s.new", path);
    int r = io_write_new(dir_fd, temporary, mode, bytes, size);

    if (r == 0 && renameat(dir_fd, temporary, dir_fd, path) < 0)
        r = -errno;
    if (r < 0) {
        unlinkat(dir_fd, temporary, 0);
        return error_errno(err, r, "%s", path);
    }
    return 0;
}

int io_replace_file(int dir_fd, const char *path, unsigned mode,
                    const void *bytes, size_t size, struct error *err)
{
    int r = io_replace_file_soon(dir_fd, path, mode, bytes, size, err);

    if (r < 0)
        return r;
    r = io_sync_folder_of(dir_fd, path);
    return r < 0 ? error_errno(err, r, "%s", path) : 0;
}

int io_make_dirs(const char *path, struct error *err)
{
    cleanup_free char *copy = xstrdup(path);
    char *slash;

    for (slash = copy + 1; (slash = strchr(slash, '/')); slash++) {
        *slash = '\0';
        if (mkdir(copy, 0755) < 0 && errno != EEXIST)
            return error_errno(err, -errno, "%s", copy);
        *slash = '/';
    }
    if (mkdir(copy, 0755) < 0 && errno != EEXIST)
        return error_errno(err, -errno, "%s", copy);
    return 0;
}
