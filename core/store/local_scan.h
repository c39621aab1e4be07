/* SPDX-License-Identifier: ISC */
#ifndef CCM_STORE_LOCAL_SCAN_H
#define CCM_STORE_LOCAL_SCAN_H

/* For local_folder.c: reading the files of a local store when it opens. */

#include "store/local_folder.h"

/* Checks the effects in a state file. Sets *out, new (freed with json_decref),
 * or NULL if there are none. Returns 0 or -EPROTO. */
int local_scan_effects(const json_t *state, json_t **out, struct error *err);

/* Reads all files; revisions come from state and its effects, files changed by
 * hand get new ones from the counter. Returns 0 or -errno. */
int local_scan(const struct local_folder *folder, const json_t *state,
               struct local_table *table, int64_t *revision, struct error *err);

#endif
