/* SPDX-License-Identifier: ISC */
#ifndef CCM_STORE_TXN_H
#define CCM_STORE_TXN_H

/* The contents of a transaction, for the code that carries it out. To build
 * one, store.h is enough. */

#include "store/store.h"

enum txn_condition_kind {
    TXN_CREATED,
    TXN_MODIFIED,
    TXN_NONE_BELOW,
};

struct txn_condition {
    enum txn_condition_kind kind;
    char *key;
    int64_t revision;
};

enum txn_op_kind {
    TXN_PUT,
    TXN_DELETE,
    TXN_GET,
    TXN_GET_BELOW,
};

struct txn_op {
    enum txn_op_kind kind;
    char *key; /* or prefix */
    char *value;
    int64_t lease;
    struct txn_range how;
};

struct txn_branch {
    struct txn_op *ops;
    size_t n, capacity;
};

struct txn {
    struct txn_condition *conditions;
    size_t n_conditions, conditions_capacity;
    struct txn_branch branches[2]; /* then, otherwise */
    int branch;                    /* to which operations go */
    char *bad_key;                 /* the first that txn_check_key refused */
};

/*
 * A key: names of letters, digits and "._-+@:~", with "/" between; none is
 * "." or "..", or longer than 200 bytes, and the whole at most 1000. A prefix
 * ends in "/". Keys become file names in one kind of store, so both hold them
 * to it. Returns 0 or -EINVAL.
 */
int txn_check_key(const char *key);

/* Does it only read, whichever branch is carried out? */
bool txn_only_reads(const struct txn *txn);

/* 0, or -EINVAL and the text if the transaction has a bad key. */
int txn_check(const struct txn *txn, struct error *err);

/*
 * Is it an answer to that transaction: a range for each "get" of its branch,
 * with no key that was not asked for? After that, callers can rely on ranges[i]
 * and on the prefix of each key. Returns 0, or -EPROTO.
 */
int txn_check_reply(const struct txn *txn, const struct store_reply *reply,
                    struct error *err);

#endif
