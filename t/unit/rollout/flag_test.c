/* SPDX-License-Identifier: ISC */
/* The flag: whose it is, what follows a failure, what follows a good turn. */
#include "unit/unit.h"

#include "base/alloc.h"
#include "base/json.h"
#include "base/util.h"
#include "rollout/flag.h"

static void flag_from(struct flag *flag, const char *value)
{
    struct store_kv kv = {.key = "flag",
                          .value = value,
                          .value_size = strlen(value),
                          .mod_revision = 7};

    flag_set(flag, &kv);
}

static void a_failure_names_the_node(void **state)
{
    struct flag flag = {0};
    json_auto_t *report = json_pack("{s:s, s:s, s:s}", "configuration", "c",
                                    "step", "test", "error", "nginx -t: no");
    json_auto_t *json = flag_for_failure(&flag, "web1", report);
    cleanup_free char *line = json_line(json);
    cleanup_free char *text = NULL;

    (void) state;
    flag_from(&flag, line);
    assert_true(flag_is_own(&flag, "web1"));
    assert_false(flag_is_own(&flag, "web2"));
    text = flag_describe(&flag);
    assert_string_equal(text, "web1 failed at c: nginx -t: no");
    flag_done(&flag);
}

static void what_no_ccm_has_put_is_a_hold(void **state)
{
    static const struct {
        const char *value, *error;
    } cases[] = {
        {"", "put by hand, without a reason"},
        {"stop!", "stop!"},
        {"[1]", "[1]"},
        {"{\"kind\":7}", "{\"kind\":7}"},
        {"{\"kind\":\"failed\"}", "{\"kind\":\"failed\"}"},
        {"{\"kind\":\"in-doubt\",\"node\":\"a b\"}",
         "{\"kind\":\"in-doubt\",\"node\":\"a b\"}"},
        {"\xff\xfe", "put by hand: 2 bytes that are not text"},
    };
    struct flag flag = {0};
    size_t i;

    (void) state;
    for (i = 0; i < ARRAY_SIZE(cases); i++) {
        flag_from(&flag, cases[i].value);
        assert_true(flag_is_kind(&flag, "operator"));
        assert_string_equal(json_string_or(flag.json, "error", ""),
                            cases[i].error);
    }
    flag_set(&flag, NULL);
    assert_null(flag.json);
    assert_int_equal(flag.mod_revision, 0);
}

/* What a flag holds comes from services, objects and operators; it must fit
 * into the store, and be read again by who put it. */
static void a_flag_of_any_text_fits_and_is_read_again(void **state)
{
    enum { SIZE = 200 * 1024 };
    cleanup_free char *text = xmalloc(SIZE + 1);
    cleanup_free char *hold = NULL, *line = NULL;
    json_auto_t *report = NULL, *held = NULL, *json = NULL;
    struct flag flag = {0};

    (void) state;
    memset(text, 'x', SIZE);
    text[SIZE] = '\0';
    report = json_pack("{s:s, s:s}", "configuration", text, "error", text);
    held = json_pack("{s:s, s:s, s:s, s:i}", "kind", "operator", "error", text,
                     "by", "me", "extra", 7);
    hold = json_line(held);
    flag_from(&flag, hold);
    json = flag_for_failure(&flag, "web1", report);
    line = json_line(json);
    assert_in_range(strlen(line), 1, 5 * (FLAG_TEXT_MAX + 100));
    flag_from(&flag, line);
    assert_true(flag_is_own(&flag, "web1"));
    assert_string_equal(
        json_string_or(json_array_get(json_object_get(flag.json, "holds"), 0),
                       "by", ""),
        "me");
    flag_done(&flag);
}

static void a_flag_beyond_the_limit_is_kept_in_short(void **state)
{
    cleanup_free char *text = xmalloc(FLAG_BYTES_MAX + 2);
    struct flag flag = {0};

    (void) state;
    memset(text, 'x', FLAG_BYTES_MAX + 1);
    text[FLAG_BYTES_MAX + 1] = '\0';
    flag_from(&flag, text);
    assert_true(flag_is_kind(&flag, "operator"));
    assert_in_range(json_dumpb(flag.json, NULL, 0, 0), 1, 2 * FLAG_TEXT_MAX);
    flag_done(&flag);
}

static void only_the_named_node_lifts_it(void **state)
{
    struct flag flag = {0};
    json_t *after;
    bool lifts;

    (void) state;
    flag_from(&flag, "{\"kind\":\"failed\",\"node\":\"web1\"}");
    after = flag_after_success(&flag, "web2", true, &lifts);
    assert_false(lifts);
    json_decref(after);
    after = flag_after_success(&flag, "web1", false, &lifts);
    assert_false(lifts);
    json_decref(after);
    after = flag_after_success(&flag, "web1", true, &lifts);
    assert_true(lifts);
    assert_null(after);
    flag_done(&flag);
}

static void an_operators_hold_is_put_back(void **state)
{
    struct flag flag = {0};
    json_auto_t *report = json_pack("{s:s}", "error", "e");
    json_auto_t *hold = flag_add_hold(&flag, "operator (uid 0)", "maintenance");
    cleanup_free char *line = json_line(hold);
    cleanup_free char *failed = NULL;
    json_t *json;
    bool lifts;

    (void) state;
    flag_from(&flag, line);
    json = flag_for_failure(&flag, "web1", report);
    failed = json_line(json);
    json_decref(json);
    flag_from(&flag, failed);
    assert_true(flag_is_own(&flag, "web1"));
    json = flag_after_success(&flag, "web1", true, &lifts);
    assert_true(lifts);
    assert_true(json_equal(json, hold));
    json_decref(json);
    flag_done(&flag);
}

static void take(struct flag *flag, json_t *json)
{
    cleanup_free char *line = json_line(json);

    assert_non_null(json);
    json_decref(json);
    flag_from(flag, line);
}

/* Two operators: neither lifts the other's hold. */
static void each_hold_is_lifted_by_its_own_id(void **state)
{
    struct flag flag = {0};
    json_t *after = NULL;
    cleanup_free char *text = NULL;

    (void) state;
    take(&flag, flag_add_hold(&flag, "a", "switch"));
    take(&flag, flag_add_hold(&flag, "b", "disk"));
    take(&flag, flag_add_hold(&flag, "b", "disk")); /* asked again */
    text = flag_describe(&flag);
    assert_string_equal(text, "operators hold the cluster: switch (and 1 more "
                              "hold)");
    assert_false(flag_drop_hold(&flag, 7, &after));
    assert_null(after);
    assert_true(flag_drop_hold(&flag, 1, &after));
    take(&flag, after);
    assert_true(flag_is_kind(&flag, "operator"));
    assert_string_equal(json_string_or(flag.json, "error", ""), "disk");
    after = NULL;
    assert_true(flag_drop_hold(&flag, 2, &after));
    assert_null(after);
    flag_done(&flag);
}

static void a_hold_of_an_older_ccm_is_one_of_them(void **state)
{
    struct flag flag = {0};
    json_t *after = NULL;

    (void) state;
    flag_from(&flag, "{\"kind\":\"failed\",\"node\":\"web1\",\"also\":"
                     "{\"kind\":\"operator\",\"error\":\"night\"}}");
    take(&flag, flag_add_hold(&flag, "b", "disk"));
    assert_true(flag_is_own(&flag, "web1"));
    assert_int_equal(json_array_size(json_object_get(flag.json, "holds")), 2);
    assert_true(flag_drop_hold(&flag, 1, &after));
    take(&flag, after);
    assert_true(flag_is_own(&flag, "web1"));
    flag_done(&flag);
}

static void there_are_no_more_holds_than_fit(void **state)
{
    struct flag flag = {0};
    json_t *after;
    unsigned n;

    (void) state;
    for (n = 0;; n++) {
        char reason[16];

        snprintf(reason, sizeof(reason), "reason %u", n);
        after = flag_add_hold(&flag, "b", reason);
        if (!after)
            break;
        take(&flag, after);
    }
    assert_in_range(n, 2, 100);
    assert_int_equal(json_array_size(json_object_get(flag.json, "holds")), n);
    flag_done(&flag);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_failure_names_the_node),
        cmocka_unit_test(what_no_ccm_has_put_is_a_hold),
        cmocka_unit_test(a_flag_of_any_text_fits_and_is_read_again),
        cmocka_unit_test(a_flag_beyond_the_limit_is_kept_in_short),
        cmocka_unit_test(only_the_named_node_lifts_it),
        cmocka_unit_test(an_operators_hold_is_put_back),
        cmocka_unit_test(each_hold_is_lifted_by_its_own_id),
        cmocka_unit_test(a_hold_of_an_older_ccm_is_one_of_them),
        cmocka_unit_test(there_are_no_more_holds_than_fit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
