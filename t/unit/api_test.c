/* SPDX-License-Identifier: ISC */
/* What modules are given and what they may declare. */
#include "unit.h"

#include "base/util.h"
#include "change/wire.h"
#include "files.h"
#include "host/api.h"

#include <errno.h>
#include <malloc.h>
#include <sys/mman.h>

struct place {
    char *dir;
    struct config config;
    struct objects *objects;
    json_t *settings;
    struct api_input input;
    struct ccm_run run;
};

static const char *const types[] = {"crons", "users", NULL};

static int place_open(void **state)
{
    static char *groups[] = {(char *) "nginx", (char *) "PHP", NULL};
    struct place *place = xcalloc(1, sizeof(*place));
    struct error err;

    place->dir = scratch_new();
    scratch_puts(place->dir, "crons.json",
                 "[{\"id\":1,\"name\":\"a\",\"n\":5,\"on\":true,\"user\":7,"
                 "\"list\":[{\"deep\":1}],\"map\":{\"k\":\"v\"},"
                 "\"none\":null,\"line\":\"a\\nb\",\"up\":\"..\"},"
                 "{\"id\":2,\"name\":\"b\",\"user\":99}]");
    scratch_puts(place->dir, "users.json", "[{\"id\":7,\"name\":\"joe\"}]");
    place->config.objects.kind = OBJECTS_DIRECTORY;
    place->config.objects.path = place->dir;
    if (objects_fetch(&place->config, types, 0, &place->objects, &err) < 0)
        fail_msg("%s", err.text);
    place->settings = json_pack("{s:s, s:{s:i}}", "spool", "/x", "sub", "n", 1);
    place->input =
        (struct api_input){"mine",         "web1", groups, place->settings,
                           place->objects, types,  false,  NULL};
    api_init(&place->run, &place->input);
    *state = place;
    return 0;
}

static int place_close(void **state)
{
    struct place *place = *state;

    api_done(&place->run);
    json_decref(place->settings);
    objects_free(place->objects);
    scratch_free(place->dir);
    free(place);
    return 0;
}

static const json_t *cron(struct place *place, int64_t id)
{
    return ccm_object(&place->run, "crons", id);
}

/* Why an object was rejected ("" if not), and forgets it. */
static char *reason(struct place *place)
{
    struct ccm_run *run = &place->run;
    const json_t *one = json_array_get(run->reasons, 0);
    char *why = xstrdup("");

    if (one) {
        free(why);
        why = xasprintf(
            "%s/%lld: %s", json_string_value(json_object_get(one, "type")),
            (long long) json_integer_value(json_object_get(one, "id")),
            json_string_value(json_object_get(one, "error")));
    }
    if (run->failed)
        fail_msg("%s", run->failure.text);
    api_done(run);
    api_init(run, &place->input);
    return why;
}

static void expect_reason(struct place *place, const char *wanted)
{
    cleanup_free char *why = reason(place);

    assert_string_equal(why, wanted);
}

static void expect_failure(struct place *place, const char *part)
{
    struct ccm_run *run = &place->run;

    if (!run->failed || !strstr(run->failure.text, part))
        fail_msg("\"%s\" lacks \"%s\"", run->failure.text, part);
    api_done(run);
    api_init(run, &place->input);
}

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
    const json_t *o = cron(place, 1);

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
    expect_reason(place, "");
}

static void a_bad_field_rejects_its_object(void **state)
{
    struct place *place = *state;
    struct ccm_run *run = &place->run;
    const json_t *o = cron(place, 1), *deep;

    assert_string_equal(ccm_string(run, o, "n"), "");
    assert_true(ccm_rejected(run, o));
    assert_false(ccm_rejected(run, cron(place, 2)));
    expect_reason(place, "crons/1: field \"n\" is an integer; a string is "
                         "wanted");
    assert_int_equal(ccm_integer(run, o, "gone"), 0);
    expect_reason(place, "crons/1: field \"gone\" is missing; an integer is "
                         "wanted");
    assert_int_equal(ccm_integer_or(run, o, "name", 3), 0);
    expect_reason(place, "crons/1: field \"name\" is a string; an integer is "
                         "wanted");
    assert_string_equal(ccm_line(run, o, "line"), "");
    expect_reason(place, "crons/1: field \"line\" has a control character");
    assert_string_equal(ccm_name(run, o, "up"), "");
    expect_reason(place, "crons/1: field \"up\" has a component \"..\"");
    deep = json_array_get(ccm_array(run, o, "list"), 0);
    ccm_string(run, deep, "deep");
    assert_true(ccm_rejected(run, deep));
    assert_true(ccm_rejected(run, o));
    expect_reason(place, "crons/1: field \"deep\" is an integer; a string is "
                         "wanted");
}

static void a_reference_to_nothing_rejects_once(void **state)
{
    struct place *place = *state;
    struct ccm_run *run = &place->run;
    const json_t *user = ccm_reference(run, cron(place, 2), "user", "users");

    assert_string_equal(ccm_name(run, user, "name"), "");
    assert_true(ccm_rejected(run, cron(place, 2)));
    assert_int_equal(json_array_size(run->reasons), 1);
    expect_reason(place, "crons/2: field \"user\" names users/99, which does "
                         "not exist");
}

static void what_is_not_an_object_fails_the_plan(void **state)
{
    struct place *place = *state;
    struct ccm_run *run = &place->run;
    json_auto_t *own = json_object();

    ccm_string(run, ccm_settings(run), "nothing");
    expect_failure(place, "setting \"nothing\" is missing; a string");
    ccm_string(run, ccm_map(run, ccm_settings(run), "sub"), "n");
    expect_failure(place, "field \"n\" of the settings is an integer");
    ccm_string(run, NULL, "name");
    expect_failure(place, "an object that is NULL");
    ccm_reject(run, own, "%s", "why");
    expect_failure(place, "no object of this run: why");
    assert_int_equal(json_array_size(ccm_objects(run, "secrets")), 0);
    expect_failure(place, "\"secrets\" without subscribing");
}

static void the_first_failure_counts(void **state)
{
    struct place *place = *state;
    struct ccm_run *run = &place->run;

    assert_int_equal(ccm_fail(run, "first %d", 1), -1);
    ccm_fail(run, "second");
    expect_failure(place, "first 1");
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
    expect_failure(place, "\"../root\" has a \"/\"");
    ccm_path(run, "/home/%s", "..");
    expect_failure(place, "\"..\"");
    ccm_path(run, "/home/%s", "");
    expect_failure(place, "is empty");
    ccm_path(run, "/home/%s", "a\nb");
    expect_failure(place, "control character");
    ccm_path(run, "relative/%s", "x");
    expect_failure(place, "is not absolute");
    ccm_path(run, "/a//%s", "x");
    expect_failure(place, "empty component");
    ccm_path(run, "/%5d", 3);
    expect_failure(place, "only %s, %d");
}

static void older_structs_are_filled_newer_ones_checked(void **state)
{
    struct place *place = *state;
    struct ccm_run *run = &place->run;
    struct {
        struct ccm_absent known;
        const char *tomorrow;
    } absent = {.known = {.path = "/a"}};

    assert_int_equal(ccm_absent_sized(run, &absent.known, sizeof(void *)), 0);
    assert_int_equal(ccm_absent_sized(run, &absent.known, sizeof(absent)), 0);
    absent.tomorrow = "x";
    assert_int_equal(ccm_absent_sized(run, &absent.known, sizeof(absent)), -1);
    expect_failure(place, "built for a newer one");
    assert_int_equal(ccm_absent_sized(run, &absent.known, 0), -1);
    expect_failure(place, "ccm_absent");
    assert_int_equal(ccm_absent_sized(run, NULL, sizeof(absent.known)), -1);
    expect_failure(place, "NULL");
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
    struct place *place = *state;
    size_t i;

    for (i = 0; i < ARRAY_SIZE(wrong); i++) {
        wrong[i].declare(&place->run);
        assert_int_equal(place->run.n_items, 0);
        expect_failure(place, wrong[i].says);
    }
}

static void an_error_names_the_object_it_is_about(void **state)
{
    struct place *place = *state;
    struct ccm_run *run = &place->run;
    const json_t *object = cron(place, 2);

    ccm_file(run, &(struct ccm_file){
                      .path = "/a", .owner = "a:b", .object = object});
    expect_failure(place, "object crons/2: /a: \"a:b\"");
    ccm_directory(run, &(struct ccm_directory){
                           .path = "/a", .mode = 010000, .object = object});
    expect_failure(place, "object crons/2: /a: mode 010000");
    ccm_symlink(run, &(struct ccm_symlink){.path = "/a", .object = object});
    expect_failure(place, "object crons/2: ");
    ccm_absent(run, &(struct ccm_absent){.path = "a", .object = object});
    expect_failure(place, "object crons/2: ");
    ccm_group(run, &(struct ccm_group){.name = "a b", .object = object});
    expect_failure(place, "object crons/2: ");
    ccm_user(run, &(struct ccm_user){.name = "0", .object = object});
    expect_failure(place, "object crons/2: ");
    ccm_command(run, &(struct ccm_command){.object = object});
    expect_failure(place, "object crons/2: ");
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
    struct place *place = *state;
    struct ccm_run *run = &place->run;
    const json_t *bad = cron(place, 1), *good = cron(place, 2);
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
    struct place *place = *state;
    struct mallinfo2 before = mallinfo2(), after;
    int i;

    for (i = 0; i < 10000; i++)
        fprintf(ccm_file(&place->run,
                         &(struct ccm_file){
                             .path = ccm_path(&place->run, "/many/%d", i)}),
                "file %d\n", i);
    assert_false(place->run.failed);
    after = mallinfo2();
    assert_true(after.uordblks - before.uordblks < 12 * 1024 * 1024);
}

/* Which stream has the buffer must not be seen. */
static void streams_may_be_written_in_any_order(void **state)
{
    struct place *place = *state;
    struct ccm_run *run = &place->run;
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

static void the_log_is_limited(void **state)
{
    struct place *place = *state;
    int i;

    for (i = 0; i < 10000; i++)
        ccm_log(&place->run, "line %d: %0100d", i, i);
    assert_true(place->run.log.size < API_LOG_MAX + 2048);
    assert_non_null(strstr(place->run.log.data, "left out"));
}

static void check_has_no_objects(void **state)
{
    struct place *place = *state;

    place->input.objects = NULL;
    api_done(&place->run);
    api_init(&place->run, &place->input);
    assert_int_equal(json_array_size(ccm_objects(&place->run, "crons")), 0);
    expect_failure(place, "in check()");
}

#define PLACED(test)                                                           \
    cmocka_unit_test_setup_teardown(test, place_open, place_close)

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
        PLACED(older_structs_are_filled_newer_ones_checked),
        PLACED(wrong_declarations_fail_by_name),
        PLACED(an_error_names_the_object_it_is_about),
        PLACED(what_a_rejected_object_declared_is_kept),
        PLACED(ten_thousand_open_files_cost_little),
        PLACED(streams_may_be_written_in_any_order),
        PLACED(the_log_is_limited),
        PLACED(check_has_no_objects),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
