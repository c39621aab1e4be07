/* SPDX-License-Identifier: ISC */
/*
 * Undoing, after a failure and after a crash alike. It relies only on what it
 * sees: the inodes at the path and under the temporary name. So it does not
 * matter how far the operation had come, or an earlier attempt to undo it.
 */
#include "change/undo.h"

#include "base/alloc.h"
#include "base/util.h"
#include "change/account.h"
#include "change/fault.h"
#include "change/swap.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

/* As often as when committing. */
#define UNDO_TRIES 64

/* What is at a name. */
struct undo_seen {
    struct tree_dir *dir; /* NULL: not even its directory is there */
    const char *name;
    uint64_t inode; /* 0: nothing */
    mode_t mode;
};

static int undo_look(struct work *work, const char *path,
                     struct undo_seen *seen, struct error *err)
{
    struct stat st;
    int r;

    *seen = (struct undo_seen){0};
    r = tree_parent(work->tree, path, &seen->dir, &seen->name, err);
    if (r == -ENOENT || r == -ENOTDIR) {
        seen->dir = NULL;
        return 0;
    }
    if (r < 0)
        return r;
    r = FAULT("undo-look");
    if (r == 0 &&
        fstatat(seen->dir->fd, seen->name, &st, AT_SYMLINK_NOFOLLOW) < 0)
        r = -errno;
    if (r == -ENOENT)
        return 0;
    if (r < 0)
        return error_errno(err, r, "%s", path);
    seen->inode = st.st_ino;
    seen->mode = st.st_mode;
    return work_touch(work, seen->dir, st.st_dev);
}

/* Removes the item that was seen. Returns 0, -ENOTEMPTY, or another -errno. */
static int undo_unlink(const struct undo_seen *seen, const char *path,
                       struct error *err)
{
    int r;

    if (seen->inode == 0)
        return 0;
    r = FAULT("undo-discard");
    if (r == 0 && unlinkat(seen->dir->fd, seen->name,
                           S_ISDIR(seen->mode) ? AT_REMOVEDIR : 0) < 0)
        r = -errno;
    if (r == -EEXIST)
        r = -ENOTEMPTY;
    if (r == 0 || r == -ENOENT || r == -ENOTEMPTY)
        return r == -ENOENT ? 0 : r;
    return error_errno(err, r, "removing %s", path);
}

/* A directory that is not empty stays, because its contents are not ours. */
static int undo_discard(struct work *work, const struct undo_seen *seen,
                        const char *path, struct error *err)
{
    int r = undo_unlink(seen, path, err);

    if (r != -ENOTEMPTY)
        return r;
    buf_printf(&work->notes, "; %s stays, it is not empty", path);
    return 0;
}

static int undo_swap(const struct undo_seen *from, const struct undo_seen *to,
                     unsigned flags)
{
    struct swap_name temporary = {from->dir->fd, from->name};
    struct swap_name path = {to->dir->fd, to->name};
    int r = FAULT("undo-exchange");

    return r < 0 ? r : swap_names(&temporary, &path, flags);
}

/* A directory that somebody fills although it already has its temporary name
 * goes back to a place where its owner finds it, beside its replacement.
 * Returns 1 if that place is gone. */
static int undo_give_back(struct work *work, const struct op *op,
                          const struct undo_seen *seen, struct error *err)
{
    cleanup_free char *kept = xasprintf("%s.kept-%s", op->path, work->t.token);
    struct undo_seen to;
    int r = undo_look(work, kept, &to, err);

    if (r == 0 && !to.dir)
        return 1;
    if (r == 0)
        r = undo_swap(seen, &to, RENAME_NOREPLACE);
    return r < 0 ? error_errno(err, r, "moving %s back", op->path) : 0;
}

/* The same for what waits under the temporary name. A customer may have put
 * something into our directory in the moment that it was in his. */
static int undo_discard_temporary(struct work *work, const struct op *op,
                                  const struct undo_seen *seen,
                                  struct error *err)
{
    int r = undo_unlink(seen, op->temporary, err);

    if (r != -ENOTEMPTY)
        return r;
    if (!work->incomplete && undo_give_back(work, op, seen, NULL) == 0)
        buf_printf(&work->notes, "; %s.kept-%s is not ours to remove", op->path,
                   work->t.token);
    else
        buf_printf(&work->notes, "; %s stays, it is not empty", op->temporary);
    return 0;
}

/* After the exchange: removes the item under the temporary name. If it is our
 * directory and others have put something into it, it stays where they know it,
 * and the old item is removed instead. But its contents may also be ours, if
 * they could not be removed just now; then there will be another attempt. */
static int undo_settle(struct work *work, struct op *op, struct error *err)
{
    struct undo_seen at = {0}, temporary = {0};
    int r = undo_look(work, op->temporary, &temporary, err);

    if (r == 0)
        r = undo_unlink(&temporary, op->temporary, err);
    if (r != -ENOTEMPTY)
        return r;
    r = undo_look(work, op->path, &at, err);
    if (r == 0 && at.dir)
        undo_swap(&temporary, &at,
                  at.inode ? RENAME_EXCHANGE : RENAME_NOREPLACE);
    if (work->incomplete)
        return error_errno(err, -ENOTEMPTY, "restoring %s", op->path);
    r = undo_look(work, op->temporary, &temporary, err);
    buf_printf(&work->notes, "; %s stays, it is not empty", op->path);
    return r < 0 ? r : undo_discard_temporary(work, op, &temporary, err);
}

/* What an exchange in steps left is put in order first. */
static int undo_mend(struct work *work, const struct op *op, struct error *err)
{
    struct undo_seen at = {0}, temporary = {0};
    int r = undo_look(work, op->temporary, &temporary, err);

    if (r == 0)
        r = undo_look(work, op->path, &at, err);
    if (r < 0 || !at.dir || !temporary.dir || op->inside)
        return r;
    r = swap_mend(&(struct swap_name){temporary.dir->fd, temporary.name},
                  &(struct swap_name){at.dir->fd, at.name}, op->inode);
    return r < 0 ? error_errno(err, r, "restoring %s", op->path) : 0;
}

/* One try. Returns 1 if the path has just changed. */
static int undo_try(struct work *work, struct op *op, struct error *err)
{
    struct undo_seen at = {0}, temporary = {0};
    int r = undo_look(work, op->temporary, &temporary, err);

    if (r == 0)
        r = undo_look(work, op->path, &at, err);
    if (r < 0)
        return r;
    if (!at.dir) /* removed by others, and this would go with it */
        return undo_discard_temporary(work, op, &temporary, err);
    if (at.inode != 0 && at.inode == temporary.inode) /* two names of one */
        return undo_unlink(&temporary, op->temporary, err);
    r = undo_swap(&temporary, &at,
                  at.inode ? RENAME_EXCHANGE : RENAME_NOREPLACE);
    if (r == -ENOENT || r == -EEXIST) {
        error_errno(err, r, "restoring %s", op->path);
        tree_forget(work->tree);
        return 1;
    }
    if (r < 0)
        return error_errno(err, r, "restoring %s", op->path);
    return at.inode ? undo_settle(work, op, err) : 0;
}

/* Moves the item under the temporary name back to the path, and removes the one
 * at the path. */
static int undo_restore(struct work *work, struct op *op, struct error *err)
{
    int i, r = 1;

    for (i = 0; r == 1 && i < UNDO_TRIES; i++)
        r = undo_try(work, op, err);
    return r == 1 ? -EBUSY : r;
}

static int undo_put(struct work *work, struct op *op, struct error *err)
{
    struct undo_seen at = {0}, temporary = {0};
    int r = undo_mend(work, op, err);

    if (r == 0)
        r = undo_look(work, op->temporary, &temporary, err);
    if (r == 0)
        r = undo_look(work, op->path, &at, err);
    /* It had both names: the move in steps was cut short. */
    if (r == 0 && op->inode != 0 && temporary.inode == op->inode &&
        at.inode == op->inode && !op->existed && !op->folder)
        r = undo_discard(work, &at, op->path, err);
    if (r < 0)
        return r;
    /* Never staged, or staged and not exchanged. */
    if (op->inode == 0 || temporary.inode == op->inode)
        return undo_discard_temporary(work, op, &temporary, err);
    if (temporary.inode != 0 && !op->inside)
        return undo_restore(work, op, err);
    if (at.inode == op->inode && (op->inside || !op->existed))
        return undo_discard(work, &at, op->path, err);
    return 0;
}

static int undo_remove(struct work *work, struct op *op, struct error *err)
{
    struct undo_seen temporary = {0};
    int r = undo_mend(work, op, err);

    if (r == 0)
        r = undo_look(work, op->temporary, &temporary, err);
    return r < 0 || temporary.inode == 0 ? r : undo_restore(work, op, err);
}

static int undo_set(struct work *work, const struct op *op, int fd)
{
    struct stat st;
    int r = fstat(fd, &st) < 0 ? -errno : 0;

    if (r < 0 || st.st_ino != op->inode)
        return r;
    if (tree_owners(work->tree) &&
        (st.st_uid != op->uid || st.st_gid != op->gid)) {
        r = FAULT("undo-owner");
        if (r == 0 && fchown(fd, op->uid, op->gid) < 0)
            r = -errno;
    }
    if (r == 0)
        r = FAULT("undo-mode");
    if (r == 0 && fchmod(fd, op->mode) < 0)
        r = -errno;
    return r;
}

static int undo_attributes(struct work *work, struct op *op, struct error *err)
{
    cleanup_close int fd = -1;
    struct tree_dir *dir;
    int r = tree_dir(work->tree, op->path, &dir, err);

    if (r == -ENOENT || r == -ENOTDIR)
        return 0;
    if (r < 0)
        return r;
    fd = tree_open_dir(dir, ".");
    r = fd < 0 ? fd : undo_set(work, op, fd);
    return r < 0 ? error_errno(err, r, "restoring %s", op->path) : 0;
}

static int undo_account(struct work *work, struct op *op, struct error *err)
{
    const struct change c = {.kind = op->account, .name = op->name};
    const struct delta d = {.action = op->action,
                            .change = &c,
                            .old = op->old,
                            .old_size = op->old ? strlen(op->old) : 0};
    int r;

    if (!op->begun)
        return 0;
    r = FAULT("undo-account");
    if (r < 0)
        return error_errno(err, r, "restoring account %s", op->name);
    return account_undo(work->config->root, &d, err);
}

int undo_op(struct work *work, struct op *op, struct error *err)
{
    switch (op->kind) {
    case OP_PUT:
        return undo_put(work, op, err);
    case OP_REMOVE:
        return undo_remove(work, op, err);
    case OP_ATTRIBUTES:
        return work->t.staged ? undo_attributes(work, op, err) : 0;
    case OP_ACCOUNT:
        return undo_account(work, op, err);
    case OP_COMMAND:
        break;
    }
    if (op->begun)
        buf_printf(&work->notes, "; command %s was run and cannot be undone",
                   op->name);
    return 0;
}

int undo_drop(struct work *work, struct op *op, struct error *err)
{
    struct undo_seen seen = {0};
    int r;

    if ((op->kind != OP_PUT && op->kind != OP_REMOVE) || op->inside)
        return 0;
    if (op->kind == OP_PUT && !op->existed && op->delta)
        return 0;
    r = tree_parent(work->tree, op->temporary, &seen.dir, &seen.name, err);
    if (r == -ENOENT || r == -ENOTDIR)
        return 0;
    if (r == 0)
        r = FAULT("drop");
    if (r == 0 && unlinkat(seen.dir->fd, seen.name, 0) < 0)
        r = -errno;
    if (r == -EISDIR)
        r = unlinkat(seen.dir->fd, seen.name, AT_REMOVEDIR) < 0 ? -errno : 0;
    if (r == -ENOTEMPTY || r == -EEXIST) {
        r = undo_give_back(work, op, &seen, err);
        return r < 0 ? r : 0;
    }
    return r < 0 && r != -ENOENT
               ? error_errno(err, r, "dropping the old %s", op->path)
               : 0;
}
