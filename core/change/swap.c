/* SPDX-License-Identifier: ISC */
/* renameat2 with flags, and what stands for it where there are none. */
#include "change/swap.h"

#include "base/alloc.h"
#include "base/util.h"
#include "change/fault.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char *swap_third(const struct swap_name *temporary)
{
    return xasprintf("%s~", temporary->name);
}

static int swap_stat(const struct swap_name *at, struct stat *st)
{
    return fstatat(at->fd, at->name, st, AT_SYMLINK_NOFOLLOW) < 0 ? -errno : 0;
}

static int swap_rename(const struct swap_name *from, const struct swap_name *to,
                       const char *point)
{
    int r = FAULT(point);

    (void) point;
    if (r == 0 && renameat(from->fd, from->name, to->fd, to->name) < 0)
        r = -errno;
    return r;
}

static int swap_link(const struct swap_name *from, const struct swap_name *to)
{
    int r = FAULT("swap-link");

    if (r == 0 && linkat(from->fd, from->name, to->fd, to->name, 0) < 0)
        r = -errno;
    return r;
}

static int swap_unlink(const struct swap_name *at, mode_t mode)
{
    int r = FAULT("swap-unlink");

    if (r == 0 &&
        unlinkat(at->fd, at->name, S_ISDIR(mode) ? AT_REMOVEDIR : 0) < 0)
        r = -errno;
    return r;
}

static int swap_exchange(const struct swap_name *temporary,
                         const struct swap_name *path)
{
    cleanup_free char *name = swap_third(temporary);
    struct swap_name third = {temporary->fd, name};
    struct stat st, new;
    bool away = false;
    int r = swap_stat(path, &st);

    if (r == 0)
        r = swap_stat(temporary, &new);
    if (r < 0)
        return r;
    away = S_ISDIR(st.st_mode) || S_ISDIR(new.st_mode);
    r = away ? swap_rename(path, &third, "swap-away") : swap_link(path, &third);
    if (r < 0)
        return r;
    r = swap_rename(temporary, path, "swap-in");
    if (r < 0) {
        if (!away)
            unlinkat(third.fd, third.name, 0);
        else
            renameat(third.fd, third.name, path->fd, path->name);
        return r;
    }
    return swap_rename(&third, temporary, "swap-back");
}

static int swap_move(const struct swap_name *temporary,
                     const struct swap_name *path)
{
    struct stat st, there;
    int r = swap_stat(temporary, &st);

    if (r < 0)
        return r;
    if (!S_ISDIR(st.st_mode)) {
        r = swap_link(temporary, path);
        return r < 0 ? r : swap_unlink(temporary, st.st_mode);
    }
    r = swap_stat(path, &there);
    if (r == 0)
        return -EEXIST;
    return r == -ENOENT ? swap_rename(temporary, path, "swap-in") : r;
}

static int swap_flags(const struct swap_name *temporary,
                      const struct swap_name *path, unsigned flags)
{
#ifdef CCM_FAULTS
    if (getenv("CCM_FAULT_NO_FLAGS"))
        return -EINVAL;
#endif
    return renameat2(temporary->fd, temporary->name, path->fd, path->name,
                     flags) < 0
               ? -errno
               : 0;
}

int swap_names(const struct swap_name *temporary, const struct swap_name *path,
               unsigned flags)
{
    int r = swap_flags(temporary, path, flags);

    if (r != -EINVAL && r != -ENOSYS && r != -EOPNOTSUPP)
        return r;
    return flags & RENAME_EXCHANGE ? swap_exchange(temporary, path)
                                   : swap_move(temporary, path);
}

int swap_take(const struct swap_name *path, const struct swap_name *temporary)
{
    int r = swap_flags(path, temporary, RENAME_NOREPLACE);
    struct stat st;

    if (r != -EINVAL && r != -ENOSYS && r != -EOPNOTSUPP)
        return r;
    r = swap_stat(temporary, &st);
    if (r == 0)
        return -EEXIST;
    return r == -ENOENT ? swap_rename(path, temporary, "swap-take") : r;
}

/* The third name is what was staged, on its way back: an undoing was cut
 * short. */
static int swap_mend_new(const struct swap_name *third,
                         const struct swap_name *path, bool there, mode_t mode)
{
    return there ? swap_unlink(third, mode)
                 : swap_rename(third, path, "swap-mend");
}

int swap_mend(const struct swap_name *temporary, const struct swap_name *path,
              uint64_t staged)
{
    cleanup_free char *name = swap_third(temporary);
    struct swap_name third = {temporary->fd, name};
    struct stat old, at, temp;
    bool there, waits;
    int r = swap_stat(&third, &old);

    if (r < 0)
        return r == -ENOENT ? 0 : r;
    there = swap_stat(path, &at) == 0;
    waits = swap_stat(temporary, &temp) == 0;
    if (staged != 0 && old.st_ino == staged)
        return swap_mend_new(&third, path, there, old.st_mode);
    if (!waits)
        return swap_rename(&third, temporary, "swap-mend");
    return there ? swap_unlink(&third, old.st_mode)
                 : swap_rename(&third, path, "swap-mend");
}
