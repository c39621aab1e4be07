/* SPDX-License-Identifier: ISC */
/* The store in a real, private etcd: transactions, ranges, watches, leases. */
#include "store_cases.h"
#include "store_driver.h"

#include "unit/server.h"

#include "base/alloc.h"
#include "base/util.h"
#include "etcd/base64.h"
#include "store/etcd.h"

#include <errno.h>

static struct etcd_server server;
static unsigned n_prefixes; /* each test has its own */

struct fixture {
    struct store_driver driver;
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
    driver_init(&f->driver, &f->config);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    driver_done(&f->driver);
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

static void says_why_etcd_refuses(void **state)
{
    struct fixture *f = *state;
    struct txn *txn = txn_new();

    txn_put(txn, "a", "1", 0);
    txn_put(txn, "a", "2", 0);
    assert_int_equal(driver_commit(&f->driver, txn), -EINVAL);
    assert_non_null(strstr(f->driver.error, "duplicate key"));
    assert_int_equal(driver_put(&f->driver, "../a", "1"), -EINVAL);
    assert_string_equal(driver_get(&f->driver, "a"), "");
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
        etcd_open(f->driver.loop, &f->config.store, 8000, &etcd, NULL), 0);
    buf_puts(&body, "{\"key\":\"");
    base64_encode(&body, key, size);
    buf_puts(&body, "\"}");
    etcd_post(etcd, "/v3/kv/put", &body, &ops, &done);
    while (!done)
        driver_step(&f->driver);
    etcd_close(etcd);
}

static void keys_that_are_no_text_are_left_out(void **state)
{
    struct fixture *f = *state;
    cleanup_free char *key = xasprintf("%s/events/a?b", f->prefix);

    driver_watch(&f->driver, "events/", "events0", 0);
    driver_until(&f->driver, "opened");
    *strchr(key, '?') = '\0';
    put_raw(f, key, strlen(key) + 2);
    driver_put(&f->driver, "events/b", "x");
    driver_until(&f->driver, "put");
    assert_string_equal(buf_text(&f->driver.seen), "opened put events/b=x ");
    assert_string_equal(
        driver_below(&f->driver, "events/", &(struct txn_range){0}),
        "events/b=x | ");
    assert_int_equal(f->driver.count, 2);
}

/* ------------------------------------------------------------------ watches */

static void a_watch_sees_the_past_that_is_kept(void **state)
{
    struct fixture *f = *state;
    int64_t revision;

    driver_put(&f->driver, "events/a", "0");
    driver_put(&f->driver, "events/a", "1");
    revision = f->driver.revision;
    driver_put(&f->driver, "events/b", "2");
    driver_delete(&f->driver, "events/a");
    driver_watch(&f->driver, "events/", "events0", revision);
    driver_until(&f->driver, "del");
    assert_string_equal(buf_text(&f->driver.seen),
                        "opened put events/a=1 put events/b=2 del events/a ");
}

static void a_compacted_past_is_stale(void **state)
{
    struct fixture *f = *state;
    cleanup_free char *words = NULL;
    int64_t revision;

    driver_put(&f->driver, "events/a", "0");
    revision = f->driver.revision;
    driver_put(&f->driver, "events/a", "1");
    words = xasprintf("compaction %lld", (long long) f->driver.revision);
    etcd_server_ctl(&server, words);
    driver_watch(&f->driver, "events/", "events0", revision);
    driver_until(&f->driver, "lost ESTALE ");
    assert_non_null(strstr(f->driver.error, "compacted"));
}

static void a_watch_is_lost_when_etcd_ends(void **state)
{
    struct fixture *f = *state;

    driver_watch(&f->driver, "flag", NULL, 0);
    driver_until(&f->driver, "opened");
    etcd_server_stop(&server);
    driver_until(&f->driver, "lost ");
    etcd_server_again(&server);
    buf_clear(&f->driver.seen);
    driver_watch(&f->driver, "flag", NULL, 0);
    driver_until(&f->driver, "opened");
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

    timer_init(&timer, f->driver.loop, on_idle_timer, &fired);
    timer_set(&timer, ms);
    do {
        assert_int_equal(loop_step(f->driver.loop, -1), 0);
        passes++;
    } while (!fired);
    return passes;
}

static void an_idle_watch_wakes_the_loop_for_nothing(void **state)
{
    struct fixture *f = *state;

    driver_watch(&f->driver, "flag", NULL, 0);
    driver_put(&f->driver, "events/crons", "1");
    driver_until(&f->driver, "opened");
    /* curl wakes once more when connecting would have taken too long. */
    count_passes(f, ETCD_CONNECT_TIMEOUT_MS + 100);
    assert_int_equal(count_passes(f, 1000), 1);
}

/* ------------------------------------------------------------------- leases */

#define ETCD_TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_CASES(ETCD_TEST),
        ETCD_TEST(says_why_etcd_refuses),
        ETCD_TEST(keys_that_are_no_text_are_left_out),
        ETCD_TEST(a_watch_sees_the_past_that_is_kept),
        ETCD_TEST(a_compacted_past_is_stale),
        ETCD_TEST(a_watch_is_lost_when_etcd_ends),
        ETCD_TEST(an_idle_watch_wakes_the_loop_for_nothing),
    };

    if (!server_has("etcd") || !server_has("etcdctl")) {
        puts("1..0 # skipped: etcd is not installed");
        return 0;
    }
    return cmocka_run_group_tests(tests, start_server, stop_server);
}
