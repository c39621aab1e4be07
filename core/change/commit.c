/* SPDX-License-Identifier: ISC */
/*
 * The exchange. A customer may change a path just before we exchange it. Then
 * something is there where nothing was, or the reverse, and the other form of
 * renameat2 is tried. Whatever comes back from the exchange is kept until the
 * end, except a directory that is not empty: it is put back at once, because
 * nobody could remove it later without destroying other people's files.
 */
#include "change/commit.h"

#include "base/util.h"
#include "change/account.h"
#include "change/apply_test.h"
#include "change/fault.h"
#include "change/owner.h"
#include "change/stage.h"
#include "change/swap.h"
#include "command/command.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

/* Losing a race once is chance; losing it this often is not. */
#define EXCHANGE_TRIES 64

/* Both names of an operation. */
struct commit_place {
    struct tree_dir *dir, *stage;
    const char *name, *temporary;
};

static int commit_find(struct work *work, const struct op *op,
                       struct commit_place *place, struct error *err)
{
    int r = tree_parent(work->tree, op->temporary, &place->stage,
                        &place->temporary, err);

    if (r == 0)
        r = tree_parent(work->tree, op->path, &place->dir, &place->name, err);
    return r;
}

static int commit_swap(const struct commit_place *p, unsigned flags)
{
    struct swap_name temporary = {p->stage->fd, p->temporary};
    struct swap_name path = {p->dir->fd, p->name};
    int r = FAULT("commit-exchange");

    return r < 0 ? r : swap_names(&temporary, &path, flags);
}

static int commit_exchange(struct op *op, const struct commit_place *p)
{
    int i, r = -EBUSY;

    for (i = 0; i < EXCHANGE_TRIES; i++) {
        r = commit_swap(p, op->existed ? RENAME_EXCHANGE : RENAME_NOREPLACE);
        if (r == -ENOENT && op->existed)
            op->existed = false;
        else if (r == -EEXIST && !op->existed)
            op->existed = true;
        else
            break;
    }
    return r;
}

/* Is there a directory under the temporary name that is not empty, so that it
 * could not be removed later? */
static int commit_check_old(const struct op *op, const struct commit_place *p)
{
    struct stat st;

    if (fstatat(p->stage->fd, p->temporary, &st, AT_SYMLINK_NOFOLLOW) < 0)
        return -errno;
    if (!S_ISDIR(st.st_mode))
        return 0;
    if (op->kind == OP_REMOVE && !op->folder)
        return -EISDIR;
    return tree_is_empty(p->stage, p->temporary) == 1 ? 0 : -ENOTEMPTY;
}

/* Where others can write the directory of the temporary name, the path may have
 * received something else than what was staged. */
static int commit_check_new(const struct op *op, const struct commit_place *p)
{
    struct stat st;

    if (p->stage->trusted)
        return 0;
    if (fstatat(p->dir->fd, p->name, &st, AT_SYMLINK_NOFOLLOW) < 0)
        return -errno;
    return st.st_ino == op->inode ? 0 : -ESTALE;
}

static int commit_put(struct work *work, struct op *op, struct error *err)
{
    struct commit_place p;
    int r = 0;

    if (op->inside)
        return apply_test_staged(work, op, err);
    if (op->late) {
        r = stage_late(work, op, err);
        if (r == 0)
            r = journal_late(&work->journal, &work->t,
                             (size_t) (op - work->t.ops), err);
    }
    if (r == 0)
        r = apply_test_staged(work, op, err);
    if (r == 0)
        r = commit_find(work, op, &p, err);
    if (r < 0)
        return r;
    r = commit_exchange(op, &p);
    if (r < 0)
        return error_errno(err, r, "exchanging it");
    if (op->existed && (r = commit_check_old(op, &p)) < 0) {
        commit_swap(&p, RENAME_EXCHANGE);
        return error_errno(err, r, "the path is now a directory");
    }
    r = commit_check_new(op, &p);
    return r < 0 ? error_errno(err, r, "the staged file was replaced") : 0;
}

/* Nobody else has a name like the temporary one: where renameat2 takes no
 * flag, looking first is as good. */
static int commit_take_away(const struct commit_place *p)
{
    struct swap_name temporary = {p->stage->fd, p->temporary};
    struct swap_name path = {p->dir->fd, p->name};

    return swap_take(&path, &temporary);
}

static int commit_remove(struct work *work, struct op *op, struct error *err)
{
    struct commit_place p;
    int r = commit_find(work, op, &p, err);

    if (r < 0)
        return r;
    r = FAULT("commit-remove");
    if (r == 0)
        r = commit_take_away(&p);
    if (r == -ENOENT)
        return 0;
    if (r < 0)
        return error_errno(err, r, "removing it");
    r = commit_check_old(op, &p);
    if (r == 0)
        return 0;
    commit_swap(&p, RENAME_NOREPLACE);
    return error_errno(err, r, "removing it");
}

static int commit_set(struct work *work, const struct op *op, int fd,
                      const struct owner *owner)
{
    struct stat st;
    int r = fstat(fd, &st) < 0 ? -errno : 0;

    if (r == 0 && st.st_ino != op->inode)
        return -ESTALE;
    if (r == 0 && tree_owners(work->tree)) {
        r = FAULT("commit-owner");
        if (r == 0 && fchown(fd, owner->uid, owner->gid) < 0)
            r = -errno;
    }
    if (r == 0)
        r = FAULT("commit-mode");
    if (r == 0 && fchmod(fd, op->delta->change->mode) < 0)
        r = -errno;
    return r;
}

static int commit_attributes(struct work *work, struct op *op,
                             struct error *err)
{
    const struct accounts *accounts;
    struct owner owner = {0};
    struct tree_dir *dir;
    cleanup_close int fd = -1;
    struct stat st;
    int r = work_accounts(work, &accounts, err);

    if (r == 0 && tree_owners(work->tree))
        r = owner_resolve(NULL, accounts, op->delta->change, &owner, err);
    if (r == 0)
        r = tree_dir(work->tree, op->path, &dir, err);
    if (r < 0)
        return r;
    fd = tree_open_dir(dir, ".");
    r = fd < 0 ? fd : commit_set(work, op, fd, &owner);
    if (r == 0 && fstat(fd, &st) == 0)
        r = work_touch(work, dir, st.st_dev);
    return r < 0 ? error_errno(err, r, "changing its owner and mode") : 0;
}

static int commit_account(struct work *work, struct op *op, struct error *err)
{
    int r = journal_begun(&work->journal, (size_t) (op - work->t.ops), err);

    if (r < 0)
        return r;
    op->begun = true;
    r = FAULT("commit-account");
    if (r < 0)
        return error_errno(err, r, "changing the account");
    r = account_apply(work->config->root, op->delta, err);
    accounts_free(STEAL(work->accounts));
    return r;
}

static int commit_command(struct work *work, struct op *op, struct error *err)
{
    const struct change *c = op->delta->change;
    struct command_spec spec = {.argv = c->list,
                                .user = c->user,
                                .directory = c->directory,
                                .root = work->config->root,
                                .timeout_ms = (int64_t) c->timeout_s * 1000,
                                .env = c->env,
                                .input = c->input,
                                .input_size = c->input ? strlen(c->input) : 0};
    struct command_result result;
    int r = journal_begun(&work->journal, (size_t) (op - work->t.ops), err);

    if (r < 0)
        return r;
    op->begun = true;
    work_progress(work, "commit",
                  work->plan->configurations[c->configuration].name,
                  c->list[0]);
    r = FAULT("commit-command");
    if (r < 0)
        return error_errno(err, r, "running it");
    r = command_run(&spec, &result, err);
    op->begun = result.started;
    command_result_done(&result);
    return r;
}

static int commit_op(struct work *work, struct op *op, struct error *err)
{
    switch (op->kind) {
    case OP_PUT:
        return commit_put(work, op, err);
    case OP_REMOVE:
        return commit_remove(work, op, err);
    case OP_ATTRIBUTES:
        return commit_attributes(work, op, err);
    case OP_ACCOUNT:
        return commit_account(work, op, err);
    case OP_COMMAND:
        break;
    }
    return commit_command(work, op, err);
}

int commit_all(struct work *work, const struct delta **blame, struct error *err)
{
    uint32_t configuration = UINT32_MAX;
    size_t i;
    int r = 0;

    for (i = 0; r == 0 && i < work->t.n; i++) {
        struct op *op = &work->t.ops[i];
        const struct change *c = op->delta->change;

        if (c->configuration != configuration)
            work_progress(work, "commit",
                          work->plan->configurations[c->configuration].name,
                          NULL);
        configuration = c->configuration;
        *blame = op->delta;
        r = commit_op(work, op, err);
    }
    return r;
}
