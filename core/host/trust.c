/* SPDX-License-Identifier: ISC */
/*
 * Ownership and mode of what ccm loads. The descriptor that is checked here is
 * the one that is read or loaded later, so nothing can be replaced in between.
 * Only the real path counts: a symlink in the path just points to something
 * that is checked itself.
 */
#include "host/trust.h"

#include "base/alloc.h"
#include "base/util.h"

#include <errno.h>
#include <limits.h>
#include <sys/stat.h>

void trust_done(struct trust *trust)
{
    size_t i;

    for (i = 0; i < trust->n; i++)
        free(trust->dirs[i]);
    free(trust->dirs);
    *trust = (struct trust){0};
}

/* sticky: a writable directory will do if it is sticky, because then only
 * its owner can replace the entry that is checked next. */
static int trust_check_stat(const struct stat *st, const char *path,
                            bool sticky, struct error *err)
{
    if (st->st_uid != 0 && st->st_uid != geteuid())
        return error_set(err, -EPERM,
                         "%s belongs to user %u, not to root or the user that "
                         "runs ccm; change its owner",
                         path, (unsigned) st->st_uid);
    if ((st->st_mode & 022) == 0 || (sticky && (st->st_mode & S_ISVTX)))
        return 0;
    return error_set(
        err, -EPERM,
        "%s is writable by other users (mode %04o); use chmod go-w", path,
        (unsigned) st->st_mode & 07777);
}

static bool trust_knows(const struct trust *trust, const char *dir)
{
    size_t i;

    for (i = trust->n; i > 0; i--)
        if (streq(trust->dirs[i - 1], dir))
            return true;
    return false;
}

/* From the root down, so that a checked directory cannot be replaced. */
static int trust_check_dir(struct trust *trust, const char *dir,
                           struct error *err)
{
    char path[PATH_MAX + 1];
    size_t size = strlen(dir), i;
    struct stat st;
    int r;

    if (trust_knows(trust, dir))
        return 0;
    for (i = 1; i <= size; i++) {
        if (i > 1 && dir[i] != '/' && dir[i] != '\0')
            continue;
        snprintf(path, sizeof(path), "%.*s", (int) i, dir);
        if (lstat(path, &st) < 0)
            return error_errno(err, -errno, "%s", path);
        r = trust_check_stat(&st, path, i < size, err);
        if (r < 0)
            return r;
    }
    xgrow(&trust->dirs, &trust->capacity, trust->n, sizeof(*trust->dirs));
    trust->dirs[trust->n++] = xstrdup(dir);
    return 0;
}

static int trust_real_path(int fd, char real[PATH_MAX])
{
    char link[64];
    ssize_t size;

    snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
    size = readlink(link, real, PATH_MAX - 1);
    if (size < 0)
        return -errno;
    real[size] = '\0';
    return real[0] == '/' ? 0 : -ENOENT;
}

/* Is the open file (still) the one of that name? */
static int trust_check_same(const struct stat *open, const char *real,
                            struct error *err)
{
    struct stat st;

    if (lstat(real, &st) < 0)
        return error_errno(err, -errno, "%s", real);
    if (st.st_dev != open->st_dev || st.st_ino != open->st_ino)
        return error_set(err, -EAGAIN, "%s is being replaced: try again", real);
    return 0;
}

int trust_check(struct trust *trust, int fd, const char *path, char **real,
                struct error *err)
{
    char found[PATH_MAX];
    cleanup_free char *dir = NULL;
    struct stat st;
    int r;

    if (fstat(fd, &st) < 0)
        return error_errno(err, -errno, "%s", path);
    if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
        return error_set(err, -EPERM, "%s is not a regular file", path);
    r = trust_real_path(fd, found);
    if (r < 0)
        return error_errno(err, r, "%s: where it is (/proc/self/fd)", path);
    dir = S_ISDIR(st.st_mode) ? xstrdup(found)
                              : xstrndup(found, strrchr(found, '/') - found);
    r = trust_check_dir(trust, dir[0] ? dir : "/", err);
    if (r == 0)
        r = trust_check_same(&st, found, err);
    if (r == 0)
        r = trust_check_stat(&st, found, false, err);
    if (r < 0)
        return r;
    *real = xstrdup(found);
    return 0;
}

int trust_check_others(const struct stat *st, const char *path, mode_t bits,
                       struct error *err)
{
    if (geteuid() != 0 || (st->st_mode & bits) == bits)
        return 0;
    return error_set(err, -EACCES,
                     "%s has mode %04o, but planners, which are not root, must "
                     "%s it: chmod %s it",
                     path, (unsigned) st->st_mode & 07777,
                     bits & S_IXOTH ? "execute" : "read",
                     bits & S_IXOTH ? "a+x" : "a+r");
}
