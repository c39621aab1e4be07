/* SPDX-License-Identifier: ISC */
/* The store in a folder: etcd's semantics, and what survives a restart. */
#include "store_cases.h"
#include "store_local_fixture.h"

#include "base/alloc.h"
#include "base/util.h"

#include <errno.h>
#include <sys/stat.h>

/* ------------------------------------------------------------- transactions */

static void a_key_is_a_file(void **state)
{
    struct store_local_fixture *f = *state;

    assert_int_equal(driver_put(&f->driver, "nodes/web1", "{}"), 0);
    assert_int_equal(f->driver.revision, 2);
    assert_true(fixture_has(f, "nodes/web1", "{}"));
    assert_string_equal(driver_get(&f->driver, "nodes/web1"), "{}");
    assert_int_equal(driver_delete(&f->driver, "nodes/web1"), 0);
    assert_int_equal(f->driver.revision, 3);
    assert_true(fixture_has(f, "nodes/web1", NULL));
    assert_int_equal(driver_delete(&f->driver, "nodes/web1"), 0);
    assert_int_equal(f->driver.revision, 3);
}

static void refuses_keys_that_are_no_safe_names(void **state)
{
    static const char *const bad[] = {
        "",    "../x",   "a/../b", "/etc", "a//b", "a/./b",    "a\nb",
        "a b", "nodes/", ".",      "a/..", "a;b",  "\xc3\xa9",
    };
    struct store_local_fixture *f = *state;
    char longest[400] = {0};
    size_t i;

    for (i = 0; i < ARRAY_SIZE(bad); i++) {
        assert_int_equal(driver_put(&f->driver, bad[i], "x"), -EINVAL);
        assert_int_equal(driver_put(&f->driver, "a", "x"), 0);
    }
    memset(longest, 'x', 201);
    assert_int_equal(driver_put(&f->driver, longest, "x"), -EINVAL);
    longest[200] = '\0';
    assert_int_equal(driver_put(&f->driver, longest, "x"), 0);
}

static void a_failed_commit_changes_nothing(void **state)
{
    struct store_local_fixture *f = *state;
    cleanup_free char *blocker = fixture_file(f, ".state.new");
    struct txn *txn = txn_new();

    assert_int_equal(driver_put(&f->driver, "a", "1"), 0);
    assert_int_equal(mkdir(blocker, 0700), 0);
    txn_put(txn, "a", "2", 0);
    txn_put(txn, "b", "2", 0);
    assert_true(driver_commit(&f->driver, txn) < 0);
    assert_non_null(strstr(f->driver.error, ".state"));
    assert_string_equal(driver_get(&f->driver, "a"), "1");
    assert_string_equal(driver_get(&f->driver, "b"), "");
    assert_int_equal(f->driver.revision, 2);
    assert_true(fixture_has(f, "a", "1"));
    rmdir(blocker);
    assert_int_equal(driver_put(&f->driver, "a", "2"), 0);
}

/* ----------------------------------------------------------------- restarts */

static void keys_and_revisions_survive_a_restart(void **state)
{
    struct store_local_fixture *f = *state;

    driver_put(&f->driver, "applying/web1", "turn");
    driver_put(&f->driver, "events/crons", "x");
    driver_put(&f->driver, "events/crons", "y");
    fixture_restart(f);
    assert_string_equal(driver_get(&f->driver, "applying/web1"), "turn");
    assert_int_equal(f->driver.mod_revision, 2);
    assert_string_equal(driver_get(&f->driver, "events/crons"), "y");
    assert_int_equal(f->driver.create_revision, 3);
    assert_int_equal(f->driver.mod_revision, 4);
    assert_int_equal(f->driver.revision, 4);
}

static void completes_a_commit_that_a_crash_cut_short(void **state)
{
    struct store_local_fixture *f = *state;

    driver_put(&f->driver, "applying/web1", "turn");
    driver_put(&f->driver, "nodes/web1", "old");
    driver_done(&f->driver);
    /* As begin leaves it: the effects are there, the files are not. */
    fixture_write(f, ".state",
                  "{\"revision\":4,\"keys\":{},\"effects\":["
                  "[\"applying/web1\",null,0,0],"
                  "[\"nodes/web1\",\"bmV3\",3,4],[\"flag\",\"e30=\",4,4]]}");
    driver_init(&f->driver, &f->config);
    assert_string_equal(driver_get(&f->driver, "applying/web1"), "");
    assert_string_equal(driver_get(&f->driver, "nodes/web1"), "new");
    assert_int_equal(f->driver.create_revision, 3);
    assert_string_equal(driver_get(&f->driver, "flag"), "{}");
    assert_int_equal(f->driver.mod_revision, 4);
    /* Once: an operator may remove the flag while the daemon is down. */
    driver_done(&f->driver);
    fixture_remove(f, "flag");
    driver_init(&f->driver, &f->config);
    assert_string_equal(driver_get(&f->driver, "flag"), "");
}

static void what_changed_while_it_was_down_has_a_new_revision(void **state)
{
    struct store_local_fixture *f = *state;

    driver_put(&f->driver, "events/crons", "x");
    driver_put(&f->driver, "events/users", "x");
    driver_done(&f->driver);
    fixture_write(f, "events/crons", "by hand");
    driver_init(&f->driver, &f->config);
    assert_string_equal(driver_get(&f->driver, "events/crons"), "by hand");
    assert_int_equal(f->driver.create_revision, 2);
    assert_int_equal(f->driver.mod_revision, 4);
    driver_get(&f->driver, "events/users");
    assert_int_equal(f->driver.mod_revision, 3);
}

static void refuses_a_damaged_state_file(void **state)
{
    struct store_local_fixture *f = *state;
    struct store *store = (struct store *) f;
    struct error err;

    fixture_write(f, ".state", "{\"revision\":");
    store_free(f->driver.store);
    f->driver.store = NULL;
    assert_int_equal(store_open(f->driver.loop, &f->config, &store, &err),
                     -EPROTO);
    assert_non_null(strstr(err.text, ".state"));
    assert_ptr_equal(store, f);
}

static void a_second_daemon_is_refused(void **state)
{
    struct store_local_fixture *f = *state;
    struct store *store = NULL;
    struct error err;

    assert_int_equal(store_open(f->driver.loop, &f->config, &store, &err),
                     -EBUSY);
    assert_non_null(strstr(err.text, "in use by another ccmd"));
}

/* ------------------------------------------------------------------ watches */

static void a_watch_from_the_past_is_stale(void **state)
{
    struct store_local_fixture *f = *state;

    driver_put(&f->driver, "events/crons", "1");
    driver_watch(&f->driver, "events/", "events0", 2);
    driver_until(&f->driver, "lost ESTALE");
    driver_watch(&f->driver, "events/", "events0", 3);
    driver_until(&f->driver, "opened");
}

static void after_unwatch_and_cancel_nothing_comes(void **state)
{
    struct store_local_fixture *f = *state;
    struct store_watch *watch =
        driver_watch(&f->driver, "events/", "events0", 0);
    struct store_call *call;
    struct txn *txn = txn_new();

    txn_put(txn, "events/crons", "1", 0);
    f->driver.answered = false;
    call = store_commit(f->driver.store, txn, driver_on_reply, &f->driver);
    store_cancel(call);
    store_unwatch(watch);
    driver_step(&f->driver);
    assert_false(f->driver.answered);
    assert_string_equal(buf_text(&f->driver.seen), "");
    /* Whether it is carried out is open; here it is. */
    assert_string_equal(driver_get(&f->driver, "events/crons"), "1");
}

static void an_idle_watch_wakes_the_loop_for_nothing(void **state)
{
    struct store_local_fixture *f = *state;

    driver_watch(&f->driver, "events/", "events0", 0);
    driver_until(&f->driver, "opened");
    driver_grant(&f->driver, 1);
    /* One pass: it sleeps until the lease lapses. */
    assert_int_equal(loop_step(f->driver.loop, -1), 0);
    assert_int_equal(driver_keep(&f->driver, f->driver.lease), 0);
    assert_int_equal(f->driver.ttl_s, 0);
}

/* ------------------------------------------------------------------- leases */

static void leased_keys_vanish_with_the_process(void **state)
{
    struct store_local_fixture *f = *state;
    struct txn *txn = txn_new();

    assert_int_equal(driver_grant(&f->driver, 60), 0);
    txn_put(txn, "lock/1", "x", f->driver.lease);
    txn_put(txn, "applying/web1", "x", 0);
    assert_int_equal(driver_commit(&f->driver, txn), 0);
    assert_true(fixture_has(f, "lock/1", NULL));
    fixture_restart(f);
    assert_string_equal(driver_get(&f->driver, "lock/1"), "");
    assert_string_equal(driver_get(&f->driver, "applying/web1"), "x");
}

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
        LOCAL_TEST(leased_keys_vanish_with_the_process),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
