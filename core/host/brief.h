/* SPDX-License-Identifier: ISC */
#ifndef CCM_HOST_BRIEF_H
#define CCM_HOST_BRIEF_H

/*
 * The input of a confined process, which is all that it knows: a JSON document
 * in a memory file, and descriptors in this order:
 *
 *   its standard error, the document, where its answer goes, the module;
 *   the module's libraries;
 *   of a program, if it is to run one: its input (both ends of a pipe), its
 *   output, the file, and if they are there its interpreter and its loader;
 *   a sealed memory file of JSON for each type of objects.
 *
 *   {"what":"plan"|"describe","path":of the module,"libraries":[paths],
 *    "program":{"path","interpreter","argument","loader":bool,
 *               "memory_bytes"} or null,
 *    "input":{...} for planner_child.h and describe_child.h}
 */

#include "base/error.h"
#include "host/module.h"
#include "host/program.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* In the runner. */
struct brief {
    json_t *document;
    int *fds;
    size_t n, capacity;
    int document_fd;
};

/* error_fd and out_fd are not kept; a program's pipes are those of run (NULL:
 * none). Takes input. Fills *brief (emptied with brief_done). Returns 0 or
 * -errno. */
int brief_init(struct brief *brief, const char *what,
               const struct module_file *module, const struct program_run *run,
               json_t *input);
/* Adds a type's file. */
void brief_add(struct brief *brief, int fd);
/* Writes the document; all descriptors are then in brief->fds.
 * Returns 0 or -errno. */
int brief_finish(struct brief *brief, int error_fd, int out_fd);
void brief_done(struct brief *brief);

/* A value as text in a memory file, sealed. Returns it, or -errno. */
int brief_write(const json_t *value, uint64_t *size);

/* In the confined process: the same, read back. */
struct brief_read {
    json_t *document;
    const char *what;
    json_t *input;
    int error_fd, out_fd;
    struct module_file module;
    bool has_program;
    struct program program;
    struct module_file program_file, interpreter_file;
    struct program_run run;
    const int *types;
    size_t n_types;
};

/* Keeps fds. Fills the zeroed *brief. Returns 0 or -errno. */
int brief_read(struct brief_read *brief, const int *fds, size_t n);

/* Reads a memory file as JSON. Sets *out, new (freed with json_decref).
 * Returns 0 or -errno. */
int brief_parse(int fd, json_t **out, struct error *err);

#endif
