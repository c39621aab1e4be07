/* SPDX-License-Identifier: ISC */
#ifndef CCM_CHANGE_TREE_H
#define CCM_CHANGE_TREE_H

/*
 * All access below root. A path is walked one component at a time from an open
 * directory, without following symlinks, so nobody can redirect it by renaming.
 *
 * The rule for symlinks among the directories of a path: one is followed only
 * if it belongs to root (or to the user that ccm runs as) and is in a *trusted*
 * directory. A directory is trusted if it belongs to root (or that user),
 * neither its group nor others can write to it, and the same is true of all
 * directories above it up to root. So /var/run -> /run works; a link in a
 * customer's home never does, whoever owns it. A link never leads out of root:
 * "/" is root, and ".." ends there.
 */

#include "base/error.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

struct tree;

/* A directory that is open. */
struct tree_dir {
    char *path;  /* as it was asked for */
    char *real;  /* the same without symlinks */
    char *stage; /* the directory for temporary files: itself if trusted,
                    else the nearest trusted one above on the same mount, else
                    itself; real */
    int fd;      /* O_PATH */
    bool trusted;
    uint64_t mount;
    unsigned stamp;
};

/* root is absolute. Sets *out, new (freed with tree_close). */
int tree_open(const char *root, struct tree **out, struct error *err);
void tree_close(struct tree *tree);
/* The descriptor of root, O_PATH. Returns borrowed (valid until tree_close). */
int tree_root(const struct tree *tree);
/* Closes and forgets all directories, so that they are looked up again. */
void tree_forget(struct tree *tree);
/* Can this process give files away? If not (it does not run as root), owners
 * are neither compared nor set. */
bool tree_owners(const struct tree *tree);

/*
 * The directory of that path. Sets *out, borrowed (valid until the fourth call
 * from here, its strings until tree_forget). Returns 0; -ENOENT; -ENOTDIR (a
 * component is not a directory, or is a symlink that is not followed); or
 * another -errno.
 */
int tree_dir(struct tree *tree, const char *path, struct tree_dir **out,
             struct error *err);

/* The same for the parent directory of path. Sets *name to the last component,
 * which points into path. */
int tree_parent(struct tree *tree, const char *path, struct tree_dir **out,
                const char **name, struct error *err);

/* Opens a directory in dir ("." for itself) for reading; never a symlink.
 * Returns a descriptor (freed with close) or -errno. */
int tree_open_dir(const struct tree_dir *dir, const char *name);

/* The same as a stream of its entries. Sets *out (freed with closedir).
 * Returns 0 or -errno. */
int tree_list(const struct tree_dir *dir, const char *name, DIR **out);

/* Is the directory name in dir empty? Returns 1, 0 or -errno. */
int tree_is_empty(const struct tree_dir *dir, const char *name);

#endif
