/* SPDX-License-Identifier: ISC */
/* What store.h promises, whatever kind of store it is. The daemon's roll-out is
 * written against these facts alone. */
#include "store_cases.h"

#include "store_driver.h"

#include "base/alloc.h"
#include "base/util.h"

#include <errno.h>

/* ------------------------------------------------------------- transactions */

void carries_out_one_branch(void **state)
{
    struct store_driver *driver = *state;
    int64_t created = 0;
    int i;

    for (i = 0; i < 2; i++) {
        struct txn *txn = txn_new();

        txn_if_created(txn, "applying/web1", 0);
        txn_if_modified(txn, "flag", 0);
        txn_if_none_below(txn, "applying/");
        txn_put(txn, "applying/web1", "turn", 0);
        txn_get(txn, "applying/web1");
        txn_otherwise(txn);
        txn_get(txn, "flag");
        txn_get_below(txn, "applying/", &(struct txn_range){0});
        assert_int_equal(driver_commit(driver, txn), 0);
        assert_int_equal(driver->succeeded, i == 0);
        assert_string_equal(buf_text(&driver->ranges),
                            i == 0 ? "applying/web1=turn | "
                                   : "| applying/web1=turn | ");
        if (i == 0)
            created = driver->revision;
        assert_true(driver->create_revision == created);
        assert_true(driver->revision == created);
    }
}

void each_condition_can_fail(void **state)
{
    struct store_driver *driver = *state;
    int64_t revision;
    int i;

    assert_int_equal(driver_put(driver, "a/b", "1"), 0);
    revision = driver->revision;
    assert_int_equal(driver_put(driver, "a/b", "2"), 0);
    for (i = 0; i < 8; i++) {
        struct txn *txn = txn_new();
        int64_t right = i % 2 == 0;

        switch (i / 2) {
        case 0:
            txn_if_created(txn, "a/b", right ? revision : revision + 1);
            break;
        case 1:
            txn_if_modified(txn, "a/b", right ? revision + 1 : revision);
            break;
        case 2:
            txn_if_none_below(txn, right ? "b/" : "a/");
            break;
        default:
            txn_if_modified(txn, "c", right ? 0 : 1);
        }
        assert_int_equal(driver_commit(driver, txn), 0);
        assert_int_equal(driver->succeeded, right);
    }
}

void reads_ranges_in_all_orders(void **state)
{
    struct store_driver *driver = *state;
    static const struct {
        struct txn_range how;
        const char *expected;
    } cases[] = {
        {{0}, "k/a=3 k/b=1 k/c=2 | "},
        {{.newest_first = true}, "k/c=2 k/b=1 k/a=3 | "},
        {{.by_create_revision = true}, "k/a=3 k/b=1 k/c=2 | "},
        {{.by_mod_revision = true}, "k/b=1 k/c=2 k/a=3 | "},
        {{.by_mod_revision = true, .newest_first = true, .limit = 1},
         "k/a=3 | "},
        {{.limit = 2}, "k/a=3 k/b=1 | "},
        {{.keys_only = true}, "k/a= k/b= k/c= | "},
    };
    struct txn_range two_oldest = {0};
    size_t i;

    driver_put(driver, "k/a", "0");
    driver_put(driver, "k/b", "1");
    two_oldest.max_create_revision = driver->revision;
    driver_put(driver, "k/c", "2");
    driver_put(driver, "k/a", "3");
    driver_put(driver, "kk", "x");
    for (i = 0; i < ARRAY_SIZE(cases); i++) {
        assert_string_equal(driver_below(driver, "k/", &cases[i].how),
                            cases[i].expected);
        assert_int_equal(driver->count, 3);
    }
    assert_string_equal(driver_below(driver, "k/", &two_oldest),
                        "k/a=3 k/b=1 | ");
    assert_int_equal(driver->count, 3);
}

void refuses_one_key_twice_in_a_transaction(void **state)
{
    struct store_driver *driver = *state;
    struct txn *txn = txn_new();

    txn_put(txn, "a", "1", 0);
    txn_put(txn, "a", "2", 0);
    assert_int_equal(driver_commit(driver, txn), -EINVAL);
    assert_string_equal(driver_get(driver, "a"), "");
}

void keeps_values_byte_by_byte(void **state)
{
    struct store_driver *driver = *state;
    static const char text[] = "\x01\"\\\xc3\xa9\n\xff{}";
    cleanup_free char *long_text = xmalloc(1000001);

    assert_int_equal(driver_put(driver, "v", text), 0);
    assert_string_equal(driver_get(driver, "v"), text);
    memset(long_text, 'x', 1000000);
    long_text[1000000] = '\0';
    assert_int_equal(driver_put(driver, "v", long_text), 0);
    assert_string_equal(driver_get(driver, "v"), long_text);
}

void a_cancelled_call_says_nothing(void **state)
{
    struct store_driver *driver = *state;
    struct txn *txn = txn_new();
    struct store_call *call;

    txn_get(txn, "a");
    call = store_commit(driver->store, txn, driver_on_reply, driver);
    driver->answered = true; /* driver_on_reply asserts that it is false */
    store_cancel(call);
    assert_string_equal(driver_get(driver, "a"), "");
}

void can_be_freed_with_all_in_flight(void **state)
{
    struct store_driver *driver = *state;
    struct txn *txn = txn_new();

    txn_get(txn, "a");
    driver_watch(driver, "flag", NULL, 0);
    store_commit(driver->store, txn, driver_on_reply, driver);
    driver_step(driver);
    driver_watch(driver, "flag", NULL, 0);
}

static void free_store_on_reply(void *userdata, const struct store_reply *reply,
                                int r, const struct error *err)
{
    struct store_driver *driver = userdata;

    (void) reply;
    (void) err;
    assert_int_equal(r, 0);
    store_free(driver->store);
    driver->store = NULL;
    buf_clear(&driver->seen);
}

void can_be_freed_from_a_callback(void **state)
{
    struct store_driver *driver = *state;
    struct txn *txn = txn_new();

    txn_get(txn, "flag");
    store_commit(driver->store, txn, free_store_on_reply, driver);
    txn = txn_new();
    txn_get(txn, "flag");
    store_commit(driver->store, txn, free_store_on_reply, driver);
    driver_watch(driver, "flag", NULL, 0);
    while (driver->store)
        driver_step(driver);
    driver_step(driver);
    assert_string_equal(buf_text(&driver->seen), "");
}

/* ------------------------------------------------------------------ watches */

void a_watch_sees_its_range_from_the_present(void **state)
{
    struct store_driver *driver = *state;

    driver_put(driver, "events/crons", "old");
    driver_watch(driver, "events/", "flag0", 0);
    driver_until(driver, "opened ");
    assert_true(driver->seen_revision == driver->revision);
    driver_put(driver, "events/crons", "1");
    driver_put(driver, "nodes/web1", "2");
    driver_put(driver, "flag", "3");
    driver_delete(driver, "flag");
    driver_until(driver, "del flag");
    assert_string_equal(buf_text(&driver->seen),
                        "opened put events/crons=1 put flag=3 del flag ");
    assert_true(driver->seen_revision == driver->revision);
}

void nothing_comes_after_unwatch(void **state)
{
    struct store_driver *driver = *state;
    struct store_watch *watch = driver_watch(driver, "flag", NULL, 0);

    driver_until(driver, "opened ");
    store_unwatch(watch);
    driver_put(driver, "flag", "1");
    assert_string_equal(driver_get(driver, "flag"), "1");
    assert_string_equal(buf_text(&driver->seen), "opened ");
}

/* ------------------------------------------------------------------- leases */

void keys_with_a_lease_go_with_it(void **state)
{
    struct store_driver *driver = *state;
    struct txn *txn = txn_new();
    int64_t lease;

    assert_int_equal(driver_grant(driver, 60), 0);
    assert_int_equal(driver->ttl_s, 60);
    lease = driver->lease;
    assert_true(lease > 0);
    txn_put(txn, "alive/web1", "x", lease);
    txn_put(txn, "lock/1", "x", lease);
    assert_int_equal(driver_commit(driver, txn), 0);
    assert_string_equal(driver_get(driver, "alive/web1"), "x");
    assert_true(driver->key_lease == lease);
    driver_watch(driver, "lock/", "lock0", 0);
    driver_until(driver, "opened");
    assert_int_equal(driver_keep(driver, lease), 0);
    assert_int_equal(driver->ttl_s, 60);
    assert_true(driver->lease == lease);
    assert_true(driver->revision > 0);
    assert_int_equal(driver_revoke(driver, lease), 0);
    driver_until(driver, "del lock/1");
    assert_string_equal(driver_get(driver, "alive/web1"), "");
    assert_int_equal(driver_revoke(driver, lease), -ENOENT);
    assert_int_equal(driver_keep(driver, lease), 0);
    assert_int_equal(driver->ttl_s, 0);
}

void a_lease_that_is_gone_is_told(void **state)
{
    struct store_driver *driver = *state;

    assert_int_equal(driver_keep(driver, 4711), 0);
    assert_int_equal(driver->ttl_s, 0);
    assert_int_equal(driver->lease, 4711);
    assert_int_equal(driver_revoke(driver, 4711), -ENOENT);
}

void a_lease_that_is_gone_cannot_be_used(void **state)
{
    struct store_driver *driver = *state;
    struct txn *txn = txn_new();

    txn_put(txn, "lock/1", "x", 4711);
    assert_int_equal(driver_commit(driver, txn), -ENOENT);
    assert_string_equal(driver_get(driver, "lock/1"), "");
    /* It does not matter in a branch that is not carried out. */
    txn = txn_new();
    txn_if_created(txn, "lock/1", 7);
    txn_put(txn, "lock/1", "x", 4711);
    assert_int_equal(driver_commit(driver, txn), 0);
    assert_false(driver->succeeded);
}

void a_lease_that_is_not_kept_lapses(void **state)
{
    struct store_driver *driver = *state;
    struct txn *txn = txn_new();

    driver_watch(driver, "lock/", "lock0", 0);
    driver_until(driver, "opened");
    assert_int_equal(driver_grant(driver, 1), 0);
    txn_put(txn, "lock/1", "x", driver->lease);
    assert_int_equal(driver_commit(driver, txn), 0);
    driver_until(driver, "del lock/1");
    assert_int_equal(driver_keep(driver, driver->lease), 0);
}
