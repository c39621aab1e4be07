/* SPDX-License-Identifier: ISC */
/* The failure flag: its contents and its changes. Pure. */
#include "rollout/flag.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/name.h"
#include "base/util.h"

void flag_done(struct flag *flag)
{
    json_decref(flag->json);
    *flag = (struct flag){0};
}

/* Was it put by a node or by ccmctl? */
static bool flag_is_well_formed(const json_t *json)
{
    const char *kind = json_string_or(json, "kind", "");
    const char *node = json_string_or(json, "node", "");

    if (streq(kind, "operator"))
        return true;
    return (streq(kind, "failed") || streq(kind, "in-doubt")) &&
           name_check_node(node, NULL) == 0;
}

/* It holds the cluster, and any operator may lift it. Returns new. */
static json_t *flag_by_hand(const struct store_kv *kv)
{
    json_t *error =
        strlen(kv->value) == kv->value_size ? json_string(kv->value) : NULL;
    json_t *json;

    if (kv->value_size == 0)
        json_string_set(error, "put by hand, without a reason");
    else if (!error)
        error = json_sprintf("put by hand: %zu bytes that are not text",
                             kv->value_size);
    json = json_pack("{s:s, s:s, s:o}", "kind", "operator", "node", "", "error",
                     error);
    json_clip(json, FLAG_TEXT_MAX);
    return json;
}

void flag_set(struct flag *flag, const struct store_kv *kv)
{
    json_t *json = NULL;

    if (kv &&
        json_parse(kv->value, kv->value_size, FLAG_BYTES_MAX, &json, NULL) < 0)
        json = NULL;
    if (kv && !flag_is_well_formed(json)) {
        json_decref(json);
        json = flag_by_hand(kv);
    }
    flag_done(flag);
    flag->json = json;
    flag->mod_revision = kv ? kv->mod_revision : 0;
}

bool flag_is_kind(const struct flag *flag, const char *kind)
{
    return flag->json && streq(json_string_or(flag->json, "kind", ""), kind);
}

bool flag_is_own(const struct flag *flag, const char *node)
{
    return (flag_is_kind(flag, "failed") || flag_is_kind(flag, "in-doubt")) &&
           streq(json_string_or(flag->json, "node", ""), node);
}

char *flag_describe(const struct flag *flag)
{
    const char *node = json_string_or(flag->json, "node", "");
    const char *error = json_string_or(flag->json, "error", "no reason given");
    const char *configuration =
        json_string_or(flag->json, "configuration", NULL);

    if (!flag->json)
        return xstrdup("no flag");
    if (flag_is_kind(flag, "operator"))
        return xasprintf("an operator holds the cluster: %s", error);
    if (flag_is_kind(flag, "in-doubt"))
        return xasprintf("%s is in doubt: %s", node, error);
    return xasprintf("%s failed%s%s: %s", node, configuration ? " at " : "",
                     configuration ? configuration : "", error);
}

static json_t *flag_new(const char *kind, const char *node)
{
    char stamp[CLOCK_STAMP_SIZE];

    clock_stamp(stamp);
    return json_pack("{s:s, s:s, s:s}", "kind", kind, "node", node, "at",
                     stamp);
}

/* The known members of an operator's hold. Returns new. */
static json_t *flag_hold(const json_t *hold)
{
    static const char *const fields[] = {"kind", "node", "by", "error", "at"};
    json_t *copy = json_object();
    size_t i;

    for (i = 0; i < ARRAY_SIZE(fields); i++) {
        const char *text = json_string_or(hold, fields[i], NULL);

        if (text)
            json_object_set_new(copy, fields[i], json_text(text));
    }
    json_clip(copy, FLAG_TEXT_MAX);
    return copy;
}

json_t *flag_for_failure(const struct flag *now, const char *node,
                         const json_t *report)
{
    json_t *json = flag_new("failed", node);

    json_object_update_new(json, json_deep_copy(report));
    json_clip(json, FLAG_TEXT_MAX);
    if (flag_is_kind(now, "operator"))
        json_object_set_new(json, "also", flag_hold(now->json));
    else if (json_object_get(now->json, "also"))
        json_object_set_new(json, "also",
                            flag_hold(json_object_get(now->json, "also")));
    return json;
}

json_t *flag_after_success(const struct flag *now, const char *node,
                           bool self_lift, bool *lifts)
{
    json_t *also = json_object_get(now->json, "also");

    *lifts = self_lift && flag_is_own(now, node);
    if (!*lifts)
        return json_incref(now->json);
    return json_incref(also);
}

json_t *flag_for_doubt(const char *node, const char *by, const char *turn)
{
    json_t *json = flag_new("in-doubt", node);
    char *error =
        xasprintf("%s began turn %s and vanished before it ended; its marker "
                  "still exists. It lifts this flag itself when it comes back; "
                  "if it never will: ccmctl flag clear %s",
                  node, turn, node);

    json_object_set_new(json, "by", json_string(by));
    json_object_set_new(json, "turn", json_string(turn));
    json_object_set_new(json, "error", json_text(error));
    json_clip(json, FLAG_TEXT_MAX);
    free(error);
    return json;
}

json_t *flag_for_operator(const char *by, const char *reason)
{
    json_t *json = flag_new("operator", "");

    json_object_set_new(json, "by", json_string(by));
    json_object_set_new(json, "error", json_text(reason));
    json_clip(json, FLAG_TEXT_MAX);
    return json;
}
