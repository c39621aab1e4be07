/* SPDX-License-Identifier: ISC */
/* The API has its moments: what is tried again, and what is not. */
#include "unit/unit.h"

#include "source_http_fixture.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/util.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void serve_growing(int fd, const char *head)
{
    cleanup_free char *total =
        xasprintf("X-Total-Count: %u\r\n", 2 + server.requests);

    (void) head;
    reply(fd, "200 OK", total, "[{\"id\": 1}, {\"id\": 2}]");
}

static void a_set_that_goes_on_changing_is_left_for_later(void **state)
{
    (void) state;
    fetch_fails(serve_growing, -EAGAIN, "change faster than they can be read");
}

/* ---------------------------------------------------------------- patience */

/* Each page fails four times, each in another way, and then comes. */
static void serve_with_moments(int fd, const char *head)
{
    switch (server.requests % 5) {
    case 1:
        reply(fd, "502 Bad Gateway", "", "<html>");
        return;
    case 2:
        reply(fd, "200 OK", "", "<html>One moment</html>");
        return;
    case 3:
        reply(fd, "204 No Content", "", "");
        return;
    case 4:
        reply(fd, "200 OK", "", "");
        return;
    default:
        serve_250(fd, head);
    }
}

static void a_page_that_fails_is_repeated_and_no_other(void **state)
{
    struct objects *objects = NULL;
    struct error err;

    (void) state;
    fetch_page_tries = 5;
    assert_int_equal(fetch_crons(serve_with_moments, NULL, &objects, &err), 0);
    assert_int_equal(json_array_size(objects_of(objects, "crons")), 250);
    assert_int_equal(server.requests, 15);
    objects_free(objects);
    fetch_page_tries = 4;
    fetch_fails(serve_with_moments, -EAGAIN, "page 1: ");
    assert_int_equal(server.requests, 4);
    fetch_page_tries = 1;
}

static void serve_busy(int fd, const char *head)
{
    (void) head;
    reply(fd, "503 Busy", "Retry-After: 40\r\n", "{}");
}

/* The API says when; there is no time left then. */
static void retry_after_is_heeded(void **state)
{
    (void) state;
    fetch_page_tries = 5;
    fetch_deadline_ms = clock_ms() + 30000;
    fetch_fails(serve_busy, -EAGAIN, "HTTP 503");
    assert_int_equal(server.requests, 1);
    fetch_page_tries = 1;
    fetch_deadline_ms = 0;
}

static void no_request_ends_after_the_deadline(void **state)
{
    (void) state;
    fetch_deadline_ms = clock_ms() - 1;
    fetch_fails(serve_250, -EAGAIN, "run_timeout");
    assert_int_equal(server.requests, 0);
    fetch_deadline_ms = 0;
}

static void serve_with_a_slash(int fd, const char *head)
{
    cleanup_free char *to = xasprintf(
        "Location: /api/v1/crons/?page=%ld&per_page=100\r\n", page_of(head));

    if (strstr(head, "/crons?"))
        reply(fd, "307 Temporary Redirect", to, "");
    else
        serve_250(fd, head);
}

static void a_redirect_within_the_api_is_followed(void **state)
{
    struct objects *objects = NULL;
    struct error err;

    (void) state;
    assert_int_equal(fetch_crons(serve_with_a_slash, NULL, &objects, &err), 0);
    assert_int_equal(json_array_size(objects_of(objects, "crons")), 250);
    objects_free(objects);
}

static void serve_in_turns(int fd, const char *head)
{
    (void) head;
    reply(fd, "302 Found", "Location: /api/v1/crons?page=1\r\n", "");
}

static void redirects_that_never_end_are_given_up(void **state)
{
    (void) state;
    fetch_fails(serve_in_turns, -EAGAIN, "redirects in a row");
    assert_int_equal(server.requests, 4);
}

static char *token_path;

/* Takes no token but the second, which somebody writes meanwhile. */
static void serve_the_second_token(int fd, const char *head)
{
    FILE *file;

    if (strstr(head, "Bearer second\r\n")) {
        reply(fd, "200 OK", "", "[]");
        return;
    }
    file = fopen(token_path, "w");
    fputs("second\n", file);
    fclose(file);
    reply(fd, "401 Expired", "", "{\"detail\": \"expired\"}");
}

static void a_token_that_expired_is_read_again(void **state)
{
    cleanup_free char *path = xasprintf("%s/token", fetch_dir);
    struct config_objects config = {.token_file = path};
    struct objects *objects = NULL;
    struct error err;
    FILE *file = fopen(path, "w");

    (void) state;
    fputs("first\n", file);
    fclose(file);
    assert_int_equal(chmod(path, 0600), 0);
    token_path = path;
    assert_int_equal(
        fetch_crons(serve_the_second_token, &config, &objects, &err), 0);
    assert_int_equal(server.requests, 2);
    objects_free(objects);
    unlink(path);
}

static void serve_401(int fd, const char *head)
{
    (void) head;
    reply(fd, "401 No", "", "{}");
}

static void a_token_that_stays_refused_is_not_hammered(void **state)
{
    (void) state;
    fetch_page_tries = 5;
    fetch_fails(serve_401, -EAGAIN, "HTTP 401");
    assert_int_equal(server.requests, 1);
    fetch_page_tries = 1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_set_that_goes_on_changing_is_left_for_later),
        cmocka_unit_test(a_page_that_fails_is_repeated_and_no_other),
        cmocka_unit_test(retry_after_is_heeded),
        cmocka_unit_test(no_request_ends_after_the_deadline),
        cmocka_unit_test(a_redirect_within_the_api_is_followed),
        cmocka_unit_test(redirects_that_never_end_are_given_up),
        cmocka_unit_test(a_token_that_expired_is_read_again),
        cmocka_unit_test(a_token_that_stays_refused_is_not_hammered),
    };

    return cmocka_run_group_tests_name("http api", tests, fetch_setup,
                                       fetch_teardown);
}
