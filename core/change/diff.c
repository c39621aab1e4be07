/* SPDX-License-Identifier: ISC */
/*
 * Unified diffs: formats the result of diff_lines.c as hunks with three lines
 * of context.
 */
#include "change/diff.h"

#include "base/util.h"
#include "change/diff_lines.h"

#include <stdint.h>

struct diff {
    struct buf *out;
    struct diff_text old_text, new_text;
};

/* Where a hunk begins and ends in both texts. */
struct diff_hunk {
    uint32_t old_start, old_end, new_start, new_end;
};

static void diff_put_quoted(struct buf *out, const char *label)
{
    buf_putc(out, '"');
    for (; *label; label++) {
        if (*label == '"' || *label == '\\')
            buf_putc(out, '\\');
        buf_putc(out, *label);
    }
    buf_puts(out, "\"\n");
}

static void diff_put_label(struct buf *out, const char *mark,
                           const struct diff_side *side)
{
    const char *label = side->data ? side->label : "/dev/null";

    buf_puts(out, mark);
    /* patch removes spaces at the end, even those before a tab. */
    if (*label && label[strlen(label) - 1] == ' ') {
        diff_put_quoted(out, label);
        return;
    }
    buf_puts(out, label);
    /* Without a tab after it, patch would end the name at a space. */
    buf_puts(out, strchr(label, ' ') ? "\t\n" : "\n");
}

static void diff_put_range(struct buf *out, uint32_t start, uint32_t end)
{
    uint32_t n = end - start;

    if (n == 1)
        buf_printf(out, "%u", start + 1);
    else
        buf_printf(out, "%u,%u", n ? start + 1 : start, n);
}

static void diff_put_line(struct buf *out, char mark,
                          const struct diff_text *text, uint32_t line)
{
    size_t start = text->start[line], end = text->start[line + 1];

    buf_putc(out, mark);
    buf_add(out, text->data + start, end - start);
    if (text->data[end - 1] != '\n')
        buf_puts(out, "\n\\ No newline at end of file\n");
}

/* Moves *i and *j over equal lines, at most max. */
static void diff_skip_same(const struct diff *diff, uint32_t *i, uint32_t *j,
                           uint32_t max)
{
    for (; max > 0; max--) {
        if (*i >= diff->old_text.n || *j >= diff->new_text.n ||
            diff->old_text.changed[*i] || diff->new_text.changed[*j])
            return;
        ++*i;
        ++*j;
    }
}

static void diff_skip_changed(const struct diff_text *text, uint32_t *i)
{
    while (*i < text->n && text->changed[*i])
        ++*i;
}

/* Finds the next hunk at or after hunk's ends. Returns false if there is
 * none. */
static bool diff_next_hunk(const struct diff *diff, struct diff_hunk *hunk)
{
    uint32_t i = hunk->old_end, j = hunk->new_end, before;

    diff_skip_same(diff, &i, &j, UINT32_MAX);
    if (i == diff->old_text.n && j == diff->new_text.n)
        return false;
    /* The lines in between are equal; this many may be context. */
    before = i - hunk->old_end;
    before = before < DIFF_CONTEXT ? before : DIFF_CONTEXT;
    hunk->old_start = i - before;
    hunk->new_start = j - before;
    for (;;) {
        diff_skip_changed(&diff->old_text, &i);
        diff_skip_changed(&diff->new_text, &j);
        hunk->old_end = i;
        hunk->new_end = j;
        diff_skip_same(diff, &i, &j, 2 * DIFF_CONTEXT);
        if (i - hunk->old_end == 2 * DIFF_CONTEXT) {
            uint32_t k = i, l = j;

            /* A seventh line in between separates; at six they join. */
            diff_skip_same(diff, &k, &l, 1);
            if (k > i)
                break;
        }
        if (i == diff->old_text.n && j == diff->new_text.n)
            break;
    }
    before = i - hunk->old_end;
    before = before < DIFF_CONTEXT ? before : DIFF_CONTEXT;
    hunk->old_end += before;
    hunk->new_end += before;
    return true;
}

static void diff_put_hunk(const struct diff *diff, const struct diff_hunk *hunk)
{
    const struct diff_text *a = &diff->old_text, *b = &diff->new_text;
    uint32_t i = hunk->old_start, j = hunk->new_start;

    buf_puts(diff->out, "@@ -");
    diff_put_range(diff->out, hunk->old_start, hunk->old_end);
    buf_puts(diff->out, " +");
    diff_put_range(diff->out, hunk->new_start, hunk->new_end);
    buf_puts(diff->out, " @@\n");
    while (i < hunk->old_end || j < hunk->new_end) {
        if (i < hunk->old_end && a->changed[i])
            diff_put_line(diff->out, '-', a, i++);
        else if (j < hunk->new_end && b->changed[j])
            diff_put_line(diff->out, '+', b, j++);
        else {
            diff_put_line(diff->out, ' ', a, i++);
            j++;
        }
    }
}

static void diff_put(struct diff *diff, const struct diff_side *old_side,
                     const struct diff_side *new_side)
{
    struct diff_hunk hunk = {0};

    diff_put_label(diff->out, "--- ", old_side);
    diff_put_label(diff->out, "+++ ", new_side);
    diff_text_init(&diff->old_text, old_side->data ? old_side->data : "",
                   old_side->size);
    diff_text_init(&diff->new_text, new_side->data ? new_side->data : "",
                   new_side->size);
    diff_lines_mark(&diff->old_text, &diff->new_text, DIFF_WORK_MAX);
    while (diff_next_hunk(diff, &hunk))
        diff_put_hunk(diff, &hunk);
    diff_text_done(&diff->old_text);
    diff_text_done(&diff->new_text);
}

static bool diff_is_binary(const struct diff_side *side)
{
    return side->size > 0 &&
           (side->size > UINT32_MAX || memchr(side->data, '\0', side->size));
}

int diff_unified(struct buf *out, const struct diff_side *old_side,
                 const struct diff_side *new_side)
{
    struct diff diff = {.out = out};

    if (old_side->size == new_side->size &&
        (old_side->size == 0 ||
         memcmp(old_side->data, new_side->data, old_side->size) == 0))
        return DIFF_SAME;
    if (diff_is_binary(old_side) || diff_is_binary(new_side)) {
        buf_printf(out, "Binary files %s and %s differ (%zu and %zu bytes)\n",
                   old_side->data ? old_side->label : "/dev/null",
                   new_side->data ? new_side->label : "/dev/null",
                   old_side->size, new_side->size);
        return DIFF_BINARY;
    }
    diff_put(&diff, old_side, new_side);
    return DIFF_TEXT;
}
