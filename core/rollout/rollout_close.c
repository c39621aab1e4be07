/* SPDX-License-Identifier: ISC */
/* How an attempt ends: with its outcome, or to be repeated later. ccmd(8)
 * documents the rules. */
#include "base/alloc.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/turn_note.h"
#include "base/util.h"
#include "loop/child.h"
#include "rollout/rollout_internal.h"

static void close_log(const struct rollout *rollout, bool good)
{
    const struct attempt *attempt = &rollout->attempt;
    const char *who = attempt->who ? attempt->who : "?";

    if (good)
        log_info("%s: %s at revision %lld", who,
                 json_string_or(rollout->last_run, "outcome", "?"),
                 (long long) json_integer_or(rollout->applied, "revision", 0));
    else
        log_error("%s: failed at %s: %s", who,
                  json_string_or(attempt->finished, "step", "?"),
                  json_string_or(attempt->finished, "error", "?"));
}

void rollout_close(struct rollout *rollout, enum turn_verdict verdict)
{
    bool good = verdict == TURN_GOOD;
    json_t *report = NULL, *record = NULL;

    rollout_enter(rollout, ROLLOUT_CLOSING);
    if (verdict != TURN_DROPPED) {
        report = good ? NULL : rollout_error_report(rollout);
        record = rollout_record(rollout, good);
        rollout->allow_removals = false;
        free(rollout->plan);
        rollout->plan = NULL;
        close_log(rollout, good);
        rollout_stamp("ending the turn");
    }
    turn_close(&rollout->turn, verdict, report, record);
}

/* ---------------------------------------------------- again, or a failure? */

static void close_to_try_again(struct rollout *rollout)
{
    int64_t pause_ms = backoff_next_ms(&rollout->backoff);
    const char *error = json_string_or(rollout->attempt.finished, "error", "?");
    cleanup_free char *text = xasprintf("%s; trying again in %.1f s", error,
                                        (double) pause_ms / 1000);

    log_warning("%s", text);
    rollout_set_trouble(rollout, error);
    rollout->ops->progress(rollout->userdata, text);
    rollout->pause_until_ms = clock_ms() + pause_ms;
    rollout_close(rollout, TURN_DROPPED);
}

/* A runner that was killed before it applied anything (for example by the
 * kernel, because memory was short) has changed nothing. */
static bool close_may_try_again(struct rollout *rollout)
{
    const json_t *finished = rollout->attempt.finished;

    if (json_bool_or(finished, "transient", false))
        return true;
    return json_bool_or(finished, "died", false) &&
           rollout->deaths++ < CHILD_DEATHS_MAX;
}

void rollout_close_unapplied(struct rollout *rollout)
{
    bool at_head = rollout->queue.state == QUEUE_HEAD;

    if (rollout->attempt.finished_ok)
        rollout_close(rollout, TURN_GOOD);
    else if (json_bool_or(rollout->attempt.finished, "differs", false))
        rollout_close(rollout, TURN_DROPPED);
    else if (close_may_try_again(rollout))
        close_to_try_again(rollout);
    else if (at_head)
        rollout_close(rollout, TURN_FAILED);
}

/* ---------------------------------------------------- an earlier life's turn
 */

/* The files have already been restored (ccm-runner recover, at start). Or the
 * turn ended long ago, and the store is older than that. */
static json_t *close_restored_report(void)
{
    return json_pack(
        "{s:s, s:n, s:s}", "step", "crash", "configuration", "error",
        "the store contains a turn of this node that is not under way (was the "
        "store restored from a backup?); a full run follows");
}

/* ccmd died during its turn. If that happens a few times at the same work, the
 * work is to blame and is left alone until something changes. */
static bool close_is_deadly(const struct rollout *rollout)
{
    return json_integer_or(rollout->interrupted, "deaths", 0) >
           CHILD_DEATHS_MAX;
}

static json_t *close_crash_report(const struct rollout *rollout)
{
    const json_t *note = rollout->interrupted;
    cleanup_free char *at = note ? turn_note_describe(note) : xstrdup("");
    cleanup_free char *next =
        close_is_deadly(rollout)
            ? xasprintf(
                  "deaths in a row at the same work: %lld, so it is left alone "
                  "until a newer event arrives or the flag is lifted",
                  (long long) json_integer_or(note, "deaths", 0))
            : xstrdup("the next run tries again");
    cleanup_free char *why =
        xasprintf("ccmd or the machine stopped during a turn%s%s; the files "
                  "have been restored; %s",
                  *at ? ", " : "", at, next);

    return json_pack("{s:s, s:o, s:o, s:I}", "step", "crash", "configuration",
                     json_incref(json_object_get(note, "configuration")
                                     ? json_object_get(note, "configuration")
                                     : json_null()),
                     "error", json_text(why), "revision",
                     (json_int_t) json_integer_or(note, "revision", 0));
}

void rollout_close_old_turn(struct rollout *rollout)
{
    struct look *look = &rollout->look;
    bool deadly = !rollout->events.looked && close_is_deadly(rollout);
    json_t *report = rollout->events.looked ? close_restored_report()
                                            : close_crash_report(rollout);

    log_warning("ending the old turn %s as failed: %s", look->turn,
                json_string_or(report, "error", "?"));
    rollout_forget_attempt(rollout);
    bus_publish_all(rollout->bus);
    if (deadly)
        rollout->attempt.ticket = bus_ticket(rollout->bus);
    turn_resume(&rollout->turn, look->turn, look->marker);
    free(look->turn);
    look->turn = NULL;
    rollout_enter(rollout, ROLLOUT_CLOSING);
    turn_close(&rollout->turn, TURN_FAILED, report, NULL);
}

void rollout_resume_hold(struct rollout *rollout)
{
    const struct flag *flag = &rollout->events.flag;

    if (close_is_deadly(rollout) && rollout->failed_ticket == 0 &&
        flag_is_own(flag, rollout->config->node) &&
        streq(json_string_or(flag->json, "step", ""), "crash") &&
        flag->mod_revision > rollout->events.revision)
        rollout->failed_ticket = bus_ticket(rollout->bus);
    json_decref(rollout->interrupted);
    rollout->interrupted = NULL;
}
