/* SPDX-License-Identifier: ISC */
/*
 * Builds a plan from the results of the planners. Every declaration is checked
 * here, on its own (plan_rules_check) and against all others: one path, user,
 * group or id belongs to one declaration, and nothing is declared below what is
 * declared not to be a directory. Conflicts are found in one pass whatever the
 * order: each declared path also enters its ancestors.
 */
#include "plan/plan.h"

#include "base/alloc.h"
#include "base/digest.h"
#include "base/table.h"
#include "base/util.h"
#include "plan/plan_rules.h"
#include "plan/wire.h"

#include <errno.h>

struct plan_internal {
    struct table table;
    const char ***lists;
    size_t n_lists;
    size_t lists_capacity;
    size_t changes_capacity;
    size_t configurations_capacity;
};

struct plan *plan_new(void)
{
    struct plan *plan = xcalloc(1, sizeof(*plan));

    plan->internal = xcalloc(1, sizeof(*plan->internal));
    return plan;
}

static void plan_cut_lists(struct plan_internal *in, size_t n)
{
    while (in->n_lists > n)
        free(in->lists[--in->n_lists]);
}

void plan_free(struct plan *plan)
{
    struct plan_internal *in = plan ? plan->internal : NULL;
    size_t i;

    if (!plan)
        return;
    for (i = 0; i < plan->n_configurations; i++)
        free((char *) plan->configurations[i].name);
    plan_cut_lists(in, 0);
    table_done(&in->table);
    free(in->lists);
    free(in);
    free(plan->configurations);
    free(plan->changes);
    free(plan);
}

void plan_describe(const struct plan *plan, const struct change *c,
                   char text[PLAN_DESCRIBE_SIZE])
{
    const char *name = c->path ? c->path : c->name;

    if (!name && c->list)
        name = c->list[0];
    snprintf(text, PLAN_DESCRIBE_SIZE, "configuration %s%s%s: %s %.200s",
             plan->configurations[c->configuration].name,
             c->object ? ", object " : "", c->object ? c->object : "",
             plan_kind_name(c->kind), name ? name : "(no name)");
}

static int plan_conflict(const struct plan *plan, const struct change *c,
                         const char *why, uint32_t other, struct error *err)
{
    char mine[PLAN_DESCRIBE_SIZE], theirs[PLAN_DESCRIBE_SIZE];

    plan_describe(plan, c, mine);
    plan_describe(plan, &plan->changes[other], theirs);
    return error_set(err, -EEXIST, "%s: %s %s", mine, why, theirs);
}

static int plan_put(struct plan *plan, const struct table_key *key,
                    uint32_t index, const char *why, struct error *err)
{
    uint32_t other = table_put(&plan->internal->table, key, index);

    if (other == TABLE_NONE)
        return 0;
    return plan_conflict(plan, &plan->changes[index], why, other, err);
}

/* Does the path make sense only below a directory? */
static bool plan_needs_parent(const struct change *c)
{
    return c->kind == CHANGE_FILE || c->kind == CHANGE_DIRECTORY ||
           c->kind == CHANGE_SYMLINK;
}

static bool plan_is_no_directory(const struct change *c)
{
    return c->kind == CHANGE_FILE || c->kind == CHANGE_SYMLINK ||
           c->kind == CHANGE_ABSENT;
}

/* Enters all ancestors, up to the first that is already there: those above it
 * are, too. */
static int plan_put_ancestors(struct plan *plan, uint32_t index,
                              struct error *err)
{
    const struct change *c = &plan->changes[index];
    struct table_key key = {.bytes = c->path, .size = strlen(c->path)};

    for (;;) {
        uint32_t other;

        while (key.bytes[--key.size] != '/')
            ;
        if (key.size == 0)
            return 0;
        key.space = TABLE_PATH;
        other = table_find(&plan->internal->table, &key);
        if (other != TABLE_NONE && plan_is_no_directory(&plan->changes[other]))
            return plan_conflict(plan, c, "lies below", other, err);
        key.space = TABLE_ANCESTOR;
        if (table_put(&plan->internal->table, &key, index) != TABLE_NONE)
            return 0;
    }
}

static int plan_put_path(struct plan *plan, uint32_t index, struct error *err)
{
    const struct change *c = &plan->changes[index];
    struct table_key key = {
        .space = TABLE_PATH, .bytes = c->path, .size = strlen(c->path)};
    uint32_t below;
    int r = plan_put(plan, &key, index, "is also declared by", err);

    if (r < 0)
        return r;
    key.space = TABLE_ANCESTOR;
    below = table_find(&plan->internal->table, &key);
    if (below != TABLE_NONE && plan_is_no_directory(c))
        return plan_conflict(plan, c, "is in the way of", below, err);
    return plan_needs_parent(c) ? plan_put_ancestors(plan, index, err) : 0;
}

static int plan_put_account(struct plan *plan, uint32_t index,
                            struct error *err)
{
    const struct change *c = &plan->changes[index];
    bool user = c->kind == CHANGE_USER;
    struct table_key name = {.space = user ? TABLE_USER : TABLE_GROUP,
                             .bytes = c->name,
                             .size = strlen(c->name)};
    struct table_key id = {.space = user ? TABLE_USER_ID : TABLE_GROUP_ID,
                           .number = c->id};
    int r = plan_put(plan, &name, index, "is also declared by", err);

    if (r == 0 && c->id != 0 && !c->absent)
        r = plan_put(plan, &id, index, "has the id of", err);
    return r;
}

/* Enters it under every key that others must not declare. */
static int plan_enter(struct plan *plan, uint32_t index, struct error *err)
{
    const struct change *c = &plan->changes[index];
    struct table_key key = {.space = TABLE_EXCLUSIVE};

    switch (c->kind) {
    case CHANGE_FILE:
    case CHANGE_DIRECTORY:
    case CHANGE_SYMLINK:
    case CHANGE_ABSENT:
    case CHANGE_KEEP:
        return plan_put_path(plan, index, err);
    case CHANGE_EXCLUSIVE:
        key.bytes = c->path;
        key.size = strlen(c->path);
        key.second = c->target;
        return plan_put(plan, &key, index, "is also declared by", err);
    case CHANGE_GROUP:
    case CHANGE_USER:
        return plan_put_account(plan, index, err);
    case CHANGE_COMMAND:
    case CHANGE_SERVICE:
    case CHANGE_MEMBER:
    case CHANGE_TEST:
        break;
    }
    return 0;
}

static int plan_add_change(struct plan *plan, const struct change *change,
                           struct error *err)
{
    char what[PLAN_DESCRIBE_SIZE];
    uint32_t index = (uint32_t) plan->n_changes;
    int r = plan_rules_check(change, err);

    if (r < 0) {
        plan_describe(plan, change, what);
        return error_prefix(err, r, "%s", what);
    }
    xgrow(&plan->changes, &plan->internal->changes_capacity, plan->n_changes,
          sizeof(*change));
    plan->changes[plan->n_changes++] = *change;
    return plan_enter(plan, index, err);
}

static int plan_add_all(struct plan *plan, const char *bytes, size_t size,
                        struct error *err)
{
    struct plan_internal *in = plan->internal;
    size_t offset = 0;

    while (offset < size) {
        struct change change;
        const char **list;
        int r = wire_get(bytes, size, &offset, &change, &list, err);

        if (r < 0)
            return error_prefix(
                err, r, "configuration %s",
                plan->configurations[plan->n_configurations - 1].name);
        if (list) {
            xgrow(&in->lists, &in->lists_capacity, in->n_lists, sizeof(list));
            in->lists[in->n_lists++] = list;
        }
        change.configuration = (uint32_t) plan->n_configurations - 1;
        r = plan_add_change(plan, &change, err);
        if (r < 0)
            return r;
    }
    return 0;
}

int plan_add(struct plan *plan, const char *configuration, const void *bytes,
             size_t size, struct error *err)
{
    struct plan_internal *in = plan->internal;
    size_t n_changes = plan->n_changes, n_lists = in->n_lists;
    size_t n_entries = in->table.n;
    struct plan_configuration *new;
    int r;

    xgrow(&plan->configurations, &in->configurations_capacity,
          plan->n_configurations, sizeof(*new));
    new = &plan->configurations[plan->n_configurations++];
    new->name = xstrdup(configuration);
    digest_bytes(bytes, size, new->digest);
    r = plan_add_all(plan, bytes, size, err);
    if (r == 0)
        return 0;
    plan->n_changes = n_changes;
    plan_cut_lists(in, n_lists);
    table_cut(&in->table, n_entries);
    free((char *) plan->configurations[--plan->n_configurations].name);
    return r;
}

static const struct change *plan_find(const struct plan *plan,
                                      enum table_space space, const char *bytes,
                                      size_t size)
{
    struct table_key key = {.space = space, .bytes = bytes, .size = size};
    uint32_t index = table_find(&plan->internal->table, &key);

    return index == TABLE_NONE ? NULL : &plan->changes[index];
}

const struct change *plan_find_path(const struct plan *plan, const char *path)
{
    return plan_find(plan, TABLE_PATH, path, strlen(path));
}

const struct change *plan_find_user(const struct plan *plan, const char *name)
{
    return plan_find(plan, TABLE_USER, name, strlen(name));
}

const struct change *plan_find_group(const struct plan *plan, const char *name)
{
    return plan_find(plan, TABLE_GROUP, name, strlen(name));
}

bool plan_needs_directory(const struct plan *plan, const char *path)
{
    return plan_find(plan, TABLE_ANCESTOR, path, strlen(path)) != NULL;
}
