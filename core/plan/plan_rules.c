/* SPDX-License-Identifier: ISC */
/*
 * The rules for a single declaration. The planner's process checks much of it
 * too, for the author of the module. The checks here are the ones that count,
 * because that process is as foreign as the network.
 */
#include "plan/plan_rules.h"

#include "base/path.h"
#include "base/util.h"

#include <ctype.h>
#include <errno.h>

#define ACCOUNT_NAME_MAX 32
#define SERVICE_NAME_MAX 255
#define OBJECT_NAME_MAX 512
#define TARGET_MAX 4000
#define TIMEOUT_MAX_S 86400
#define ARGUMENTS_MAX (128 * 1024)
#define INPUT_MAX (1024 * 1024)
/* The last two are (uid_t) -1 in 32 and 16 bits. */
#define ID_MAX 0xfffffffdU
#define ID_16BIT_NONE 0xffffU

static const char *const kind_names[] = {
    [CHANGE_FILE] = "file",
    [CHANGE_DIRECTORY] = "directory",
    [CHANGE_SYMLINK] = "symlink",
    [CHANGE_ABSENT] = "absent",
    [CHANGE_EXCLUSIVE] = "exclusive directory",
    [CHANGE_KEEP] = "kept file",
    [CHANGE_GROUP] = "group",
    [CHANGE_USER] = "user",
    [CHANGE_COMMAND] = "command",
    [CHANGE_SERVICE] = "service",
    [CHANGE_MEMBER] = "member",
    [CHANGE_TEST] = "test",
};

const char *plan_kind_name(enum change_kind kind)
{
    return kind_names[kind];
}

static int check_path(const char *path, struct error *err)
{
    int r;

    if (!path)
        return error_set(err, -EINVAL, "has no path");
    r = path_check(path, err);
    if (r < 0)
        return error_prefix(err, -EINVAL, "path \"%.200s\"", path);
    if (streq(path, "/"))
        return error_set(err, -EINVAL, "path is \"/\"");
    if (strstr(path, "/" PLAN_TEMPORARY))
        return error_set(err, -EINVAL,
                         "path \"%.200s\": names that begin with \"%s\" are "
                         "reserved for ccm",
                         path, PLAN_TEMPORARY);
    return 0;
}

static int check_id(uint32_t id, struct error *err)
{
    if (id > ID_MAX || id == ID_16BIT_NONE)
        return error_set(err, -EINVAL, "id %u cannot be used", id);
    return 0;
}

/* A name that useradd and groupadd accept on every system. */
static int check_account(const char *what, const char *name, struct error *err)
{
    const char *c;

    if (!name || !*name)
        return error_set(err, -EINVAL, "%s name is empty", what);
    if (strlen(name) > ACCOUNT_NAME_MAX)
        return error_set(err, -EINVAL, "%s name is longer than %d bytes", what,
                         ACCOUNT_NAME_MAX);
    if (path_has_control(name))
        return error_set(err, -EINVAL, "%s name has a control character", what);
    for (c = name; *c; c++)
        if (!isalnum((unsigned char) *c) && *c != '_' &&
            (c == name || !strchr(".-", *c)) &&
            !(*c == '$' && c > name && !c[1]))
            return error_set(err, -EINVAL, "%s name \"%s\" has a \"%c\"", what,
                             name, *c);
    return 0;
}

/* An owner: a name, or a number as text. */
static int check_owner(const char *what, const char *owner, struct error *err)
{
    char *end;
    unsigned long long id;

    if (!owner || !isdigit((unsigned char) owner[0]))
        return check_account(what, owner, err);
    errno = 0;
    id = strtoull(owner, &end, 10);
    if (*end)
        return check_account(what, owner, err);
    if (errno || id > ID_MAX)
        return error_set(err, -EINVAL, "%s %.32s cannot be used", what, owner);
    return check_id((uint32_t) id, err);
}

static int check_owners(const struct change *c, struct error *err)
{
    int r = check_owner("owner", c->owner, err);

    return r < 0 ? r : check_owner("group", c->group, err);
}

static int check_mode(const struct change *c, struct error *err)
{
    if (c->mode < 1 || c->mode > 07777)
        return error_set(err, -EINVAL,
                         "mode %04o is out of range (0001 to 07777)", c->mode);
    return 0;
}

static int check_line(const char *what, const char *text, struct error *err)
{
    if (text && (path_has_control(text) || strchr(text, ':')))
        return error_set(err, -EINVAL, "%s has a colon or a control character",
                         what);
    return 0;
}

int plan_rules_check_service(const char *name, struct error *err)
{
    const char *c;

    if (!name || !*name || *name == '-' || strlen(name) > SERVICE_NAME_MAX)
        return error_set(err, -EINVAL,
                         "service name is empty, too long or begins with "
                         "\"-\"");
    for (c = name; *c; c++)
        if (!isalnum((unsigned char) *c) && !strchr("@:._-\\", *c))
            return error_set(err, -EINVAL,
                             "service name has a byte that is not allowed in a "
                             "unit's name (0x%02x)",
                             (unsigned char) *c);
    return 0;
}

static int check_target(const struct change *c, struct error *err)
{
    if (!c->target || !*c->target)
        return error_set(err, -EINVAL, "target is empty");
    if (strlen(c->target) > TARGET_MAX)
        return error_set(err, -EINVAL, "target is longer than %d bytes",
                         TARGET_MAX);
    if (path_has_control(c->target))
        return error_set(err, -EINVAL, "target has a control character");
    return 0;
}

static int check_pattern(const struct change *c, struct error *err)
{
    int r = c->target ? path_check_name(c->target, err) : 0;

    if (!c->target)
        return error_set(err, -EINVAL, "has no pattern");
    return r < 0 ? error_prefix(err, -EINVAL, "pattern") : 0;
}

static int check_groups(const char *const *groups, struct error *err)
{
    int r = 0;

    for (; r == 0 && groups && *groups; groups++)
        r = check_account("further group's", *groups, err);
    return r;
}

static int check_user(const struct change *c, struct error *err)
{
    int r = check_account("user", c->name, err);

    if (r == 0)
        r = check_id(c->id, err);
    if (r == 0 && c->group)
        r = check_owner("primary group", c->group, err);
    if (r == 0)
        r = check_groups(c->list, err);
    if (r == 0 && c->home && path_check(c->home, err) < 0)
        r = error_prefix(err, -EINVAL, "home");
    if (r == 0 && c->shell && path_check(c->shell, err) < 0)
        r = error_prefix(err, -EINVAL, "shell");
    if (r == 0)
        r = check_line("home", c->home, err);
    if (r == 0)
        r = check_line("shell", c->shell, err);
    if (r == 0)
        r = check_line("comment", c->comment, err);
    if (r == 0)
        r = check_line("password", c->password, err);
    return r;
}

static int check_argv(const char *const *argv, struct error *err)
{
    size_t i, size = 0;

    if (!argv || !argv[0])
        return error_set(err, -EINVAL, "has no argument vector");
    if (path_check(argv[0], err) < 0)
        return error_prefix(err, -EINVAL, "program \"%.200s\"", argv[0]);
    for (i = 0; argv[i]; i++)
        size += strlen(argv[i]) + 1;
    if (size > ARGUMENTS_MAX)
        return error_set(err, -EINVAL, "arguments are longer than %d bytes",
                         ARGUMENTS_MAX);
    return 0;
}

/* "NAME=value", with a name that every shell takes. */
static int check_env(const char *const *env, struct error *err)
{
    size_t size = 0, n;

    for (; env && *env; env++) {
        n = strspn(*env, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                         "abcdefghijklmnopqrstuvwxyz0123456789_");
        size += strlen(*env) + 1;
        if (n == 0 || (*env)[n] != '=' || isdigit((unsigned char) **env))
            return error_set(err, -EINVAL,
                             "an entry of env is not \"NAME=value\"");
    }
    if (size > ARGUMENTS_MAX)
        return error_set(err, -EINVAL, "env is longer than %d bytes",
                         ARGUMENTS_MAX);
    return 0;
}

static int check_command(const struct change *c, struct error *err)
{
    int r = check_argv(c->list, err);

    if (r < 0)
        return r;
    if (c->probe && check_argv(c->probe, err) < 0)
        return error_prefix(err, -EINVAL, "probe");
    if (c->input && strlen(c->input) > INPUT_MAX)
        return error_set(err, -EINVAL, "input is longer than %d bytes",
                         INPUT_MAX);
    r = check_env(c->env, err);
    if (r < 0)
        return r;
    if (c->timeout_s < 1 || c->timeout_s > TIMEOUT_MAX_S)
        return error_set(err, -EINVAL,
                         "time limit of %u s is out of range (1 to %d)",
                         c->timeout_s, TIMEOUT_MAX_S);
    if (c->user)
        r = check_owner("user", c->user, err);
    if (r == 0 && c->directory && path_check(c->directory, err) < 0)
        r = error_prefix(err, -EINVAL, "directory");
    return r;
}

static int check_member(const struct change *c, struct error *err)
{
    int r = check_account("user", c->name, err);

    return r < 0 ? r : check_account("group", c->group, err);
}

static int check_test(const struct change *c, struct error *err)
{
    int r = check_command(c, err);

    if (r == 0 && !c->path == !c->service)
        r = error_set(err, -EINVAL, "has not exactly one of path and service");
    if (r == 0 && c->path)
        r = check_path(c->path, err);
    if (r == 0 && c->service)
        r = plan_rules_check_service(c->service, err);
    return r;
}

static int check_file(const struct change *c, struct error *err)
{
    int r = check_mode(c, err);

    if (r == 0 && !c->content)
        r = error_set(err, -EINVAL, "has no contents");
    return r < 0 ? r : check_owners(c, err);
}

static int check_kind(const struct change *c, struct error *err)
{
    int r;

    switch (c->kind) {
    case CHANGE_FILE:
        return check_file(c, err);
    case CHANGE_DIRECTORY:
        r = check_mode(c, err);
        return r < 0 ? r : check_owners(c, err);
    case CHANGE_SYMLINK:
        r = check_target(c, err);
        return r < 0 ? r : check_owners(c, err);
    case CHANGE_EXCLUSIVE:
        return check_pattern(c, err);
    case CHANGE_GROUP:
        r = check_account("group", c->name, err);
        return r < 0 ? r : check_id(c->id, err);
    case CHANGE_USER:
        return check_user(c, err);
    case CHANGE_COMMAND:
        return check_command(c, err);
    case CHANGE_SERVICE:
        return plan_rules_check_service(c->name, err);
    case CHANGE_MEMBER:
        return check_member(c, err);
    case CHANGE_TEST:
        return check_test(c, err);
    case CHANGE_ABSENT:
    case CHANGE_KEEP:
        break;
    }
    return 0;
}

int plan_rules_check(const struct change *c, struct error *err)
{
    int r = 0;

    if (c->object &&
        (path_has_control(c->object) || strlen(c->object) > OBJECT_NAME_MAX))
        return error_set(err, -EINVAL,
                         "the object's name is too long or has a control "
                         "character");
    if (plan_kind_has_path(c->kind))
        r = check_path(c->path, err);
    if (r == 0 && plan_kind_has_path(c->kind) && c->service)
        r = plan_rules_check_service(c->service, err);
    return r < 0 ? r : check_kind(c, err);
}
