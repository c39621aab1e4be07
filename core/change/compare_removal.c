/* SPDX-License-Identifier: ISC */
/* Removals: absence and exclusive directories. */
#include "change/compare_internal.h"

#include "base/alloc.h"
#include "base/path.h"
#include "base/util.h"
#include "plan/plan_rules.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>

static struct table_key removal_key(const char *path)
{
    return (struct table_key){
        .space = TABLE_PATH, .bytes = path, .size = strlen(path)};
}

static bool removal_is_planned(const struct compare *cmp, const char *path)
{
    struct table_key key = removal_key(path);

    return table_find(&cmp->removed, &key) != TABLE_NONE;
}

/* Adds the removal of path (copied), which is name in dir. */
static void removal_add(struct compare *cmp, const struct change *c,
                        const char *path, const struct tree_dir *dir,
                        const struct stat *st)
{
    struct delta *d = compare_add_path(cmp, c, DELTA_DELETE, st);
    struct table_key key;

    free(d->path);
    d->path = xstrdup(path);
    key = removal_key(d->path);
    table_put(&cmp->removed, &key, 0);
    cmp->read = -1;
    compare_keep_old(cmp, d, dir, strrchr(path, '/') + 1, st);
}

/* Names in a directory, sorted. */
struct names {
    char **list;
    size_t n;
    size_t capacity;
};

static void names_done(struct names *names)
{
    while (names->n > 0)
        free(names->list[--names->n]);
    free(names->list);
}

static int names_order(const void *a, const void *b)
{
    return strcmp(*(char *const *) a, *(char *const *) b);
}

static int names_read(const struct tree_dir *dir, const char *name,
                      struct names *out)
{
    struct dirent *entry;
    DIR *list;
    int r = tree_list(dir, name, &list);

    if (r < 0)
        return r;
    while ((errno = 0, entry = readdir(list))) {
        if (streq(entry->d_name, ".") || streq(entry->d_name, ".."))
            continue;
        xgrow(&out->list, &out->capacity, out->n, sizeof(*out->list));
        out->list[out->n++] = xstrdup(entry->d_name);
    }
    r = -errno;
    closedir(list);
    if (out->n > 0)
        qsort(out->list, out->n, sizeof(*out->list), names_order);
    return r;
}

/* Will the directory be empty after the earlier steps? */
static int removal_leaves_empty(struct compare *cmp, const struct change *c,
                                const struct tree_dir *dir, const char *name)
{
    __attribute__((cleanup(names_done))) struct names names = {0};
    int r = names_read(dir, name, &names);
    size_t i;

    if (r < 0)
        return error_errno(cmp->err, r, "reading the directory");
    for (i = 0; i < names.n; i++) {
        cleanup_free char *path = path_join(c->path, names.list[i]);

        if (!removal_is_planned(cmp, path))
            return error_set(cmp->err, -ENOTEMPTY,
                             "the directory is not empty (\"%s\")",
                             names.list[i]);
    }
    return 0;
}

int compare_absent(struct compare *cmp, const struct change *c)
{
    struct tree_dir *dir;
    const char *name;
    struct stat st;
    int r = tree_parent(cmp->tree, c->path, &dir, &name, cmp->err);

    if (r == -ENOENT || r == -ENOTDIR)
        return 0;
    if (r < 0)
        return r;
    if (fstatat(dir->fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
        return errno == ENOENT ? 0
                               : error_errno(cmp->err, -errno, "looking at it");
    if (removal_is_planned(cmp, c->path))
        return 0;
    r = compare_protected(cmp, c, dir, name);
    if (r < 0)
        return r;
    if (S_ISDIR(st.st_mode))
        r = removal_leaves_empty(cmp, c, dir, name);
    if (r == 0)
        r = compare_can_replace(cmp, dir, name);
    if (r == 0)
        removal_add(cmp, c, c->path, dir, &st);
    return r;
}

/* Would the exclusive directory remove name? */
static bool removal_matches(struct compare *cmp, const struct change *c,
                            const char *name, const char *path)
{
    return !after_prefix(name, PLAN_TEMPORARY) &&
           fnmatch(c->target, name, FNM_PERIOD) == 0 &&
           !plan_find_path(cmp->plan, path) &&
           !plan_needs_directory(cmp->plan, path) &&
           !removal_is_planned(cmp, path);
}

int compare_exclusive(struct compare *cmp, const struct change *c)
{
    __attribute__((cleanup(names_done))) struct names names = {0};
    struct tree_dir *dir;
    size_t i;
    int r = tree_dir(cmp->tree, c->path, &dir, cmp->err);

    if (r == -ENOENT || r == -ENOTDIR)
        return 0;
    if (r == 0)
        r = protect_check_path(cmp->protect, c->kind, dir->real, cmp->err);
    if (r == -EPERM)
        return r;
    if (r == 0)
        r = names_read(dir, ".", &names);
    if (r < 0)
        return error_errno(cmp->err, r, "reading the directory");
    for (i = 0; i < names.n; i++) {
        cleanup_free char *path = path_join(c->path, names.list[i]);
        struct stat st;

        if (removal_matches(cmp, c, names.list[i], path) &&
            fstatat(dir->fd, names.list[i], &st, AT_SYMLINK_NOFOLLOW) == 0 &&
            (S_ISREG(st.st_mode) || S_ISLNK(st.st_mode))) {
            r = compare_can_replace(cmp, dir, names.list[i]);
            if (r < 0)
                return error_prefix(cmp->err, r, "\"%s\"", names.list[i]);
            removal_add(cmp, c, path, dir, &st);
        }
    }
    return 0;
}
