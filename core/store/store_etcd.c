/* SPDX-License-Identifier: ISC */
/*
 * The store in etcd: transactions and leases. One call is one request. etcd.c
 * decides what may be repeated and where. Watches: store_etcd_watch.c.
 */
#include "store_etcd.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/util.h"
#include "etcd/etcd_wire.h"

#include <assert.h>
#include <errno.h>

/* A call's time limit: a third of the lease's life, so that two attempts to
 * keep it fit in, within these bounds. etcd itself gives up after 7 s. */
#define STORE_ETCD_TIMEOUT_MIN_MS 2000
#define STORE_ETCD_TIMEOUT_MAX_MS 8000

struct store_etcd_call {
    struct store_call base;
    struct store_etcd_call *next;
    struct etcd_call *etcd_call; /* NULL: refused before it was sent */
    store_reply_fn reply_fn;
    store_lease_fn lease_fn;
    void *userdata;
    struct txn *txn; /* NULL: a lease */
    int64_t lease;
    struct timer refuse; /* reports that, from the loop */
    char *bad_text;
};

/* ------------------------------------------------------------ life of calls */

static struct store_etcd_call *store_etcd_new_call(struct store *base,
                                                   void *userdata)
{
    struct store_etcd *store = (struct store_etcd *) base;
    struct store_etcd_call *call = xcalloc(1, sizeof(*call));

    call->base.store = base;
    call->userdata = userdata;
    call->next = store->calls;
    store->calls = call;
    return call;
}

static void store_etcd_free_call(struct store_etcd_call *call)
{
    struct store_etcd *store = (struct store_etcd *) call->base.store;
    struct store_etcd_call **at = &store->calls;

    while (*at != call)
        at = &(*at)->next;
    *at = call->next;
    timer_stop(&call->refuse);
    txn_free(call->txn);
    free(call->bad_text);
    free(call);
}

static void store_etcd_cancel(struct store_call *base)
{
    struct store_etcd_call *call = (struct store_etcd_call *) base;

    etcd_cancel(call->etcd_call);
    store_etcd_free_call(call);
}

/* ------------------------------------------------------------- transactions */

static struct etcd_wire_range store_etcd_range(const char *key, const char *end,
                                               const struct txn_range *how)
{
    enum etcd_wire_order order = ETCD_WIRE_BY_KEY;

    if (how->by_create_revision)
        order = ETCD_WIRE_BY_CREATE;
    else if (how->by_mod_revision)
        order = ETCD_WIRE_BY_MOD;
    return (struct etcd_wire_range){
        .key = key,
        .end = end,
        .limit = how->limit,
        .max_create_revision = how->max_create_revision,
        .keys_only = how->keys_only,
        .order = order,
        .descending = how->newest_first,
    };
}

static void store_etcd_add_op(const struct store_etcd *store, struct buf *body,
                              const struct txn_op *op)
{
    cleanup_free char *key = store_etcd_key(store, op->key);
    cleanup_free char *end = NULL;
    struct etcd_wire_range range;

    switch (op->kind) {
    case TXN_PUT:
        etcd_wire_put(body, key, op->value, op->lease);
        return;
    case TXN_DELETE:
        etcd_wire_delete(body, key);
        return;
    case TXN_GET_BELOW:
        end = etcd_wire_prefix_end(key);
        break;
    case TXN_GET:
        break;
    }
    range = store_etcd_range(key, end, &op->how);
    /* A key with an empty name (a slip of the hand) is not ours. */
    range.after_key = op->kind == TXN_GET_BELOW;
    etcd_wire_get(body, &range);
}

static void store_etcd_add_branch(const struct store_etcd *store,
                                  struct buf *body, const char *field,
                                  const struct txn_branch *branch)
{
    size_t i;

    buf_printf(body, ",\"%s\":[", field);
    for (i = 0; i < branch->n; i++) {
        if (i > 0)
            buf_putc(body, ',');
        store_etcd_add_op(store, body, &branch->ops[i]);
    }
    buf_putc(body, ']');
}

void store_etcd_encode(const struct store_etcd *store, struct buf *body,
                       const struct txn *txn)
{
    size_t i;

    buf_puts(body, "{\"compare\":[");
    for (i = 0; i < txn->n_conditions; i++) {
        const struct txn_condition *condition = &txn->conditions[i];
        cleanup_free char *key = store_etcd_key(store, condition->key);

        if (i > 0)
            buf_putc(body, ',');
        if (condition->kind == TXN_CREATED)
            etcd_wire_if_created(body, key, condition->revision);
        else if (condition->kind == TXN_MODIFIED)
            etcd_wire_if_modified(body, key, condition->revision);
        else
            etcd_wire_if_none_below(body, key);
    }
    buf_putc(body, ']');
    store_etcd_add_branch(store, body, "success", &txn->branches[0]);
    store_etcd_add_branch(store, body, "failure", &txn->branches[1]);
    buf_putc(body, '}');
}

/* The kvs in the store's terms, borrowed from answer. Returns new. */
static struct store_kv *store_etcd_kvs(const struct store_etcd *store,
                                       const struct etcd_wire_range_answer *in,
                                       size_t *n)
{
    struct store_kv *kvs = xcalloc(in->n, sizeof(*kvs));
    size_t i;

    *n = 0;
    for (i = 0; i < in->n; i++) {
        kvs[*n] = store_etcd_kv(store, &in->kvs[i]);
        /* A key that is not text is not ours; it must not look like one. */
        if (kvs[*n].key)
            ++*n;
    }
    return kvs;
}

static void store_etcd_reply(struct store_etcd_call *call,
                             const struct etcd_wire_txn_answer *answer)
{
    struct store_etcd *store = (struct store_etcd *) call->base.store;
    struct store_range *ranges = xcalloc(answer->n_ranges, sizeof(*ranges));
    struct store_reply reply = {answer->succeeded, answer->revision, ranges,
                                answer->n_ranges};
    store_reply_fn fn = call->reply_fn;
    void *userdata = call->userdata;
    struct error err = {""};
    size_t i;
    int r;

    for (i = 0; i < answer->n_ranges; i++) {
        ranges[i].kvs = store_etcd_kvs(store, &answer->ranges[i], &ranges[i].n);
        ranges[i].count = answer->ranges[i].count;
    }
    r = txn_check_reply(call->txn, &reply, &err);
    store_etcd_free_call(call);
    fn(userdata, r == 0 ? &reply : NULL, r, &err);
    for (i = 0; i < reply.n_ranges; i++)
        free((void *) ranges[i].kvs);
    free(ranges);
}

static void store_etcd_on_txn(void *userdata, const json_t *json, int r,
                              const struct error *answer_err)
{
    struct store_etcd_call *call = userdata;
    struct etcd_wire_txn_answer answer = {0};
    struct error err = *answer_err;

    if (r == 0)
        r = etcd_wire_decode_txn(json, &answer, &err);
    if (r == 0) {
        store_etcd_reply(call, &answer);
        etcd_wire_txn_done(&answer);
    } else {
        store_reply_fn fn = call->reply_fn;
        void *fn_userdata = call->userdata;

        store_etcd_free_call(call);
        fn(fn_userdata, NULL, r, &err);
    }
}

static void store_etcd_on_refuse(void *userdata)
{
    struct store_etcd_call *call = userdata;
    struct error err;

    error_set(&err, -EINVAL, "%s", call->bad_text);
    store_etcd_on_txn(call, NULL, -EINVAL, &err);
}

static struct store_call *store_etcd_commit(struct store *base, struct txn *txn,
                                            store_reply_fn fn, void *userdata)
{
    static const struct etcd_ops ops = {NULL, store_etcd_on_txn};
    struct store_etcd *store = (struct store_etcd *) base;
    struct store_etcd_call *call = store_etcd_new_call(base, userdata);
    cleanup_buf struct buf body = BUF_INIT;
    struct error err;

    call->reply_fn = fn;
    call->txn = txn;
    if (txn_check(txn, &err) < 0) {
        call->bad_text = xstrdup(err.text);
        timer_init(&call->refuse, store->loop, store_etcd_on_refuse, call);
        timer_set(&call->refuse, 0);
    } else {
        store_etcd_encode(store, &body, txn);
        call->etcd_call =
            etcd_post(store->etcd, ETCD_WIRE_TXN_PATH, &body, &ops, call);
    }
    return &call->base;
}

/* ------------------------------------------------------------------- leases */

static void store_etcd_on_lease(void *userdata, const json_t *json, int r,
                                const struct error *answer_err)
{
    struct store_etcd_call *call = userdata;
    struct etcd_wire_lease_answer answer = {0};
    store_lease_fn fn = call->lease_fn;
    void *fn_userdata = call->userdata;
    struct error err = *answer_err;
    int64_t lease = call->lease;

    if (r == 0)
        r = etcd_wire_decode_lease(json, &answer, &err);
    if (r == 0 && lease == 0 && (answer.id <= 0 || answer.ttl_s <= 0))
        r = error_set(&err, -EPROTO, "etcd granted a lease without a name");
    if (r == 0 && lease == 0)
        lease = answer.id;
    if (answer.ttl_s < 0) /* the lease is gone, and that is 0 */
        answer.ttl_s = 0;
    store_etcd_free_call(call);
    fn(fn_userdata, lease, answer.ttl_s, answer.revision, r, &err);
}

static struct store_call *store_etcd_lease(struct store *base,
                                           enum store_lease_op op,
                                           int64_t number, store_lease_fn fn,
                                           void *userdata)
{
    static const struct etcd_ops ops = {NULL, store_etcd_on_lease};
    static const char *const paths[] = {
        [STORE_LEASE_GRANT] = ETCD_WIRE_LEASE_GRANT_PATH,
        [STORE_LEASE_KEEP] = ETCD_WIRE_LEASE_KEEP_PATH,
        [STORE_LEASE_REVOKE] = ETCD_WIRE_LEASE_REVOKE_PATH,
    };
    struct store_etcd *store = (struct store_etcd *) base;
    struct store_etcd_call *call = store_etcd_new_call(base, userdata);
    cleanup_buf struct buf body = BUF_INIT;

    call->lease_fn = fn;
    if (op == STORE_LEASE_GRANT) {
        etcd_wire_grant_request(&body, number);
    } else {
        call->lease = number;
        etcd_wire_lease_request(&body, number);
    }
    call->etcd_call = etcd_post(store->etcd, paths[op], &body, &ops, call);
    return &call->base;
}

/* -------------------------------------------------------------- open, close */

static void store_etcd_free(struct store *base)
{
    struct store_etcd *store = (struct store_etcd *) base;

    while (store->calls)
        store_etcd_cancel(&store->calls->base);
    while (store->watches)
        store_etcd_unwatch((struct store_watch *) store->watches);
    etcd_close(store->etcd);
    free(store->prefix);
    free(store);
}

static const char *store_etcd_where(const struct store *base)
{
    return etcd_where(((const struct store_etcd *) base)->etcd);
}

int store_etcd_open(struct loop *loop, const struct config *config,
                    struct store **out, struct error *err)
{
    static const struct store_ops ops = {
        .free = store_etcd_free,
        .commit = store_etcd_commit,
        .lease = store_etcd_lease,
        .cancel = store_etcd_cancel,
        .watch = store_etcd_watch,
        .unwatch = store_etcd_unwatch,
        .where = store_etcd_where,
    };
    int64_t timeout_ms = config->ttl_s * 1000 / 3;
    struct store_etcd *store;
    struct etcd *etcd;
    int r;

    if (timeout_ms < STORE_ETCD_TIMEOUT_MIN_MS)
        timeout_ms = STORE_ETCD_TIMEOUT_MIN_MS;
    if (timeout_ms > STORE_ETCD_TIMEOUT_MAX_MS)
        timeout_ms = STORE_ETCD_TIMEOUT_MAX_MS;
    r = etcd_open(loop, &config->store, timeout_ms, &etcd, err);
    if (r < 0)
        return r;
    store = xcalloc(1, sizeof(*store));
    store->base.ops = &ops;
    store->loop = loop;
    store->etcd = etcd;
    store->prefix = xasprintf("%s/", config->store.prefix);
    *out = &store->base;
    return 0;
}
