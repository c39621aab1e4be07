/* SPDX-License-Identifier: ISC */
/* Reloads owed: kept, paid, and tried again later. */
#include "change/owed.h"

#include "base/clock.h"
#include "base/json.h"
#include "change/fault.h"
#include "change/service.h"
#include "change/state.h"

#include <time.h>

#define OWED_DOUBLINGS 7

bool owed_restart(const json_t *entry)
{
    return json_is_boolean(entry) ? json_is_true(entry)
                                  : json_bool_or(entry, "restart", false);
}

/* After the clock was set back, no entry waits longer than the longest
 * pause. */
bool owed_is_due(const json_t *entry, int64_t now_s)
{
    int64_t next =
        json_is_object(entry) ? json_integer_or(entry, "next", 0) : 0;

    return next <= now_s || next > now_s + OWED_PAUSE_LAST_S;
}

static json_t *owed_entry(bool restart, const char *since)
{
    char stamp[CLOCK_STAMP_SIZE];

    clock_stamp(stamp);
    return json_pack("{s:b, s:s, s:i, s:i}", "restart", restart, "since",
                     *since ? since : stamp, "tries", 0, "next", 0);
}

void owed_add(json_t *owed, const char *name, bool restart, const char *why)
{
    const json_t *before = json_object_get(owed, name);
    const char *since =
        json_is_object(before) ? json_string_or(before, "since", "") : "";
    json_t *entry =
        owed_entry(restart || (before && owed_restart(before)), since);

    json_object_set_new(entry, "error", json_text(why));
    json_object_set_new(owed, name, entry);
}

static void owed_put_off(json_t *owed, const char *name, int64_t now_s,
                         const char *why)
{
    const json_t *before = json_object_get(owed, name);
    int64_t tries =
        json_is_object(before) ? json_integer_or(before, "tries", 0) : 0;
    int64_t pause = OWED_PAUSE_FIRST_S;
    json_t *entry;

    if (tries < 0 || tries > OWED_DOUBLINGS)
        tries = OWED_DOUBLINGS;
    pause <<= tries;
    if (pause > OWED_PAUSE_LAST_S)
        pause = OWED_PAUSE_LAST_S;
    owed_add(owed, name, false, why);
    entry = json_object_get(owed, name);
    json_object_set_new(entry, "tries", json_integer(tries + 1));
    json_object_set_new(entry, "next", json_integer(now_s + pause));
}

int owed_pay(struct config *config, int state_fd, owed_fn failed,
             void *userdata, struct error *err)
{
    json_auto_t *owed = state_owed(state_fd);
    json_auto_t *left = json_deep_copy(owed);
    int64_t now_s = (int64_t) time(NULL);
    const char *name;
    json_t *entry;

    json_object_foreach (owed, name, entry) {
        struct error why;
        int r = FAULT("owed-tell");

        if (!owed_is_due(entry, now_s))
            continue;
        if (r < 0)
            error_errno(&why, r, "service %s", name);
        else
            r = service_tell(config_service(config, name), owed_restart(entry),
                             &why);
        if (r == 0) {
            json_object_del(left, name);
            continue;
        }
        owed_put_off(left, name, now_s, why.text);
        if (failed)
            failed(userdata, name, why.text);
    }
    return state_set_owed(state_fd, left, err);
}
