/* SPDX-License-Identifier: ISC */
/* What a turn is at, kept in a file while it lasts. */
#include "base/turn_note.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/io.h"
#include "base/json.h"
#include "base/util.h"

#include <fcntl.h>

#define NOTE_BYTES_MAX 65536
#define NOTE_TEXT_MAX 1024

static char *note_path(const char *state_dir)
{
    return xasprintf("%s/turn.json", state_dir);
}

/* In place: renaming would cost more, and what a power cut tears is read as
 * nothing. Takes note. */
static void note_write(const char *state_dir, json_t *note)
{
    cleanup_free char *path = note_path(state_dir);
    cleanup_close int fd =
        open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    cleanup_free char *text = NULL;

    json_clip(note, NOTE_TEXT_MAX);
    text = json_line(note);
    json_decref(note);
    if (fd >= 0 && pwrite(fd, text, strlen(text), 0) == (ssize_t) strlen(text))
        (void) !ftruncate(fd, (off_t) strlen(text));
}

json_t *turn_note_read(const char *state_dir)
{
    cleanup_free char *path = note_path(state_dir);
    cleanup_free char *text = NULL;
    json_t *note = NULL;
    size_t size;

    if (io_read_file(AT_FDCWD, path, NOTE_BYTES_MAX, &text, &size, NULL) < 0 ||
        json_parse(text, size, NOTE_BYTES_MAX, &note, NULL) < 0)
        return NULL;
    if (json_is_object(note) && json_object_get(note, "step"))
        return note;
    json_decref(note);
    return NULL;
}

static void note_keep(json_t *note, const json_t *old, const char *field)
{
    json_t *value = json_object_get(old, field);

    if (value)
        json_object_set(note, field, value);
}

void turn_note_begin(const char *state_dir, const char *who, int64_t revision)
{
    json_auto_t *old = state_dir ? turn_note_read(state_dir) : NULL;
    json_t *note;

    if (!state_dir)
        return;
    note = json_pack("{s:s, s:o, s:I}", "step", "begin", "who",
                     json_text(who ? who : "?"), "revision",
                     (json_int_t) revision);
    note_keep(note, old, "deaths");
    note_keep(note, old, "died_at");
    note_write(state_dir, note);
}

void turn_note_progress(const char *state_dir, const char *step,
                        const char *configuration, const char *detail)
{
    json_t *note = state_dir ? turn_note_read(state_dir) : NULL;

    if (!note)
        return;
    json_object_set_new(note, "step", json_text(step));
    json_object_set_new(note, "configuration",
                        configuration && *configuration
                            ? json_text(configuration)
                            : json_null());
    json_object_set_new(note, "detail",
                        detail && *detail ? json_text(detail) : json_null());
    json_object_del(note, "counted");
    note_write(state_dir, note);
}

void turn_note_end(const char *state_dir)
{
    cleanup_free char *path = state_dir ? note_path(state_dir) : NULL;

    if (path)
        unlink(path);
}

char *turn_note_describe(const json_t *note)
{
    const char *configuration = json_string_or(note, "configuration", NULL);
    const char *detail = json_string_or(note, "detail", NULL);

    return xasprintf(
        "at %s%s%s%s%s, revision %lld", json_string_or(note, "step", "?"),
        configuration ? " of " : "", configuration ? configuration : "",
        detail ? ": " : "", detail ? detail : "",
        (long long) json_integer_or(note, "revision", 0));
}

json_t *turn_note_count_death(const char *state_dir)
{
    json_t *note = state_dir ? turn_note_read(state_dir) : NULL;
    int64_t deaths;
    json_t *at;

    if (!note || json_bool_or(note, "counted", false))
        return note;
    at = json_pack("[s, s]", json_string_or(note, "configuration", ""),
                   json_string_or(note, "detail", ""));
    deaths = json_equal(at, json_object_get(note, "died_at"))
                 ? json_integer_or(note, "deaths", 0)
                 : 0;
    json_object_set_new(note, "died_at", at);
    json_object_set_new(note, "deaths", json_integer(deaths + 1));
    json_object_set_new(note, "counted", json_true());
    note_write(state_dir, json_incref(note));
    return note;
}
