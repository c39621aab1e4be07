/* SPDX-License-Identifier: ISC */
#ifndef CCM_HOST_TRUST_H
#define CCM_HOST_TRUST_H

/* May this file be believed? Only if nobody but root and the user that runs
 * ccm could have put it there or changed it. */

#include "base/error.h"

#include <stddef.h>
#include <sys/stat.h>

/* Directories that were found good, so that a thousand files in one
 * directory ask for it once. Zeroed is empty. */
struct trust {
    char **dirs;
    size_t n;
    size_t capacity;
};

/*
 * Checks an open regular file or directory and all directories above it:
 * owned by root or the running user, not writable by group or others. A
 * directory further up may be writable if it is sticky (as /tmp is).
 * path is what it was opened by, for messages. Sets *real, new (freed with
 * free), to where it really is, symlinks resolved.
 * Returns 0, -EPERM with the culprit named, or another -errno.
 */
int trust_check(struct trust *trust, int fd, const char *path, char **real,
                struct error *err);
/* Planners are other users, if ccm runs as root: may they do that (bits of
 * others, such as 04) with the file? Returns 0 or -EACCES. */
int trust_check_others(const struct stat *st, const char *path, mode_t bits,
                       struct error *err);
void trust_done(struct trust *trust);

#endif
