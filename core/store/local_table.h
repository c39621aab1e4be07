/* SPDX-License-Identifier: ISC */
#ifndef CCM_STORE_LOCAL_TABLE_H
#define CCM_STORE_LOCAL_TABLE_H

/* The keys of a local store in memory, sorted. Pure. */

#include "store/store.h"

/* Identifies a file, to see whether it is the one that we wrote or saw. */
struct local_identity {
    uint64_t inode;
    int64_t mtime_ns;
    int64_t size;
};

struct local_kv {
    char *key;
    char *value;
    size_t value_size;
    int64_t create_revision;
    int64_t mod_revision;
    int64_t lease; /* 0: it is a file, too */
    struct local_identity identity;
};

struct local_table {
    struct local_kv *list;
    size_t n, capacity;
};

/* Zeroed is empty; this frees it. */
void local_table_done(struct local_table *table);

/* Returns borrowed (valid until the next put or delete), or NULL. */
struct local_kv *local_table_find(const struct local_table *table,
                                  const char *key);

/* Sets the value, at revision; creates the key if necessary, without identity.
 * Copies. Returns borrowed (valid until the next put or delete). */
struct local_kv *local_table_put(struct local_table *table, const char *key,
                                 const char *value, size_t value_size,
                                 int64_t revision);
/* Returns false if there is no such key. */
bool local_table_delete(struct local_table *table, const char *key);

/* Does any key begin with prefix? */
bool local_table_any_below(const struct local_table *table, const char *prefix);

/* Reads the one key, or with how, all that begin with key. Fills *range, new
 * (freed with local_range_done). */
void local_table_read(const struct local_table *table, const char *key,
                      const struct txn_range *how, struct store_range *range);
void local_range_done(struct store_range *range);

/* A deep copy; freed with local_kv_done. */
struct store_kv local_kv_copy(const struct store_kv *kv);
void local_kv_done(struct store_kv *kv);
/* kv in the store's terms. Returns borrowed members (valid as kv's). */
struct store_kv local_kv_view(const struct local_kv *kv);

#endif
