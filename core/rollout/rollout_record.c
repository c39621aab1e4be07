/* SPDX-License-Identifier: ISC */
/* The records of a run: last_run, applied, and nodes/<node>. */
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/util.h"
#include "rollout/rollout_internal.h"

/* Limits of nodes/<node>, which must stay below TURN_VALUE_MAX, and of each
 * text in it. */
#define RECORD_BYTES_MAX (60 * 1024)
#define RECORD_TEXT_MAX 4096

static int64_t rollout_rejected(const json_t *report)
{
    return json_integer_or(
        report, "rejected_count",
        (int64_t) json_array_size(json_object_get(report, "rejected")));
}

void rollout_say_rejected(const json_t *report)
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
        log_warning("%lld more objects left out; see ccmctl plan",
                    (long long) left);
}

json_t *rollout_error_report(const struct rollout *rollout)
{
    const struct attempt *attempt = &rollout->attempt;
    json_t *report = json_object();
    const char *fields[] = {"configuration", "step", "error", "machine"};
    size_t i;

    for (i = 0; i < ARRAY_SIZE(fields); i++)
        json_object_set_new(
            report, fields[i],
            json_deep_copy(json_object_get(attempt->finished, fields[i])));
    json_clip(report, RECORD_TEXT_MAX);
    json_object_set_new(
        report, "revision",
        json_integer(json_integer_or(attempt->planned, "revision",
                                     rollout->events.revision)));
    return report;
}

static void rollout_note_applied(struct rollout *rollout)
{
    const struct attempt *attempt = &rollout->attempt;
    char stamp[CLOCK_STAMP_SIZE];

    clock_stamp(stamp);
    json_decref(rollout->applied);
    rollout->applied = json_pack(
        "{s:I, s:s, s:s}", "revision",
        (json_int_t) json_integer_or(attempt->finished, "revision", 0),
        "digest", json_string_or(attempt->finished, "digest", ""), "at", stamp);
    json_clip(rollout->applied, RECORD_TEXT_MAX);
}

static void rollout_note_run(struct rollout *rollout, bool good)
{
    const struct attempt *attempt = &rollout->attempt;
    int64_t changes = json_integer_or(attempt->finished, "changes", 0);
    const char *outcome = !good ? "failed" : changes ? "changed" : "in-sync";
    json_auto_t *digest =
        json_deep_copy(json_object_get(attempt->finished, "digest"));
    char stamp[CLOCK_STAMP_SIZE];
    json_t *run;

    clock_stamp(stamp);
    run = json_pack(
        "{s:s, s:s, s:s, s:I, s:I, s:O?, s:I, s:I}", "outcome", outcome, "who",
        attempt->who ? attempt->who : "", "at", stamp, "revision",
        (json_int_t) json_integer_or(attempt->planned, "revision",
                                     rollout->events.revision),
        "changes", (json_int_t) changes, "digest", digest, "duration_ms",
        (json_int_t) (clock_us() - attempt->started_us) / 1000, "rejected",
        (json_int_t) rollout_rejected(attempt->planned));
    if (!good) {
        json_auto_t *error = rollout_error_report(rollout);

        json_object_update_missing(run, error);
    }
    json_clip(run, RECORD_TEXT_MAX);
    json_decref(rollout->last_run);
    rollout->last_run = run;
}

/* The value of nodes/<node>. It must not be too large to put, or to read when a
 * turn is looked up. */
static json_t *rollout_node_record(const struct rollout *rollout)
{
    json_t *record = json_pack(
        "{s:s, s:O?, s:O?, s:s, s:o, s:s}", "node", rollout->config->node,
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

json_t *rollout_record_pending(const struct rollout *rollout)
{
    json_t *record = rollout_node_record(rollout);

    json_object_set_new(record, "pending", json_true());
    return record;
}

json_t *rollout_record(struct rollout *rollout, bool good)
{
    if (good)
        rollout_note_applied(rollout);
    rollout_note_run(rollout, good);
    return rollout_node_record(rollout);
}
