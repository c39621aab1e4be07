/* SPDX-License-Identifier: ISC */
#ifndef CCM_STORE_LOCAL_FOLDER_H
#define CCM_STORE_LOCAL_FOLDER_H

/*
 * The files of a local store: one for each key, below one directory, and
 * ".state" with the revisions. A commit is atomic and durable.
 */

#include "store/local_table.h"

#include <jansson.h>

/* The largest file that is read as a value; a larger one, made by hand, is a
 * key with the value "". */
#define LOCAL_VALUE_MAX (1024 * 1024)
#define LOCAL_EVENT_VALUE_MAX 4096 /* below events/ */

/* With more keys than this, events made by hand are reported but not kept. */
#define LOCAL_KEYS_MAX 10000

struct local_folder {
    char *path;
    int fd;          /* locked */
    json_t *effects; /* of a commit that has not reached the files yet */
};

/*
 * Makes path if need be, locks it, completes a commit that a crash interrupted,
 * and reads all keys into *table and the newest revision into *revision.
 * Returns 0, -EBUSY (another process has it), or another -errno.
 */
int local_folder_open(struct local_folder *folder, const char *path,
                      struct local_table *table, int64_t *revision,
                      struct error *err);
void local_folder_close(struct local_folder *folder);

/* The new state of one key. */
struct local_effect {
    const char *key;
    const char *value; /* NULL: it goes */
    size_t value_size;
    int64_t create_revision, mod_revision;
};

struct local_commit {
    int64_t revision;
    const struct local_effect *effects;
    size_t n;
};

/*
 * A commit: begin makes it durable as a whole, or fails and nothing has
 * changed; then the caller changes the table; then finish writes the files.
 * What finish cannot write (disk full) is written before the next commit, or
 * when the folder is opened again.
 */
int local_folder_begin(struct local_folder *folder,
                       const struct local_table *table,
                       const struct local_commit *commit, struct error *err);
void local_folder_finish(struct local_folder *folder, struct local_table *table,
                         int64_t revision);

#endif
