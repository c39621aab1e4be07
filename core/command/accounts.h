/* SPDX-License-Identifier: ISC */
#ifndef CCM_COMMAND_ACCOUNTS_H
#define CCM_COMMAND_ACCOUNTS_H

/*
 * The users and groups of a root: its etc/passwd, etc/group and etc/shadow,
 * read once and looked up by name. Malformed lines are skipped, as in libc.
 *
 * Only an owner or group that these files lack is asked of the name services,
 * and only when the root is this machine's own: another root's names are not
 * this machine's. A name service that does not answer is an error of its own
 * and never looks like a deleted user.
 */

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct accounts;

struct accounts_user {
    const char *name;
    const char *password; /* hash of etc/shadow, or of etc/passwd; may be "" */
    const char *comment, *home, *shell;
    uid_t uid;
    gid_t gid;
};

struct accounts_group {
    const char *name;
    const char *members; /* separated by commas; may be "" */
    gid_t gid;
};

/* The largest size of each file, in bytes. */
#define ACCOUNTS_FILE_MAX (32 * 1024 * 1024)

/*
 * Reads them below root_fd (symlinks do not lead out of it). A missing file
 * counts as an empty one. Sets *out, new (freed with accounts_free).
 * Returns 0 or -errno.
 */
int accounts_open(int root_fd, struct accounts **out, struct error *err);
void accounts_free(struct accounts *accounts);

/* Return borrowed (valid until accounts_free), or NULL. */
const struct accounts_user *accounts_user(const struct accounts *accounts,
                                          const char *name);
const struct accounts_group *accounts_group(const struct accounts *accounts,
                                            const char *name);
const struct accounts_group *accounts_group_by_id(const struct accounts *a,
                                                  gid_t gid);

/* Is it the primary group of any user? */
bool accounts_is_primary(const struct accounts *accounts, gid_t gid);

/* Owner and group as a declaration writes them: a name, or a number as text.
 * Sets *out. Returns 0; -ENOENT with "no user NAME" in err; or another -errno
 * when a name service does not answer. */
int accounts_uid(const struct accounts *accounts, const char *owner, uid_t *out,
                 struct error *err);
int accounts_gid(const struct accounts *accounts, const char *group, gid_t *out,
                 struct error *err);

/* The names of the groups that have name as a member, in the file's order.
 * Sets *out, NULL-terminated, new (freed with free; the names are borrowed).
 * Returns how many. */
size_t accounts_groups_of(const struct accounts *accounts, const char *name,
                          const char ***out);

#endif
