/* SPDX-License-Identifier: ISC */
#ifndef CCM_HOST_CONFINE_H
#define CCM_HOST_CONFINE_H

/*
 * What is taken away from a process before module code runs in it. The
 * expensive parts (the system call filter, the Landlock rules) are made once
 * in the runner; a child only puts them on.
 */

#include "base/error.h"

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct confine;

/* How a confined process ends on its own account, besides 0. */
enum confine_exit {
    CONFINE_EXIT_MEMORY = 70,  /* base/alloc.c: out of memory */
    CONFINE_EXIT_REFUSED = 71, /* it tried what is forbidden */
    CONFINE_EXIT_FAILED = 72,  /* it could not be confined */
    CONFINE_EXIT_REPORT = 73,  /* it could not hand over its result */
};

/* A program that is started on the way into confinement, in the same one but
 * for being started: see program.h. */
struct confine_start {
    const int *executables; /* where Landlock is there, the only files that
                               can be executed */
    size_t n_executables;
    int (*start)(void *userdata, struct error *err); /* forks */
    void *userdata;
};

struct confine_limits {
    uint64_t memory_bytes; /* on top of what the runner has mapped; of a
                              program, what it can write to */
    int64_t time_ms;       /* of the processor; rounded up to seconds */
    uint64_t file_bytes;   /* of the result */
    uint64_t files;        /* numbers of descriptors that can be opened */
    const struct confine_start *start; /* NULL: nothing */
};

/*
 * Finds out what this system has and prepares it. What is missing is no
 * error here; confine_json tells. Sets *out, new (freed with confine_free).
 * Returns 0 or -errno.
 */
int confine_new(struct confine **out, struct error *err);
void confine_free(struct confine *confine);

/*
 * In the child, once, before module code: limits, user, capabilities,
 * Landlock, system call filter; dies with parent. Afterwards a forbidden
 * system call ends the process with CONFINE_EXIT_REFUSED and a last line on
 * standard error, which confine_refusal reads.
 * Returns 0 or -errno.
 */
int confine_enter(const struct confine *confine,
                  const struct confine_limits *limits, pid_t parent,
                  struct error *err);

/* What a process that ended with CONFINE_EXIT_REFUSED had tried, by what it
 * left on standard error: "openat (for writing)". Cuts that line off text.
 * Returns new (freed with free). */
char *confine_refusal(char *text);

/*
 * What holds on this system, for "describe" and for status:
 * {"user":"nobody" or null,"seccomp":bool,"landlock":N (ABI, 0: none),
 *  "missing":["text for people", ...]}. Returns new (freed with json_decref).
 */
json_t *confine_json(const struct confine *confine);

#endif
