/* SPDX-License-Identifier: ISC */
/*
 * The floor of a hand-over, on two processes: one sends the transaction that
 * ends a turn; the other one watches the key that goes with it and, when it
 * hears of that, sends the transaction that begins its own. Both are just
 * what ccmd sends (pair_turn.c) and are written before the clock starts;
 * connections are kept; nothing is parsed, and nothing else is done. Prints
 * the microseconds from the sending of the one to the answer of the other, a
 * line each round.
 *
 * Before each round it pauses, for as long as a turn lasts: a hand-over never
 * follows another one at once, and processes that have slept meanwhile, etcd
 * among them, are slower than those in a tight loop. With PAUSE_MS 0 it shows
 * that, too.
 *
 *   pair ENDPOINT ROUNDS PAUSE_MS < RECORD   a node's nodes/<node>
 */
#include "pair_turn.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/util.h"

#include <curl/curl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define TIMEOUT_MS 10000
#define WARM_UP 3
#define RECORD_MAX (64 * 1024)

/* A process' half. */
struct half {
    const char *endpoint;
    CURLM *multi;
    CURL *poster, *watcher;
    struct curl_slist *headers;
    struct buf answer, heard;
    bool answered;
};

static _Noreturn void die(const char *what)
{
    fprintf(stderr, "pair: %s\n", what);
    exit(1);
}

static size_t on_bytes(char *bytes, size_t one, size_t size, void *userdata)
{
    buf_add(userdata, bytes, size);
    return one * size;
}

static CURL *half_client(struct half *half, struct buf *into)
{
    CURL *easy = curl_easy_init();

    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, half->headers);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_bytes);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, into);
    return easy;
}

static void half_init(struct half *half, const char *endpoint)
{
    *half = (struct half){.endpoint = endpoint};
    half->multi = curl_multi_init();
    half->headers =
        curl_slist_append(half->headers, "Content-Type: application/json");
    half->headers = curl_slist_append(half->headers, "Expect:");
    half->poster = half_client(half, &half->answer);
    half->watcher = half_client(half, &half->heard);
}

/* Notes that the poster is done. */
static void half_step(struct half *half)
{
    CURLMsg *message;
    int running, left;

    curl_multi_perform(half->multi, &running);
    while ((message = curl_multi_info_read(half->multi, &left))) {
        if (message->data.result != CURLE_OK)
            die(curl_easy_strerror(message->data.result));
        if (message->easy_handle == half->watcher)
            die("the watch has ended");
        half->answered = true;
    }
}

static void half_send(struct half *half, CURL *easy, const char *path,
                      const struct buf *body)
{
    char url[256];

    snprintf(url, sizeof(url), "%s%s", half->endpoint, path);
    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, (long) body->size);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, buf_text(body));
    curl_multi_add_handle(half->multi, easy);
}

/* Waits until words stand in what the watch has heard. */
static void half_hear(struct half *half, const char *words)
{
    int64_t limit = clock_ms() + TIMEOUT_MS;

    while (!strstr(buf_text(&half->heard), words)) {
        if (clock_ms() > limit)
            die("the watch says nothing");
        curl_multi_poll(half->multi, NULL, 0, 1000, NULL);
        half_step(half);
    }
    buf_clear(&half->heard);
}

/* Sends a body, waits for the answer. */
static void half_post(struct half *half, const char *path,
                      const struct buf *body)
{
    buf_clear(&half->answer);
    half->answered = false;
    half_send(half, half->poster, path, body);
    half_step(half);
    while (!half->answered) {
        curl_multi_poll(half->multi, NULL, 0, 1000, NULL);
        half_step(half);
    }
    curl_multi_remove_handle(half->multi, half->poster);
}

/* As above, a transaction that must succeed. Returns the store's revision. */
static int64_t half_commit(struct half *half, const struct buf *body)
{
    struct etcd_wire_txn_answer answer;
    json_auto_t *json = NULL;
    struct error err = {"refused"};
    int64_t revision;

    half_post(half, ETCD_WIRE_TXN_PATH, body);
    if (json_parse(buf_text(&half->answer), half->answer.size, RECORD_MAX,
                   &json, &err) < 0 ||
        etcd_wire_decode_txn(json, &answer, &err) < 0)
        die(err.text);
    if (!answer.succeeded)
        die("a transaction is refused");
    revision = answer.revision;
    etcd_wire_txn_done(&answer);
    return revision;
}

static int64_t half_grant(struct half *half)
{
    cleanup_buf struct buf body = BUF_INIT;
    struct etcd_wire_lease_answer answer;
    json_auto_t *json = NULL;
    struct error err;

    etcd_wire_grant_request(&body, 600);
    half_post(half, ETCD_WIRE_LEASE_GRANT_PATH, &body);
    if (json_parse(buf_text(&half->answer), half->answer.size, RECORD_MAX,
                   &json, &err) < 0 ||
        etcd_wire_decode_lease(json, &answer, &err) < 0)
        die(err.text);
    return answer.id;
}

static void tell(int fd, int64_t number)
{
    if (write(fd, &number, sizeof(number)) != sizeof(number))
        die("the other process has gone");
}

static int64_t told(int fd)
{
    int64_t number;

    if (read(fd, &number, sizeof(number)) != sizeof(number))
        die("the other process has gone");
    return number;
}

/* The one that begins: hears at which revision its place was made, says that
 * it is ready, and when it has begun. */
static void beginner(struct half *half, int64_t lease, int in, int out)
{
    cleanup_buf struct buf watch = BUF_INIT, body = BUF_INIT;
    struct pair_turn pair;

    pair_turn_init(&pair, "b", lease);
    etcd_wire_watch_request(&watch, PAIR_PREFIX "lock/a", NULL, 0);
    half_send(half, half->watcher, ETCD_WIRE_WATCH_PATH, &watch);
    half_hear(half, "created");
    tell(out, 0);
    for (;;) {
        pair_turn_begin(&pair, &body, told(in), "lock/a");
        half_hear(half, "events");
        tell(out, 0);
        half_hear(half, "DELETE");
        half_post(half, ETCD_WIRE_TXN_PATH, &body);
        tell(out, clock_us());
        if (!strstr(buf_text(&half->answer), "\"succeeded\":true"))
            die("a begin is refused");
    }
}

/* Both have their places, and the first one its turn. */
static int64_t prepare(struct half *half, int64_t lease)
{
    cleanup_buf struct buf clear = BUF_INIT, fill = BUF_INIT;

    buf_puts(&clear, "{\"success\":[");
    etcd_wire_delete(&clear, PAIR_PREFIX "applying/b");
    buf_putc(&clear, ',');
    etcd_wire_delete(&clear, PAIR_PREFIX "lock/b");
    buf_puts(&clear, "]}");
    buf_puts(&fill, "{\"success\":[");
    etcd_wire_put(&fill, PAIR_PREFIX "applying/a", "x", 0);
    buf_putc(&fill, ',');
    etcd_wire_put(&fill, PAIR_PREFIX "lock/a", "x", lease);
    buf_putc(&fill, ',');
    etcd_wire_put(&fill, PAIR_PREFIX "lock/b", "x", lease);
    buf_puts(&fill, "]}");
    half_commit(half, &clear);
    return half_commit(half, &fill);
}

struct plan {
    int rounds, pause_ms;
};

static void ender(struct half *half, int64_t lease, int in, int out,
                  struct plan plan)
{
    cleanup_buf struct buf body = BUF_INIT;
    char bytes[RECORD_MAX];
    json_auto_t *record = NULL;
    struct pair_turn pair;
    size_t size = fread(bytes, 1, sizeof(bytes), stdin);
    int i;

    if (json_parse(bytes, size, RECORD_MAX, &record, NULL) < 0)
        die("no record on standard input");
    pair_turn_init(&pair, "a", lease);
    told(in);
    for (i = -WARM_UP; i < plan.rounds; i++) {
        int64_t revision = prepare(half, lease), start_us;

        tell(out, revision);
        pair_turn_end(&pair, &body, revision, record);
        told(in);
        usleep((useconds_t) plan.pause_ms * 1000);
        start_us = clock_us();
        half_commit(half, &body);
        if (i >= 0)
            printf("%lld\n", (long long) (told(in) - start_us));
        else
            told(in);
    }
    pair_turn_done(&pair);
}

int main(int argc, char **argv)
{
    int there[2], back[2];
    struct half half;
    int64_t lease;
    pid_t child;

    if (argc != 4 || pipe(there) < 0 || pipe(back) < 0)
        die("usage: pair ENDPOINT ROUNDS PAUSE_MS < RECORD");
    half_init(&half, argv[1]);
    lease = half_grant(&half);
    child = fork();
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        half_init(&half, argv[1]);
        beginner(&half, lease, there[0], back[1]);
    }
    close(back[1]);
    ender(&half, lease, back[0], there[1],
          (struct plan){atoi(argv[2]), atoi(argv[3])});
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    return 0;
}
