/* SPDX-License-Identifier: ISC */
#ifndef CCM_ROLLOUT_TURN_INTERNAL_H
#define CCM_ROLLOUT_TURN_INTERNAL_H

/* turn_state.c: what turn.c and turn_close.c share. */

#include "rollout/turn.h"

#define TURN_VALUE_MAX (64 * 1024)

/* What both transactions read when they are refused, in this order. */
enum {
    TURN_OWN,     /* applying/<node>, ours */
    TURN_MARKERS, /* applying/, some */
    TURN_FLAG,
    TURN_REST, /* the rest of what they read begins here */
};

/* Adds these gets to txn. */
void turn_get_state(const struct turn *turn, struct txn *txn);
/* "applying/<node>". Returns new (freed with free). */
char *turn_marker_key(const struct turn *turn);
/* Does this marker, or this nodes/<node>, carry our turn's id? */
bool turn_is_id(const struct turn *turn, const struct store_kv *kv);
/* Did this machine put this marker, for any turn? */
bool turn_is_own(const struct turn *turn, const struct store_kv *kv);
/* The flag's revision under which a turn may begin: that of our own, or 0. A
 * flag that went up while an unanswered try is repeated does not count. */
int64_t turn_flag_allowed(const struct turn *turn);
/* Notes or forgets the node whose marker is in the way. */
void turn_take_doubt(struct turn *turn, const struct store_kv *kv);
void turn_forget_doubt(struct turn *turn);

#endif
