/* SPDX-License-Identifier: ISC */
/* The wire form, what a declaration may say, and which ones exclude others. */
#include "unit/unit.h"

#include "unit/change/change_fixture.h"

#include "base/alloc.h"
#include "base/digest.h"
#include "base/util.h"
#include "plan/wire.h"

#include <errno.h>

static const struct change everything[] = {
    FILE_("/a", "x\0y", .size = 3, .object = "crons/17", .sensitive = true,
          .service = "cron"),
    FILE_("/empty", ""),
    DIR_("/d", 0755),
    LINK_("/l", "to"),
    ABSENT_("/gone"),
    EXCLUSIVE_("/d", "*.conf"),
    {.kind = CHANGE_KEEP, .path = "/kept"},
    {.kind = CHANGE_GROUP, .name = "g", .id = 5},
    {.kind = CHANGE_USER,
     .name = "u",
     .group = "g",
     .home = "/home/u",
     .shell = "/bin/sh",
     .comment = "A User",
     .password = "$6$x",
     .list = (const char *const[]){"a", "b", NULL}},
    COMMAND_("/bin/echo", "one", ""),
    {.kind = CHANGE_SERVICE, .name = "nginx", .restart = true, .any = true},
    {.kind = CHANGE_USER, .name = "v", .reset = true},
    {.kind = CHANGE_MEMBER, .name = "u", .group = "g", .absent = true},
    {.kind = CHANGE_TEST,
     .path = "/a",
     .timeout_s = 60,
     .list = (const char *const[]){"/bin/true", "{}", NULL}},
    {.kind = CHANGE_COMMAND,
     .timeout_s = 60,
     .input = "secret\n",
     .list = (const char *const[]){"/bin/cat", NULL},
     .probe = (const char *const[]){"/bin/true", "x", NULL},
     .env = (const char *const[]){"A=b", NULL}},
};

static void comes_out_as_it_went_in(void **state)
{
    cleanup_buf struct buf once = BUF_INIT, twice = BUF_INIT;
    size_t offset = 0, n = 0;

    (void) state;
    fixture_wire(&once, everything, ARRAY_SIZE(everything));
    for (; offset < once.size; n++) {
        struct change c;
        const char **list;

        assert_int_equal(
            wire_get(once.data, once.size, &offset, &c, &list, NULL), 0);
        assert_int_equal(c.kind, everything[n].kind);
        assert_int_equal(c.sensitive, everything[n].sensitive);
        assert_int_equal(c.reset, everything[n].reset);
        assert_int_equal(c.probe != NULL, everything[n].probe != NULL);
        if (c.probe) {
            assert_string_equal(c.probe[1], "x");
            assert_null(c.probe[2]);
            assert_string_equal(c.env[0], "A=b");
            assert_string_equal(c.list[0], "/bin/cat");
        }
        wire_put(&twice, &c);
        free(list);
    }
    assert_int_equal(n, ARRAY_SIZE(everything));
    assert_int_equal(once.size, twice.size);
    assert_memory_equal(once.data, twice.data, once.size);
}

static void every_cut_is_noticed(void **state)
{
    cleanup_buf struct buf bytes = BUF_INIT;
    size_t size;

    (void) state;
    fixture_wire(&bytes, &everything[8], 1);
    for (size = 1; size < bytes.size; size++) {
        cleanup_free char *cut = xmemdup(bytes.data, size);
        const char **list = NULL;
        size_t offset = 0;
        struct change c;

        assert_int_equal(wire_get(cut, size, &offset, &c, &list, NULL),
                         -EPROTO);
        assert_int_equal(offset, 0);
        assert_null(list);
    }
}

/* No crash, and no read outside (the sanitizers watch). */
static void garbage_is_refused_or_understood(void **state)
{
    cleanup_buf struct buf bytes = BUF_INIT;
    unsigned seed = 1;
    int round;

    (void) state;
    fixture_wire(&bytes, everything, ARRAY_SIZE(everything));
    for (round = 0; round < 20000; round++) {
        cleanup_free char *bad = xmemdup(bytes.data, bytes.size);
        struct plan *plan = plan_new();
        struct error err;
        int i;

        for (i = rand_r(&seed) % 4; i >= 0; i--)
            bad[(size_t) rand_r(&seed) % bytes.size] ^=
                (char) (1 << rand_r(&seed) % 8);
        if (plan_add(plan, "c", bad, bytes.size, &err) < 0)
            assert_int_equal(plan->n_changes + plan->n_configurations, 0);
        plan_free(plan);
    }
}

#define LONG_32 "abcdefghijklmnopqrstuvwxyzabcdef"

static const struct {
    struct change change;
    const char *why;
} bad[] = {
    {FILE_("etc/x", "x"), "is not absolute"},
    {FILE_("/etc/../x", "x"), "component \"..\""},
    {FILE_("/etc//x", "x"), "empty component"},
    {FILE_("/etc/x\n", "x"), "control character"},
    {FILE_("/", "x"), "path is \"/\""},
    {FILE_(NULL, "x"), "has no path"},
    {FILE_("/etc/.ccm.x", "x"), "reserved for ccm"},
    {FILE_("/x", NULL), "has no contents"},
    {FILE_("/x", "x", .mode = 010000), "mode 10000 is out of range"},
    {DIR_("/x", 0), "mode 0000 is out of range"},
    {FILE_("/x", "x", .owner = ""), "owner name is empty"},
    {FILE_("/x", "x", .owner = "a b"), "has a \" \""},
    {FILE_("/x", "x", .owner = "-a"), "has a \"-\""},
    {FILE_("/x", "x", .group = "4294967295"), "cannot be used"},
    {FILE_("/x", "x", .group = "65535"), "cannot be used"},
    {FILE_("/x", "x", .service = "a b"), "service name"},
    {FILE_("/x", "x", .service = "-x"), "service name"},
    {FILE_("/x", "x", .object = "a\nb"), "object's name"},
    {LINK_("/x", ""), "target is empty"},
    {LINK_("/x", "a\tb"), "target has a control"},
    {EXCLUSIVE_("/x", "a/b"), "pattern"},
    {EXCLUSIVE_("/x", NULL), "has no pattern"},
    {{.kind = CHANGE_GROUP, .name = "a:b"}, "has a \":\""},
    {{.kind = CHANGE_GROUP, .name = LONG_32 "x"}, "longer than 32"},
    {{.kind = CHANGE_GROUP, .name = "g", .id = 65535}, "cannot be used"},
    {{.kind = CHANGE_USER, .name = "u", .home = "x"}, "home: is not absolute"},
    {{.kind = CHANGE_USER, .name = "u", .home = "/a:b"}, "home has a colon"},
    {{.kind = CHANGE_USER, .name = "u", .shell = "/a\nb"}, "shell"},
    {{.kind = CHANGE_USER, .name = "u", .comment = "a:b"}, "comment has"},
    {{.kind = CHANGE_USER, .name = "u", .password = "a\nb"}, "password has"},
    {{.kind = CHANGE_USER,
      .name = "u",
      .list = (const char *const[]){"a,b", NULL}},
     "further group"},
    {COMMAND_("echo"), "is not absolute"},
    {{.kind = CHANGE_COMMAND, .timeout_s = 1}, "no argument vector"},
    {{.kind = CHANGE_COMMAND, .list = (const char *const[]){"/x", NULL}},
     "time limit of 0 s"},
    {{.kind = CHANGE_SERVICE, .name = ""}, "service name"},
};

static void a_declaration_that_cannot_be_is_named(void **state)
{
    struct error err;
    size_t i;

    (void) state;
    for (i = 0; i < ARRAY_SIZE(bad); i++) {
        struct fixture_plan plan = {0};

        err.text[0] = '\0';
        if (fixture_plan_add(&plan, "conf", &bad[i].change, 1, &err) !=
                -EINVAL ||
            !strstr(err.text, bad[i].why) || !strstr(err.text, "conf"))
            fail_msg("case %zu: \"%s\" in \"%s\"", i, bad[i].why, err.text);
        assert_int_equal(plan.plan->n_changes, 0);
        fixture_plan_done(&plan);
    }
}

static const struct {
    struct change first, second;
    int result;
} pairs[] = {
    {FILE_("/a", "x"), FILE_("/a", "x"), -EEXIST},
    {FILE_("/a", "x"), ABSENT_("/a"), -EEXIST},
    {FILE_("/a", "x"), DIR_("/a", 0755), -EEXIST},
    {FILE_("/a", "x"), FILE_("/a/b", "x"), -EEXIST},
    {FILE_("/a/b/c", "x"), FILE_("/a", "x"), -EEXIST},
    {FILE_("/a/b/c", "x"), LINK_("/a/b", "x"), -EEXIST},
    {FILE_("/a/b/c", "x"), ABSENT_("/a/b"), -EEXIST},
    {ABSENT_("/a/b"), ABSENT_("/a"), 0},
    {FILE_("/a/b", "x"), DIR_("/a", 0755), 0},
    {FILE_("/a", "x"), FILE_("/ab", "x"), 0},
    {EXCLUSIVE_("/a", "*"), EXCLUSIVE_("/a", "*"), -EEXIST},
    {EXCLUSIVE_("/a", "*.x"), EXCLUSIVE_("/a", "*.y"), 0},
    {EXCLUSIVE_("/a", "*"), DIR_("/a", 0755), 0},
    {{.kind = CHANGE_USER, .name = "u"},
     {.kind = CHANGE_USER, .name = "u"},
     -EEXIST},
    {{.kind = CHANGE_USER, .name = "u"},
     {.kind = CHANGE_GROUP, .name = "u"},
     0},
    {{.kind = CHANGE_USER, .name = "u", .id = 7},
     {.kind = CHANGE_USER, .name = "v", .id = 7},
     -EEXIST},
    {{.kind = CHANGE_USER, .name = "u", .id = 7},
     {.kind = CHANGE_GROUP, .name = "v", .id = 7},
     0},
    {COMMAND_("/x"), COMMAND_("/x"), 0},
};

static void two_that_exclude_each_other_are_both_named(void **state)
{
    struct error err;
    size_t i;

    (void) state;
    for (i = 0; i < ARRAY_SIZE(pairs); i++) {
        struct fixture_plan plan = {0};
        int r = fixture_plan_add(&plan, "one", &pairs[i].first, 1, &err);

        assert_int_equal(r, 0);
        r = fixture_plan_add(&plan, "two", &pairs[i].second, 1, &err);
        if (r != pairs[i].result)
            fail_msg("case %zu: %d", i, r);
        if (r < 0) {
            assert_non_null(strstr(err.text, "configuration one"));
            assert_non_null(strstr(err.text, "configuration two"));
            assert_int_equal(plan.plan->n_configurations, 1);
            assert_int_equal(plan.plan->n_changes, 1);
            r = fixture_plan_add(&plan, "three",
                                 &(struct change) FILE_("/z", ""), 1, &err);
            assert_int_equal(r, 0);
        }
        fixture_plan_done(&plan);
    }
}

static void a_refused_configuration_leaves_no_trace(void **state)
{
    const struct change two[] = {FILE_("/b/c", "x"), FILE_("/a", "x")};
    const struct change one = FILE_("/a", "x");
    struct fixture_plan plan = {0};
    struct error err;

    (void) state;
    assert_int_equal(fixture_plan_add(&plan, "one", &one, 1, &err), 0);
    assert_int_equal(fixture_plan_add(&plan, "two", two, 2, &err), -EEXIST);
    assert_null(plan_find_path(plan.plan, "/b/c"));
    assert_false(plan_needs_directory(plan.plan, "/b"));
    assert_non_null(plan_find_path(plan.plan, "/a"));
    assert_int_equal(fixture_plan_add(&plan, "two", two, 1, &err), 0);
    assert_non_null(plan_find_path(plan.plan, "/b/c"));
    assert_true(plan_needs_directory(plan.plan, "/b"));
    fixture_plan_done(&plan);
}

static void takes_a_hundred_thousand_changes(void **state)
{
    enum { N = 100000 };
    struct change *list = xcalloc(N, sizeof(*list));
    struct fixture_plan plan = {0};
    char digest[DIGEST_SIZE];
    struct error err;
    int i;

    (void) state;
    for (i = 0; i < N; i++)
        list[i] = (struct change) FILE_(xasprintf("/d%d/f%d", i % 100, i), "x");
    assert_int_equal(fixture_plan_add(&plan, "big", list, N, &err), 0);
    assert_int_equal(plan.plan->n_changes, N);
    assert_ptr_equal(plan_find_path(plan.plan, "/d99/f99999"),
                     &plan.plan->changes[N - 1]);
    digest_bytes(plan.bytes[0].data, plan.bytes[0].size, digest);
    assert_string_equal(plan.plan->configurations[0].digest, digest);
    fixture_plan_done(&plan);
    for (i = 0; i < N; i++)
        free((char *) list[i].path);
    free(list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comes_out_as_it_went_in),
        cmocka_unit_test(every_cut_is_noticed),
        cmocka_unit_test(garbage_is_refused_or_understood),
        cmocka_unit_test(a_declaration_that_cannot_be_is_named),
        cmocka_unit_test(two_that_exclude_each_other_are_both_named),
        cmocka_unit_test(a_refused_configuration_leaves_no_trace),
        cmocka_unit_test(takes_a_hundred_thousand_changes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
