/* SPDX-License-Identifier: ISC */
/* Telling services, and the patience of their checks. */
#include "unit/unit.h"

#include "unit/scratch.h"

#include "base/alloc.h"
#include "base/util.h"
#include "change/service.h"

#include <errno.h>

#define ARGV(...) ((char *[]){__VA_ARGS__, NULL})

static void without_test_and_check_all_is_well(void **state)
{
    struct config_service service = {.name = "web", .timeout_ms = 1000};

    (void) state;
    assert_int_equal(service_test(&service, NULL), 0);
    assert_int_equal(service_check(&service, NULL), 0);
}

static void tells_reload_or_restart(void **state)
{
    char *dir = scratch_new();
    cleanup_free char *reload = xasprintf("echo reload >>'%s/log'", dir);
    cleanup_free char *restart = xasprintf("echo restart >>'%s/log'", dir);
    struct config_service service = {.name = "web",
                                     .reload = ARGV("/bin/sh", "-c", reload),
                                     .restart = ARGV("/bin/sh", "-c", restart),
                                     .timeout_ms = 30000};
    cleanup_free char *log = NULL;

    (void) state;
    assert_int_equal(service_tell(&service, false, NULL), 0);
    assert_int_equal(service_tell(&service, true, NULL), 0);
    log = scratch_read(dir, "log", NULL);
    assert_string_equal(log, "reload\nrestart\n");
    scratch_free(dir);
}

static void a_failure_names_service_and_output(void **state)
{
    struct config_service service = {
        .name = "web",
        .test = ARGV("/bin/sh", "-c", "echo line 7 is wrong; exit 1"),
        .reload = ARGV("/nonexistent"),
        .timeout_ms = 30000};
    struct error err;

    (void) state;
    assert_int_equal(service_test(&service, &err), -EIO);
    assert_true(after_prefix(err.text, "service web: test: ") != NULL);
    assert_non_null(strstr(err.text, "line 7 is wrong"));
    assert_int_equal(service_tell(&service, false, &err), -ENOENT);
    assert_true(after_prefix(err.text, "service web: reload: ") != NULL);
}

static void a_check_is_repeated_until_it_succeeds(void **state)
{
    char *dir = scratch_new();
    cleanup_free char *script =
        xasprintf("echo x >>'%s/log'; test $(wc -l <'%s/log') = 3", dir, dir);
    struct config_service service = {.name = "web",
                                     .check = ARGV("/bin/sh", "-c", script),
                                     .timeout_ms = 30000};
    cleanup_free char *log = NULL;

    (void) state;
    assert_int_equal(service_check(&service, NULL), 0);
    log = scratch_read(dir, "log", NULL);
    assert_string_equal(log, "x\nx\nx\n");
    scratch_free(dir);
}

static void a_check_that_never_succeeds_fails_with_the_last_answer(void **state)
{
    struct config_service service = {
        .name = "web",
        .check = ARGV("/bin/sh", "-c", "echo inactive; exit 3"),
        .timeout_ms = 3000};
    struct error err;

    (void) state;
    assert_int_equal(service_check(&service, &err), -EIO);
    assert_non_null(strstr(err.text, "service web: check: "));
    assert_non_null(strstr(err.text, "inactive"));
}

static void a_check_that_is_not_there_is_not_repeated(void **state)
{
    struct config_service service = {.name = "web",
                                     .check = ARGV("/nonexistent"),
                                     .timeout_ms = 3600 * 1000};

    (void) state;
    assert_int_equal(service_check(&service, NULL), -ENOENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_test_and_check_all_is_well),
        cmocka_unit_test(tells_reload_or_restart),
        cmocka_unit_test(a_failure_names_service_and_output),
        cmocka_unit_test(a_check_is_repeated_until_it_succeeds),
        cmocka_unit_test(
            a_check_that_never_succeeds_fails_with_the_last_answer),
        cmocka_unit_test(a_check_that_is_not_there_is_not_repeated),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
