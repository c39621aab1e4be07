/* SPDX-License-Identifier: ISC */
#ifndef CCM_CHANGE_COMPARE_INTERNAL_H
#define CCM_CHANGE_COMPARE_INTERNAL_H

/* What compare.c and compare_removal.c share; nobody else's. */

#include "change/compare.h"
#include "change/owner.h"
#include "change/table.h"

struct compare {
    const struct plan *plan;
    struct tree *tree;
    const struct accounts *accounts;
    struct deltas *out;
    struct compare_count *count;
    struct error *err;
    struct tree_dir *dir; /* of the entry before */
    char *fresh;          /* by change: a directory that will be new */
    bool *changed;        /* by configuration: something of it changes */
    char *buffer;
    size_t capacity;
    ssize_t read; /* bytes in buffer that are the present entry's contents;
                     negative: none */
    size_t kept;  /* bytes of old contents */
    const struct change *owned;     /* whose owner was resolved last, */
    struct owner owner;             /* to this */
    struct table removed;           /* paths that earlier steps remove */
    const struct change **services; /* all CHANGE_SERVICE, in order */
    size_t n_services;
};

/* Appends a delta, and the service that c names. Return borrowed. */
struct delta *compare_add(struct compare *cmp, const struct change *c,
                          enum delta_action action);
struct delta *compare_add_path(struct compare *cmp, const struct change *c,
                               enum delta_action action, const struct stat *st);
/* compare_content.c */
/* Keeps in d what is in name, to be shown. */
void compare_keep_old(struct compare *cmp, struct delta *d,
                      const struct tree_dir *dir, const char *name,
                      const struct stat *st);
/* The contents of a regular file: 1 different, 0 the same, or -errno. */
int compare_content(struct compare *cmp, const struct change *c,
                    const struct tree_dir *dir, const char *name,
                    const struct stat *st);

/* compare_removal.c */
int compare_absent(struct compare *cmp, const struct change *c);
int compare_exclusive(struct compare *cmp, const struct change *c);

/* compare_service.c */
void compare_index_services(struct compare *cmp);
void compare_service(struct compare *cmp, const struct change *c);
void compare_any_services(struct compare *cmp);
void compare_done(struct compare *cmp);

#endif
