/* SPDX-License-Identifier: ISC */
/* What no plan may hold, checked once more and in another way. */
#include "plans.h"

#include "fuzz.h"

#include "base/util.h"
#include "plan/plan_rules.h"

static void check_path(const char *path)
{
    size_t size = strlen(path);

    fuzz_check(path[0] == '/' && size > 1 && path[size - 1] != '/');
    fuzz_check(fuzz_is_visible(path, size, false));
    fuzz_check(!strstr(path, "//") && !strstr(path, "/../") &&
               !strstr(path, "/./"));
    fuzz_check(size < 3 || !streq(path + size - 3, "/.."));
    fuzz_check(!streq(path + size - 2, "/."));
}

static void check_account(const char *name)
{
    fuzz_check(name && *name && *name != '-' && strlen(name) <= 32);
    fuzz_check(fuzz_is_visible(name, strlen(name), false));
    fuzz_check(!strpbrk(name, ":,/ \\\"'"));
}

static void check_line(const char *text)
{
    if (text)
        fuzz_check(!strpbrk(text, ":\n") &&
                   fuzz_is_visible(text, strlen(text), false));
}

static void check_change(const struct plan *plan, const struct change *c)
{
    char text[PLAN_DESCRIBE_SIZE];

    plan_describe(plan, c, text);
    fuzz_check(fuzz_is_visible(text, strlen(text), false));
    if (plan_kind_has_path(c->kind))
        check_path(c->path);
    if (c->kind == CHANGE_FILE)
        fuzz_check(c->content && c->content[c->size] == '\0');
    if (c->kind == CHANGE_FILE || c->kind == CHANGE_DIRECTORY) {
        fuzz_check(c->mode > 0 && c->mode <= 07777);
        check_account(c->owner);
        check_account(c->group);
    }
    if (c->kind == CHANGE_COMMAND)
        check_path(c->list[0]);
    if (c->kind == CHANGE_GROUP || c->kind == CHANGE_USER) {
        check_account(c->name);
        fuzz_check(c->id < 0xfffffffeU);
    }
    if (c->kind != CHANGE_USER)
        return;
    check_line(c->home);
    check_line(c->shell);
    check_line(c->comment);
    check_line(c->password);
}

void fuzz_check_plan(const struct plan *plan)
{
    size_t i;

    for (i = 0; i < plan->n_changes; i++) {
        const struct change *c = &plan->changes[i];

        fuzz_check(c->configuration < plan->n_configurations);
        check_change(plan, c);
        /* Whoever is looked up is the one: there is no second. */
        if (plan_kind_has_path(c->kind) && c->kind != CHANGE_EXCLUSIVE)
            fuzz_check(plan_find_path(plan, c->path) == c);
        if (c->kind == CHANGE_USER)
            fuzz_check(plan_find_user(plan, c->name) == c);
        if (c->kind == CHANGE_GROUP)
            fuzz_check(plan_find_group(plan, c->name) == c);
        if (c->kind == CHANGE_FILE || c->kind == CHANGE_SYMLINK)
            fuzz_check(!plan_needs_directory(plan, c->path));
    }
}
