/* SPDX-License-Identifier: ISC */
/* What modules are given: objects, fields, paths, limits. */
#include "unit/unit.h"

#include "api_place.h"

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
    struct place *place = *state;
    struct ccm_run *run = &place->run;

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
    struct place *place = *state;
    struct ccm_run *run = &place->run;
    const json_t *o = place_cron(place, 1);

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
    place_expect_reason(place, "");
}

static void a_bad_field_rejects_its_object(void **state)
{
    struct place *place = *state;
    struct ccm_run *run = &place->run;
    const json_t *o = place_cron(place, 1), *deep;

    assert_string_equal(ccm_string(run, o, "n"), "");
    assert_true(ccm_rejected(run, o));
    assert_false(ccm_rejected(run, place_cron(place, 2)));
    place_expect_reason(place,
                        "crons/1: field \"n\" is an integer; a string is "
                        "wanted");
    assert_int_equal(ccm_integer(run, o, "gone"), 0);
    place_expect_reason(place,
                        "crons/1: field \"gone\" is missing; an integer is "
                        "wanted");
    assert_int_equal(ccm_integer_or(run, o, "name", 3), 0);
    place_expect_reason(place,
                        "crons/1: field \"name\" is a string; an integer is "
                        "wanted");
    assert_string_equal(ccm_line(run, o, "line"), "");
    place_expect_reason(place,
                        "crons/1: field \"line\" has a control character");
    assert_string_equal(ccm_name(run, o, "up"), "");
    place_expect_reason(place, "crons/1: field \"up\" has a component \"..\"");
    deep = json_array_get(ccm_array(run, o, "list"), 0);
    ccm_string(run, deep, "deep");
    assert_true(ccm_rejected(run, deep));
    assert_true(ccm_rejected(run, o));
    place_expect_reason(place,
                        "crons/1: field \"deep\" is an integer; a string is "
                        "wanted");
}

static void a_reference_to_nothing_rejects_once(void **state)
{
    struct place *place = *state;
    struct ccm_run *run = &place->run;
    const json_t *user =
        ccm_reference(run, place_cron(place, 2), "user", "users");

    assert_string_equal(ccm_name(run, user, "name"), "");
    assert_true(ccm_rejected(run, place_cron(place, 2)));
    assert_int_equal(json_array_size(run->reasons), 1);
    place_expect_reason(place,
                        "crons/2: field \"user\" names users/99, which does "
                        "not exist");
}

static void what_is_not_an_object_fails_the_plan(void **state)
{
    struct place *place = *state;
    struct ccm_run *run = &place->run;
    json_auto_t *own = json_object();

    ccm_string(run, ccm_settings(run), "nothing");
    place_expect_failure(place, "setting \"nothing\" is missing; a string");
    ccm_string(run, ccm_map(run, ccm_settings(run), "sub"), "n");
    place_expect_failure(place, "field \"n\" of the settings is an integer");
    ccm_string(run, NULL, "name");
    place_expect_failure(place, "an object that is NULL");
    ccm_reject(run, own, "%s", "why");
    place_expect_failure(place, "no object of this run: why");
    assert_int_equal(json_array_size(ccm_objects(run, "secrets")), 0);
    place_expect_failure(place, "\"secrets\" without subscribing");
}

static void the_first_failure_counts(void **state)
{
    struct place *place = *state;
    struct ccm_run *run = &place->run;

    assert_int_equal(ccm_fail(run, "first %d", 1), -1);
    ccm_fail(run, "second");
    place_expect_failure(place, "first 1");
}

static void paths_take_only_components(void **state)
{
    struct place *place = *state;
    struct ccm_run *run = &place->run;

    assert_string_equal(ccm_path(run, "/etc/%s/%d-%u%%", "a b", -3, 4U),
                        "/etc/a b/-3-4%");
    assert_string_equal(
        ccm_path(run, "/%ld/%lu/%lld/%llu/%i", -1L, 2UL, -3LL, 4ULL, 5),
        "/-1/2/-3/4/5");
    assert_false(run->failed);
    assert_string_equal(ccm_path(run, "/home/%s", "../root"), "/");
    place_expect_failure(place, "\"../root\" has a \"/\"");
    ccm_path(run, "/home/%s", "..");
    place_expect_failure(place, "\"..\"");
    ccm_path(run, "/home/%s", "");
    place_expect_failure(place, "is empty");
    ccm_path(run, "/home/%s", "a\nb");
    place_expect_failure(place, "control character");
    ccm_path(run, "relative/%s", "x");
    place_expect_failure(place, "is not absolute");
    ccm_path(run, "/a//%s", "x");
    place_expect_failure(place, "empty component");
    ccm_path(run, "/%5d", 3);
    place_expect_failure(place, "only %s, %d");
}

static void the_log_is_limited(void **state)
{
    struct place *place = *state;
    int i;

    for (i = 0; i < 10000; i++)
        ccm_log(&place->run, "line %d: %0100d", i, i);
    assert_true(place->run.log.size < API_LOG_MAX + 2048);
    assert_non_null(strstr(place->run.log.data, "left out"));
}

static void changes_are_limited(void **state)
{
    struct place *place = *state;
    int i;

    for (i = 0; i < API_CHANGES_MAX; i++)
        ccm_absent(&place->run,
                   &(struct ccm_absent){
                       .path = ccm_path(&place->run, "/etc/x/%d", i)});
    assert_false(place->run.failed);
    ccm_absent(&place->run, &(struct ccm_absent){.path = "/etc/y"});
    place_expect_failure(place, "declares more than 120000 changes");
}

static void files_are_limited(void **state)
{
    struct place *place = *state;
    int i;

    for (i = 0; i < API_FILES_MAX; i++)
        ccm_file(
            &place->run,
            &(struct ccm_file){.path = ccm_path(&place->run, "/etc/x/%d", i)});
    assert_false(place->run.failed);
    ccm_file(&place->run, &(struct ccm_file){.path = "/etc/y"});
    place_expect_failure(place, "declares more than 100000 files");
}

static void contents_are_limited(void **state)
{
    enum { PIECE = 1024 * 1024 };
    struct place *place = *state;
    cleanup_free char *piece = xcalloc(1, PIECE);
    FILE *file = ccm_file(&place->run, &(struct ccm_file){.path = "/etc/x"});
    int i;

    memset(piece, 'x', PIECE - 1);
    for (i = 0; i <= API_CONTENT_MAX / PIECE + 1; i++)
        fputs(piece, file);
    fflush(file);
    place_expect_failure(place, "declares more than 268435456 bytes");
}

/* All are counted; those beyond so many go without their reason. */
static void reasons_are_limited(void **state)
{
    struct place *place = *state;
    size_t i;

    for (i = 0; i < API_REASONS_MAX; i++)
        json_array_append_new(place->run.reasons, json_object());
    ccm_reject(&place->run, place_cron(place, 1), "why");
    assert_true(ccm_rejected(&place->run, place_cron(place, 1)));
    assert_int_equal(json_array_size(place->run.reasons), API_REASONS_MAX);
}

static void check_has_no_objects(void **state)
{
    struct place *place = *state;

    place->input.objects = NULL;
    api_done(&place->run);
    api_init(&place->run, &place->input);
    assert_int_equal(json_array_size(ccm_objects(&place->run, "crons")), 0);
    place_expect_failure(place, "in check()");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        PLACED(says_who_one_is),
        PLACED(getters_get),
        PLACED(a_bad_field_rejects_its_object),
        PLACED(a_reference_to_nothing_rejects_once),
        PLACED(what_is_not_an_object_fails_the_plan),
        PLACED(the_first_failure_counts),
        PLACED(paths_take_only_components),
        PLACED(the_log_is_limited),
        PLACED(changes_are_limited),
        PLACED(files_are_limited),
        PLACED(contents_are_limited),
        PLACED(reasons_are_limited),
        PLACED(check_has_no_objects),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
