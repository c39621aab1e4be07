/* SPDX-License-Identifier: ISC */
/* Unified diffs, judged by patch(1) and diff(1). */
#include "unit/unit.h"

#include "unit/scratch.h"

#include "base/alloc.h"
#include "base/util.h"
#include "change/diff.h"

#include <sys/wait.h>

/* Files that one patch process is given. */
#define FILES_A_PATCH 100
#define ROUNDS 40

/* A random number below n, the same in every run. */
static unsigned pick(unsigned *seed, unsigned n)
{
    *seed = *seed * 1103515245U + 12345U;
    return (*seed >> 16) % n;
}

static void put_line(struct buf *out, unsigned *seed, unsigned words)
{
    unsigned word = pick(seed, words), i;

    buf_printf(out, "w%u", word);
    if (word == 1) /* UTF-8, and the bytes that could confuse patch */
        buf_puts(out, " gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xff\r");
    else if (word == 2)
        buf_puts(out, "\n--- a/etc/passwd\n+++ b/etc/passwd\n@@ -1 +1 @@");
    else if (word == 3)
        for (i = 0; i < 3000; i++)
            buf_putc(out, (char) ('a' + i % 26));
    else if (word == 4)
        buf_clear(out);
    buf_putc(out, '\n');
}

static void random_text(struct buf *out, unsigned *seed)
{
    unsigned lines = pick(seed, 4) ? pick(seed, 40) : 0;
    unsigned words = 2 + pick(seed, 3) * pick(seed, 30), i;

    buf_clear(out);
    for (i = 0; i < lines; i++)
        put_line(out, seed, words);
    if (out->size > 0 && pick(seed, 3) == 0)
        out->size--; /* no newline at the end */
}

/* Another text, or the same with some lines less and some more. */
static void random_change(struct buf *out, const struct buf *from,
                          unsigned *seed)
{
    const char *line = buf_text(from), *end = line + from->size;

    if (pick(seed, 3) == 0) {
        random_text(out, seed);
        return;
    }
    buf_clear(out);
    while (line < end) {
        const char *newline = memchr(line, '\n', (size_t) (end - line));
        const char *next = newline ? newline + 1 : end;

        if (pick(seed, 8))
            buf_add(out, line, (size_t) (next - line));
        if (pick(seed, 8) == 0)
            buf_printf(out, "new %u\n", pick(seed, 50));
        line = next;
    }
}

/* Runs a program with its input in dir/input; returns its exit status. */
static int run(const char *dir, const char *command)
{
    cleanup_free char *line =
        xasprintf("cd '%s' && %s <input >output 2>&1", dir, command);
    int status = system(line);

    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void check_round(const char *dir, unsigned *seed)
{
    struct buf input = BUF_INIT, expected[FILES_A_PATCH];
    unsigned i;

    for (i = 0; i < FILES_A_PATCH; i++) {
        cleanup_free char *a = xasprintf("a/f%u", i);
        cleanup_free char *b = xasprintf("b/f%u", i);
        cleanup_buf struct buf old = BUF_INIT;
        int outcome;

        expected[i] = (struct buf) BUF_INIT;
        random_text(&old, seed);
        random_change(&expected[i], &old, seed);
        scratch_write(dir, a + 2, buf_text(&old), old.size);
        outcome = diff_unified(
            &input, &(struct diff_side){a, buf_text(&old), old.size},
            &(struct diff_side){b, buf_text(&expected[i]), expected[i].size});
        assert_int_equal(outcome,
                         old.size == expected[i].size &&
                                 memcmp(buf_text(&old), buf_text(&expected[i]),
                                        old.size) == 0
                             ? DIFF_SAME
                             : DIFF_TEXT);
    }
    scratch_write(dir, "input", input.data, input.size);
    assert_int_equal(run(dir, "patch -p1 --fuzz=0"), 0);
    for (i = 0; i < FILES_A_PATCH; i++) {
        cleanup_free char *name = xasprintf("f%u", i);
        size_t size;
        cleanup_free char *got = scratch_read(dir, name, &size);

        assert_non_null(got);
        assert_int_equal(size, expected[i].size);
        assert_memory_equal(got, buf_text(&expected[i]), size);
        buf_done(&expected[i]);
    }
    buf_done(&input);
}

static void patch_makes_the_new_text_of_the_old(void **state)
{
    char *dir = scratch_new();
    unsigned seed = 1, round;

    (void) state;
    for (round = 0; round < ROUNDS; round++)
        check_round(dir, &seed);
    scratch_free(dir);
}

static void patch_finds_every_name(void **state)
{
    static const char *const names[] = {"f ",     "f  ", "a b", " f",
                                        "\"q\" ", "\\ ", "d /f"};
    size_t i;

    (void) state;
    for (i = 0; i < ARRAY_SIZE(names); i++) {
        char *dir = scratch_new();
        cleanup_free char *a = xasprintf("a/%s", names[i]);
        cleanup_free char *b = xasprintf("b/%s", names[i]);
        cleanup_free char *got = NULL;
        struct buf input = BUF_INIT;

        scratch_puts(dir, "input", "");
        assert_int_equal(run(dir, "mkdir 'd '"), 0);
        scratch_puts(dir, names[i], "x\n");
        diff_unified(&input, &(struct diff_side){a, "x\n", 2},
                     &(struct diff_side){b, "y\n", 2});
        scratch_write(dir, "input", input.data, input.size);
        print_message("# \"%s\"\n", names[i]);
        assert_int_equal(run(dir, "patch -p1 --fuzz=0"), 0);
        got = scratch_read(dir, names[i], NULL);
        assert_string_equal(got, "y\n");
        buf_done(&input);
        scratch_free(dir);
    }
}

/* The lines that begin with "+" or "-", without the two labels. */
static size_t count_marks(const char *diff)
{
    size_t n = 0;

    for (; diff && *diff;
         diff = strchr(diff, '\n') ? strchr(diff, '\n') + 1 : NULL)
        n += *diff == '+' || *diff == '-';
    return n;
}

static void is_as_short_as_the_shortest_of_diff(void **state)
{
    char *dir = scratch_new();
    unsigned seed = 7, i;

    (void) state;
    for (i = 0; i < 150; i++) {
        cleanup_buf struct buf a = BUF_INIT, b = BUF_INIT, out = BUF_INIT;
        cleanup_free char *theirs = NULL;

        random_text(&a, &seed);
        random_change(&b, &a, &seed);
        scratch_write(dir, "a", buf_text(&a), a.size);
        scratch_write(dir, "b", buf_text(&b), b.size);
        scratch_puts(dir, "input", "");
        assert_in_range(run(dir, "diff -u --minimal a b"), 0, 1);
        theirs = scratch_read(dir, "output", NULL);
        diff_unified(&out, &(struct diff_side){"a", buf_text(&a), a.size},
                     &(struct diff_side){"b", buf_text(&b), b.size});
        assert_int_equal(count_marks(buf_text(&out)), count_marks(theirs));
    }
    scratch_free(dir);
}

#define TEXT(text) text, sizeof(text) - 1

static const struct {
    const char *name;
    struct diff_side a, b;
    int outcome;
    const char *diff;
} cases[] = {
    {"the same", {"a/f", TEXT("x\n")}, {"b/f", TEXT("x\n")}, DIFF_SAME, ""},
    {"both empty", {"a/f", "", 0}, {"b/f", "", 0}, DIFF_SAME, ""},
    {"new and empty", {"a/f", NULL, 0}, {"b/f", "", 0}, DIFF_SAME, ""},
    {"new",
     {"a/f", NULL, 0},
     {"b/f", TEXT("x\ny\n")},
     DIFF_TEXT,
     "--- /dev/null\n+++ b/f\n@@ -0,0 +1,2 @@\n+x\n+y\n"},
    {"removed",
     {"a/f", TEXT("x\n")},
     {"b/f", NULL, 0},
     DIFF_TEXT,
     "--- a/f\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n"},
    {"no newline at the old end",
     {"a/f", TEXT("x")},
     {"b/f", TEXT("x\n")},
     DIFF_TEXT,
     "--- a/f\n+++ b/f\n@@ -1 +1 @@\n-x\n\\ No newline at end of file\n+x\n"},
    {"no newline at both ends",
     {"a/f", TEXT("1\nx")},
     {"b/f", TEXT("2\nx")},
     DIFF_TEXT,
     "--- a/f\n+++ b/f\n@@ -1,2 +1,2 @@\n-1\n+2\n x\n"
     "\\ No newline at end of file\n"},
    {"a name with a space",
     {"a/f g", TEXT("x\n")},
     {"b/f g", TEXT("y\n")},
     DIFF_TEXT,
     "--- a/f g\t\n+++ b/f g\t\n@@ -1 +1 @@\n-x\n+y\n"},
    {"a name that ends with a space",
     {"a/\"f ", TEXT("x\n")},
     {"b/\"f ", TEXT("y\n")},
     DIFF_TEXT,
     "--- \"a/\\\"f \"\n+++ \"b/\\\"f \"\n@@ -1 +1 @@\n-x\n+y\n"},
    {"six lines in between join",
     {"a/f", TEXT("x\n1\n2\n3\n4\n5\n6\nx\n")},
     {"b/f", TEXT("y\n1\n2\n3\n4\n5\n6\ny\n")},
     DIFF_TEXT,
     "--- a/f\n+++ b/f\n@@ -1,8 +1,8 @@\n-x\n+y\n 1\n 2\n 3\n 4\n 5\n 6\n-x\n"
     "+y\n"},
    {"seven lines in between separate",
     {"a/f", TEXT("x\n1\n2\n3\n4\n5\n6\n7\nx\n")},
     {"b/f", TEXT("y\n1\n2\n3\n4\n5\n6\n7\ny\n")},
     DIFF_TEXT,
     "--- a/f\n+++ b/f\n@@ -1,4 +1,4 @@\n-x\n+y\n 1\n 2\n 3\n@@ -6,4 +6,4 @@\n"
     " 5\n 6\n 7\n-x\n+y\n"},
    {"binary",
     {"a/f", TEXT("x\0y")},
     {"b/f", TEXT("x\n")},
     DIFF_BINARY,
     "Binary files a/f and b/f differ (3 and 2 bytes)\n"},
};

static void writes_exactly_this(void **state)
{
    size_t i;

    (void) state;
    for (i = 0; i < ARRAY_SIZE(cases); i++) {
        cleanup_buf struct buf out = BUF_INIT;

        print_message("# %s\n", cases[i].name);
        assert_int_equal(diff_unified(&out, &cases[i].a, &cases[i].b),
                         cases[i].outcome);
        assert_string_equal(buf_text(&out), cases[i].diff);
    }
}

/* Two texts of 200,000 lines each out of two: without a bound that is a
 * search over some 10^9 steps. The time is not asserted: without the bound
 * the test's time limit would end it. */
static void gives_up_the_search_but_not_the_result(void **state)
{
    cleanup_buf struct buf a = BUF_INIT, b = BUF_INIT, out = BUF_INIT;
    char *dir = scratch_new();
    cleanup_free char *got = NULL;
    unsigned seed = 3, i;
    size_t size;

    (void) state;
    for (i = 0; i < 200000; i++) {
        buf_puts(&a, pick(&seed, 2) ? "0\n" : "1\n");
        buf_puts(&b, pick(&seed, 2) ? "0\n" : "1\n");
    }
    assert_int_equal(diff_unified(&out,
                                  &(struct diff_side){"a/f", a.data, a.size},
                                  &(struct diff_side){"b/f", b.data, b.size}),
                     DIFF_TEXT);
    scratch_write(dir, "f", a.data, a.size);
    scratch_write(dir, "input", out.data, out.size);
    assert_int_equal(run(dir, "patch -p1 --fuzz=0"), 0);
    got = scratch_read(dir, "f", &size);
    assert_int_equal(size, b.size);
    assert_memory_equal(got, b.data, size);
    scratch_free(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_exactly_this),
        cmocka_unit_test(patch_makes_the_new_text_of_the_old),
        cmocka_unit_test(patch_finds_every_name),
        cmocka_unit_test(is_as_short_as_the_shortest_of_diff),
        cmocka_unit_test(gives_up_the_search_but_not_the_result),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
