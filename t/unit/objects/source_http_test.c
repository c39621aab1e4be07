/* SPDX-License-Identifier: ISC */
/* The HTTP source against a small server in a thread of the test. */
#include "unit/unit.h"

#include "source_http_fixture.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/util.h"
#include "objects/source.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/stat.h>

/* ------------------------------------------------------------------ paging */

static void follows_the_pages_over_one_connection(void **state)
{
    struct objects *objects = NULL;
    struct error err;

    (void) state;
    assert_int_equal(fetch_crons(serve_250, NULL, &objects, &err), 0);
    assert_int_equal(json_array_size(objects_of(objects, "crons")), 250);
    assert_non_null(objects_find(objects, "crons", 250));
    assert_int_equal(server.requests, 3);
    assert_int_equal(server.connections, 1);
    objects_free(objects);
}

static void serve_none(int fd, const char *head)
{
    (void) head;
    reply(fd, "200 OK", "x-total-count: 0\r\n", "[]");
}

static void an_empty_answer_means_no_objects(void **state)
{
    struct objects *objects = NULL;
    struct error err;

    (void) state;
    assert_int_equal(fetch_crons(serve_none, NULL, &objects, &err), 0);
    assert_int_equal(json_array_size(objects_of(objects, "crons")), 0);
    objects_free(objects);
}

static void serve_short(int fd, const char *head)
{
    (void) head;
    reply(fd, "200 OK", "X-Total-Count: 3\r\n", "[{\"id\": 1}, {\"id\": 2}]");
}

static void fewer_than_counted_is_tried_again(void **state)
{
    (void) state;
    fetch_fails(serve_short, -EAGAIN,
                "received 2 objects, but the API counts 3");
    assert_int_equal(server.requests, 3);
    /* It was the same each time: nothing changed meanwhile. */
    fetch_fails(serve_short, -EAGAIN, "the API contradicts itself each time");
}

/* Between the pages object 5 goes, so 101 moves to the page that was read:
 * the number that arrives is the number that is announced last. */
static void serve_moving(int fd, const char *head)
{
    bool changed = server.requests > 1;
    long page = page_of(head);
    cleanup_free char *body = page == 1
                                  ? objects_text(1 + changed, 100 + changed)
                                  : objects_text(102, 150);
    cleanup_free char *headers = xasprintf(
        "X-Total-Count: %d\r\n%s", changed ? 149 : 150,
        page == 1 ? "Link: <?page=2&per_page=100>; rel=\"next\"\r\n" : "");

    reply(fd, "200 OK", headers, body);
}

static void objects_that_move_between_pages_are_read_again(void **state)
{
    struct objects *objects = NULL;
    struct error err;

    (void) state;
    assert_int_equal(fetch_crons(serve_moving, NULL, &objects, &err), 0);
    assert_int_equal(json_array_size(objects_of(objects, "crons")), 149);
    assert_non_null(objects_find(objects, "crons", 101));
    assert_int_equal(server.requests, 4);
    objects_free(objects);
}

static void serve_in_a_circle(int fd, const char *head)
{
    cleanup_free char *body = objects_text(1, 100);

    (void) head;
    reply(fd, "200 OK", "Link: <?page=1>; rel=\"next\"\r\n", body);
}

static void pages_that_never_end_are_cut_off(void **state)
{
    (void) state;
    fetch_fails(serve_in_a_circle, -EFBIG, "page 51: there are too many pages");
}

/* ------------------------------------------------------------------ errors */

static const struct {
    const char *status, *headers, *body;
    int result;
    const char *says;
} answers[] = {
    {"503 Busy", "", "{\"detail\": \"maintenance\"}", -EAGAIN, "maintenance"},
    {"502 Bad Gateway", "", "<html>", -EAGAIN, "HTTP 502"},
    {"500 Oops", "", "", -EAGAIN, "HTTP 500"},
    {"429 Slow down", "", "{}", -EAGAIN, "HTTP 429"},
    {"401 No", "", "{\"detail\": \"key \\u001b[1m?\"}", -EAGAIN, "key  [1m?"},
    {"403 No", "", "{\"detail\": [{\"msg\": \"x\"}]}", -EAGAIN, "api_key_file"},
    {"404 No", "", "{\"detail\": \"Not Found\"}", -EAGAIN, "(Not Found)"},
    {"422 No", "", "{\"detail\": \"per_page\"}", -EAGAIN, "(per_page)"},
    {"302 Go", "Location: http://127.0.0.1:9/\r\n", "", -EAGAIN,
     "redirects to"},
    {"204 Empty", "", "", -EAGAIN, "HTTP 204"},
    {"200 OK", "", "<html>", -EAGAIN, "not JSON"},
    {"200 OK", "", "{\"id\": 1}", -EAGAIN, "array"},
    {"200 OK", "", "", -EAGAIN, "not JSON"},
    {"200 OK", "", "{\"detail\": \"expired\"}", -EAGAIN, "not a JSON array"},
    {"200 OK", "", "[{\"id\": 1}, 2]", -EPROTO, "element 2"},
    {"200 OK", "", "[{\"id\": 1}, {\"id\": 1}]", -EEXIST, "id 1"},
    {"200 OK", "Link: <http://127.0.0.1:9/api/v1/crons>; rel=next\r\n", "[]",
     -EPROTO, "not below"},
    {"200 OK", "Link: </api/v1/../secrets>; rel=next\r\n", "[]", -EPROTO,
     "not below"},
};

static size_t answer;

static void serve_answer(int fd, const char *head)
{
    (void) head;
    reply(fd, answers[answer].status, answers[answer].headers,
          answers[answer].body);
}

static void each_answer_has_its_meaning(void **state)
{
    (void) state;
    for (answer = 0; answer < ARRAY_SIZE(answers); answer++)
        fetch_fails(serve_answer, answers[answer].result, answers[answer].says);
}

static void serve_large(int fd, const char *head)
{
    cleanup_free char *body = xmalloc(200001);

    (void) head;
    memset(body, ' ', 200000);
    body[200000] = '\0';
    reply(fd, "200 OK", "", body);
}

static void a_large_answer_is_cut_off(void **state)
{
    (void) state;
    fetch_fails(serve_large, -EFBIG, "larger than 100000 bytes");
}

/* Overlooked, it would end the list before its end. */
static void serve_long_link(int fd, const char *head)
{
    cleanup_free char *name = xmalloc(20001);
    cleanup_free char *link = NULL;

    (void) head;
    memset(name, 'x', 20000);
    name[20000] = '\0';
    link = xasprintf("Link: <%s/crons?page=2&q=%s>; rel=\"next\"\r\n",
                     fetch_base, name);
    reply(fd, "200 OK", link, "[]");
}

static void a_large_link_is_not_overlooked(void **state)
{
    (void) state;
    fetch_fails(serve_long_link, -EFBIG,
                "Link header is larger than 16384 bytes");
}

static void serve_half(int fd, const char *head)
{
    static const char half[] = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n[]";

    (void) head;
    if (send(fd, half, strlen(half), MSG_NOSIGNAL) > 0)
        shutdown(fd, SHUT_WR);
}

static void half_an_answer_is_no_answer(void **state)
{
    (void) state;
    fetch_fails(serve_half, -EAGAIN, "");
}

/* Answers nothing until the client has had enough. */
static void serve_silence(int fd, const char *head)
{
    char byte;

    (void) head;
    while (recv(fd, &byte, 1, 0) > 0)
        ;
}

static void a_silent_server_is_given_up(void **state)
{
    static const char *const types[] = {"crons", NULL};
    const struct source_limits limits = {.connect_ms = 2000,
                                         .request_ms = 200,
                                         .page_bytes = 1000,
                                         .pages = 50,
                                         .tries = 3};
    const struct config_objects config = {.url = fetch_base};
    struct objects *objects;
    struct error err;

    (void) state;
    server_script(serve_silence);
    assert_int_equal(objects_new(types, &objects, &err), 0);
    assert_int_equal(source_http_fetch(&config, &limits, objects, &err),
                     -EAGAIN);
    objects_free(objects);
}

static void nobody_listening_is_tried_again_later(void **state)
{
    struct config_objects config = {.url = "http://127.0.0.1:1/api"};
    struct error err;

    (void) state;
    assert_int_equal(fetch_crons(serve_none, &config, NULL, &err), -EAGAIN);
    assert_non_null(strstr(err.text, "http://127.0.0.1:1/api/crons"));
}

/* ----------------------------------------------------------------- secrets */

/* Fetches with a key file of that text and mode. */
static int fetch_with_key(const char *text, unsigned mode, bool token,
                          struct error *err)
{
    cleanup_free char *path = xasprintf("%s/key", fetch_dir);
    struct config_objects config = {0};
    FILE *file = fopen(path, "w");
    int r;

    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    assert_int_equal(chmod(path, mode), 0);
    *(token ? &config.token_file : &config.api_key_file) = path;
    r = fetch_crons(serve_none, &config, NULL, err);
    unlink(path);
    return r;
}

static void sends_the_key_or_the_token(void **state)
{
    struct error err;

    (void) state;
    assert_int_equal(fetch_with_key("s3cret\n", 0640, false, &err), 0);
    assert_non_null(strstr(server.last, "X-API-Key: s3cret\r\n"));
    assert_int_equal(fetch_with_key("t0ken", 0400, true, &err), 0);
    assert_non_null(strstr(server.last, "Authorization: Bearer t0ken\r\n"));
    assert_null(strstr(server.last, "X-API-Key"));
}

static void a_bad_key_file_is_refused_without_asking(void **state)
{
    struct error err;

    (void) state;
    assert_int_equal(fetch_with_key("s3cret", 0644, false, &err), -EAGAIN);
    assert_non_null(strstr(err.text, "chmod"));
    assert_null(strstr(err.text, "s3cret"));
    assert_int_equal(fetch_with_key("a\r\nX: y", 0600, false, &err), -EAGAIN);
    assert_int_equal(fetch_with_key(" \n", 0600, false, &err), -EAGAIN);
    assert_int_equal(server.requests, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(follows_the_pages_over_one_connection),
        cmocka_unit_test(an_empty_answer_means_no_objects),
        cmocka_unit_test(fewer_than_counted_is_tried_again),
        cmocka_unit_test(objects_that_move_between_pages_are_read_again),
        cmocka_unit_test(pages_that_never_end_are_cut_off),
        cmocka_unit_test(each_answer_has_its_meaning),
        cmocka_unit_test(a_large_answer_is_cut_off),
        cmocka_unit_test(a_large_link_is_not_overlooked),
        cmocka_unit_test(half_an_answer_is_no_answer),
        cmocka_unit_test(a_silent_server_is_given_up),
        cmocka_unit_test(nobody_listening_is_tried_again_later),
        cmocka_unit_test(sends_the_key_or_the_token),
        cmocka_unit_test(a_bad_key_file_is_refused_without_asking),
    };

    return cmocka_run_group_tests_name("http source", tests, fetch_setup,
                                       fetch_teardown);
}
