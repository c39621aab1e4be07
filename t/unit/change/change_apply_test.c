/* SPDX-License-Identifier: ISC */
/* Comparing and applying each kind of change. */
#include "unit/unit.h"

#include "change_fixture.h"

#include "base/alloc.h"
#include "base/util.h"

#include <errno.h>
#include <sys/mount.h>
#include <sys/stat.h>

/* Applies; on a refusal says why. */
static void apply_ok(struct change_fixture *fixture,
                     const struct change *changes, size_t n, size_t expected)
{
    struct fixture_result result;
    int r = fixture_compare(fixture, changes, n, &result);

    if (r == 0) {
        assert_int_equal(result.summary.changes, expected);
        r = fixture_apply(fixture, changes, n, &result);
    }
    if (r < 0)
        fail_msg("%s: %s", result.failure.step, result.err.text);
    assert_int_equal(result.summary.changes, expected);
    assert_int_equal(fixture_compare(fixture, changes, n, &result), 0);
    assert_int_equal(result.summary.changes, 0);
}

#define APPLY_OK(fixture, expected, ...)                                       \
    do {                                                                       \
        const struct change changes_[] = {__VA_ARGS__};                        \
        apply_ok(fixture, changes_, ARRAY_SIZE(changes_), expected);           \
    } while (0)

static void assert_file(const struct change_fixture *fixture, const char *path,
                        const char *content)
{
    cleanup_free char *text = fixture_read(fixture, path);

    assert_string_equal(text, content);
}

static void makes_a_file_and_then_finds_nothing_to_do(void **state)
{
    struct change_fixture *w = *state;

    APPLY_OK(w, 1, FILE_("/etc/motd", "hello\n"));
    assert_file(w, "/etc/motd", "hello\n");
    APPLY_OK(w, 1, FILE_("/etc/motd", "hallo\n"));
    assert_file(w, "/etc/motd", "hallo\n");
    APPLY_OK(w, 1, FILE_("/etc/motd", "hallo\n", .mode = 0600));
    APPLY_OK(w, 0, FILE_("/etc/motd", "hallo\n", .mode = 0600));
    assert_false(fixture_exists(w, "/../state/journal"));
}

static void makes_directories_with_what_is_in_them(void **state)
{
    struct change_fixture *w = *state;

    APPLY_OK(w, 5, DIR_("/srv", 0755), DIR_("/srv/a", 0750, .owner = "alice"),
             FILE_("/srv/a/f", "x", .owner = "alice", .group = "alice"),
             DIR_("/srv/a/b", 0700), LINK_("/srv/a/b/l", "../f"));
    assert_file(w, "/srv/a/b/l", "x");
}

static void removes_what_shall_not_be_there(void **state)
{
    struct change_fixture *w = *state;

    fixture_mkdir(w, "/d", 0755);
    fixture_mkdir(w, "/d/e", 0755);
    fixture_write(w, "/d/e/f", "x", 0644);
    APPLY_OK(w, 3, ABSENT_("/d/e/f"), ABSENT_("/d/e"), ABSENT_("/d"));
    assert_false(fixture_exists(w, "/d"));
}

static void an_exclusive_directory_holds_only_what_is_declared(void **state)
{
    struct change_fixture *w = *state;

    fixture_mkdir(w, "/pool", 0755);
    fixture_mkdir(w, "/pool/sub.conf", 0755);
    fixture_write(w, "/pool/b.conf", "old", 0644);
    fixture_write(w, "/pool/a.conf", "old", 0644);
    fixture_write(w, "/pool/readme", "stays", 0644);
    fixture_write(w, "/pool/kept.conf", "stays", 0644);
    APPLY_OK(w, 3, FILE_("/pool/c.conf", "new"),
             {.kind = CHANGE_KEEP, .path = "/pool/kept.conf"},
             EXCLUSIVE_("/pool", "*.conf"));
    assert_false(fixture_exists(w, "/pool/a.conf"));
    assert_false(fixture_exists(w, "/pool/b.conf"));
    assert_true(fixture_exists(w, "/pool/sub.conf"));
    assert_true(fixture_exists(w, "/pool/readme"));
    assert_true(fixture_exists(w, "/pool/kept.conf"));
}

static char *path_in(const struct change_fixture *fixture, const char *path)
{
    return xasprintf("%s%s", fixture->root, path);
}

static void make_link(const struct change_fixture *fixture, const char *target,
                      const char *path)
{
    cleanup_free char *full = path_in(fixture, path);

    assert_int_equal(symlink(target, full), 0);
}

static void make_node(const struct change_fixture *fixture, const char *path,
                      mode_t mode, dev_t device)
{
    cleanup_free char *full = path_in(fixture, path);

    assert_int_equal(mknod(full, mode, device), 0);
}

static void give(const struct change_fixture *fixture, const char *path,
                 uid_t uid)
{
    cleanup_free char *full = path_in(fixture, path);

    assert_int_equal(lchown(full, uid, uid), 0);
}

static void what_stands_in_the_way_is_replaced(void **state)
{
    struct change_fixture *w = *state;

    make_link(w, "/etc/passwd", "/link");
    make_node(w, "/fifo", S_IFIFO | 0666, 0);
    make_node(w, "/socket", S_IFSOCK | 0666, 0);
    fixture_mkdir(w, "/emptydir", 0755);
    fixture_write(w, "/file", "x", 0644);
    fixture_write(w, "/file2", "x", 0644);
    make_link(w, "/nowhere", "/dirlink");
    APPLY_OK(w, 7, FILE_("/link", "1"), FILE_("/fifo", "2"),
             FILE_("/socket", "3"), FILE_("/emptydir", "4"),
             LINK_("/file", "t"), DIR_("/file2", 0755), DIR_("/dirlink", 0755));
    assert_file(w, "/link", "1");
    assert_file(w, "/emptydir", "4");
    assert_file(w, "/etc/passwd",
                "root:x:0:0::/root:/bin/sh\nalice:x:4001:4001::/:/bin/sh\n");
}

/* Each fails, names configuration and object, and changes nothing. */
static void refuse(struct change_fixture *fixture, const struct change *change,
                   const char *why)
{
    cleanup_free char *before = fixture_picture(fixture->root), *after = NULL;
    struct fixture_result result;

    assert_true(fixture_apply(fixture, change, 1, &result) < 0);
    assert_string_equal(result.failure.step, "compare");
    assert_string_equal(result.failure.configuration, "conf");
    if (!strstr(result.err.text, why) || !strstr(result.err.text, "crons/7") ||
        !strstr(result.err.text, "configuration conf"))
        fail_msg("\"%s\" in \"%s\"", why, result.err.text);
    after = fixture_picture(fixture->root);
    assert_string_equal(before, after);
}

#define REFUSE(fixture, why, ...)                                              \
    do {                                                                       \
        const struct change change_ = __VA_ARGS__;                             \
        refuse(fixture, &change_, why);                                        \
    } while (0)

static void what_cannot_be_is_refused_before_anything_changes(void **state)
{
    struct change_fixture *w = *state;

    fixture_mkdir(w, "/full", 0755);
    fixture_write(w, "/full/x", "x", 0644);
    fixture_write(w, "/file", "x", 0644);
    make_node(w, "/null", S_IFCHR | 0666, 0x103);
    REFUSE(w, "not empty", FILE_("/full", "x", .object = "crons/7"));
    REFUSE(w, "not empty", LINK_("/full", "x", .object = "crons/7"));
    REFUSE(w, "not empty", ABSENT_("/full", .object = "crons/7"));
    REFUSE(w, "device", FILE_("/null", "x", .object = "crons/7"));
    REFUSE(w, "does not exist", FILE_("/no/f", "x", .object = "crons/7"));
    REFUSE(w, "Not a directory", FILE_("/file/f", "x", .object = "crons/7"));
    REFUSE(w, "no user carol",
           FILE_("/f", "x", .owner = "carol", .object = "crons/7"));
    REFUSE(w, "no group staffers",
           DIR_("/d", 0755, .group = "staffers", .object = "crons/7"));
}

/* A single file that is mounted cannot be exchanged: the plan says so. */
static void a_mount_point_is_refused_by_name(void **state)
{
    struct change_fixture *w = *state;
    const struct change file[] = {FILE_("/etc/motd", "new")};
    const struct change same[] = {FILE_("/etc/motd", "old")};
    const struct change gone[] = {ABSENT_("/etc/motd")};
    cleanup_free char *from = path_in(w, "/from");
    cleanup_free char *to = path_in(w, "/etc/motd");
    struct fixture_result result;

    fixture_write(w, "/from", "old", 0644);
    fixture_write(w, "/etc/motd", "x", 0644);
    if (mount(from, to, NULL, MS_BIND, NULL) < 0)
        skip();
    assert_int_equal(fixture_compare(w, same, 1, &result), 0);
    assert_int_equal(fixture_compare(w, file, 1, &result), -EBUSY);
    assert_non_null(strstr(result.err.text, "/etc/motd"));
    assert_non_null(strstr(result.err.text, "mount point"));
    assert_int_equal(fixture_compare(w, gone, 1, &result), -EBUSY);
    assert_string_equal(result.failure.step, "compare");
    assert_int_equal(umount2(to, MNT_DETACH), 0);
}

static void a_system_symlink_is_followed_a_customers_is_not(void **state)
{
    struct change_fixture *w = *state;
    const struct change escape =
        FILE_("/home/alice/www/f", "x", .object = "crons/7");

    fixture_mkdir(w, "/run", 0755);
    fixture_mkdir(w, "/var", 0755);
    fixture_mkdir(w, "/home", 0755);
    fixture_mkdir(w, "/home/alice", 0755);
    make_link(w, "/run", "/var/run");
    make_link(w, "../run", "/var/lock");
    make_link(w, "../../../../../run", "/var/above");
    give(w, "/home/alice", 4001);
    APPLY_OK(w, 4, FILE_("/var/run/a", "a"), FILE_("/var/lock/b", "b"),
             FILE_("/var/above/c", "c"), DIR_("/var/run", 0711));
    assert_file(w, "/run/a", "a");
    assert_file(w, "/run/b", "b");
    assert_file(w, "/run/c", "c");
    make_link(w, "/run", "/home/alice/www");
    refuse(w, &escape, "Not a directory");
    give(w, "/home/alice/www", 4001);
    refuse(w, &escape, "Not a directory");
}

static void a_link_loop_ends(void **state)
{
    struct change_fixture *w = *state;

    make_link(w, "/b", "/a");
    make_link(w, "/a", "/b");
    REFUSE(w, "symbolic links", FILE_("/a/f", "x", .object = "crons/7"));
}

static void an_owner_may_be_made_by_the_same_plan(void **state)
{
    struct change_fixture *w = *state;
    cleanup_free char *picture = NULL;

    APPLY_OK(w, 6, {.kind = CHANGE_GROUP, .name = "web"},
             {.kind = CHANGE_USER, .name = "bob", .id = 4005, .group = "web"},
             DIR_("/home", 0755),
             DIR_("/home/bob", 0700, .owner = "bob", .group = "web"),
             FILE_("/home/bob/f", "x", .owner = "bob", .group = "web"),
             FILE_("/byid", "x", .owner = "bob"));
    picture = fixture_picture(w->root);
    assert_non_null(strstr(picture, "/home/bob 040700 4005:"));
    assert_non_null(strstr(picture, "/home/bob/f 100644 4005:"));
    assert_non_null(strstr(picture, "/byid 100644 4005:0"));
}

static void setuid_and_sticky_bits_are_kept(void **state)
{
    struct change_fixture *w = *state;

    APPLY_OK(w, 3, FILE_("/f", "x", .mode = 06755, .owner = "alice"),
             DIR_("/d", 03777, .group = "alice"),
             FILE_("/g", "x", .mode = 0111, .owner = "4242"));
}

static void sensitive_contents_are_not_shown(void **state)
{
    struct change_fixture *w = *state;
    struct change c = FILE_("/key", "verysecret", .sensitive = true);
    cleanup_free char *command = NULL;
    struct fixture_result result;
    FILE *found;
    char line[8] = "";

    assert_int_equal(fixture_apply(w, &c, 1, &result), 0);
    c.content = "othersecret";
    assert_int_equal(fixture_apply(w, &c, 1, &result), 0);
    command = xasprintf("grep -rl secret %s", w->state);
    found = popen(command, "r");
    assert_null(fgets(line, sizeof(line), found));
    pclose(found);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            makes_a_file_and_then_finds_nothing_to_do, fixture_setup,
            fixture_teardown),
        cmocka_unit_test_setup_teardown(makes_directories_with_what_is_in_them,
                                        fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(removes_what_shall_not_be_there,
                                        fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(
            an_exclusive_directory_holds_only_what_is_declared, fixture_setup,
            fixture_teardown),
        cmocka_unit_test_setup_teardown(what_stands_in_the_way_is_replaced,
                                        fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(
            what_cannot_be_is_refused_before_anything_changes, fixture_setup,
            fixture_teardown),
        cmocka_unit_test_setup_teardown(a_mount_point_is_refused_by_name,
                                        fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(
            a_system_symlink_is_followed_a_customers_is_not, fixture_setup,
            fixture_teardown),
        cmocka_unit_test_setup_teardown(a_link_loop_ends, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(an_owner_may_be_made_by_the_same_plan,
                                        fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(setuid_and_sticky_bits_are_kept,
                                        fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(sensitive_contents_are_not_shown,
                                        fixture_setup, fixture_teardown),
    };

    if (geteuid() != 0) {
        printf("1..0 # SKIP needs root\n");
        return 0;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
