/* SPDX-License-Identifier: ISC */
/*
 * Reads a planner's result, in the runner. Module code ran in the process that
 * wrote the file, so nothing in it is trusted: it is sealed before it is read,
 * so that it cannot change after the check; every number is checked against the
 * size; and the limits of <ccm/module.h> are counted again. It is read in
 * place, one record at a time, so a forged one costs no more than its size.
 */
#include "host/planner_result.h"

#include "base/alloc.h"
#include "base/json.h"
#include "base/util.h"
#include "host/names.h"
#include "plan/wire.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#define SEALS (F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL)
#define LOG_BYTES_MAX (API_LOG_MAX + 4096)
#define REASON_BYTES_MAX 4096

/* What is left to read. */
struct planner_reader {
    struct planner_result *result;
    const struct objects *objects;
    const char *next;
    size_t left;
    char *error; /* that the planner gave */
};

static int planner_read_head(struct planner_result *result,
                             struct planner_head *head, struct error *err)
{
    struct stat st;
    uint64_t size;
    void *mapping;

    if (fcntl(result->fd, F_ADD_SEALS, SEALS) < 0)
        return error_errno(err, -errno, "its result cannot be sealed");
    if (fstat(result->fd, &st) < 0)
        return error_errno(err, -errno, "its result");
    size = (uint64_t) st.st_size;
    if (pread(result->fd, head, sizeof(*head), 0) != sizeof(*head) ||
        head->magic != PLANNER_RESULT_MAGIC)
        return error_set(err, -EPROTO,
                         "called exit() before the end of plan()");
    if (size > PLANNER_RESULT_BYTES_MAX || head->notes_size > size ||
        head->wire_size > size ||
        sizeof(*head) + head->wire_size + head->notes_size != size)
        return error_set(err, -EPROTO,
                         "its result is malformed: %llu bytes, "
                         "of which %llu and %llu are announced",
                         (unsigned long long) size,
                         (unsigned long long) head->wire_size,
                         (unsigned long long) head->notes_size);
    mapping = mmap(NULL, size, PROT_READ, MAP_PRIVATE, result->fd, 0);
    if (mapping == MAP_FAILED)
        return error_errno(err, -errno, "its result cannot be mapped");
    result->mapping = mapping;
    result->mapping_size = size;
    return 0;
}

static int planner_read_log(struct planner_reader *reader, const char *text,
                            size_t size, struct error *err)
{
    struct planner_result *result = reader->result;

    if (result->log || size > LOG_BYTES_MAX)
        return error_set(err, -EPROTO, "its log is longer than %d bytes",
                         API_LOG_MAX);
    result->log = xstrndup(text, size);
    return 0;
}

static int planner_read_error(struct planner_reader *reader, const char *text,
                              size_t size, struct error *err)
{
    if (reader->error || size >= ERROR_TEXT_MAX)
        return error_set(err, -EPROTO, "its error is longer than %d bytes",
                         ERROR_TEXT_MAX);
    reader->error = xstrndup(text, size);
    return 0;
}

static int planner_read_rejected(struct planner_reader *reader,
                                 const struct planner_note *note,
                                 const char *text, struct error *err)
{
    struct planner_result *result = reader->result;
    cleanup_free char *type = xstrndup(text, note->type_size);
    cleanup_free char *why = NULL;

    if (json_array_size(result->rejected) >= API_REASONS_MAX)
        return error_set(err, -EPROTO, "it rejects more than %d objects",
                         API_REASONS_MAX);
    if (note->text_size > REASON_BYTES_MAX)
        return error_set(err, -EPROTO, "a reason is longer than %d bytes",
                         REASON_BYTES_MAX);
    if (!names_has((const char *const *) result->configuration->subscribes,
                   type) ||
        !objects_find(reader->objects, type, note->id))
        return error_set(
            err, -EPROTO,
            "it rejects %.80s/%lld, which is not an object of this run", type,
            (long long) note->id);
    why = xstrndup(text + note->type_size, note->text_size);
    json_array_append_new(result->rejected,
                          json_pack("{s:o, s:I, s:o}", "type", json_text(type),
                                    "id", (json_int_t) note->id, "error",
                                    json_text(why)));
    return 0;
}

static int planner_read_note(struct planner_reader *reader, struct error *err)
{
    struct planner_note note;
    const char *text;

    if (reader->left < sizeof(note))
        return error_set(err, -EPROTO, "its notes are damaged");
    memcpy(&note, reader->next, sizeof(note));
    text = reader->next + sizeof(note);
    reader->left -= sizeof(note);
    if (note.type_size > reader->left ||
        note.text_size > reader->left - note.type_size)
        return error_set(err, -EPROTO, "its notes are damaged");
    reader->left -= (size_t) note.type_size + note.text_size;
    reader->next = text + note.type_size + note.text_size;
    switch (note.kind) {
    case PLANNER_NOTE_LOG:
        return planner_read_log(reader, text + note.type_size, note.text_size,
                                err);
    case PLANNER_NOTE_ERROR:
        return planner_read_error(reader, text + note.type_size, note.text_size,
                                  err);
    case PLANNER_NOTE_REJECTED:
        return planner_read_rejected(reader, &note, text, err);
    default:
        return error_set(err, -EPROTO, "its notes are damaged");
    }
}

/* The limits of api.h, which a module can evade in the planner. */
static int planner_read_changes(const struct planner_result *result,
                                struct error *err)
{
    size_t offset = 0, changes = 0, files = 0;
    uint64_t content = 0;

    while (offset < result->wire_size) {
        const char **list = NULL;
        struct change change;
        int r = wire_get(result->wire, result->wire_size, &offset, &change,
                         &list, err);

        if (r < 0)
            return r;
        free(list);
        files += change.kind == CHANGE_FILE;
        content += change.content ? change.size : 0;
        if (++changes > API_CHANGES_MAX)
            return error_set(err, -EPROTO, "it declares more than %d changes",
                             API_CHANGES_MAX);
        if (files > API_FILES_MAX)
            return error_set(err, -EPROTO, "it declares more than %d files",
                             API_FILES_MAX);
        if (content > API_CONTENT_MAX)
            return error_set(err, -EPROTO, "its files have more than %d bytes",
                             API_CONTENT_MAX);
    }
    return 0;
}

static int planner_read_all(struct planner_reader *reader, struct error *err)
{
    struct planner_result *result = reader->result;
    struct planner_head head;
    int r = planner_read_head(result, &head, err);

    if (r < 0)
        return r;
    result->wire = (const char *) result->mapping + sizeof(head);
    result->wire_size = head.wire_size;
    reader->next = result->wire + head.wire_size;
    reader->left = head.notes_size;
    while (r == 0 && reader->left > 0)
        r = planner_read_note(reader, err);
    if (r == 0 && !result->log)
        r = error_set(err, -EPROTO, "its result has no log");
    if (r < 0 || head.ok)
        return r < 0 ? r : planner_read_changes(result, err);
    return error_set(err, -EINVAL, "%s",
                     reader->error && *reader->error ? reader->error
                                                     : "failed");
}

void planner_result_drop(struct planner_result *result)
{
    if (result->mapping)
        munmap(result->mapping, result->mapping_size);
    if (result->fd >= 0)
        close(result->fd);
    result->mapping = NULL;
    result->mapping_size = 0;
    result->wire = NULL;
    result->wire_size = 0;
    result->fd = -1;
}

void planner_result_read(struct planner_result *result,
                         const struct objects *objects)
{
    struct planner_reader reader = {.result = result, .objects = objects};
    struct error err;
    int r;

    result->rejected = json_array();
    r = planner_read_all(&reader, &err);
    free(reader.error);
    if (!result->log)
        result->log = xstrdup("");
    if (r == 0)
        return;
    planner_result_drop(result);
    result->outcome = r == -EINVAL ? PLANNER_FAILED : PLANNER_BAD;
    result->error = xstrdup(err.text);
}

void planner_result_done(struct planner_result *result)
{
    planner_result_drop(result);
    free(result->error);
    free(result->log);
    json_decref(result->rejected);
    *result = (struct planner_result){.fd = -1};
}
