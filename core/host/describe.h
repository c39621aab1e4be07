/* SPDX-License-Identifier: ISC */
#ifndef CCM_HOST_DESCRIBE_H
#define CCM_HOST_DESCRIBE_H

/* Asks modules for their descriptions, in confined children. */

#include "base/error.h"
#include "config/config.h"
#include "host/confine.h"
#include "host/declaration.h"
#include "host/module.h"

#include <jansson.h>
#include <stddef.h>

/* One configuration to describe, and the answer. */
struct describe_task {
    const struct declaration *declaration; /* kept */
    struct module_file *file;              /* kept */
    json_t *answer; /* {"name","version","summary","subscribes","depends",
                       "after"} of the descriptor, checked; NULL: error */
    char *error;    /* why there is no answer */
};

/*
 * Loads each module in a confined process of its own, checks its descriptor,
 * calls its check() with the declaration's settings, and fills the tasks.
 * Meanwhile also fills the digests of the files. Returns 0 even if some tasks
 * have an error; -errno if describing is impossible.
 */
int describe_all(const struct config *config, struct confine *confine,
                 struct describe_task *tasks, size_t n, struct error *err);

/* Frees answer and error. */
void describe_task_done(struct describe_task *task);

#endif
