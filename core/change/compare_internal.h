/* SPDX-License-Identifier: ISC */
#ifndef CCM_CHANGE_COMPARE_INTERNAL_H
#define CCM_CHANGE_COMPARE_INTERNAL_H

/* Shared by the compare*.c files only. */

#include "base/table.h"
#include "change/compare.h"
#include "change/owner.h"

#include <sys/stat.h>

/* A buffer for reading, kept from one file to the next. */
struct compare_buffer {
    char *bytes;
    size_t capacity;
};

/* The result of looking at a declared file ahead. */
struct compare_seen {
    struct stat st;
    int r;       /* 0, or -errno of looking at it */
    int content; /* as of compare_content, or COMPARE_UNSEEN */
    char *old;   /* what it holds, if that differs and is not large. Owned */
    size_t old_size;
};

#define COMPARE_UNSEEN 2

struct compare {
    const struct plan *plan;
    struct tree *tree;
    const struct accounts *accounts;
    const char *root;
    const struct protect *protect;
    struct deltas *out;
    struct compare_count *count;
    struct error *err;
    struct tree_dir *dir; /* of the entry before */
    char *fresh;          /* by change: a directory that will be new */
    bool *changed;        /* by configuration: some item of it changes */
    struct compare_buffer buffer;
    struct compare_ahead *ahead; /* compare_ahead.c; NULL: none yet */
    const struct change *alone;  /* up to here each file is looked at alone */
    struct compare_seen *seen;   /* the present entry's, or NULL */
    ssize_t read; /* bytes in buffer that are the present entry's contents;
                     negative: none */
    size_t kept;  /* bytes of old contents */
    const struct change *owned;     /* whose owner was resolved last, */
    struct owner owner;             /* to this */
    struct table removed;           /* paths that earlier steps remove */
    const struct change **services; /* all CHANGE_SERVICE, in order */
    size_t n_services;
};

/* compare_path.c */
/* Append a delta, with c's path or without one, and the service that c names.
 * Return borrowed. */
struct delta *compare_add(struct compare *cmp, const struct change *c,
                          enum delta_action action);
struct delta *compare_add_path(struct compare *cmp, const struct change *c,
                               enum delta_action action, const struct stat *st);

/* Is what c declares, which is name in dir, protected? Returns 0 or -EPERM. */
int compare_protected(struct compare *cmp, const struct change *c,
                      const struct tree_dir *dir, const char *name);

/* compare_command.c */
int compare_command(struct compare *cmp, const struct change *c);

/* Can what is at name in dir be replaced or removed (NULL: can anything be put
 * there)? Returns 0; -EBUSY if it is a mount point; -EROFS. */
int compare_can_replace(struct compare *cmp, const struct tree_dir *dir,
                        const char *name);

/* compare_content.c */
/* Reads at most size bytes of a file into the buffer. Returns how many, or
 * -errno. */
ssize_t compare_read(struct compare_buffer *buffer, int dir_fd,
                     const char *name, size_t size);
/* Keeps the contents of name in d, to be shown. */
void compare_keep_old(struct compare *cmp, struct delta *d,
                      const struct tree_dir *dir, const char *name,
                      const struct stat *st);
/* The contents of a regular file: 1 different, 0 the same, or -errno. */
int compare_content(struct compare *cmp, const struct change *c,
                    const struct tree_dir *dir, const char *name,
                    const struct stat *st);

/* compare_ahead.c */
/* What is at c, a file in dir, if it was looked at ahead; otherwise NULL.
 * Returns borrowed (valid until the next call). */
struct compare_seen *compare_ahead(struct compare *cmp, const struct change *c,
                                   const struct tree_dir *dir);
void compare_ahead_done(struct compare *cmp);

/* compare_removal.c */
/* The removals of c: one path, or everything in a directory that matches its
 * pattern and is not declared. Return 0 or -errno. */
int compare_absent(struct compare *cmp, const struct change *c);
int compare_exclusive(struct compare *cmp, const struct change *c);

/* compare_service.c */
/* Fills cmp->services. */
void compare_index_services(struct compare *cmp);
/* c changes: marks the service that c names. */
void compare_service(struct compare *cmp, const struct change *c);
/* Adds the services that take any change of their configuration. */
void compare_any_services(struct compare *cmp);

/* Frees the working memory of the comparison, not its results. */
void compare_done(struct compare *cmp);

#endif
