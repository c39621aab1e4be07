/* SPDX-License-Identifier: ISC */
/* What state the roll-out is in, and whether a flag keeps it from going on. */
#include "base/clock.h"
#include "base/log.h"
#include "base/util.h"
#include "cluster/rollout.h"

#include <stdarg.h>

bool rollout_is_held(const struct rollout *rollout)
{
    const struct flag *flag = &rollout->events.flag;

    if (!flag->json)
        return false;
    if (!rollout->config->flag_lift_self ||
        !flag_is_own(flag, rollout->config->node))
        return true;
    /* Our own failure: only what came after it is worth a try. */
    return !bus_pending(rollout->bus, rollout->failed_ticket);
}

bool rollout_is_between_turns(const struct rollout *rollout)
{
    return rollout->phase == ROLLOUT_IDLE || rollout->phase == ROLLOUT_QUEUED;
}

bool rollout_is_linked(const struct rollout *rollout)
{
    return rollout->session.up && rollout->events.connected &&
           rollout->looked_back;
}

const char *rollout_state(const struct rollout *rollout)
{
    switch (rollout->phase) {
    case ROLLOUT_APPLYING:
    case ROLLOUT_RECOVERING:
    case ROLLOUT_CLOSING:
        return "applying";
    case ROLLOUT_QUEUED:
    case ROLLOUT_BEGINNING:
        return rollout->job && !rollout->planned ? "planning" : "queued";
    case ROLLOUT_IDLE:
        break;
    }
    if (!rollout_is_linked(rollout))
        return rollout->looked_back ? "disconnected" : "starting";
    if (flag_is_own(&rollout->events.flag, rollout->config->node))
        return "failed";
    if (rollout->events.flag.json)
        return "held";
    return bus_pending(rollout->bus, 0) ? "settling" : "idle";
}

void rollout_say_held(struct rollout *rollout)
{
    bool held = rollout_is_held(rollout) && bus_pending(rollout->bus, 0);
    cleanup_free char *flag = NULL;

    if (held && !rollout->was_held) {
        flag = flag_describe(&rollout->events.flag);
        log_warning("held by the flag: %s", flag);
        rollout->ops->held(rollout->userdata, flag);
    } else if (!held && rollout->was_held && !rollout->events.flag.json) {
        log_info("the flag is lifted");
    }
    rollout->was_held = held;
}

void rollout_say_trouble(struct log_pace *pace, const char *format, ...)
{
    struct error text;
    va_list args;

    va_start(args, format);
    vsnprintf(text.text, sizeof(text.text), format, args);
    va_end(args);
    if (log_pace(pace, text.text, clock_ms()))
        log_warning("%s", text.text);
    else
        log_debug("%s", text.text);
}

void rollout_turn_trouble(void *userdata, const char *why)
{
    struct rollout *rollout = userdata;

    rollout_say_trouble(&rollout->turn_pace, "the turn: %s; trying again", why);
}

const char *rollout_trouble(const struct rollout *rollout)
{
    if (!rollout->session.up)
        return rollout->session.trouble;
    if (!rollout->events.connected)
        return rollout->events.trouble;
    return rollout->turn.trouble ? rollout->turn.trouble : rollout->trouble;
}
