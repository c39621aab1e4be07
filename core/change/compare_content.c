/* SPDX-License-Identifier: ISC */
/*
 * The contents of existing files. fstatat comes first, so that a device is
 * never opened (opening some of them does something). Between it and openat a
 * customer can put a FIFO there; O_NONBLOCK and O_NOFOLLOW make that harmless:
 * it compares as different.
 */
#include "change/compare_internal.h"

#include "base/alloc.h"
#include "base/util.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>

/* Old contents that are kept to be shown, in all. */
#define KEPT_MAX (64UL * 1024 * 1024)

/* Keeps bytes as the old contents. */
static void compare_keep(struct compare *cmp, struct delta *d, char *bytes,
                         size_t size)
{
    cmp->kept += size;
    d->old = bytes;
    d->old_size = size;
}

ssize_t compare_read(struct compare_buffer *buffer, int dir_fd,
                     const char *name, size_t size)
{
    cleanup_close int fd =
        openat(dir_fd, name,
               O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    size_t used = 0;
    ssize_t n = 1;

    if (fd < 0)
        return -errno;
    xgrow(&buffer->bytes, &buffer->capacity, size, 1);
    while (used < size && n != 0) {
        n = read(fd, buffer->bytes + used, size - used);
        if (n < 0 && errno != EINTR)
            return -errno;
        used += n > 0 ? (size_t) n : 0;
    }
    return (ssize_t) used;
}

void compare_keep_old(struct compare *cmp, struct delta *d,
                      const struct tree_dir *dir, const char *name,
                      const struct stat *st)
{
    char target[PATH_MAX];
    ssize_t n;

    if (d->change->sensitive)
        return;
    if (S_ISLNK(st->st_mode)) {
        n = readlinkat(dir->fd, name, target, sizeof(target) - 1);
        if (n >= 0)
            compare_keep(cmp, d, xstrndup(target, (size_t) n), (size_t) n);
        return;
    }
    if (!S_ISREG(st->st_mode))
        return;
    d->old_large = st->st_size > DELTA_SHOW_MAX ||
                   cmp->kept + (size_t) st->st_size > KEPT_MAX;
    if (d->old_large)
        return;
    if (cmp->seen && cmp->seen->old) {
        compare_keep(cmp, d, STEAL(cmp->seen->old), cmp->seen->old_size);
        return;
    }
    n = cmp->read;
    if (n < 0)
        n = compare_read(&cmp->buffer, dir->fd, name, (size_t) st->st_size);
    if (n >= 0)
        compare_keep(cmp, d, xmemdup(cmp->buffer.bytes, (size_t) n),
                     (size_t) n);
}

/* Contents of a regular file: 1 different, 0 the same, or -errno. */
int compare_content(struct compare *cmp, const struct change *c,
                    const struct tree_dir *dir, const char *name,
                    const struct stat *st)
{
    ssize_t n;

    if (cmp->seen && cmp->seen->content != COMPARE_UNSEEN)
        return cmp->seen->content;
    if ((size_t) st->st_size != c->size)
        return 1;
    n = compare_read(&cmp->buffer, dir->fd, name, c->size);
    cmp->read = n;
    if (n == -ENOENT || n == -ELOOP || n == -ENXIO || n == -EAGAIN)
        return 1;
    if (n < 0)
        return error_errno(cmp->err, (int) n, "reading it");
    return (size_t) n != c->size ||
           memcmp(cmp->buffer.bytes, c->content, c->size) != 0;
}
