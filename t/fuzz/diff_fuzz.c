/* SPDX-License-Identifier: ISC */
/*
 * Unified diffs of any two texts: applied to the old one by a strict little
 * patch, the new one comes out. The texts are parted by the first NUL.
 */
#include "fuzz.h"

#include "base/util.h"
#include "change/diff.h"

struct patch {
    struct fuzz_input old, diff;
    struct buf out;
    unsigned long line; /* of the old text that is next, from 1 on */
};

/* A line with its newline, or all that is left. */
static size_t line_size(const struct fuzz_input *input)
{
    const char *end =
        input->left ? memchr(input->next, '\n', input->left) : NULL;

    return end ? (size_t) (end - input->next) + 1 : input->left;
}

static void skip(struct fuzz_input *input, size_t size)
{
    input->next += size;
    input->left -= size;
}

static void copy_old(struct patch *patch)
{
    size_t size = line_size(&patch->old);

    fuzz_check(size > 0);
    buf_add(&patch->out, patch->old.next, size);
    skip(&patch->old, size);
    patch->line++;
}

/* One line of a hunk. */
static void apply_line(struct patch *patch, unsigned long *n_old,
                       unsigned long *n_new)
{
    static const char none[] = "\\ No newline at end of file\n";
    char mark = *patch->diff.next;
    const char *text = patch->diff.next + 1;
    size_t size = line_size(&patch->diff) - 1;

    fuzz_check(mark == ' ' || mark == '-' || mark == '+');
    fuzz_check(size > 0 && text[size - 1] == '\n');
    skip(&patch->diff, size + 1);
    if (patch->diff.left > 0 && *patch->diff.next == '\\') {
        fuzz_check(patch->diff.left >= strlen(none) &&
                   memcmp(patch->diff.next, none, strlen(none)) == 0);
        skip(&patch->diff, strlen(none));
        size--;
    }
    if (mark != '+') {
        fuzz_check((*n_old)-- > 0 && line_size(&patch->old) == size);
        fuzz_check(memcmp(patch->old.next, text, size) == 0);
        skip(&patch->old, size);
        patch->line++;
    }
    if (mark != '-') {
        fuzz_check((*n_new)-- > 0);
        buf_add(&patch->out, text, size);
    }
}

static void read_range(const char **at, char mark, unsigned long *start,
                       unsigned long *n)
{
    char *end;

    fuzz_check(*(*at)++ == mark);
    *start = strtoul(*at, &end, 10);
    *n = 1;
    if (*end == ',')
        *n = strtoul(end + 1, &end, 10);
    fuzz_check(*end++ == ' ');
    *at = end;
}

static void apply_hunk(struct patch *patch)
{
    unsigned long old_start, n_old, new_start, n_new;
    const char *at = patch->diff.next;
    size_t size = line_size(&patch->diff);

    fuzz_check(size > 3 && memcmp(at, "@@ ", 3) == 0);
    at += 3;
    read_range(&at, '-', &old_start, &n_old);
    read_range(&at, '+', &new_start, &n_new);
    fuzz_check(at + 3 == patch->diff.next + size && memcmp(at, "@@\n", 3) == 0);
    skip(&patch->diff, size);
    while (patch->line < old_start + (n_old == 0))
        copy_old(patch);
    fuzz_check(n_old == 0 || patch->line == old_start);
    while (n_old + n_new > 0)
        apply_line(patch, &n_old, &n_new);
}

static void check_diff(const struct buf *diff, const struct diff_side *from,
                       const struct diff_side *to)
{
    static const char head[] = "--- a/x\n+++ b/x\n";
    struct patch patch = {.old = {from->data, from->size},
                          .diff = {diff->data, diff->size},
                          .line = 1};

    fuzz_check(diff->size > strlen(head) &&
               memcmp(diff->data, head, strlen(head)) == 0);
    skip(&patch.diff, strlen(head));
    while (patch.diff.left > 0)
        apply_hunk(&patch);
    while (patch.old.left > 0)
        copy_old(&patch);
    fuzz_check(patch.out.size == to->size);
    fuzz_check(to->size == 0 ||
               memcmp(patch.out.data, to->data, to->size) == 0);
    buf_done(&patch.out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {(const char *) data, size};
    cleanup_buf struct buf diff = BUF_INIT;
    struct diff_side from = {.label = "a/x"}, to = {.label = "b/x"};
    cleanup_free char *old = fuzz_cut(&input, '\0', &from.size);
    cleanup_free char *new = fuzz_cut(&input, '\0', &to.size);
    bool same = from.size == to.size && memcmp(old, new, to.size) == 0;
    int r;

    from.data = old;
    to.data = new;
    r = diff_unified(&diff, &from, &to);
    fuzz_check(r == (same ? DIFF_SAME : DIFF_TEXT));
    if (same)
        fuzz_check(diff.size == 0);
    else
        check_diff(&diff, &from, &to);
    return 0;
}
