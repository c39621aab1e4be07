/* SPDX-License-Identifier: ISC */
#ifndef CCM_ROLLOUT_QUEUE_H
#define CCM_ROLLOUT_QUEUE_H

/*
 * The queue for the cluster's one lock: keys lock/<lease in hex>, ordered by
 * create revision, the recipe of etcd's own mutex.
 *
 * Each node watches one key in front of it, so the cost of a hand-over does not
 * grow with the queue. Each watch begins at the present, and a look follows
 * when it is open: etcd 3.4 serves a watch from a past revision late (in steps
 * of 100 ms), and a watch without a look would miss a release in between.
 *
 * Nobody can get in front of a key. So once all keys in front are known (at
 * most plan_ahead of them), "all of these are gone" proves the head of the
 * queue, and the transaction that begins a turn says so in its conditions:
 * no look is needed between the release of the lock and the next turn.
 *
 * The transaction that begins a turn also puts the place's key again: it keeps
 * its create revision and so its rank, but its watchers learn that its turn has
 * begun, which proves that nobody is in front of it. A node first waits until
 * the plan_ahead'th place in front of it begins, not until the place before
 * that goes. So at the moment of a release only the next node has work to do,
 * and the node that may plan now does so while the next one applies. A holder
 * that is not a ccmd (etcdctl lock) never says that it has begun; a node behind
 * it is near when that holder is gone.
 */

#include "rollout/retry.h"
#include "store/store.h"

#include <jansson.h>

#define QUEUE_AHEAD_MAX 16

struct queue_ops {
    /* queue->state has changed. */
    void (*moved)(void *userdata);
    /* Our place is gone, with its lease or because somebody deleted it. The
     * owner must call queue_forget when no transaction with the place is under
     * way. */
    void (*lost)(void *userdata, bool lease_gone, const char *why);
    /* As far as known, a request was not carried out; it is repeated. */
    void (*trouble)(void *userdata, const char *why);
};

enum queue_state {
    QUEUE_OUT,
    QUEUE_JOINING, /* asked for a place; not answered yet */
    QUEUE_FAR,     /* more than plan_ahead are in front of us */
    QUEUE_NEAR,    /* at most plan_ahead are */
    QUEUE_HEAD,    /* nobody seems to be (queue_conditions proves it) */
};

/* A place of ours that we do not know, and its removal. */
struct queue_sweep {
    char *key;     /* NULL: none is suspected */
    unsigned left; /* how many more times it is looked for */
    int64_t found; /* the create revision of the place to remove; 0: none */
    struct retry retry;
};

struct queue {
    struct store *store;
    const struct queue_ops *ops;
    void *userdata;
    enum queue_state state;
    json_t *value; /* of our place's key */
    char *key;     /* of our place; NULL when out */
    int64_t lease;
    int64_t created; /* our place's create revision; 0: not known */
    int64_t ahead_max;
    char *front[QUEUE_AHEAD_MAX + 1]; /* nearest first */
    size_t n_front;
    int64_t since_ms;
    struct store_watch *watch;
    char *watched; /* the key that watch is on */
    struct queue_sweep sweep;
    struct retry retry; /* join and look */
    bool look_again;    /* the answer of its call is already out of date */
};

/* Begins out. store, ops and userdata are kept until queue_done. */
void queue_init(struct queue *queue, struct loop *loop, struct store *store,
                const struct queue_ops *ops, void *userdata);
void queue_done(struct queue *queue);

/* Takes a place with this lease. node is copied. plan_ahead: 0 to
 * QUEUE_AHEAD_MAX. Only when out. */
void queue_join(struct queue *queue, const char *node, int64_t lease,
                int64_t plan_ahead);

/* Adds conditions to txn: our place is still the one we made, and all places in
 * front are gone. */
void queue_conditions(const struct queue *queue, struct txn *txn);
/* Adds to txn, which begins this turn, the put that tells the nodes behind
 * us. */
void queue_tell_begun(const struct queue *queue, struct txn *txn,
                      const char *turn);
/* Our turn has begun: the places in front no longer matter. */
void queue_begun(struct queue *queue);
/* Adds to txn (in its otherwise branch) the gets that queue_learn reads:
 * our place, then each key in front. Returns how many ranges they give. */
size_t queue_gets(const struct queue *queue, struct txn *txn);
/*
 * A transaction with queue_conditions was refused; ranges are what queue_gets
 * asked for. Returns false if our place is gone (lost is not called). If a
 * place is in front after all, goes on waiting.
 */
bool queue_learn(struct queue *queue, const struct store_range *ranges);

/* Adds to txn the removal of our place, on the condition that it is still the
 * one that we made: a late removal must not remove our next place, which has
 * the same key. Adds nothing if there is no place. */
void queue_leave(const struct queue *queue, struct txn *txn);
/* The same, for a txn that another condition protects against being late. */
void queue_leave_turn(const struct queue *queue, struct txn *txn);
/*
 * To be called with each keepalive. While we wait, it looks: a watch can have
 * gone silent. While we are out, it removes a place that a request of ours took
 * long after we had given it up: a ghost that would block the cluster as long
 * as our lease is kept.
 */
void queue_check(struct queue *queue);
/* The store may have been restored from a backup: it may contain a place with
 * this lease that we left long ago. Removes it while we are out. */
void queue_suspect(struct queue *queue, int64_t lease);
/* Our place is gone, by such a transaction or otherwise: forget it. */
void queue_forget(struct queue *queue);

/* ----------------------------------- queue_sweep.c, for queue.c */

void queue_sweep_init(struct queue *queue, struct loop *loop);
void queue_sweep_done(struct queue *queue);
/* The key of a place with this lease. Returns new (freed with free). */
char *queue_place(int64_t lease);
/* There may be a place with this key (takes it) that we do not know. */
void queue_doubt(struct queue *queue, char *key);
/* Looks for it, if we are out; again at the next call. */
void queue_sweep(struct queue *queue);
/* Is a removal under way? A join must wait for its answer. */
bool queue_is_sweeping(const struct queue *queue);

#endif
