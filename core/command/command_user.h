/* SPDX-License-Identifier: ISC */
#ifndef CCM_COMMAND_COMMAND_USER_H
#define CCM_COMMAND_COMMAND_USER_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Whom a command runs as. */
struct identity {
    bool change; /* it is not the one that runs now */
    uid_t uid;
    gid_t gid;
    gid_t *groups;
    size_t n_groups;
    char *name, *home;
};

/*
 * Looks user up: in root's etc/passwd and etc/group, or with root NULL or "/"
 * by this machine's name service. user NULL: as this process runs.
 * Fills *out (identity_done). Returns 0, -ENOENT (no such user) or -errno.
 */
int identity_find(const char *root, const char *user, struct identity *out,
                  struct error *err);
void identity_done(struct identity *identity);

#endif
