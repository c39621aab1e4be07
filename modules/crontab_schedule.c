/* SPDX-License-Identifier: ISC */
/* Schedules: blanks are made one, and what is wrong is named by field. What a
 * schedule is, CCM_SCHEDULE says. */
#include "crontab_schedule.h"

#include <ccm/grammar.h>

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* A schedule with "*" in all fields but one. */
static const struct {
    const char *complaint, *format;
} fields[] = {
    {"bad minute", "%.*s * * * *"},           {"bad hour", "* %.*s * * *"},
    {"bad day of the month", "* * %.*s * *"}, {"bad month", "* * * %.*s *"},
    {"bad day of the week", "* * * * %.*s"},
};

/* schedule has one blank between its fields. */
static const char *schedule_complaint(const char *schedule)
{
    char alone[CRONTAB_SCHEDULE_SIZE + 16];
    size_t i;

    for (i = 0; i < LENGTH(fields); i++) {
        int size = (int) strcspn(schedule, " ");

        snprintf(alone, sizeof(alone), fields[i].format, size, schedule);
        if (size == 0 || !ccm_matches(CCM_SCHEDULE, alone))
            return fields[i].complaint;
        schedule += size;
        schedule += strspn(schedule, " ");
    }
    return "more than five fields";
}

const char *crontab_schedule_read(const char *schedule,
                                  char out[CRONTAB_SCHEDULE_SIZE])
{
    static const char blanks[] = " \t";
    size_t used = 0;

    out[0] = '\0';
    for (;;) {
        size_t size;

        schedule += strspn(schedule, blanks);
        size = strcspn(schedule, blanks);
        if (size == 0)
            return ccm_matches(CCM_SCHEDULE, out) ? NULL
                                                  : schedule_complaint(out);
        if (used + size + 2 > CRONTAB_SCHEDULE_SIZE)
            return "too long";
        if (used > 0)
            out[used++] = ' ';
        memcpy(out + used, schedule, size);
        used += size;
        out[used] = '\0';
        schedule += size;
    }
}
