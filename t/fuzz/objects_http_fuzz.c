/* SPDX-License-Identifier: ISC */
/*
 * The Cluster API's answers: a status ("404 "), header lines, an empty line
 * and a body each, parted by form feeds. They come through the callbacks for
 * curl, a few bytes at a time. Whatever they say: the key goes nowhere but
 * below the URL that is configured, it ends, and all pages together are one
 * set in which each id is once.
 */
#include "fuzz.h"

#include "base/json.h"
#include "base/util.h"

#include <curl/curl.h>

static CURLcode fuzz_perform(CURL *easy);
static CURLcode fuzz_status(long *status);

#define curl_easy_perform fuzz_perform
#undef curl_easy_getinfo
#define curl_easy_getinfo(easy, info, status) fuzz_status(status)
#define request_send fuzz_really_send
#include "objects/request.c"
#undef request_send

#define BASE "https://api.example.com/api/v1"
#define REQUESTS_MAX 60
#define PAGE_BYTES_MAX 2000

static struct fuzz_input answers;
static struct request *current;
static long current_status;
static unsigned n_requests, n_answers;

int request_send(struct request *request, const char *url, const char *body,
                 struct error *err);

int request_send(struct request *request, const char *url, const char *body,
                 struct error *err)
{
    fuzz_check(strncmp(url, BASE "/", strlen(BASE "/")) == 0);
    fuzz_check(fuzz_is_visible(url, strlen(url), false) && !strchr(url, ' '));
    fuzz_check(!body && ++n_requests <= REQUESTS_MAX);
    current = request;
    return fuzz_really_send(request, url, body, err);
}

static CURLcode fuzz_status(long *status)
{
    *status = current_status;
    return CURLE_OK;
}

static CURLcode fuzz_give_body(char *body, size_t size)
{
    size_t at, n;

    for (at = 0; at < size; at += n) {
        n = size - at < 700 ? size - at : 700;
        if (request_on_body(body + at, 1, n, current) != n)
            return CURLE_WRITE_ERROR;
    }
    return CURLE_OK;
}

/* No more answers: no connection. */
static CURLcode fuzz_perform(CURL *easy)
{
    size_t size, body_size;
    cleanup_free char *text = NULL, *body = NULL;
    struct fuzz_input answer;

    (void) easy;
    if (answers.left == 0)
        return CURLE_COULDNT_CONNECT;
    n_answers++;
    text = fuzz_cut(&answers, '\f', &size);
    answer = (struct fuzz_input){text, size};
    current_status = strtol(text, NULL, 10) % 1000;
    while (answer.left > 0) {
        char *line = fuzz_cut(&answer, '\n', &size);
        /* As large as it is, so that what is read behind it is found. */
        char *exact = memcpy(malloc(size + 1), line, size);

        fuzz_check(request_on_header(exact, 1, size, current) == size);
        free(exact);
        free(line);
        if (size == 0)
            break;
    }
    body = fuzz_cut(&answer, '\f', &body_size);
    return fuzz_give_body(body, body_size);
}

static void check_set(struct objects *objects)
{
    size_t i;

    for (i = 0; i < objects->n_types; i++) {
        const struct objects_type *type = &objects->types[i];
        size_t k;

        fuzz_check(objects_seal(&objects->types[i], NULL) == 0);
        for (k = 0; k < type->n_entries; k++) {
            fuzz_check(json_is_object(type->entries[k].object));
            fuzz_check(k == 0 || type->entries[k - 1].id < type->entries[k].id);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const types[] = {"crons", "unix-users", NULL};
    static const struct config_objects config = {.kind = OBJECTS_HTTP,
                                                 .url = (char *) BASE};
    const struct source_limits limits = {.connect_ms = 1000,
                                         .request_ms = 1000,
                                         .page_bytes = PAGE_BYTES_MAX,
                                         .pages = 10,
                                         .tries = 3};
    struct objects *objects;
    struct error err;

    answers = (struct fuzz_input){(const char *) data, size};
    n_requests = n_answers = 0;
    fuzz_error_init(&err);
    fuzz_check(objects_new(types, &objects, &err) == 0);
    if (source_http_fetch(&config, &limits, objects, &err) < 0) {
        fuzz_check_error(&err);
    } else {
        fuzz_check(n_requests == n_answers && n_answers >= 2);
        check_set(objects);
    }
    objects_free(objects);
    return 0;
}
