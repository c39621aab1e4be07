/* SPDX-License-Identifier: ISC */
/* A hash table with open addressing; entries keep their order, so that the
 * entries of a refused configuration can be removed again. */
#include "base/table.h"

#include "base/alloc.h"
#include "base/util.h"

#include <xxhash.h>

struct table_entry {
    struct table_key key;
    uint64_t hash;
    uint32_t index;
};

static uint64_t key_hash(const struct table_key *key)
{
    uint64_t seed = (uint64_t) key->space << 32 | key->number;
    uint64_t hash = XXH3_64bits_withSeed(key->bytes, key->size, seed);

    if (key->second)
        hash = XXH3_64bits_withSeed(key->second, strlen(key->second), hash);
    return hash;
}

static bool key_equal(const struct table_key *a, const struct table_key *b)
{
    return a->space == b->space && a->number == b->number &&
           a->size == b->size &&
           (a->size == 0 || memcmp(a->bytes, b->bytes, a->size) == 0) &&
           (!a->second || streq(a->second, b->second));
}

/* The slot that has key, or that would get it. */
static size_t table_slot(const struct table *table, const struct table_key *key,
                         uint64_t hash)
{
    size_t slot = hash & (table->n_slots - 1);
    uint32_t i;

    for (; (i = table->slots[slot]); slot = (slot + 1) & (table->n_slots - 1))
        if (table->entries[i - 1].hash == hash &&
            key_equal(&table->entries[i - 1].key, key))
            break;
    return slot;
}

static void table_reindex(struct table *table, size_t n_slots)
{
    size_t i;

    free(table->slots);
    table->slots = xcalloc(n_slots, sizeof(*table->slots));
    table->n_slots = n_slots;
    for (i = 0; i < table->n; i++) {
        const struct table_entry *entry = &table->entries[i];

        table->slots[table_slot(table, &entry->key, entry->hash)] =
            (uint32_t) i + 1;
    }
}

uint32_t table_find(const struct table *table, const struct table_key *key)
{
    uint32_t i;

    if (table->n_slots == 0)
        return TABLE_NONE;
    i = table->slots[table_slot(table, key, key_hash(key))];
    return i ? table->entries[i - 1].index : TABLE_NONE;
}

uint32_t table_put(struct table *table, const struct table_key *key,
                   uint32_t index)
{
    uint64_t hash = key_hash(key);
    size_t slot;

    if (table->n_slots <= 2 * table->n)
        table_reindex(table, table->n_slots ? 2 * table->n_slots : 1024);
    slot = table_slot(table, key, hash);
    if (table->slots[slot])
        return table->entries[table->slots[slot] - 1].index;
    xgrow(&table->entries, &table->capacity, table->n, sizeof(*table->entries));
    table->entries[table->n] =
        (struct table_entry){.key = *key, .hash = hash, .index = index};
    table->slots[slot] = (uint32_t) ++table->n;
    return TABLE_NONE;
}

void table_cut(struct table *table, size_t n)
{
    table->n = n;
    if (table->n_slots > 0)
        table_reindex(table, table->n_slots);
}

void table_done(struct table *table)
{
    free(table->entries);
    free(table->slots);
    *table = (struct table){0};
}
