/* SPDX-License-Identifier: ISC */
#ifndef CCM_OBJECTS_OBJECTS_H
#define CCM_OBJECTS_OBJECTS_H

/*
 * One consistent snapshot of the objects of some types, from the source that
 * ccm.conf names: etcd (all at one revision), http (the Cluster API), or a
 * directory of <type>.json files.
 */

#include "base/error.h"
#include "config/config.h"

#include <jansson.h>
#include <stdint.h>

struct objects;

/* Limits on what a source may send. */
#define OBJECT_BYTES_MAX (1024 * 1024)
#define OBJECTS_PER_TYPE_MAX 1000000
#define OBJECTS_MAX 2000000 /* of all types */

/*
 * Fetches types (NULL-terminated; each a name_valid). at_least is the revision
 * of the newest known event: the snapshot is at least as new; for sources
 * without revisions it becomes the snapshot's. Sets *out, new (freed with
 * objects_free). Returns 0; -EAGAIN when the source is unreachable or answers
 * 5xx, 429 or a time-out (nothing is wrong with the objects: try again later);
 * another -errno when its answer is unusable. A read error is never taken for
 * "no objects": a missing <type>.json is an error (-ENOENT). err names source,
 * type, page, and the HTTP status or errno.
 */
int objects_fetch(const struct config *config, const char *const *types,
                  int64_t at_least, struct objects **out, struct error *err);
/* Loads the libraries that fetching needs, which saves about 10 ms later. */
void objects_prepare(const struct config *config);
void objects_free(struct objects *objects);

/* The array of that type, ordered by id, each a JSON object with an integer
 * "id" that is unique. NULL if the type was not fetched. Returns borrowed
 * (valid until objects_free). */
const json_t *objects_of(const struct objects *objects, const char *type);

/* The object with that id, by binary search; NULL if there is none. */
const json_t *objects_find(const struct objects *objects, const char *type,
                           int64_t id);

int64_t objects_revision(const struct objects *objects);

#endif
