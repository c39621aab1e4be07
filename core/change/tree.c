/* SPDX-License-Identifier: ISC */
/*
 * Directories below root, kept open. Plain openat of single components with
 * O_NOFOLLOW is what openat2 with RESOLVE_BENEATH and RESOLVE_NO_SYMLINKS does
 * for a whole path, but it also shows where the symlinks are, and a directory
 * that thousands of files share is looked up once.
 */
#include "change/tree.h"

#include "base/alloc.h"
#include "base/path.h"
#include "base/table.h"
#include "base/util.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/resource.h>

/* Symlinks in one path, as the kernel has it. */
#define LINKS_MAX 40
/* The most recently used directories stay open when others must be closed. */
#define RECENT 4
#define OPEN_MAX_DIRS 4096

#define OPEN_FLAGS (O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

struct tree {
    struct table table;
    struct tree_dir **dirs;
    size_t n;
    size_t capacity;
    size_t n_open;
    size_t open_max;
    unsigned clock;
    unsigned links;
    unsigned depth; /* of calls inside calls */
    uid_t euid;
    int root_fd;
};

static void tree_dir_free(struct tree_dir *dir)
{
    if (dir->fd >= 0)
        close(dir->fd);
    free(dir->path);
    free(dir->real);
    free(dir->stage);
    free(dir);
}

void tree_forget(struct tree *tree)
{
    size_t i;

    for (i = 0; i < tree->n; i++)
        tree_dir_free(tree->dirs[i]);
    tree->n = tree->n_open = 0;
    table_done(&tree->table);
}

void tree_close(struct tree *tree)
{
    if (!tree)
        return;
    tree_forget(tree);
    close(tree->root_fd);
    free(tree->dirs);
    free(tree);
}

/* Half of the descriptors of the process; the rest is for other uses. */
static size_t tree_open_max(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) < 0 ||
        limit.rlim_cur / 2 > OPEN_MAX_DIRS)
        return OPEN_MAX_DIRS;
    return limit.rlim_cur / 2 > 2 * RECENT ? limit.rlim_cur / 2 : 2 * RECENT;
}

int tree_open(const char *root, struct tree **out, struct error *err)
{
    cleanup_close int fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
    struct tree *tree;

    if (fd < 0)
        return error_errno(err, -errno, "root %s", root);
    tree = xcalloc(1, sizeof(*tree));
    tree->root_fd = steal_fd(&fd);
    tree->euid = geteuid();
    tree->open_max = tree_open_max();
    *out = tree;
    return 0;
}

int tree_root(const struct tree *tree)
{
    return tree->root_fd;
}

bool tree_owners(const struct tree *tree)
{
    return tree->euid == 0;
}

/* Can only root (or the user that ccm runs as) have created this? */
static bool tree_ours(const struct tree *tree, const struct stat *st)
{
    return st->st_uid == 0 || st->st_uid == tree->euid;
}

/* Closes all directories except the most recently used. */
static void tree_make_room(struct tree *tree)
{
    size_t i;

    for (i = 0; i < tree->n; i++) {
        struct tree_dir *dir = tree->dirs[i];

        if (dir->fd < 0 || tree->clock - dir->stamp < RECENT)
            continue;
        close(dir->fd);
        dir->fd = -1;
        tree->n_open--;
    }
}

/* Where temporary files for dir go, if dir itself is not trusted. */
static const char *tree_stage(struct tree *tree, const struct tree_dir *dir,
                              const struct tree_dir *parent)
{
    struct table_key key = {.space = TABLE_PATH};
    uint32_t i;

    if (dir->trusted || !parent || parent->mount != dir->mount)
        return dir->real;
    if (parent->trusted)
        return parent->real;
    key.bytes = parent->stage;
    key.size = strlen(parent->stage);
    i = table_find(&tree->table, &key);
    return i != TABLE_NONE && tree->dirs[i]->trusted ? parent->stage
                                                     : dir->real;
}

/* Takes fd as the descriptor of dir, whose parent may be NULL (root). */
static int tree_fill(struct tree *tree, struct tree_dir *dir, int fd,
                     const struct tree_dir *parent)
{
    struct statx stx;
    struct stat st;

    if (fstat(fd, &st) < 0 ||
        statx(fd, "", AT_EMPTY_PATH, STATX_MNT_ID, &stx) < 0) {
        int r = -errno;

        close(fd);
        return r;
    }
    dir->fd = fd;
    dir->mount = stx.stx_mask & STATX_MNT_ID ? stx.stx_mnt_id : st.st_dev;
    dir->trusted = (!parent || parent->trusted) && tree_ours(tree, &st) &&
                   !(st.st_mode & (S_IWGRP | S_IWOTH));
    free(dir->stage);
    dir->stage = xstrdup(tree_stage(tree, dir, parent));
    tree->n_open++;
    return 0;
}

/* Follows a symlink's target from the directory base. */
static int tree_follow(struct tree *tree, struct tree_dir *base, char *target,
                       struct tree_dir **out, struct error *err)
{
    struct tree_dir *at = base;
    char *save = NULL, *name;
    int r = 0;

    if (target[0] == '/')
        r = tree_dir(tree, "/", &at, err);
    for (name = strtok_r(target, "/", &save); name && r == 0;
         name = strtok_r(NULL, "/", &save)) {
        cleanup_free char *path = NULL;

        if (streq(name, "."))
            continue;
        path =
            streq(name, "..") ? xstrdup(at->real) : path_join(at->real, name);
        if (streq(name, ".."))
            strrchr(path, '/')[strrchr(path, '/') == path] = '\0';
        r = tree_dir(tree, path, &at, err);
    }
    *out = at;
    return r;
}

/* name in parent is not a directory. If it is a symlink that may be followed,
 * sets *out to its target; otherwise it is refused. */
static int tree_link(struct tree *tree, struct tree_dir *parent,
                     const char *name, struct tree_dir **out, struct error *err)
{
    char target[PATH_MAX];
    struct stat st;
    ssize_t n;
    int r;

    if (!parent->trusted ||
        fstatat(parent->fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
        !S_ISLNK(st.st_mode) || !tree_ours(tree, &st))
        return -ENOTDIR;
    n = readlinkat(parent->fd, name, target, sizeof(target) - 1);
    if (n < 0)
        return -errno;
    if (tree->links >= LINKS_MAX)
        return -ELOOP;
    target[n] = '\0';
    tree->links++;
    r = tree_follow(tree, parent, target, out, err);
    tree->links--;
    return r;
}

/* Opens name in parent and describes it in dir. */
static int tree_enter(struct tree *tree, struct tree_dir *dir,
                      struct tree_dir *parent, const char *name,
                      struct error *err)
{
    struct tree_dir *target;
    int fd = openat(parent->fd, name, OPEN_FLAGS);
    int r = fd < 0 ? -errno : 0;

    free(dir->real);
    dir->real = path_join(parent->real, name);
    if (r == 0)
        return tree_fill(tree, dir, fd, parent);
    if (r != -ENOTDIR && r != -ELOOP)
        return r;
    r = tree_link(tree, parent, name, &target, err);
    if (r < 0)
        return r;
    dir->fd = fcntl(target->fd, F_DUPFD_CLOEXEC, 0);
    if (dir->fd < 0)
        return -errno;
    tree->n_open++;
    dir->mount = target->mount;
    dir->trusted = target->trusted;
    free(dir->real);
    dir->real = xstrdup(target->real);
    free(dir->stage);
    dir->stage = xstrdup(target->stage);
    return 0;
}

static int tree_enter_root(struct tree *tree, struct tree_dir *dir)
{
    int fd = openat(tree->root_fd, ".", OPEN_FLAGS);

    if (fd < 0)
        return -errno;
    free(dir->real);
    dir->real = xstrdup("/");
    return tree_fill(tree, dir, fd, NULL);
}

static int tree_load(struct tree *tree, struct tree_dir *dir, struct error *err)
{
    struct tree_dir *parent;
    const char *name;
    int r;

    if (tree->n_open >= tree->open_max)
        tree_make_room(tree);
    if (streq(dir->path, "/"))
        return tree_enter_root(tree, dir);
    r = tree_parent(tree, dir->path, &parent, &name, err);
    if (r == 0)
        r = tree_enter(tree, dir, parent, name, err);
    return r;
}

static int tree_lookup(struct tree *tree, const char *path, size_t size,
                       struct tree_dir **out, struct error *err)
{
    struct table_key key = {.space = TABLE_PATH, .bytes = path, .size = size};
    uint32_t i = table_find(&tree->table, &key);
    struct tree_dir *dir = i == TABLE_NONE ? NULL : tree->dirs[i];
    int r = 0;

    if (!dir) {
        dir = xcalloc(1, sizeof(*dir));
        dir->path = xstrndup(path, size);
        dir->fd = -1;
    }
    if (tree->depth++ == 0)
        tree->clock++;
    if (dir->fd < 0)
        r = tree_load(tree, dir, err);
    tree->depth--;
    if (r < 0) {
        error_errno(err, r, "directory %.*s", (int) size, path);
        if (i == TABLE_NONE)
            tree_dir_free(dir);
        return r;
    }
    dir->stamp = tree->clock;
    if (i == TABLE_NONE) {
        key.bytes = dir->path;
        table_put(&tree->table, &key, (uint32_t) tree->n);
        xgrow(&tree->dirs, &tree->capacity, tree->n, sizeof(*tree->dirs));
        tree->dirs[tree->n++] = dir;
    }
    *out = dir;
    return 0;
}

int tree_dir(struct tree *tree, const char *path, struct tree_dir **out,
             struct error *err)
{
    return tree_lookup(tree, path, strlen(path), out, err);
}

int tree_parent(struct tree *tree, const char *path, struct tree_dir **out,
                const char **name, struct error *err)
{
    const char *slash = strrchr(path, '/');
    size_t size = slash == path ? 1 : (size_t) (slash - path);

    *name = slash + 1;
    return tree_lookup(tree, path, size, out, err);
}

int tree_open_dir(const struct tree_dir *dir, const char *name)
{
    int fd =
        openat(dir->fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

    return fd < 0 ? -errno : fd;
}

int tree_list(const struct tree_dir *dir, const char *name, DIR **out)
{
    cleanup_close int fd = tree_open_dir(dir, name);

    if (fd < 0)
        return fd;
    *out = fdopendir(fd);
    if (!*out)
        return -errno;
    steal_fd(&fd);
    return 0;
}

int tree_is_empty(const struct tree_dir *dir, const char *name)
{
    struct dirent *entry;
    DIR *list;
    int r = tree_list(dir, name, &list);

    if (r < 0)
        return r;
    r = 1;
    while (r == 1 && (entry = readdir(list)))
        if (!streq(entry->d_name, ".") && !streq(entry->d_name, ".."))
            r = 0;
    closedir(list);
    return r;
}
