/* SPDX-License-Identifier: ISC */
#ifndef CCM_ROLLOUT_SETTLE_H
#define CCM_ROLLOUT_SETTLE_H

/*
 * Settling: waits until no event has arrived for quiet_ms, but never longer
 * than max_ms from its first event. Pure: the caller says what time it is
 * (clock_ms).
 */

#include <stdbool.h>
#include <stdint.h>

struct settle {
    int64_t quiet_ms;
    int64_t max_ms;
    int64_t first_ms;
    int64_t last_ms;
    bool active;
};

void settle_init(struct settle *settle, int64_t quiet_ms, int64_t max_ms);
/* An event has arrived. */
void settle_touch(struct settle *settle, int64_t now_ms);
/* Ends the wait. */
void settle_reset(struct settle *settle);
/* Milliseconds until it has settled: 0 if it has or nothing is settling. */
int64_t settle_left_ms(const struct settle *settle, int64_t now_ms);

#endif
