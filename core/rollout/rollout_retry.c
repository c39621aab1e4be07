/* SPDX-License-Identifier: ISC */
/* What is tried again, and what is a failure; ccmd(8) has it for people. */
#include "rollout/rollout.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/util.h"
#include "loop/child.h"

#include <stdlib.h>

static void rollout_try_again(struct rollout *rollout)
{
    int64_t pause_ms = backoff_next_ms(&rollout->backoff);
    const char *error = json_string_or(rollout->finished, "error", "?");
    cleanup_free char *text = xasprintf("%s; trying again in %.1f s", error,
                                        (double) pause_ms / 1000);

    log_warning("%s", text);
    free(rollout->trouble);
    rollout->trouble = xstrdup(error);
    rollout->ops->progress(rollout->userdata, text);
    rollout->pause_until_ms = clock_ms() + pause_ms;
    rollout_close(rollout, TURN_DROPPED);
}

/* A runner that was killed before it applied anything (by the kernel, for
 * want of memory, say) has changed nothing. */
static bool rollout_may_try_again(struct rollout *rollout)
{
    if (json_bool_or(rollout->finished, "transient", false))
        return true;
    return json_bool_or(rollout->finished, "died", false) &&
           rollout->deaths++ < CHILD_DEATHS_MAX;
}

void rollout_drop_or_fail(struct rollout *rollout)
{
    if (rollout_may_try_again(rollout))
        rollout_try_again(rollout);
    else
        rollout_close(rollout, TURN_FAILED);
}

void rollout_consider_finished(struct rollout *rollout)
{
    if (rollout->finished_ok)
        rollout_close(rollout, TURN_GOOD);
    else if (rollout->queue.state == QUEUE_HEAD)
        rollout_drop_or_fail(rollout);
    else if (rollout_may_try_again(rollout))
        rollout_try_again(rollout);
}
