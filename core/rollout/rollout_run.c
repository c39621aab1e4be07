/* SPDX-License-Identifier: ISC */
/* The roll-out and the runner: planning, applying, recovering, recording. */
#include "base/alloc.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/protocol.h"
#include "base/util.h"
#include "loop/child.h"
#include "rollout/rollout.h"

#include <sys/wait.h>

/* Of nodes/<node>, which has to stay below TURN_VALUE_MAX, and of each text
 * in it. */
#define RECORD_BYTES_MAX (60 * 1024)
#define RECORD_TEXT_MAX 4096
#define RECOVER_AGAIN_MS 1000

void rollout_reset_attempt(struct rollout *rollout)
{
    if (rollout->job)
        job_abandon(rollout->job);
    rollout->job = NULL;
    json_decref(rollout->planned);
    json_decref(rollout->finished);
    rollout->planned = NULL;
    rollout->finished = NULL;
    rollout->finished_ok = false;
}

void rollout_stamp(const char *text)
{
    log_debug("at %lld us: %s", (long long) clock_us(), text);
}

static void rollout_say(struct rollout *rollout, const char *text)
{
    log_info("%s", text);
    rollout->ops->progress(rollout->userdata, text);
}

/* ------------------------------------------------- what the runner says */

static int64_t rollout_rejected(const json_t *report)
{
    return json_integer_or(
        report, "rejected_count",
        (int64_t) json_array_size(json_object_get(report, "rejected")));
}

static void rollout_say_rejected(const json_t *report)
{
    const json_t *one;
    size_t i = 0;
    int64_t left;

    json_array_foreach (json_object_get(report, "rejected"), i, one)
        log_warning("%s: object %s/%lld left out: %s",
                    json_string_or(one, "configuration", "?"),
                    json_string_or(one, "type", "?"),
                    (long long) json_integer_or(one, "id", 0),
                    json_string_or(one, "error", "?"));
    left = rollout_rejected(report) - (int64_t) i;
    if (left > 0)
        log_warning("%lld more objects left out: ccmctl plan shows all",
                    (long long) left);
}

static void rollout_planned(void *userdata, const json_t *report)
{
    struct rollout *rollout = userdata;
    cleanup_free char *text =
        xasprintf("planned at revision %lld: %lld changes",
                  (long long) json_integer_or(report, "revision", 0),
                  (long long) json_integer_or(report, "changes", 0));

    rollout_say(rollout, text);
    rollout_say_rejected(report);
    json_decref(rollout->planned);
    rollout->planned = json_incref((json_t *) report);
    rollout_step(rollout);
}

static void rollout_progress(void *userdata, const json_t *report)
{
    struct rollout *rollout = userdata;
    const char *configuration = json_string_or(report, "configuration", "");
    const char *detail = json_string_or(report, "detail", "");
    cleanup_free char *text = xasprintf(
        "%s%s%s%s%s", json_string_or(report, "step", "?"),
        *configuration ? " " : "", configuration, *detail ? ": " : "", detail);

    rollout_say(rollout, text);
}

static void rollout_job_ended(void *userdata, bool ok, const json_t *report)
{
    struct rollout *rollout = userdata;

    rollout->job = NULL;
    rollout->finished = json_incref((json_t *) report);
    rollout->finished_ok = ok;
    if (rollout->phase != ROLLOUT_APPLYING)
        rollout_step(rollout);
    else if (ok)
        rollout_close(rollout, TURN_GOOD);
    else if (json_bool_or(report, "rolled_back", false))
        rollout_close(rollout, TURN_FAILED);
    else
        rollout_recover(rollout);
}

static const struct job_ops rollout_job_ops = {
    .planned = rollout_planned,
    .progress = rollout_progress,
    .ended = rollout_job_ended,
};

void rollout_plan(struct rollout *rollout)
{
    json_auto_t *order =
        json_pack("{s:o, s:I, s:s, s:b, s:s, s:s?}", "configurations",
                  bus_pending_configurations(rollout->bus), "revision",
                  (json_int_t) rollout->events.revision, "who", rollout->who,
                  "allow_removals", rollout->allow_removals, "catalog",
                  rollout->catalog ? rollout->catalog : "", "config",
                  rollout->config->digest);
    struct error err;

    rollout->ticket = bus_ticket(rollout->bus);
    rollout->started_us = clock_us();
    if (job_start(&rollout->runners, order, &rollout_job_ops, rollout,
                  &rollout->job, &err) == 0)
        return;
    rollout->finished =
        json_pack("{s:s, s:n, s:o, s:b}", "step", "run", "configuration",
                  "error", json_text(err.text), "transient", 1);
    timer_set(&rollout->step_timer, 0);
}

void rollout_apply(struct rollout *rollout)
{
    rollout->phase = ROLLOUT_APPLYING;
    rollout_say(rollout, "turn begun: applying");
    if (rollout->job)
        job_apply(rollout->job, rollout->turn.id);
    else /* it died while the turn began; nothing has been applied */
        rollout_drop_or_fail(rollout);
}

/* ------------------------------------------------------------ recovering */

static void rollout_recover_line(void *userdata, const char *line, size_t size)
{
    (void) userdata;
    if (!streq(line, "nothing"))
        log_warning("recover: %.*s", (int) size, line);
}

/* By another ccm.conf the journal might not be found, and the turn would end
 * as if all had been put back: better it lasts until the file is what it was,
 * or ccmd is stopped. */
static bool rollout_recover_later(struct rollout *rollout, int status,
                                  const char *why)
{
    if (!WIFEXITED(status) || WEXITSTATUS(status) != CCM_EXIT_STALE ||
        rollout->stopping)
        return false;
    rollout_say_trouble(&rollout->turn_pace, "recover: %s", why);
    free(rollout->trouble);
    rollout->trouble = xstrdup(why);
    timer_set(&rollout->recover_timer, RECOVER_AGAIN_MS);
    return true;
}

static void rollout_recovered(void *userdata, int status, const char *why)
{
    struct rollout *rollout = userdata;

    if (rollout_recover_later(rollout, status, why))
        return;

    if (status != 0) {
        cleanup_free char *text =
            xasprintf("%s; and putting it back failed: %s",
                      json_string_or(rollout->finished, "error", "?"), why);

        json_object_set_new(rollout->finished, "error", json_text(text));
    }
    rollout_close(rollout, TURN_FAILED);
}

static const struct child_ops rollout_recover_ops = {
    .line = rollout_recover_line,
    .ended = rollout_recovered,
};

void rollout_recover_again(void *userdata)
{
    struct rollout *rollout = userdata;
    const struct config *config = rollout->config;
    const char *argv[] = {
        config->runner, "-c",      config->file, "--config-digest",
        config->digest, "recover", NULL};
    struct child_spec spec = {.argv = argv,
                              .output_fd = -1,
                              .keep_errors = true,
                              .limit_ms = config->run_timeout_ms};
    struct child *child;
    struct error err;

    if (child_start(rollout->loop, &spec, &rollout_recover_ops, rollout, &child,
                    &err) < 0)
        rollout_recovered(rollout, -1, err.text);
}

void rollout_recover(struct rollout *rollout)
{
    rollout->phase = ROLLOUT_RECOVERING;
    log_warning("the run did not end whole: recovering");
    rollout_recover_again(rollout);
}

/* ------------------------------------------------------------- recording */

static json_t *rollout_error_report(const struct rollout *rollout)
{
    json_t *report = json_object();
    const char *fields[] = {"configuration", "step", "error"};
    size_t i;

    for (i = 0; i < ARRAY_SIZE(fields); i++)
        json_object_set_new(
            report, fields[i],
            json_deep_copy(json_object_get(rollout->finished, fields[i])));
    json_clip(report, RECORD_TEXT_MAX);
    json_object_set_new(
        report, "revision",
        json_integer(json_integer_or(rollout->planned, "revision",
                                     rollout->events.revision)));
    return report;
}

static void rollout_note_applied(struct rollout *rollout)
{
    char stamp[CLOCK_STAMP_SIZE];

    clock_stamp(stamp);
    json_decref(rollout->applied);
    rollout->applied = json_pack(
        "{s:I, s:s, s:s}", "revision",
        (json_int_t) json_integer_or(rollout->finished, "revision", 0),
        "digest", json_string_or(rollout->finished, "digest", ""), "at", stamp);
    json_clip(rollout->applied, RECORD_TEXT_MAX);
}

static void rollout_note_run(struct rollout *rollout, bool good)
{
    int64_t changes = json_integer_or(rollout->finished, "changes", 0);
    const char *outcome = !good ? "failed" : changes ? "changed" : "in-sync";
    json_auto_t *digest =
        json_deep_copy(json_object_get(rollout->finished, "digest"));
    char stamp[CLOCK_STAMP_SIZE];
    json_t *run;

    clock_stamp(stamp);
    run = json_pack(
        "{s:s, s:s, s:s, s:I, s:I, s:O?, s:I, s:I}", "outcome", outcome, "who",
        rollout->who ? rollout->who : "", "at", stamp, "revision",
        (json_int_t) json_integer_or(rollout->planned, "revision",
                                     rollout->events.revision),
        "changes", (json_int_t) changes, "digest", digest, "duration_ms",
        (json_int_t) (clock_us() - rollout->started_us) / 1000, "rejected",
        (json_int_t) rollout_rejected(rollout->planned));
    if (!good) {
        json_auto_t *error = rollout_error_report(rollout);

        json_object_update_missing(run, error);
    }
    json_clip(run, RECORD_TEXT_MAX);
    json_decref(rollout->last_run);
    rollout->last_run = run;
}

/* What nodes/<node> says. It must not be too large to be put, or to be read
 * by who looks up what became of a turn. */
static json_t *rollout_record(const struct rollout *rollout)
{
    json_t *record = json_pack(
        "{s:s, s:O, s:O?, s:s, s:o, s:s}", "node", rollout->config->node,
        "last_run", rollout->last_run, "applied", rollout->applied, "catalog",
        rollout->catalog ? rollout->catalog : "", "subscribes",
        bus_types(rollout->bus), "version", PACKAGE_VERSION);

    if (json_dumpb(record, NULL, 0, JSON_COMPACT) <= RECORD_BYTES_MAX)
        return record;
    json_object_set_new(record, "subscribes_omitted",
                        json_integer((json_int_t) json_array_size(
                            json_object_get(record, "subscribes"))));
    json_object_del(record, "subscribes");
    return record;
}

void rollout_close(struct rollout *rollout, enum turn_verdict verdict)
{
    json_t *report = NULL, *record = NULL;

    rollout->phase = ROLLOUT_CLOSING;
    if (verdict == TURN_DROPPED) {
        rollout_reset_attempt(rollout);
        turn_close(&rollout->turn, verdict, NULL, NULL);
        return;
    }
    if (verdict == TURN_GOOD)
        rollout_note_applied(rollout);
    else
        report = rollout_error_report(rollout);
    rollout_note_run(rollout, verdict == TURN_GOOD);
    rollout->allow_removals = false;
    record = rollout_record(rollout);
    if (verdict == TURN_GOOD)
        log_info("%s: %s at revision %lld", rollout->who,
                 json_string_or(rollout->last_run, "outcome", "?"),
                 (long long) json_integer_or(rollout->applied, "revision", 0));
    else
        log_error("%s: failed at %s: %s", rollout->who,
                  json_string_or(rollout->finished, "step", "?"),
                  json_string_or(rollout->finished, "error", "?"));
    rollout_stamp("ending the turn");
    turn_close(&rollout->turn, verdict, report, record);
}
