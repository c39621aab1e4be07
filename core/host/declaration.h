/* SPDX-License-Identifier: ISC */
#ifndef CCM_HOST_DECLARATION_H
#define CCM_HOST_DECLARATION_H

/* The files of modules.d: each declares one configuration. */

#include "base/error.h"
#include "host/trust.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct declaration {
    char *file;
    char *module;  /* a name or an absolute path */
    char *program; /* an absolute path; NULL: none */
    char *name;    /* NULL: that of the module */
    bool enabled;
    char **subscribes, **depends, **after; /* NULL-terminated, or NULL */
    json_t *settings;                      /* an object */
};

struct declarations {
    struct declaration *list; /* ordered by file name */
    size_t n;
    size_t capacity;
};

#define DECLARATION_BYTES_MAX (1024 * 1024)
#define DECLARATIONS_MAX 20000

/*
 * Reads all *.conf files of dir, in the order of their names; hidden files are
 * left alone. Unknown and mistyped keys are errors. Files that are not enabled
 * are checked, too, but left out of the list. On success fills the zeroed *out
 * (emptied with declarations_done). Returns 0, -EINVAL with file and line,
 * -EPERM (trust.h), or another -errno.
 */
int declarations_load(const char *dir, struct trust *trust,
                      struct declarations *out, struct error *err);
void declarations_done(struct declarations *declarations);

/* Parses one file's text. file is for messages and copied. Returns 0 or
 * -EINVAL; on failure *out is unchanged (emptied with declaration_done). */
int declaration_parse(const char *file, const char *text,
                      struct declaration *out, struct error *err);
void declaration_done(struct declaration *declaration);

#endif
