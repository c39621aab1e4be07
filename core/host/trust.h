/* SPDX-License-Identifier: ISC */
#ifndef CCM_HOST_TRUST_H
#define CCM_HOST_TRUST_H

/* Can this file be trusted? Only if only root and the user that runs ccm can
 * have created or changed it. */

#include "base/error.h"

#include <stddef.h>
#include <sys/stat.h>

/* Directories that passed the check, so that a thousand files in one directory
 * check it once. Zeroed is empty. */
struct trust {
    char **dirs;
    size_t n;
    size_t capacity;
};

/*
 * Checks an open regular file or directory and all directories above it: owned
 * by root or the running user, not writable by group or others. A directory
 * further up may be writable if it is sticky (as /tmp is). path is what it was
 * opened by, for messages. Sets *real, new (freed with free), to its real path,
 * symlinks resolved. Returns 0, -EPERM with the path at fault, or another
 * -errno.
 */
int trust_check(struct trust *trust, int fd, const char *path, char **real,
                struct error *err);
/* If ccm runs as root, planners are other users: do they have these rights
 * (bits of others, such as 04) to the file? Returns 0 or -EACCES. */
int trust_check_others(const struct stat *st, const char *path, mode_t bits,
                       struct error *err);
void trust_done(struct trust *trust);

#endif
