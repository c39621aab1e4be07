/* SPDX-License-Identifier: ISC */
/* The history for people. Fields that a record lacks are left out: records
 * outlive the version that wrote them. */
#include "change/history_text.h"

#include "base/buf.h"
#include "base/json.h"
#include "base/util.h"
#include "base/visible.h"

#include <inttypes.h>

static void history_put(FILE *out, const char *text)
{
    cleanup_buf struct buf shown = BUF_INIT;

    visible_put_line(&shown, text);
    fputs(buf_text(&shown), out);
}

static int64_t history_changes(const json_t *record)
{
    const json_t *changes = json_object_get(record, "changes");

    if (changes)
        return (int64_t) json_array_size(changes);
    return json_integer_or(record, "changes_omitted", 0);
}

void history_text_list(const json_t *records, FILE *out)
{
    const json_t *record;
    size_t i;

    if (json_array_size(records) == 0)
        fputs("no runs yet\n", out);
    json_array_foreach (records, i, record) {
        history_put(out, json_string_or(record, "id", "?"));
        fputs("  ", out);
        history_put(out, json_string_or(record, "outcome", "unreadable"));
        fprintf(out, "  %" PRId64 " changes  %" PRId64 " ms  ",
                history_changes(record),
                json_integer_or(record, "duration_ms", 0));
        history_put(out, json_string_or(record, "who", ""));
        if (json_object_get(record, "error")) {
            fputs("  ", out);
            history_put(out, json_string_or(record, "error", "?"));
        }
        fputc('\n', out);
    }
}

static void history_put_field(const json_t *record, const char *field,
                              FILE *out)
{
    const json_t *value = json_object_get(record, field);

    if (json_is_string(value)) {
        fprintf(out, "# %s: ", field);
        history_put(out, json_string_value(value));
        fputc('\n', out);
    } else if (json_is_integer(value))
        fprintf(out, "# %s: %" PRId64 "\n", field,
                (int64_t) json_integer_value(value));
    else if (json_is_boolean(value))
        fprintf(out, "# %s: %s\n", field, json_is_true(value) ? "yes" : "no");
}

static void history_put_phases(const json_t *phases, FILE *out)
{
    const char *name;
    const json_t *value;
    const char *separator = "# phases: ";

    json_object_foreach ((json_t *) phases, name, value) {
        fputs(separator, out);
        history_put(out, name);
        fprintf(out, " %" PRId64 " ms", (int64_t) json_integer_value(value));
        separator = ", ";
    }
    if (separator[0] == ',')
        fputc('\n', out);
}

static void history_put_what(const json_t *change, FILE *out)
{
    const json_t *argv = json_object_get(change, "argv"), *argument;
    size_t i;

    if (!argv) {
        history_put(out, json_string_or(change, "path",
                                        json_string_or(change, "name", "?")));
        return;
    }
    json_array_foreach (argv, i, argument) {
        if (i > 0)
            fputc(' ', out);
        history_put(out, json_is_string(argument) ? json_string_value(argument)
                                                  : "?");
    }
}

static void history_put_diff(const char *diff, bool visible, FILE *out)
{
    cleanup_buf struct buf shown = BUF_INIT;

    if (visible)
        visible_put(&shown, diff, strlen(diff));
    fputs(visible ? buf_text(&shown) : diff, out);
}

static void history_put_change(const json_t *change, bool visible, FILE *out)
{
    const char *diff = json_string_or(change, "diff", NULL);

    fputs("# ", out);
    history_put(out, json_string_or(change, "configuration", "?"));
    fputs(": ", out);
    history_put(out, json_string_or(change, "action", "?"));
    fputc(' ', out);
    history_put(out, json_string_or(change, "kind", "?"));
    fputc(' ', out);
    history_put_what(change, out);
    if (json_string_or(change, "detail", NULL)) {
        fputs(": ", out);
        history_put(out, json_string_or(change, "detail", ""));
    }
    if (json_bool_or(change, "sensitive", false))
        fputs(", sensitive contents not kept", out);
    else if (json_bool_or(change, "diff_omitted", false))
        fputs(", diff not kept", out);
    fputc('\n', out);
    if (diff)
        history_put_diff(diff, visible, out);
}

void history_text_record(const json_t *record, bool visible, FILE *out)
{
    static const char *const fields[] = {
        "id",       "at",          "who",         "turn",
        "revision", "outcome",     "step",        "configuration",
        "error",    "rolled_back", "duration_ms", "changes_omitted"};
    const json_t *item;
    size_t i;

    for (i = 0; i < ARRAY_SIZE(fields); i++)
        history_put_field(record, fields[i], out);
    history_put_phases(json_object_get(record, "phases"), out);
    json_array_foreach (json_object_get(record, "changes"), i, item)
        history_put_change(item, visible, out);
    json_array_foreach (json_object_get(record, "services"), i, item) {
        fputs("# service ", out);
        history_put(out, json_string_or(item, "name", "?"));
        fputs(": ", out);
        history_put(out, json_string_or(item, "action", "?"));
        fputc('\n', out);
    }
}
