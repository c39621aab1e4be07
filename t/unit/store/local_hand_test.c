/* SPDX-License-Identifier: ISC */
/* The store in a folder, and people who change its files by hand. */
#include "unit/unit.h"

#include "store_folder.h"

#include "base/alloc.h"
#include "base/util.h"
#include "store/local_folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static void a_touched_event_counts(void **state)
{
    struct folder *f = *state;
    cleanup_free char *path = folder_file(f, "events/crons");

    probe_watch(&f->probe, "events/", "events0", 0);
    probe_until(&f->probe, "opened");
    close(open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
    probe_until(&f->probe, "put events/crons= ");
    buf_clear(&f->probe.seen);
    assert_int_equal(utimensat(AT_FDCWD, path, NULL, 0), 0);
    probe_until(&f->probe, "put events/crons= ");
    probe_get(&f->probe, "events/crons");
    assert_int_equal(f->probe.create_revision, 2);
    assert_true(f->probe.mod_revision >= 3);
}

static void a_flag_made_and_removed_by_hand_counts(void **state)
{
    struct folder *f = *state;

    probe_watch(&f->probe, "flag", NULL, 0);
    probe_until(&f->probe, "opened");
    folder_write(f, "flag", "stop\n");
    probe_until(&f->probe, "put flag=stop\n ");
    folder_remove(f, "flag");
    probe_until(&f->probe, "del flag ");
    assert_string_equal(probe_get(&f->probe, "flag"), "");
}

static void its_own_writes_are_no_second_event(void **state)
{
    struct folder *f = *state;
    int i;

    probe_watch(&f->probe, "events/", "events0", 0);
    probe_until(&f->probe, "opened");
    for (i = 0; i < 3; i++)
        probe_put(&f->probe, "events/crons", "x");
    probe_delete(&f->probe, "events/crons");
    folder_write(f, "events/users", "y");
    probe_until(&f->probe, "put events/users=y ");
    assert_string_equal(buf_text(&f->probe.seen),
                        "opened put events/crons=x put events/crons=x "
                        "put events/crons=x del events/crons "
                        "put events/users=y ");
}

static void a_file_moved_into_place_counts(void **state)
{
    struct folder *f = *state;
    cleanup_free char *from = folder_file(f, "events/.draft");
    cleanup_free char *to = folder_file(f, "events/crons");

    probe_put(&f->probe, "events/crons", "x");
    probe_watch(&f->probe, "events/", "events0", 0);
    probe_until(&f->probe, "opened");
    folder_write(f, "events/.draft", "z");
    assert_int_equal(rename(from, to), 0);
    probe_until(&f->probe, "put events/crons=z ");
    assert_string_equal(buf_text(&f->probe.seen), "opened put events/crons=z ");
}

static void a_removed_events_folder_comes_back(void **state)
{
    struct folder *f = *state;
    cleanup_free char *events = folder_file(f, "events");

    probe_put(&f->probe, "events/crons", "x");
    probe_watch(&f->probe, "events/", "events0", 0);
    probe_until(&f->probe, "opened");
    folder_remove_tree(events);
    probe_until(&f->probe, "del events/crons ");
    while (access(events, F_OK) < 0)
        probe_step(&f->probe);
    folder_write(f, "events/users", "y");
    probe_until(&f->probe, "put events/users=y ");
}

static void odd_files_are_no_keys(void **state)
{
    struct folder *f = *state;
    cleanup_free char *fifo = folder_file(f, "events/fifo");
    cleanup_free char *link = folder_file(f, "events/link");
    cleanup_free char *folder = folder_file(f, "events/folder");

    probe_watch(&f->probe, "events/", "events0", 0);
    probe_until(&f->probe, "opened");
    assert_int_equal(mkfifo(fifo, 0600), 0);
    assert_int_equal(symlink("/etc/passwd", link), 0);
    assert_int_equal(mkdir(folder, 0755), 0);
    folder_write(f, "events/crons~", "x");
    folder_write(f, "events/.crons.swp", "x");
    folder_write(f, "events/a b", "x");
    folder_write(f, "events/crons", "x");
    probe_until(&f->probe, "put events/crons=x ");
    assert_string_equal(buf_text(&f->probe.seen), "opened put events/crons=x ");
    folder_restart(f);
    assert_string_equal(
        probe_below(&f->probe, "events/", &(struct txn_range){0}),
        "events/crons=x | ");
}

/* Any number of files may be made below events/; none of them is lost, but
 * not all of them are kept. */
static void of_too_many_events_the_rest_is_told_and_not_kept(void **state)
{
    static const struct txn_range count = {.keys_only = true, .limit = 1};
    struct folder *f = *state;
    int i;

    for (i = 0; i < LOCAL_KEYS_MAX + 10; i++) {
        char key[64];

        snprintf(key, sizeof(key), "events/e%d", i);
        folder_write(f, key, "");
    }
    folder_restart(f);
    probe_below(&f->probe, "events/", &count);
    assert_int_equal(f->probe.count, LOCAL_KEYS_MAX);
    probe_watch(&f->probe, "events/", "events0", 0);
    probe_until(&f->probe, "opened");
    folder_write(f, "events/one-more", "");
    probe_until(&f->probe, "put events/one-more= ");
    probe_below(&f->probe, "events/", &count);
    assert_int_equal(f->probe.count, LOCAL_KEYS_MAX);
}

static void a_large_event_is_one_without_its_value(void **state)
{
    struct folder *f = *state;
    char text[LOCAL_EVENT_VALUE_MAX + 2];

    memset(text, 'x', sizeof(text));
    text[sizeof(text) - 1] = '\0';
    folder_write(f, "events/crons", text);
    folder_restart(f);
    assert_string_equal(probe_get(&f->probe, "events/crons"), "");
    assert_true(f->probe.mod_revision > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FOLDER_TEST(a_touched_event_counts),
        FOLDER_TEST(a_flag_made_and_removed_by_hand_counts),
        FOLDER_TEST(its_own_writes_are_no_second_event),
        FOLDER_TEST(a_file_moved_into_place_counts),
        FOLDER_TEST(a_removed_events_folder_comes_back),
        FOLDER_TEST(odd_files_are_no_keys),
        FOLDER_TEST(of_too_many_events_the_rest_is_told_and_not_kept),
        FOLDER_TEST(a_large_event_is_one_without_its_value),
    };

    return cmocka_run_group_tests_name("store_hand", tests, NULL, NULL);
}
