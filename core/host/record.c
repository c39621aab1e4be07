/* SPDX-License-Identifier: ISC */
/* Records that the engine cannot write itself, because it did not run or was
 * killed. */
#include "host/record.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/turn_note.h"
#include "base/util.h"
#include "change/history.h"

static void record_add(const struct config *config, json_t *record)
{
    char stamp[CLOCK_STAMP_SIZE];
    struct error err;

    clock_stamp(stamp);
    json_object_set_new(record, "at", json_string(stamp));
    if (history_add(config, record, &err) < 0)
        log_warning("history: %s", err.text);
    json_decref(record);
}

void record_refused(const struct run *run, const char *who, int64_t revision,
                    const struct error *err)
{
    const struct engine_failure *failure = &run->failure;

    if (run->objects)
        revision = objects_revision(run->objects);
    record_add(run->config,
               json_pack("{s:o, s:I, s:s, s:s, s:o, s:o}", "who",
                         json_text(who), "revision", (json_int_t) revision,
                         "outcome", "failed", "step",
                         failure->step ? failure->step : "job", "configuration",
                         failure->configuration[0]
                             ? json_text(failure->configuration)
                             : json_null(),
                         "error", json_text(err->text)));
}

void record_recovered(const struct config *config, const char *recovered)
{
    bool back = !streq(recovered, "finished");
    json_auto_t *note = turn_note_read(config->state_dir);
    cleanup_free char *at = note ? turn_note_describe(note) : xstrdup("");
    cleanup_free char *text =
        xasprintf("the run was interrupted%s%s%s", *at ? " " : "", at,
                  back ? " and has been undone"
                       : " after its commit point and has been finished");
    json_t *record =
        json_pack("{s:s, s:s, s:s, s:o, s:b}", "who", "recovery", "outcome",
                  back ? "failed" : "changed", "step", "recover", "error",
                  json_text(text), "rolled_back", back);

    if (json_object_get(note, "configuration"))
        json_object_set(record, "configuration",
                        json_object_get(note, "configuration"));
    if (json_object_get(note, "revision"))
        json_object_set(record, "revision", json_object_get(note, "revision"));
    record_add(config, record);
}
