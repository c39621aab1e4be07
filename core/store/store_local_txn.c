/* SPDX-License-Identifier: ISC */
/* Transactions of a local store: check, commit to disk, then to memory.
 * Whatever etcd would refuse is refused here, too. */
#include "store_local.h"

#include "base/alloc.h"
#include "base/util.h"

#include <errno.h>

static bool local_txn_holds(const struct store_local *store,
                            const struct txn_condition *condition)
{
    const struct local_kv *kv = local_table_find(&store->table, condition->key);

    switch (condition->kind) {
    case TXN_CREATED:
        return (kv ? kv->create_revision : 0) == condition->revision;
    case TXN_MODIFIED:
        return (kv ? kv->mod_revision : 0) == condition->revision;
    default:
        return !local_table_any_below(&store->table, condition->key);
    }
}

static bool local_txn_decide(const struct store_local *store,
                             const struct txn *txn)
{
    size_t i;

    for (i = 0; i < txn->n_conditions; i++)
        if (!local_txn_holds(store, &txn->conditions[i]))
            return false;
    return true;
}

static bool local_txn_changes(const struct txn_op *op)
{
    return op->kind == TXN_PUT || op->kind == TXN_DELETE;
}

static int local_txn_check_leases(const struct store_local *store,
                                  const struct txn_branch *branch,
                                  struct error *err)
{
    size_t i;

    for (i = 0; i < branch->n; i++) {
        int64_t lease = branch->ops[i].lease;

        if (lease != 0 && !local_lease_find(store, lease))
            return error_set(err, -ENOENT, "store: no lease %llx",
                             (long long) lease);
    }
    return 0;
}

static int local_txn_check_keys(const struct txn_branch *branch,
                                struct error *err)
{
    size_t i, j;

    for (i = 0; i < branch->n; i++) {
        const struct txn_op *op = &branch->ops[i];

        if (!local_txn_changes(op))
            continue;
        for (j = 0; j < i; j++)
            if (local_txn_changes(&branch->ops[j]) &&
                streq(branch->ops[j].key, op->key))
                return error_set(err, -EINVAL,
                                 "store: %s twice in one "
                                 "transaction",
                                 op->key);
    }
    return 0;
}

/* Sets the effects of the branch on files. Returns their number. */
static size_t local_txn_effects(const struct store_local *store,
                                const struct txn_branch *branch,
                                struct local_effect *effects)
{
    int64_t revision = store->revision + 1;
    size_t n = 0, i;

    for (i = 0; i < branch->n; i++) {
        const struct txn_op *op = &branch->ops[i];
        const struct local_kv *kv;
        bool is_file;

        if (!local_txn_changes(op))
            continue;
        kv = local_table_find(&store->table, op->key);
        is_file = kv && kv->lease == 0;
        if (op->kind == TXN_PUT && op->lease == 0)
            effects[n++] = (struct local_effect){
                .key = op->key,
                .value = op->value,
                .value_size = strlen(op->value),
                .create_revision = kv ? kv->create_revision : revision,
                .mod_revision = revision};
        else if (is_file)
            effects[n++] = (struct local_effect){.key = op->key};
    }
    return n;
}

static bool local_txn_change(struct store_local *store, const struct txn_op *op,
                             int64_t revision)
{
    struct store_kv view = {
        .key = op->key, .value = "", .mod_revision = revision};

    if (op->kind == TXN_PUT) {
        struct local_kv *kv = local_table_put(&store->table, op->key, op->value,
                                              strlen(op->value), revision);

        kv->lease = op->lease;
        view = local_kv_view(kv);
    } else if (!local_table_delete(&store->table, op->key)) {
        return false;
    }
    local_watch_notify(store, &view, op->kind == TXN_DELETE);
    return true;
}

static void local_txn_carry_out(struct store_local *store,
                                const struct txn_branch *branch,
                                struct store_reply *reply)
{
    struct store_range *ranges = xcalloc(branch->n, sizeof(*ranges));
    int64_t revision = store->revision + 1;
    size_t i;

    for (i = 0; i < branch->n; i++) {
        const struct txn_op *op = &branch->ops[i];

        if (!local_txn_changes(op))
            local_table_read(&store->table, op->key,
                             op->kind == TXN_GET_BELOW ? &op->how : NULL,
                             &ranges[reply->n_ranges++]);
        else if (local_txn_change(store, op, revision))
            store->revision = revision;
    }
    reply->ranges = ranges;
    reply->revision = store->revision;
}

int local_txn_run(struct store_local *store, const struct txn *txn,
                  struct store_reply *reply, struct error *err)
{
    bool succeeded = local_txn_decide(store, txn);
    const struct txn_branch *branch = &txn->branches[succeeded ? 0 : 1];
    cleanup_free struct local_effect *effects = NULL;
    size_t n;
    int r = txn_check(txn, err);

    /* As in etcd: keys are checked in both branches, leases only in the branch
     * that is carried out. */
    if (r == 0)
        r = local_txn_check_keys(&txn->branches[0], err);
    if (r == 0)
        r = local_txn_check_keys(&txn->branches[1], err);
    if (r == 0)
        r = local_txn_check_leases(store, branch, err);
    if (r < 0)
        return r;
    effects = xcalloc(branch->n, sizeof(*effects));
    n = local_txn_effects(store, branch, effects);
    if (n > 0)
        r = local_folder_begin(
            &store->folder, &store->table,
            &(struct local_commit){store->revision + 1, effects, n}, err);
    if (r < 0)
        return r;
    *reply = (struct store_reply){.succeeded = succeeded};
    local_txn_carry_out(store, branch, reply);
    if (n > 0)
        local_folder_finish(&store->folder, &store->table, store->revision);
    return 0;
}

void local_reply_done(struct store_reply *reply)
{
    size_t i;

    for (i = 0; i < reply->n_ranges; i++)
        local_range_done((struct store_range *) &reply->ranges[i]);
    free((void *) reply->ranges);
    *reply = (struct store_reply){0};
}
