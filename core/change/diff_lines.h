/* SPDX-License-Identifier: ISC */
#ifndef CCM_CHANGE_DIFF_LINES_H
#define CCM_CHANGE_DIFF_LINES_H

/* Finds the lines that differ between two texts, for diff.c. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct diff_text {
    const char *data;
    size_t size;
    uint32_t n;      /* lines */
    uint32_t *start; /* n + 1 offsets; the last is size */
    bool *changed;   /* n: this line is not in the other text */
};

/* Cuts data (at most UINT32_MAX bytes) into lines, each with its newline.
 * keeps data alive until diff_text_done. */
void diff_text_init(struct diff_text *text, const void *data, size_t size);
void diff_text_done(struct diff_text *text);

/* Sets changed in both, so that the other lines are the same in the same
 * order. work is how many steps the search may take (see diff.h). */
void diff_lines_mark(struct diff_text *old_text, struct diff_text *new_text,
                     int64_t work);

#endif
