/* SPDX-License-Identifier: ISC */
/* Synchronous HTTP requests over one kept connection. */
#include "request.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/util.h"
#include "etcd/http_setup.h"

#include <errno.h>
#include <stdlib.h>
#include <strings.h>

#define LINK_BYTES_MAX 16384

static size_t request_on_body(char *bytes, size_t one, size_t size,
                              void *userdata)
{
    struct request *request = userdata;

    if (size > request->body_max - request->body.size) {
        request->too_large = true;
        return 0;
    }
    buf_add(&request->body, bytes, size);
    return one * size;
}

/* If the header line (no NUL, CRLF at its end) has that name: its value, as
 * new text. */
static char *request_header_value(const char *line, size_t size,
                                  const char *name)
{
    size_t name_size = strlen(name);

    if (size <= name_size || line[name_size] != ':' ||
        strncasecmp(line, name, name_size) != 0)
        return NULL;
    line += name_size + 1;
    size -= name_size + 1;
    while (size > 0 && strchr("\r\n\t ", line[size - 1]))
        size--;
    while (size > 0 && (*line == ' ' || *line == '\t')) {
        line++;
        size--;
    }
    return xstrndup(line, size);
}

static void request_forget_headers(struct request *request)
{
    buf_clear(&request->link);
    buf_clear(&request->location);
    request->link_too_large = false;
    request->total = -1;
    request->retry_after_s = -1;
}

static int64_t request_number(const char *text)
{
    char *end;
    long long number;

    if (*text < '0' || *text > '9')
        return -1;
    errno = 0;
    number = strtoll(text, &end, 10);
    return errno != 0 || *end ? -1 : number;
}

static size_t request_on_header(char *line, size_t one, size_t size,
                                void *userdata)
{
    struct request *request = userdata;
    cleanup_free char *link = request_header_value(line, size, "Link");
    cleanup_free char *total =
        request_header_value(line, size, "X-Total-Count");

    cleanup_free char *after = request_header_value(line, size, "Retry-After");
    cleanup_free char *location = request_header_value(line, size, "Location");

    /* An interim answer (100) has its own headers. */
    if (size > 5 && memcmp(line, "HTTP/", 5) == 0)
        request_forget_headers(request);
    if (link && request->link.size + size >= LINK_BYTES_MAX)
        request->link_too_large = true;
    else if (link)
        buf_printf(&request->link, "%s%s", request->link.size > 0 ? ", " : "",
                   link);
    if (total)
        request->total = request_number(total);
    if (after)
        request->retry_after_s = request_number(after);
    if (location && strlen(location) < LINK_BYTES_MAX) {
        buf_clear(&request->location);
        buf_puts(&request->location, location);
    }
    return one * size;
}

void request_prepare(void)
{
    curl_easy_cleanup(curl_easy_init());
}

int request_open(struct request *request, const struct config_tls *tls,
                 const struct source_limits *limits, struct error *err)
{
    const struct http_setup setup = {
        .tls = tls,
        .connect_timeout_ms = limits->connect_ms,
        .timeout_ms = limits->request_ms,
    };

    *request = (struct request){.body_max = limits->page_bytes,
                                .limit_ms = limits->request_ms,
                                .deadline_ms = limits->deadline_ms};
    request->easy = curl_easy_init();
    if (!request->easy)
        return error_set(err, -EINVAL, "curl cannot be set up");
    curl_easy_setopt(request->easy, CURLOPT_ERRORBUFFER, request->detail);
    curl_easy_setopt(request->easy, CURLOPT_WRITEFUNCTION, request_on_body);
    curl_easy_setopt(request->easy, CURLOPT_WRITEDATA, request);
    curl_easy_setopt(request->easy, CURLOPT_HEADERFUNCTION, request_on_header);
    curl_easy_setopt(request->easy, CURLOPT_HEADERDATA, request);
    curl_easy_setopt(request->easy, CURLOPT_USERAGENT, "ccm/" PACKAGE_VERSION);
    return http_setup_easy(request->easy, &setup, err);
}

void request_expect_soon(struct request *request, long seconds)
{
    curl_easy_setopt(request->easy, CURLOPT_CONNECTTIMEOUT, seconds);
    curl_easy_setopt(request->easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(request->easy, CURLOPT_LOW_SPEED_TIME, seconds);
}

void request_drop_headers(struct request *request)
{
    struct curl_slist *header;

    if (request->easy)
        curl_easy_setopt(request->easy, CURLOPT_HTTPHEADER, NULL);
    for (header = request->headers; header; header = header->next)
        explicit_bzero(header->data, strlen(header->data));
    curl_slist_free_all(request->headers);
    request->headers = NULL;
}

void request_close(struct request *request)
{
    request_drop_headers(request);
    curl_easy_cleanup(request->easy);
    buf_done(&request->body);
    buf_done(&request->link);
    buf_done(&request->location);
    *request = (struct request){0};
}

void request_add_header(struct request *request, const char *name,
                        const char *value)
{
    char *line = xasprintf("%s%s", name, value);
    struct curl_slist *more = curl_slist_append(request->headers, line);

    explicit_bzero(line, strlen(line));
    free(line);
    if (!more)
        abort();
    request->headers = more;
    curl_easy_setopt(request->easy, CURLOPT_HTTPHEADER, more);
}

/* Is ccm.conf at fault, so that a retry is useless? */
static bool request_own_fault(CURLcode code)
{
    return code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL ||
           code == CURLE_SSL_CERTPROBLEM || code == CURLE_SSL_CACERT_BADFILE;
}

/* No request ends later than the deadline. Returns 0, or -EAGAIN when it has
 * passed. */
static int request_set_limit(struct request *request, struct error *err)
{
    int64_t left_ms = request->deadline_ms - clock_ms();

    if (request->deadline_ms == 0)
        return 0;
    if (left_ms <= 0)
        return error_set(err, -EAGAIN,
                         "no time left: fetching the objects may take three "
                         "quarters of rollout.run_timeout");
    if (left_ms > request->limit_ms)
        left_ms = request->limit_ms;
    curl_easy_setopt(request->easy, CURLOPT_TIMEOUT_MS, (long) left_ms);
    return 0;
}

static int request_perform(struct request *request, struct error *err)
{
    CURLcode code = curl_easy_perform(request->easy);

    if (request->too_large)
        return error_set(err, -EFBIG, "the answer is larger than %zu bytes",
                         request->body_max);
    if (request->link_too_large)
        return error_set(err, -EFBIG,
                         "the answer's Link header is larger than %d bytes",
                         LINK_BYTES_MAX);
    if (code != CURLE_OK) {
        http_setup_failure(code, request->detail, err);
        return request_own_fault(code) ? -EINVAL : -EAGAIN;
    }
    curl_easy_getinfo(request->easy, CURLINFO_RESPONSE_CODE, &request->status);
    return 0;
}

int request_send(struct request *request, const char *url, const char *body,
                 struct error *err)
{
    CURLcode code;
    int r;

    buf_clear(&request->body);
    request_forget_headers(request);
    request->status = 0;
    request->too_large = false;
    request->detail[0] = '\0';
    r = request_set_limit(request, err);
    if (r < 0)
        return r;
    code = curl_easy_setopt(request->easy, CURLOPT_URL, url);
    if (code != CURLE_OK) {
        http_setup_failure(code, request->detail, err);
        return -EINVAL;
    }
    if (body) {
        curl_easy_setopt(request->easy, CURLOPT_POSTFIELDSIZE_LARGE,
                         (curl_off_t) strlen(body));
        curl_easy_setopt(request->easy, CURLOPT_POSTFIELDS, body);
    } else {
        curl_easy_setopt(request->easy, CURLOPT_HTTPGET, 1L);
    }
    return request_perform(request, err);
}
