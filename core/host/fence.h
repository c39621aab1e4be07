/* SPDX-License-Identifier: ISC */
#ifndef CCM_HOST_FENCE_H
#define CCM_HOST_FENCE_H

/*
 * What is taken away from a process before module code runs in it. The
 * expensive parts (the system call filter, the Landlock rules) are made once
 * in the process that forks; a child only puts them on.
 */

#include "base/alloc.h"
#include "base/error.h"

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct fence;

/* How a confined process ends on its own account, besides 0: numbers that no
 * program uses for its own ends. */
enum fence_exit {
    FENCE_EXIT_MEMORY = ALLOC_EXIT_STATUS,
    FENCE_EXIT_REFUSED = 171, /* it tried what is forbidden */
    FENCE_EXIT_FAILED = 172,  /* it could not be confined */
    FENCE_EXIT_REPORT = 173,  /* it could not hand over its result */
};

/* A program that is started on the way into confinement, in the same one but
 * for being started: see program.h. */
struct fence_start {
    const int *executables; /* where Landlock is there, the only files that
                               can be executed */
    size_t n_executables;
    int (*start)(void *userdata, struct error *err); /* forks */
    void *userdata;
};

struct fence_limits {
    uid_t uid;             /* that it becomes, if started as root */
    uint64_t memory_bytes; /* on top of what is mapped; of a program, what it
                              can write to */
    int64_t time_ms;       /* of the processor; rounded up to seconds */
    uint64_t file_bytes;   /* of the result */
    uint64_t files;        /* numbers of descriptors that can be opened */
    const struct fence_start *start; /* NULL: nothing */
};

/*
 * Finds out what this system has and prepares it. What is missing is no
 * error here; fence_json tells. Sets *out, new (freed with fence_free).
 * Returns 0 or -errno.
 */
int fence_new(struct fence **out, struct error *err);
void fence_free(struct fence *fence);

/*
 * In the child, once, before module code: limits, user, capabilities,
 * Landlock, system call filter; dies with parent. Afterwards a forbidden
 * system call ends the process with FENCE_EXIT_REFUSED and a last line on
 * standard error, which fence_refusal reads.
 * Returns 0 or -errno.
 */
int fence_enter(const struct fence *fence, const struct fence_limits *limits,
                pid_t parent, struct error *err);

/* What a process that ended with FENCE_EXIT_REFUSED had tried, by what it
 * left on standard error: "openat (for writing)". Cuts that line off text.
 * Returns new (freed with free). */
char *fence_refusal(char *text);

/* What holds on this system: {"root":bool,"seccomp":bool,"landlock":N (ABI, 0:
 * none),"missing":["text for people", ...]}. Returns new (freed with
 * json_decref). */
json_t *fence_json(const struct fence *fence);

#endif
