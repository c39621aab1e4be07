/* SPDX-License-Identifier: ISC */
/*
 * Accounts are changed by the system's own tools, which know the locks, the
 * shadow files and everything else about an account.
 *
 * Another root is given with --prefix: --root would chroot there first, then
 * load the libraries of the name service and read the settings of a tree that
 * may not contain a system at all. Two cases need --root: chpasswd has no
 * --prefix, and usermod --prefix --gid looks for the group on this machine
 * (shadow 4.13). Both work with a tree that has only the account files, since
 * libc 2.34 has its "files" name service built in. The hash goes in by a pipe:
 * all users of the machine could see the argument of useradd -p.
 *
 * Each walk begins with the current state. So an interrupted walk can be
 * repeated or undone without a record of its progress.
 */
#include "change/account.h"

#include "base/alloc.h"
#include "base/util.h"
#include "change/account_state.h"
#include "command/command.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>

/* The tools wait 15 s for another's lock. */
#define ACCOUNT_TIMEOUT_MS 60000
#define ACCOUNT_ARGS_MAX 32

/* One walk to a state. */
struct account_walk {
    const char *root;
    enum change_kind kind;
    const char *name;
    struct accounts *now;
    struct account_state present;
    const struct account_state *wanted;
    unsigned differs;
};

/* A command line in the making. */
struct account_tool {
    const char *argv[ACCOUNT_ARGS_MAX];
    size_t n;
    char number[12];
};

static bool account_is_here(const char *root)
{
    return streq(root, "/");
}

static void account_tool_add(struct account_tool *tool, const char *option,
                             const char *value)
{
    tool->argv[tool->n++] = option;
    if (value)
        tool->argv[tool->n++] = value;
}

static void account_tool_init(struct account_tool *tool, const char *program,
                              const char *root)
{
    *tool = (struct account_tool){.argv = {program}, .n = 1};
    if (!account_is_here(root))
        account_tool_add(tool, "--prefix", root);
}

static void account_tool_add_id(struct account_tool *tool, const char *option,
                                uint32_t id)
{
    snprintf(tool->number, sizeof(tool->number), "%" PRIu32, id);
    account_tool_add(tool, option, tool->number);
}

static int account_tool_run(struct account_tool *tool, const char *name,
                            struct error *err)
{
    struct command_spec spec = {.argv = tool->argv,
                                .timeout_ms = ACCOUNT_TIMEOUT_MS};

    account_tool_add(tool, "--", name);
    return command_run(&spec, NULL, err);
}

static void account_walk_forget(struct account_walk *walk)
{
    account_state_done(&walk->present);
    accounts_free(walk->now);
    walk->now = NULL;
}

/* Reads the current state again. */
static int account_walk_look(struct account_walk *walk, struct error *err)
{
    cleanup_close int root_fd =
        open(walk->root, O_PATH | O_DIRECTORY | O_CLOEXEC);
    int r;

    account_walk_forget(walk);
    if (root_fd < 0)
        return error_errno(err, -errno, "%s", walk->root);
    r = accounts_open(root_fd, &walk->now, err);
    if (r < 0)
        return r;
    account_state_present(walk->now, walk->kind, walk->name, &walk->present);
    walk->differs =
        account_state_differs(walk->now, &walk->present, walk->wanted);
    return 0;
}

/* ------------------------------------------------------------------- groups */

static int account_group_add(struct account_walk *walk, const char *name,
                             const struct account_state *state,
                             struct error *err)
{
    struct account_tool tool;

    account_tool_init(&tool, "groupadd", walk->root);
    if (state->id_set)
        account_tool_add_id(&tool, "--gid", state->id);
    if (state->members && *state->members)
        account_tool_add(&tool, "--users", state->members);
    return account_tool_run(&tool, name, err);
}

static int account_group_delete(struct account_walk *walk, const char *name,
                                struct error *err)
{
    struct account_tool tool;

    account_tool_init(&tool, "groupdel", walk->root);
    return account_tool_run(&tool, name, err);
}

static int account_group_modify(struct account_walk *walk, struct error *err)
{
    struct account_tool tool;

    account_tool_init(&tool, "groupmod", walk->root);
    if (walk->differs & ACCOUNT_ID)
        account_tool_add_id(&tool, "--gid", walk->wanted->id);
    if (walk->differs & ACCOUNT_MEMBERS)
        account_tool_add(&tool, "--users", walk->wanted->members);
    return account_tool_run(&tool, walk->name, err);
}

static int account_walk_group(struct account_walk *walk, struct error *err)
{
    if (!walk->wanted->exists)
        return walk->present.exists
                   ? account_group_delete(walk, walk->name, err)
                   : 0;
    if (!walk->present.exists)
        return account_group_add(walk, walk->name, walk->wanted, err);
    return account_group_modify(walk, err);
}

/* -------------------------------------------------------------------- users */

/* The group of the user's name, with its old number, or the user's number, if
 * that is free. */
static int account_own_group(struct account_walk *walk, struct error *err)
{
    const struct account_state *wanted = walk->wanted;
    struct account_state group = {.id_set = wanted->gid_set || wanted->id_set,
                                  .id = wanted->gid_set ? wanted->gid
                                                        : wanted->id};

    if (!wanted->own_group || !streq(wanted->group, walk->name) ||
        accounts_group(walk->now, walk->name))
        return 0;
    if (accounts_group_by_id(walk->now, group.id))
        group.id_set = false;
    return account_group_add(walk, walk->name, &group, err);
}

static void account_user_options(struct account_walk *walk,
                                 struct account_tool *tool, struct buf *groups)
{
    const struct account_state *wanted = walk->wanted;

    if (walk->differs & ACCOUNT_ID)
        account_tool_add_id(tool, "--uid", wanted->id);
    if (walk->differs & ACCOUNT_GROUPS) {
        account_state_put_groups(groups, wanted->groups);
        account_tool_add(tool, "--groups", buf_text(groups));
    }
    if (walk->differs & ACCOUNT_SHELL)
        account_tool_add(tool, "--shell", wanted->shell);
    if (walk->differs & ACCOUNT_COMMENT)
        account_tool_add(tool, "--comment", wanted->comment);
}

static int account_user_add(struct account_walk *walk, struct error *err)
{
    cleanup_buf struct buf groups = BUF_INIT;
    struct account_tool tool;
    int r = account_own_group(walk, err);

    if (r < 0)
        return r;
    account_tool_init(&tool, "useradd", walk->root);
    account_tool_add(&tool, "--no-create-home", NULL);
    account_tool_add(&tool, "--no-user-group", NULL);
    account_tool_add(&tool, "--no-log-init", NULL);
    account_tool_add(&tool, "--gid", walk->wanted->group);
    account_user_options(walk, &tool, &groups);
    account_tool_add(&tool, "--home-dir", walk->wanted->home);
    return account_tool_run(&tool, walk->name, err);
}

static int account_user_group(struct account_walk *walk, struct error *err)
{
    struct account_tool tool = {.argv = {"usermod"}, .n = 1};

    if (!account_is_here(walk->root))
        account_tool_add(&tool, "--root", walk->root);
    account_tool_add(&tool, "--gid", walk->wanted->group);
    return account_tool_run(&tool, walk->name, err);
}

static int account_user_modify(struct account_walk *walk, struct error *err)
{
    const unsigned apart = ACCOUNT_PASSWORD | ACCOUNT_GROUP;
    cleanup_buf struct buf groups = BUF_INIT;
    struct account_tool tool;
    int r = account_own_group(walk, err);

    if (r == 0 && (walk->differs & ACCOUNT_GROUP))
        r = account_user_group(walk, err);
    if (r < 0 || (walk->differs & ~apart) == 0)
        return r;
    account_tool_init(&tool, "usermod", walk->root);
    account_user_options(walk, &tool, &groups);
    if (walk->differs & ACCOUNT_HOME)
        account_tool_add(&tool, "--home", walk->wanted->home);
    return account_tool_run(&tool, walk->name, err);
}

static int account_user_password(struct account_walk *walk, struct error *err)
{
    struct account_tool tool = {.argv = {"chpasswd", "--encrypted"}, .n = 2};
    cleanup_buf struct buf input = BUF_INIT;
    struct command_spec spec = {.argv = tool.argv,
                                .timeout_ms = ACCOUNT_TIMEOUT_MS};
    int r;

    if (!account_is_here(walk->root))
        account_tool_add(&tool, "--root", walk->root);
    buf_printf(&input, "%s:%s\n", walk->name, walk->wanted->password);
    spec.input = input.data;
    spec.input_size = input.size;
    r = command_run(&spec, NULL, err);
    explicit_bzero(input.data, input.size);
    return r;
}

/* Does the group of the user's name go with it? Only if it is no other user's
 * primary group. */
static bool account_group_goes(const struct account_walk *walk)
{
    const struct accounts_group *group = accounts_group(walk->now, walk->name);

    return group && walk->wanted->own_group && *group->members == '\0' &&
           !accounts_is_primary(walk->now, group->gid);
}

/* userdel may remove the group with the user's name (USERGROUPS_ENAB); here it
 * is decided whether it should. */
static int account_user_delete(struct account_walk *walk, struct error *err)
{
    const struct accounts_group *group = accounts_group(walk->now, walk->name);
    struct account_state kept = {.id_set = true, .id = group ? group->gid : 0};
    bool had_group = group != NULL;
    struct account_tool tool;
    int r;

    account_tool_init(&tool, "userdel", walk->root);
    r = account_tool_run(&tool, walk->name, err);
    if (r == 0)
        r = account_walk_look(walk, err);
    if (r < 0)
        return r;
    if (account_group_goes(walk))
        return account_group_delete(walk, walk->name, err);
    if (had_group && !walk->wanted->own_group &&
        !accounts_group(walk->now, walk->name))
        return account_group_add(walk, walk->name, &kept, err);
    return 0;
}

static int account_walk_user(struct account_walk *walk, struct error *err)
{
    const char *password = walk->wanted->password;
    int r;

    if (!walk->wanted->exists && walk->present.exists)
        return account_user_delete(walk, err);
    if (!walk->wanted->exists) /* interrupted before the user was created */
        return account_group_goes(walk)
                   ? account_group_delete(walk, walk->name, err)
                   : 0;
    r = walk->present.exists ? account_user_modify(walk, err)
                             : account_user_add(walk, err);
    if (r == 0 && (walk->differs & ACCOUNT_PASSWORD) && password)
        r = account_user_password(walk, err);
    return r;
}

/* ------------------------------------------------------------ apply and undo
 */

static int account_walk_to(const char *root, const struct change *change,
                           const struct account_state *wanted,
                           struct error *err)
{
    struct account_walk walk = {.root = root,
                                .kind = change->kind,
                                .name = change->name,
                                .wanted = wanted};
    bool user = change->kind == CHANGE_USER;
    int r = account_walk_look(&walk, err);

    if (r == 0 && (walk.differs || !wanted->exists))
        r = user ? account_walk_user(&walk, err)
                 : account_walk_group(&walk, err);
    account_walk_forget(&walk);
    return r < 0 ? error_prefix(err, r, "%s %s", user ? "user" : "group",
                                change->name)
                 : 0;
}

/* The others of the group stay, whoever they are by now. */
static int account_apply_member(const char *root, const struct change *change,
                                struct error *err)
{
    const struct change user = {.kind = CHANGE_USER, .name = change->name};
    cleanup_close int root_fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
    struct account_state present, wanted;
    struct accounts *now;
    int r = root_fd < 0 ? error_errno(err, -errno, "%s", root)
                        : accounts_open(root_fd, &now, err);

    if (r < 0)
        return r;
    account_state_present(now, CHANGE_USER, change->name, &present);
    account_state_member(change, &present, &wanted);
    if (!present.exists)
        r = error_set(err, -ENOENT, "member %s: there is no such user",
                      change->name);
    else
        r = account_walk_to(root, &user, &wanted, err);
    account_state_done(&present);
    account_state_done(&wanted);
    accounts_free(now);
    return r;
}

int account_apply(const char *root, const struct delta *d, struct error *err)
{
    struct account_state wanted;
    int r;

    if (d->change->kind == CHANGE_MEMBER)
        return account_apply_member(root, d->change, err);

    account_state_wanted(d->change, &wanted);
    if (d->action == DELTA_CREATE && d->change->kind == CHANGE_USER)
        account_state_complete(&wanted);
    r = account_walk_to(root, d->change, &wanted, err);
    account_state_done(&wanted);
    return r;
}

int account_undo(const char *root, const struct delta *d, struct error *err)
{
    struct account_state old;
    int r;

    if (!d->old)
        return error_set(err, -EPROTO, "%s: its old state is unknown",
                         d->change->name);
    r = account_state_load(d->old, d->old_size, &old, err);
    if (r < 0)
        return r;
    r = account_walk_to(root, d->change, &old, err);
    account_state_done(&old);
    return r;
}
