/* SPDX-License-Identifier: ISC */
/* What the etcd source makes of answers that a real etcd seldom gives. */
#include "unit/unit.h"

#include "http_server.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/util.h"
#include "etcd/base64.h"
#include "objects/source.h"

#include <errno.h>
#include <fcntl.h>

static char dir[] = "/tmp/ccm-wire.XXXXXX";

static int setup(void **state)
{
    (void) state;
    return mkdtemp(dir) ? server_start() : -1;
}

static int teardown(void **state)
{
    (void) state;
    return server_stop() < 0 ? -1 : rmdir(dir);
}

/* Fetches crons; *out may be NULL. given: endpoints, user, password. */
static int fetch(serve_fn serve, const struct config_store *given,
                 struct objects **out, struct error *err)
{
    static const char *const types[] = {"crons", NULL};
    const struct source_limits limits = {.connect_ms = 2000,
                                         .request_ms = 20000,
                                         .page_bytes = 100000,
                                         .pages = 50,
                                         .tries = 3};
    char *endpoints[] = {server.url, NULL};
    struct config_store config = {.endpoints = endpoints, .prefix = "/ccm"};
    struct objects *objects = NULL;
    int r;

    if (given)
        config = *given;
    server_script(serve);
    assert_int_equal(objects_new(types, &objects, err), 0);
    r = source_etcd_fetch(&config, &limits, objects, err);
    if (r < 0 || !out)
        objects_free(objects);
    else
        *out = objects;
    return r;
}

/* A page with one key-value pair (key NULL: none). */
static void reply_page(int fd, int revision, const char *key, const char *value,
                       bool more)
{
    cleanup_buf struct buf text = BUF_INIT;

    buf_printf(&text, "{\"header\":{\"revision\":\"%d\"},\"more\":%s", revision,
               more ? "true" : "false");
    if (key) {
        buf_puts(&text, ",\"kvs\":[{\"mod_revision\":\"1\",\"key\":\"");
        base64_encode(&text, key, strlen(key));
        buf_puts(&text, "\",\"value\":\"");
        base64_encode(&text, value, strlen(value));
        buf_puts(&text, "\"}]");
    }
    buf_puts(&text, "}");
    reply(fd, "200 OK", "", text.data);
}

static void reply_compacted(int fd)
{
    reply(fd, "400 Bad Request", "",
          "{\"error\":\"etcdserver: mvcc: required revision has been "
          "compacted\",\"code\":11}");
}

/* Two pages; between them, the first time, the revision is compacted. */
static void serve_compacted_once(int fd, const char *request)
{
    (void) request;
    if (server.requests == 1)
        reply_page(fd, 7, "/ccm/objects/crons/1", "{\"id\":1,\"old\":1}", true);
    else if (server.requests == 2)
        reply_compacted(fd);
    else if (server.requests == 3)
        reply_page(fd, 9, "/ccm/objects/crons/1", "{\"id\":1}", true);
    else
        reply_page(fd, 11, "/ccm/objects/crons/2", "{\"id\":2}", false);
}

static void begins_anew_when_its_revision_is_compacted(void **state)
{
    struct objects *objects = NULL;
    struct error err;

    (void) state;
    assert_int_equal(fetch(serve_compacted_once, NULL, &objects, &err), 0);
    assert_int_equal(objects_revision(objects), 9);
    assert_non_null(strstr(server.last, "\"revision\":\"9\""));
    assert_int_equal(server.connections, 1);
    assert_int_equal(objects_seal(&objects->types[0], &err), 0);
    assert_int_equal(json_array_size(objects_of(objects, "crons")), 2);
    assert_null(json_object_get(objects_find(objects, "crons", 1), "old"));
    objects_free(objects);
}

static void serve_compacted_always(int fd, const char *request)
{
    (void) request;
    if (server.requests % 2 == 1)
        reply_page(fd, 7, "/ccm/objects/crons/1", "{\"id\":1}", true);
    else
        reply_compacted(fd);
}

static void does_not_begin_anew_for_ever(void **state)
{
    struct error err;

    (void) state;
    assert_int_equal(fetch(serve_compacted_always, NULL, NULL, &err), -EAGAIN);
    assert_int_equal(server.requests, 6);
    assert_non_null(strstr(err.text, "compacted"));
}

/* Large objects: 100 keys fit into the limit of an answer, 500 do not. */
static void serve_large(int fd, const char *request)
{
    const char *limit = strstr(request, "\"limit\":\"");
    cleanup_free char *body = xmalloc(200001);

    memset(body, ' ', 200000);
    body[200000] = '\0';
    if (!limit || strtol(limit + strlen("\"limit\":\""), NULL, 10) > 100)
        reply(fd, "200 OK", "", body);
    else
        reply_page(fd, 7, "/ccm/objects/crons/1", "{\"id\":1}", false);
}

static void asks_for_less_when_objects_are_large(void **state)
{
    struct error err;

    (void) state;
    assert_int_equal(fetch(serve_large, NULL, NULL, &err), 0);
}

static void serve_by_endpoint(int fd, const char *request)
{
    if (after_prefix(request, "POST /good/"))
        reply_page(fd, 7, "/ccm/objects/crons/1", "{\"id\":1}",
                   server.requests < 4);
    else
        reply(fd, "503 Service Unavailable", "", "no");
}

static void stays_with_the_endpoint_that_answers(void **state)
{
    cleanup_free char *bad = xasprintf("%s/bad", server.url);
    cleanup_free char *good = xasprintf("%s/good", server.url);
    char *endpoints[] = {bad, good, NULL};
    struct config_store config = {.endpoints = endpoints, .prefix = "/ccm"};
    struct error err;

    (void) state;
    assert_int_equal(fetch(serve_by_endpoint, &config, NULL, &err), 0);
    assert_int_equal(server.requests, 4);
    endpoints[1] = bad;
    assert_int_equal(fetch(serve_by_endpoint, &config, NULL, &err), -EAGAIN);
    assert_non_null(strstr(err.text, "none of 2 endpoints"));
}

/* The token of the first login is no longer valid on the second page. */
static void serve_login(int fd, const char *request)
{
    if (strstr(request, "/v3/auth/authenticate"))
        reply(fd, "200 OK", "",
              server.requests == 1 ? "{\"token\":\"first\"}"
                                   : "{\"token\":\"second\"}");
    else if (strstr(request, "Authorization: second"))
        reply_page(fd, 7, "/ccm/objects/crons/2", "{\"id\":2}", false);
    else if (strstr(request, "Authorization: first") && server.requests == 2)
        reply_page(fd, 7, "/ccm/objects/crons/1", "{\"id\":1}", true);
    else
        reply(fd, "401 Unauthorized", "",
              "{\"error\":\"etcdserver: invalid auth token\",\"code\":16}");
}

static void logs_in_again_when_the_token_runs_out(void **state)
{
    cleanup_free char *file = xasprintf("%s/password", dir);
    char *endpoints[] = {server.url, NULL};
    struct config_store config = {.endpoints = endpoints,
                                  .prefix = "/ccm",
                                  .user = "ccm",
                                  .password_file = file};
    int fd = open(file, O_WRONLY | O_CREAT, 0600);
    struct error err;

    (void) state;
    assert_int_equal(write(fd, "s3cret", 6), 6);
    close(fd);
    assert_int_equal(fetch(serve_login, &config, NULL, &err), 0);
    assert_int_equal(server.requests, 5);
    unlink(file);
}

static const struct {
    const char *key, *value;
    int revision;
    bool more;
    int result;
    const char *says;
} pages[] = {
    {NULL, NULL, 7, true, -EPROTO, "empty page"},
    {NULL, NULL, 0, false, -EPROTO, "without a revision"},
    {NULL, NULL, 4, false, -EAGAIN, "an event has revision 5"},
    {"/ccm/objects/fpm-pools/1", "{\"id\":1}", 7, false, -EPROTO, "fpm-pools"},
    {"/ccm/objects/crons/\033[1m", "{\"id\":1}", 7, false, -EPROTO, "/?[1m"},
};

static size_t page;

static void serve_page(int fd, const char *request)
{
    (void) request;
    reply_page(fd, pages[page].revision, pages[page].key, pages[page].value,
               pages[page].more);
}

static void an_answer_that_makes_no_sense_is_refused(void **state)
{
    static const char *const types[] = {"crons", NULL};
    const struct source_limits limits = SOURCE_LIMITS;
    char *endpoints[] = {server.url, NULL};
    struct config_store config = {.endpoints = endpoints, .prefix = "/ccm"};

    (void) state;
    server_script(serve_page);
    for (page = 0; page < ARRAY_SIZE(pages); page++) {
        struct objects *objects;
        struct error err = {""};

        assert_int_equal(objects_new(types, &objects, &err), 0);
        objects->revision = 5;
        assert_int_equal(source_etcd_fetch(&config, &limits, objects, &err),
                         pages[page].result);
        if (!strstr(err.text, pages[page].says))
            fail_msg("\"%s\" does not say \"%s\"", err.text, pages[page].says);
        objects_free(objects);
    }
}

static void serve_html(int fd, const char *request)
{
    (void) request;
    reply(fd, "200 OK", "", "<html>");
}

static void what_is_no_json_is_refused(void **state)
{
    struct error err;

    (void) state;
    assert_int_equal(fetch(serve_html, NULL, NULL, &err), -EPROTO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(begins_anew_when_its_revision_is_compacted),
        cmocka_unit_test(does_not_begin_anew_for_ever),
        cmocka_unit_test(asks_for_less_when_objects_are_large),
        cmocka_unit_test(stays_with_the_endpoint_that_answers),
        cmocka_unit_test(logs_in_again_when_the_token_runs_out),
        cmocka_unit_test(an_answer_that_makes_no_sense_is_refused),
        cmocka_unit_test(what_is_no_json_is_refused),
    };

    return cmocka_run_group_tests_name("etcd answers", tests, setup, teardown);
}
