/* SPDX-License-Identifier: ISC */
/* Planners against modules that misbehave: each fails its own configuration,
 * by name, and nothing else. */
#include "unit/unit.h"

#include "planner_fixture.h"

#include "base/util.h"
#include "host/names.h"
#include "host/planner.h"
#include "plan/wire.h"
#include "unit/files.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>

#define FORGING 60 /* configurations */

static void one_that_fails_leaves_the_others_alone(void **state)
{
    static const char *const names[] = {"a", "b", "c", "d", "e"};
    static const char *const what[] = {"crash", "declare", "declare", "declare",
                                       "exit-well"};
    struct planner_fixture *fixture = *state;
    struct configuration c[5];
    const struct configuration *list[5];
    struct planner_result results[5];
    const char *on_a[] = {"a", NULL}, *on_c[] = {"c", "gone", NULL};
    size_t i;

    for (i = 0; i < 5; i++) {
        fixture_hostile(fixture, &c[i], names[i], what[i]);
        list[i] = &c[i];
    }
    c[2].depends = (char **) on_a;
    c[3].depends = (char **) on_c;
    fixture_plan(fixture, list, 5, results);
    assert_int_equal(results[0].outcome, PLANNER_DIED);
    assert_int_equal(results[1].outcome, PLANNER_OK);
    assert_int_equal(results[2].outcome, PLANNER_SKIPPED);
    assert_non_null(strstr(results[2].error, "\"a\", which failed"));
    assert_int_equal(results[3].outcome, PLANNER_SKIPPED);
    assert_non_null(strstr(results[3].error, "\"c\", which was skipped"));
    assert_int_equal(results[4].outcome, PLANNER_BAD);
    for (i = 0; i < 5; i++) {
        planner_result_done(&results[i]);
        json_decref(c[i].settings);
    }
}

/* Each is a user of its own, whom nothing else on the machine is. */
static void runs_as_a_user_without_surroundings(void **state)
{
    struct planner_fixture *fixture = *state;
    struct configuration c[2];
    const struct configuration *list[] = {&c[0], &c[1]};
    struct planner_result results[2];
    int uid[2], i;

    for (i = 0; i < 2; i++)
        fixture_hostile(fixture, &c[i], "it", "look");
    fixture_plan(fixture, list, 2, results);
    for (i = 0; i < 2; i++) {
        assert_int_equal(results[i].outcome, PLANNER_OK);
        assert_non_null(
            strstr(results[i].log, "home is not set, terminal out of reach"));
        assert_int_equal(sscanf(results[i].log, "uid %d,", &uid[i]), 1);
        if (geteuid() == 0 && !fixture_lacks(fixture, "planner_uids"))
            assert_in_range(uid[i], CONFINE_FIRST_UID,
                            CONFINE_FIRST_UID + CONFINE_UIDS - 1);
        planner_result_done(&results[i]);
        json_decref(c[i].settings);
    }
    if (geteuid() == 0 && !fixture_lacks(fixture, "planner_uids"))
        assert_int_not_equal(uid[0], uid[1]);
}

static void a_huge_allocation_is_refused(void **state)
{
    struct planner_fixture *fixture = *state;
    struct configuration c;
    const struct configuration *list[] = {&c};
    struct planner_result result;

    /* It is not in a build with sanitizers. */
    if (fixture_lacks(fixture, "memory"))
        skip();
    fixture_hostile(fixture, &c, "it", "allocate");
    fixture_plan(fixture, list, 1, &result);
    assert_int_equal(result.outcome, PLANNER_FAILED);
    assert_string_equal(result.error, "10 GB were refused");
    planner_result_done(&result);
    json_decref(c.settings);
}

/* Without another user and without Landlock the kernel lets it. */
static void the_memory_of_others_is_out_of_reach(void **state)
{
    struct planner_fixture *fixture = *state;
    json_auto_t *confinement = confine_json(fixture->confine);
    struct configuration c[8];
    const struct configuration *list[8];
    struct planner_result results[8];
    size_t i;

    if (geteuid() != 0 &&
        json_integer_value(json_object_get(confinement, "landlock")) == 0)
        skip();
    for (i = 0; i < 8; i++) {
        fixture_hostile(fixture, &c[i], "it", "peek");
        list[i] = &c[i];
    }
    fixture_plan(fixture, list, 8, results);
    for (i = 0; i < 8; i++) {
        if (results[i].outcome != PLANNER_OK)
            fail_msg("%s", results[i].error);
        planner_result_done(&results[i]);
        json_decref(c[i].settings);
    }
}

static void a_module_that_changes_its_story_is_refused(void **state)
{
    struct planner_fixture *fixture = *state;
    struct configuration c;
    const struct configuration *list[] = {&c};
    struct planner_result result;

    fixture_hostile(fixture, &c, "it", "declare");
    c.version = (char *) "0.9";
    fixture_plan(fixture, list, 1, &result);
    assert_int_equal(result.outcome, PLANNER_FAILED);
    assert_non_null(strstr(result.error, "hostile 0.9"));
    planner_result_done(&result);
    json_decref(c.settings);
}

/* What was declared, one line each: "2 /etc/ok" is a directory. */
static char *declared(const struct planner_result *result)
{
    struct buf text = BUF_INIT;
    size_t offset = 0;

    while (offset < result->wire_size) {
        const char **list = NULL;
        struct change change = {0};

        assert_int_equal(wire_get(result->wire, result->wire_size, &offset,
                                  &change, &list, NULL),
                         0);
        buf_printf(&text, "%d %s %s %s\n", (int) change.kind, change.path,
                   change.object ? change.object : "-",
                   change.content ? change.content : "-");
        free(list);
    }
    return buf_take(&text);
}

/* By the time of each forger the runner holds results of others, which are
 * done or still being written. */
static void forging_reaches_no_other_result(void **state)
{
    struct planner_fixture *fixture = *state;
    struct configuration c[FORGING];
    const struct configuration *list[FORGING];
    struct planner_result results[FORGING];
    size_t i;

    for (i = 0; i < FORGING; i++) {
        fixture_hostile(fixture, &c[i], i % 3 == 2 ? "forger" : "honest",
                        i % 3 == 2 ? "forge" : "declare");
        list[i] = &c[i];
    }
    fixture_plan(fixture, list, FORGING, results);
    for (i = 0; i < FORGING; i++) {
        cleanup_free char *text = NULL;

        assert_int_equal(results[i].outcome,
                         i % 3 == 2 ? PLANNER_BAD : PLANNER_OK);
        text = declared(&results[i]);
        assert_string_equal(text, i % 3 == 2 ? "" : "1 /file - text\n\n");
        planner_result_done(&results[i]);
        json_decref(c[i].settings);
    }
}

static void hands_over_what_was_declared_and_rejected(void **state)
{
    struct planner_fixture *fixture = *state;
    const char *types[] = {"things", NULL};
    struct configuration c = {
        .name = (char *) "mine",
        .module = (char *) "ok",
        .version = (char *) "1.0",
        .subscribes = (char **) types,
        .settings = json_object(),
    };
    const struct configuration *list[] = {&c};
    struct planner_result result;
    struct module_file *file;
    struct trust trust = {0};
    cleanup_free char *text = NULL;
    const json_t *rejected;

    assert_int_equal(module_open(&trust, fixture->dirs, "ok", &file, NULL), 0);
    c.file = file;
    fixture_plan(fixture, list, 1, &result);
    if (result.outcome != PLANNER_OK)
        fail_msg("%s", result.error);
    assert_int_equal(fcntl(result.fd, F_GET_SEALS),
                     F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
    text = declared(&result);
    assert_string_equal(text, "2 /etc/ok - -\n"
                              "5 /etc/ok - -\n"
                              "1 /etc/ok/one things/1 one of mine\n\n"
                              "1 /etc/ok/four things/4 four of mine\n"
                              "four of mine\n\n");
    assert_int_equal(json_array_size(result.rejected), 1);
    rejected = json_array_get(result.rejected, 0);
    assert_int_equal(json_integer_value(json_object_get(rejected, "id")), 2);
    assert_string_equal(json_string_value(json_object_get(rejected, "error")),
                        "field \"name\" is an integer; expected a string");
    assert_string_equal(result.log, "3 things\n");
    planner_result_done(&result);
    module_close(file);
    trust_done(&trust);
    json_decref(c.settings);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forging_reaches_no_other_result),
        cmocka_unit_test(one_that_fails_leaves_the_others_alone),
        cmocka_unit_test(runs_as_a_user_without_surroundings),
        cmocka_unit_test(a_huge_allocation_is_refused),
        cmocka_unit_test(the_memory_of_others_is_out_of_reach),
        cmocka_unit_test(a_module_that_changes_its_story_is_refused),
        cmocka_unit_test(hands_over_what_was_declared_and_rejected),
    };

    return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
