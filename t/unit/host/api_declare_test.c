/* SPDX-License-Identifier: ISC */
/* What modules may declare. */
#include "unit/unit.h"

#include "api_fixture.h"

#include "base/alloc.h"
#include "base/util.h"
#include "plan/wire.h"

#include <errno.h>
#include <malloc.h>
#include <sys/mman.h>

static void older_structs_are_filled_newer_ones_checked(void **state)
{
    struct api_fixture *fixture = *state;
    struct ccm_run *run = &fixture->run;
    struct {
        struct ccm_absent known;
        const char *tomorrow;
    } absent = {.known = {.path = "/a"}};

    assert_int_equal(ccm_absent_sized(run, &absent.known, sizeof(void *)), 0);
    assert_int_equal(ccm_absent_sized(run, &absent.known, sizeof(absent)), 0);
    absent.tomorrow = "x";
    assert_int_equal(ccm_absent_sized(run, &absent.known, sizeof(absent)), -1);
    fixture_expect_failure(fixture, "built for a newer ccm");
    assert_int_equal(ccm_absent_sized(run, &absent.known, 0), -1);
    fixture_expect_failure(fixture, "ccm_absent");
    assert_int_equal(ccm_absent_sized(run, NULL, sizeof(absent.known)), -1);
    fixture_expect_failure(fixture, "NULL");
}

/* Each declares one thing that will not do. */
static void bad_owner(struct ccm_run *run)
{
    ccm_file(run, &(struct ccm_file){.path = "/a", .owner = "a:b"});
}

static void bad_mode(struct ccm_run *run)
{
    ccm_directory(run, &(struct ccm_directory){.path = "/a", .mode = 010000});
}

static void bad_target(struct ccm_run *run)
{
    ccm_symlink(run, &(struct ccm_symlink){.path = "/a", .target = "b\nc"});
}

static void no_target(struct ccm_run *run)
{
    ccm_symlink(run, &(struct ccm_symlink){.path = "/a"});
}

static void bad_pattern(struct ccm_run *run)
{
    ccm_exclusive(run, &(struct ccm_exclusive){.path = "/a", .pattern = "*/b"});
}

static void bad_shell(struct ccm_run *run)
{
    ccm_user(run, &(struct ccm_user){.name = "joe", .shell = "/bin/a:b"});
}

static void bad_user(struct ccm_run *run)
{
    ccm_user(run, &(struct ccm_user){.name = "0"});
}

static void bad_group(struct ccm_run *run)
{
    ccm_group(run, &(struct ccm_group){.name = "a b"});
}

static void bad_argv(struct ccm_run *run)
{
    ccm_command(run, &(struct ccm_command){.argv = CCM_LIST("true")});
}

static void no_argv(struct ccm_run *run)
{
    ccm_command(run, &(struct ccm_command){.argv = NULL});
}

static void bad_service(struct ccm_run *run)
{
    ccm_service(run, &(struct ccm_service){.name = "-x"});
}

static void no_path(struct ccm_run *run)
{
    fputs("goes nowhere", ccm_file(run, &(struct ccm_file){.mode = 0600}));
}

static void the_root(struct ccm_run *run)
{
    ccm_absent(run, &(struct ccm_absent){.path = "/"});
}

static const struct {
    void (*declare)(struct ccm_run *run);
    const char *says;
} wrong[] = {
    {bad_owner, "\"a:b\""},        {bad_mode, "mode 010000"},
    {bad_target, "target"},        {no_target, "target"},
    {bad_pattern, "\"*/b\""},      {bad_shell, "colon"},
    {bad_user, "digit"},           {bad_group, "\"a b\""},
    {bad_argv, "is not absolute"}, {no_argv, "0 arguments"},
    {bad_service, "\"-x\""},       {no_path, "without a path"},
    {the_root, "the root itself"},
};

static void wrong_declarations_fail_by_name(void **state)
{
    struct api_fixture *fixture = *state;
    size_t i;

    for (i = 0; i < ARRAY_SIZE(wrong); i++) {
        wrong[i].declare(&fixture->run);
        assert_int_equal(fixture->run.n_items, 0);
        fixture_expect_failure(fixture, wrong[i].says);
    }
}

static void an_error_names_the_object_it_is_about(void **state)
{
    struct api_fixture *fixture = *state;
    struct ccm_run *run = &fixture->run;
    const json_t *object = fixture_cron(fixture, 2);

    ccm_file(run, &(struct ccm_file){
                      .path = "/a", .owner = "a:b", .object = object});
    fixture_expect_failure(fixture, "object crons/2: /a: \"a:b\"");
    ccm_directory(run, &(struct ccm_directory){
                           .path = "/a", .mode = 010000, .object = object});
    fixture_expect_failure(fixture, "object crons/2: /a: mode 010000");
    ccm_symlink(run, &(struct ccm_symlink){.path = "/a", .object = object});
    fixture_expect_failure(fixture, "object crons/2: ");
    ccm_absent(run, &(struct ccm_absent){.path = "a", .object = object});
    fixture_expect_failure(fixture, "object crons/2: ");
    ccm_group(run, &(struct ccm_group){.name = "a b", .object = object});
    fixture_expect_failure(fixture, "object crons/2: ");
    ccm_user(run, &(struct ccm_user){.name = "0", .object = object});
    fixture_expect_failure(fixture, "object crons/2: ");
    ccm_command(run, &(struct ccm_command){.object = object});
    fixture_expect_failure(fixture, "object crons/2: ");
    ccm_fail(run, "something else");
    assert_string_equal(run->failure.text, "something else");
}

/* All that was declared, through a memory file, one line each. */
static char *encoded(struct ccm_run *run)
{
    int fd = memfd_create("test", MFD_CLOEXEC);
    struct buf text = BUF_INIT;
    uint64_t size = 0;
    size_t offset = 0;
    cleanup_free char *bytes = NULL;

    assert_int_equal(api_encode(run, fd, &size), 0);
    bytes = xmalloc(size);
    assert_int_equal(pread(fd, bytes, size, 0), size);
    close(fd);
    while (offset < size) {
        const char **list = NULL;
        struct change change = {0};

        assert_int_equal(wire_get(bytes, size, &offset, &change, &list, NULL),
                         0);
        buf_printf(&text, "%d %s %s\n", (int) change.kind,
                   change.path ? change.path : change.name,
                   change.object ? change.object : "-");
        free(list);
    }
    return buf_take(&text);
}

static void what_a_rejected_object_declared_is_kept(void **state)
{
    struct api_fixture *fixture = *state;
    struct ccm_run *run = &fixture->run;
    const json_t *bad = fixture_cron(fixture, 1),
                 *good = fixture_cron(fixture, 2);
    cleanup_free char *text = NULL;

    ccm_file(run, &(struct ccm_file){.path = "/a", .object = bad});
    ccm_file(run, &(struct ccm_file){.path = "/b", .object = good});
    ccm_user(run, &(struct ccm_user){.name = "joe", .object = bad});
    ccm_absent(run, &(struct ccm_absent){.path = "/c", .object = bad});
    ccm_file(run, &(struct ccm_file){.path = "/d",
                                     .object = json_array_get(
                                         ccm_array(run, bad, "list"), 0)});
    ccm_reject(run, bad, "late");
    text = encoded(run);
    assert_string_equal(text, "6 /a crons/1\n1 /b crons/2\n6 /c crons/1\n"
                              "6 /d crons/1\n");
}

static void ten_thousand_open_files_cost_little(void **state)
{
    struct api_fixture *fixture = *state;
    struct mallinfo2 before = mallinfo2(), after;
    int i;

    for (i = 0; i < 10000; i++)
        fprintf(ccm_file(&fixture->run,
                         &(struct ccm_file){
                             .path = ccm_path(&fixture->run, "/many/%d", i)}),
                "file %d\n", i);
    assert_false(fixture->run.failed);
    after = mallinfo2();
    assert_true(after.uordblks - before.uordblks < 12 * 1024 * 1024);
}

/* Which stream has the buffer must not be seen. */
static void streams_may_be_written_in_any_order(void **state)
{
    struct api_fixture *fixture = *state;
    struct ccm_run *run = &fixture->run;
    FILE *a = ccm_file(run, &(struct ccm_file){.path = "/a"}), *b;

    fputs("a1 ", a);
    b = ccm_file(run, &(struct ccm_file){.path = "/b"});
    fputs("b1 ", b);
    fputs("a2 ", a);
    setvbuf(a, NULL, _IOLBF, 64);
    fputs("b2 ", b);
    fputs("a3 ", a);
    assert_int_equal(fclose(b), 0);
    fputs("closed", ccm_file(run, &(struct ccm_file){.path = "/c"}));
    assert_int_equal(fclose(a), 0);
    api_end_stream(run);
    assert_string_equal(buf_text(&run->items[0].content->bytes), "a1 a2 a3 ");
    assert_string_equal(buf_text(&run->items[1].content->bytes), "b1 b2 ");
    assert_string_equal(buf_text(&run->items[2].content->bytes), "closed");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(older_structs_are_filled_newer_ones_checked),
        FIXTURE_TEST(wrong_declarations_fail_by_name),
        FIXTURE_TEST(an_error_names_the_object_it_is_about),
        FIXTURE_TEST(what_a_rejected_object_declared_is_kept),
        FIXTURE_TEST(ten_thousand_open_files_cost_little),
        FIXTURE_TEST(streams_may_be_written_in_any_order),
    };

    return cmocka_run_group_tests_name("api_declare", tests, NULL, NULL);
}
