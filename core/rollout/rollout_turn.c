/* SPDX-License-Identifier: ISC */
/* The phases of a turn, from its beginning to its end, and after the last. */
#include "base/alloc.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/turn_note.h"
#include "base/util.h"
#include "rollout/rollout_internal.h"

#define DOUBT_PAUSE_MS 1000

/* ------------------------------------------------------------- BEGINNING */

/* No node may change while there is a marker that belongs to no node. */
static void rollout_say_stray(struct rollout *rollout)
{
    json_auto_t *shown = json_text(rollout->turn.doubt.node);
    const char *prefix = rollout->config->store.prefix;
    cleanup_free char *text =
        xasprintf("no node can change: %s/applying/ contains a key that does "
                  "not belong to a node (\"%.64s\"); check it with etcdctl get "
                  "--prefix %s/applying/ and delete it",
                  prefix, json_string_value(shown), prefix);

    rollout_set_trouble(rollout, text);
    rollout_say_trouble(&rollout->turn_pace, "%s", text);
}

/* The flag for it is on its way; trying before it arrives is useless. */
static void rollout_say_doubt(struct rollout *rollout)
{
    if (turn_doubt_is_stray(&rollout->turn))
        rollout_say_stray(rollout);
    else
        rollout_say_trouble(&rollout->turn_pace,
                            "%s is in doubt: its turn %s has not ended, but it "
                            "is no longer in the queue",
                            rollout->turn.doubt.node, rollout->turn.doubt.turn);
    rollout->pause_until_ms = clock_ms() + DOUBT_PAUSE_MS;
}

static void rollout_refused(struct rollout *rollout)
{
    rollout_enter(rollout, ROLLOUT_PLANNED);
    if (rollout->attempt.answer == TURN_DOUBT) {
        rollout_say_doubt(rollout);
        if (streq(rollout->turn.doubt.node, rollout->config->node))
            rollout_look(rollout);
        else
            turn_raise_doubt(&rollout->turn);
    }
    rollout->ops->between_turns(rollout->userdata);
}

/* Waits for the store to answer whether the turn has begun. */
void rollout_beginning(struct rollout *rollout)
{
    if (!rollout->attempt.answered)
        return;
    if (rollout->attempt.answer == TURN_BEGUN) {
        rollout_enter(rollout, ROLLOUT_APPLYING);
        rollout_apply(rollout);
    } else if (rollout->attempt.answer == TURN_LOST) {
        rollout_lose_place(rollout, "the place in the queue is gone");
    } else {
        rollout_refused(rollout);
    }
}

/* --------------------------------------- APPLYING, RECOVERING, CLOSING */

/* Waits for the runner to end. */
void rollout_applying(struct rollout *rollout)
{
    const struct attempt *attempt = &rollout->attempt;

    if (!attempt->finished)
        return;
    if (!attempt->applying) {
        rollout_close_unapplied(rollout);
    } else if (attempt->finished_ok) {
        rollout_close(rollout, TURN_GOOD);
    } else if (json_bool_or(attempt->finished, "rolled_back", false)) {
        rollout_close(rollout, TURN_FAILED);
    } else {
        rollout_enter(rollout, ROLLOUT_RECOVERING);
        rollout_recover(rollout);
    }
}

/* Waits for ccm-runner recover. */
void rollout_recovering(struct rollout *rollout)
{
    struct attempt *attempt = &rollout->attempt;
    cleanup_free char *text = NULL;

    if (!attempt->recovered)
        return;
    if (attempt->not_recovered) {
        text = xasprintf("%s; and restoring the files failed: %s",
                         json_string_or(attempt->finished, "error", "?"),
                         attempt->not_recovered);
        json_object_set_new(attempt->finished, "error", json_text(text));
    }
    rollout_close(rollout, TURN_FAILED);
}

/* What was to be applied was not what was asked for. Nothing was done; what
 * was pending before that is still to be done. */
static void rollout_note_differs(struct rollout *rollout)
{
    const struct attempt *attempt = &rollout->attempt;
    json_auto_t *report =
        json_pack("{s:s, s:O}", "outcome", "differs", "error",
                  json_object_get(attempt->finished, "error"));

    if (rollout->plan_alone)
        bus_clear(rollout->bus, attempt->ticket);
    free(rollout->plan);
    rollout->plan = NULL;
    rollout->allow_removals = false;
    rollout->ops->ended(rollout->userdata, attempt->ticket, report);
}

static void rollout_note_verdict(struct rollout *rollout)
{
    enum turn_verdict verdict = rollout->attempt.verdict;
    int64_t ticket = rollout->attempt.ticket;

    if (verdict == TURN_GOOD) {
        bus_clear(rollout->bus, ticket);
        rollout->failed_ticket = 0;
        backoff_reset(&rollout->backoff);
    } else if (verdict == TURN_FAILED) {
        rollout->failed_ticket = ticket;
    } else if (json_bool_or(rollout->attempt.finished, "differs", false)) {
        rollout_note_differs(rollout);
    } else if (rollout->turn.doubt.node) {
        rollout_say_doubt(rollout);
    }
    if (verdict != TURN_DROPPED) {
        rollout_set_trouble(rollout, NULL);
        rollout->deaths = 0;
        rollout->ops->ended(rollout->userdata, ticket, rollout->last_run);
    }
}

/* Waits for the store to record how the attempt ended. */
void rollout_closing(struct rollout *rollout)
{
    if (!rollout->attempt.closed)
        return;
    rollout_stamp("the turn is over");
    if (rollout->attempt.applying)
        turn_note_end(rollout->config->state_dir);
    rollout_enter(rollout, ROLLOUT_IDLE);
    rollout_note_verdict(rollout);
    rollout_forget_attempt(rollout);
    runner_source_rest(&rollout->runners);
    if (rollout->turn.leftover)
        rollout_look(rollout);
    rollout->ops->between_turns(rollout->userdata);
}

/* Waits until the lease is revoked; then calls stopped. */
void rollout_leaving(struct rollout *rollout)
{
    (void) rollout;
}
