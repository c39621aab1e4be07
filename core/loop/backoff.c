/* SPDX-License-Identifier: ISC */
/* How long to wait before the next try. */
#include "loop/backoff.h"

#include <stdlib.h>
#include <sys/random.h>

int64_t backoff_next_ms(struct backoff *backoff)
{
    int64_t delay_ms = backoff->next_ms ? backoff->next_ms : backoff->first_ms;
    uint32_t chance = 0;

    backoff->next_ms = delay_ms * 2;
    if (backoff->next_ms > backoff->max_ms)
        backoff->next_ms = backoff->max_ms;
    if (getrandom(&chance, sizeof(chance), GRND_NONBLOCK) < 0)
        chance = 0;
    return delay_ms / 2 + chance % (uint32_t) (delay_ms / 2 + 1);
}

void backoff_reset(struct backoff *backoff)
{
    backoff->next_ms = 0;
}
