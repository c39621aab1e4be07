/* SPDX-License-Identifier: ISC */
/* The roll-out and the runner: planning, applying, recovering. */
#include "base/alloc.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/protocol.h"
#include "base/turn_note.h"
#include "base/util.h"
#include "rollout/rollout_internal.h"

#include <sys/wait.h>

#define RECOVER_AGAIN_MS 1000

static void run_say(struct rollout *rollout, const char *text)
{
    log_info("%s", text);
    rollout->ops->progress(rollout->userdata, text);
}

/* ---------------------------------------------------- what the runner says */

static void run_planned(void *userdata, const json_t *report)
{
    struct rollout *rollout = userdata;
    long long changes = json_integer_or(report, "changes", 0);
    cleanup_free char *text =
        xasprintf("planned at revision %lld: %lld change%s",
                  (long long) json_integer_or(report, "revision", 0), changes,
                  changes == 1 ? "" : "s");

    run_say(rollout, text);
    rollout_say_rejected(report);
    json_decref(rollout->attempt.planned);
    rollout->attempt.planned = json_incref((json_t *) report);
    rollout_wake(rollout);
}

static void run_progress(void *userdata, const json_t *report)
{
    struct rollout *rollout = userdata;
    const char *configuration = json_string_or(report, "configuration", "");
    const char *detail = json_string_or(report, "detail", "");
    cleanup_free char *text = xasprintf(
        "%s%s%s%s%s", json_string_or(report, "step", "?"),
        *configuration ? " " : "", configuration, *detail ? ": " : "", detail);

    turn_note_progress(rollout->config->state_dir,
                       json_string_or(report, "step", "?"), configuration,
                       detail);
    run_say(rollout, text);
}

static void run_ended(void *userdata, bool ok, const json_t *report)
{
    struct rollout *rollout = userdata;
    struct attempt *attempt = &rollout->attempt;

    attempt->runner = NULL;
    attempt->finished = json_incref((json_t *) report);
    attempt->finished_ok = ok;
    rollout_wake(rollout);
}

static const struct runner_ops run_ops = {
    .planned = run_planned,
    .progress = run_progress,
    .ended = run_ended,
};

void rollout_plan(struct rollout *rollout)
{
    struct attempt *attempt = &rollout->attempt;
    json_auto_t *order = json_pack(
        "{s:o, s:I, s:s, s:b, s:s?, s:s, s:s?}", "configurations",
        bus_pending_configurations(rollout->bus), "revision",
        (json_int_t) rollout->events.revision, "who", attempt->who,
        "allow_removals", rollout->allow_removals, "plan", rollout->plan,
        "catalog", rollout->catalog ? rollout->catalog : "", "config",
        rollout->config->digest);
    struct error err;

    attempt->ticket = bus_ticket(rollout->bus);
    attempt->started_us = clock_us();
    if (runner_start(&rollout->runners, order, &run_ops, rollout,
                     &attempt->runner, &err) == 0)
        return;
    attempt->finished =
        json_pack("{s:s, s:n, s:o, s:b}", "step", "run", "configuration",
                  "error", json_text(err.text), "transient", 1);
    rollout_wake(rollout);
}

void rollout_apply(struct rollout *rollout)
{
    rollout_stamp("the turn has begun");
    run_say(rollout, "turn begun: applying");
    if (!rollout->attempt.runner) /* it died while the turn began */
        return;
    rollout->attempt.applying = true;
    turn_note_begin(rollout->config->state_dir, rollout->attempt.who,
                    json_integer_or(rollout->attempt.planned, "revision", 0));
    runner_apply(rollout->attempt.runner, rollout->turn.id);
}

/* -------------------------------------------------------------- recovering */

/* With another ccm.conf the journal might not be found, and the turn would end
 * as if everything had been restored. So the turn lasts until the file is put
 * back or ccmd is stopped. */
static bool run_recover_later(struct rollout *rollout, int status,
                              const char *why)
{
    if (!WIFEXITED(status) || WEXITSTATUS(status) != CCM_EXIT_STALE ||
        rollout->stopping)
        return false;
    rollout_say_trouble(&rollout->turn_pace, "recover: %s", why);
    rollout_set_trouble(rollout, why);
    timer_set(&rollout->recover_timer, RECOVER_AGAIN_MS);
    return true;
}

static void run_recovered(void *userdata, int status, const char *why)
{
    struct rollout *rollout = userdata;
    struct attempt *attempt = &rollout->attempt;

    if (run_recover_later(rollout, status, why))
        return;
    attempt->recovered = true;
    attempt->not_recovered = status != 0 ? xstrdup(why) : NULL;
    rollout_wake(rollout);
}

static void run_recover_again(void *userdata)
{
    struct rollout *rollout = userdata;
    struct error err;

    if (recovery_start(&rollout->recovery, &err) < 0)
        run_recovered(rollout, -1, err.text);
}

void rollout_recover(struct rollout *rollout)
{
    log_warning("the run left the node inconsistent: recovering");
    run_recover_again(rollout);
}

void rollout_run_init(struct rollout *rollout)
{
    timer_init(&rollout->recover_timer, rollout->loop, run_recover_again,
               rollout);
    recovery_init(&rollout->recovery, rollout->loop, rollout->config,
                  run_recovered, rollout);
    runner_source_init(&rollout->runners, rollout->loop, rollout->config);
}

void rollout_forget_attempt(struct rollout *rollout)
{
    struct attempt *attempt = &rollout->attempt;

    if (attempt->runner)
        runner_abandon(attempt->runner);
    json_decref(attempt->planned);
    json_decref(attempt->finished);
    free(attempt->who);
    free(attempt->ousted);
    free(attempt->not_recovered);
    *attempt = (struct attempt){0};
}
