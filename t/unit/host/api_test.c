/* SPDX-License-Identifier: ISC */
/* What modules are given: objects, fields, paths, limits. */
#include "unit/unit.h"

#include "api_fixture.h"

#include "base/alloc.h"
#include "base/util.h"
#include "host/api.h"
#include "plan/wire.h"
#include "unit/files.h"

#include <errno.h>
#include <malloc.h>
#include <sys/mman.h>

static void says_who_one_is(void **state)
{
    struct api_fixture *fixture = *state;
    struct ccm_run *run = &fixture->run;

    assert_string_equal(ccm_configuration(run), "mine");
    assert_string_equal(ccm_node(run), "web1");
    assert_true(ccm_in_group(run, "PHP"));
    assert_false(ccm_in_group(run, "php"));
    assert_int_equal(json_array_size(ccm_objects(run, "crons")), 2);
    assert_null(ccm_object(run, "crons", 3));
    assert_false(run->failed);
}

static void getters_get(void **state)
{
    struct api_fixture *fixture = *state;
    struct ccm_run *run = &fixture->run;
    const json_t *o = fixture_cron(fixture, 1);

    assert_string_equal(ccm_string(run, o, "name"), "a");
    assert_int_equal(ccm_integer(run, o, "n"), 5);
    assert_true(ccm_boolean(run, o, "on"));
    assert_int_equal(json_array_size(ccm_array(run, o, "list")), 1);
    assert_int_equal(json_object_size(ccm_map(run, o, "map")), 1);
    assert_string_equal(ccm_string_or(run, o, "none", "-"), "-");
    assert_int_equal(ccm_integer_or(run, o, "missing", -1), -1);
    assert_true(ccm_boolean_or(run, o, "none", true));
    assert_null(ccm_string_or(run, o, "none", NULL));
    assert_string_equal(
        ccm_name(run, ccm_reference(run, o, "user", "users"), "name"), "joe");
    assert_string_equal(ccm_string(run, ccm_settings(run), "spool"), "/x");
    assert_false(ccm_rejected(run, o));
    fixture_expect_reason(fixture, "");
}

static void finds_who_refers_to_an_object(void **state)
{
    struct api_fixture *fixture = *state;
    struct ccm_run *run = &fixture->run;
    const json_t *joe = ccm_object(run, "users", 7), *found;

    found = ccm_referring(run, joe, "crons", "user");
    assert_int_equal(json_array_size(found), 1);
    assert_ptr_equal(json_array_get(found, 0), fixture_cron(fixture, 1));
    assert_ptr_equal(ccm_referring(run, joe, "crons", "user"), found);
    found = ccm_referring(run, joe, "crons", "users");
    assert_int_equal(json_array_size(found), 1);
    assert_ptr_equal(json_array_get(found, 0), fixture_cron(fixture, 2));
    assert_int_equal(json_array_size(ccm_referring(run, joe, "crons", "name")),
                     0);
    assert_false(run->failed);
    ccm_referring(run, ccm_settings(run), "crons", "user");
    assert_true(run->failed);
}

static void a_text_that_nothing_escapes_rejects(void **state)
{
    struct api_fixture *fixture = *state;
    struct ccm_run *run = &fixture->run;
    const json_t *o = fixture_cron(fixture, 1);

    assert_string_equal(ccm_escape(run, o, CCM_SHELL, "it's"), "'it'\\''s'");
    assert_false(ccm_rejected(run, o));
    assert_string_equal(ccm_escape(run, o, CCM_NGINX, "$host"), "");
    assert_true(ccm_rejected(run, o));
    fixture_expect_reason(fixture, "crons/1: a text has \"$\", which begins a "
                                   "variable: \"$host\"");
    assert_false(run->failed);
    ccm_escape(run, NULL, CCM_INI, "a\nb");
    assert_true(run->failed);
}

static void a_bad_field_rejects_its_object(void **state)
{
    struct api_fixture *fixture = *state;
    struct ccm_run *run = &fixture->run;
    const json_t *o = fixture_cron(fixture, 1), *deep;

    assert_string_equal(ccm_string(run, o, "n"), "");
    assert_true(ccm_rejected(run, o));
    assert_false(ccm_rejected(run, fixture_cron(fixture, 2)));
    fixture_expect_reason(
        fixture, "crons/1: field \"n\" is an integer; expected a string");
    assert_int_equal(ccm_integer(run, o, "gone"), 0);
    fixture_expect_reason(fixture,
                          "crons/1: field \"gone\" is missing; expected "
                          "an integer");
    assert_int_equal(ccm_integer_or(run, o, "name", 3), 0);
    fixture_expect_reason(
        fixture, "crons/1: field \"name\" is a string; expected an integer");
    assert_string_equal(ccm_line(run, o, "line"), "");
    fixture_expect_reason(fixture,
                          "crons/1: field \"line\" has a control character");
    assert_string_equal(ccm_name(run, o, "up"), "");
    fixture_expect_reason(fixture,
                          "crons/1: field \"up\" has a component \"..\"");
    deep = json_array_get(ccm_array(run, o, "list"), 0);
    ccm_string(run, deep, "deep");
    assert_true(ccm_rejected(run, deep));
    assert_true(ccm_rejected(run, o));
    fixture_expect_reason(
        fixture, "crons/1: field \"deep\" is an integer; expected a string");
}

static void a_reference_to_nothing_rejects_once(void **state)
{
    struct api_fixture *fixture = *state;
    struct ccm_run *run = &fixture->run;
    const json_t *user =
        ccm_reference(run, fixture_cron(fixture, 2), "user", "users");

    assert_string_equal(ccm_name(run, user, "name"), "");
    assert_true(ccm_rejected(run, fixture_cron(fixture, 2)));
    assert_int_equal(json_array_size(run->reasons), 1);
    fixture_expect_reason(fixture,
                          "crons/2: field \"user\" names users/99, which does "
                          "not exist");
}

static void what_is_not_an_object_fails_the_plan(void **state)
{
    struct api_fixture *fixture = *state;
    struct ccm_run *run = &fixture->run;
    json_auto_t *own = json_object();

    ccm_string(run, ccm_settings(run), "nothing");
    fixture_expect_failure(fixture,
                           "setting \"nothing\" is missing; expected a string");
    ccm_string(run, ccm_map(run, ccm_settings(run), "sub"), "n");
    fixture_expect_failure(fixture,
                           "field \"n\" of the settings is an integer");
    ccm_string(run, NULL, "name");
    fixture_expect_failure(fixture, "an object that is NULL");
    ccm_reject(run, own, "%s", "why");
    fixture_expect_failure(fixture, "not an object of this run: why");
    assert_int_equal(json_array_size(ccm_objects(run, "secrets")), 0);
    fixture_expect_failure(fixture, "\"secrets\" without subscribing");
}

static void the_first_failure_counts(void **state)
{
    struct api_fixture *fixture = *state;
    struct ccm_run *run = &fixture->run;

    assert_int_equal(ccm_fail(run, "first %d", 1), -1);
    ccm_fail(run, "second");
    fixture_expect_failure(fixture, "first 1");
}

static void paths_take_only_components(void **state)
{
    struct api_fixture *fixture = *state;
    struct ccm_run *run = &fixture->run;

    assert_string_equal(ccm_path(run, "/etc/%s/%d-%u%%", "a b", -3, 4U),
                        "/etc/a b/-3-4%");
    assert_string_equal(
        ccm_path(run, "/%ld/%lu/%lld/%llu/%i", -1L, 2UL, -3LL, 4ULL, 5),
        "/-1/2/-3/4/5");
    assert_false(run->failed);
    assert_string_equal(ccm_path(run, "/home/%s", "../root"), "/");
    fixture_expect_failure(fixture, "\"../root\" has a \"/\"");
    ccm_path(run, "/home/%s", "..");
    fixture_expect_failure(fixture, "\"..\"");
    ccm_path(run, "/home/%s", "");
    fixture_expect_failure(fixture, "is empty");
    ccm_path(run, "/home/%s", "a\nb");
    fixture_expect_failure(fixture, "control character");
    ccm_path(run, "relative/%s", "x");
    fixture_expect_failure(fixture, "is not absolute");
    ccm_path(run, "/a//%s", "x");
    fixture_expect_failure(fixture, "empty component");
    ccm_path(run, "/%5d", 3);
    fixture_expect_failure(fixture, "only %s, %d");
}

static void the_log_is_limited(void **state)
{
    struct api_fixture *fixture = *state;
    int i;

    for (i = 0; i < 10000; i++)
        ccm_log(&fixture->run, "line %d: %0100d", i, i);
    assert_true(fixture->run.log.size < API_LOG_MAX + 2048);
    assert_non_null(strstr(fixture->run.log.data, "left out"));
}

static void changes_are_limited(void **state)
{
    struct api_fixture *fixture = *state;
    int i;

    for (i = 0; i < API_CHANGES_MAX; i++)
        ccm_absent(&fixture->run,
                   &(struct ccm_absent){
                       .path = ccm_path(&fixture->run, "/etc/x/%d", i)});
    assert_false(fixture->run.failed);
    ccm_absent(&fixture->run, &(struct ccm_absent){.path = "/etc/y"});
    fixture_expect_failure(fixture, "declares more than 120000 changes");
}

static void files_are_limited(void **state)
{
    struct api_fixture *fixture = *state;
    int i;

    for (i = 0; i < API_FILES_MAX; i++)
        ccm_file(&fixture->run,
                 &(struct ccm_file){
                     .path = ccm_path(&fixture->run, "/etc/x/%d", i)});
    assert_false(fixture->run.failed);
    ccm_file(&fixture->run, &(struct ccm_file){.path = "/etc/y"});
    fixture_expect_failure(fixture, "declares more than 100000 files");
}

static void contents_are_limited(void **state)
{
    enum { PIECE = 1024 * 1024 };
    struct api_fixture *fixture = *state;
    cleanup_free char *piece = xcalloc(1, PIECE);
    FILE *file = ccm_file(&fixture->run, &(struct ccm_file){.path = "/etc/x"});
    int i;

    memset(piece, 'x', PIECE - 1);
    for (i = 0; i <= API_CONTENT_MAX / PIECE + 1; i++)
        fputs(piece, file);
    fflush(file);
    fixture_expect_failure(fixture, "declares more than 268435456 bytes");
}

/* All are counted; those beyond so many go without their reason. */
static void reasons_are_limited(void **state)
{
    struct api_fixture *fixture = *state;
    size_t i;

    for (i = 0; i < API_REASONS_MAX; i++)
        json_array_append_new(fixture->run.reasons, json_object());
    ccm_reject(&fixture->run, fixture_cron(fixture, 1), "why");
    assert_true(ccm_rejected(&fixture->run, fixture_cron(fixture, 1)));
    assert_int_equal(json_array_size(fixture->run.reasons), API_REASONS_MAX);
}

static void check_has_no_objects(void **state)
{
    struct api_fixture *fixture = *state;

    fixture->input.objects = NULL;
    api_done(&fixture->run);
    api_init(&fixture->run, &fixture->input);
    assert_int_equal(json_array_size(ccm_objects(&fixture->run, "crons")), 0);
    fixture_expect_failure(fixture, "in check()");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(says_who_one_is),
        FIXTURE_TEST(getters_get),
        FIXTURE_TEST(finds_who_refers_to_an_object),
        FIXTURE_TEST(a_text_that_nothing_escapes_rejects),
        FIXTURE_TEST(a_bad_field_rejects_its_object),
        FIXTURE_TEST(a_reference_to_nothing_rejects_once),
        FIXTURE_TEST(what_is_not_an_object_fails_the_plan),
        FIXTURE_TEST(the_first_failure_counts),
        FIXTURE_TEST(paths_take_only_components),
        FIXTURE_TEST(the_log_is_limited),
        FIXTURE_TEST(changes_are_limited),
        FIXTURE_TEST(files_are_limited),
        FIXTURE_TEST(contents_are_limited),
        FIXTURE_TEST(reasons_are_limited),
        FIXTURE_TEST(check_has_no_objects),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
