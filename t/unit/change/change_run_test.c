/* SPDX-License-Identifier: ISC */
/* The transaction as a whole: services, roll-back, reloads owed, state. */
#include "unit/unit.h"

#include "change_fixture.h"

#include "base/alloc.h"
#include "base/io.h"
#include "base/util.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

#define APPLY(fixture, result, ...)                                            \
    __extension__({                                                            \
        const struct change changes_[] = {__VA_ARGS__};                        \
        fixture_apply(fixture, changes_, ARRAY_SIZE(changes_), result);        \
    })

/* A file beside root, such as a service's log. */
static char *beside(const struct change_fixture *fixture, const char *name)
{
    cleanup_free char *path = xasprintf("%s/%s", fixture->dir, name);
    char *text;

    return io_read_file(AT_FDCWD, path, 1 << 20, &text, NULL, NULL) < 0
               ? xstrdup("")
               : text;
}

static void assert_beside(const struct change_fixture *fixture,
                          const char *name, const char *expected)
{
    cleanup_free char *text = beside(fixture, name);

    assert_string_equal(text, expected);
}

/* A service that writes down what it is asked; text follows each. */
static void add_service(struct change_fixture *fixture, const char *name,
                        const char *test, const char *reload, const char *check)
{
    cleanup_free char *t =
        xasprintf("echo test %s >>%s/log; %s", name, fixture->dir, test);
    cleanup_free char *r =
        xasprintf("echo reload %s >>%s/log; %s", name, fixture->dir, reload);
    cleanup_free char *c =
        xasprintf("echo check %s >>%s/log; %s", name, fixture->dir, check);

    fixture_service(fixture, name, t, r, c);
}

static void services_are_all_tested_then_told_once_then_checked(void **state)
{
    struct change_fixture *w = *state;
    struct fixture_result result;

    add_service(w, "a", "true", "true", "true");
    add_service(w, "b", "true", "true", "true");
    assert_int_equal(APPLY(w, &result, FILE_("/1", "x", .service = "a"),
                           FILE_("/2", "x", .service = "b"),
                           FILE_("/3", "x", .service = "a"), FILE_("/4", "x")),
                     0);
    assert_int_equal(result.summary.services, 2);
    assert_beside(w, "log",
                  "test a\ntest b\nreload a\nreload b\ncheck a\ncheck b\n");
}

static void a_failed_step_puts_everything_back(struct change_fixture *w,
                                               const char *step,
                                               const char *log)
{
    cleanup_free char *before = NULL, *after = NULL;
    struct fixture_result result;

    fixture_write(w, "/etc/old", "old", 0640);
    fixture_write(w, "/etc/gone", "gone", 0600);
    before = fixture_picture(w->root);
    assert_true(APPLY(w, &result, FILE_("/etc/old", "new", .service = "a"),
                      DIR_("/etc/dir", 0755),
                      FILE_("/etc/dir/f", "f", .service = "b"),
                      DIR_("/etc", 0711), ABSENT_("/etc/gone")) < 0);
    after = fixture_picture(w->root);
    assert_string_equal(before, after);
    assert_string_equal(result.failure.step, step);
    assert_true(result.failure.rolled_back);
    assert_false(fixture_exists(w, "/../state/journal"));
    assert_false(fixture_exists(w, "/../state/owed.json"));
    assert_beside(w, "log", log);
}

static void a_failed_test_tells_nobody(void **state)
{
    struct change_fixture *w = *state;

    add_service(w, "a", "true", "true", "true");
    add_service(w, "b", "false", "true", "true");
    a_failed_step_puts_everything_back(w, "test", "test a\ntest b\n");
}

static void a_failed_reload_is_a_failed_run(void **state)
{
    struct change_fixture *w = *state;
    cleanup_free char *reload = xasprintf(
        "test -e %s/once || { touch %s/once; exit 1; }", w->dir, w->dir);

    add_service(w, "a", "true", "true", "true");
    add_service(w, "b", "true", reload, "true");
    a_failed_step_puts_everything_back(w, "reload",
                                       "test a\ntest b\nreload a\nreload b\n"
                                       "reload a\nreload b\n");
}

static void a_failed_check_tells_all_again(void **state)
{
    struct change_fixture *w = *state;
    struct fixture_result result;
    cleanup_free char *log = NULL;

    add_service(w, "b", "true", "true", "false");
    w->config.services[0].timeout_ms = 500;
    assert_true(APPLY(w, &result, FILE_("/1", "x", .service = "b")) < 0);
    assert_string_equal(result.failure.step, "check");
    assert_false(fixture_exists(w, "/1"));
    log = beside(w, "log");
    assert_non_null(strstr(log, "test b\nreload b\ncheck b\n"));
    assert_non_null(strstr(log, "check b\nreload b\n"));
}

static void a_failed_command_says_what_cannot_be_undone(void **state)
{
    struct change_fixture *w = *state;
    struct fixture_result result;

    assert_int_equal(APPLY(w, &result, FILE_("/f", "x"),
                           COMMAND_("/bin/sh", "-c", "echo broken; exit 3")),
                     -EIO);
    assert_false(fixture_exists(w, "/f"));
    assert_string_equal(result.failure.step, "commit");
    assert_string_equal(result.failure.configuration, "conf");
    assert_non_null(strstr(result.err.text, "broken"));
    assert_non_null(strstr(result.err.text, "cannot be undone"));
    assert_int_equal(
        APPLY(w, &result, FILE_("/f", "x"), COMMAND_("/no/such/program")),
        -ENOENT);
    assert_null(strstr(result.err.text, "cannot be undone"));
}

static void a_command_runs_when_something_before_it_changed(void **state)
{
    struct change_fixture *w = *state;
    cleanup_free char *ran = xasprintf("echo ran >>%s/log", w->dir);
    struct fixture_result result;

    assert_int_equal(
        APPLY(w, &result, COMMAND_("/bin/sh", "-c", ran), FILE_("/f", "x")), 0);
    assert_beside(w, "log", "");
    assert_int_equal(
        APPLY(w, &result, FILE_("/f", "y"), COMMAND_("/bin/sh", "-c", ran)), 0);
    assert_beside(w, "log", "ran\n");
    assert_int_equal(
        APPLY(w, &result, FILE_("/f", "y"), COMMAND_("/bin/sh", "-c", ran)), 0);
    assert_beside(w, "log", "ran\n");
}

/* A roll-back whose reload fails leaves it owed; the next run pays. */
static void a_reload_that_is_owed_is_paid_by_the_next_run(void **state)
{
    struct change_fixture *w = *state;
    const struct change old = FILE_("/f", "old", .service = "a");
    struct fixture_result result;

    add_service(w, "a", "true", "true", "true");
    assert_int_equal(fixture_apply(w, &old, 1, &result), 0);
    fixture_leave(w);
    add_service(w, "a", "true", "false", "true");
    assert_true(APPLY(w, &result, FILE_("/f", "new", .service = "a")) < 0);
    assert_non_null(strstr(result.err.text, "still owed"));
    fixture_leave(w);
    add_service(w, "a", "true", "true", "true");
    assert_int_equal(fixture_compare(w, &old, 1, &result), 0);
    assert_int_equal(result.summary.changes, 0);
    assert_int_equal(result.summary.owed, 1);
    assert_int_equal(result.summary.services, 1);
    assert_int_equal(fixture_apply(w, &old, 1, &result), 0);
    assert_int_equal(fixture_compare(w, &old, 1, &result), 0);
    assert_int_equal(result.summary.owed, 0);
    assert_beside(w, "log",
                  "test a\nreload a\ncheck a\n"
                  "test a\nreload a\nreload a\n"
                  "reload a\n");
}

/* A service that cannot be told wedges nothing: not a run, not a recovery. */
static void a_reload_that_stays_owed_keeps_nothing_from_running(void **state)
{
    struct change_fixture *w = *state;
    struct fixture_result result;
    cleanup_free char *owed = NULL;

    add_service(w, "a", "true", "false", "true");
    assert_true(APPLY(w, &result, FILE_("/f", "new", .service = "a")) < 0);
    assert_string_equal(fixture_recover(w), "nothing");
    assert_int_equal(APPLY(w, &result, FILE_("/g", "x")), 0);
    assert_true(fixture_exists(w, "/g"));
    owed = fixture_read(w, "/../state/owed.json");
    assert_non_null(strstr(owed, "\"tries\":1"));
    assert_int_equal(result.summary.owed, 0); /* its next try is later */
    assert_beside(w, "log", "test a\nreload a\nreload a\nreload a\n");
}

static void the_guard_stops_mass_removal(void **state)
{
    struct change_fixture *w = *state;
    struct fixture_result result;
    char path[32];
    int i;

    w->config.max_removals = 3;
    w->config.max_removals_percent = 30;
    fixture_mkdir(w, "/pool", 0755);
    for (i = 0; i < 5; i++) {
        snprintf(path, sizeof(path), "/pool/%d", i);
        fixture_write(w, path, "x", 0644);
    }
    assert_int_equal(APPLY(w, &result, EXCLUSIVE_("/pool", "*")), -EPERM);
    assert_string_equal(result.failure.step, "guard");
    assert_true(fixture_exists(w, "/pool/0"));
}

/* The lock is free as soon as its holder has ended, however it ends. */
static void one_run_at_a_time(void **state)
{
    struct change_fixture *w = *state;
    struct fixture_result result;
    struct engine *engine;
    int held[2], status;
    struct error err;
    pid_t pid;
    char byte;

    assert_int_equal(pipe(held), 0);
    pid = fork();
    if (pid == 0) {
        if (engine_open(&w->config, ENGINE_APPLY, &engine, &err) < 0 ||
            write(held[1], "x", 1) != 1)
            _exit(1);
        usleep(50000);
        raise(SIGKILL);
    }
    assert_int_equal(read(held[0], &byte, 1), 1);
    assert_int_equal(APPLY(w, &result, FILE_("/f", "x")), 0);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status));
    close(held[0]);
    close(held[1]);
}

static void digest_of(struct change_fixture *w, const char *const *known,
                      const struct change *c, const char *name, char digest[33])
{
    struct engine_summary summary;
    struct engine_failure failure;
    struct fixture_plan plan = {0};
    struct engine *engine;
    struct error err;

    assert_int_equal(fixture_plan_add(&plan, name, c, 1, &err), 0);
    assert_int_equal(engine_open(&w->config, ENGINE_APPLY, &engine, &err), 0);
    engine_known(engine, known);
    assert_int_equal(
        engine_compare(engine, plan.plan, &summary, &failure, &err), 0);
    assert_int_equal(engine_apply(engine,
                                  &(struct engine_order){
                                      .turn = "t", .who = "w", .revision = 1},
                                  &failure, &err),
                     0);
    engine_digest(engine, digest);
    engine_close(engine);
    fixture_plan_done(&plan);
}

static void the_digest_covers_all_that_was_applied(void **state)
{
    static const char *const both[] = {"a", "b", NULL};
    static const char *const one[] = {"a", NULL};
    struct change_fixture *w = *state, other;
    const struct change a = FILE_("/a", "x"), b = FILE_("/b", "x");
    char ab[33], ba[33], a1[33], a2[33];

    digest_of(w, both, &a, "a", a1);
    digest_of(w, both, &b, "b", ab);
    assert_string_not_equal(a1, ab);
    fixture_open(&other);
    digest_of(&other, both, &b, "b", ba);
    digest_of(&other, both, &a, "a", ba);
    fixture_done(&other);
    assert_string_equal(ab, ba);
    digest_of(w, one, &a, "a", a2);
    assert_string_equal(a1, a2);
}

static void recovering_nothing_is_no_error(void **state)
{
    struct change_fixture *w = *state;

    assert_string_equal(fixture_recover(w), "nothing");
}

static void a_torn_journal_is_as_none(void **state)
{
    struct change_fixture *w = *state;
    struct fixture_result result;

    assert_int_equal(APPLY(w, &result, FILE_("/f", "x")), 0);
    fixture_write(w, "/../state/journal", "1mcc\377\377\377\377torn", 0600);
    assert_string_equal(fixture_recover(w), "nothing");
    assert_false(fixture_exists(w, "/../state/journal"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            services_are_all_tested_then_told_once_then_checked, fixture_setup,
            fixture_teardown),
        cmocka_unit_test_setup_teardown(a_failed_test_tells_nobody,
                                        fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_failed_reload_is_a_failed_run,
                                        fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_failed_check_tells_all_again,
                                        fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(
            a_failed_command_says_what_cannot_be_undone, fixture_setup,
            fixture_teardown),
        cmocka_unit_test_setup_teardown(
            a_command_runs_when_something_before_it_changed, fixture_setup,
            fixture_teardown),
        cmocka_unit_test_setup_teardown(
            a_reload_that_is_owed_is_paid_by_the_next_run, fixture_setup,
            fixture_teardown),
        cmocka_unit_test_setup_teardown(
            a_reload_that_stays_owed_keeps_nothing_from_running, fixture_setup,
            fixture_teardown),
        cmocka_unit_test_setup_teardown(the_guard_stops_mass_removal,
                                        fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(one_run_at_a_time, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(the_digest_covers_all_that_was_applied,
                                        fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(recovering_nothing_is_no_error,
                                        fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_torn_journal_is_as_none,
                                        fixture_setup, fixture_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
