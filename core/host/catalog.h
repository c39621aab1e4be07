/* SPDX-License-Identifier: ISC */
#ifndef CCM_HOST_CATALOG_H
#define CCM_HOST_CATALOG_H

/* The configurations of this node, checked and in run order. */

#include "base/digest.h"
#include "base/error.h"
#include "config/config.h"
#include "host/catalog_types.h"
#include "host/confine.h"
#include "host/module.h"
#include "host/program.h"

#include <jansson.h>
#include <stddef.h>

struct configuration {
    char *name;
    char *module; /* the descriptor's name */
    char *version;
    char *summary;                  /* may be "" */
    const struct module_file *file; /* borrowed (until catalog_free) */
    const struct program *program;  /* borrowed (until catalog_free) or NULL */
    char *declared_in;              /* file of modules.d */
    char **subscribes;              /* descriptor's and declaration's */
    char **depends;                 /* the same */
    char **after;                   /* the same */
    json_t *settings;         /* with the defaults that the module declares */
    json_t *types;            /* that it declares: an array; may be NULL */
    char digest[DIGEST_SIZE]; /* of everything that makes it differ from others
                               */
};

struct describe_task;

/* Filled from a task with an answer; emptied with configuration_done. */
void configuration_fill(struct configuration *configuration,
                        const struct describe_task *task);
void configuration_done(struct configuration *configuration);

struct catalog {
    struct configuration *list; /* in run order */
    size_t n;
    char digest[DIGEST_SIZE];
    struct module_file **files;
    size_t n_files;
    size_t files_capacity;
    struct program **programs; /* of the declarations, some NULL */
    size_t n_programs;
    struct catalog_type *types;
    size_t n_types, types_capacity;
};

/*
 * Reads modules.d, loads every module in a confined child, checks and sorts.
 * answers (may be NULL) keeps the answers of modules from one call to the next
 * (answers.h): if *answers covers all of them, none is loaded; otherwise
 * *answers is replaced (freed with json_decref). Sets *out, new (freed with
 * catalog_free). Returns 0 or -errno; then err names every file at fault, as
 * far as there is room.
 */
int catalog_load(const struct config *config, struct confine *confine,
                 json_t **answers, struct catalog **out, struct error *err);
void catalog_free(struct catalog *catalog);

/* Returns borrowed (until catalog_free), or NULL. */
const struct configuration *catalog_find(const struct catalog *catalog,
                                         const char *name);

/*
 * {"digest":d,"configurations":[{"name","module","version","summary","file",
 * "program" or null,"declared_in","subscribes","depends","after","digest"}]}
 * in run order, and "types" (catalog_types_json). Returns new (freed with
 * json_decref).
 */
json_t *catalog_json(const struct catalog *catalog);

#endif
