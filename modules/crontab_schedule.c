/* SPDX-License-Identifier: ISC */
/*
 * Schedules, read as Debian's cron reads them, but strictly: cron takes "1/5"
 * for "1", "5-1" for never and "10x" for "10". Schedules that it would silently
 * misread are refused here.
 */
#include "crontab_schedule.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

struct field {
    const char *complaint;
    int low, high;
    const char *names; /* three letters each, from low on */
};

static const struct field fields[] = {
    {"bad minute", 0, 59, ""},
    {"bad hour", 0, 23, ""},
    {"bad day of the month", 1, 31, ""},
    {"bad month", 1, 12, "janfebmaraprmayjunjulaugsepoctnovdec"},
    {"bad day of the week", 0, 7, "sunmontuewedthufrisat"},
};

/* Reads a number of one or two digits, or a name. Returns -1 if it is invalid
 * or out of range for the field. */
static int schedule_number(const struct field *field, const char **at)
{
    size_t digits = strspn(*at, "0123456789"), i;
    int number = 0;

    if (digits > 2)
        return -1;
    for (i = 0; i < digits; i++)
        number = number * 10 + *(*at)++ - '0';
    if (digits > 0)
        return number >= field->low && number <= field->high ? number : -1;
    for (i = 0; field->names[i]; i += 3) {
        if (strncasecmp(*at, field->names + i, 3) != 0)
            continue;
        *at += 3;
        return field->low + (int) i / 3;
    }
    return -1;
}

/* "*", "a" or "a-b"; the first and the last also with "/step". */
static bool schedule_item(const struct field *field, const char **at)
{
    /* A step beyond the field means its first value: cron takes "0-59/60" for
     * minute 0. */
    const struct field steps = {"step", 1, 99, ""};
    int from, to;

    if (**at == '*') {
        ++*at;
    } else {
        from = schedule_number(field, at);
        if (from < 0)
            return false;
        if (**at != '-')
            return true;
        ++*at;
        to = schedule_number(field, at);
        if (to < from)
            return false;
    }
    if (**at != '/')
        return true;
    ++*at;
    return schedule_number(&steps, at) > 0;
}

static bool schedule_field(const struct field *field, const char **at)
{
    while (schedule_item(field, at)) {
        if (**at != ',')
            return true;
        ++*at;
    }
    return false;
}

static bool schedule_is_word(const char *schedule)
{
    static const char *const words[] = {"@hourly",   "@daily",   "@midnight",
                                        "@weekly",   "@monthly", "@yearly",
                                        "@annually", "@reboot"};
    size_t i;

    for (i = 0; i < LENGTH(words); i++)
        if (strcmp(schedule, words[i]) == 0)
            return true;
    return false;
}

static const char *schedule_check(const char *schedule)
{
    const char *at = schedule;
    size_t i;

    if (schedule_is_word(schedule))
        return NULL;
    for (i = 0; i < LENGTH(fields); i++) {
        if (!schedule_field(&fields[i], &at) || (*at && *at != ' '))
            return fields[i].complaint;
        at += strspn(at, " ");
    }
    return *at ? "more than five fields" : NULL;
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
            return schedule_check(out);
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
