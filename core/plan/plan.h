/* SPDX-License-Identifier: ISC */
#ifndef CCM_PLAN_PLAN_H
#define CCM_PLAN_PLAN_H

/*
 * A plan: the declarations of all configurations of one run, in run order. It
 * is built from the results of the planners (wire.h) and is read-only
 * afterwards.
 */

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum change_kind {
    CHANGE_FILE = 1,
    CHANGE_DIRECTORY,
    CHANGE_SYMLINK,
    CHANGE_ABSENT,
    CHANGE_EXCLUSIVE,
    CHANGE_KEEP, /* a file of a rejected object: stays as it is */
    CHANGE_GROUP,
    CHANGE_USER,
    CHANGE_COMMAND,
    CHANGE_SERVICE,
    CHANGE_MEMBER, /* a user in a group */
    CHANGE_TEST,   /* a program that looks at what is about to be there */
};

/* One declared change. Strings are NULL where not given, and borrowed (valid
 * until plan_free). The comments say which kinds use a field. */
struct change {
    enum change_kind kind;
    uint32_t configuration; /* index into plan->configurations */
    const char *path;       /* all kinds with a path; TEST: or its service */
    const char *name;       /* GROUP, USER, SERVICE; MEMBER: the user */
    const char *owner;      /* FILE, DIRECTORY, SYMLINK; never NULL ("root") */
    const char *group;      /* the same; USER: primary group, may be NULL;
                               MEMBER: never NULL */
    const char *service;    /* kinds with a path; TEST: or its path */
    const char *object;     /* "crons/17", for messages */
    const char *target;     /* SYMLINK; EXCLUSIVE: the pattern, never NULL */
    const char *content;    /* FILE: size bytes, then a NUL */
    size_t size;
    uint32_t mode;      /* FILE, DIRECTORY */
    uint32_t id;        /* GROUP, USER; 0: the system chooses */
    uint32_t timeout_s; /* COMMAND, TEST; never 0 */
    bool sensitive;     /* FILE */
    bool absent;        /* GROUP, USER, MEMBER */
    bool always;        /* COMMAND */
    bool restart;       /* SERVICE */
    bool any;           /* SERVICE */
    bool reset;         /* USER: home, shell, comment that are NULL become
                           what a new user gets; else they are left alone */
    const char *home, *shell, *comment, *password; /* USER */
    const char *user, *directory;                  /* COMMAND; TEST: user */
    const char *input;                             /* COMMAND; secret */
    const char *const *list;  /* USER: groups; COMMAND, TEST: argv; else NULL.
                                 NULL-terminated, like the next ones */
    const char *const *probe; /* COMMAND: argv, or NULL */
    const char *const *env;   /* COMMAND: "NAME=value", or NULL; secret */
};

struct plan_configuration {
    const char *name;
    char digest[33]; /* digest_bytes of all its declarations */
};

struct plan {
    struct plan_configuration *configurations;
    size_t n_configurations;
    struct change *changes; /* in run order */
    size_t n_changes;
    struct plan_internal *internal;
};

struct plan *plan_new(void);
void plan_free(struct plan *plan);

/*
 * Adds what one configuration declared: size bytes in the form of wire.h,
 * checked like all input from outside. Keeps bytes (alive until plan_free).
 * Returns 0, -EPROTO (not in that form), -EINVAL (an invalid declaration; err
 * names it), -EEXIST (a path, user, group that was declared already; err names
 * both configurations and objects). On failure the plan is unchanged.
 */
int plan_add(struct plan *plan, const char *configuration, const void *bytes,
             size_t size, struct error *err);

/* Looks up the declaration of a path (not as an exclusive directory), a user, a
 * group. Returns borrowed, or NULL. */
const struct change *plan_find_path(const struct plan *plan, const char *path);
const struct change *plan_find_user(const struct plan *plan, const char *name);
const struct change *plan_find_group(const struct plan *plan, const char *name);

/* Is something declared below path, so that it must be a directory? */
bool plan_needs_directory(const struct plan *plan, const char *path);

/* "configuration C, object O: file /path", for messages. */
#define PLAN_DESCRIBE_SIZE 1024
void plan_describe(const struct plan *plan, const struct change *change,
                   char text[PLAN_DESCRIBE_SIZE]);

#endif
