/* SPDX-License-Identifier: ISC */
/* Which schedules the crontab module writes into a crontab. */
#include "unit/unit.h"

#include <string.h>

#include "base/util.h"
#include "modules/crontab_schedule.h"

static const char *const good[] = {
    "* * * * *",
    "*/5 0-23/2 1,15 jan-mar mon-fri",
    "0 4 31 12 7",
    "59 23 1 1 0",
    "5,10-20,40-50/5 * * * *",
    "*,5 * * * *",
    "05 04 * * MON",
    "1  2  3  4  5",
    "* * * * 5-7",
    "@daily",
    "@reboot",
};

static const struct {
    const char *schedule, *complaint;
} bad[] = {
    {"", "bad minute"},
    {"60 * * * *", "bad minute"},
    {"-1 * * * *", "bad minute"},
    {"001 * * * *", "bad minute"},
    {"10x * * * *", "bad minute"},
    {"** * * * *", "bad minute"},
    {"1/5 * * * *", "bad minute"},
    {"5-1 * * * *", "bad minute"},
    {"1- * * * *", "bad minute"},
    {"1,,2 * * * *", "bad minute"},
    {"1, * * * *", "bad minute"},
    {"*/0 * * * *", "bad minute"},
    {"*/100 * * * *", "bad minute"},
    {"*\v* * * *", "bad minute"},
    {"   ", "bad minute"},
    {"*\n* * * *", "bad minute"},
    {"~ * * * *", "bad minute"},
    {"@foo", "bad minute"},
    {"@daily root", "bad minute"},
    {"* 24 * * *", "bad hour"},
    {"* mon * * *", "bad hour"},
    {"* * 0 * *", "bad day of the month"},
    {"* * 32 * *", "bad day of the month"},
    {"* * * 0 *", "bad month"},
    {"* * * 13 *", "bad month"},
    {"* * * january *", "bad month"},
    {"* * * * 8", "bad day of the week"},
    {"* * * * fri-sun", "bad day of the week"},
    {"* * * *", "bad day of the week"},
    {"* * * * * *", "more than five fields"},
    {"* * * * * rm -rf /", "more than five fields"},
};

static const struct {
    const char *given, *written;
} blanks[] = {
    {" 0 5 * * *", "0 5 * * *"},
    {"0 5 * * * ", "0 5 * * *"},
    {"*/5\t*\t*\t*\t*", "*/5 * * * *"},
    {"\t1  2 \t3  4  5 ", "1 2 3 4 5"},
    {" @daily ", "@daily"},
    {"*/60 * * * *", "*/60 * * * *"},
    {"* */24 * * *", "* */24 * * *"},
};

static void takes_what_cron_understands(void **state)
{
    char out[CRONTAB_SCHEDULE_SIZE];
    size_t i;

    (void) state;
    for (i = 0; i < ARRAY_SIZE(good); i++)
        if (crontab_schedule_read(good[i], out))
            fail_msg("\"%s\": %s", good[i],
                     crontab_schedule_read(good[i], out));
}

static void blanks_are_made_one(void **state)
{
    char out[CRONTAB_SCHEDULE_SIZE];
    size_t i;

    (void) state;
    for (i = 0; i < ARRAY_SIZE(blanks); i++) {
        assert_null(crontab_schedule_read(blanks[i].given, out));
        assert_string_equal(out, blanks[i].written);
    }
}

static void a_schedule_that_is_too_long_is_refused(void **state)
{
    char out[CRONTAB_SCHEDULE_SIZE], text[1000];

    (void) state;
    memset(text, '1', sizeof(text));
    text[sizeof(text) - 1] = '\0';
    assert_string_equal(crontab_schedule_read(text, out), "too long");
}

static void refuses_what_cron_would_misunderstand(void **state)
{
    char out[CRONTAB_SCHEDULE_SIZE];
    size_t i;

    (void) state;
    for (i = 0; i < ARRAY_SIZE(bad); i++) {
        const char *complaint = crontab_schedule_read(bad[i].schedule, out);

        assert_string_equal(complaint ? complaint : bad[i].schedule,
                            bad[i].complaint);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_what_cron_understands),
        cmocka_unit_test(blanks_are_made_one),
        cmocka_unit_test(a_schedule_that_is_too_long_is_refused),
        cmocka_unit_test(refuses_what_cron_would_misunderstand),
    };

    return cmocka_run_group_tests_name("schedule", tests, NULL, NULL);
}
