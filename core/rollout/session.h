/* SPDX-License-Identifier: ISC */
#ifndef CCM_ROLLOUT_SESSION_H
#define CCM_ROLLOUT_SESSION_H

/*
 * The node's presence in the cluster: a lease that is kept alive, and the key
 * alive/<node> on it, which at most one daemon can hold.
 *
 * Safety does not depend on the lease, which only shows who is there and orders
 * the queue. The key is checked whenever the store has changed between two
 * keepalives, so that a removal by mistake does not for long make room for a
 * second daemon with that name, or make the node look dead. Once it is up, a
 * session that is lost is set up again, with a new lease, for ever.
 */

#include "rollout/machine.h"
#include "rollout/retry.h"
#include "store/store.h"

struct session_ops {
    void (*up)(void *userdata, int64_t lease);
    /* The lease is gone, or there was no answer for its whole length. */
    void (*down)(void *userdata, const char *why);
    /* A try has failed, for another reason than the one before; there will
     * be more of them. */
    void (*trouble)(void *userdata, const char *why);
    /* Another machine is this node already. Called instead of up; the
     * session then stays as it is, nothing more is tried. */
    void (*refused)(void *userdata, const char *why);
    /* The store has answered a keepalive at this revision. */
    void (*alive)(void *userdata, int64_t revision);
};

struct session {
    struct store *store;
    const char *node;
    const struct machine *machine;
    const struct session_ops *ops;
    void *userdata;
    int64_t ttl_s;
    int64_t lease;     /* 0: none */
    int64_t old_lease; /* of a dead predecessor, to be revoked; 0: none */
    bool up;
    int64_t sent_ms;     /* when the running keepalive was sent */
    int64_t deadline_ms; /* the lease may have lapsed after this */
    struct retry retry;  /* grant, claim, revoke, keep: one after the other */
    int64_t checked;     /* the store's revision when the key was last ours */
    struct store_call *check;
    unsigned unchecked; /* keepalives since the last check */
    char *refused;      /* the store refuses to show us the key, though the
                           lease is kept; NULL: it does not */
};

/* store, node and identity are kept until session_done. */
void session_init(struct session *session, struct loop *loop,
                  struct store *store, const char *node,
                  const struct machine *machine);
/* Gets a lease of ttl_s and claims the node's name with it; ops hears how it
 * goes. ops and userdata are kept until session_done. */
void session_start(struct session *session, int64_t ttl_s,
                   const struct session_ops *ops, void *userdata);
/* Revokes the lease, so that nobody has to wait until it lapses; fn is called
 * when that is answered or has failed. */
void session_stop(struct session *session, void (*fn)(void *userdata),
                  void *userdata);
void session_done(struct session *session);
/* The store has said that the lease is gone: sets up a new session. */
void session_lapsed(struct session *session, const char *why);

#endif
