/* SPDX-License-Identifier: ISC */
/* Adds one difference to the results of a comparison. */
#include "change/compare_internal.h"

#include "base/alloc.h"
#include "base/path.h"
#include "base/util.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/statvfs.h>

struct delta *compare_add(struct compare *cmp, const struct change *c,
                          enum delta_action action)
{
    struct delta *d = deltas_add(cmp->out);

    d->action = action;
    d->change = c;
    if (action == DELTA_DELETE)
        cmp->count->removals++;
    cmp->changed[c->configuration] |= action != DELTA_RUN;
    if (c->service)
        compare_service(cmp, c);
    return d;
}

struct delta *compare_add_path(struct compare *cmp, const struct change *c,
                               enum delta_action action, const struct stat *st)
{
    struct delta *d = compare_add(cmp, c, action);

    d->path = xstrdup(c->path);
    d->content = true;
    if (st) {
        d->old_mode = st->st_mode;
        d->old_uid = st->st_uid;
        d->old_gid = st->st_gid;
    }
    return d;
}

/* A symlink among the directories may lead to what is protected. */
int compare_protected(struct compare *cmp, const struct change *c,
                      const struct tree_dir *dir, const char *name)
{
    cleanup_free char *real = NULL;

    if (streq(dir->real, dir->path))
        return 0;
    real = path_join(dir->real, name);
    return protect_check_path(cmp->protect, c->kind, real, cmp->err);
}

int compare_can_replace(struct compare *cmp, const struct tree_dir *dir,
                        const char *name)
{
    struct statvfs fs;
    struct statx stx;

    if (name &&
        statx(dir->fd, name, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, STATX_TYPE,
              &stx) == 0 &&
        (stx.stx_attributes_mask & stx.stx_attributes & STATX_ATTR_MOUNT_ROOT))
        return error_set(cmp->err, -EBUSY,
                         "it is a mount point, so it cannot be replaced or "
                         "removed: unmount it");
    if (fstatvfs(dir->fd, &fs) == 0 && (fs.f_flag & ST_RDONLY))
        return error_set(cmp->err, -EROFS,
                         "the file system of %s is mounted read-only: mount "
                         "it read-write",
                         dir->real);
    return 0;
}
