/* SPDX-License-Identifier: ISC */
#ifndef CCM_ROLLOUT_ROLLOUT_H
#define CCM_ROLLOUT_ROLLOUT_H

/*
 * The roll-out on this node: from an event to the end of the turn that
 * applies it (design section 3).
 *
 *          event, settled, not held
 *   IDLE ---------------------------> QUEUED: near enough: the runner plans;
 *    ^                                  |     nothing to do: CLOSING (good);
 *    |                                  |     cannot plan: at the head CLOSING
 *    |                                  |     (failed); a flag: CLOSING
 *    |                                  |     (dropped)
 *    |                                  | planned, at the head
 *    |                                  v
 *    |                              BEGINNING --> refused: back to QUEUED
 *    |                                  | begun
 *    |                                  v
 *    |                              APPLYING --> the runner died, or could
 *    |                                  |        not put all back: RECOVERING
 *    |            answered              v
 *    +------------------------------ CLOSING
 *
 * Nothing is done from where something is heard: callbacks note what they
 * hear and call rollout_step, which looks at all of it and does what is next.
 */

#include "base/log.h"
#include "config/config.h"
#include "rollout/bus.h"
#include "rollout/events.h"
#include "rollout/machine.h"
#include "rollout/queue.h"
#include "rollout/runner.h"
#include "rollout/session.h"
#include "rollout/settle.h"
#include "rollout/turn.h"

enum rollout_phase {
    ROLLOUT_IDLE,
    ROLLOUT_QUEUED,
    ROLLOUT_BEGINNING,
    ROLLOUT_APPLYING,
    ROLLOUT_RECOVERING,
    ROLLOUT_CLOSING,
};

struct rollout_ops {
    /* A run has ended that covered all marks up to ticket. report is what
     * "last_run" in status shows. */
    void (*ended)(void *userdata, int64_t ticket, const json_t *report);
    /* A line for those who wait for a run. */
    void (*progress)(void *userdata, const char *text);
    /* It would go on, but for the flag that is up; text describes it. */
    void (*held)(void *userdata, const char *text);
    /* A turn, or an attempt at one, is over. */
    void (*between_turns)(void *userdata);
    /* The cluster is reached for the first time. */
    void (*ready)(void *userdata);
    /* Stopped, as rollout_stop asked. */
    void (*stopped)(void *userdata);
    /* It cannot go on (another machine is this node). */
    void (*fatal)(void *userdata, const char *why);
};

struct rollout {
    struct loop *loop;
    const struct config *config;
    struct store *store;
    const struct identity *identity;
    const struct rollout_ops *ops;
    void *userdata;

    struct session session;
    struct events events;
    struct bus *bus;
    struct settle settle;
    struct queue queue;
    struct turn turn;

    enum rollout_phase phase;
    bool looked_back; /* what an earlier life left has been dealt with */
    bool stopping;
    bool left;  /* stopping, and the presence has been given back */
    bool stale; /* the catalog has changed since this attempt began */
    bool was_held;
    const char *catalog; /* its digest; borrowed from the daemon */

    /* The attempt that is under way. */
    int64_t ticket; /* what it covers */
    int64_t started_us;
    struct job_source runners;
    struct timer recover_timer; /* until what was refused is tried again */
    char *who;                  /* why it runs, for people */
    struct job *job;
    json_t *planned;  /* the runner's "planned" */
    json_t *finished; /* the runner's "done" or "failed" */
    bool finished_ok;

    unsigned deaths;       /* of runners that planned, one after the other */
    int64_t failed_ticket; /* marks up to here are covered by our own flag */
    bool allow_removals;   /* of the next run, if an operator said so */
    char *asked_by;        /* the operator who asked for the next run */
    json_t *applied;       /* {"revision","digest","at"}, NULL: unknown */
    json_t *last_run;      /* NULL: none yet */

    struct timer step_timer; /* settling, and pauses */
    struct timer resync_timer;
    struct backoff backoff; /* objects out of reach */
    char *trouble;          /* why the last try came to nothing, or NULL */
    int64_t pause_until_ms;
    struct store_call *call; /* the look back */
    struct log_pace link_pace, turn_pace;
};

void rollout_init(struct rollout *rollout, struct loop *loop,
                  const struct config *config, struct store *store,
                  const struct identity *identity);
void rollout_start(struct rollout *rollout, const struct rollout_ops *ops,
                   void *userdata);
/* Ends the turn if there is one, then leaves; calls stopped. */
void rollout_stop(struct rollout *rollout);
void rollout_done(struct rollout *rollout);

/* Looks at everything and does what is next. Never calls back from inside
 * an ops callback's caller that is not prepared for a change of phase. */
void rollout_step(struct rollout *rollout);

/*
 * An operator wants these types (NULL: everything) applied now, without
 * settling. who is copied. Returns the ticket that ops->ended will cover.
 */
int64_t rollout_request(struct rollout *rollout, const json_t *types,
                        const char *who, bool allow_removals);
/* The catalog has been replaced: everything is to run. */
void rollout_recatalog(struct rollout *rollout, const char *digest);

/* Is there a flag that keeps this node from going on? */
bool rollout_is_held(const struct rollout *rollout);
/* May a module reload take place now? Not in the middle of a turn. */
bool rollout_is_between_turns(const struct rollout *rollout);
/* "idle", "settling", ... of design section 3. Static. */
const char *rollout_state(const struct rollout *rollout);
/* For what it waits in that state, for people. Returns new (freed with free),
 * or NULL: for nothing. */
char *rollout_waits_for(const struct rollout *rollout);

/* ------------------------------------------- between the rollout_*.c files */

/* rollout_retry.c: the runner has died before it applied anything: tries again
 * later, or, after a few times, fails. */
void rollout_drop_or_fail(struct rollout *rollout);
/* The runner has ended before a turn began. A failure is told from the head of
 * the queue. */
void rollout_consider_finished(struct rollout *rollout);
/* rollout_run.c: logs when, in clock_us, on -v; make bench reads it. */
void rollout_stamp(const char *text);
/* Hands the runner its job. */
void rollout_plan(struct rollout *rollout);
/* The turn has begun: the runner is told to apply. */
void rollout_apply(struct rollout *rollout);
/* Puts right what the runner left behind, before the turn ends; the second is
 * one try of it, for the timer. */
void rollout_recover(struct rollout *rollout);
void rollout_recover_again(void *userdata);
/* Ends the turn, or the attempt at one. */
void rollout_close(struct rollout *rollout, enum turn_verdict verdict);
/* Forgets runner and reports of the attempt. */
void rollout_reset_attempt(struct rollout *rollout);
/* rollout_state.c: is the cluster reached and the past dealt with? Logs when
 * the flag begins or ceases to hold us up. */
bool rollout_is_linked(const struct rollout *rollout);
void rollout_say_held(struct rollout *rollout);
/* rollout_state.c: logs what goes wrong with the store, as often as pace
 * lets; the rest only on -v. */
void rollout_say_trouble(struct log_pace *pace, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void rollout_turn_trouble(void *userdata, const char *why);
void rollout_queue_trouble(void *userdata, const char *why);
/* Why it does not go on; NULL if all is well. Returns borrowed (valid until
 * the next step). */
const char *rollout_trouble(const struct rollout *rollout);
/* rollout_link.c: sets up session and events; looks for a turn of this node
 * that nobody here knows of, and ends it. */
void rollout_look_back(struct rollout *rollout);
void rollout_link_init(struct rollout *rollout);

#endif
