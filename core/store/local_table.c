/* SPDX-License-Identifier: ISC */
/* A sorted array of keys: a single machine has about ten of them. Ranges follow
 * etcd: filter by create revision, sort, then cut off. */
#include "local_table.h"

#include "base/alloc.h"
#include "base/util.h"

static void local_table_free_kv(struct local_kv *kv)
{
    free(kv->key);
    free(kv->value);
}

void local_table_done(struct local_table *table)
{
    size_t i;

    for (i = 0; i < table->n; i++)
        local_table_free_kv(&table->list[i]);
    free(table->list);
    *table = (struct local_table){0};
}

/* The index of the first key that is not less than key. */
static size_t local_table_lower(const struct local_table *table,
                                const char *key)
{
    size_t low = 0, high = table->n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (strcmp(table->list[middle].key, key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct local_kv *local_table_find(const struct local_table *table,
                                  const char *key)
{
    size_t at = local_table_lower(table, key);

    if (at == table->n || !streq(table->list[at].key, key))
        return NULL;
    return &table->list[at];
}

struct local_kv *local_table_put(struct local_table *table, const char *key,
                                 const char *value, size_t value_size,
                                 int64_t revision)
{
    size_t at = local_table_lower(table, key);
    struct local_kv *kv = local_table_find(table, key);

    if (!kv) {
        xgrow(&table->list, &table->capacity, table->n, sizeof(*kv));
        kv = &table->list[at];
        memmove(kv + 1, kv, (table->n - at) * sizeof(*kv));
        table->n++;
        *kv =
            (struct local_kv){.key = xstrdup(key), .create_revision = revision};
    }
    free(kv->value);
    kv->value = xmalloc(value_size + 1);
    memcpy(kv->value, value, value_size);
    kv->value[value_size] = '\0';
    kv->value_size = value_size;
    kv->mod_revision = revision;
    return kv;
}

bool local_table_delete(struct local_table *table, const char *key)
{
    struct local_kv *kv = local_table_find(table, key);

    if (!kv)
        return false;
    local_table_free_kv(kv);
    table->n--;
    memmove(kv, kv + 1, (size_t) (table->list + table->n - kv) * sizeof(*kv));
    return true;
}

bool local_table_any_below(const struct local_table *table, const char *prefix)
{
    size_t at = local_table_lower(table, prefix);

    return at < table->n && after_prefix(table->list[at].key, prefix);
}

/* ------------------------------------------------------------------- ranges */

struct store_kv local_kv_view(const struct local_kv *kv)
{
    return (struct store_kv){.key = kv->key,
                             .value = kv->value,
                             .value_size = kv->value_size,
                             .create_revision = kv->create_revision,
                             .mod_revision = kv->mod_revision,
                             .lease = kv->lease};
}

struct store_kv local_kv_copy(const struct store_kv *kv)
{
    struct store_kv copy = *kv;

    copy.key = xstrdup(kv->key);
    copy.value = xmemdup(kv->value, kv->value_size + 1);
    return copy;
}

void local_kv_done(struct store_kv *kv)
{
    free((void *) kv->key);
    free((void *) kv->value);
}

void local_range_done(struct store_range *range)
{
    size_t i;

    for (i = 0; i < range->n; i++)
        local_kv_done((struct store_kv *) &range->kvs[i]);
    free((void *) range->kvs);
    *range = (struct store_range){0};
}

static int local_compare(const void *a, const void *b, void *context)
{
    const struct txn_range *how = context;
    const struct store_kv *x = a, *y = b;
    int64_t difference = 0;
    int order;

    if (how->by_create_revision)
        difference = x->create_revision - y->create_revision;
    else if (how->by_mod_revision)
        difference = x->mod_revision - y->mod_revision;
    order = difference < 0 ? -1 : difference > 0 ? 1 : strcmp(x->key, y->key);
    return how->newest_first ? -order : order;
}

static void local_read_below(const struct local_table *table,
                             const char *prefix, const struct txn_range *how,
                             struct store_range *range)
{
    size_t first = local_table_lower(table, prefix), i, kept = 0;
    struct store_kv *kvs;

    for (i = first; i < table->n; i++, range->count++)
        if (!after_prefix(table->list[i].key, prefix))
            break;
    kvs = xcalloc((size_t) range->count, sizeof(*kvs));
    for (i = first; i < first + (size_t) range->count; i++)
        if (how->max_create_revision == 0 ||
            table->list[i].create_revision <= how->max_create_revision)
            kvs[kept++] = local_kv_view(&table->list[i]);
    qsort_r(kvs, kept, sizeof(*kvs), local_compare, (void *) how);
    if (how->limit > 0 && (size_t) how->limit < kept)
        kept = (size_t) how->limit;
    for (i = 0; i < kept; i++) {
        if (how->keys_only) {
            kvs[i].value = "";
            kvs[i].value_size = 0;
        }
        kvs[i] = local_kv_copy(&kvs[i]);
    }
    range->kvs = kvs;
    range->n = kept;
}

void local_table_read(const struct local_table *table, const char *key,
                      const struct txn_range *how, struct store_range *range)
{
    const struct local_kv *kv;
    struct store_kv *copy, view;

    *range = (struct store_range){0};
    if (how) {
        local_read_below(table, key, how, range);
        return;
    }
    kv = local_table_find(table, key);
    if (!kv)
        return;
    view = local_kv_view(kv);
    copy = xmalloc(sizeof(*copy));
    *copy = local_kv_copy(&view);
    *range = (struct store_range){.kvs = copy, .n = 1, .count = 1};
}
