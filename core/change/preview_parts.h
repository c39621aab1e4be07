/* SPDX-License-Identifier: ISC */
#ifndef CCM_CHANGE_PREVIEW_PARTS_H
#define CCM_CHANGE_PREVIEW_PARTS_H

/* Shared by the text and the JSON of a preview. */

#include "base/buf.h"
#include "change/delta.h"

#include <stdbool.h>

struct preview_counts {
    size_t creates, updates, removals, commands, owed;
};

struct preview_counts preview_count(const struct deltas *deltas);

/* "file", "directory", ...; "create", "update", "delete", "run". */
const char *preview_kind(const struct delta *delta);
const char *preview_action(const struct delta *delta);

/* Why the contents are not shown. */
enum preview_contents {
    PREVIEW_SHOWN,     /* they are; or there are none to show */
    PREVIEW_SENSITIVE, /* sensitive, or removed and not readable for all */
    PREVIEW_LARGE,
    PREVIEW_STRANGE, /* a name that patch cannot take, or another type of
                        file becomes this one */
};

enum preview_contents preview_contents(const struct delta *delta);

/*
 * Appends the diff, if the contents are shown and have one. A file that comes
 * or goes empty is written as git does, which patch knows, too; but patch
 * then takes the next "---" for a part of it, unless a line as git's begins
 * that diff: *after_empty, kept from one call to the next, sees to it.
 */
void preview_diff(const struct delta *delta, bool *after_empty,
                  struct buf *out);

/* "0644" and "alice:www" as they were and will be. */
bool preview_has_mode(const struct delta *delta);
bool preview_has_owner(const struct delta *delta);
void preview_new_owner(const struct delta *delta, struct buf *out);
void preview_old_owner(const struct delta *delta, struct buf *out);

#endif
