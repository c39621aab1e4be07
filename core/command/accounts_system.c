/* SPDX-License-Identifier: ISC */
/* Name services of this machine. */
#include "command/accounts_system.h"

#include "base/alloc.h"
#include "base/util.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>

/* A group may have very many members. */
#define ENTRY_BYTES_FIRST 4096
#define ENTRY_BYTES_MAX (16 * 1024 * 1024)

/* What getpwnam_r and getgrnam_r answer, as ours: "not found" has many names
 * there. */
static int accounts_system_judge(int r, bool found, const char *what,
                                 const char *name, struct error *err)
{
    if (found)
        return 0;
    if (r == 0 || r == ENOENT || r == ESRCH || r == EBADF || r == EPERM)
        return error_set(err, -ENOENT, "no %s %s", what, name);
    return error_errno(err, -r,
                       "%s %s cannot be looked up (a name service of "
                       "nsswitch.conf does not answer)",
                       what, name);
}

int accounts_system_uid(const char *name, uid_t *out, struct error *err)
{
    struct passwd entry, *found = NULL;
    size_t size;
    int r = ERANGE;

    for (size = ENTRY_BYTES_FIRST; r == ERANGE && size <= ENTRY_BYTES_MAX;
         size *= 4) {
        cleanup_free char *buffer = xmalloc(size);

        r = getpwnam_r(name, &entry, buffer, size, &found);
    }
    if (found)
        *out = entry.pw_uid;
    return accounts_system_judge(r, found != NULL, "user", name, err);
}

int accounts_system_gid(const char *name, gid_t *out, struct error *err)
{
    struct group entry, *found = NULL;
    size_t size;
    int r = ERANGE;

    for (size = ENTRY_BYTES_FIRST; r == ERANGE && size <= ENTRY_BYTES_MAX;
         size *= 4) {
        cleanup_free char *buffer = xmalloc(size);

        r = getgrnam_r(name, &entry, buffer, size, &found);
    }
    if (found)
        *out = entry.gr_gid;
    return accounts_system_judge(r, found != NULL, "group", name, err);
}
