/* SPDX-License-Identifier: ISC */
#ifndef CCM_BASE_TABLE_H
#define CCM_BASE_TABLE_H

/* From a path, a name or an id to an index: which configuration declared what,
 * which directory is already open. */

#include <stddef.h>
#include <stdint.h>

enum table_space {
    TABLE_PATH,      /* file, directory, symlink, absent, kept file */
    TABLE_ANCESTOR,  /* a directory that a declaration needs */
    TABLE_EXCLUSIVE, /* path and pattern */
    TABLE_GROUP,
    TABLE_USER,
    TABLE_GROUP_ID,
    TABLE_USER_ID,
};

/* A key; bytes are kept until the table is freed. */
struct table_key {
    enum table_space space;
    const char *bytes;
    size_t size;
    const char *second; /* NULL, or a string that counts too */
    uint32_t number;
};

struct table {
    struct table_entry *entries; /* in order of insertion */
    size_t n;
    size_t capacity;
    uint32_t *slots; /* index into entries + 1; 0: free */
    size_t n_slots;
};

#define TABLE_NONE UINT32_MAX

/* The index that was put for key, or TABLE_NONE. */
uint32_t table_find(const struct table *table, const struct table_key *key);
/* Puts index for key. If key already has an index, returns that one. Otherwise
 * returns TABLE_NONE. */
uint32_t table_put(struct table *table, const struct table_key *key,
                   uint32_t index);
/* Forgets all but the first n entries. */
void table_cut(struct table *table, size_t n);
void table_done(struct table *table);

#endif
