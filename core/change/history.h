/* SPDX-License-Identifier: ISC */
#ifndef CCM_CHANGE_HISTORY_H
#define CCM_CHANGE_HISTORY_H

/*
 * The runs that this node has made: one JSON file each in state_dir/history,
 * named by its id, a UTC time and a number ("20261122T030405.678Z-4711").
 *
 * A record, as the engine gives it (fields may be absent):
 *   {"who","turn","revision","outcome" ("changed", "failed"),"at",
 *    "step","configuration","error","rolled_back",     if it failed
 *    "phases":{"compare":ms, "stage":ms, ...},"duration_ms",
 *    "changes":[...],"services":[...],"summary":{...}}  as preview_json
 * host/record.h adds records of runs that failed earlier or were interrupted.
 * The id is added here.
 */

#include "base/error.h"
#include "config/config.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

/* The most bytes a record's file has, and its diffs have together. */
#define HISTORY_RECORD_MAX (4 * 1024 * 1024)
#define HISTORY_DIFFS_MAX (1024 * 1024)

/*
 * Adds a record, makes it durable, and removes those that are more than
 * history_max or older than history_days. One that is too large loses its diffs
 * ("diff_omitted"), then its changes ("changes_omitted": how many). Returns 0
 * or -errno; a failure to remove an old one does not count.
 */
int history_add(const struct config *config, const json_t *record,
                struct error *err);

/* The newest limit records (0: all), newest first, without the changes' diffs.
 * One that cannot be read is {"id","error"}. Sets *out to an array, new (freed
 * with json_decref). Returns 0 or -errno; a missing history is an empty one. */
int history_list(const struct config *config, size_t limit, json_t **out,
                 struct error *err);

/* One whole record. Sets *out, new. Returns 0, -ENOENT, -EINVAL (not an id),
 * or another -errno. */
int history_get(const struct config *config, const char *id, json_t **out,
                struct error *err);

/* `ccm-runner history [--json] [--limit N] [ID]`: writes the list, or the
 * record with that id (NULL: the list). As JSON: {"records":[...]}, or the
 * record. */
struct history_query {
    const char *id;
    size_t limit; /* 0: all */
    bool json;
    bool colour;
};
int history_show(const struct config *config, const struct history_query *q,
                 FILE *out, struct error *err);

#endif
