/* SPDX-License-Identifier: ISC */
#ifndef CCM_ROLLOUT_EVENTS_H
#define CCM_ROLLOUT_EVENTS_H

/*
 * The thin events and the flag, from one watch over one key range.
 *
 * A watch is never trusted alone. It begins with a look at all of it, and
 * continues from that look's revision, so nothing falls between. Whenever it
 * is lost, it begins anew the same way. And because a stream can die without
 * any word, each keepalive's revision is compared: when a newer event stands
 * in the store than the watch has brought (or an older one, see below), and
 * still one keepalive later, the watch is given up and begun anew. So a silent
 * stream is found within two keepalives (4/5 of rollout.ttl) and the time of
 * one request.
 *
 * An etcd that was restored from a backup, or emptied, goes back in its
 * revisions, and may have passed those of before when it is reached again. A
 * look that is older than what was known before it, or in which an event is
 * older than it was or gone, is a doubt, and all that is known is forgotten.
 *
 * Whoever may write to the store may put any number of keys below events/, so
 * no more than EVENTS_LOOK_MAX types are kept in mind, and a look reads the
 * newest EVENTS_LOOK_MAX alone. If all of these are new, older ones may be new,
 * too: that is a doubt. Should even their names be too long for one reply, the
 * next look reads the newest alone, which always fits.
 */

#include "rollout/flag.h"
#include "rollout/retry.h"
#include "store/store.h"

#define EVENTS_LOOK_MAX 1000

struct events_ops {
    /* A thin event. Also for all that were put while nobody watched. */
    void (*event)(void *userdata, const char *type, int64_t revision);
    /* What was between is unknown: run everything. */
    void (*doubt)(void *userdata, const char *why);
    /* events->flag has been brought up to date, and may have changed. */
    void (*flag)(void *userdata);
    /* The first look is done, or the connection is back, or lost. */
    void (*connected)(void *userdata, bool connected, const char *why);
    /* A look has failed; there will be more of them. */
    void (*trouble)(void *userdata, const char *why);
};

struct events {
    struct store *store;
    const struct events_ops *ops;
    void *userdata;
    struct flag flag;
    int64_t flag_at;  /* the store's revision at which flag is known */
    int64_t revision; /* of the newest event; all older ones are known */
    json_t *seen;     /* the revisions of events, by type; not of all */
    int64_t look_max; /* keys that the next look reads */
    bool connected;
    bool looked;     /* a first look has been done */
    int64_t suspect; /* a revision that the watch still owes, or 0 */
    int64_t checked; /* the store's revision at the last check */
    /* Known when the last look or check was sent: the newest revision of all,
     * and that of the newest event. */
    int64_t looking_after, event_before;
    struct store_watch *watch;
    struct retry retry; /* looks and checks */
};

/* store, ops and userdata are kept until events_done. */
void events_init(struct events *events, struct loop *loop, struct store *store,
                 const struct events_ops *ops, void *userdata);
/* Begins with a look; never stops but for events_done. */
void events_start(struct events *events);
/* The store was at this revision when it answered a keepalive. */
void events_check(struct events *events, int64_t revision);
/* What a transaction's answer said about the flag (kv NULL: there is none),
 * if it is newer than what the watch has brought. */
void events_learn_flag(struct events *events, const struct store_kv *kv,
                       int64_t revision);
void events_done(struct events *events);

#endif
