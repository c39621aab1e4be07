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

bool flag_is_own(const struct flag *flag, const char *node)
{
    return (flag_is_kind(flag, "failed") || flag_is_kind(flag, "in-doubt")) &&
           streq(json_string_or(flag->json, "node", ""), node);
}

static char *flag_describe_holds(const struct flag *flag, const char *error)
{
    size_t others = json_array_size(json_object_get(flag->json, "holds"));

    others -= others > 0;
    if (others == 0)
        return xasprintf("an operator holds the cluster: %s", error);
    return xasprintf("operators hold the cluster: %s (and %zu more hold%s)",
                     error, others, others == 1 ? "" : "s");
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
        return flag_describe_holds(flag, error);
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

json_t *flag_for_failure(const struct flag *now, const char *node,
                         const json_t *report)
{
    json_t *json = flag_new("failed", node);
    json_auto_t *holds = NULL;

    json_object_update_new(json, json_deep_copy(report));
    json_clip(json, FLAG_TEXT_MAX);
    holds = flag_holds(now);
    if (json_array_size(holds) > 0)
        json_object_set(json, "holds", holds);
    return json;
}

json_t *flag_after_success(const struct flag *now, const char *node,
                           bool self_lift, bool *lifts)
{
    json_auto_t *holds = NULL;

    *lifts = self_lift && flag_is_own(now, node);
    if (!*lifts)
        return json_incref(now->json);
    holds = flag_holds(now);
    return flag_from_holds(holds);
}

json_t *flag_for_doubt(const struct flag_doubt *doubt, const char *by)
{
    json_t *json = flag_new("in-doubt", doubt->node);
    char *error = xasprintf(
        "%s vanished while it applied revision %lld (turn %s): it is unknown "
        "whether the change broke it. When it comes back, it recovers and "
        "lifts this flag. If it never will, ccmctl flag clear %s lifts it, and "
        "the next node then applies the same",
        doubt->node, (long long) doubt->revision, doubt->turn, doubt->node);

    json_object_set_new(json, "by", json_string(by));
    json_object_set_new(json, "turn", json_string(doubt->turn));
    json_object_set_new(json, "revision",
                        json_integer((json_int_t) doubt->revision));
    json_object_set_new(json, "error", json_text(error));
    json_clip(json, FLAG_TEXT_MAX);
    free(error);
    return json;
}
