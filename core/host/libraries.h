/* SPDX-License-Identifier: ISC */
#ifndef CCM_HOST_LIBRARIES_H
#define CCM_HOST_LIBRARIES_H

/*
 * The libraries that a module brings with it. Its planner loads them by
 * descriptor, before the module, so that the loader searches for none itself,
 * and exactly the checked and counted files are loaded.
 */

#include "base/error.h"
#include "host/trust.h"

#include <stddef.h>

struct library {
    char *name; /* the requested name; its SONAME */
    char *path; /* its real path */
    int fd;
};

/* Each follows those that it needs. Zeroed is empty. */
struct libraries {
    struct library *list;
    size_t n, capacity;
};

/*
 * Finds all libraries that the file needs and this program lacks, in the
 * RUNPATH of the file that needs them ($ORIGIN is supported) and the
 * directories of the system, and checks each like a module (trust NULL: no
 * check). Fills the zeroed *libraries (emptied with libraries_done). Returns 0,
 * -ENOENT (not found), -EPERM (others could have written it), -ENOEXEC, or
 * another -errno.
 */
int libraries_find(struct trust *trust, int fd, const char *path,
                   struct libraries *libraries, struct error *err);
void libraries_done(struct libraries *libraries);

#endif
