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
 *   machine        true: the machine lacks something, such as room
 *   holds          operators' holds, each {"id","by","error","at"}: each is
 *                  lifted by its own id. With a node's flag they are what is
 *                  left when the node's failure is repaired
 */

#include "base/error.h"
#include "base/json.h"
#include "base/util.h"
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
static inline bool flag_is_kind(const struct flag *flag, const char *kind)
{
    return flag->json && streq(json_string_or(flag->json, "kind", ""), kind);
}

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
/* The node in doubt, and what is known of its turn. */
struct flag_doubt {
    const char *node, *turn;
    int64_t revision; /* of the objects that it applied; 0: unknown */
};
/* The flag for a node in doubt, raised by another. Returns new
 * (json_decref). */
json_t *flag_for_doubt(const struct flag_doubt *doubt, const char *by);

/* ---------------------------------------------------------- flag_hold.c */

/* The holds in it, an array that may be empty. Returns new (json_decref). */
json_t *flag_holds(const struct flag *flag);
/* An operator's flag of these holds; NULL: there are none. Returns new. */
json_t *flag_from_holds(const json_t *holds);
/* The flag with one more hold; the same operator with the same reason adds no
 * second one. Returns new, or NULL: there are too many. */
json_t *flag_add_hold(const struct flag *now, const char *by,
                      const char *reason);
/* Sets *after to the flag without that hold: new, or NULL if nothing is left.
 * Returns false if there is no such hold; *after is untouched then. */
bool flag_drop_hold(const struct flag *now, int64_t id, json_t **after);

#endif
