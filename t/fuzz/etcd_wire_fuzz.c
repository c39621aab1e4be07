/* SPDX-License-Identifier: ISC */
/*
 * Answers of etcd's gateway: one JSON document through every decoder. A
 * failure leaves the outputs alone and says why; what is accepted keeps what
 * etcd_wire.h promises.
 */
#include "fuzz.h"

#include "base/json.h"
#include "etcd/etcd_wire.h"

#define DOCUMENT_BYTES_MAX (1024 * 1024)
#define SENTINEL 0x5a

static bool is_untouched(const void *memory, size_t size)
{
    const unsigned char *bytes = memory;
    size_t i;

    for (i = 0; i < size; i++)
        if (bytes[i] != SENTINEL)
            return false;
    return true;
}

static void check_kv(const struct etcd_wire_kv *kv)
{
    fuzz_check(kv->key_size > 0 && kv->key[kv->key_size] == '\0');
    fuzz_check(kv->value[kv->value_size] == '\0');
    fuzz_check(kv->mod_revision > 0);
}

static void check_kvs(const struct etcd_wire_range_answer *range)
{
    size_t i;

    for (i = 0; i < range->n; i++)
        check_kv(&range->kvs[i]);
}

static void try_range(const json_t *document, struct error *err)
{
    struct etcd_wire_range_answer range;

    memset(&range, SENTINEL, sizeof(range));
    if (etcd_wire_decode_range(document, &range, err) < 0) {
        fuzz_check(is_untouched(&range, sizeof(range)));
        fuzz_check_error(err);
        return;
    }
    check_kvs(&range);
    etcd_wire_range_done(&range);
}

static void try_txn(const json_t *document, struct error *err)
{
    struct etcd_wire_txn_answer txn;
    size_t i;

    memset(&txn, SENTINEL, sizeof(txn));
    if (etcd_wire_decode_txn(document, &txn, err) < 0) {
        fuzz_check(is_untouched(&txn, sizeof(txn)));
        fuzz_check_error(err);
        return;
    }
    fuzz_check(txn.revision > 0);
    for (i = 0; i < txn.n_ranges; i++)
        check_kvs(&txn.ranges[i]);
    etcd_wire_txn_done(&txn);
}

static void try_watch(const json_t *document, struct error *err)
{
    struct etcd_wire_watch_answer watch;
    size_t i;

    memset(&watch, SENTINEL, sizeof(watch));
    if (etcd_wire_decode_watch(document, &watch, err) < 0) {
        fuzz_check(is_untouched(&watch, sizeof(watch)));
        fuzz_check_error(err);
        return;
    }
    for (i = 0; i < watch.n; i++)
        check_kv(&watch.events[i].kv);
    etcd_wire_words_code(watch.cancel_reason);
    etcd_wire_watch_done(&watch);
}

static void try_lease(const json_t *document, struct error *err)
{
    struct etcd_wire_lease_answer lease;

    memset(&lease, SENTINEL, sizeof(lease));
    if (etcd_wire_decode_lease(document, &lease, err) < 0) {
        fuzz_check(is_untouched(&lease, sizeof(lease)));
        fuzz_check_error(err);
    }
}

static void try_token(const json_t *document, struct error *err)
{
    char *token = NULL;

    if (etcd_wire_decode_token(document, &token, err) < 0) {
        fuzz_check(token == NULL);
        fuzz_check_error(err);
        return;
    }
    fuzz_check(*token && !strpbrk(token, "\r\n \t"));
    free(token);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    json_t *document = NULL;
    struct error err;
    int r;

    fuzz_error_init(&err);
    r = json_parse((const char *) data, size, DOCUMENT_BYTES_MAX, &document,
                   &err);
    if (r < 0) {
        fuzz_check(document == NULL);
        fuzz_check_error(&err);
    } else {
        try_range(document, &err);
        try_txn(document, &err);
        try_watch(document, &err);
        try_lease(document, &err);
        try_token(document, &err);
    }
    r = etcd_wire_decode_error(document, 0, &err);
    fuzz_check(r <= 0);
    fuzz_check(etcd_wire_decode_error(document, 503, &err) < 0);
    json_decref(document);
    return 0;
}
