/* SPDX-License-Identifier: ISC */
#ifndef CCM_ROLLOUT_ROLLOUT_INTERNAL_H
#define CCM_ROLLOUT_ROLLOUT_INTERNAL_H

/* Shared by the rollout_*.c files; each calls only those above it. */

#include "rollout/rollout.h"

/* rollout_phase.c: the only place where the phase is written. Asserts that the
 * drawing has this transition. */
void rollout_enter(struct rollout *rollout, enum rollout_phase phase);

/* rollout_state.c: wakes the machine, which looks again from the loop. */
void rollout_wake(struct rollout *rollout);
/* Logs when the flag begins or ceases to hold this node. */
void rollout_say_held(struct rollout *rollout);
/* Logs trouble with the store, as often as pace allows; the rest only with
 * -v. */
void rollout_say_trouble(struct log_pace *pace, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void rollout_set_trouble(struct rollout *rollout, const char *why);
/* Logs when, in clock_us, on -v; make bench reads it. */
void rollout_stamp(const char *text);

/* rollout_record.c: the records of a run. The report of a failure, for the
 * flag. Returns new (json_decref). */
json_t *rollout_error_report(const struct rollout *rollout);
/* Notes the outcome in last_run and applied. Returns the record for
 * nodes/<node>, new (json_decref). */
json_t *rollout_record(struct rollout *rollout, bool good);
/* The same without an outcome: the last applied state, and that a run is
 * pending. */
json_t *rollout_record_pending(const struct rollout *rollout);
/* Logs the objects that the plan leaves out. */
void rollout_say_rejected(const json_t *planned);

/* rollout_run.c: gives the attempt's runner its job, tells it to apply, and
 * recovers after it. */
void rollout_plan(struct rollout *rollout);
void rollout_apply(struct rollout *rollout);
void rollout_recover(struct rollout *rollout);
void rollout_run_init(struct rollout *rollout);
/* Forgets the attempt and everything in it. */
void rollout_forget_attempt(struct rollout *rollout);

/* rollout_close.c: ends the turn, or the attempt at one. */
void rollout_close(struct rollout *rollout, enum turn_verdict verdict);
/* The runner has ended before it applied anything: the attempt ends, is
 * repeated, or goes on waiting if its failure must be reported from the head of
 * the queue. */
void rollout_close_unapplied(struct rollout *rollout);
/* Ends the turn of an earlier life, found by the look. */
void rollout_close_old_turn(struct rollout *rollout);
/* After a restart: work that killed ccmd before stays held by our own flag
 * until a newer event arrives or the flag is lifted. */
void rollout_resume_hold(struct rollout *rollout);

/* rollout_announce.c: this node has another catalog than in its record below
 * nodes/, and has not run with it yet. */
void rollout_announce_init(struct rollout *rollout);
void rollout_announce(struct rollout *rollout);

/* rollout_look.c */
void rollout_look_init(struct rollout *rollout);
/* Looks for an unknown turn of this node. */
void rollout_look(struct rollout *rollout);

/* rollout_attempt.c: the phases before a turn. */
void rollout_starting(struct rollout *rollout);
void rollout_idle(struct rollout *rollout);
void rollout_queued(struct rollout *rollout);
void rollout_planning(struct rollout *rollout);
void rollout_planned(struct rollout *rollout);
/* Our place in the queue is gone: joins again after a pause. */
void rollout_lose_place(struct rollout *rollout, const char *why);

/* rollout_turn.c: the phases of a turn, and the last of all. */
void rollout_beginning(struct rollout *rollout);
void rollout_applying(struct rollout *rollout);
void rollout_recovering(struct rollout *rollout);
void rollout_closing(struct rollout *rollout);
void rollout_leaving(struct rollout *rollout);

/* rollout_link.c: sets up session, events, queue and turn. */
void rollout_link_init(struct rollout *rollout);

#endif
