/* SPDX-License-Identifier: ISC */
#ifndef CCM_HOST_PLANNER_RESULT_H
#define CCM_HOST_PLANNER_RESULT_H

/*
 * The memory file in which a planner returns its declarations: head, then
 * wire_size bytes of plan/wire.h, then notes_size bytes of notes. A note is its
 * kind and text, and of a rejection what is rejected. The head is written last.
 */

#include "host/api.h"
#include "host/planner.h"

#include <stdint.h>

#define PLANNER_RESULT_MAGIC 0x6e616c702d6d6363u /* "ccm-plan" */
/* Of the whole file. */
#define PLANNER_RESULT_BYTES_MAX (UINT64_C(512) * 1024 * 1024)

struct planner_head {
    uint64_t magic;
    uint64_t wire_size;
    uint64_t notes_size;
    uint64_t ok;
};

enum planner_note_kind {
    PLANNER_NOTE_LOG,
    PLANNER_NOTE_ERROR,
    PLANNER_NOTE_REJECTED,
};

/* Followed by the type's name and the text, both without a NUL. */
struct planner_note {
    uint32_t kind;
    uint32_t type_size;
    uint32_t text_size;
    uint32_t unused;
    int64_t id;
};

/* A fresh memory file. Returns its descriptor or -errno. */
int planner_result_open(void);

/* In the planner. error is NULL if plan() went well. Returns 0 or -errno. */
int planner_result_write(int fd, struct ccm_run *run, const char *error);

/*
 * In the runner, when the planner is gone: seals result->fd, maps it, checks
 * every limit, and extracts the notes. Objects that are rejected must be among
 * objects, of a type that the configuration is subscribed to. Needs little
 * memory, whatever the file contains. Sets outcome and error, or wire.
 */
void planner_result_read(struct planner_result *result,
                         const struct objects *objects);
/* Unmaps the file, of which wire is a part. */
void planner_result_drop(struct planner_result *result);

#endif
