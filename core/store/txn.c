/* SPDX-License-Identifier: ISC */
/*
 * Transactions: the requests are collected here, and each kind of store carries
 * them out in its own way. An invalid key is noticed when it is added and
 * reported when the transaction is committed, so the caller need not check
 * every step.
 */
#include "store/txn.h"

#include "base/alloc.h"
#include "base/util.h"

#include <errno.h>

#define KEY_MAX 1000
#define KEY_NAME_MAX 200

static int txn_check_name(const char *name, size_t size)
{
    static const char safe[] = "abcdefghijklmnopqrstuvwxyz0123456789"
                               "ABCDEFGHIJKLMNOPQRSTUVWXYZ._-+@:~";

    if (size == 0 || size > KEY_NAME_MAX || strspn(name, safe) < size)
        return -EINVAL;
    if (name[0] == '.' && (size == 1 || (size == 2 && name[1] == '.')))
        return -EINVAL;
    return 0;
}

int txn_check_key(const char *key)
{
    if (strlen(key) > KEY_MAX)
        return -EINVAL;
    for (;;) {
        size_t size = strcspn(key, "/");

        if (txn_check_name(key, size) < 0)
            return -EINVAL;
        if (key[size] == '\0' || key[size + 1] == '\0')
            return 0;
        key += size + 1;
    }
}

struct txn *txn_new(void)
{
    return xcalloc(1, sizeof(struct txn));
}

static void txn_free_branch(struct txn_branch *branch)
{
    size_t i;

    for (i = 0; i < branch->n; i++) {
        free(branch->ops[i].key);
        free(branch->ops[i].value);
    }
    free(branch->ops);
}

void txn_free(struct txn *txn)
{
    size_t i;

    if (!txn)
        return;
    for (i = 0; i < txn->n_conditions; i++)
        free(txn->conditions[i].key);
    free(txn->conditions);
    txn_free_branch(&txn->branches[0]);
    txn_free_branch(&txn->branches[1]);
    free(txn->bad_key);
    free(txn);
}

static char *txn_key(struct txn *txn, const char *key, bool prefix)
{
    size_t size = strlen(key);
    bool slash = size > 0 && key[size - 1] == '/';

    if (!txn->bad_key && (slash != prefix || txn_check_key(key) < 0))
        txn->bad_key = xstrdup(key);
    return xstrdup(key);
}

bool txn_only_reads(const struct txn *txn)
{
    size_t i, j;

    for (i = 0; i < ARRAY_SIZE(txn->branches); i++)
        for (j = 0; j < txn->branches[i].n; j++)
            if (txn->branches[i].ops[j].kind == TXN_PUT ||
                txn->branches[i].ops[j].kind == TXN_DELETE)
                return false;
    return true;
}

int txn_check(const struct txn *txn, struct error *err)
{
    if (!txn->bad_key)
        return 0;
    return error_set(err, -EINVAL, "\"%.100s\" cannot be a key of the store",
                     txn->bad_key);
}

/* Does op ask for this key? */
static bool txn_is_asked(const struct txn_op *op, const char *key)
{
    const char *rest;

    if (op->kind == TXN_GET)
        return streq(key, op->key);
    rest = after_prefix(key, op->key);
    return rest && *rest;
}

static bool txn_fits(const struct txn_op *op, const struct store_range *range)
{
    size_t i;

    for (i = 0; i < range->n; i++)
        if (!txn_is_asked(op, range->kvs[i].key))
            return false;
    return op->kind != TXN_GET || range->n <= 1;
}

int txn_check_reply(const struct txn *txn, const struct store_reply *reply,
                    struct error *err)
{
    const struct txn_branch *branch = &txn->branches[reply->succeeded ? 0 : 1];
    size_t i, n = 0;

    for (i = 0; i < branch->n; i++) {
        const struct txn_op *op = &branch->ops[i];

        if (op->kind != TXN_GET && op->kind != TXN_GET_BELOW)
            continue;
        if (n >= reply->n_ranges || !txn_fits(op, &reply->ranges[n]))
            return error_set(err, -EPROTO,
                             "the answer lacks what was requested (\"%.100s\")",
                             op->key);
        n++;
    }
    return n == reply->n_ranges
               ? 0
               : error_set(err, -EPROTO,
                           "the answer contains more than was requested");
}

static void txn_add_condition(struct txn *txn, enum txn_condition_kind kind,
                              const char *key, int64_t revision)
{
    bool prefix = kind == TXN_NONE_BELOW;

    xgrow(&txn->conditions, &txn->conditions_capacity, txn->n_conditions,
          sizeof(*txn->conditions));
    txn->conditions[txn->n_conditions++] = (struct txn_condition){
        .kind = kind, .key = txn_key(txn, key, prefix), .revision = revision};
}

void txn_if_created(struct txn *txn, const char *key, int64_t create_revision)
{
    txn_add_condition(txn, TXN_CREATED, key, create_revision);
}

void txn_if_modified(struct txn *txn, const char *key, int64_t mod_revision)
{
    txn_add_condition(txn, TXN_MODIFIED, key, mod_revision);
}

void txn_if_none_below(struct txn *txn, const char *prefix)
{
    txn_add_condition(txn, TXN_NONE_BELOW, prefix, 0);
}

static struct txn_op *txn_add_op(struct txn *txn, enum txn_op_kind kind,
                                 const char *key)
{
    struct txn_branch *branch = &txn->branches[txn->branch];
    struct txn_op *op;

    xgrow(&branch->ops, &branch->capacity, branch->n, sizeof(*op));
    op = &branch->ops[branch->n++];
    *op = (struct txn_op){.kind = kind,
                          .key = txn_key(txn, key, kind == TXN_GET_BELOW)};
    return op;
}

void txn_put(struct txn *txn, const char *key, const char *value, int64_t lease)
{
    struct txn_op *op = txn_add_op(txn, TXN_PUT, key);

    op->value = xstrdup(value);
    op->lease = lease;
}

void txn_delete(struct txn *txn, const char *key)
{
    txn_add_op(txn, TXN_DELETE, key);
}

void txn_get(struct txn *txn, const char *key)
{
    txn_add_op(txn, TXN_GET, key);
}

void txn_otherwise(struct txn *txn)
{
    txn->branch = 1;
}

void txn_get_below(struct txn *txn, const char *prefix,
                   const struct txn_range *how)
{
    txn_add_op(txn, TXN_GET_BELOW, prefix)->how = *how;
}
