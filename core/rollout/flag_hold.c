/* SPDX-License-Identifier: ISC */
/*
 * Operators' holds: a list in the flag, so that one operator's clear does not
 * lift another's hold. A node's flag keeps them, too; they are left when the
 * node's failure is repaired. A flag of an older ccm has one hold, as the flag
 * itself or in "also". Pure.
 */
#include "rollout/flag.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/util.h"

/* More would not fit into a flag that can be read again. */
#define HOLDS_MAX 16

/* The known members of a hold. Returns new. */
static json_t *hold_copy(const json_t *from, int64_t id)
{
    static const char *const fields[] = {"by", "error", "at"};
    json_t *hold = json_pack("{s:I}", "id", (json_int_t) id);
    size_t i;

    for (i = 0; i < ARRAY_SIZE(fields); i++) {
        const char *text = json_string_or(from, fields[i], NULL);

        if (text)
            json_object_set_new(hold, fields[i], json_text(text));
    }
    json_clip(hold, FLAG_TEXT_MAX);
    return hold;
}

json_t *flag_holds(const struct flag *flag)
{
    json_t *holds = json_array();
    const json_t *list = json_object_get(flag->json, "holds"), *hold;
    const json_t *also = json_object_get(flag->json, "also");
    size_t i;

    json_array_foreach (list, i, hold)
        if (json_is_object(hold) && i < HOLDS_MAX)
            json_array_append_new(
                holds,
                hold_copy(hold, json_integer_or(hold, "id", (int64_t) i + 1)));
    if (json_array_size(holds) > 0)
        return holds;
    if (flag_is_kind(flag, "operator"))
        json_array_append_new(holds, hold_copy(flag->json, 1));
    else if (json_is_object(also))
        json_array_append_new(holds, hold_copy(also, 1));
    return holds;
}

json_t *flag_from_holds(const json_t *holds)
{
    const json_t *first = json_array_get(holds, 0);
    json_t *flag;

    if (!first)
        return NULL;
    flag = json_copy((json_t *) first);
    json_object_del(flag, "id");
    json_object_set_new(flag, "kind", json_string("operator"));
    json_object_set_new(flag, "node", json_string(""));
    json_object_set(flag, "holds", (json_t *) holds);
    return flag;
}

/* The current flag with these holds. Returns new. */
static json_t *hold_replace(const struct flag *now, json_t *holds)
{
    json_t *flag;

    if (!now->json || flag_is_kind(now, "operator"))
        return flag_from_holds(holds);
    flag = json_copy(now->json);
    json_object_del(flag, "also");
    json_object_del(flag, "holds");
    if (json_array_size(holds) > 0)
        json_object_set(flag, "holds", holds);
    return flag;
}

/* An operator whose answer was lost may repeat the request: that is one
 * hold. */
static bool hold_is_there(const json_t *holds, const char *by,
                          const char *reason)
{
    const json_t *hold;
    size_t i;

    json_array_foreach (holds, i, hold)
        if (streq(json_string_or(hold, "by", ""), by) &&
            streq(json_string_or(hold, "error", ""), reason))
            return true;
    return false;
}

json_t *flag_add_hold(const struct flag *now, const char *by,
                      const char *reason)
{
    json_auto_t *holds = flag_holds(now);
    json_auto_t *from = NULL;
    const json_t *hold;
    char stamp[CLOCK_STAMP_SIZE];
    int64_t id = 0;
    size_t i;

    if (hold_is_there(holds, by, reason))
        return hold_replace(now, holds);
    if (json_array_size(holds) >= HOLDS_MAX)
        return NULL;
    json_array_foreach (holds, i, hold)
        if (json_integer_or(hold, "id", 0) > id)
            id = json_integer_or(hold, "id", 0);
    clock_stamp(stamp);
    from = json_pack("{s:s, s:o, s:s}", "by", by, "error", json_text(reason),
                     "at", stamp);
    json_array_append_new(holds, hold_copy(from, id + 1));
    return hold_replace(now, holds);
}

bool flag_drop_hold(const struct flag *now, int64_t id, json_t **after)
{
    json_auto_t *holds = flag_holds(now);
    const json_t *hold;
    size_t i;

    json_array_foreach (holds, i, hold) {
        if (json_integer_or(hold, "id", 0) != id)
            continue;
        json_array_remove(holds, i);
        *after = hold_replace(now, holds);
        return true;
    }
    return false;
}
