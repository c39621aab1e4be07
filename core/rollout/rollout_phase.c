/* SPDX-License-Identifier: ISC */
/* The drawing in rollout.h, as a table. */
#include "rollout/rollout_internal.h"

#include <assert.h>

#define TO(phase) (1U << ROLLOUT_##phase)

/* The phases that may follow each. */
static const unsigned rollout_next[] = {
    [ROLLOUT_STARTING] = TO(IDLE) | TO(LEAVING),
    [ROLLOUT_IDLE] = TO(QUEUED) | TO(CLOSING) | TO(LEAVING),
    [ROLLOUT_QUEUED] = TO(PLANNING) | TO(CLOSING) | TO(IDLE),
    [ROLLOUT_PLANNING] = TO(PLANNED) | TO(CLOSING) | TO(IDLE),
    [ROLLOUT_PLANNED] = TO(BEGINNING) | TO(CLOSING) | TO(IDLE),
    [ROLLOUT_BEGINNING] = TO(APPLYING) | TO(PLANNED) | TO(IDLE),
    [ROLLOUT_APPLYING] = TO(CLOSING) | TO(RECOVERING),
    [ROLLOUT_RECOVERING] = TO(CLOSING),
    [ROLLOUT_CLOSING] = TO(IDLE),
    [ROLLOUT_LEAVING] = 0,
};

void rollout_enter(struct rollout *rollout, enum rollout_phase phase)
{
    assert(rollout_next[rollout->phase] & 1U << phase);
    rollout->phase = phase;
}
