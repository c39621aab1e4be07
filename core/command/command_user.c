/* SPDX-License-Identifier: ISC */
/*
 * The user that a command runs as. Looked up before the fork: a name service
 * may open sockets, take locks or hang, and the child must do none of that.
 */
#include "command/command_user.h"

#include "base/alloc.h"
#include "base/util.h"
#include "command/accounts.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>

#define IDENTITY_TEXT_MAX (64 * 1024)
#define IDENTITY_GROUPS_MAX 65536

void command_user_done(struct command_user *identity)
{
    free(identity->groups);
    free(identity->name);
    free(identity->home);
    *identity = (struct command_user){0};
}

static void command_user_self(struct command_user *out)
{
    cleanup_free char *text = xmalloc(IDENTITY_TEXT_MAX);
    struct passwd entry, *found = NULL;

    getpwuid_r(geteuid(), &entry, text, IDENTITY_TEXT_MAX, &found);
    *out = (struct command_user){
        .uid = geteuid(),
        .gid = getegid(),
        .name = found ? xstrdup(found->pw_name)
                      : xasprintf("%u", (unsigned) geteuid()),
        .home = xstrdup(found ? found->pw_dir : "/"),
    };
}

static int command_user_here(const char *user, struct command_user *out,
                             struct error *err)
{
    cleanup_free char *text = xmalloc(IDENTITY_TEXT_MAX);
    struct passwd entry, *found = NULL;
    int n = 64, r;

    r = getpwnam_r(user, &entry, text, IDENTITY_TEXT_MAX, &found);
    if (!found)
        return error_set(err, r ? -r : -ENOENT, "no user %s", user);
    *out = (struct command_user){.change = true,
                                 .uid = entry.pw_uid,
                                 .gid = entry.pw_gid,
                                 .name = xstrdup(entry.pw_name),
                                 .home = xstrdup(entry.pw_dir)};
    do {
        out->groups = xrealloc(out->groups, (size_t) n * sizeof(*out->groups));
        r = getgrouplist(user, entry.pw_gid, out->groups, &n);
    } while (r < 0 && n <= IDENTITY_GROUPS_MAX);
    out->n_groups = r < 0 ? 0 : (size_t) n;
    return 0;
}

static void command_user_add_groups(const struct accounts *accounts,
                                    struct command_user *out)
{
    cleanup_free const char **names = NULL;
    size_t n = accounts_groups_of(accounts, out->name, &names), i;

    out->groups = xcalloc(n + 1, sizeof(*out->groups));
    out->groups[out->n_groups++] = out->gid;
    for (i = 0; i < n; i++)
        out->groups[out->n_groups++] = accounts_group(accounts, names[i])->gid;
}

static int command_user_there(const char *root, const char *user,
                              struct command_user *out, struct error *err)
{
    cleanup_close int root_fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
    const struct accounts_user *found;
    struct accounts *accounts;
    int r;

    if (root_fd < 0)
        return error_errno(err, -errno, "%s", root);
    r = accounts_open(root_fd, &accounts, err);
    if (r < 0)
        return r;
    found = accounts_user(accounts, user);
    if (found) {
        *out = (struct command_user){.change = true,
                                     .uid = found->uid,
                                     .gid = found->gid,
                                     .name = xstrdup(found->name),
                                     .home = xstrdup(found->home)};
        command_user_add_groups(accounts, out);
    }
    accounts_free(accounts);
    return found ? 0 : error_set(err, -ENOENT, "no user %s in %s", user, root);
}

int command_user_find(const char *root, const char *user,
                      struct command_user *out, struct error *err)
{
    int r;

    if (!user) {
        command_user_self(out);
        return 0;
    }
    if (!root || streq(root, "/"))
        r = command_user_here(user, out, err);
    else
        r = command_user_there(root, user, out, err);
    /* Without the right to change, being it already is enough. */
    if (r == 0 && geteuid() != 0 && out->uid == geteuid())
        out->change = false;
    return r;
}
