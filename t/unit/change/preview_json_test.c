/* SPDX-License-Identifier: ISC */
/* The preview as JSON: the names that others rely on. */
#include "unit/unit.h"

#include "preview_sample.h"

#include "base/alloc.h"
#include "base/util.h"
#include "change/preview.h"

static const char *field(const json_t *preview, size_t i, const char *name)
{
    const json_t *changes = json_object_get(preview, "changes");

    return json_string_value(json_object_get(json_array_get(changes, i), name));
}

static const struct {
    size_t i;
    const char *name, *value;
} promised[] = {
    {0, "configuration", "crontab"},
    {0, "kind", "file"},
    {0, "path", "/etc/cron.d/alice"},
    {0, "action", "update"},
    {0, "object", "crons/17"},
    {1, "mode", "0644"},
    {1, "owner", "root:root"},
    {3, "old_mode", "0600"},
    {10, "name", "alice"},
    {10, "detail", "shell a -> b"},
    {11, "action", "run"},
};

static void json_has_the_promised_names(void **state)
{
    struct deltas deltas = {0};
    cleanup_free char *text = NULL;
    json_t *preview, *service;
    size_t i;

    (void) state;
    sample_fill(&deltas);
    preview = preview_json(&deltas, &sample_plan);
    for (i = 0; i < ARRAY_SIZE(promised); i++)
        assert_string_equal(field(preview, promised[i].i, promised[i].name),
                            promised[i].value);
    assert_non_null(strstr(field(preview, 0, "diff"), "@@ -1,3 +1,3 @@"));
    service = json_array_get(json_object_get(preview, "services"), 1);
    assert_true(json_is_true(json_object_get(service, "owed")));
    text = json_dumps(preview, 0);
    assert_null(strstr(text, "password"));
    assert_null(strstr(text, "old key"));
    assert_non_null(strstr(text, "[\"/usr/bin/tool\", \"a b\"]"));
    assert_non_null(strstr(text, "\"changes\": 12"));
    json_decref(preview);
    deltas_done(&deltas);
}

static void the_history_gets_no_more_diffs_than_it_wants(void **state)
{
    struct deltas deltas = {0};
    json_t *preview;

    (void) state;
    sample_fill(&deltas);
    preview = preview_json_limited(&deltas, &sample_plan, 75);
    assert_null(field(preview, 0, "diff"));
    assert_true(json_is_true(
        json_object_get(json_array_get(json_object_get(preview, "changes"), 0),
                        "diff_omitted")));
    assert_non_null(field(preview, 1, "diff"));
    json_decref(preview);
    deltas_done(&deltas);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_has_the_promised_names),
        cmocka_unit_test(the_history_gets_no_more_diffs_than_it_wants),
    };

    return cmocka_run_group_tests_name("preview_json", tests, NULL, NULL);
}
