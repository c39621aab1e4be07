/* SPDX-License-Identifier: ISC */
#ifndef CCM_HOST_CONFINED_CHILD_H
#define CCM_HOST_CONFINED_CHILD_H

/* A process that has just been forked to run module code. */

#include "host/fence.h"

#include <stddef.h>
#include <sys/types.h>

struct confined_start {
    const struct fence *fence;
    struct fence_limits limits; /* files and start are filled here */
    pid_t parent;
    const int *fds; /* brief.h */
    size_t n_fds;
};

/*
 * Leaves open only standard input and output (/dev/null), standard error and
 * the descriptors of the brief, resets signals as for a new program, and sets
 * up the fences. Then does what the brief says, and ends.
 */
_Noreturn void confined_child(const struct confined_start *start);

#endif
