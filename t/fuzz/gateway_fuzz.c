/* SPDX-License-Identifier: ISC */
/*
 * etcd's gateway, hostile or broken, from the bytes of its answers up to what
 * store.h promises: logins, transactions, leases and watches, in any order.
 * The input is steps, parted by form feeds; a step's first byte says what
 * happens (see steps), the rest is what the gateway sends.
 */
#include "fuzz.h"
#include "timers.h"

#include "base/alloc.h"
#include "base/json.h"
#include "base/util.h"
#include "loop/http.h"
#include "store/store_backend.h"

#include <errno.h>

/* ----------------------------------------------------------- cluster/http.h */

struct http_transfer {
    struct http_transfer *next; /* the newest stands last */
    const struct http_ops *ops;
    void *userdata;
    bool in_line, cancelled;
};

static struct http_transfer *transfers;
static unsigned n_http;

struct http *http_open(struct loop *loop)
{
    (void) loop;
    n_http++;
    return NULL;
}

void http_close(struct http *http)
{
    (void) http;
    n_http--;
}

/* What we send is JSON, and the token cannot end its header. */
struct http_transfer *http_post(struct http *http,
                                const struct http_request *request,
                                const struct http_ops *ops, void *userdata)
{
    struct http_transfer *transfer = xcalloc(1, sizeof(*transfer));
    struct http_transfer **at = &transfers;
    json_auto_t *body = NULL;

    (void) http;
    fuzz_check(
        json_parse(request->body, request->body_size, 65536, &body, NULL) == 0);
    if (request->token)
        fuzz_check(
            fuzz_is_visible(request->token, strlen(request->token), false));
    *transfer = (struct http_transfer){.ops = ops, .userdata = userdata};
    while (*at)
        at = &(*at)->next;
    *at = transfer;
    return transfer;
}

static void unlink_transfer(struct http_transfer *transfer)
{
    struct http_transfer **at = &transfers;

    while (*at != transfer)
        at = &(*at)->next;
    *at = transfer->next;
}

void http_cancel(struct http_transfer *transfer)
{
    if (!transfer)
        return;
    fuzz_check(!transfer->cancelled);
    unlink_transfer(transfer);
    transfer->cancelled = true;
    if (!transfer->in_line)
        free(transfer);
}

static struct http_transfer *oldest(bool stream)
{
    struct http_transfer *transfer = transfers;

    while (transfer && (transfer->ops->line != NULL) != stream)
        transfer = transfer->next;
    return transfer;
}

static void finish(struct http_transfer *transfer,
                   const struct http_result *result, const char *why)
{
    const struct http_ops *ops = transfer->ops;
    void *userdata = transfer->userdata;
    struct error err;

    unlink_transfer(transfer);
    free(transfer);
    error_set(&err, 0, "%s", why);
    ops->done(userdata, result, &err);
}

/* --------------------------------------------------------- store.h's promises
 */

static struct store *store;
static struct store_call *calls[8];
static struct store_watch *watches[2];

static void check_kv(const struct store_kv *kv, const char *prefix)
{
    fuzz_check(strncmp(kv->key, prefix, strlen(prefix)) == 0);
    fuzz_check(kv->value[kv->value_size] == '\0' && kv->mod_revision > 0);
}

static void on_reply(void *userdata, const struct store_reply *reply, int r,
                     const struct error *err)
{
    struct store_call **slot = userdata;
    const struct store_range *range;
    size_t i;

    fuzz_check(*slot);
    *slot = NULL;
    if (r < 0) {
        fuzz_check(!reply);
        fuzz_check_error(err);
        return;
    }
    fuzz_check(reply && r == 0 && reply->revision > 0);
    fuzz_check(reply->n_ranges == (reply->succeeded ? 1 : 2));
    for (range = reply->ranges; range < reply->ranges + reply->n_ranges;
         range++)
        for (i = 0; i < range->n; i++)
            check_kv(&range->kvs[i],
                     range == reply->ranges ? "flag" : "events/");
    fuzz_check(reply->ranges[0].n <= 1);
}

static void on_lease(void *userdata, int64_t lease, int64_t ttl_s,
                     int64_t revision, int r, const struct error *err)
{
    struct store_call **slot = userdata;

    (void) revision;
    fuzz_check(*slot);
    *slot = NULL;
    if (r < 0)
        fuzz_check_error(err);
    else
        fuzz_check(r == 0 && lease > 0 && ttl_s >= 0);
}

static void on_opened(void *userdata, int64_t revision)
{
    struct store_watch **slot = userdata;

    (void) revision;
    fuzz_check(*slot);
}

static void on_event(void *userdata, const struct store_kv *kv, bool deleted)
{
    struct store_watch **slot = userdata;

    fuzz_check(*slot);
    check_kv(kv, "");
    fuzz_check(!deleted || kv->value_size == 0);
    /* Whoever watches may have had enough at any event. */
    if (kv->value_size == 1) {
        store_unwatch(*slot);
        *slot = NULL;
    }
}

static void on_lost(void *userdata, int r, const struct error *err)
{
    struct store_watch **slot = userdata;

    fuzz_check(*slot && r < 0 && r != -ECANCELED);
    fuzz_check_error(err);
    *slot = NULL;
}

static const struct store_watch_ops watch_ops = {on_opened, on_event, on_lost};

/* -------------------------------------------------------------------- steps */

static struct store_call **free_slot(void)
{
    size_t i;

    for (i = 0; i < ARRAY_SIZE(calls); i++)
        if (!calls[i])
            return &calls[i];
    return NULL;
}

static void step_call(char what)
{
    struct store_call **slot = free_slot();
    struct txn *txn;

    if (!slot)
        return;
    if (what == 'g')
        *slot = store_lease_grant(store, 30, on_lease, slot);
    if (what == 'k')
        *slot = store_lease_keep(store, 77, on_lease, slot);
    if (what == 'r')
        *slot = store_lease_revoke(store, 77, on_lease, slot);
    if (what != 't')
        return;
    txn = txn_new();
    txn_if_modified(txn, "flag", 5);
    txn_if_none_below(txn, "applying/");
    txn_put(txn, "applying/web1", "\"\\\n\x01\x7f\xff", 77);
    txn_get(txn, "flag");
    txn_otherwise(txn);
    txn_get(txn, "flag");
    txn_get_below(txn, "events/", &(struct txn_range){.limit = 9});
    *slot = store_commit(store, txn, on_reply, slot);
}

static void step_cancel(char what)
{
    size_t i;

    for (i = 0; i < ARRAY_SIZE(calls) && what == 'c'; i++) {
        if (!calls[i])
            continue;
        store_cancel(calls[i]);
        calls[i] = NULL;
        return;
    }
    for (i = 0; i < ARRAY_SIZE(watches) && what == 'u'; i++) {
        if (!watches[i])
            continue;
        store_unwatch(watches[i]);
        watches[i] = NULL;
        return;
    }
}

static void step_watch(void)
{
    size_t i = watches[0] ? 1 : 0;

    if (!watches[i])
        watches[i] = store_watch(store, "events/", i ? NULL : "flag!", 5,
                                 &watch_ops, &watches[i]);
}

/* "a200\nBODY": an answer; "e...": the same, to a stream. */
static void step_answer(struct fuzz_input *rest, bool stream)
{
    struct http_transfer *transfer = oldest(stream);
    cleanup_free char *status = fuzz_cut(rest, '\n', NULL), *body = NULL;
    struct http_result result = {0};

    body = fuzz_cut(rest, '\f', &result.body_size);
    result.body = body;
    result.status = strtol(status, NULL, 10) % 1000;
    if (transfer)
        finish(transfer, &result, "");
}

/* "x0": it broke; "x1": before anything was sent. */
static void step_break(struct fuzz_input *rest)
{
    struct http_result result = {.r = -ECONNRESET, .body = ""};

    result.never_sent = fuzz_byte(rest) == '1';
    if (transfers)
        finish(transfers, &result, "broken");
}

static void step_lines(struct fuzz_input *rest)
{
    struct http_transfer *transfer = oldest(true);

    if (!transfer)
        return;
    transfer->in_line = true;
    while (rest->left > 0 && !transfer->cancelled) {
        size_t size;
        char *line = fuzz_cut(rest, '\n', &size);

        transfer->ops->line(transfer->userdata, line, size);
        free(line);
    }
    transfer->in_line = false;
    if (transfer->cancelled)
        free(transfer);
}

static void step(struct fuzz_input *rest)
{
    char what = (char) fuzz_byte(rest);

    if (what == 'a' || what == 'e')
        step_answer(rest, what == 'e');
    else if (what == 'x')
        step_break(rest);
    else if (what == 'l')
        step_lines(rest);
    else if (what == 'w')
        step_watch();
    else if (what == 'z')
        fuzz_time_next();
    else if (what == 'c' || what == 'u')
        step_cancel(what);
    else
        step_call(what);
}

static void open_store(bool with_user)
{
    static char *endpoints[] = {(char *) "http://a", (char *) "http://b", NULL};
    struct config config = {.ttl_s = 30,
                            .store = {.kind = STORE_ETCD,
                                      .endpoints = endpoints,
                                      .prefix = (char *) "/ccm"}};
    struct error err;

    if (with_user) {
        fuzz_write("password", "secret\n", 7);
        config.store.user = (char *) "root";
        config.store.password_file = xasprintf("%s/password", fuzz_directory());
    }
    fuzz_time_reset();
    fuzz_check(store_open(NULL, &config, &store, &err) == 0);
    free(config.store.password_file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {(const char *) data, size};
    unsigned steps;

    open_store(fuzz_byte(&input) % 2);
    for (steps = 0; steps < 60 && input.left > 0; steps++) {
        size_t one_size;
        cleanup_free char *one = fuzz_cut(&input, '\f', &one_size);
        struct fuzz_input rest = {one, one_size};

        step(&rest);
    }
    store_free(store);
    memset(calls, 0, sizeof(calls));
    memset(watches, 0, sizeof(watches));
    fuzz_check(!transfers && n_http == 0);
    fuzz_time_reset();
    return 0;
}
