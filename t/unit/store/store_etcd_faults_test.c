/* SPDX-License-Identifier: ISC */
/* The store in etcd when the network, or what answers, misbehaves. */
#include "store_faulty.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/util.h"

#include <errno.h>
#include <signal.h>

#define CREATED                                                                \
    "{\"result\":{\"header\":{\"revision\":\"7\"},\"created\":true}}\n"
#define TXN_DONE "{\"header\":{\"revision\":\"7\"},\"succeeded\":true}"

static struct etcd_server etcd;

static int start_server(void **state)
{
    (void) state;
    etcd_server_start(&etcd);
    return 0;
}

static int stop_server(void **state)
{
    (void) state;
    etcd_server_remove(&etcd);
    return 0;
}

/* ----------------------------------------------------------------- fail-over
 */

static void goes_on_to_the_next_endpoint_when_one_is_dead(void **state)
{
    struct faulty *f = *state;
    cleanup_free char *dead =
        xasprintf("http://127.0.0.1:%d", server_free_port());

    f->endpoints[0] = dead;
    f->endpoints[1] = etcd.url;
    driver_init(&f->driver, &f->config);
    assert_int_equal(driver_put(&f->driver, "events/crons", "x"), 0);
    assert_string_equal(store_where(f->driver.store), etcd.url);
    driver_watch(&f->driver, "flag", NULL, 0);
    driver_until(&f->driver, "opened");
}

static void says_so_when_all_endpoints_are_dead(void **state)
{
    struct faulty *f = *state;
    cleanup_free char *dead =
        xasprintf("http://127.0.0.1:%d", server_free_port());

    f->endpoints[0] = f->endpoints[1] = dead;
    driver_init(&f->driver, &f->config);
    assert_int_equal(driver_put(&f->driver, "a", "x"), -ECONNREFUSED);
    assert_non_null(strstr(f->driver.error, dead));
    driver_watch(&f->driver, "flag", NULL, 0);
    driver_until(&f->driver, "lost ECONNREFUSED ");
}

static void a_url_that_is_none_is_an_error(void **state)
{
    struct faulty *f = *state;

    f->endpoints[0] = "file:///etc/passwd";
    driver_init(&f->driver, &f->config);
    assert_int_equal(driver_put(&f->driver, "a", "x"), -EIO);
    assert_non_null(strstr(f->driver.error, "file"));
}

/* --------------------------------------------------- answers that do not come
 */

static void swallow(int connection)
{
    while (fake_read(connection))
        continue;
}

static void an_ambiguous_request_is_not_repeated(void **state)
{
    struct faulty *f = *state;

    faulty_open(f, &etcd, swallow);
    assert_int_equal(driver_put(&f->driver, "once", "x"), -ETIMEDOUT);
    assert_int_equal(fake_server_requests(&f->fake), 1);
    /* The next one goes elsewhere, and shows that the first did not. */
    assert_string_equal(driver_get(&f->driver, "once"), "");
    assert_string_equal(store_where(f->driver.store), etcd.url);
}

static void a_watch_that_does_not_open_is_lost(void **state)
{
    struct faulty *f = *state;

    faulty_open(f, &etcd, swallow);
    driver_watch(&f->driver, "flag", NULL, 0);
    driver_until(&f->driver, "lost ETIMEDOUT ");
    assert_int_equal(fake_server_requests(&f->fake), 1);
}

static void answer_once(int connection)
{
    fake_read(connection);
    fake_reply(connection, "200 OK", TXN_DONE);
    fake_read(connection);
}

static void no_request_is_repeated_on_a_connection_that_breaks(void **state)
{
    struct faulty *f = *state;

    faulty_open(f, &etcd, answer_once);
    assert_int_equal(driver_put(&f->driver, "a", "x"), 0);
    assert_int_equal(driver_put(&f->driver, "b", "x"), -ECONNRESET);
    assert_int_equal(fake_server_requests(&f->fake), 2);
    assert_string_equal(driver_get(&f->driver, "b"), "");
}

/* Nobody listens any more when the second request is lost. */
static void answer_once_and_end(int connection)
{
    answer_once(connection);
    kill(getppid(), SIGKILL);
}

static void no_request_is_repeated_elsewhere_either(void **state)
{
    struct faulty *f = *state;

    faulty_open(f, &etcd, answer_once_and_end);
    assert_int_equal(driver_put(&f->driver, "a", "x"), 0);
    assert_true(driver_put(&f->driver, "c", "x") < 0);
    assert_string_equal(driver_get(&f->driver, "c"), "");
    assert_string_equal(store_where(f->driver.store), etcd.url);
}

static void answer_and_close(int connection)
{
    fake_read(connection);
    fake_reply(connection, "200 OK", TXN_DONE);
}

static void a_connection_closed_meanwhile_does_no_harm(void **state)
{
    struct faulty *f = *state;
    int i;

    faulty_open(f, &etcd, answer_and_close);
    for (i = 0; i < 5; i++) {
        struct txn *txn = txn_new();

        txn_put(txn, "a", "x", 0);
        driver_commit(&f->driver, txn);
        assert_true(f->driver.r == 0 || f->driver.r == -ECONNRESET);
    }
}

/* ---------------------------------------------------- answers that are wrong
 */

static const char *wrong_status, *wrong_body;

static void answer_wrong(int connection)
{
    while (fake_read(connection))
        fake_reply(connection, wrong_status, wrong_body);
}

static void tells_wrong_answers_from_each_other(void **state)
{
    static const struct {
        const char *status, *body;
        int r;
        const char *text;
    } cases[] = {
        {"200 OK", "<html>", -EPROTO, "line 1"},
        {"200 OK", "", -EPROTO, ""},
        {"200 OK", "{}", -EPROTO, "header"},
        {"200 OK", "[]", -EPROTO, "header"},
        {"200 OK", "{\"header\":{\"revision\":\"7x\"}}", -EPROTO, "revision"},
        {"200 OK", "{\"header\":{\"revision\":\"99999999999999999999\"}}",
         -EPROTO, "revision"},
        {"502 Bad Gateway", "<html>", -EAGAIN, "HTTP 502"},
        {"404 Not Found", "404 page not found", -EIO, "HTTP 404"},
        {"401 Unauthorized", "{\"error\":\"x\",\"code\":16}", -EPERM, "x"},
        {"302 Found", "", -EIO, "HTTP 302"},
        {"503 Unavailable", "{\"error\":\"etcdserver: no leader\",\"code\":14}",
         -EAGAIN, "no leader"},
        {"500 Oops", "{\"error\":\"odd\",\"code\":2}", -EIO, "odd"},
        {"429 Too Many",
         "{\"error\":\"etcdserver: mvcc: database space exceeded\",\"code\":8}",
         -ENOSPC, "space"},
    };
    size_t i;

    for (i = 0; i < ARRAY_SIZE(cases); i++) {
        struct faulty *f = *state;

        wrong_status = cases[i].status;
        wrong_body = cases[i].body;
        faulty_open(f, &etcd, answer_wrong);
        assert_int_equal(driver_put(&f->driver, "a", "x"), cases[i].r);
        assert_non_null(strstr(f->driver.error, cases[i].text));
        assert_int_equal(fake_server_requests(&f->fake), 1);
        driver_done(&f->driver);
        fake_server_stop(&f->fake);
        memset(&f->driver, 0, sizeof(f->driver));
        f->fake.pid = 0;
    }
}

static void answer_without_end(int connection)
{
    static char part[65536];

    memset(part, ' ', sizeof(part) - 1);
    fake_read(connection);
    fake_write(connection, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
    for (;;)
        fake_write(connection, part);
}

static void a_reply_without_end_is_cut_off(void **state)
{
    struct faulty *f = *state;

    /* Longer than the default: a slow machine takes its time for 16 MiB. */
    f->config.ttl_s = 300;
    faulty_open(f, &etcd, answer_without_end);
    assert_int_equal(driver_put(&f->driver, "a", "x"), -EMSGSIZE);
    assert_non_null(strstr(f->driver.error, "a reply of more than"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FAULTY_TEST(goes_on_to_the_next_endpoint_when_one_is_dead),
        FAULTY_TEST(says_so_when_all_endpoints_are_dead),
        FAULTY_TEST(a_url_that_is_none_is_an_error),
        FAULTY_TEST(an_ambiguous_request_is_not_repeated),
        FAULTY_TEST(a_watch_that_does_not_open_is_lost),
        FAULTY_TEST(no_request_is_repeated_on_a_connection_that_breaks),
        FAULTY_TEST(no_request_is_repeated_elsewhere_either),
        FAULTY_TEST(a_connection_closed_meanwhile_does_no_harm),
        FAULTY_TEST(tells_wrong_answers_from_each_other),
        FAULTY_TEST(a_reply_without_end_is_cut_off),
    };

    if (!server_has("etcd")) {
        puts("1..0 # skipped: etcd is not installed");
        return 0;
    }
    return cmocka_run_group_tests(tests, start_server, stop_server);
}
