/* SPDX-License-Identifier: ISC */
/* Compares two plans of a module. Each declaration is identified by its digest,
 * so that a hundred thousand of them take a second. */
#include "host/mode_check.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/digest.h"
#include "base/util.h"
#include "plan/wire.h"

/* A declaration: its name and its digest. */
struct check_entry {
    const struct change *change;
    const char *name; /* may be "" */
    char digest[DIGEST_SIZE];
};

struct check_set {
    struct check_entry *by_name, *by_digest; /* sorted */
    size_t n;
};

static void check_entry_fill(struct check_entry *entry,
                             const struct change *change)
{
    cleanup_buf struct buf bytes = BUF_INIT;
    const char *name = change->path ? change->path : change->name;

    if (!name && change->list)
        name = change->list[0];
    wire_put(&bytes, change);
    entry->change = change;
    entry->name = name ? name : "";
    digest_bytes(bytes.data, bytes.size, entry->digest);
}

static int check_compare_names(const void *a, const void *b)
{
    const struct check_entry *left = a, *right = b;

    if (left->change->kind != right->change->kind)
        return left->change->kind < right->change->kind ? -1 : 1;
    return strcmp(left->name, right->name);
}

static int check_compare_digests(const void *a, const void *b)
{
    const struct check_entry *left = a, *right = b;

    return strcmp(left->digest, right->digest);
}

static void check_set_init(struct check_set *set, const struct plan *plan)
{
    size_t size = sizeof(*set->by_name), i;

    set->n = plan->n_changes;
    set->by_name = xcalloc(set->n + 1, size);
    for (i = 0; i < set->n; i++)
        check_entry_fill(&set->by_name[i], &plan->changes[i]);
    set->by_digest = xmemdup(set->by_name, (set->n + 1) * size);
    qsort(set->by_name, set->n, size, check_compare_names);
    qsort(set->by_digest, set->n, size, check_compare_digests);
}

static void check_set_done(struct check_set *set)
{
    free(set->by_name);
    free(set->by_digest);
}

char *mode_check_compare(const struct plan *a, const struct plan *b)
{
    char text[PLAN_DESCRIBE_SIZE], other[PLAN_DESCRIBE_SIZE];
    struct check_entry left, right;
    size_t i;

    for (i = 0; i < a->n_changes && i < b->n_changes; i++) {
        check_entry_fill(&left, &a->changes[i]);
        check_entry_fill(&right, &b->changes[i]);
        if (streq(left.digest, right.digest))
            continue;
        plan_describe(a, left.change, text);
        plan_describe(b, right.change, other);
        if (left.name[0] && check_compare_names(&left, &right) == 0)
            return xasprintf("%s is not the same", text);
        return xasprintf("declared %s instead of %s", other, text);
    }
    if (a->n_changes == b->n_changes)
        return NULL;
    return xasprintf("%zu declarations instead of %zu", b->n_changes,
                     a->n_changes);
}

/* Is it in the set? Sets *differs if only one of its name is. */
static bool check_set_has(const struct check_set *set,
                          const struct check_entry *entry, bool *differs)
{
    size_t size = sizeof(*entry);

    *differs = false;
    if (bsearch(entry, set->by_digest, set->n, size, check_compare_digests))
        return true;
    *differs = entry->name[0] &&
               bsearch(entry, set->by_name, set->n, size, check_compare_names);
    return *differs;
}

static char *check_compare_with(const struct plan *a, const struct plan *b,
                                const struct check_set *set, bool *contents)
{
    const struct change *differs = NULL;
    char text[PLAN_DESCRIBE_SIZE];
    struct check_entry entry;
    bool other;
    size_t i;

    for (i = 0; i < a->n_changes; i++) {
        check_entry_fill(&entry, &a->changes[i]);
        if (!check_set_has(set, &entry, &other)) {
            plan_describe(a, &a->changes[i], text);
            return xasprintf("%s is no longer declared", text);
        }
        if (other)
            differs = &a->changes[i];
    }
    if (a->n_changes != b->n_changes)
        return xasprintf("%zu declarations instead of %zu", b->n_changes,
                         a->n_changes);
    if (!differs)
        return NULL;
    *contents = true;
    plan_describe(a, differs, text);
    return xstrdup(text);
}

char *mode_check_compare_sets(const struct plan *a, const struct plan *b,
                              bool *contents)
{
    struct check_set set;
    char *difference;

    *contents = false;
    check_set_init(&set, b);
    difference = check_compare_with(a, b, &set, contents);
    check_set_done(&set);
    return difference;
}
