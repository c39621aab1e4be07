/* SPDX-License-Identifier: ISC */
/* The store in etcd when the network, or what answers, misbehaves. */
#include "store_probe.h"

#include "server.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/util.h"

#include <errno.h>
#include <signal.h>

#define CREATED                                                                \
    "{\"result\":{\"header\":{\"revision\":\"7\"},\"created\":true}}\n"
#define TXN_DONE "{\"header\":{\"revision\":\"7\"},\"succeeded\":true}"

static struct etcd_server etcd;

struct fixture {
    struct probe probe;
    struct config config;
    char *endpoints[4];
    struct fake_server fake;
};

static int setup(void **state)
{
    struct fixture *f = test_calloc(1, sizeof(*f));

    f->config.store.kind = STORE_ETCD;
    f->config.store.endpoints = f->endpoints;
    f->config.store.prefix = "/ccm";
    f->config.ttl_s = 3; /* the shortest time limit: 2 s */
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    if (f->probe.loop)
        probe_done(&f->probe);
    if (f->fake.pid)
        fake_server_stop(&f->fake);
    test_free(f);
    return 0;
}

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

/* Opens the store on a fake, with the real etcd as a second endpoint. */
static void open_on(struct fixture *f, fake_fn fn)
{
    fake_server_start(&f->fake, fn);
    f->endpoints[0] = f->fake.url;
    f->endpoints[1] = etcd.url;
    probe_init(&f->probe, &f->config);
}

/* ----------------------------------------------------------------- fail-over
 */

static void goes_on_to_the_next_endpoint_when_one_is_dead(void **state)
{
    struct fixture *f = *state;
    cleanup_free char *dead =
        xasprintf("http://127.0.0.1:%d", server_free_port());

    f->endpoints[0] = dead;
    f->endpoints[1] = etcd.url;
    probe_init(&f->probe, &f->config);
    assert_int_equal(probe_put(&f->probe, "events/crons", "x"), 0);
    assert_string_equal(store_where(f->probe.store), etcd.url);
    probe_watch(&f->probe, "flag", NULL, 0);
    probe_until(&f->probe, "opened");
}

static void says_so_when_all_endpoints_are_dead(void **state)
{
    struct fixture *f = *state;
    cleanup_free char *dead =
        xasprintf("http://127.0.0.1:%d", server_free_port());

    f->endpoints[0] = f->endpoints[1] = dead;
    probe_init(&f->probe, &f->config);
    assert_int_equal(probe_put(&f->probe, "a", "x"), -ECONNREFUSED);
    assert_non_null(strstr(f->probe.error, dead));
    probe_watch(&f->probe, "flag", NULL, 0);
    probe_until(&f->probe, "lost ECONNREFUSED ");
}

static void a_url_that_is_none_is_an_error(void **state)
{
    struct fixture *f = *state;

    f->endpoints[0] = "file:///etc/passwd";
    probe_init(&f->probe, &f->config);
    assert_int_equal(probe_put(&f->probe, "a", "x"), -EIO);
    assert_non_null(strstr(f->probe.error, "file"));
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
    struct fixture *f = *state;

    open_on(f, swallow);
    assert_int_equal(probe_put(&f->probe, "once", "x"), -ETIMEDOUT);
    assert_int_equal(fake_server_requests(&f->fake), 1);
    /* The next one goes elsewhere, and shows that the first did not. */
    assert_string_equal(probe_get(&f->probe, "once"), "");
    assert_string_equal(store_where(f->probe.store), etcd.url);
}

static void a_watch_that_does_not_open_is_lost(void **state)
{
    struct fixture *f = *state;

    open_on(f, swallow);
    probe_watch(&f->probe, "flag", NULL, 0);
    probe_until(&f->probe, "lost ETIMEDOUT ");
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
    struct fixture *f = *state;

    open_on(f, answer_once);
    assert_int_equal(probe_put(&f->probe, "a", "x"), 0);
    assert_int_equal(probe_put(&f->probe, "b", "x"), -ECONNRESET);
    assert_int_equal(fake_server_requests(&f->fake), 2);
    assert_string_equal(probe_get(&f->probe, "b"), "");
}

static void answer_and_close(int connection)
{
    fake_read(connection);
    fake_reply(connection, "200 OK", TXN_DONE);
}

static void a_connection_closed_meanwhile_does_no_harm(void **state)
{
    struct fixture *f = *state;
    int i;

    open_on(f, answer_and_close);
    for (i = 0; i < 5; i++) {
        struct txn *txn = txn_new();

        txn_put(txn, "a", "x", 0);
        probe_commit(&f->probe, txn);
        assert_true(f->probe.r == 0 || f->probe.r == -ECONNRESET);
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
        struct fixture *f = *state;

        wrong_status = cases[i].status;
        wrong_body = cases[i].body;
        open_on(f, answer_wrong);
        assert_int_equal(probe_put(&f->probe, "a", "x"), cases[i].r);
        assert_non_null(strstr(f->probe.error, cases[i].text));
        assert_int_equal(fake_server_requests(&f->fake), 1);
        probe_done(&f->probe);
        fake_server_stop(&f->fake);
        memset(&f->probe, 0, sizeof(f->probe));
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
    struct fixture *f = *state;

    /* Longer than the default: a slow machine takes its time for 16 MiB. */
    f->config.ttl_s = 300;
    open_on(f, answer_without_end);
    assert_int_equal(probe_put(&f->probe, "a", "x"), -EMSGSIZE);
    assert_non_null(strstr(f->probe.error, "a reply of more than"));
}

/* ---------------------------------------------------------- streams gone bad
 */

static const char *stream_text;

static void stream(int connection)
{
    fake_read(connection);
    fake_stream(connection);
    fake_write(connection, CREATED);
    fake_write(connection, stream_text);
    if (stream_text[strlen(stream_text) - 1] == '\n')
        fake_linger(connection);
}

static void a_watch_ends_with_the_first_bad_line(void **state)
{
    static const struct {
        const char *text;
        const char *seen;
        const char *error;
    } cases[] = {
        {"garbage\n", "opened lost EPROTO ", "no JSON"},
        {"\n", "opened lost EPROTO ", "no JSON"},
        {"{\"result\":{\"events\":[{\"kv\":{\"key\":\"!\"}}]}}\n",
         "opened lost EPROTO ", "key"},
        {"{\"result\":{\"events\":[{\"type\":\"ODD\"}]}}\n",
         "opened lost EPROTO ", "type"},
        {"{\"result\":{\"events\":{}}}\n", "opened lost EPROTO ", "events"},
        {"{\"other\":1}\n", "opened lost EPROTO ", "result"},
        {"{\"result\":{\"events\":[{\"kv\":", "opened lost ", ""},
        {"{\"error\":{\"grpc_code\":14,\"message\":\"stopping\"}}\n",
         "opened lost EAGAIN ", "stopping"},
        {"{\"result\":{\"canceled\":true,\"compact_revision\":\"9\"}}\n",
         "opened lost ESTALE ", "compacted up to 9"},
        {"{\"result\":{\"canceled\":true,\"cancel_reason\":\"tired\"}}\n",
         "opened lost ECONNRESET ", "tired"},
    };
    size_t i;

    for (i = 0; i < ARRAY_SIZE(cases); i++) {
        struct fixture *f = *state;

        stream_text = cases[i].text;
        open_on(f, stream);
        probe_watch(&f->probe, "flag", NULL, 0);
        probe_until(&f->probe, "lost");
        assert_non_null(strstr(buf_text(&f->probe.seen), cases[i].seen));
        assert_non_null(strstr(f->probe.error, cases[i].error));
        probe_done(&f->probe);
        fake_server_stop(&f->fake);
        memset(&f->probe, 0, sizeof(f->probe));
        f->fake.pid = 0;
    }
}

static void stream_without_newline(int connection)
{
    static char part[65536];

    memset(part, ' ', sizeof(part) - 1);
    fake_read(connection);
    fake_stream(connection);
    fake_write(connection, CREATED);
    for (;;)
        fake_write(connection, part);
}

static void a_line_without_end_is_cut_off(void **state)
{
    struct fixture *f = *state;

    open_on(f, stream_without_newline);
    probe_watch(&f->probe, "flag", NULL, 0);
    probe_until(&f->probe, "opened lost EMSGSIZE ");
    assert_non_null(strstr(f->probe.error, "a line of more than"));
}

static void stream_in_crumbs(int connection)
{
    const char *at = CREATED
        "{\"result\":{\"events\":[{\"kv\":{\"key\":\"L2NjbS9mbGFn\","
        "\"mod_revision\":\"8\",\"value\":\"eA==\"}},{\"type\":\"DELETE\","
        "\"kv\":{\"key\":\"L2NjbS9mbGFn\",\"mod_revision\":\"9\"}}]}}\n";

    fake_read(connection);
    fake_stream(connection);
    for (; *at; at++) {
        char crumb[] = {*at, '\0'};

        fake_write(connection, crumb);
    }
    fake_linger(connection);
}

static void lines_may_come_in_crumbs(void **state)
{
    struct fixture *f = *state;

    open_on(f, stream_in_crumbs);
    probe_watch(&f->probe, "flag", NULL, 0);
    probe_until(&f->probe, "opened put flag=x del flag ");
}

struct dropper {
    struct probe *probe;
    struct store_watch *watch;
    int events;
};

static void drop_on_opened(void *userdata, int64_t revision)
{
    (void) userdata;
    assert_int_equal(revision, 7);
}

static void drop_on_event(void *userdata, const struct store_kv *kv,
                          bool deleted)
{
    struct dropper *dropper = userdata;

    (void) kv;
    (void) deleted;
    dropper->events++;
    store_free(dropper->probe->store);
    dropper->probe->store = NULL;
}

static void drop_on_lost(void *userdata, int r, const struct error *err)
{
    (void) userdata;
    (void) r;
    fail_msg("%s", err->text);
}

static void a_store_can_be_freed_from_an_event(void **state)
{
    static const struct store_watch_ops ops = {drop_on_opened, drop_on_event,
                                               drop_on_lost};
    struct fixture *f = *state;
    struct dropper dropper = {.probe = &f->probe};

    open_on(f, stream_in_crumbs);
    store_watch(f->probe.store, "flag", NULL, 0, &ops, &dropper);
    while (f->probe.store)
        probe_step(&f->probe);
    probe_step(&f->probe);
    assert_int_equal(dropper.events, 1);
}

#define FAULT_TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FAULT_TEST(goes_on_to_the_next_endpoint_when_one_is_dead),
        FAULT_TEST(says_so_when_all_endpoints_are_dead),
        FAULT_TEST(a_url_that_is_none_is_an_error),
        FAULT_TEST(an_ambiguous_request_is_not_repeated),
        FAULT_TEST(a_watch_that_does_not_open_is_lost),
        FAULT_TEST(no_request_is_repeated_on_a_connection_that_breaks),
        FAULT_TEST(a_connection_closed_meanwhile_does_no_harm),
        FAULT_TEST(tells_wrong_answers_from_each_other),
        FAULT_TEST(a_reply_without_end_is_cut_off),
        FAULT_TEST(a_watch_ends_with_the_first_bad_line),
        FAULT_TEST(a_line_without_end_is_cut_off),
        FAULT_TEST(lines_may_come_in_crumbs),
        FAULT_TEST(a_store_can_be_freed_from_an_event),
    };

    if (!server_has("etcd")) {
        puts("1..0 # skipped: etcd is not installed");
        return 0;
    }
    return cmocka_run_group_tests(tests, start_server, stop_server);
}
