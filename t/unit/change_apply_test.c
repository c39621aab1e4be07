/* SPDX-License-Identifier: ISC */
/* Comparing and applying each kind of change, and rolling back. */
#include "unit.h"

#include "change_world.h"

#include "base/util.h"

#include <errno.h>
#include <sys/stat.h>

/* Applies; on a refusal says why. */
static void apply_ok(struct world *world, const struct change *changes,
                     size_t n, size_t expected)
{
    struct world_result result;
    int r = world_compare(world, changes, n, &result);

    if (r == 0) {
        assert_int_equal(result.summary.changes, expected);
        r = world_apply(world, changes, n, &result);
    }
    if (r < 0)
        fail_msg("%s: %s", result.failure.step, result.err.text);
    assert_int_equal(result.summary.changes, expected);
    assert_int_equal(world_compare(world, changes, n, &result), 0);
    assert_int_equal(result.summary.changes, 0);
}

#define APPLY_OK(world, expected, ...)                                         \
    do {                                                                       \
        const struct change changes_[] = {__VA_ARGS__};                        \
        apply_ok(world, changes_, ARRAY_SIZE(changes_), expected);             \
    } while (0)

static int apply_try(struct world *world, struct world_result *result,
                     const struct change *changes, size_t n)
{
    return world_apply(world, changes, n, result);
}

#define APPLY(world, result, ...)                                              \
    __extension__({                                                            \
        const struct change changes_[] = {__VA_ARGS__};                        \
        apply_try(world, result, changes_, ARRAY_SIZE(changes_));              \
    })

static void assert_file(const struct world *world, const char *path,
                        const char *content)
{
    cleanup_free char *text = world_read(world, path);

    assert_string_equal(text, content);
}

static struct world *world_of(void **state)
{
    return *state;
}

static int setup(void **state)
{
    static struct world world;

    world_open(&world);
    *state = &world;
    return 0;
}

static int teardown(void **state)
{
    world_done(*state);
    return 0;
}

static void makes_a_file_and_then_finds_nothing_to_do(void **state)
{
    struct world *w = world_of(state);

    APPLY_OK(w, 1, FILE_("/etc/motd", "hello\n"));
    assert_file(w, "/etc/motd", "hello\n");
    APPLY_OK(w, 1, FILE_("/etc/motd", "hallo\n"));
    assert_file(w, "/etc/motd", "hallo\n");
    APPLY_OK(w, 1, FILE_("/etc/motd", "hallo\n", .mode = 0600));
    APPLY_OK(w, 0, FILE_("/etc/motd", "hallo\n", .mode = 0600));
    assert_false(world_exists(w, "/../state/journal"));
}

static void makes_directories_with_what_is_in_them(void **state)
{
    struct world *w = world_of(state);

    APPLY_OK(w, 5, DIR_("/srv", 0755), DIR_("/srv/a", 0750, .owner = "alice"),
             FILE_("/srv/a/f", "x", .owner = "alice", .group = "alice"),
             DIR_("/srv/a/b", 0700), LINK_("/srv/a/b/l", "../f"));
    assert_file(w, "/srv/a/b/l", "x");
}

static void removes_what_shall_not_be_there(void **state)
{
    struct world *w = world_of(state);

    world_mkdir(w, "/d", 0755);
    world_mkdir(w, "/d/e", 0755);
    world_write(w, "/d/e/f", "x", 0644);
    APPLY_OK(w, 3, ABSENT_("/d/e/f"), ABSENT_("/d/e"), ABSENT_("/d"));
    assert_false(world_exists(w, "/d"));
}

static void an_exclusive_directory_holds_only_what_is_declared(void **state)
{
    struct world *w = world_of(state);

    world_mkdir(w, "/pool", 0755);
    world_mkdir(w, "/pool/sub.conf", 0755);
    world_write(w, "/pool/b.conf", "old", 0644);
    world_write(w, "/pool/a.conf", "old", 0644);
    world_write(w, "/pool/readme", "stays", 0644);
    world_write(w, "/pool/kept.conf", "stays", 0644);
    APPLY_OK(w, 3, FILE_("/pool/c.conf", "new"),
             {.kind = CHANGE_KEEP, .path = "/pool/kept.conf"},
             EXCLUSIVE_("/pool", "*.conf"));
    assert_false(world_exists(w, "/pool/a.conf"));
    assert_false(world_exists(w, "/pool/b.conf"));
    assert_true(world_exists(w, "/pool/sub.conf"));
    assert_true(world_exists(w, "/pool/readme"));
    assert_true(world_exists(w, "/pool/kept.conf"));
}

static void a_failed_command_puts_everything_back(void **state)
{
    struct world *w = world_of(state);
    cleanup_free char *before = NULL, *after = NULL;
    struct world_result result;

    world_write(w, "/etc/old", "old", 0640);
    world_write(w, "/etc/gone", "gone", 0600);
    before = world_picture(w->root);
    assert_int_equal(APPLY(w, &result, FILE_("/etc/old", "new"),
                           DIR_("/etc/dir", 0755), FILE_("/etc/dir/f", "f"),
                           DIR_("/etc", 0711), ABSENT_("/etc/gone"),
                           COMMAND_("/bin/sh", "-c", "echo broken; exit 3")),
                     -EIO);
    after = world_picture(w->root);
    assert_string_equal(before, after);
    assert_true(result.failure.rolled_back);
    assert_string_equal(result.failure.step, "commit");
    assert_string_equal(result.failure.configuration, "conf");
    assert_non_null(strstr(result.err.text, "broken"));
    assert_non_null(strstr(result.err.text, "cannot be undone"));
    assert_false(world_exists(w, "/../state/journal"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            makes_a_file_and_then_finds_nothing_to_do, setup, teardown),
        cmocka_unit_test_setup_teardown(makes_directories_with_what_is_in_them,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(removes_what_shall_not_be_there, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(
            an_exclusive_directory_holds_only_what_is_declared, setup,
            teardown),
        cmocka_unit_test_setup_teardown(a_failed_command_puts_everything_back,
                                        setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
