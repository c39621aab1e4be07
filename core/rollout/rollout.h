/* SPDX-License-Identifier: ISC */
#ifndef CCM_ROLLOUT_ROLLOUT_H
#define CCM_ROLLOUT_ROLLOUT_H

/*
 * The roll-out on this node: from an event to the end of the turn that
 * applies it (ccm-protocol(7), STATES).
 *
 *            STARTING ----------> LEAVING (stopping)
 *               | present, and the past is known
 *               v
 *   LEAVING <- IDLE <---------------------------------------------+
 *               | \ an old turn is ended: CLOSING                 |
 *               | pending, settled, not held                      |
 *               v                                                 |
 *             QUEUED ----------------------+                      |
 *               | near the head            |                      |
 *               v                          | dropped: held,       |
 *            PLANNING ---------------------+ a newer catalog,     |
 *               | planned, or not          | stopping             |
 *               v                          |                      |
 *            PLANNED <------+ refused -----+                      |
 *               | head      |              |                      |
 *               v           |              |                      |
 *            BEGINNING -----+              |                      |
 *               | begun                    |                      |
 *               v                          v                      |
 *            APPLYING ------------------> CLOSING --- answered ---+
 *               | not whole                ^
 *               v                          |
 *           RECOVERING --------------------+
 *
 * When the place in the queue is lost, QUEUED, PLANNING, PLANNED and BEGINNING
 * go back to IDLE.
 *
 * Callbacks do not take steps: they note what they learn (in the bus, too),
 * hand it on to the parts that wait for it (events, queue, session, look), and
 * wake the machine, whose step then looks at everything. Only rollout_enter
 * writes the phase, by a table that mirrors this drawing (rollout_phase.c).
 */

#include "base/log.h"
#include "config/config.h"
#include "rollout/bus.h"
#include "rollout/events.h"
#include "rollout/machine.h"
#include "rollout/queue.h"
#include "rollout/recovery.h"
#include "rollout/runner.h"
#include "rollout/session.h"
#include "rollout/settle.h"
#include "rollout/turn.h"

enum rollout_phase {
    ROLLOUT_STARTING,
    ROLLOUT_IDLE,
    ROLLOUT_QUEUED,
    ROLLOUT_PLANNING,
    ROLLOUT_PLANNED,
    ROLLOUT_BEGINNING,
    ROLLOUT_APPLYING,
    ROLLOUT_RECOVERING,
    ROLLOUT_CLOSING,
    ROLLOUT_LEAVING,
};

struct rollout_ops {
    /* A run has ended that covered all marks up to ticket. report is what
     * "last_run" in status shows. */
    void (*ended)(void *userdata, int64_t ticket, const json_t *report);
    /* A line for the clients that wait for a run. */
    void (*progress)(void *userdata, const char *text);
    /* The flag keeps it from going on; text describes the flag. */
    void (*held)(void *userdata, const char *text);
    /* A turn, or an attempt at one, is over. */
    void (*between_turns)(void *userdata);
    /* The cluster has been reached for the first time. */
    void (*ready)(void *userdata);
    /* Stopped, as requested with rollout_stop. */
    void (*stopped)(void *userdata);
    /* It cannot go on (another machine has this node's name). */
    void (*fatal)(void *userdata, const char *why);
};

/* One way from the queue to the end of a turn; thrown away as a whole. */
struct attempt {
    char *who;      /* the reason for the run, for people */
    int64_t ticket; /* it covers the marks up to this one */
    int64_t started_us;
    struct runner *runner; /* NULL: not started, or ended */
    json_t *planned;       /* the runner's "planned" */
    json_t *finished;      /* the runner's "done" or "failed" */
    bool finished_ok;
    bool applying; /* the runner was told to apply */
    bool stale;    /* the catalog has changed since it began */
    char *ousted;  /* why our place in the queue is gone; NULL: it is there */
    bool answered; /* the turn has said whether it began: */
    enum turn_answer answer;
    bool closed; /* the turn has said that it is over: */
    enum turn_verdict verdict;
    bool recovered;      /* ccm-runner recover has ended: */
    char *not_recovered; /* why it could not restore everything; NULL: it did */
};

/* The look for what an earlier life of this node left in the store. */
struct look {
    struct retry retry;
    bool wanted;
    bool answered;
    char *turn;     /* of the marker that was found; NULL: there is none */
    int64_t marker; /* its mod revision */
};

struct rollout {
    struct loop *loop;
    const struct config *config;
    struct store *store;
    const struct machine *machine;
    const struct rollout_ops *ops;
    void *userdata;

    struct session session;
    struct events events;
    struct bus *bus;
    struct settle settle;
    struct queue queue;
    struct turn turn;
    struct look look;
    struct retry announce; /* that the record below nodes/ is out of date */
    struct recovery recovery;
    struct runner_source runners;

    enum rollout_phase phase; /* only rollout_enter writes it */
    struct attempt attempt;
    bool stopping; /* asked for */
    bool was_held;
    const char *catalog; /* its digest; borrowed from the daemon */

    /* Requests for the next run. */
    bool allow_removals;
    char *plan;      /* apply only the plan of this digest; NULL: any */
    bool plan_alone; /* nothing else was to be done when that was asked for */
    char *asked_by;  /* the operator; NULL: an event did */
    int64_t asked_first; /* the first ticket of what was asked last, */
    int64_t asked_last;  /* and the last one */

    unsigned deaths;       /* of runners that were planning, in a row */
    int64_t failed_ticket; /* marks up to here are covered by our own flag */
    json_t *applied;       /* {"revision","digest","at"}, NULL: unknown */
    json_t *last_run;      /* NULL: none yet */
    json_t *interrupted;   /* the run during which ccmd died, until it has been
                              considered (base/turn_note.h); NULL: none */

    struct timer wake_timer; /* the next step: now, or after a pause */
    struct timer resync_timer;
    struct timer recover_timer; /* until recover is tried again */
    struct backoff backoff;     /* between attempts without a result */
    char *trouble;              /* why the last one had none, or NULL */
    int64_t pause_until_ms;
    struct log_pace link_pace, turn_pace;
};

void rollout_init(struct rollout *rollout, struct loop *loop,
                  const struct config *config, struct store *store,
                  const struct machine *machine);
void rollout_start(struct rollout *rollout, const struct rollout_ops *ops,
                   void *userdata);
/* Ends the turn if there is one, then leaves; calls stopped. */
void rollout_stop(struct rollout *rollout);
void rollout_done(struct rollout *rollout);

/*
 * An operator requests these types (NULL: everything) to be applied now,
 * without settling. who is copied. Returns the ticket that ops->ended will
 * cover.
 */
int64_t rollout_request(struct rollout *rollout, const json_t *types,
                        const char *who, bool allow_removals);
/* The same, of exactly the plan that was previewed, or nothing: then the report
 * has the outcome "differs". digest is copied. */
int64_t rollout_request_plan(struct rollout *rollout, const json_t *types,
                             const char *who, const char *digest);
/* The client with this ticket no longer waits. Its request is withdrawn, unless
 * its run has begun to change the node, or there is a newer request. */
void rollout_withdraw(struct rollout *rollout, int64_t ticket);
/* The catalog has been replaced: runs everything. */
void rollout_recatalog(struct rollout *rollout, const char *digest);

/* Is there a flag that keeps this node from going on? */
bool rollout_is_held(const struct rollout *rollout);
/* Is the cluster reached, and the past known? */
bool rollout_is_linked(const struct rollout *rollout);
/* May a module reload take place now? Not in the middle of a turn. */
bool rollout_is_between_turns(const struct rollout *rollout);
/* "idle", "settling", ... (ccm-protocol(7), STATES). Static. */
const char *rollout_state(const struct rollout *rollout);
/* What it waits for in that state, for people. Returns new (freed with free),
 * or NULL: for nothing. */
char *rollout_waits_for(const struct rollout *rollout);
/* Why it does not go on; NULL if nothing is wrong. Returns borrowed (valid
 * until the loop goes on). */
const char *rollout_trouble(const struct rollout *rollout);

#endif
