/* SPDX-License-Identifier: ISC */
/*
 * passwd, group and shadow of a root, parted by form feeds: a name that is
 * found is the name that was looked for, and no password of shadow is shown
 * for one who is not in passwd.
 */
#include "fuzz.h"

#include "base/util.h"
#include "command/accounts.h"
#include "command/command_user.h"

#include <fcntl.h>

static void check_user(const struct accounts *accounts, const char *name)
{
    const struct accounts_user *user = accounts_user(accounts, name);
    const char **groups = NULL;
    struct error err;
    uid_t uid;

    if (!user)
        return;
    fuzz_check(streq(user->name, name) && user->uid != (uid_t) -1);
    fuzz_check(user->password && user->comment && user->home && user->shell);
    fuzz_check(accounts_is_primary(accounts, user->gid));
    fuzz_check(accounts_uid(accounts, name, &uid, &err) == 0);
    fuzz_check(uid == user->uid);
    accounts_groups_of(accounts, name, &groups);
    free(groups);
}

static void check_group(const struct accounts *accounts, const char *name)
{
    const struct accounts_group *group = accounts_group(accounts, name);

    if (!group)
        return;
    fuzz_check(streq(group->name, name) && group->members);
    fuzz_check(accounts_group_by_id(accounts, group->gid) != NULL);
}

/* Looks for whatever stands at the beginning of a line. */
static void check_names(const struct accounts *accounts, const char *text)
{
    while (*text) {
        size_t line = strcspn(text, "\n"), name = strcspn(text, ":\n");
        char *copy = strndup(text, name);

        check_user(accounts, copy);
        check_group(accounts, copy);
        free(copy);
        text += line + (text[line] == '\n');
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const files[] = {"etc/passwd", "etc/group",
                                        "etc/shadow"};
    struct fuzz_input input = {(const char *) data, size};
    char *text[ARRAY_SIZE(files)];
    struct accounts *accounts = NULL;
    struct command_user identity = {0};
    struct error err;
    size_t i;
    int fd;

    for (i = 0; i < ARRAY_SIZE(files); i++) {
        size_t n;

        text[i] = fuzz_cut(&input, '\f', &n);
        fuzz_write(files[i], text[i], n);
    }
    fd = open(fuzz_directory(), O_PATH | O_DIRECTORY | O_CLOEXEC);
    fuzz_check(accounts_open(fd, &accounts, &err) == 0);
    close(fd);
    for (i = 0; i < ARRAY_SIZE(files); i++)
        check_names(accounts, text[i]);
    if (command_user_find(fuzz_directory(), "web", &identity, &err) == 0)
        fuzz_check(accounts_user(accounts, "web") ||
                   identity.uid != (uid_t) -1);
    command_user_done(&identity);
    accounts_free(accounts);
    for (i = 0; i < ARRAY_SIZE(files); i++)
        free(text[i]);
    return 0;
}
