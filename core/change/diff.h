/* SPDX-License-Identifier: ISC */
#ifndef CCM_CHANGE_DIFF_H
#define CCM_CHANGE_DIFF_H

/*
 * The difference of two texts in the form of "diff -u", which patch(1)
 * applies. Pure: bytes in, bytes out; nothing is escaped.
 */

#include "base/buf.h"

#include <stddef.h>

struct diff_side {
    const char *label; /* behind "--- " or "+++ ": "a/etc/motd"; no newline */
    const void *data;  /* NULL if there is no such file: label /dev/null */
    size_t size;
};

enum diff_outcome {
    DIFF_SAME = 0,   /* nothing was added (also for a new or removed file
                        without contents: diff -u has no form for it) */
    DIFF_TEXT = 1,   /* a diff was added */
    DIFF_BINARY = 2, /* "Binary files A and B differ (N and M bytes)" was
                        added: one of them holds a NUL */
};

/*
 * Appends the difference to out. Returns an outcome.
 *
 * Limits, for hostile contents: memory is 100 bytes a line at most; after
 * DIFF_WORK_MAX elementary steps (some 10 ms) everything not compared yet
 * counts as different, which gives a longer but correct diff.
 */
int diff_unified(struct buf *out, const struct diff_side *old_side,
                 const struct diff_side *new_side);

#define DIFF_WORK_MAX (4 * 1024 * 1024)

/* Lines of context around a change. */
#define DIFF_CONTEXT 3

#endif
