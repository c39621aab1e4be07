/* SPDX-License-Identifier: ISC */
#ifndef CCM_ROLLOUT_FLAG_H
#define CCM_ROLLOUT_FLAG_H

/*
 * The cluster's failure flag: one key, one JSON object.
 *
 *   node           the node that failed or is in doubt
 *   kind           "failed", "in-doubt" or "operator"
 *   by             who raised it, if not node
 *   configuration, step, revision, error, at, turn
 *   also           an operator's hold that was up when the node failed; it is
 *                  put back when the node's failure is repaired
 */

#include "base/error.h"
#include "store/store.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* The most bytes of a flag that are read as JSON, and of each text in a flag
 * that this node puts: every flag that is put can be read. */
#define FLAG_BYTES_MAX (256 * 1024)
#define FLAG_TEXT_MAX 4096

/* The flag as far as it is known. */
struct flag {
    json_t *json;         /* NULL: there is none; always an object otherwise */
    int64_t mod_revision; /* 0: there is none */
};

/* Takes the flag from a range or a watch; kv NULL: no flag. A value that ccm
 * never puts counts as an operator's hold, put by hand. */
void flag_set(struct flag *flag, const struct store_kv *kv);
void flag_done(struct flag *flag);

/* Does it name this node as failed or in doubt, so that the node itself may
 * lift it with a successful turn? */
bool flag_is_own(const struct flag *flag, const char *node);
/* Is there a flag, and of this kind? */
bool flag_is_kind(const struct flag *flag, const char *kind);

/* "web2 failed at ... : ...", one line. Returns new (freed with free). */
char *flag_describe(const struct flag *flag);

/* The flag to put when node has failed with report (fields configuration, step,
 * revision, error, turn; copied), given the current flag. Returns new (freed
 * with json_decref). */
json_t *flag_for_failure(const struct flag *now, const char *node,
                         const json_t *report);
/* The flag after a successful turn of node: NULL (delete it), the operator's
 * hold, or the flag itself if node may not lift it. *lifts says whether it
 * changes. Returns new (json_decref). */
json_t *flag_after_success(const struct flag *now, const char *node,
                           bool self_lift, bool *lifts);
/* The flags for a node in doubt and for an operator's hold. Return new
 * (freed with json_decref). */
json_t *flag_for_doubt(const char *node, const char *by, const char *turn);
json_t *flag_for_operator(const char *by, const char *reason);

#endif
