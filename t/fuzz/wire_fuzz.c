/* SPDX-License-Identifier: ISC */
/*
 * What planners declare: two configurations, one behind the other. Decoding
 * is the inverse of encoding; and a plan holds nothing that must not be in
 * it, checked here once more and in another way.
 */
#include "fuzz.h"

#include "base/util.h"
#include "change/plan.h"
#include "change/plan_check.h"
#include "change/wire.h"

/* Each record that is read is written as the same bytes. */
static void check_inverse(const char *bytes, size_t size)
{
    size_t offset = 0;

    while (offset < size) {
        cleanup_buf struct buf again = BUF_INIT;
        const char **list = NULL;
        struct change change;
        size_t start = offset;
        struct error err;

        fuzz_error_init(&err);
        if (wire_get(bytes, size, &offset, &change, &list, &err) < 0) {
            fuzz_check(offset == start && !list);
            fuzz_check_error(&err);
            return;
        }
        fuzz_check(offset > start && offset <= size);
        wire_put(&again, &change);
        free(list);
        fuzz_check(again.size == offset - start);
        fuzz_check(memcmp(again.data, bytes + start, again.size) == 0);
    }
}

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

static void check_plan(const struct plan *plan)
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

static void add(struct plan *plan, const char *name, const char *bytes,
                size_t size)
{
    size_t changes = plan->n_changes, n = plan->n_configurations;
    struct error err;

    fuzz_error_init(&err);
    if (plan_add(plan, name, bytes, size, &err) < 0) {
        fuzz_check(plan->n_changes == changes && plan->n_configurations == n);
        fuzz_check_error(&err);
    }
    check_plan(plan);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {(const char *) data, size};
    size_t cut = fuzz_byte(&input) * 8;
    struct plan *plan = plan_new();
    const char *rest;

    if (cut > input.left)
        cut = input.left;
    rest = input.next + cut;
    check_inverse(input.next, cut);
    check_inverse(rest, input.left - cut);
    add(plan, "one", input.next, cut);
    add(plan, "two", rest, input.left - cut);
    add(plan, "three", input.next, cut);
    plan_free(plan);
    return 0;
}
