/* SPDX-License-Identifier: ISC */
/* Declarations of groups, users and commands. */
#include "host/api_check.h"

#include "base/path.h"
#include "base/util.h"
#include "host/names.h"

#define LIST_MAX 1000
#define TIMEOUT_DEFAULT_S 60
#define COMMAND_BYTES_MAX (64 * 1024)

/* The name of a group or user that is declared: not a number, not NULL. */
static bool api_check_new_account(struct ccm_run *run, const char *what,
                                  const char *name)
{
    if (!name || (name[0] >= '0' && name[0] <= '9')) {
        api_fail(run, "declares a %s %s", what,
                 name ? "whose name begins with a digit" : "without a name");
        return false;
    }
    return api_check_account(run, what, name);
}

int ccm_group_sized(struct ccm_run *run, const struct ccm_group *given,
                    size_t size)
{
    struct ccm_group group;
    struct api_item *item;

    if (!api_copy(run, (struct api_copy){.what = "ccm_group",
                                         .ours = &group,
                                         .size = sizeof(group),
                                         .given = given,
                                         .given_size = size}))
        return -1;
    API_ABOUT(run, group.object);
    if (!api_check_new_account(run, "group", group.name))
        return -1;
    item = api_add(run, CHANGE_GROUP);
    if (!item)
        return -1;
    item->change.name = arena_strdup(&run->arena, group.name);
    item->change.id = group.id;
    item->change.absent = group.absent;
    api_finish_item(run, item, group.object);
    return run->failed ? -1 : 0;
}

/* A field of passwd(5): one line, and no colon, which ends a field. */
static bool api_check_field(struct ccm_run *run, const char *user,
                            const char *field, const char *text)
{
    if (!text || !strchr(text, ':'))
        return api_check_text(run, user, field, text);
    api_fail(run, "user %s: %s has a colon", user, field);
    return false;
}

static bool api_check_user(struct ccm_run *run, const struct ccm_user *user)
{
    const char *const *group;

    if (!api_check_new_account(run, "user", user->name) ||
        !api_check_account(run, user->name, user->group) ||
        !api_check_field(run, user->name, "home", user->home) ||
        !api_check_field(run, user->name, "shell", user->shell) ||
        !api_check_field(run, user->name, "comment", user->comment) ||
        !api_check_field(run, user->name, "password", user->password))
        return false;
    if ((user->home && !streq(user->home, "/") &&
         !api_check_path(run, "home", user->home)) ||
        (user->shell && !api_check_path(run, "shell", user->shell)))
        return false;
    if (names_count(user->groups) > LIST_MAX) {
        api_fail(run, "user %s: more than %d groups", user->name, LIST_MAX);
        return false;
    }
    for (group = user->groups; group && *group; group++)
        if (!api_check_account(run, user->name, *group))
            return false;
    return true;
}

int ccm_user_sized(struct ccm_run *run, const struct ccm_user *given,
                   size_t size)
{
    struct ccm_user user;
    struct arena *arena = &run->arena;
    struct change *change;
    struct api_item *item;

    if (!api_copy(run, (struct api_copy){.what = "ccm_user",
                                         .ours = &user,
                                         .size = sizeof(user),
                                         .given = given,
                                         .given_size = size}))
        return -1;
    API_ABOUT(run, user.object);
    if (!api_check_user(run, &user))
        return -1;
    item = api_add(run, CHANGE_USER);
    if (!item)
        return -1;
    change = &item->change;
    change->name = arena_strdup(arena, user.name);
    change->id = user.id;
    change->group = arena_strdup(arena, user.group);
    change->list = api_copy_list(run, user.groups);
    change->home = arena_strdup(arena, user.home);
    change->shell = arena_strdup(arena, user.shell);
    change->comment = arena_strdup(arena, user.comment);
    change->password = arena_strdup(arena, user.password);
    change->absent = user.absent;
    change->reset = user.reset;
    api_finish_item(run, item, user.object);
    return run->failed ? -1 : 0;
}

int ccm_member_sized(struct ccm_run *run, const struct ccm_member *given,
                     size_t size)
{
    struct ccm_member member;
    struct api_item *item;

    if (!api_copy(run, (struct api_copy){.what = "ccm_member",
                                         .ours = &member,
                                         .size = sizeof(member),
                                         .given = given,
                                         .given_size = size}))
        return -1;
    API_ABOUT(run, member.object);
    if (!api_check_new_account(run, "member", member.user) ||
        !api_check_new_account(run, "member's group", member.group))
        return -1;
    item = api_add(run, CHANGE_MEMBER);
    if (!item)
        return -1;
    item->change.name = arena_strdup(&run->arena, member.user);
    item->change.group = arena_strdup(&run->arena, member.group);
    item->change.absent = member.absent;
    api_finish_item(run, item, member.object);
    return run->failed ? -1 : 0;
}

static bool api_check_argv(struct ccm_run *run, const char *what,
                           const char *const *argv)
{
    size_t n = names_count(argv), bytes = 0, i;

    if (n == 0 || n > LIST_MAX) {
        api_fail(run, "declares a %s with %zu arguments; expected 1 to %d",
                 what, n, LIST_MAX);
        return false;
    }
    for (i = 0; i < n; i++)
        bytes += strlen(argv[i]) + 1;
    if (bytes > COMMAND_BYTES_MAX) {
        api_fail(run, "declares a %s of %zu bytes; the limit is %d", what,
                 bytes, COMMAND_BYTES_MAX);
        return false;
    }
    return api_check_path(run, what, argv[0]);
}

static bool api_check_command(struct ccm_run *run,
                              const struct ccm_command *command)
{
    const char *const *argv = command->argv;

    return api_check_argv(run, "command", argv) &&
           api_check_account(run, argv[0], command->user) &&
           (!command->probe || api_check_argv(run, "probe", command->probe)) &&
           (!command->directory || streq(command->directory, "/") ||
            api_check_path(run, "command's directory", command->directory));
}

int ccm_command_sized(struct ccm_run *run, const struct ccm_command *given,
                      size_t size)
{
    struct ccm_command command;
    struct change *change;
    struct api_item *item;

    if (!api_copy(run, (struct api_copy){.what = "ccm_command",
                                         .ours = &command,
                                         .size = sizeof(command),
                                         .given = given,
                                         .given_size = size}))
        return -1;
    API_ABOUT(run, command.object);
    if (!api_check_command(run, &command))
        return -1;
    item = api_add(run, CHANGE_COMMAND);
    if (!item)
        return -1;
    change = &item->change;
    change->list = api_copy_list(run, command.argv);
    change->always = command.always;
    change->timeout_s =
        command.timeout_s ? command.timeout_s : TIMEOUT_DEFAULT_S;
    change->probe = api_copy_list(run, command.probe);
    change->env = api_copy_list(run, command.env);
    change->input = arena_strdup(&run->arena, command.input);
    change->user = arena_strdup(&run->arena, command.user);
    change->directory =
        arena_strdup(&run->arena, command.directory ? command.directory : "/");
    api_finish_item(run, item, command.object);
    return run->failed ? -1 : 0;
}

int ccm_test_sized(struct ccm_run *run, const struct ccm_test *given,
                   size_t size)
{
    struct ccm_test test;
    struct change *change;
    struct api_item *item;

    if (!api_copy(run, (struct api_copy){.what = "ccm_test",
                                         .ours = &test,
                                         .size = sizeof(test),
                                         .given = given,
                                         .given_size = size}))
        return -1;
    API_ABOUT(run, test.object);
    if (!api_check_argv(run, "test", test.argv) ||
        !api_check_account(run, test.argv[0], test.user))
        return -1;
    item = api_add(run, CHANGE_TEST);
    if (!item)
        return -1;
    change = &item->change;
    change->list = api_copy_list(run, test.argv);
    change->path = arena_strdup(&run->arena, test.path);
    change->service = arena_strdup(&run->arena, test.service);
    change->timeout_s = test.timeout_s ? test.timeout_s : TIMEOUT_DEFAULT_S;
    change->user = arena_strdup(&run->arena, test.user);
    api_finish_item(run, item, test.object);
    return run->failed ? -1 : 0;
}
