/* SPDX-License-Identifier: ISC */
/* The store in etcd when the stream of a watch goes bad. */
#include "store_faulty.h"

#include "base/alloc.h"
#include "base/util.h"

#include <errno.h>

#define CREATED                                                                \
    "{\"result\":{\"header\":{\"revision\":\"7\"},\"created\":true}}\n"

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
        {"garbage\n", "opened lost EPROTO ", "not JSON"},
        {"\n", "opened lost EPROTO ", "not JSON"},
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
        struct faulty *f = *state;

        stream_text = cases[i].text;
        faulty_open(f, NULL, stream);
        driver_watch(&f->driver, "flag", NULL, 0);
        driver_until(&f->driver, "lost");
        assert_non_null(strstr(buf_text(&f->driver.seen), cases[i].seen));
        assert_non_null(strstr(f->driver.error, cases[i].error));
        driver_done(&f->driver);
        fake_server_stop(&f->fake);
        memset(&f->driver, 0, sizeof(f->driver));
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
    struct faulty *f = *state;

    faulty_open(f, NULL, stream_without_newline);
    driver_watch(&f->driver, "flag", NULL, 0);
    driver_until(&f->driver, "opened lost EMSGSIZE ");
    assert_non_null(strstr(f->driver.error, "a line of more than"));
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
    struct faulty *f = *state;

    faulty_open(f, NULL, stream_in_crumbs);
    driver_watch(&f->driver, "flag", NULL, 0);
    driver_until(&f->driver, "opened put flag=x del flag ");
}

struct dropper {
    struct store_driver *driver;
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
    store_free(dropper->driver->store);
    dropper->driver->store = NULL;
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
    struct faulty *f = *state;
    struct dropper dropper = {.driver = &f->driver};

    faulty_open(f, NULL, stream_in_crumbs);
    store_watch(f->driver.store, "flag", NULL, 0, &ops, &dropper);
    while (f->driver.store)
        driver_step(&f->driver);
    driver_step(&f->driver);
    assert_int_equal(dropper.events, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FAULTY_TEST(a_watch_ends_with_the_first_bad_line),
        FAULTY_TEST(a_line_without_end_is_cut_off),
        FAULTY_TEST(lines_may_come_in_crumbs),
        FAULTY_TEST(a_store_can_be_freed_from_an_event),
    };

    return cmocka_run_group_tests_name("store_etcd_stream", tests, NULL, NULL);
}
