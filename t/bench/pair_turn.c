/* SPDX-License-Identifier: ISC */
/*
 * ccmd's own turn and queue, on a store that sends nothing: it encodes the
 * transaction as the real one does and leaves it at that. So the floor has
 * the compares, operations, keys and values of the real thing, whatever
 * becomes of that.
 */
#include "pair_turn.h"

#include "base/alloc.h"
#include "base/util.h"

static struct store_call *pair_turn_commit(struct store *store, struct txn *txn,
                                           store_reply_fn fn, void *userdata)
{
    struct pair_turn *pair = (struct pair_turn *) store;
    static struct store_call call;

    (void) fn;
    (void) userdata;
    buf_clear(pair->body);
    store_etcd_encode(&pair->store, pair->body, txn);
    txn_free(txn);
    call.store = store;
    return &call;
}

static void pair_turn_cancel(struct store_call *call)
{
    (void) call;
}

void pair_turn_init(struct pair_turn *pair, const char *node, int64_t lease)
{
    static const struct store_ops store_ops = {.commit = pair_turn_commit,
                                               .cancel = pair_turn_cancel};

    *pair = (struct pair_turn){
        .store = {.base = {&store_ops}, .prefix = (char *) PAIR_PREFIX}};
    memset(pair->identity.machine, 'f', sizeof(pair->identity.machine) - 1);
    queue_init(&pair->queue, NULL, &pair->store.base, NULL, NULL);
    turn_init(&pair->turn, NULL, &pair->store.base, NULL, NULL);
    pair->queue.key = xasprintf("lock/%s", node);
    pair->queue.value = json_pack("{s:s, s:s}", "node", node, "since",
                                  "2026-01-01T00:00:00.000Z");
    pair->queue.lease = lease;
    pair->turn.queue = &pair->queue;
    pair->turn.events = &pair->events;
    pair->turn.identity = &pair->identity;
    pair->turn.node = node;
    pair->turn.self_lift = true;
    turn_renew(&pair->turn);
}

void pair_turn_done(struct pair_turn *pair)
{
    queue_done(&pair->queue);
    turn_done(&pair->turn);
}

void pair_turn_begin(struct pair_turn *pair, struct buf *body, int64_t created,
                     const char *before)
{
    pair->body = body;
    pair->queue.created = created;
    if (pair->queue.n_front == 0)
        pair->queue.front[pair->queue.n_front++] = xstrdup(before);
    turn_begin(&pair->turn);
    pair->turn.call = NULL;
}

void pair_turn_end(struct pair_turn *pair, struct buf *body, int64_t marker,
                   const json_t *record)
{
    pair->body = body;
    pair->turn.marker = marker;
    turn_close(&pair->turn, TURN_GOOD, NULL, json_copy((json_t *) record));
    pair->turn.call = NULL;
}
