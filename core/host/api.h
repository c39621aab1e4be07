/* SPDX-License-Identifier: ISC */
#ifndef CCM_HOST_API_H
#define CCM_HOST_API_H

/* The planner's side of <ccm/module.h>: what a module sees and declares. One
 * struct ccm_run lives in each process that calls module code. */

#include "base/buf.h"
#include "base/error.h"
#include "ccm/module.h"
#include "host/arena.h"
#include "objects/objects.h"
#include "plan/plan.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* The limits of one configuration. */
#define API_CHANGES_MAX 120000              /* of all kinds */
#define API_FILES_MAX 100000                /* of them files */
#define API_CONTENT_MAX (256 * 1024 * 1024) /* bytes in all files */
#define API_LOG_MAX (64 * 1024)             /* bytes */
#define API_REASONS_MAX 10000               /* rejections with their reason */
#define API_BUFFER_SIZE 8192                /* of the stream at work */

struct program_run;

/* The input of the run; kept by it. */
struct api_input {
    const char *configuration;
    const char *node;
    char *const *groups;           /* NULL-terminated; may be NULL */
    const json_t *settings;        /* an object */
    const struct objects *objects; /* NULL during check() */
    const char *const *subscribes; /* NULL-terminated; may be NULL */
    /* Reads the objects of a type into objects, once somebody asks for them;
     * NULL: all are there. Returns 0 or -errno. */
    int (*load)(void *userdata, const char *type, struct error *err);
    void *userdata;              /* of load */
    bool has_program;            /* the declaration names one */
    struct program_run *program; /* NULL: not while this runs */
};

/* The contents of a declared file. */
struct api_content {
    struct ccm_run *run;
    FILE *stream; /* while it is run->buffered */
    struct buf bytes;
};

struct api_item {
    struct change change;
    struct api_content *content; /* FILE */
    const json_t *object;        /* that it comes from, or NULL */
};

/* A set of objects that were rejected, by address. */
struct api_set {
    const json_t **slots;
    size_t n, capacity;
};

struct ccm_run {
    struct api_input input;
    struct arena arena;
    struct api_item *items;
    size_t n_items, items_capacity;
    size_t n_files, content_bytes;
    struct api_content *buffered; /* whose stream has the buffer, or NULL */
    char *buffer;
    size_t owner_hint; /* where api_owner begins to search */
    struct api_set rejected;
    json_t *reasons; /* array of {"type","id","error"} */
    json_t *empty_array, *empty_object;
    json_t *referring; /* indexes of api_referring.c */
    struct buf log;
    bool log_full;
    struct buf said;     /* by the program */
    char context[256];   /* prefix of the next error; may be "" */
    const json_t *about; /* the object of the current declaration, or NULL */
    bool failed;
    struct error failure; /* the first one */
};

/* input is kept until api_done. */
void api_init(struct ccm_run *run, const struct api_input *input);
void api_done(struct ccm_run *run);

/* Notes a failure, if it is the first. */
void api_fail(struct ccm_run *run, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Errors name this object, until the end of the caller's block. */
#define API_ABOUT(run, object)                                                 \
    __attribute__((cleanup(api_about_end), unused)) struct ccm_run *about_ =   \
        api_about((run), (object))
struct ccm_run *api_about(struct ccm_run *run, const json_t *object);
void api_about_end(struct ccm_run **run);

/* Calls check() or plan(): 0, or -EINVAL with the sticky error, or with
 * "returned N" if it gave no reason. */
int api_call(struct ccm_run *run, int (*function)(struct ccm_run *run),
             const char *name, struct error *err);

/*
 * Returns the object of this run to which this JSON belongs: itself, or the one
 * that contains it. Sets *type. Returns borrowed, or NULL (the settings, or
 * something of the module's own).
 */
const json_t *api_owner(struct ccm_run *run, const json_t *value,
                        const char **type);

/* Rejects an object of this run, for a reason that the host has already. */
void api_reject_bad(struct ccm_run *run, const char *type, int64_t id);

/* Reads the objects of a type, unless they are there. Returns false after an
 * error. */
bool api_load(struct ccm_run *run, const char *type);

/* Was this object rejected? */
bool api_set_has(const struct api_set *set, const json_t *object);

/* Takes the buffer from the stream that has it. */
void api_end_stream(struct ccm_run *run);

/* Appends a zeroed item of that kind, or returns NULL after an error. */
struct api_item *api_add(struct ccm_run *run, enum change_kind kind);

/* The item is filled in: checks it as the runner will, and notes its object
 * (NULL: none). */
void api_finish_item(struct ccm_run *run, struct api_item *item,
                     const json_t *object);

/*
 * Writes all declarations to fd, in the form of change/wire.h. Items of
 * rejected objects are left out or kept as they are (CHANGE_KEEP). Frees the
 * contents meanwhile. Adds the bytes written to *size. Returns 0 or -errno.
 */
int api_encode(struct ccm_run *run, int fd, uint64_t *size);

#endif
