/* SPDX-License-Identifier: ISC */
#ifndef CCM_ROLLOUT_EVENTS_H
#define CCM_ROLLOUT_EVENTS_H

/*
 * The thin events and the flag, from one watch over one key range.
 *
 * A watch is never trusted alone. It begins with a look at the whole range and
 * continues from the revision of that look, so no event is missed. Whenever it
 * is lost, it begins again in the same way. Because a stream can die silently,
 * the revision of each keepalive is compared: if the store has a newer event
 * than the watch (or an older one, see below), and still has it one keepalive
 * later, the watch is closed and begun again. So a silent stream is noticed
 * within two keepalives (4/5 of rollout.ttl) and the time of one request.
 *
 * The revisions of an etcd that was restored from a backup, or emptied, go
 * back, and may have passed the old ones when it is reached again. If a look is
 * older than what was known before it, or an event in it is older or gone, that
 * is a doubt: all known revisions are forgotten.
 *
 * Any writer of the store may put any number of keys below events/. So at most
 * EVENTS_LOOK_MAX types are remembered, and a look reads only the newest
 * EVENTS_LOOK_MAX. If all of these are new, older ones may be new, too, which
 * is a doubt. If even their names are too long for one reply, the next look
 * reads only the newest, which always fits.
 */

#include "rollout/flag.h"
#include "rollout/retry.h"
#include "store/store.h"

#define EVENTS_LOOK_MAX 1000

struct events_ops {
    /* A thin event. Also for all that were put while nobody watched. */
    void (*event)(void *userdata, const char *type, int64_t revision);
    /* Events may have been missed: run everything. */
    void (*doubt)(void *userdata, const char *why);
    /* events->flag has been brought up to date, and may have changed. */
    void (*flag)(void *userdata);
    /* The first look is done, or the connection is back, or lost. */
    void (*connected)(void *userdata, bool connected, const char *why);
    /* A look has failed; it is repeated. */
    void (*trouble)(void *userdata, const char *why);
};

struct events {
    struct store *store;
    const struct events_ops *ops;
    void *userdata;
    struct flag flag;
    int64_t flag_at;  /* the store's revision at which flag is known */
    int64_t revision; /* of the newest event; all older ones are known */
    json_t *seen;     /* the revisions of events by type, possibly not of all */
    int64_t look_max; /* keys that the next look reads */
    bool connected;
    bool looked;     /* a first look has been done */
    int64_t suspect; /* a revision that the watch has not delivered yet, or 0 */
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
/* Begins with a look; only events_done stops it. */
void events_start(struct events *events);
/* The store was at this revision when it answered a keepalive. */
void events_check(struct events *events, int64_t revision);
/* Takes the flag from the answer of a transaction (kv NULL: no flag), if it is
 * newer than that of the watch. */
void events_learn_flag(struct events *events, const struct store_kv *kv,
                       int64_t revision);
void events_done(struct events *events);

#endif
