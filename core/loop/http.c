/* SPDX-License-Identifier: ISC */
/*
 * HTTP on curl's multi interface.
 *
 * curl must not be called from its own callbacks, so these only collect bytes;
 * they are handed out after curl_multi_perform has returned.
 *
 * curl silently repeats a POST when a kept-alive connection breaks before the
 * first byte of the reply. That could carry out a transaction twice and report
 * the second outcome. So the callback that curl calls before it sends, on each
 * connection that it tries, lets it send once. (A body from a read callback,
 * which curl cannot rewind, would do as well; but it goes in a packet of its
 * own behind the headers and wakes up the server twice.)
 */
#include "http.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/util.h"
#include "etcd/http_setup.h"

#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

/* The first probe after KEEP_IDLE_S of silence, then one each KEEP_STEP_S. */
#define KEEP_IDLE_S 10
#define KEEP_STEP_S 5

struct http {
    struct loop *loop;
    unsigned users;
    struct http_transfer *transfers;
    struct timer failed_timer; /* hands out transfers that did not start */
};

struct http_transfer {
    struct http *http;
    struct http_transfer *next, *prev;
    const struct http_ops *ops;
    void *userdata;
    CURL *easy;
    struct curl_slist *headers;
    struct buf in;
    size_t size_max;
    int failed;     /* it failed to start */
    bool sent;      /* curl was allowed to send it, or a part of it */
    bool has_lines; /* "in" holds a newline that was not handed out */
    bool too_long;
    bool in_line;   /* ops->line is being called */
    bool cancelled; /* ... and cancelled the transfer */
    char detail[CURL_ERROR_SIZE];
    struct error *err; /* with failed */
};

/* ------------------------------------------------------ callbacks from curl */

static int http_on_ready(void *userdata, char *peer_ip, char *local_ip,
                         int peer_port, int local_port)
{
    struct http_transfer *transfer = userdata;

    (void) peer_ip, (void) local_ip;
    (void) peer_port, (void) local_port;
    if (transfer->sent)
        return CURL_PREREQFUNC_ABORT;
    transfer->sent = true;
    return CURL_PREREQFUNC_OK;
}

static size_t http_on_write(char *bytes, size_t size, size_t count,
                            void *userdata)
{
    struct http_transfer *transfer = userdata;
    size_t n = size * count, unfinished = transfer->in.size + n;

    if (transfer->ops->line) {
        const char *newline = memrchr(bytes, '\n', n);

        if (newline) {
            transfer->has_lines = true;
            unfinished = (size_t) (bytes + n - newline) - 1;
        } else if (transfer->has_lines) {
            unfinished = n; /* at least; http_hand_out checks the rest */
        }
    }
    if (unfinished > transfer->size_max) {
        transfer->too_long = true;
        return 0;
    }
    buf_add(&transfer->in, bytes, n);
    return n;
}

/* curl sets the idle time and the step; the user time-out bounds the whole,
 * and unacknowledged data too. */
static int http_on_socket(void *userdata, curl_socket_t fd,
                          curlsocktype purpose)
{
    unsigned int dead_ms = HTTP_DEAD_PEER_S * 1000;

    (void) userdata;
    (void) purpose;
    setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &dead_ms, sizeof(dead_ms));
    return CURL_SOCKOPT_OK;
}

/* -------------------------------------------------------------- life times */

static void http_unlink(struct http_transfer *transfer)
{
    if (transfer->prev)
        transfer->prev->next = transfer->next;
    else
        transfer->http->transfers = transfer->next;
    if (transfer->next)
        transfer->next->prev = transfer->prev;
    if (transfer->easy) {
        curl_multi_remove_handle(loop_curl(transfer->http->loop),
                                 transfer->easy);
        curl_easy_cleanup(transfer->easy);
    }
    transfer->easy = NULL;
}

static void http_free(struct http_transfer *transfer)
{
    curl_slist_free_all(transfer->headers);
    buf_done(&transfer->in);
    free(transfer->err);
    free(transfer);
}

void http_cancel(struct http_transfer *transfer)
{
    if (!transfer || transfer->cancelled)
        return;
    http_unlink(transfer);
    transfer->cancelled = true;
    if (!transfer->in_line)
        http_free(transfer);
}

/* Hands the complete lines out. Returns false if the transfer has ended. */
static bool http_hand_out(struct http_transfer *transfer)
{
    size_t at = 0;
    char *newline;

    transfer->has_lines = false;
    transfer->in_line = true;
    while (!transfer->cancelled && at < transfer->in.size &&
           (newline =
                memchr(transfer->in.data + at, '\n', transfer->in.size - at))) {
        char *line = transfer->in.data + at;

        *newline = '\0';
        at = (size_t) (newline - transfer->in.data) + 1;
        transfer->ops->line(transfer->userdata, line,
                            (size_t) (newline - line));
    }
    transfer->in_line = false;
    if (transfer->cancelled) {
        http_free(transfer);
        return false;
    }
    buf_shift(&transfer->in, at);
    if (transfer->in.size == 0 && at >= ALLOC_LARGE_BYTES)
        buf_done(&transfer->in);
    alloc_give_back(at);
    return true;
}

static void http_result_of(struct http_transfer *transfer, CURLcode code,
                           struct http_result *result, struct error *err)
{
    if (transfer->easy)
        curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE,
                          &result->status);
    result->body = buf_text(&transfer->in);
    result->body_size = transfer->in.size;
    if (transfer->failed) {
        result->r = transfer->failed;
        *err = *transfer->err;
    } else if (transfer->too_long) {
        result->r = error_set(err, -EMSGSIZE, "%s of more than %zu bytes",
                              transfer->ops->line ? "a line" : "a reply",
                              transfer->size_max);
    } else if (code == CURLE_ABORTED_BY_CALLBACK) {
        result->r = error_set(err, -ECONNRESET,
                              "the connection broke before an answer came");
    } else if (code != CURLE_OK) {
        result->r = http_setup_failure(code, transfer->detail, err);
        /* Sent before, on a kept-alive connection that broke. */
        if (result->r == -ECONNREFUSED && transfer->sent)
            result->r = -ECONNRESET;
    }
    result->never_sent = result->r < 0 && !transfer->sent;
}

static void http_finish(struct http_transfer *transfer, CURLcode code)
{
    struct http_result result = {0};
    struct error err = {""};

    http_result_of(transfer, code, &result, &err);
    http_unlink(transfer);
    transfer->ops->done(transfer->userdata, &result, &err);
    http_free(transfer);
    alloc_give_back(result.body_size);
}

/* A transfer whose callbacks are due, by lines or since it did not start. The
 * list may change under each callback: it is searched again. */
static struct http_transfer *http_next_due(const struct http *http)
{
    struct http_transfer *transfer = http->transfers;

    while (transfer && !transfer->has_lines && !transfer->failed)
        transfer = transfer->next;
    return transfer;
}

static void http_on_transfers(void *userdata)
{
    struct http *http = userdata;
    CURLM *multi = loop_curl(http->loop);
    struct http_transfer *transfer;
    CURLMsg *message;
    int left;

    http->users++; /* a callback may close it */
    while ((transfer = http_next_due(http))) {
        if (transfer->failed)
            http_finish(transfer, CURLE_OK);
        else
            http_hand_out(transfer);
    }
    while ((message = curl_multi_info_read(multi, &left))) {
        CURLcode code = message->data.result;

        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
        http_finish(transfer, code);
    }
    http_close(http);
}

struct http *http_open(struct loop *loop)
{
    struct http *http = loop_transfer_userdata(loop);

    if (!http) {
        http = xcalloc(1, sizeof(*http));
        http->loop = loop;
        timer_init(&http->failed_timer, loop, http_on_transfers, http);
        loop_set_transfer_fn(loop, http_on_transfers, http);
    }
    http->users++;
    return http;
}

void http_close(struct http *http)
{
    if (!http || --http->users > 0)
        return;
    assert(!http->transfers);
    timer_stop(&http->failed_timer);
    loop_set_transfer_fn(http->loop, NULL, NULL);
    free(http);
}

/* ------------------------------------------------------------------ sending */

static void http_set_headers(struct http_transfer *transfer, const char *token)
{
    static const char *const fixed[] = {
        "Content-Type: application/json",
        "Expect:", /* no pause before the body */
    };
    size_t i;

    for (i = 0; i < ARRAY_SIZE(fixed); i++)
        transfer->headers = curl_slist_append(transfer->headers, fixed[i]);
    if (token) {
        cleanup_free char *line = xasprintf("Authorization: %s", token);

        transfer->headers = curl_slist_append(transfer->headers, line);
    }
    curl_easy_setopt(transfer->easy, CURLOPT_HTTPHEADER, transfer->headers);
}

static void http_set_callbacks(struct http_transfer *transfer)
{
    CURL *easy = transfer->easy;

    curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->detail);
    curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, http_on_ready);
    curl_easy_setopt(easy, CURLOPT_PREREQDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, http_on_write);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_SOCKOPTFUNCTION, http_on_socket);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPIDLE, (long) KEEP_IDLE_S);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPINTVL, (long) KEEP_STEP_S);
    /* Small: each transfer in flight holds both. */
    curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, 16384L);
    curl_easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE, 16384L);
}

static int http_start(struct http_transfer *transfer,
                      const struct http_request *request, struct error *err)
{
    const struct http_setup setup = {
        .tls = request->tls,
        .connect_timeout_ms = request->connect_timeout_ms,
        .timeout_ms = request->timeout_ms,
    };
    int r;

    transfer->easy = curl_easy_init();
    if (!transfer->easy)
        return error_set(err, -ENOMEM, "curl: out of memory");
    r = http_setup_easy(transfer->easy, &setup, err);
    if (r < 0)
        return r;
    http_set_callbacks(transfer);
    http_set_headers(transfer, request->token);
    curl_easy_setopt(transfer->easy, CURLOPT_POSTFIELDSIZE_LARGE,
                     (curl_off_t) request->body_size);
    curl_easy_setopt(transfer->easy, CURLOPT_POSTFIELDS, request->body);
    if (curl_easy_setopt(transfer->easy, CURLOPT_URL, request->url) !=
            CURLE_OK ||
        curl_multi_add_handle(loop_curl(transfer->http->loop),
                              transfer->easy) != CURLM_OK)
        return error_set(err, -ENOMEM, "curl: cannot start a transfer");
    return 0;
}

struct http_transfer *http_post(struct http *http,
                                const struct http_request *request,
                                const struct http_ops *ops, void *userdata)
{
    struct http_transfer *transfer = xcalloc(1, sizeof(*transfer));
    struct error err = {""};

    *transfer = (struct http_transfer){.http = http,
                                       .next = http->transfers,
                                       .ops = ops,
                                       .userdata = userdata,
                                       .size_max = request->size_max};
    if (http->transfers)
        http->transfers->prev = transfer;
    http->transfers = transfer;
    transfer->failed = http_start(transfer, request, &err);
    if (transfer->failed) {
        transfer->err = xmemdup(&err, sizeof(err));
        timer_set(&http->failed_timer, 0);
    }
    return transfer;
}
