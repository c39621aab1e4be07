/* SPDX-License-Identifier: ISC */
/*
 * Requests on the control socket, and what the store holds when they look:
 * whoever asks gets at most one last line, a JSON object, and no answer is
 * owed to nobody. A form feed parts the requests; behind a vertical
 * tab stand the values that the store answers with, one a line.
 */
#include "fuzz.h"

#include "base/alloc.h"
#include "base/json.h"
#include "base/util.h"
#include "control/connection.h"
#include "store/store_backend.h"

#include <errno.h>
#include <sys/socket.h>

/* ------------------------------------------------------- a store of values */

struct fuzz_call {
    struct store_call base;
    struct txn *txn;
    store_reply_fn fn;
    void *userdata;
};

static struct fuzz_input values;
static struct fuzz_call *pending;

static struct store_call *fuzz_commit(struct store *store, struct txn *txn,
                                      store_reply_fn fn, void *userdata)
{
    fuzz_check(!pending);
    pending = xcalloc(1, sizeof(*pending));
    *pending = (struct fuzz_call){{store}, txn, fn, userdata};
    return &pending->base;
}

static void fuzz_cancel(struct store_call *call)
{
    fuzz_check(call == &pending->base);
    txn_free(pending->txn);
    free(pending);
    pending = NULL;
}

static const char *fuzz_where(const struct store *store)
{
    (void) store;
    return "nowhere";
}

static const struct store_ops fuzz_store_ops = {
    .commit = fuzz_commit, .cancel = fuzz_cancel, .where = fuzz_where};

/* Up to three keys; the name behind a prefix is the value's number. */
static struct store_range fuzz_range(const struct txn_op *op)
{
    struct store_kv *kvs = xcalloc(3, sizeof(*kvs));
    struct store_range range = {.kvs = kvs};

    while (values.left > 0 && range.n < (op->kind == TXN_GET ? 1 : 3)) {
        struct store_kv *kv = &kvs[range.n];

        kv->key = op->kind == TXN_GET
                      ? xstrdup(op->key)
                      : xasprintf("%s%c%zu", op->key, 'a', range.n);
        kv->value = fuzz_cut(&values, '\n', &kv->value_size);
        kv->mod_revision = (int64_t) range.n + 2;
        kv->create_revision = 1;
        range.n++;
    }
    range.count = (int64_t) range.n;
    return range;
}

static void fuzz_range_done(struct store_range *range)
{
    size_t i;

    for (i = 0; i < range->n; i++) {
        free((char *) range->kvs[i].key);
        free((char *) range->kvs[i].value);
    }
    free((void *) range->kvs);
}

/* Answers the call that is waiting; the next one may come of it. */
static void fuzz_answer(void)
{
    struct fuzz_call call = *pending;
    struct store_range ranges[16];
    struct store_reply reply = {true, 9, ranges, 0};
    struct error err = {"no leader"};
    int r = values.left % 16 == 15 ? -EAGAIN : txn_check(call.txn, &err);
    size_t i;

    free(pending);
    pending = NULL;
    for (i = 0; i < call.txn->branches[0].n && reply.n_ranges < 16; i++)
        if (call.txn->branches[0].ops[i].kind >= TXN_GET)
            ranges[reply.n_ranges++] =
                fuzz_range(&call.txn->branches[0].ops[i]);
    call.fn(call.userdata, r < 0 ? NULL : &reply, r, &err);
    for (i = 0; i < reply.n_ranges; i++)
        fuzz_range_done(&ranges[i]);
    txn_free(call.txn);
}

/* --------------------------------------------------------------- the daemon */

static struct config config = {.node = (char *) "web1",
                               .file = (char *) "/nonexistent/ccm.conf",
                               .runner = (char *) "/nonexistent/runner",
                               .flag_lift_self = true,
                               .settle_quiet_ms = 10000,
                               .settle_max_ms = 60000,
                               .run_timeout_ms = 1000,
                               .ttl_s = 30};
static struct store store = {&fuzz_store_ops};
static struct machine machine;
static struct rollout rollout;
static json_t *catalog;

static void fuzz_reload(void *userdata)
{
    (void) userdata;
}

static struct control control = {.dispatch = control_dispatch,
                                 .view = {.config = &config,
                                          .store = &store,
                                          .rollout = &rollout,
                                          .catalog = &catalog,
                                          .reload = fuzz_reload}};

static void fuzz_daemon(void)
{
    control.view.loop = loop_new();
    rollout_init(&rollout, control.view.loop, &config, &store, &machine);
    bus_subscribe(rollout.bus, "crontab", "crons");
}

/* The last line is an object that says ok or not, and is the only such. */
static void check_answers(const char *text, bool answered)
{
    struct fuzz_input input = {text, strlen(text)};
    unsigned last = 0;

    while (input.left > 0) {
        json_t *line = NULL;
        size_t size;
        char *one = fuzz_cut(&input, '\n', &size);

        fuzz_check(json_parse(one, size, size, &line, NULL) == 0);
        fuzz_check(json_is_object(line));
        last += json_is_boolean(json_object_get(line, "ok"));
        json_decref(line);
        free(one);
    }
    fuzz_check(last == answered);
}

static void try_request(const char *bytes, size_t size)
{
    struct connection *connection;
    int fds[2];

    fuzz_check(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds) == 0);
    connection_open(&control, fds[0]);
    connection = control.clients;
    fuzz_check(send(fds[1], bytes, size, MSG_NOSIGNAL) == (ssize_t) size &&
               send(fds[1], "\n", 1, MSG_NOSIGNAL) == 1);
    while (!connection->request && !connection->answered)
        connection->io.fn(connection->io.userdata, IO_READ);
    while (pending)
        fuzz_answer();
    fuzz_check(connection->answered ||
               connection->waits != CONNECTION_WAITS_NOT);
    check_answers(buf_text(&connection->output), connection->answered);
    connection_close(connection);
    close(fds[1]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {(const char *) data, size};
    size_t requests_size;
    cleanup_free char *requests = fuzz_cut(&input, '\v', &requests_size);
    struct fuzz_input left = {requests, requests_size};
    unsigned n;

    if (!control.view.loop)
        fuzz_daemon();
    values = input;
    for (n = 0; n < 8 && left.left > 0; n++) {
        size_t one_size;
        char *one = fuzz_cut(&left, '\f', &one_size);

        config.objects.kind = n % 4 == 3 ? OBJECTS_HTTP : OBJECTS_ETCD;
        if (one_size < 60000)
            try_request(one, one_size);
        free(one);
    }
    fuzz_check(!control.clients && control.n_clients == 0);
    return 0;
}
