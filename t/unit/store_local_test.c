/* SPDX-License-Identifier: ISC */
/* The store in a folder: etcd's semantics, and what people do by hand. */
#include "store_cases.h"
#include "store_probe.h"

#include "base/alloc.h"
#include "base/io.h"
#include "base/util.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>

struct fixture {
    struct probe probe;
    struct config config;
    char path[64];
};

static int setup(void **state)
{
    struct fixture *f = test_calloc(1, sizeof(*f));

    strcpy(f->path, "/tmp/ccm-store-XXXXXX");
    if (!mkdtemp(f->path))
        return -1;
    f->config.store.kind = STORE_LOCAL;
    f->config.store.path = xasprintf("%s/store", f->path);
    probe_init(&f->probe, &f->config);
    *state = f;
    return 0;
}

static int remove_one(const char *path, const struct stat *st, int type,
                      struct FTW *ftw)
{
    (void) st;
    (void) type;
    (void) ftw;
    return remove(path);
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    probe_done(&f->probe);
    nftw(f->path, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    free(f->config.store.path);
    test_free(f);
    return 0;
}

/* The daemon ends (by what means does not matter) and starts again. */
static void restart(struct fixture *f)
{
    probe_done(&f->probe);
    probe_init(&f->probe, &f->config);
}

static char *file_of(struct fixture *f, const char *key)
{
    return xasprintf("%s/%s", f->config.store.path, key);
}

static void write_by_hand(struct fixture *f, const char *key, const char *text)
{
    cleanup_free char *path = file_of(f, key);
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void remove_by_hand(struct fixture *f, const char *key)
{
    cleanup_free char *path = file_of(f, key);

    assert_int_equal(unlink(path), 0);
}

static bool file_is(struct fixture *f, const char *key, const char *text)
{
    cleanup_free char *path = file_of(f, key);
    cleanup_free char *value = NULL;

    if (io_read_file(AT_FDCWD, path, 1000, &value, NULL, NULL) < 0)
        return !text;
    return text && streq(value, text);
}

/* ------------------------------------------------------------- transactions */

static void a_key_is_a_file(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(probe_put(&f->probe, "nodes/web1", "{}"), 0);
    assert_int_equal(f->probe.revision, 2);
    assert_true(file_is(f, "nodes/web1", "{}"));
    assert_string_equal(probe_get(&f->probe, "nodes/web1"), "{}");
    assert_int_equal(probe_delete(&f->probe, "nodes/web1"), 0);
    assert_int_equal(f->probe.revision, 3);
    assert_true(file_is(f, "nodes/web1", NULL));
    assert_int_equal(probe_delete(&f->probe, "nodes/web1"), 0);
    assert_int_equal(f->probe.revision, 3);
}

static void refuses_keys_that_are_no_safe_names(void **state)
{
    static const char *const bad[] = {
        "",    "../x",   "a/../b", "/etc", "a//b", "a/./b",    "a\nb",
        "a b", "nodes/", ".",      "a/..", "a;b",  "\xc3\xa9",
    };
    struct fixture *f = *state;
    char longest[400] = {0};
    size_t i;

    for (i = 0; i < ARRAY_SIZE(bad); i++) {
        assert_int_equal(probe_put(&f->probe, bad[i], "x"), -EINVAL);
        assert_int_equal(probe_put(&f->probe, "a", "x"), 0);
    }
    memset(longest, 'x', 201);
    assert_int_equal(probe_put(&f->probe, longest, "x"), -EINVAL);
    longest[200] = '\0';
    assert_int_equal(probe_put(&f->probe, longest, "x"), 0);
}

static void a_failed_commit_changes_nothing(void **state)
{
    struct fixture *f = *state;
    cleanup_free char *blocker = file_of(f, ".state.new");
    struct txn *txn = txn_new();

    assert_int_equal(probe_put(&f->probe, "a", "1"), 0);
    assert_int_equal(mkdir(blocker, 0700), 0);
    txn_put(txn, "a", "2", 0);
    txn_put(txn, "b", "2", 0);
    assert_true(probe_commit(&f->probe, txn) < 0);
    assert_non_null(strstr(f->probe.error, ".state"));
    assert_string_equal(probe_get(&f->probe, "a"), "1");
    assert_string_equal(probe_get(&f->probe, "b"), "");
    assert_int_equal(f->probe.revision, 2);
    assert_true(file_is(f, "a", "1"));
    rmdir(blocker);
    assert_int_equal(probe_put(&f->probe, "a", "2"), 0);
}

/* ----------------------------------------------------------------- restarts */

static void keys_and_revisions_survive_a_restart(void **state)
{
    struct fixture *f = *state;

    probe_put(&f->probe, "applying/web1", "turn");
    probe_put(&f->probe, "events/crons", "x");
    probe_put(&f->probe, "events/crons", "y");
    restart(f);
    assert_string_equal(probe_get(&f->probe, "applying/web1"), "turn");
    assert_int_equal(f->probe.mod_revision, 2);
    assert_string_equal(probe_get(&f->probe, "events/crons"), "y");
    assert_int_equal(f->probe.create_revision, 3);
    assert_int_equal(f->probe.mod_revision, 4);
    assert_int_equal(f->probe.revision, 4);
}

static void completes_a_commit_that_a_crash_cut_short(void **state)
{
    struct fixture *f = *state;

    probe_put(&f->probe, "applying/web1", "turn");
    probe_put(&f->probe, "nodes/web1", "old");
    probe_done(&f->probe);
    /* As begin leaves it: the effects are there, the files are not. */
    write_by_hand(f, ".state",
                  "{\"revision\":4,\"keys\":{},\"effects\":["
                  "[\"applying/web1\",null,0,0],"
                  "[\"nodes/web1\",\"bmV3\",3,4],[\"flag\",\"e30=\",4,4]]}");
    probe_init(&f->probe, &f->config);
    assert_string_equal(probe_get(&f->probe, "applying/web1"), "");
    assert_string_equal(probe_get(&f->probe, "nodes/web1"), "new");
    assert_int_equal(f->probe.create_revision, 3);
    assert_string_equal(probe_get(&f->probe, "flag"), "{}");
    assert_int_equal(f->probe.mod_revision, 4);
    /* Once: an operator may remove the flag while the daemon is down. */
    probe_done(&f->probe);
    remove_by_hand(f, "flag");
    probe_init(&f->probe, &f->config);
    assert_string_equal(probe_get(&f->probe, "flag"), "");
}

static void what_changed_while_it_was_down_has_a_new_revision(void **state)
{
    struct fixture *f = *state;

    probe_put(&f->probe, "events/crons", "x");
    probe_put(&f->probe, "events/users", "x");
    probe_done(&f->probe);
    write_by_hand(f, "events/crons", "by hand");
    probe_init(&f->probe, &f->config);
    assert_string_equal(probe_get(&f->probe, "events/crons"), "by hand");
    assert_int_equal(f->probe.create_revision, 2);
    assert_int_equal(f->probe.mod_revision, 4);
    probe_get(&f->probe, "events/users");
    assert_int_equal(f->probe.mod_revision, 3);
}

static void refuses_a_damaged_state_file(void **state)
{
    struct fixture *f = *state;
    struct store *store = (struct store *) f;
    struct error err;

    write_by_hand(f, ".state", "{\"revision\":");
    store_free(f->probe.store);
    f->probe.store = NULL;
    assert_int_equal(store_open(f->probe.loop, &f->config, &store, &err),
                     -EPROTO);
    assert_non_null(strstr(err.text, ".state"));
    assert_ptr_equal(store, f);
}

static void a_second_daemon_is_refused(void **state)
{
    struct fixture *f = *state;
    struct store *store = NULL;
    struct error err;

    assert_int_equal(store_open(f->probe.loop, &f->config, &store, &err),
                     -EBUSY);
    assert_non_null(strstr(err.text, "in use by another ccmd"));
}

/* ------------------------------------------------------------------ watches */

static void a_watch_from_the_past_is_stale(void **state)
{
    struct fixture *f = *state;

    probe_put(&f->probe, "events/crons", "1");
    probe_watch(&f->probe, "events/", "events0", 2);
    probe_until(&f->probe, "lost ESTALE");
    probe_watch(&f->probe, "events/", "events0", 3);
    probe_until(&f->probe, "opened");
}

static void after_unwatch_and_cancel_nothing_comes(void **state)
{
    struct fixture *f = *state;
    struct store_watch *watch = probe_watch(&f->probe, "events/", "events0", 0);
    struct store_call *call;
    struct txn *txn = txn_new();

    txn_put(txn, "events/crons", "1", 0);
    f->probe.answered = false;
    call = store_commit(f->probe.store, txn, probe_on_reply, &f->probe);
    store_cancel(call);
    store_unwatch(watch);
    probe_step(&f->probe);
    assert_false(f->probe.answered);
    assert_string_equal(buf_text(&f->probe.seen), "");
    /* Whether it is carried out is open; here it is. */
    assert_string_equal(probe_get(&f->probe, "events/crons"), "1");
}

static void an_idle_watch_wakes_the_loop_for_nothing(void **state)
{
    struct fixture *f = *state;

    probe_watch(&f->probe, "events/", "events0", 0);
    probe_until(&f->probe, "opened");
    probe_grant(&f->probe, 1);
    /* One pass: it sleeps until the lease lapses. */
    assert_int_equal(loop_step(f->probe.loop, -1), 0);
    assert_int_equal(probe_keep(&f->probe, f->probe.lease), 0);
    assert_int_equal(f->probe.ttl_s, 0);
}

/* ------------------------------------------------------------------ by hand */

static void a_touched_event_counts(void **state)
{
    struct fixture *f = *state;
    cleanup_free char *path = file_of(f, "events/crons");

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
    struct fixture *f = *state;

    probe_watch(&f->probe, "flag", NULL, 0);
    probe_until(&f->probe, "opened");
    write_by_hand(f, "flag", "stop\n");
    probe_until(&f->probe, "put flag=stop\n ");
    remove_by_hand(f, "flag");
    probe_until(&f->probe, "del flag ");
    assert_string_equal(probe_get(&f->probe, "flag"), "");
}

static void its_own_writes_are_no_second_event(void **state)
{
    struct fixture *f = *state;
    int i;

    probe_watch(&f->probe, "events/", "events0", 0);
    probe_until(&f->probe, "opened");
    for (i = 0; i < 3; i++)
        probe_put(&f->probe, "events/crons", "x");
    probe_delete(&f->probe, "events/crons");
    write_by_hand(f, "events/users", "y");
    probe_until(&f->probe, "put events/users=y ");
    assert_string_equal(buf_text(&f->probe.seen),
                        "opened put events/crons=x put events/crons=x "
                        "put events/crons=x del events/crons "
                        "put events/users=y ");
}

static void a_file_moved_into_place_counts(void **state)
{
    struct fixture *f = *state;
    cleanup_free char *from = file_of(f, "events/.draft");
    cleanup_free char *to = file_of(f, "events/crons");

    probe_put(&f->probe, "events/crons", "x");
    probe_watch(&f->probe, "events/", "events0", 0);
    probe_until(&f->probe, "opened");
    write_by_hand(f, "events/.draft", "z");
    assert_int_equal(rename(from, to), 0);
    probe_until(&f->probe, "put events/crons=z ");
    assert_string_equal(buf_text(&f->probe.seen), "opened put events/crons=z ");
}

static void a_removed_events_folder_comes_back(void **state)
{
    struct fixture *f = *state;
    cleanup_free char *events = file_of(f, "events");

    probe_put(&f->probe, "events/crons", "x");
    probe_watch(&f->probe, "events/", "events0", 0);
    probe_until(&f->probe, "opened");
    nftw(events, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    probe_until(&f->probe, "del events/crons ");
    while (access(events, F_OK) < 0)
        probe_step(&f->probe);
    write_by_hand(f, "events/users", "y");
    probe_until(&f->probe, "put events/users=y ");
}

static void odd_files_are_no_keys(void **state)
{
    struct fixture *f = *state;
    cleanup_free char *fifo = file_of(f, "events/fifo");
    cleanup_free char *link = file_of(f, "events/link");
    cleanup_free char *folder = file_of(f, "events/folder");

    probe_watch(&f->probe, "events/", "events0", 0);
    probe_until(&f->probe, "opened");
    assert_int_equal(mkfifo(fifo, 0600), 0);
    assert_int_equal(symlink("/etc/passwd", link), 0);
    assert_int_equal(mkdir(folder, 0755), 0);
    write_by_hand(f, "events/crons~", "x");
    write_by_hand(f, "events/.crons.swp", "x");
    write_by_hand(f, "events/a b", "x");
    write_by_hand(f, "events/crons", "x");
    probe_until(&f->probe, "put events/crons=x ");
    assert_string_equal(buf_text(&f->probe.seen), "opened put events/crons=x ");
    restart(f);
    assert_string_equal(
        probe_below(&f->probe, "events/", &(struct txn_range){0}),
        "events/crons=x | ");
}

/* ------------------------------------------------------------------- leases */

static void leased_keys_vanish_with_the_process(void **state)
{
    struct fixture *f = *state;
    struct txn *txn = txn_new();

    assert_int_equal(probe_grant(&f->probe, 60), 0);
    txn_put(txn, "lock/1", "x", f->probe.lease);
    txn_put(txn, "applying/web1", "x", 0);
    assert_int_equal(probe_commit(&f->probe, txn), 0);
    assert_true(file_is(f, "lock/1", NULL));
    restart(f);
    assert_string_equal(probe_get(&f->probe, "lock/1"), "");
    assert_string_equal(probe_get(&f->probe, "applying/web1"), "x");
}

#define LOCAL_TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_CASES(LOCAL_TEST),
        LOCAL_TEST(a_key_is_a_file),
        LOCAL_TEST(refuses_keys_that_are_no_safe_names),
        LOCAL_TEST(a_failed_commit_changes_nothing),
        LOCAL_TEST(keys_and_revisions_survive_a_restart),
        LOCAL_TEST(completes_a_commit_that_a_crash_cut_short),
        LOCAL_TEST(what_changed_while_it_was_down_has_a_new_revision),
        LOCAL_TEST(refuses_a_damaged_state_file),
        LOCAL_TEST(a_second_daemon_is_refused),
        LOCAL_TEST(a_watch_from_the_past_is_stale),
        LOCAL_TEST(after_unwatch_and_cancel_nothing_comes),
        LOCAL_TEST(an_idle_watch_wakes_the_loop_for_nothing),
        LOCAL_TEST(a_touched_event_counts),
        LOCAL_TEST(a_flag_made_and_removed_by_hand_counts),
        LOCAL_TEST(its_own_writes_are_no_second_event),
        LOCAL_TEST(a_file_moved_into_place_counts),
        LOCAL_TEST(a_removed_events_folder_comes_back),
        LOCAL_TEST(odd_files_are_no_keys),
        LOCAL_TEST(leased_keys_vanish_with_the_process),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
