/* SPDX-License-Identifier: ISC */
/*
 * The store of a single machine with no etcd: one folder, one daemon. Keys with
 * a lease live in memory, all others are files, and a person may touch
 * events/<type> or make and remove the file flag by hand. The semantics are
 * those of etcd, so the daemon above sees no difference.
 *
 * Everything is carried out at once and answered from the loop.
 */
#include "store_local.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/util.h"
#include "store/local_file.h"
#include "store/local_scan.h"

#include <errno.h>

struct local_call {
    struct store_call base;
    store_reply_fn reply_fn;
    store_lease_fn lease_fn;
    void *userdata;
};

struct local_answer {
    struct local_message message;
    struct local_call *call;
    struct store_reply reply;
    int64_t lease, ttl_s;
    int r;
    struct error err;
};

/* ------------------------------------------------------------------ answers */

static void local_deliver_answer(struct local_message *message)
{
    struct local_answer *answer = (struct local_answer *) message;
    struct local_call call = *answer->call;

    free(answer->call);
    if (call.reply_fn)
        call.reply_fn(call.userdata, answer->r < 0 ? NULL : &answer->reply,
                      answer->r, &answer->err);
    else
        call.lease_fn(call.userdata, answer->lease, answer->ttl_s,
                      answer->reply.revision, answer->r, &answer->err);
}

static void local_answer_done(struct local_message *message)
{
    local_reply_done(&((struct local_answer *) message)->reply);
}

static struct local_answer *local_answer_new(struct store_local *store,
                                             void *userdata)
{
    struct local_answer *answer = xcalloc(1, sizeof(*answer));
    struct local_call *call = xcalloc(1, sizeof(*call));

    call->base.store = &store->base;
    call->userdata = userdata;
    answer->message.owner = call;
    answer->message.deliver = local_deliver_answer;
    answer->message.done = local_answer_done;
    answer->call = call;
    return answer;
}

static void local_cancel(struct store_call *base)
{
    struct store_local *store = (struct store_local *) base->store;

    local_queue_drop(store->queue, base);
    free(base);
}

static struct store_call *local_commit(struct store *base, struct txn *txn,
                                       store_reply_fn fn, void *userdata)
{
    struct store_local *store = (struct store_local *) base;
    struct local_answer *answer = local_answer_new(store, userdata);
    struct store_call *call = &answer->call->base;

    answer->call->reply_fn = fn;
    answer->r = local_txn_run(store, txn, &answer->reply, &answer->err);
    local_queue_add(store->queue, &answer->message);
    txn_free(txn);
    return call;
}

static struct store_call *local_lease(struct store *base,
                                      enum store_lease_op op, int64_t number,
                                      store_lease_fn fn, void *userdata)
{
    struct store_local *store = (struct store_local *) base;
    struct local_answer *answer = local_answer_new(store, userdata);
    struct store_call *call = &answer->call->base;

    answer->call->lease_fn = fn;
    answer->lease = number;
    switch (op) {
    case STORE_LEASE_GRANT:
        answer->lease = local_lease_grant(store, number);
        answer->ttl_s = local_lease_keep(store, answer->lease);
        break;
    case STORE_LEASE_KEEP:
        answer->ttl_s = local_lease_keep(store, number);
        break;
    case STORE_LEASE_REVOKE:
        answer->r = local_lease_revoke(store, number);
        if (answer->r < 0)
            error_set(&answer->err, answer->r, "store: no lease %llx",
                      (long long) number);
        break;
    }
    answer->reply.revision = store->revision;
    local_queue_add(store->queue, &answer->message);
    return call;
}

/* ------------------------------------------------------------ changes by hand
 */

static void local_check_file(struct store_local *store, const char *key,
                             bool touched)
{
    struct local_kv *kv = local_table_find(&store->table, key);
    struct local_identity now = {0};
    cleanup_free char *value = NULL;
    struct store_kv view = {.key = key, .value = ""};
    size_t size = 0;
    int r = local_file_look(&store->folder, key, &now, &value, &size);

    if (r < 0 || (r == 0 && (!kv || kv->lease != 0)))
        return;
    if (r == 1 && kv && !touched && kv->identity.inode == now.inode &&
        kv->identity.mtime_ns == now.mtime_ns && kv->identity.size == now.size)
        return;
    store->revision++;
    if (r == 0) {
        local_table_delete(&store->table, key);
        view.mod_revision = store->revision;
    } else if (!kv && store->table.n >= LOCAL_KEYS_MAX) {
        view.mod_revision = view.create_revision = store->revision;
    } else {
        kv = local_table_put(&store->table, key, value, size, store->revision);
        kv->lease = 0;
        kv->identity = now;
        view = local_kv_view(kv);
    }
    local_watch_notify(store, &view, r == 0);
}

/* Compares the known keys with the files, because people may have changed
 * anything. */
static void local_check_all(struct store_local *store)
{
    struct local_table files = {0};
    int64_t ignored = 0;
    json_auto_t *nothing = json_object();
    size_t i;

    for (i = 0; i < store->table.n; i++)
        local_table_put(&files, store->table.list[i].key, "", 0, 1);
    local_scan(&store->folder, nothing, &files, &ignored, NULL);
    for (i = 0; i < files.n; i++)
        if (streq(files.list[i].key, "flag") ||
            after_prefix(files.list[i].key, "events/"))
            local_check_file(store, files.list[i].key, true);
    local_table_done(&files);
}

static void local_on_inotify(void *userdata, const char *key, bool touched)
{
    struct store_local *store = userdata;

    if (key)
        local_check_file(store, key, touched);
    else
        local_check_all(store);
}

/* -------------------------------------------------------------- open, close */

static void local_answer_drop(struct store_local *store)
{
    const struct local_message *message;

    /* Only their messages own calls that were not answered. */
    while ((message = local_queue_first(store->queue))) {
        const void *owner = message->owner;
        bool is_call = message->deliver == local_deliver_answer;

        local_queue_drop(store->queue, owner);
        if (is_call)
            free((void *) owner);
    }
}

static void local_free(struct store *base)
{
    struct store_local *store = (struct store_local *) base;

    local_answer_drop(store);
    while (store->watches)
        local_watch_close((struct store_watch *) store->watches);
    local_lease_free_all(store);
    local_queue_free(store->queue);
    local_inotify_close(&store->inotify);
    local_folder_close(&store->folder);
    local_table_done(&store->table);
    free(store);
}

static const char *local_where(const struct store *base)
{
    return ((const struct store_local *) base)->folder.path;
}

static const struct store_ops local_ops = {
    .free = local_free,
    .commit = local_commit,
    .lease = local_lease,
    .cancel = local_cancel,
    .watch = local_watch_open,
    .unwatch = local_watch_close,
    .where = local_where,
};

int store_local_open(struct loop *loop, const struct config *config,
                     struct store **out, struct error *err)
{
    struct store_local *store = xcalloc(1, sizeof(*store));
    int r = local_folder_open(&store->folder, config->store.path, &store->table,
                              &store->revision, err);

    if (r < 0) {
        free(store);
        return r;
    }
    store->base.ops = &local_ops;
    store->loop = loop;
    /* No two processes grant the same lease: lock/<lease> names one. */
    store->last_lease = clock_us();
    store->queue = local_queue_new(loop);
    store->inotify.changed = local_on_inotify;
    store->inotify.userdata = store;
    r = local_inotify_open(&store->inotify, loop, config->store.path, err);
    if (r < 0) {
        local_folder_close(&store->folder);
        local_table_done(&store->table);
        free(store);
        return r;
    }
    *out = &store->base;
    return 0;
}
