/* SPDX-License-Identifier: ISC */
#ifndef CCM_BASE_TURN_NOTE_H
#define CCM_BASE_TURN_NOTE_H

/*
 * What a turn is at, in state_dir/turn.json: written by ccmd while it applies,
 * removed when the turn has ended well or badly, and read after a death, by
 * ccm-runner recover for the history and by ccmd for the flag. It says what
 * killed us, and how often in a row; nothing is put right by it (the journal
 * does that). It outlives the process, not necessarily the machine: it is not
 * synced.
 *
 *   {"turn","who","revision","step","configuration","detail",
 *    "deaths":N}   deaths in a row at the same configuration and detail
 */

#include "base/error.h"

#include <jansson.h>
#include <stdint.h>

/* A turn begins. Keeps what is known of earlier deaths. */
void turn_note_begin(const char *state_dir, const char *who, int64_t revision);
/* It is at that. configuration, detail: NULL for none. */
void turn_note_progress(const char *state_dir, const char *step,
                        const char *configuration, const char *detail);
/* It has ended: there is nothing to be said of a death. */
void turn_note_end(const char *state_dir);

/* What a turn was at that did not end. Returns new (freed with json_decref),
 * or NULL: nothing that is known. */
json_t *turn_note_read(const char *state_dir);
/* The same, at the start of ccmd: counts the death, once. */
json_t *turn_note_count_death(const char *state_dir);

/* "at commit of nginx: /usr/sbin/x, revision 7", for people. Returns new (freed
 * with free). */
char *turn_note_describe(const json_t *note);

#endif
