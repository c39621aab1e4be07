/* SPDX-License-Identifier: ISC */
/*
 * A plan against the node. A run that changes nothing spends its time here, so
 * an unchanged file costs four system calls (fstatat, openat, read, close) and
 * no allocation.
 */
#include "change/compare.h"

#include "base/alloc.h"
#include "base/path.h"
#include "base/util.h"
#include "change/account.h"
#include "change/compare_internal.h"
#include "change/fault.h"
#include "change/owner.h"
#include "plan/plan_rules.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>

static size_t compare_index(const struct compare *cmp, const struct change *c)
{
    return (size_t) (c - cmp->plan->changes);
}

/* What is in the way of a declared file, directory or symlink. */
static int compare_replace(struct compare *cmp, const struct change *c,
                           const struct tree_dir *dir, const char *name,
                           const struct stat *st)
{
    int r;

    if (S_ISCHR(st->st_mode) || S_ISBLK(st->st_mode))
        return error_set(cmp->err, -EEXIST, "the path exists and is a device");
    if (S_ISDIR(st->st_mode)) {
        r = tree_is_empty(dir, name);
        if (r < 0)
            return error_errno(cmp->err, r, "the existing directory");
        if (r == 0)
            return error_set(
                cmp->err, -ENOTEMPTY,
                "the path is a directory that is not empty; move it away");
    }
    r = compare_can_replace(cmp, dir, name);
    if (r < 0)
        return r;
    compare_keep_old(cmp, compare_add_path(cmp, c, DELTA_UPDATE, st), dir, name,
                     st);
    return 0;
}

/* Most entries have the owner of the previous one. */
static int compare_owner(struct compare *cmp, const struct change *c)
{
    int r;

    if (cmp->owned && streq(cmp->owned->owner, c->owner) &&
        streq(cmp->owned->group, c->group))
        return 0;
    r = owner_resolve(cmp->plan, cmp->accounts, c, &cmp->owner, cmp->err);
    cmp->owned = r == 0 ? c : NULL;
    return r;
}

/* Whether owner and group differ; and mode, where it counts. */
static int compare_attributes(struct compare *cmp, const struct change *c,
                              const struct stat *st, bool *mode, bool *owner)
{
    const struct owner *wanted = &cmp->owner;
    int r;

    *mode = c->kind != CHANGE_SYMLINK && (st->st_mode & 07777) != c->mode;
    *owner = false;
    if (!tree_owners(cmp->tree))
        return 0;
    r = compare_owner(cmp, c);
    if (r < 0)
        return r;
    *owner = !wanted->uid_known || wanted->uid != st->st_uid ||
             !wanted->gid_known || wanted->gid != st->st_gid;
    return 0;
}

static int compare_file(struct compare *cmp, const struct change *c,
                        const struct tree_dir *dir, const char *name,
                        const struct stat *st)
{
    struct delta *d;
    bool mode = false, owner = false;
    int r, content;

    if (!S_ISREG(st->st_mode))
        return compare_replace(cmp, c, dir, name, st);
    r = compare_attributes(cmp, c, st, &mode, &owner);
    content = r < 0 ? r : compare_content(cmp, c, dir, name, st);
    if (content < 0)
        return content;
    if (!content && !mode && !owner)
        return 0;
    r = compare_can_replace(cmp, dir, name);
    if (r < 0)
        return r;
    d = compare_add_path(cmp, c, DELTA_UPDATE, st);
    d->content = content;
    d->mode = mode;
    d->owner = owner;
    if (content)
        compare_keep_old(cmp, d, dir, name, st);
    return 0;
}

static int compare_link(struct compare *cmp, const struct change *c,
                        const struct tree_dir *dir, const char *name,
                        const struct stat *st)
{
    char target[PATH_MAX];
    bool mode, owner, content;
    struct delta *d;
    ssize_t n;
    int r;

    if (!S_ISLNK(st->st_mode))
        return compare_replace(cmp, c, dir, name, st);
    r = compare_attributes(cmp, c, st, &mode, &owner);
    if (r < 0)
        return r;
    n = readlinkat(dir->fd, name, target, sizeof(target) - 1);
    target[n < 0 ? 0 : n] = '\0';
    content = !streq(target, c->target);
    if (!content && !owner)
        return 0;
    r = compare_can_replace(cmp, dir, name);
    if (r < 0)
        return r;
    d = compare_add_path(cmp, c, DELTA_UPDATE, st);
    d->content = content;
    d->owner = owner;
    compare_keep_old(cmp, d, dir, name, st);
    return 0;
}

static int compare_directory(struct compare *cmp, const struct change *c,
                             const struct tree_dir *dir, const char *name,
                             const struct stat *st)
{
    struct tree_dir *target;
    struct stat real = *st;
    struct delta *d;
    bool mode, owner;
    int r;

    if (S_ISLNK(st->st_mode) &&
        tree_dir(cmp->tree, c->path, &target, NULL) == 0 &&
        fstat(target->fd, &real) < 0)
        return error_errno(cmp->err, -errno, "the target of the symlink");
    if (!S_ISDIR(real.st_mode)) {
        r = compare_replace(cmp, c, dir, name, st);
        cmp->fresh[compare_index(cmp, c)] = r == 0;
        return r;
    }
    r = compare_attributes(cmp, c, &real, &mode, &owner);
    if (r < 0 || (!mode && !owner))
        return r;
    d = compare_add_path(cmp, c, DELTA_UPDATE, &real);
    d->content = false;
    d->mode = mode;
    d->owner = owner;
    return 0;
}

/* The directory of path; *dir is NULL if an earlier step of the plan creates
 * it. */
static int compare_parent(struct compare *cmp, const struct change *c,
                          struct tree_dir **dir, const char **name)
{
    size_t size = (size_t) (strrchr(c->path, '/') - c->path);
    const struct change *parent;
    cleanup_free char *path = NULL;

    *name = c->path + size + 1;
    if (cmp->dir && cmp->dir->fd >= 0 && strlen(cmp->dir->path) == size &&
        memcmp(cmp->dir->path, c->path, size) == 0) {
        *dir = cmp->dir;
        return 0;
    }
    path = size ? xstrndup(c->path, size) : xstrdup("/");
    parent = plan_find_path(cmp->plan, path);
    if (parent && parent < c && cmp->fresh[compare_index(cmp, parent)]) {
        *dir = NULL;
        return 0;
    }
    return tree_dir(cmp->tree, path, dir, cmp->err);
}

/* dir: NULL if an earlier step makes it */
static int compare_missing(struct compare *cmp, const struct change *c,
                           const struct tree_dir *dir)
{
    int r = tree_owners(cmp->tree) ? compare_owner(cmp, c) : 0;

    if (r == 0 && dir)
        r = compare_can_replace(cmp, dir, NULL);
    if (r < 0)
        return r;
    compare_add_path(cmp, c, DELTA_CREATE, NULL);
    cmp->fresh[compare_index(cmp, c)] = c->kind == CHANGE_DIRECTORY;
    return 0;
}

static int compare_stat(const struct compare *cmp, const struct tree_dir *dir,
                        const char *name, struct stat *st)
{
    if (cmp->seen) {
        *st = cmp->seen->st;
        return cmp->seen->r;
    }
    return fstatat(dir->fd, name, st, AT_SYMLINK_NOFOLLOW) < 0 ? -errno : 0;
}

/* A file, directory or symlink. */
static int compare_entry(struct compare *cmp, const struct change *c)
{
    struct tree_dir *dir;
    const char *name;
    struct stat st;
    int r = compare_parent(cmp, c, &dir, &name);

    if (r == -ENOENT)
        return error_set(cmp->err, r,
                         "its directory does not exist, and nothing declared "
                         "before creates it");
    if (r < 0)
        return r;
    if (!dir)
        return compare_missing(cmp, c, NULL);
    cmp->dir = dir;
    r = compare_protected(cmp, c, dir, name);
    if (r < 0)
        return r;
    if (c->kind == CHANGE_FILE)
        cmp->seen = compare_ahead(cmp, c, dir);
    r = FAULT("compare-stat");
    if (r == 0)
        r = compare_stat(cmp, dir, name, &st);
    if (r == -ENOENT)
        return compare_missing(cmp, c, dir);
    if (r < 0)
        return error_errno(cmp->err, r, "looking at it");
    cmp->count->managed++;
    if (c->kind == CHANGE_FILE)
        return compare_file(cmp, c, dir, name, &st);
    if (c->kind == CHANGE_SYMLINK)
        return compare_link(cmp, c, dir, name, &st);
    return compare_directory(cmp, c, dir, name, &st);
}

static int compare_account(struct compare *cmp, const struct change *c)
{
    struct delta found = {.change = c}, *d;
    int r;

    cmp->owned = NULL; /* a name may mean another number from here on */
    if (accounts_user(cmp->accounts, c->name) ||
        accounts_group(cmp->accounts, c->name))
        cmp->count->managed++;
    r = protect_check_account(cmp->protect, cmp->accounts, c, cmp->err);
    if (r == 0)
        r = account_compare(cmp->accounts, c, &found, cmp->err);
    if (r <= 0)
        return r;
    d = compare_add(cmp, c, found.action);
    *d = found;
    return 0;
}

static bool compare_makes_path(enum change_kind kind)
{
    return kind == CHANGE_FILE || kind == CHANGE_DIRECTORY ||
           kind == CHANGE_SYMLINK || kind == CHANGE_ABSENT ||
           kind == CHANGE_EXCLUSIVE;
}

static int compare_change(struct compare *cmp, const struct change *c)
{
    int r = compare_makes_path(c->kind)
                ? protect_check_path(cmp->protect, c->kind, c->path, cmp->err)
                : 0;

    if (r < 0)
        return r;
    cmp->seen = NULL;
    cmp->read = -1;
    switch (c->kind) {
    case CHANGE_FILE:
    case CHANGE_DIRECTORY:
    case CHANGE_SYMLINK:
        return compare_entry(cmp, c);
    case CHANGE_ABSENT:
        return compare_absent(cmp, c);
    case CHANGE_EXCLUSIVE:
        return compare_exclusive(cmp, c);
    case CHANGE_GROUP:
    case CHANGE_USER:
    case CHANGE_MEMBER:
        return compare_account(cmp, c);
    case CHANGE_COMMAND:
        return compare_command(cmp, c);
    case CHANGE_TEST:
    case CHANGE_KEEP:
    case CHANGE_SERVICE:
        break;
    }
    return 0;
}

static int compare_all(struct compare *cmp, const struct change **blame)
{
    char what[PLAN_DESCRIBE_SIZE];
    size_t i;

    for (i = 0; i < cmp->plan->n_changes; i++) {
        const struct change *c = &cmp->plan->changes[i];
        int r = compare_change(cmp, c);

        if (r < 0) {
            *blame = c;
            plan_describe(cmp->plan, c, what);
            return error_prefix(cmp->err, r, "%s", what);
        }
    }
    compare_any_services(cmp);
    return 0;
}

int compare_plan(const struct compare_input *input, struct deltas *out,
                 struct compare_count *count, const struct change **blame,
                 struct error *err)
{
    const struct plan *plan = input->plan;
    struct compare cmp = {.plan = plan,
                          .tree = input->tree,
                          .accounts = input->accounts,
                          .protect = input->protect,
                          .root = input->root,
                          .out = out,
                          .count = count,
                          .err = err};
    int r;

    *count = (struct compare_count){0};
    cmp.fresh = xcalloc(plan->n_changes + 1, 1);
    cmp.changed = xcalloc(plan->n_configurations + 1, sizeof(*cmp.changed));
    compare_index_services(&cmp);
    r = compare_all(&cmp, blame);
    count->managed += count->removals;
    compare_done(&cmp);
    return r;
}
