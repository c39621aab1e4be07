/* SPDX-License-Identifier: ISC */
/*
 * The floor of a hand-over: one client sends the transaction that ends a
 * turn, another one watches the key that goes with it and, when it hears of
 * that, sends the transaction that begins its own. Connections are kept, and
 * nothing else is done. Prints the microseconds of each round, a line each.
 *
 *   pair ENDPOINT ROUNDS
 */
#include "base/buf.h"
#include "base/clock.h"
#include "base/etcd_wire.h"
#include "base/util.h"

#include <curl/curl.h>

#define TIMEOUT_MS 10000

struct pair {
    const char *endpoint;
    CURLM *multi;
    CURL *ender, *beginner, *watcher;
    struct curl_slist *headers;
    struct buf end, begin, watch, heard;
};

static _Noreturn void die(const char *what)
{
    fprintf(stderr, "pair: %s\n", what);
    exit(1);
}

static size_t on_answer(char *bytes, size_t one, size_t size, void *userdata)
{
    (void) userdata;
    if (memmem(bytes, size, "\"error\"", 7))
        die(bytes);
    return one * size;
}

static size_t on_watch(char *bytes, size_t one, size_t size, void *userdata)
{
    struct pair *pair = userdata;

    buf_add(&pair->heard, bytes, size);
    return one * size;
}

static CURL *client(struct pair *pair, const char *path, const struct buf *body,
                    bool watch)
{
    CURL *easy = curl_easy_init();
    char url[256];

    snprintf(url, sizeof(url), "%s%s", pair->endpoint, path);
    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, pair->headers);
    curl_easy_setopt(easy, CURLOPT_TCP_NODELAY, 1L);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, (long) body->size);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, buf_text(body));
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, watch ? on_watch : on_answer);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, pair);
    return easy;
}

/* Notes who is done. */
static void take_messages(struct pair *pair)
{
    CURLMsg *message;
    int left;

    while ((message = curl_multi_info_read(pair->multi, &left))) {
        CURL *easy = message->easy_handle;
        bool *done;

        if (message->data.result != CURLE_OK)
            die(curl_easy_strerror(message->data.result));
        curl_easy_getinfo(easy, CURLINFO_PRIVATE, &done);
        *done = true;
        curl_multi_remove_handle(pair->multi, easy);
    }
}

/* Waits until words stand in what the watch has heard. */
static void hear(struct pair *pair, const char *words)
{
    int64_t limit = clock_ms() + TIMEOUT_MS;
    int running;

    while (!strstr(buf_text(&pair->heard), words)) {
        if (clock_ms() > limit)
            die("the watch says nothing");
        curl_multi_perform(pair->multi, &running);
        take_messages(pair);
        if (!strstr(buf_text(&pair->heard), words))
            curl_multi_poll(pair->multi, NULL, 0, 1000, NULL);
    }
    buf_clear(&pair->heard);
}

static void start(struct pair *pair, CURL *easy, bool *done)
{
    *done = false;
    curl_easy_setopt(easy, CURLOPT_PRIVATE, done);
    curl_multi_add_handle(pair->multi, easy);
}

static void await(struct pair *pair, const bool *done)
{
    int running;

    while (!*done) {
        curl_multi_perform(pair->multi, &running);
        take_messages(pair);
        if (!*done)
            curl_multi_poll(pair->multi, NULL, 0, 1000, NULL);
    }
}

/* What ccmd sends at the end of a turn, and at the beginning of one. */
static void write_bodies(struct pair *pair, const char *marker_value)
{
    struct buf *end = &pair->end, *begin = &pair->begin;

    buf_puts(end, "{\"compare\":[");
    etcd_wire_if_modified(end, "/pair/flag", 0);
    buf_puts(end, "],\"success\":[");
    etcd_wire_delete(end, "/pair/applying/a");
    buf_putc(end, ',');
    etcd_wire_delete(end, "/pair/lock/a");
    buf_putc(end, ',');
    etcd_wire_put(end, "/pair/nodes/a", marker_value, 0);
    buf_puts(end, "]}");
    buf_puts(begin, "{\"compare\":[");
    etcd_wire_if_modified(begin, "/pair/flag", 0);
    buf_putc(begin, ',');
    etcd_wire_if_none_below(begin, "/pair/applying/");
    buf_puts(begin, "],\"success\":[");
    etcd_wire_put(begin, "/pair/applying/a", marker_value, 0);
    buf_puts(begin, "]}");
    etcd_wire_watch_request(&pair->watch, "/pair/lock/a", NULL, 0);
}

static void rounds(struct pair *pair, int n)
{
    struct buf lock = BUF_INIT;
    bool ready, ended, begun, watched;
    CURL *preparer;

    buf_puts(&lock, "{\"compare\":[],\"success\":[");
    etcd_wire_put(&lock, "/pair/lock/a", "x", 0);
    buf_puts(&lock, "]}");
    preparer = client(pair, ETCD_WIRE_TXN_PATH, &lock, false);
    start(pair, pair->watcher, &watched);
    hear(pair, "created");
    for (; n > 0; n--) {
        int64_t start_us;

        start(pair, preparer, &ready);
        await(pair, &ready);
        hear(pair, "events");
        start_us = clock_us();
        start(pair, pair->ender, &ended);
        hear(pair, "DELETE");
        start(pair, pair->beginner, &begun);
        await(pair, &begun);
        printf("%lld\n", (long long) (clock_us() - start_us));
        await(pair, &ended);
    }
    curl_multi_remove_handle(pair->multi, pair->watcher);
    curl_easy_cleanup(preparer);
    buf_done(&lock);
}

int main(int argc, char **argv)
{
    struct pair pair = {0};
    char value[400];

    if (argc != 3)
        die("usage: pair ENDPOINT ROUNDS");
    memset(value, 'v', sizeof(value) - 1);
    value[sizeof(value) - 1] = '\0';
    pair.endpoint = argv[1];
    pair.multi = curl_multi_init();
    pair.headers = curl_slist_append(NULL, "Content-Type: application/json");
    write_bodies(&pair, value);
    pair.ender = client(&pair, ETCD_WIRE_TXN_PATH, &pair.end, false);
    pair.beginner = client(&pair, ETCD_WIRE_TXN_PATH, &pair.begin, false);
    pair.watcher = client(&pair, ETCD_WIRE_WATCH_PATH, &pair.watch, true);
    rounds(&pair, atoi(argv[2]));
    curl_easy_cleanup(pair.ender);
    curl_easy_cleanup(pair.beginner);
    curl_easy_cleanup(pair.watcher);
    curl_multi_cleanup(pair.multi);
    curl_slist_free_all(pair.headers);
    buf_done(&pair.end);
    buf_done(&pair.begin);
    buf_done(&pair.watch);
    buf_done(&pair.heard);
    return 0;
}
