/* SPDX-License-Identifier: ISC */
/* Programs that modules declare: commands with probe, input and environment,
 * and tests of what is about to be there. */
#include "unit/unit.h"

#include "change_fixture.h"

#include "base/alloc.h"
#include "base/util.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define SH(text)                                                               \
    (const char *const[])                                                      \
    {                                                                          \
        "/bin/sh", "-c", text, NULL                                            \
    }

/* Runs it in the fixture's root, which CCM_ROOT names. */
static struct change command(const char *const *argv)
{
    return (struct change){
        .kind = CHANGE_COMMAND, .list = argv, .timeout_s = 10};
}

static void a_probe_says_whether_a_command_runs(void **state)
{
    struct change_fixture *w = *state;
    struct change c = command(SH("echo ran >>$CCM_ROOT/log"));
    struct fixture_result result;
    cleanup_free char *log = NULL;

    c.probe =
        SH("test ! -e $CCM_ROOT/log && echo would write && exit 1; exit 0");
    assert_int_equal(fixture_compare(w, &c, 1, &result), 0);
    assert_int_equal(result.summary.changes, 1);
    assert_false(fixture_exists(w, "/log"));
    assert_int_equal(fixture_apply(w, &c, 1, &result), 0);
    assert_int_equal(result.summary.changes, 1);
    assert_int_equal(fixture_apply(w, &c, 1, &result), 0);
    assert_int_equal(result.summary.changes, 0);
    log = fixture_read(w, "/log");
    assert_string_equal(log, "ran\n");
}

static void a_probe_that_fails_fails_the_plan(void **state)
{
    struct change_fixture *w = *state;
    struct change c = command(SH("echo ran >>$CCM_ROOT/log"));
    struct fixture_result result;

    c.probe = SH("echo out of order; exit 3");
    assert_int_equal(fixture_compare(w, &c, 1, &result), -EIO);
    assert_non_null(strstr(result.err.text, "probe"));
    assert_non_null(strstr(result.err.text, "out of order"));
    c.probe = (const char *const[]){"/nonexistent/probe", NULL};
    assert_int_equal(fixture_compare(w, &c, 1, &result), -ENOENT);
    c.probe = SH("kill -9 $$");
    assert_int_equal(fixture_compare(w, &c, 1, &result), -EIO);
    assert_false(fixture_exists(w, "/log"));
}

static void input_and_environment_reach_the_command(void **state)
{
    struct change_fixture *w = *state;
    struct change c = command(
        SH("cat >$CCM_ROOT/log; echo \"$SECRET $HOME $LANG\" >>$CCM_ROOT/log"));
    struct fixture_result result;
    cleanup_free char *log = NULL;

    c.always = true;
    c.input = "vars\n";
    c.env = (const char *const[]){"SECRET=s3cret", "HOME=/elsewhere", NULL};
    assert_int_equal(fixture_apply(w, &c, 1, &result), 0);
    log = fixture_read(w, "/log");
    assert_string_equal(log, "vars\ns3cret /elsewhere C.UTF-8\n");
}

static int apply_with_test(struct change_fixture *w, const char *content,
                           const char *const *test,
                           struct fixture_result *result)
{
    const struct change changes[] = {
        FILE_("/a.conf", content, .service = "a"),
        {.kind = CHANGE_TEST, .path = "/a.conf", .list = test, .timeout_s = 10},
    };

    return fixture_apply(w, changes, ARRAY_SIZE(changes), result);
}

static void a_file_is_tested_before_it_is_moved_in_place(void **state)
{
    static const char *const test[] = {
        "/bin/sh", "-c",
        "echo tested >>$CCM_ROOT/log; grep -q good \"$0\" && "
        "! grep -q good $CCM_ROOT/a.conf",
        "{}", NULL};
    struct change_fixture *w = *state;
    struct fixture_result result;
    cleanup_free char *content = NULL, *log = NULL;

    fixture_service(w, "a", NULL, "true", NULL);
    assert_int_equal(apply_with_test(w, "good\n", test, &result), 0);
    assert_int_equal(apply_with_test(w, "bad\n", test, &result), -EIO);
    assert_non_null(strstr(result.err.text, "test of /a.conf"));
    assert_true(result.failure.rolled_back);
    content = fixture_read(w, "/a.conf");
    assert_string_equal(content, "good\n");
    /* Nothing changes: nothing is tested. */
    assert_int_equal(apply_with_test(w, "good\n", test, &result), 0);
    log = fixture_read(w, "/log");
    assert_string_equal(log, "tested\ntested\n");
}

static void a_service_is_tested_before_it_is_told(void **state)
{
    struct change_fixture *w = *state;
    const struct change changes[] = {
        FILE_("/a.conf", "bad\n", .service = "a"),
        {.kind = CHANGE_TEST,
         .service = "a",
         .list = SH("! grep -q bad $CCM_ROOT/a.conf"),
         .timeout_s = 10},
    };
    cleanup_free char *reload = xasprintf("echo told >>%s/log", w->root);
    struct fixture_result result;

    fixture_service(w, "a", NULL, reload, NULL);
    assert_int_equal(fixture_apply(w, changes, ARRAY_SIZE(changes), &result),
                     -EIO);
    assert_true(result.failure.rolled_back);
    assert_string_equal(result.failure.step, "test");
    assert_false(fixture_exists(w, "/a.conf"));
    assert_false(fixture_exists(w, "/log"));
}

/* Other members stay, and the group is nobody's. */
static void a_member_comes_and_goes_alone(void **state)
{
    struct change_fixture *w = *state;
    struct change member = {
        .kind = CHANGE_MEMBER, .name = "alice", .group = "team"};
    struct fixture_result result;
    cleanup_free char *with = NULL, *without = NULL;

    if (geteuid() != 0)
        skip();
    fixture_write(w, "/etc/group",
                  "root:x:0:\nalice:x:4001:\nteam:x:4100:root\n", 0644);
    assert_int_equal(fixture_apply(w, &member, 1, &result), 0);
    assert_int_equal(result.summary.changes, 1);
    with = fixture_read(w, "/etc/group");
    assert_non_null(strstr(with, "team:x:4100:root,alice\n"));
    assert_int_equal(fixture_apply(w, &member, 1, &result), 0);
    assert_int_equal(result.summary.changes, 0);
    member.absent = true;
    assert_int_equal(fixture_apply(w, &member, 1, &result), 0);
    without = fixture_read(w, "/etc/group");
    assert_non_null(strstr(without, "team:x:4100:root\n"));
    /* A group that gives power over the machine is refused. */
    member = (struct change){
        .kind = CHANGE_MEMBER, .name = "alice", .group = "sudo"};
    assert_int_equal(fixture_compare(w, &member, 1, &result), -EPERM);
}

/* A later step fails: the member is what he was. */
static void a_member_is_put_back(void **state)
{
    struct change_fixture *w = *state;
    const struct change changes[] = {
        {.kind = CHANGE_MEMBER, .name = "alice", .group = "team"},
        COMMAND_("/bin/false"),
    };
    struct fixture_result result;
    cleanup_free char *after = NULL;

    if (geteuid() != 0)
        skip();
    fixture_write(w, "/etc/group",
                  "root:x:0:\nalice:x:4001:\nteam:x:4100:root\n", 0644);
    assert_int_equal(fixture_apply(w, changes, ARRAY_SIZE(changes), &result),
                     -EIO);
    assert_true(result.failure.rolled_back);
    after = fixture_read(w, "/etc/group");
    assert_non_null(strstr(after, "team:x:4100:root\n"));
}

#define TEST(test)                                                             \
    cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_probe_says_whether_a_command_runs),
        TEST(a_probe_that_fails_fails_the_plan),
        TEST(input_and_environment_reach_the_command),
        TEST(a_file_is_tested_before_it_is_moved_in_place),
        TEST(a_service_is_tested_before_it_is_told),
        TEST(a_member_comes_and_goes_alone),
        TEST(a_member_is_put_back),
    };

    return cmocka_run_group_tests_name("change command", tests, NULL, NULL);
}
