/* SPDX-License-Identifier: ISC */
/* Writes new contents under temporary names. */
#include "change/stage.h"

#include "base/io.h"
#include "base/util.h"
#include "change/fault.h"
#include "change/owner.h"

#include <errno.h>
#include <fcntl.h>

/* The item that is staged, and its place. */
struct stage {
    struct work *work;
    struct op *op;
    const struct change *change;
    struct tree_dir *dir;
    const char *name;
    struct owner owner;
    struct error *err;
};

/* Gives an open file or directory its owner and mode, unless it was created
 * with them. Ownership first: a mode for one owner is not for another. */
static int stage_attributes(const struct stage *s, int fd, struct stat *st,
                            mode_t mode)
{
    int r = fstat(fd, st) < 0 ? -errno : 0;

    if (r == 0 && tree_owners(s->work->tree) &&
        (st->st_uid != s->owner.uid || st->st_gid != s->owner.gid)) {
        r = FAULT("stage-owner");
        if (r == 0 && fchown(fd, s->owner.uid, s->owner.gid) < 0)
            r = -errno;
        st->st_mode &= ~(mode_t) 06000; /* fchown takes them away */
    }
    if (r == 0 && (st->st_mode & 07777) != mode) {
        r = FAULT("stage-mode");
        if (r == 0 && fchmod(fd, mode) < 0)
            r = -errno;
    }
    return r;
}

static int stage_write(const struct stage *s, int fd)
{
    const struct change *c = s->change;
    int r = FAULT("stage-write");

    if (r == 0)
        r = io_write_all(fd, c->content, c->size);
    /* Writing removes setuid and setgid unless the writer is root. */
    if (r == 0 && (c->mode & 06000) && fchmod(fd, c->mode) < 0)
        r = -errno;
    if (r == 0 && s->op->late && fdatasync(fd) < 0)
        r = -errno;
    return r;
}

static int stage_file(const struct stage *s, struct stat *st)
{
    mode_t birth = tree_owners(s->work->tree) && s->owner.uid != 0
                       ? 0600
                       : (mode_t) s->change->mode & 0777;
    cleanup_close int fd = -1;
    int r = FAULT("stage-create");

    if (r < 0)
        return r;
    fd = openat(s->dir->fd, s->name,
                O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, birth);
    if (fd < 0)
        return -errno;
    r = stage_attributes(s, fd, st, s->change->mode);
    return r < 0 ? r : stage_write(s, fd);
}

/* In a directory that others can write to, the name may be something else by
 * now, so only a symlink with a single link is given away. */
static int stage_link(const struct stage *s, struct stat *st)
{
    cleanup_close int fd = -1;
    int r = FAULT("stage-link");

    if (r == 0 && symlinkat(s->change->target, s->dir->fd, s->name) < 0)
        r = -errno;
    if (r < 0)
        return r;
    fd = openat(s->dir->fd, s->name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 || fstat(fd, st) < 0)
        return -errno;
    if (!S_ISLNK(st->st_mode) || st->st_nlink != 1)
        return -ESTALE;
    if (!tree_owners(s->work->tree) ||
        (st->st_uid == s->owner.uid && st->st_gid == s->owner.gid))
        return 0;
    r = FAULT("stage-link-owner");
    if (r == 0 && fchownat(fd, "", s->owner.uid, s->owner.gid,
                           AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW) < 0)
        r = -errno;
    return r;
}

static int stage_folder(const struct stage *s, struct stat *st)
{
    int r = FAULT("stage-mkdir");

    if (r == 0 && mkdirat(s->dir->fd, s->name, 0700) < 0)
        r = -errno;
    if (r == 0 && fstatat(s->dir->fd, s->name, st, AT_SYMLINK_NOFOLLOW) < 0)
        r = -errno;
    return r;
}

/* The last step for a directory, after it is filled. */
static int stage_seal(const struct stage *s)
{
    cleanup_close int fd = tree_open_dir(s->dir, s->name);
    struct stat st;
    int r = fd < 0 ? fd : stage_attributes(s, fd, &st, s->change->mode);

    if (r == 0 && st.st_ino != s->op->inode)
        r = -ESTALE;
    if (r == 0 && s->op->late && fsync(fd) < 0)
        r = -errno;
    return r < 0 ? error_errno(s->err, r, "setting its owner and mode") : 0;
}

static int stage_open(struct work *work, struct op *op, struct stage *s,
                      struct error *err)
{
    const struct accounts *accounts;
    int r = work_accounts(work, &accounts, err);

    *s = (struct stage){
        .work = work, .op = op, .change = op->delta->change, .err = err};
    if (r == 0)
        r = tree_parent(work->tree, op->temporary, &s->dir, &s->name, err);
    if (r == 0 && tree_owners(work->tree))
        r = owner_resolve(op->late ? NULL : work->plan, accounts, s->change,
                          &s->owner, err);
    return r;
}

static int stage_op(struct work *work, struct op *op, struct error *err)
{
    struct stage s;
    struct stat st;
    int r = stage_open(work, op, &s, err);

    if (r < 0)
        return r;
    if (s.change->kind == CHANGE_FILE)
        r = stage_file(&s, &st);
    else if (s.change->kind == CHANGE_SYMLINK)
        r = stage_link(&s, &st);
    else
        r = stage_folder(&s, &st);
    if (r == 0)
        r = work_touch(work, s.dir, st.st_dev);
    if (r < 0)
        return error_errno(err, r, "staging it");
    op->inode = st.st_ino;
    return 0;
}

static int stage_seal_op(struct work *work, struct op *op, struct error *err)
{
    struct stage s;
    int r = stage_open(work, op, &s, err);

    return r < 0 ? r : stage_seal(&s);
}

int stage_all(struct work *work, const struct delta **blame, struct error *err)
{
    struct transaction *t = &work->t;
    size_t i;
    int r = 0;

    for (i = 0; r == 0 && i < t->n; i++) {
        *blame = t->ops[i].delta;
        if (t->ops[i].kind == OP_PUT && !t->ops[i].late)
            r = stage_op(work, &t->ops[i], err);
    }
    for (i = t->n; r == 0 && i-- > 0;) {
        *blame = t->ops[i].delta;
        if (t->ops[i].kind == OP_PUT && t->ops[i].folder && !t->ops[i].late)
            r = stage_seal_op(work, &t->ops[i], err);
    }
    return r;
}

int stage_late(struct work *work, struct op *op, struct error *err)
{
    int r = stage_op(work, op, err);

    if (r == 0 && op->folder)
        r = stage_seal_op(work, op, err);
    return r;
}
