/* SPDX-License-Identifier: ISC */
#ifndef CCM_ROLLOUT_TURN_H
#define CCM_ROLLOUT_TURN_H

/*
 * A turn: the time in which this node alone may change itself. It begins and
 * ends with one transaction each (ccm-protocol(7), "Begin a turn" and "End a
 * turn").
 *
 * The marker applying/<node>, which has no lease, is what excludes the others.
 * An answer can be lost though the transaction was carried out, so when they
 * are refused, both transactions read what shows that: the turn's id is in the
 * marker and in nodes/<node>. Both are repeated until they are answered,
 * however long that takes.
 */

#include "rollout/events.h"
#include "rollout/machine.h"
#include "rollout/queue.h"
#include "rollout/retry.h"
#include "store/store.h"

#include <jansson.h>

enum turn_answer {
    TURN_BEGUN,
    TURN_FLAGGED, /* a flag is up that is not ours; events->flag has it */
    TURN_DOUBT,   /* another node's marker exists; turn->doubt names it */
    TURN_BEHIND,  /* somebody is in front after all; the queue waits on */
    TURN_LOST,    /* our place in the queue is gone */
};

enum turn_verdict {
    TURN_GOOD,    /* applied, or nothing to do: lifts our own flag */
    TURN_FAILED,  /* raises the flag */
    TURN_DROPPED, /* nothing was tried: only the place in the queue goes */
};

struct turn_ops {
    void (*began)(void *userdata, enum turn_answer answer);
    void (*closed)(void *userdata, enum turn_verdict verdict);
    /* A transaction was not answered, or refused for another reason than its
     * conditions; it is tried again. */
    void (*trouble)(void *userdata, const char *why);
};

struct turn_doubt {
    char *node;
    char *turn;
    int64_t revision; /* of the objects that it applied; 0: unknown */
    int64_t marker;   /* mod revision */
};

struct turn {
    struct store *store;
    struct queue *queue;
    struct events *events;
    const struct machine *machine;
    const char *node;
    int64_t revision; /* of the objects that the next turn applies */
    bool self_lift;
    const struct turn_ops *ops;
    void *userdata;
    char id[MACHINE_TURN_SIZE];
    int64_t marker; /* our marker's mod revision; 0: not begun */
    bool cleared;   /* an operator removed the marker: we were presumed dead */
    bool overruled; /* and the cluster has since gone on without us */
    bool leftover;  /* at its end there was another marker of ours */
    struct turn_doubt doubt;
    enum turn_verdict verdict;
    json_t *report; /* for the flag, when it failed */
    json_t *record; /* for nodes/<node>; NULL: left as it is */
    json_t *flag;   /* the flag that the running transaction puts */
    bool flag_changes;
    bool placeless;    /* our place in the queue turned out to be gone */
    int64_t record_at; /* mod revision of nodes/<node>; only when cleared */
    void (*send)(struct turn *turn); /* the transaction that is being tried */
    struct retry retry;
};

/* Keeps all that turn points to until turn_done. */
void turn_init(struct turn *turn, struct loop *loop, struct store *store,
               const struct turn_ops *ops, void *userdata);
void turn_done(struct turn *turn);

/* A new id, for the next attempt. Only between turns. */
void turn_renew(struct turn *turn);
/* Takes up the turn that an earlier life of this node left behind. */
void turn_resume(struct turn *turn, const char *id, int64_t marker);

/* Tries to begin; began is called with the answer. A flag of our own (failed,
 * in doubt) does not prevent it. */
void turn_begin(struct turn *turn);

/*
 * Ends the turn, or the attempt if no turn was begun. report (takes; may be
 * NULL unless TURN_FAILED): configuration, step, error, revision. record
 * (takes; may be NULL): for nodes/<node>; "turn" is added.
 */
void turn_close(struct turn *turn, enum turn_verdict verdict, json_t *report,
                json_t *record);

/* Is the marker that blocks all turns not a node's (its name is invalid)? Then
 * no node is in doubt, and only a person can remove it. */
bool turn_doubt_is_stray(const struct turn *turn);
/* Raises the flag for the node in doubt, if its marker still exists and no flag
 * is up. If that is not answered, the next attempt finds it again. */
void turn_raise_doubt(struct turn *turn);

#endif
