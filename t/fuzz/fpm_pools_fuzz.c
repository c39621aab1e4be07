/* SPDX-License-Identifier: ISC */
/*
 * Pool files from any FPM pools and unix users: settings, pools and unix
 * users, parted by form feeds. php-fpm takes nothing that it does not know:
 * a file has one section, that of its name, and its lines are keys of ours
 * with values that cannot end their line or their quotes.
 */
#include "modules.h"

#include "base/json.h"
#include "base/util.h"

static const char *const keys[] = {
    "user",
    "listen",
    "listen.owner",
    "listen.group",
    "listen.mode",
    "pm",
    "pm.max_children",
    "pm.max_requests",
    "pm.process_idle_timeout",
    "request_slowlog_timeout",
    "slowlog",
};

static void check_quoted(const char *value)
{
    size_t size = strlen(value);

    fuzz_check(size >= 2 && value[0] == '"' && value[size - 1] == '"');
    fuzz_check(strcspn(value + 1, "\"\\$") == size - 2);
}

static void check_plain(const char *value)
{
    fuzz_check(*value && !strpbrk(value, " \"'\\$;=[]()!|&~^{}"));
}

static void check_setting(const char *line, const char *equals)
{
    const char *name = strchr(line, '[') + 1;
    size_t size = strcspn(name, "]");

    fuzz_check(size > 0 && name + size + 1 == equals);
    fuzz_check(!memchr(name, ' ', size) && !memchr(name, '[', size));
    if (equals[3] == '"')
        check_quoted(equals + 3);
    else
        check_plain(equals + 3);
}

static void check_line(const char *line)
{
    const char *equals = strstr(line, " = ");
    size_t i, size;

    fuzz_check(equals != NULL);
    size = (size_t) (equals - line);
    if (strncmp(line, "php_admin_", 10) == 0) {
        check_setting(line, equals);
        return;
    }
    for (i = 0; i < ARRAY_SIZE(keys); i++)
        if (strlen(keys[i]) == size && strncmp(keys[i], line, size) == 0)
            break;
    fuzz_check(i < ARRAY_SIZE(keys));
    check_plain(equals + 3);
}

static void check_pool(const struct change *change)
{
    struct fuzz_input content = {change->content, change->size};
    const char *name = strrchr(change->path, '/') + 1;
    size_t sections = 0;
    char *line;

    fuzz_check(strlen(change->content) == change->size && change->mode == 0600);
    fuzz_check(change->service && strncmp(change->service, "php", 3) == 0);
    for (; (line = fuzz_modules_line(&content)); free(line)) {
        size_t size = strlen(line);

        fuzz_check(fuzz_is_visible(line, size, false));
        if (line[0] == ';')
            continue;
        if (line[0] != '[') {
            fuzz_check(sections == 1);
            check_line(line);
            continue;
        }
        sections++;
        fuzz_check(strncmp(line + 1, name, size - 2) == 0);
        fuzz_check(streq(name + size - 2, ".conf"));
    }
    fuzz_check(sections == 1 && name[0] != '.');
}

static void check_change(const struct change *change)
{
    if (change->kind == CHANGE_FILE)
        check_pool(change);
    else
        fuzz_check(change->kind == CHANGE_EXCLUSIVE ||
                   change->kind == CHANGE_KEEP);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const types[] = {"fpm-pools", "unix-users", NULL};
    struct fuzz_input input = {(const char *) data, size};
    struct fuzz_modules modules;
    bool planned;
    size_t i;

    fuzz_modules_init(&modules, types, &input);
    planned = fuzz_modules_plan(&modules);
    /* Only an operator can make it fail, never a customer. */
    fuzz_check(planned || json_object_size(modules.settings) > 0);
    if (planned)
        for (i = 0; i < modules.plan->n_changes; i++)
            check_change(&modules.plan->changes[i]);
    fuzz_modules_done(&modules);
    return 0;
}
