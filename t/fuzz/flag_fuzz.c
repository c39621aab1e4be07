/* SPDX-License-Identifier: ISC */
/*
 * The value of the flag's key, whoever has put it: it always counts as a
 * flag, and only one that names this node as failed or in doubt is its own
 * to lift. What is put back in its place is a flag again.
 */
#include "fuzz.h"

#include "base/alloc.h"
#include "base/json.h"
#include "base/util.h"
#include "rollout/flag.h"

static void check_value(const json_t *json, struct flag *flag)
{
    cleanup_free char *value = json_line(json);
    struct store_kv kv = {.key = "flag",
                          .value = value,
                          .value_size = strlen(value),
                          .mod_revision = 8};

    flag_set(flag, &kv);
    fuzz_check(json_is_object(flag->json));
}

static void try_failure(const struct flag *flag)
{
    json_auto_t *report =
        json_pack("{s:s, s:s}", "step", "plan", "error", "it broke");
    json_auto_t *next = flag_for_failure(flag, "web1", report);
    struct flag again = {0};

    check_value(next, &again);
    fuzz_check(flag_is_own(&again, "web1"));
    /* An operator's hold is never lost by a failure on top of it. */
    if (flag_is_kind(flag, "operator"))
        fuzz_check(json_array_size(json_object_get(again.json, "holds")) > 0);
    flag_done(&again);
}

static void try_success(const struct flag *flag)
{
    bool lifts;
    json_auto_t *next = flag_after_success(flag, "web1", true, &lifts);
    struct flag again = {0};

    fuzz_check(lifts == flag_is_own(flag, "web1"));
    if (!lifts)
        fuzz_check(next == flag->json);
    else if (next)
        check_value(next, &again);
    flag_done(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {(const char *) data, size};
    size_t value_size;
    cleanup_free char *value = fuzz_cut(&input, '\f', &value_size);
    struct store_kv kv = {.key = "flag",
                          .value = value,
                          .value_size = value_size,
                          .mod_revision = 7};
    struct flag flag = {0};
    char *text;

    flag_set(&flag, &kv);
    fuzz_check(json_is_object(flag.json) && flag.mod_revision == 7);
    text = flag_describe(&flag);
    fuzz_check(text && *text);
    free(text);
    try_failure(&flag);
    try_success(&flag);
    flag_set(&flag, NULL);
    fuzz_check(!flag.json && flag.mod_revision == 0);
    return 0;
}
