/* SPDX-License-Identifier: ISC */
#ifndef CCM_COMMAND_COMMAND_USER_H
#define CCM_COMMAND_COMMAND_USER_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* The user that a command runs as. */
struct command_user {
    bool change; /* it is not the current user */
    uid_t uid;
    gid_t gid;
    gid_t *groups;
    size_t n_groups;
    char *name, *home;
};

/*
 * Looks user up: in root's etc/passwd and etc/group, or with root NULL or "/"
 * by this machine's name service. user NULL: as this process runs.
 * Fills *out (command_user_done). Returns 0, -ENOENT (no such user) or -errno.
 */
int command_user_find(const char *root, const char *user,
                      struct command_user *out, struct error *err);
void command_user_done(struct command_user *identity);

#endif
