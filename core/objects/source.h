/* SPDX-License-Identifier: ISC */
#ifndef CCM_OBJECTS_SOURCE_H
#define CCM_OBJECTS_SOURCE_H

/*
 * What the three sources share: the set of objects that they fill. A source
 * fetches the objects of each type, hands them to objects_add one by one or a
 * page at a time, and objects_fetch sorts and checks the whole afterwards.
 */

#include "objects.h"

/* The limit of one fetch, as JSON text. */
#define OBJECTS_BYTES_MAX (512UL * 1024 * 1024)

struct object_entry {
    int64_t id;
    json_t *object;
};

struct objects_type {
    char *name;
    struct objects *all;          /* the set it belongs to */
    struct object_entry *entries; /* ordered by id once sealed */
    size_t n_entries, capacity;
    json_t *array; /* the same objects in the same order; NULL until sealed */
};

struct objects {
    struct objects_type *types;
    size_t n_types;
    int64_t revision;
    size_t n_objects;  /* of all types */
    size_t size_bytes; /* of the JSON text fetched so far */
};

/* How long a source may take; for tests, objects_fetch takes the defaults. */
struct source_limits {
    long connect_ms; /* until a connection is made */
    long request_ms; /* of one request, connecting included */
    size_t page_bytes;
    unsigned pages;      /* of one type */
    unsigned tries;      /* for reading a set that changes meanwhile */
    unsigned page_tries; /* for a page that does not arrive; 0 and 1: one */
    long pause_ms;       /* before the second try; then doubled */
    int64_t deadline_ms; /* of clock_ms: no request ends later; 0: none */
};
#define SOURCE_LIMITS                                                          \
    ((struct source_limits){10000, 60000, 64UL * 1024 * 1024, 20000, 5, 6,     \
                            200, 0})

/* An empty set of these types (each once). Sets *out, new (freed with
 * objects_free). Returns 0, or -EINVAL for a bad name. */
int objects_new(const char *const *types, struct objects **out,
                struct error *err);

/* Forgets all objects, to start again. */
void objects_clear(struct objects *objects);
void objects_clear_type(struct objects_type *type);

/* Counts received text. Returns 0, or -EFBIG when it is too much. */
int objects_count_bytes(struct objects *objects, size_t size,
                        struct error *err);

/* Adds an object (copies the reference) after checking it. Returns 0, -EPROTO
 * if it is not an object or has no integer id, or -EFBIG. */
int objects_add(struct objects_type *type, json_t *object, struct error *err);

/* Adds all of a JSON array that was size bytes of text. Returns as
 * objects_add does; err counts from 1. */
int objects_add_page(struct objects_type *type, const json_t *page, size_t size,
                     struct error *err);

/* Sorts by id. Returns 0, or -EEXIST if two objects have the same id. */
int objects_seal(struct objects_type *type, struct error *err);

/*
 * The sources: each fills an empty set and returns what objects_fetch
 * returns; sealing may be left to the caller.
 */
int source_directory_fetch(const char *path, const struct source_limits *limits,
                           struct objects *objects, struct error *err);
int source_http_fetch(const struct config_objects *config,
                      const struct source_limits *limits,
                      struct objects *objects, struct error *err);
/* Sets the set's revision, which must not decrease. */
int source_etcd_fetch(const struct config_store *config,
                      const struct source_limits *limits,
                      struct objects *objects, struct error *err);

#endif
