/* SPDX-License-Identifier: ISC */
/* A customer's schedule: what is accepted cannot leave its line or its five
 * fields, and each of its numbers is in range. */
#include "fuzz.h"

#include "base/util.h"
#include "modules/crontab_schedule.h"

#include <ctype.h>

static const struct {
    unsigned low, high;
} ranges[] = {{0, 59}, {0, 23}, {1, 31}, {1, 12}, {0, 7}};

static void check_field(const char *text, size_t size, size_t field)
{
    size_t i;

    fuzz_check(size > 0);
    for (i = 0; i < size; i++) {
        bool step = i > 0 && text[i - 1] == '/';
        unsigned number = 0;

        if (!isdigit((unsigned char) text[i]))
            continue;
        for (; i < size && isdigit((unsigned char) text[i]); i++)
            number = number * 10 + (unsigned) (text[i] - '0');
        /* A step may go beyond the field: cron takes the first value. */
        fuzz_check(number >= (step ? 1 : ranges[field].low) &&
                   number <= (step ? 99 : ranges[field].high));
    }
}

static void check_fields(const char *schedule)
{
    size_t i;

    for (i = 0; i < ARRAY_SIZE(ranges); i++) {
        size_t size = strcspn(schedule, " ");

        check_field(schedule, size, i);
        schedule += size;
        schedule += strspn(schedule, " ");
    }
    fuzz_check(*schedule == '\0');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {(const char *) data, size};
    cleanup_free char *given = fuzz_cut(&input, '\0', NULL);
    char schedule[CRONTAB_SCHEDULE_SIZE], again[CRONTAB_SCHEDULE_SIZE];

    if (crontab_schedule_read(given, schedule))
        return 0;
    /* What is written is read as the same. */
    fuzz_check(!crontab_schedule_read(schedule, again) &&
               strcmp(schedule, again) == 0);
    fuzz_check(strspn(schedule,
                      "0123456789*,-/ @abcdefghijklmnopqrstuvwxyz"
                      "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == strlen(schedule));
    if (schedule[0] != '@')
        check_fields(schedule);
    return 0;
}
