/* SPDX-License-Identifier: ISC */
/*
 * Finds the common lines of two texts: E. W. Myers, "An O(ND) Difference
 * Algorithm and Its Variations" (1986), in the variant that needs linear space:
 * search from both ends until the two meet, split there.
 *
 * Three cheap steps save most of the work: the common beginning and end,
 * numbers in place of lines (a comparison is then one of integers), and lines
 * that do not occur in the other text, which are changed in any case. Hostile
 * texts can still cause quadratic time, so the search counts its steps. When
 * none are left, the current part counts as changed as a whole.
 */
#include "change/diff_lines.h"

#include "base/alloc.h"
#include "base/util.h"

#include <sys/auxv.h>
#include <xxhash.h>

/* A line that has a counterpart in the other text. */
struct diff_item {
    uint32_t id;   /* equal for equal lines */
    uint32_t line; /* its index in the text */
};

struct diff_search {
    const struct diff_item *a, *b;
    struct diff_text *old_text, *new_text;
    int64_t *forward, *backward; /* furthest x for each diagonal */
    int64_t work;                /* steps that are left */
};

/* A rectangle of the edit graph: a[x0..x1), b[y0..y1). */
struct diff_box {
    int64_t x0, x1, y0, y1;
};

static uint32_t diff_count_lines(const char *data, size_t size)
{
    const char *end = data + size;
    uint32_t n = 0;

    while (data < end) {
        const char *newline = memchr(data, '\n', (size_t) (end - data));

        n++;
        data = newline ? newline + 1 : end;
    }
    return n;
}

void diff_text_init(struct diff_text *text, const void *data, size_t size)
{
    uint32_t n = diff_count_lines(data, size), i;
    size_t at = 0;

    *text = (struct diff_text){.data = data, .size = size, .n = n};
    text->start = xmalloc((n + 1) * sizeof(*text->start) + n);
    text->changed = (bool *) (text->start + n + 1);
    memset(text->changed, 0, n);
    for (i = 0; i < n; i++) {
        const char *newline = memchr(text->data + at, '\n', size - at);

        text->start[i] = (uint32_t) at;
        at = newline ? (size_t) (newline - text->data) + 1 : size;
    }
    text->start[n] = (uint32_t) size;
}

void diff_text_done(struct diff_text *text)
{
    free(text->start);
}

static size_t diff_line_size(const struct diff_text *text, uint32_t line)
{
    return text->start[line + 1] - text->start[line];
}

static bool diff_same_line(const struct diff_text *a, uint32_t i,
                           const struct diff_text *b, uint32_t j)
{
    size_t size = diff_line_size(a, i);

    return size == diff_line_size(b, j) &&
           memcmp(a->data + a->start[i], b->data + b->start[j], size) == 0;
}

/* ------------------------------------------------------- numbers for lines */

struct diff_entry {
    uint64_t hash;
    uint32_t id; /* 0: free */
    uint32_t line;
    const struct diff_text *text;
};

struct diff_table {
    struct diff_entry *entries;
    size_t mask;
    uint32_t n;
    uint64_t seed; /* of this process, so that collisions cannot be prepared */
};

static void diff_table_init(struct diff_table *table, size_t lines)
{
    const void *random = (const void *) getauxval(AT_RANDOM);
    size_t slots = 16;

    while (slots < lines + lines / 2)
        slots *= 2;
    *table = (struct diff_table){
        .entries = xcalloc(slots, sizeof(*table->entries)), .mask = slots - 1};
    if (random)
        memcpy(&table->seed, random, sizeof(table->seed));
}

/* Returns the number of that line, from 1. */
static uint32_t diff_table_id(struct diff_table *table,
                              const struct diff_text *text, uint32_t line)
{
    uint64_t hash =
        XXH3_64bits_withSeed(text->data + text->start[line],
                             diff_line_size(text, line), table->seed);
    size_t at = hash & table->mask;
    struct diff_entry *entry;

    for (;; at = (at + 1) & table->mask) {
        entry = &table->entries[at];
        if (entry->id == 0)
            break;
        if (entry->hash == hash &&
            diff_same_line(entry->text, entry->line, text, line))
            return entry->id;
    }
    *entry = (struct diff_entry){
        .hash = hash, .id = ++table->n, .line = line, .text = text};
    return entry->id;
}

/* ---------------------------------------------------------------- the search
 */

static void diff_mark_box(struct diff_search *s, const struct diff_box *box)
{
    int64_t i;

    for (i = box->x0; i < box->x1; i++)
        s->old_text->changed[s->a[i].line] = true;
    for (i = box->y0; i < box->y1; i++)
        s->new_text->changed[s->b[i].line] = true;
}

/* The furthest x on diagonal k after one more edit: down from k + 1 or right
 * from k - 1, whatever is inside n columns and m rows; -1 if neither is. */
static int64_t diff_step(const int64_t *v, int64_t k, int64_t n, int64_t m)
{
    int64_t down = v[k + 1], right = v[k - 1] < 0 ? -1 : v[k - 1] + 1;

    if (right > n)
        right = -1;
    if (down >= 0 && down - k > m)
        down = -1;
    return down > right ? down : right;
}

/* Along equal lines from (x, x - k); in direction -1 counted from the end. */
static int64_t diff_slide(struct diff_search *s, const struct diff_box *box,
                          int direction, int64_t x, int64_t k)
{
    int64_t n = box->x1 - box->x0, m = box->y1 - box->y0, y = x - k;
    const struct diff_item *a =
        direction > 0 ? s->a + box->x0 + x : s->a + box->x1 - 1 - x;
    const struct diff_item *b =
        direction > 0 ? s->b + box->y0 + y : s->b + box->y1 - 1 - y;
    int64_t from = x;

    while (x < n && y < m && a->id == b->id) {
        x++;
        y++;
        a += direction;
        b += direction;
    }
    s->work -= x - from + 1;
    return x;
}

/*
 * One more edit on every diagonal, in one direction. Returns the diagonal on
 * which it met what the other direction has reached with other_d edits
 * (other_d < 0: do not look), or INT64_MIN.
 */
static int64_t diff_advance(struct diff_search *s, const struct diff_box *box,
                            int direction, int64_t d, int64_t other_d)
{
    int64_t n = box->x1 - box->x0, m = box->y1 - box->y0, k;
    int64_t *v = direction > 0 ? s->forward : s->backward;
    const int64_t *other = direction > 0 ? s->backward : s->forward;
    int64_t low = d > m ? -(2 * m - d) : -d, high = d > n ? 2 * n - d : d;

    v[d + 1] = v[-d - 1] = -1;
    if (d == 0)
        v[0] = 0;
    for (k = low; k <= high; k += 2) {
        int64_t x = d == 0 ? 0 : diff_step(v, k, n, m), o = n - m - k;

        v[k] = x < 0 ? -1 : diff_slide(s, box, direction, x, k);
        if (v[k] >= 0 && o >= -other_d && o <= other_d && other[o] >= 0 &&
            v[k] + other[o] >= n)
            return k;
    }
    return INT64_MIN;
}

/* Finds a point near the middle of a shortest path. The box has neither a
 * common beginning nor a common end. Returns false if it takes too many
 * steps. */
static bool diff_middle(struct diff_search *s, const struct diff_box *box,
                        int64_t *x, int64_t *y)
{
    int64_t n = box->x1 - box->x0, m = box->y1 - box->y0, d, k;
    bool odd = (n - m) & 1;

    for (d = 0; s->work > 0; d++) {
        k = diff_advance(s, box, 1, d, odd ? d - 1 : -1);
        if (k != INT64_MIN) {
            *x = box->x0 + s->forward[k];
            *y = box->y0 + s->forward[k] - k;
            return true;
        }
        k = diff_advance(s, box, -1, d, odd ? -1 : d);
        if (k != INT64_MIN) {
            *x = box->x1 - s->backward[k];
            *y = box->y1 - (s->backward[k] - k);
            return true;
        }
    }
    return false;
}

static void diff_trim(const struct diff_search *s, struct diff_box *box)
{
    while (box->x0 < box->x1 && box->y0 < box->y1 &&
           s->a[box->x0].id == s->b[box->y0].id) {
        box->x0++;
        box->y0++;
    }
    while (box->x0 < box->x1 && box->y0 < box->y1 &&
           s->a[box->x1 - 1].id == s->b[box->y1 - 1].id) {
        box->x1--;
        box->y1--;
    }
}

/* Each split halves the edits on the path, so this goes no deeper than their
 * logarithm. */
static void diff_box_mark(struct diff_search *s, struct diff_box box)
{
    struct diff_box first;
    int64_t x, y;

    for (;;) {
        diff_trim(s, &box);
        if (box.x0 == box.x1 || box.y0 == box.y1 ||
            !diff_middle(s, &box, &x, &y)) {
            diff_mark_box(s, &box);
            return;
        }
        first = (struct diff_box){box.x0, x, box.y0, y};
        diff_box_mark(s, first);
        box.x0 = x;
        box.y0 = y;
    }
}

/* ------------------------------------------------------------------ together
 */

/* The lines between the common beginning and the common end. */
struct diff_range {
    uint32_t first, old_end, new_end;
};

static struct diff_range diff_range_of(const struct diff_text *a,
                                       const struct diff_text *b)
{
    struct diff_range range = {0, a->n, b->n};

    while (range.first < a->n && range.first < b->n &&
           diff_same_line(a, range.first, b, range.first))
        range.first++;
    while (range.old_end > range.first && range.new_end > range.first &&
           diff_same_line(a, range.old_end - 1, b, range.new_end - 1)) {
        range.old_end--;
        range.new_end--;
    }
    return range;
}

/* Keeps the items whose line the other text has, too; marks the others.
 * Returns how many. */
static uint32_t diff_keep(struct diff_text *text, struct diff_item *items,
                          uint32_t n, const bool *in_other)
{
    uint32_t kept = 0, i;

    for (i = 0; i < n; i++) {
        if (in_other[items[i].id])
            items[kept++] = items[i];
        else
            text->changed[items[i].line] = true;
    }
    return kept;
}

/* Lines of a text, from first up to, not including, end. */
struct diff_span {
    const struct diff_text *text;
    uint32_t first, end;
};

static void diff_number(struct diff_table *table, struct diff_span span,
                        struct diff_item *items, bool *seen)
{
    uint32_t i;

    for (i = span.first; i < span.end; i++) {
        uint32_t id = diff_table_id(table, span.text, i);

        items[i - span.first] = (struct diff_item){.id = id, .line = i};
        seen[id] = true;
    }
}

static void diff_search_run(struct diff_search *s, uint32_t n, uint32_t m)
{
    /* The two directions meet at half the edits; one more on each side. */
    size_t half = ((size_t) n + m) / 2 + 4, width = 2 * half + 1;
    cleanup_free int64_t *memory = xmalloc(2 * width * sizeof(*memory));

    s->forward = memory + half;
    s->backward = memory + width + half;
    diff_box_mark(s, (struct diff_box){0, n, 0, m});
}

void diff_lines_mark(struct diff_text *old_text, struct diff_text *new_text,
                     int64_t work)
{
    struct diff_range range = diff_range_of(old_text, new_text);
    uint32_t n = range.old_end - range.first, m = range.new_end - range.first;
    cleanup_free struct diff_item *items =
        xmalloc(((size_t) n + m) * sizeof(*items));
    cleanup_free bool *seen = xcalloc(2 * ((size_t) n + m + 1), 1);
    bool *in_old = seen, *in_new = seen + n + m + 1;
    struct diff_search search = {.a = items,
                                 .b = items + n,
                                 .old_text = old_text,
                                 .new_text = new_text,
                                 .work = work};
    struct diff_table table;

    diff_table_init(&table, (size_t) n + m);
    diff_number(&table,
                (struct diff_span){old_text, range.first, range.old_end}, items,
                in_old);
    diff_number(&table,
                (struct diff_span){new_text, range.first, range.new_end},
                items + n, in_new);
    free(table.entries);
    n = diff_keep(old_text, items, n, in_new);
    m = diff_keep(new_text, items + (search.b - search.a), m, in_old);
    diff_search_run(&search, n, m);
}
