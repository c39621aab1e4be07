/* SPDX-License-Identifier: ISC */
/* The store in a real, private etcd: transactions, ranges, watches, leases. */
#include "store_probe.h"

#include "server.h"

#include "base/alloc.h"
#include "base/base64.h"
#include "base/util.h"
#include "cluster/etcd.h"

#include <errno.h>

static struct etcd_server server;
static unsigned n_prefixes; /* each test has its own */

struct fixture {
    struct probe probe;
    struct config config;
    char *endpoints[4];
    char prefix[16];
};

static int setup(void **state)
{
    struct fixture *f = test_calloc(1, sizeof(*f));

    snprintf(f->prefix, sizeof(f->prefix), "/t%u", ++n_prefixes);
    f->endpoints[0] = server.url;
    f->config.store.kind = STORE_ETCD;
    f->config.store.endpoints = f->endpoints;
    f->config.store.prefix = f->prefix;
    f->config.ttl_s = 24;
    probe_init(&f->probe, &f->config);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    probe_done(&f->probe);
    test_free(f);
    return 0;
}

static int start_server(void **state)
{
    (void) state;
    etcd_server_start(&server);
    return 0;
}

static int stop_server(void **state)
{
    (void) state;
    etcd_server_remove(&server);
    return 0;
}

/* ------------------------------------------------------------- transactions */

static void carries_out_one_branch(void **state)
{
    struct fixture *f = *state;
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
        assert_int_equal(probe_commit(&f->probe, txn), 0);
        assert_int_equal(f->probe.succeeded, i == 0);
        assert_string_equal(buf_text(&f->probe.ranges),
                            i == 0 ? "applying/web1=turn | "
                                   : "| applying/web1=turn | ");
        if (i == 0)
            created = f->probe.revision;
        assert_true(f->probe.create_revision == created);
        assert_true(f->probe.revision == created);
    }
}

static void each_condition_can_fail(void **state)
{
    struct fixture *f = *state;
    int64_t revision;
    int i;

    assert_int_equal(probe_put(&f->probe, "a/b", "1"), 0);
    revision = f->probe.revision;
    assert_int_equal(probe_put(&f->probe, "a/b", "2"), 0);
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
        assert_int_equal(probe_commit(&f->probe, txn), 0);
        assert_int_equal(f->probe.succeeded, right);
    }
}

static void reads_ranges_in_all_orders(void **state)
{
    struct fixture *f = *state;
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

    probe_put(&f->probe, "k/a", "0");
    probe_put(&f->probe, "k/b", "1");
    two_oldest.max_create_revision = f->probe.revision;
    probe_put(&f->probe, "k/c", "2");
    probe_put(&f->probe, "k/a", "3");
    probe_put(&f->probe, "kk", "x");
    for (i = 0; i < ARRAY_SIZE(cases); i++) {
        assert_string_equal(probe_below(&f->probe, "k/", &cases[i].how),
                            cases[i].expected);
        assert_int_equal(f->probe.count, 3);
    }
    assert_string_equal(probe_below(&f->probe, "k/", &two_oldest),
                        "k/a=3 k/b=1 | ");
    assert_int_equal(f->probe.count, 3);
}

static void refuses_what_etcd_refuses(void **state)
{
    struct fixture *f = *state;
    struct txn *txn = txn_new();

    txn_put(txn, "a", "1", 0);
    txn_put(txn, "a", "2", 0);
    assert_int_equal(probe_commit(&f->probe, txn), -EINVAL);
    assert_non_null(strstr(f->probe.error, "duplicate key"));
    txn = txn_new();
    txn_put(txn, "a", "1", 4711);
    assert_int_equal(probe_commit(&f->probe, txn), -ENOENT);
    assert_int_equal(probe_put(&f->probe, "../a", "1"), -EINVAL);
    assert_string_equal(probe_get(&f->probe, "a"), "");
}

static void keeps_values_byte_by_byte(void **state)
{
    struct fixture *f = *state;
    static const char text[] = "\x01\"\\\xc3\xa9\n\xff{}";
    cleanup_free char *long_text = xmalloc(1000001);

    assert_int_equal(probe_put(&f->probe, "v", text), 0);
    assert_string_equal(probe_get(&f->probe, "v"), text);
    memset(long_text, 'x', 1000000);
    long_text[1000000] = '\0';
    assert_int_equal(probe_put(&f->probe, "v", long_text), 0);
    assert_string_equal(probe_get(&f->probe, "v"), long_text);
}

static void on_raw(void *userdata, const json_t *answer, int r,
                   const struct error *err)
{
    (void) answer;
    (void) err;
    assert_int_equal(r, 0);
    *(bool *) userdata = true;
}

/* Puts a key that holds a NUL, as store_commit cannot. */
static void put_raw(struct fixture *f, const char *key, size_t size)
{
    static const struct etcd_ops ops = {NULL, on_raw};
    struct buf body = BUF_INIT;
    struct etcd *etcd;
    bool done = false;

    assert_int_equal(
        etcd_open(f->probe.loop, &f->config.store, 8000, &etcd, NULL), 0);
    buf_puts(&body, "{\"key\":\"");
    base64_encode(&body, key, size);
    buf_puts(&body, "\"}");
    etcd_post(etcd, "/v3/kv/put", &body, &ops, &done);
    while (!done)
        probe_step(&f->probe);
    etcd_close(etcd);
}

static void keys_that_are_no_text_are_left_out(void **state)
{
    struct fixture *f = *state;
    cleanup_free char *key = xasprintf("%s/events/a?b", f->prefix);

    probe_watch(&f->probe, "events/", "events0", 0);
    probe_until(&f->probe, "opened");
    *strchr(key, '?') = '\0';
    put_raw(f, key, strlen(key) + 2);
    probe_put(&f->probe, "events/b", "x");
    probe_until(&f->probe, "put");
    assert_string_equal(buf_text(&f->probe.seen), "opened put events/b=x ");
    assert_string_equal(
        probe_below(&f->probe, "events/", &(struct txn_range){0}),
        "events/b=x | ");
    assert_int_equal(f->probe.count, 2);
}

static void a_cancelled_call_says_nothing(void **state)
{
    struct fixture *f = *state;
    struct txn *txn = txn_new();
    struct store_call *call;

    txn_get(txn, "a");
    call = store_commit(f->probe.store, txn, probe_on_reply, &f->probe);
    f->probe.answered = true; /* probe_on_reply asserts that it is false */
    store_cancel(call);
    assert_string_equal(probe_get(&f->probe, "a"), "");
}

static void can_be_freed_with_all_in_flight(void **state)
{
    struct fixture *f = *state;
    struct txn *txn = txn_new();

    txn_get(txn, "a");
    probe_watch(&f->probe, "flag", NULL, 0);
    store_commit(f->probe.store, txn, probe_on_reply, &f->probe);
    probe_step(&f->probe);
    probe_watch(&f->probe, "flag", NULL, 0);
}

/* ------------------------------------------------------------------ watches */

static void a_watch_sees_its_range_from_the_present(void **state)
{
    struct fixture *f = *state;

    probe_put(&f->probe, "events/crons", "old");
    probe_watch(&f->probe, "events/", "flag0", 0);
    probe_until(&f->probe, "opened ");
    assert_true(f->probe.seen_revision == f->probe.revision);
    probe_put(&f->probe, "events/crons", "1");
    probe_put(&f->probe, "nodes/web1", "2");
    probe_put(&f->probe, "flag", "3");
    probe_delete(&f->probe, "flag");
    probe_until(&f->probe, "del flag");
    assert_string_equal(buf_text(&f->probe.seen),
                        "opened put events/crons=1 put flag=3 del flag ");
    assert_true(f->probe.seen_revision == f->probe.revision);
}

static void a_watch_sees_the_past_that_is_kept(void **state)
{
    struct fixture *f = *state;
    int64_t revision;

    probe_put(&f->probe, "events/a", "0");
    probe_put(&f->probe, "events/a", "1");
    revision = f->probe.revision;
    probe_put(&f->probe, "events/b", "2");
    probe_delete(&f->probe, "events/a");
    probe_watch(&f->probe, "events/", "events0", revision);
    probe_until(&f->probe, "del");
    assert_string_equal(buf_text(&f->probe.seen),
                        "opened put events/a=1 put events/b=2 del events/a ");
}

static void a_compacted_past_is_stale(void **state)
{
    struct fixture *f = *state;
    cleanup_free char *words = NULL;
    int64_t revision;

    probe_put(&f->probe, "events/a", "0");
    revision = f->probe.revision;
    probe_put(&f->probe, "events/a", "1");
    words = xasprintf("compaction %lld", (long long) f->probe.revision);
    etcd_server_ctl(&server, words);
    probe_watch(&f->probe, "events/", "events0", revision);
    probe_until(&f->probe, "lost ESTALE ");
    assert_non_null(strstr(f->probe.error, "compacted"));
}

static void a_watch_is_lost_when_etcd_ends(void **state)
{
    struct fixture *f = *state;

    probe_watch(&f->probe, "flag", NULL, 0);
    probe_until(&f->probe, "opened");
    etcd_server_stop(&server);
    probe_until(&f->probe, "lost ");
    etcd_server_again(&server);
    buf_clear(&f->probe.seen);
    probe_watch(&f->probe, "flag", NULL, 0);
    probe_until(&f->probe, "opened");
}

static void nothing_comes_after_unwatch(void **state)
{
    struct fixture *f = *state;
    struct store_watch *watch = probe_watch(&f->probe, "flag", NULL, 0);

    probe_until(&f->probe, "opened ");
    store_unwatch(watch);
    probe_put(&f->probe, "flag", "1");
    assert_string_equal(probe_get(&f->probe, "flag"), "1");
    assert_string_equal(buf_text(&f->probe.seen), "opened ");
}

static void on_idle_timer(void *userdata)
{
    *(bool *) userdata = true;
}

/* How many passes of the loop the next ms milliseconds take. */
static int count_passes(struct fixture *f, int64_t ms)
{
    bool fired = false;
    struct timer timer;
    int passes = 0;

    timer_init(&timer, f->probe.loop, on_idle_timer, &fired);
    timer_set(&timer, ms);
    do {
        assert_int_equal(loop_step(f->probe.loop, -1), 0);
        passes++;
    } while (!fired);
    return passes;
}

static void an_idle_watch_wakes_the_loop_for_nothing(void **state)
{
    struct fixture *f = *state;

    probe_watch(&f->probe, "flag", NULL, 0);
    probe_put(&f->probe, "events/crons", "1");
    probe_until(&f->probe, "opened");
    /* curl wakes once more when connecting would have taken too long. */
    count_passes(f, ETCD_CONNECT_TIMEOUT_MS + 100);
    assert_int_equal(count_passes(f, 1000), 1);
}

/* ------------------------------------------------------------------- leases */

static void keys_with_a_lease_go_with_it(void **state)
{
    struct fixture *f = *state;
    struct txn *txn = txn_new();
    int64_t lease;

    assert_int_equal(probe_grant(&f->probe, 60), 0);
    assert_int_equal(f->probe.ttl_s, 60);
    lease = f->probe.lease;
    assert_true(lease > 0);
    txn_put(txn, "alive/web1", "x", lease);
    assert_int_equal(probe_commit(&f->probe, txn), 0);
    assert_string_equal(probe_get(&f->probe, "alive/web1"), "x");
    assert_true(f->probe.key_lease == lease);
    probe_watch(&f->probe, "alive/", "alive0", 0);
    probe_until(&f->probe, "opened");
    assert_int_equal(probe_keep(&f->probe, lease), 0);
    assert_int_equal(f->probe.ttl_s, 60);
    assert_true(f->probe.lease == lease);
    assert_true(f->probe.revision > 0);
    assert_int_equal(probe_revoke(&f->probe, lease), 0);
    probe_until(&f->probe, "del alive/web1");
}

static void a_lease_that_is_gone_is_told(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(probe_keep(&f->probe, 4711), 0);
    assert_int_equal(f->probe.ttl_s, 0);
    assert_int_equal(f->probe.lease, 4711);
    assert_int_equal(probe_revoke(&f->probe, 4711), -ENOENT);
}

static void a_lease_that_is_not_kept_lapses(void **state)
{
    struct fixture *f = *state;
    struct txn *txn = txn_new();

    probe_watch(&f->probe, "lock/", "lock0", 0);
    probe_until(&f->probe, "opened");
    assert_int_equal(probe_grant(&f->probe, 1), 0);
    txn_put(txn, "lock/1", "x", f->probe.lease);
    assert_int_equal(probe_commit(&f->probe, txn), 0);
    probe_until(&f->probe, "del lock/1");
    assert_int_equal(probe_keep(&f->probe, f->probe.lease), 0);
}

#define ETCD_TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ETCD_TEST(carries_out_one_branch),
        ETCD_TEST(each_condition_can_fail),
        ETCD_TEST(reads_ranges_in_all_orders),
        ETCD_TEST(refuses_what_etcd_refuses),
        ETCD_TEST(keeps_values_byte_by_byte),
        ETCD_TEST(keys_that_are_no_text_are_left_out),
        ETCD_TEST(a_cancelled_call_says_nothing),
        ETCD_TEST(can_be_freed_with_all_in_flight),
        ETCD_TEST(a_watch_sees_its_range_from_the_present),
        ETCD_TEST(a_watch_sees_the_past_that_is_kept),
        ETCD_TEST(a_compacted_past_is_stale),
        ETCD_TEST(a_watch_is_lost_when_etcd_ends),
        ETCD_TEST(nothing_comes_after_unwatch),
        ETCD_TEST(an_idle_watch_wakes_the_loop_for_nothing),
        ETCD_TEST(keys_with_a_lease_go_with_it),
        ETCD_TEST(a_lease_that_is_gone_is_told),
        ETCD_TEST(a_lease_that_is_not_kept_lapses),
    };

    if (!server_has("etcd") || !server_has("etcdctl")) {
        puts("1..0 # skipped: etcd is not installed");
        return 0;
    }
    return cmocka_run_group_tests(tests, start_server, stop_server);
}
