/* SPDX-License-Identifier: ISC */
/* The store in a folder, and people who change its files by hand. */
#include "unit/unit.h"

#include "store_local_fixture.h"

#include "base/alloc.h"
#include "base/util.h"
#include "store/local_folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static void a_touched_event_counts(void **state)
{
    struct store_local_fixture *f = *state;
    cleanup_free char *path = fixture_file(f, "events/crons");

    driver_watch(&f->driver, "events/", "events0", 0);
    driver_until(&f->driver, "opened");
    close(open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
    driver_until(&f->driver, "put events/crons= ");
    buf_clear(&f->driver.seen);
    assert_int_equal(utimensat(AT_FDCWD, path, NULL, 0), 0);
    driver_until(&f->driver, "put events/crons= ");
    driver_get(&f->driver, "events/crons");
    assert_int_equal(f->driver.create_revision, 2);
    assert_true(f->driver.mod_revision >= 3);
}

static void a_flag_made_and_removed_by_hand_counts(void **state)
{
    struct store_local_fixture *f = *state;

    driver_watch(&f->driver, "flag", NULL, 0);
    driver_until(&f->driver, "opened");
    fixture_write(f, "flag", "stop\n");
    driver_until(&f->driver, "put flag=stop\n ");
    fixture_remove(f, "flag");
    driver_until(&f->driver, "del flag ");
    assert_string_equal(driver_get(&f->driver, "flag"), "");
}

static void its_own_writes_are_no_second_event(void **state)
{
    struct store_local_fixture *f = *state;
    int i;

    driver_watch(&f->driver, "events/", "events0", 0);
    driver_until(&f->driver, "opened");
    for (i = 0; i < 3; i++)
        driver_put(&f->driver, "events/crons", "x");
    driver_delete(&f->driver, "events/crons");
    fixture_write(f, "events/users", "y");
    driver_until(&f->driver, "put events/users=y ");
    assert_string_equal(buf_text(&f->driver.seen),
                        "opened put events/crons=x put events/crons=x "
                        "put events/crons=x del events/crons "
                        "put events/users=y ");
}

static void a_file_moved_into_place_counts(void **state)
{
    struct store_local_fixture *f = *state;
    cleanup_free char *from = fixture_file(f, "events/.draft");
    cleanup_free char *to = fixture_file(f, "events/crons");

    driver_put(&f->driver, "events/crons", "x");
    driver_watch(&f->driver, "events/", "events0", 0);
    driver_until(&f->driver, "opened");
    fixture_write(f, "events/.draft", "z");
    assert_int_equal(rename(from, to), 0);
    driver_until(&f->driver, "put events/crons=z ");
    assert_string_equal(buf_text(&f->driver.seen),
                        "opened put events/crons=z ");
}

static void a_removed_events_folder_comes_back(void **state)
{
    struct store_local_fixture *f = *state;
    cleanup_free char *events = fixture_file(f, "events");

    driver_put(&f->driver, "events/crons", "x");
    driver_watch(&f->driver, "events/", "events0", 0);
    driver_until(&f->driver, "opened");
    fixture_remove_tree(events);
    driver_until(&f->driver, "del events/crons ");
    while (access(events, F_OK) < 0)
        driver_step(&f->driver);
    fixture_write(f, "events/users", "y");
    driver_until(&f->driver, "put events/users=y ");
}

static void odd_files_are_no_keys(void **state)
{
    struct store_local_fixture *f = *state;
    cleanup_free char *fifo = fixture_file(f, "events/fifo");
    cleanup_free char *link = fixture_file(f, "events/link");
    cleanup_free char *folder = fixture_file(f, "events/folder");

    driver_watch(&f->driver, "events/", "events0", 0);
    driver_until(&f->driver, "opened");
    assert_int_equal(mkfifo(fifo, 0600), 0);
    assert_int_equal(symlink("/etc/passwd", link), 0);
    assert_int_equal(mkdir(folder, 0755), 0);
    fixture_write(f, "events/crons~", "x");
    fixture_write(f, "events/.crons.swp", "x");
    fixture_write(f, "events/a b", "x");
    fixture_write(f, "events/crons", "x");
    driver_until(&f->driver, "put events/crons=x ");
    assert_string_equal(buf_text(&f->driver.seen),
                        "opened put events/crons=x ");
    fixture_restart(f);
    assert_string_equal(
        driver_below(&f->driver, "events/", &(struct txn_range){0}),
        "events/crons=x | ");
}

/* Any number of files may be made below events/; none of them is lost, but
 * not all of them are kept. */
static void of_too_many_events_the_rest_is_told_and_not_kept(void **state)
{
    static const struct txn_range count = {.keys_only = true, .limit = 1};
    struct store_local_fixture *f = *state;
    int i;

    for (i = 0; i < LOCAL_KEYS_MAX + 10; i++) {
        char key[64];

        snprintf(key, sizeof(key), "events/e%d", i);
        fixture_write(f, key, "");
    }
    fixture_restart(f);
    driver_below(&f->driver, "events/", &count);
    assert_int_equal(f->driver.count, LOCAL_KEYS_MAX);
    driver_watch(&f->driver, "events/", "events0", 0);
    driver_until(&f->driver, "opened");
    fixture_write(f, "events/one-more", "");
    driver_until(&f->driver, "put events/one-more= ");
    driver_below(&f->driver, "events/", &count);
    assert_int_equal(f->driver.count, LOCAL_KEYS_MAX);
}

static void a_large_event_is_one_without_its_value(void **state)
{
    struct store_local_fixture *f = *state;
    char text[LOCAL_EVENT_VALUE_MAX + 2];

    memset(text, 'x', sizeof(text));
    text[sizeof(text) - 1] = '\0';
    fixture_write(f, "events/crons", text);
    fixture_restart(f);
    assert_string_equal(driver_get(&f->driver, "events/crons"), "");
    assert_true(f->driver.mod_revision > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        LOCAL_TEST(a_touched_event_counts),
        LOCAL_TEST(a_flag_made_and_removed_by_hand_counts),
        LOCAL_TEST(its_own_writes_are_no_second_event),
        LOCAL_TEST(a_file_moved_into_place_counts),
        LOCAL_TEST(a_removed_events_folder_comes_back),
        LOCAL_TEST(odd_files_are_no_keys),
        LOCAL_TEST(of_too_many_events_the_rest_is_told_and_not_kept),
        LOCAL_TEST(a_large_event_is_one_without_its_value),
    };

    return cmocka_run_group_tests_name("store_hand", tests, NULL, NULL);
}
