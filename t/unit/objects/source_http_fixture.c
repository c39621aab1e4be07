/* SPDX-License-Identifier: ISC */
/* Fetching crons from a scripted API. */
#include "unit/unit.h"

#include "source_http_fixture.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/util.h"

#include <string.h>
#include <unistd.h>

char fetch_dir[] = "/tmp/ccm-http.XXXXXX";
unsigned fetch_page_tries = 1; /* of the next fetches */
int64_t fetch_deadline_ms;
char fetch_base[128]; /* http://127.0.0.1:PORT/api/v1 */

int fetch_setup(void **state)
{
    (void) state;
    if (!mkdtemp(fetch_dir) || server_start() < 0)
        return -1;
    snprintf(fetch_base, sizeof(fetch_base), "%s/api/v1", server.url);
    return 0;
}

int fetch_teardown(void **state)
{
    (void) state;
    return server_stop() < 0 ? -1 : rmdir(fetch_dir);
}

/* Fetches crons with limits that suit a test. */
int fetch_crons(serve_fn serve, const struct config_objects *given,
                struct objects **out, struct error *err)
{
    static const char *const types[] = {"crons", NULL};
    const struct source_limits limits = {
        2000, 20000, 100000, 50, 3, fetch_page_tries, 1, fetch_deadline_ms};
    struct config_objects config = {.kind = OBJECTS_HTTP};
    struct objects *objects = NULL;
    int r;

    if (given)
        config = *given;
    if (!config.url)
        config.url = fetch_base;
    server_script(serve);
    assert_int_equal(objects_new(types, &objects, err), 0);
    r = source_http_fetch(&config, &limits, objects, err);
    if (r < 0 || !out)
        objects_free(objects);
    else
        *out = objects;
    return r;
}

void fetch_fails(serve_fn serve, int result, const char *says)
{
    struct error err = {""};

    assert_int_equal(fetch_crons(serve, NULL, NULL, &err), result);
    if (!strstr(err.text, says))
        fail_msg("\"%s\" does not say \"%s\"", err.text, says);
}

long page_of(const char *head)
{
    const char *page = strstr(head, "?page=");

    return page ? strtol(page + strlen("?page="), NULL, 10) : 0;
}

/* Objects first to last as a JSON array. */
char *objects_text(long first, long last)
{
    struct buf text = BUF_INIT;
    long id;

    buf_puts(&text, "[");
    for (id = first; id <= last; id++)
        buf_printf(&text, "%s{\"id\": %ld}", id > first ? "," : "", id);
    buf_puts(&text, "]");
    return buf_take(&text);
}

void serve_250(int fd, const char *head)
{
    long page = page_of(head);
    cleanup_free char *body =
        objects_text(page * 100 - 99, page < 3 ? page * 100 : 250);
    cleanup_free char *headers = xasprintf(
        "X-Total-Count: 250\r\n"
        "Link: </api/v1/crons?page=1&per_page=100>; rel=\"first\"\r\n%s%ld%s",
        page < 3 ? "link: <crons?page=" : "X-Page: ", page + 1,
        page < 3 ? "&per_page=100>; rel=next\r\n" : "\r\n");

    reply(fd, "200 OK", headers, body);
}
