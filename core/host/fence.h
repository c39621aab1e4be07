/* SPDX-License-Identifier: ISC */
#ifndef CCM_HOST_FENCE_H
#define CCM_HOST_FENCE_H

/*
 * The rights that a process loses before it runs module code. The expensive
 * parts (the system call filter, the Landlock rules) are prepared once in the
 * forking process; a child only applies them.
 */

#include "base/alloc.h"
#include "base/error.h"

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct fence;

/* The exit statuses of a confined process besides 0: numbers that programs do
 * not use themselves. */
enum fence_exit {
    FENCE_EXIT_MEMORY = ALLOC_EXIT_STATUS,
    FENCE_EXIT_REFUSED = 171, /* it made a forbidden call */
    FENCE_EXIT_FAILED = 172,  /* it could not be confined */
    FENCE_EXIT_REPORT = 173,  /* it could not hand over its result */
};

/* A program that is started on the way into confinement, in the same
 * confinement except that it can be started; see program.h. */
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
    const int *readable;   /* files outside of the system that it may read */
    size_t n_readable;
    const struct fence_start *start; /* NULL: nothing */
};

/* Finds out what this system supports and prepares it. A missing feature is not
 * an error here; fence_json reports it. Returns new (freed with fence_free). */
struct fence *fence_new(void);
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

/* The call that a process tried that ended with FENCE_EXIT_REFUSED, from its
 * standard error: "openat (for writing)". Cuts that line off text. Returns new
 * (freed with free). */
char *fence_refusal(char *text);

/* The confinement of this system: {"root":bool,"seccomp":bool,"landlock":N
 * (ABI, 0: none),"missing":["text for people", ...]}. Returns new (freed with
 * json_decref). */
json_t *fence_json(const struct fence *fence);

#endif
