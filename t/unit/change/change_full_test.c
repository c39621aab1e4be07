/* SPDX-License-Identifier: ISC */
/* A file system that is full, one that is read-only, and a mount in the
 * middle of the tree. In a mount namespace of its own. */
#include "unit/unit.h"

#include "change_fixture.h"

#include "base/alloc.h"
#include "base/util.h"

#include <errno.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>

enum { BIG = 200 * 1024, SMALL = 64 };

static void mount_tmpfs(const char *path, const char *options)
{
    if (mount("tmpfs", path, "tmpfs", 0, options) < 0)
        fail_msg("mount %s: %s", path, strerror(errno));
}

/* A fixture whose root, or whose state directory, is small. */
static void open_small(struct change_fixture *fixture, bool state)
{
    fixture_open(fixture);
    if (state) {
        assert_int_equal(mkdir(fixture->state, 0700), 0);
        mount_tmpfs(fixture->state, "size=64k,mode=0700");
        return;
    }
    mount_tmpfs(fixture->root, "size=256k,mode=0755");
    fixture_mkdir(fixture, "/etc", 0755);
    fixture_write(fixture, "/etc/a", "old", 0644);
}

static void close_small(struct change_fixture *fixture, bool state)
{
    assert_int_equal(umount(state ? fixture->state : fixture->root), 0);
    fixture_done(fixture);
}

static void a_full_file_system_stays_as_it_was(void **state)
{
    cleanup_free char *before = NULL, *after = NULL, *big = xcalloc(1, BIG + 1);
    struct change_fixture fixture;
    struct fixture_result result;

    (void) state;
    memset(big, 'x', BIG);
    open_small(&fixture, false);
    before = fixture_picture(fixture.root);
    {
        const struct change changes[] = {
            FILE_("/etc/a", "new"),
            DIR_("/etc/d", 0755),
            FILE_("/etc/d/1", big),
            FILE_("/etc/d/2", big),
        };

        assert_int_equal(fixture_apply(&fixture, changes, 4, &result), -ENOSPC);
    }
    assert_string_equal(result.failure.step, "stage");
    assert_true(result.failure.rolled_back);
    assert_non_null(strstr(result.err.text, "/etc/d/2"));
    after = fixture_picture(fixture.root);
    assert_string_equal(before, after);
    close_small(&fixture, false);
}

/* The journal does not fit: nothing may be done without one. */
static void a_full_state_directory_stops_a_run_before_it_begins(void **state)
{
    cleanup_free char *before = NULL, *after = NULL;
    struct change *changes = xcalloc(2000, sizeof(*changes));
    struct change_fixture fixture;
    struct fixture_result result;
    size_t i;

    (void) state;
    open_small(&fixture, true);
    before = fixture_picture(fixture.root);
    for (i = 0; i < 2000; i++)
        changes[i] = (struct change) FILE_(xasprintf("/etc/%zu", i), "x");
    assert_int_equal(fixture_apply(&fixture, changes, 2000, &result), -ENOSPC);
    assert_true(result.failure.rolled_back);
    assert_non_null(strstr(result.err.text, "journal"));
    after = fixture_picture(fixture.root);
    assert_string_equal(before, after);
    for (i = 0; i < 2000; i++)
        free((char *) changes[i].path);
    free(changes);
    close_small(&fixture, true);
}

static void a_read_only_file_system_is_named(void **state)
{
    const struct change change = FILE_("/etc/a", "new");
    struct change_fixture fixture;
    struct fixture_result result;

    (void) state;
    open_small(&fixture, false);
    assert_int_equal(mount("", fixture.root, "", MS_REMOUNT | MS_RDONLY, ""),
                     0);
    assert_int_equal(fixture_compare(&fixture, &change, 1, &result), -EROFS);
    assert_non_null(strstr(result.err.text, "/etc/a"));
    assert_int_equal(fixture_apply(&fixture, &change, 1, &result), -EROFS);
    assert_non_null(strstr(result.err.text, "/etc/a"));
    close_small(&fixture, false);
}

/* What belongs to a customer is staged in a trusted directory, but never on
 * another mount. */
static void a_home_on_a_mount_of_its_own_works(void **state)
{
    const struct change changes[] = {
        FILE_("/home/alice/f", "new", .owner = "alice"),
        DIR_("/home/alice/d", 0700, .owner = "alice"),
        FILE_("/home/alice/d/g", "g", .owner = "alice"),
        ABSENT_("/home/alice/old"),
    };
    cleanup_free char *home = NULL, *picture = NULL;
    struct change_fixture fixture;
    struct fixture_result result;

    (void) state;
    fixture_open(&fixture);
    fixture_mkdir(&fixture, "/home", 0755);
    fixture_mkdir(&fixture, "/home/alice", 0755);
    home = xasprintf("%s/home/alice", fixture.root);
    mount_tmpfs(home, "size=1m,mode=0755,uid=4001");
    fixture_write(&fixture, "/home/alice/f", "old", 0644);
    fixture_write(&fixture, "/home/alice/old", "old", 0644);
    if (fixture_apply(&fixture, changes, 4, &result) < 0)
        fail_msg("%s", result.err.text);
    assert_int_equal(result.summary.changes, 4);
    picture = fixture_picture(home);
    assert_string_equal(picture, "/d 040700 4001:0\n"
                                 "/d/g 100644 4001:0 \"g\"\n"
                                 "/f 100644 4001:0 \"new\"\n");
    assert_int_equal(umount(home), 0);
    fixture_done(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_full_file_system_stays_as_it_was),
        cmocka_unit_test(a_full_state_directory_stops_a_run_before_it_begins),
        cmocka_unit_test(a_read_only_file_system_is_named),
        cmocka_unit_test(a_home_on_a_mount_of_its_own_works),
    };

    if (unshare(CLONE_NEWNS) < 0 ||
        mount("", "/", "", MS_REC | MS_PRIVATE, NULL) < 0) {
        printf("1..0 # SKIP needs to mount: %s\n", strerror(errno));
        return 0;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
