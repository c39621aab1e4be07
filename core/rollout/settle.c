/* SPDX-License-Identifier: ISC */
/* Settling: waits until a burst of events is over. */
#include "rollout/settle.h"

void settle_init(struct settle *settle, int64_t quiet_ms, int64_t max_ms)
{
    *settle = (struct settle){.quiet_ms = quiet_ms, .max_ms = max_ms};
}

void settle_touch(struct settle *settle, int64_t now_ms)
{
    if (!settle->active)
        settle->first_ms = now_ms;
    settle->active = true;
    settle->last_ms = now_ms;
}

void settle_reset(struct settle *settle)
{
    settle->active = false;
}

int64_t settle_left_ms(const struct settle *settle, int64_t now_ms)
{
    int64_t quiet_at = settle->last_ms + settle->quiet_ms;
    int64_t max_at = settle->first_ms + settle->max_ms;
    int64_t at = quiet_at < max_at ? quiet_at : max_at;

    if (!settle->active || now_ms >= at)
        return 0;
    return at - now_ms;
}
