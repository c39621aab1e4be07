/* SPDX-License-Identifier: ISC */
/*
 * Writes a planner's result, in the planner.
 *
 * If all went well, it also seals the file against writing: on another
 * processor than the writing one, the kernel would have to interrupt all
 * processors for that.
 */
#include "host/planner_result.h"

#include "base/io.h"
#include "base/json.h"
#include "base/util.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>

#define SEALS (F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW)

int planner_result_open(void)
{
    int fd = memfd_create("ccm-plan", MFD_CLOEXEC | MFD_ALLOW_SEALING);

    return fd < 0 ? -errno : fd;
}

static void planner_result_note(struct buf *notes, enum planner_note_kind kind,
                                const char *text)
{
    struct planner_note note = {.kind = kind,
                                .text_size = (uint32_t) strlen(text)};

    buf_add(notes, &note, sizeof(note));
    buf_puts(notes, text);
}

static void planner_result_rejected(struct buf *notes, const json_t *reason)
{
    const char *type = json_string_or(reason, "type", "");
    const char *text = json_string_or(reason, "error", "");
    struct planner_note note = {.kind = PLANNER_NOTE_REJECTED,
                                .type_size = (uint32_t) strlen(type),
                                .text_size = (uint32_t) strlen(text),
                                .id = json_integer_or(reason, "id", 0)};

    buf_add(notes, &note, sizeof(note));
    buf_puts(notes, type);
    buf_puts(notes, text);
}

static int planner_result_notes(int fd, struct ccm_run *run, const char *error,
                                uint64_t *size)
{
    cleanup_buf struct buf notes = BUF_INIT;
    const json_t *reason;
    size_t i;

    planner_result_note(&notes, PLANNER_NOTE_LOG, buf_text(&run->log));
    if (error)
        planner_result_note(&notes, PLANNER_NOTE_ERROR, error);
    json_array_foreach (run->reasons, i, reason)
        planner_result_rejected(&notes, reason);
    *size = notes.size;
    return io_write_all(fd, notes.data, notes.size);
}

int planner_result_write(int fd, struct ccm_run *run, const char *error)
{
    struct planner_head head = {.magic = PLANNER_RESULT_MAGIC,
                                .ok = error == NULL};
    int r = 0;

    if (lseek(fd, sizeof(head), SEEK_SET) < 0)
        return -errno;
    if (!error)
        r = api_encode(run, fd, &head.wire_size);
    if (r == 0)
        r = planner_result_notes(fd, run, error, &head.notes_size);
    if (r == 0 && pwrite(fd, &head, sizeof(head), 0) != sizeof(head))
        r = -EIO;
    if (r == 0)
        fcntl(fd, F_ADD_SEALS, SEALS);
    return r;
}
