/* SPDX-License-Identifier: ISC */
/* What the log leaves out, so that nobody can fill the disk through it. */
#include "unit/unit.h"

#include "base/log.h"
#include "base/util.h"

static void a_fault_is_told_once_in_a_period(void **state)
{
    struct log_pace pace = {0};

    (void) state;
    assert_true(log_pace(&pace, "no route", 5));
    assert_false(log_pace(&pace, "no route", 6));
    assert_false(log_pace(&pace, "no route", 5 + LOG_PERIOD_MS / 2));
    assert_true(log_pace(&pace, "no route", 5 + LOG_PERIOD_MS));
    assert_false(log_pace(&pace, "no route", 6 + LOG_PERIOD_MS));
}

static void another_text_is_told_at_once_but_not_without_end(void **state)
{
    struct log_pace pace = {0};
    unsigned told = 0, i;

    (void) state;
    for (i = 0; i < 1000; i++)
        told += log_pace(&pace, i % 2 ? "no route" : "refused", i);
    assert_int_equal(told, LOG_PACE_MAX);
    assert_true(log_pace(&pace, "refused", LOG_PERIOD_MS));
}

static void lines_beyond_the_quota_are_left_out_and_counted(void **state)
{
    struct log_quota quota = {0};
    uint64_t left_out;
    unsigned i;

    (void) state;
    for (i = 0; i < LOG_LINES_MAX; i++)
        assert_int_equal(log_quota_take(&quota, i, &left_out), LOG_ADMIT);
    assert_int_equal(log_quota_take(&quota, 700, &left_out), LOG_LAST);
    for (i = 0; i < 99; i++)
        assert_int_equal(log_quota_take(&quota, 701, &left_out), LOG_LEAVE_OUT);
    assert_int_equal(log_quota_take(&quota, LOG_PERIOD_MS, &left_out),
                     LOG_ADMIT_AFTER);
    assert_int_equal(left_out, 100);
    assert_int_equal(log_quota_take(&quota, LOG_PERIOD_MS + 1, &left_out),
                     LOG_ADMIT);
}

/* What a hundred thousand lines leave on standard error, in bytes. */
static long log_flood(void)
{
    FILE *out = tmpfile();
    int saved = dup(STDERR_FILENO);
    long size;
    int i;

    assert_true(out != NULL && saved >= 0);
    dup2(fileno(out), STDERR_FILENO);
    for (i = 0; i < 100000; i++)
        log_info("something comes in, number %d", i);
    dup2(saved, STDERR_FILENO);
    close(saved);
    fseek(out, 0, SEEK_END);
    size = ftell(out);
    fclose(out);
    return size;
}

static void what_would_not_be_seen_reaches_no_line(void **state)
{
    static const char wanted[] =
        "told: \\x1b[2J\\n\\xc2\\x9b\\xff\\xe2\\x80\\xae\\xe2"
        "\\x80\\x8b\\xd8\\x9c \303\244\n";
    FILE *out = tmpfile();
    int saved = dup(STDERR_FILENO);
    char line[256];
    size_t size;

    (void) state;
    assert_true(out != NULL && saved >= 0);
    dup2(fileno(out), STDERR_FILENO);
    log_info("told: %s",
             "\033[2J\n\302\233\377\342\200\256\342\200\213\330\234 "
             "\303\244");
    dup2(saved, STDERR_FILENO);
    close(saved);
    rewind(out);
    size = fread(line, 1, sizeof(line) - 1, out);
    line[size] = '\0';
    fclose(out);
    assert_non_null(strstr(line, wanted));
    assert_ptr_equal(strchr(line, '\n'), line + size - 1);
}

static void a_flood_of_lines_is_not_written(void **state)
{
    (void) state;
    log_open("log_test", false);
    log_set_limit();
    assert_in_range(log_flood(), LOG_LINES_MAX * 20, LOG_LINES_MAX * 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fault_is_told_once_in_a_period),
        cmocka_unit_test(another_text_is_told_at_once_but_not_without_end),
        cmocka_unit_test(lines_beyond_the_quota_are_left_out_and_counted),
        cmocka_unit_test(what_would_not_be_seen_reaches_no_line),
        cmocka_unit_test(a_flood_of_lines_is_not_written),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
