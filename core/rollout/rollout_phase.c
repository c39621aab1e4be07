/* SPDX-License-Identifier: ISC */
/* The drawing in rollout.h, as a table. */
#include "rollout/rollout_internal.h"

#include <assert.h>

#define TO(phase) (1U << ROLLOUT_##phase)

static const struct {
    const char *name;
    unsigned next; /* the phases that may follow */
} rollout_phases[] = {
    [ROLLOUT_STARTING] = {"starting", TO(IDLE) | TO(LEAVING)},
    [ROLLOUT_IDLE] = {"idle", TO(QUEUED) | TO(CLOSING) | TO(LEAVING)},
    [ROLLOUT_QUEUED] = {"queued", TO(PLANNING) | TO(CLOSING) | TO(IDLE)},
    [ROLLOUT_PLANNING] = {"planning", TO(PLANNED) | TO(CLOSING) | TO(IDLE)},
    [ROLLOUT_PLANNED] = {"planned", TO(BEGINNING) | TO(CLOSING) | TO(IDLE)},
    [ROLLOUT_BEGINNING] = {"beginning", TO(APPLYING) | TO(PLANNED) | TO(IDLE)},
    [ROLLOUT_APPLYING] = {"applying", TO(CLOSING) | TO(RECOVERING)},
    [ROLLOUT_RECOVERING] = {"recovering", TO(CLOSING)},
    [ROLLOUT_CLOSING] = {"closing", TO(IDLE)},
    [ROLLOUT_LEAVING] = {"leaving", 0},
};

void rollout_enter(struct rollout *rollout, enum rollout_phase phase)
{
    assert(rollout_phases[rollout->phase].next & 1U << phase);
    rollout->phase = phase;
}

const char *rollout_phase_name(enum rollout_phase phase)
{
    return rollout_phases[phase].name;
}
