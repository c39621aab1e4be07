/* SPDX-License-Identifier: ISC */
#ifndef CCM_T_FUZZ_ROLLOUT_STORE_H
#define CCM_T_FUZZ_ROLLOUT_STORE_H

/*
 * For rollout_fuzz.c: a store that answers anything that store.h allows, and
 * checks what it is asked. A value of the input can be "what was put last",
 * as it is after an answer that was lost.
 */

#include "fuzz.h"

#include "store/store.h"

/* Has the store said that the turn is ours? */
extern bool rollout_store_in_turn;

struct store *rollout_store_begin(void);
void rollout_store_end(void);

/* Each answers one call, or tells one watch, if there is one. */
void rollout_store_answer(struct fuzz_input *rest);
void rollout_store_lease(struct fuzz_input *rest);
void rollout_store_watch(struct fuzz_input *rest);

#endif
