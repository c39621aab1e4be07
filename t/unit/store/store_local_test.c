/* SPDX-License-Identifier: ISC */
/* The store in a folder: etcd's semantics, and what survives a restart. */
#include "store_cases.h"
#include "store_folder.h"

#include "base/alloc.h"
#include "base/util.h"

#include <errno.h>
#include <sys/stat.h>

/* ------------------------------------------------------------- transactions */

static void a_key_is_a_file(void **state)
{
    struct folder *f = *state;

    assert_int_equal(probe_put(&f->probe, "nodes/web1", "{}"), 0);
    assert_int_equal(f->probe.revision, 2);
    assert_true(folder_has(f, "nodes/web1", "{}"));
    assert_string_equal(probe_get(&f->probe, "nodes/web1"), "{}");
    assert_int_equal(probe_delete(&f->probe, "nodes/web1"), 0);
    assert_int_equal(f->probe.revision, 3);
    assert_true(folder_has(f, "nodes/web1", NULL));
    assert_int_equal(probe_delete(&f->probe, "nodes/web1"), 0);
    assert_int_equal(f->probe.revision, 3);
}

static void refuses_keys_that_are_no_safe_names(void **state)
{
    static const char *const bad[] = {
        "",    "../x",   "a/../b", "/etc", "a//b", "a/./b",    "a\nb",
        "a b", "nodes/", ".",      "a/..", "a;b",  "\xc3\xa9",
    };
    struct folder *f = *state;
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
    struct folder *f = *state;
    cleanup_free char *blocker = folder_file(f, ".state.new");
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
    assert_true(folder_has(f, "a", "1"));
    rmdir(blocker);
    assert_int_equal(probe_put(&f->probe, "a", "2"), 0);
}

/* ----------------------------------------------------------------- restarts */

static void keys_and_revisions_survive_a_restart(void **state)
{
    struct folder *f = *state;

    probe_put(&f->probe, "applying/web1", "turn");
    probe_put(&f->probe, "events/crons", "x");
    probe_put(&f->probe, "events/crons", "y");
    folder_restart(f);
    assert_string_equal(probe_get(&f->probe, "applying/web1"), "turn");
    assert_int_equal(f->probe.mod_revision, 2);
    assert_string_equal(probe_get(&f->probe, "events/crons"), "y");
    assert_int_equal(f->probe.create_revision, 3);
    assert_int_equal(f->probe.mod_revision, 4);
    assert_int_equal(f->probe.revision, 4);
}

static void completes_a_commit_that_a_crash_cut_short(void **state)
{
    struct folder *f = *state;

    probe_put(&f->probe, "applying/web1", "turn");
    probe_put(&f->probe, "nodes/web1", "old");
    probe_done(&f->probe);
    /* As begin leaves it: the effects are there, the files are not. */
    folder_write(f, ".state",
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
    folder_remove(f, "flag");
    probe_init(&f->probe, &f->config);
    assert_string_equal(probe_get(&f->probe, "flag"), "");
}

static void what_changed_while_it_was_down_has_a_new_revision(void **state)
{
    struct folder *f = *state;

    probe_put(&f->probe, "events/crons", "x");
    probe_put(&f->probe, "events/users", "x");
    probe_done(&f->probe);
    folder_write(f, "events/crons", "by hand");
    probe_init(&f->probe, &f->config);
    assert_string_equal(probe_get(&f->probe, "events/crons"), "by hand");
    assert_int_equal(f->probe.create_revision, 2);
    assert_int_equal(f->probe.mod_revision, 4);
    probe_get(&f->probe, "events/users");
    assert_int_equal(f->probe.mod_revision, 3);
}

static void refuses_a_damaged_state_file(void **state)
{
    struct folder *f = *state;
    struct store *store = (struct store *) f;
    struct error err;

    folder_write(f, ".state", "{\"revision\":");
    store_free(f->probe.store);
    f->probe.store = NULL;
    assert_int_equal(store_open(f->probe.loop, &f->config, &store, &err),
                     -EPROTO);
    assert_non_null(strstr(err.text, ".state"));
    assert_ptr_equal(store, f);
}

static void a_second_daemon_is_refused(void **state)
{
    struct folder *f = *state;
    struct store *store = NULL;
    struct error err;

    assert_int_equal(store_open(f->probe.loop, &f->config, &store, &err),
                     -EBUSY);
    assert_non_null(strstr(err.text, "in use by another ccmd"));
}

/* ------------------------------------------------------------------ watches */

static void a_watch_from_the_past_is_stale(void **state)
{
    struct folder *f = *state;

    probe_put(&f->probe, "events/crons", "1");
    probe_watch(&f->probe, "events/", "events0", 2);
    probe_until(&f->probe, "lost ESTALE");
    probe_watch(&f->probe, "events/", "events0", 3);
    probe_until(&f->probe, "opened");
}

static void after_unwatch_and_cancel_nothing_comes(void **state)
{
    struct folder *f = *state;
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
    struct folder *f = *state;

    probe_watch(&f->probe, "events/", "events0", 0);
    probe_until(&f->probe, "opened");
    probe_grant(&f->probe, 1);
    /* One pass: it sleeps until the lease lapses. */
    assert_int_equal(loop_step(f->probe.loop, -1), 0);
    assert_int_equal(probe_keep(&f->probe, f->probe.lease), 0);
    assert_int_equal(f->probe.ttl_s, 0);
}

/* ------------------------------------------------------------------- leases */

static void leased_keys_vanish_with_the_process(void **state)
{
    struct folder *f = *state;
    struct txn *txn = txn_new();

    assert_int_equal(probe_grant(&f->probe, 60), 0);
    txn_put(txn, "lock/1", "x", f->probe.lease);
    txn_put(txn, "applying/web1", "x", 0);
    assert_int_equal(probe_commit(&f->probe, txn), 0);
    assert_true(folder_has(f, "lock/1", NULL));
    folder_restart(f);
    assert_string_equal(probe_get(&f->probe, "lock/1"), "");
    assert_string_equal(probe_get(&f->probe, "applying/web1"), "x");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_CASES(FOLDER_TEST),
        FOLDER_TEST(a_key_is_a_file),
        FOLDER_TEST(refuses_keys_that_are_no_safe_names),
        FOLDER_TEST(a_failed_commit_changes_nothing),
        FOLDER_TEST(keys_and_revisions_survive_a_restart),
        FOLDER_TEST(completes_a_commit_that_a_crash_cut_short),
        FOLDER_TEST(what_changed_while_it_was_down_has_a_new_revision),
        FOLDER_TEST(refuses_a_damaged_state_file),
        FOLDER_TEST(a_second_daemon_is_refused),
        FOLDER_TEST(a_watch_from_the_past_is_stale),
        FOLDER_TEST(after_unwatch_and_cancel_nothing_comes),
        FOLDER_TEST(an_idle_watch_wakes_the_loop_for_nothing),
        FOLDER_TEST(leased_keys_vanish_with_the_process),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
