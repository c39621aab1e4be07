/* SPDX-License-Identifier: ISC */
#ifndef CCM_HOST_LIBRARIES_H
#define CCM_HOST_LIBRARIES_H

/*
 * The libraries that a module brings with it. Its planner loads them by
 * descriptor, before the module, so that the loader searches for none itself:
 * what was checked and counted is what is loaded.
 */

#include "base/error.h"
#include "host/trust.h"

#include <stddef.h>

struct library {
    char *name; /* as it is asked for; its SONAME */
    char *path; /* where it really is */
    int fd;
};

/* Each after those that it needs itself. Zeroed is empty. */
struct libraries {
    struct library *list;
    size_t n, capacity;
};

/*
 * Finds all that the file needs and this program has not itself, in the
 * RUNPATH of who needs it ($ORIGIN is understood) and the directories of the
 * system, and checks each as a module is checked (trust NULL: does not). Fills
 * the zeroed *libraries (emptied with libraries_done). Returns 0, -ENOENT (not
 * found), -EPERM (others could have written it), -ENOEXEC, or another -errno.
 */
int libraries_find(struct trust *trust, int fd, const char *path,
                   struct libraries *libraries, struct error *err);
void libraries_done(struct libraries *libraries);

#endif
