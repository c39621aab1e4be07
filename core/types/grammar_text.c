/* SPDX-License-Identifier: ISC */
/* Schedules, URLs and times. Schedules are read as Debian's cron reads them,
 * but strictly: cron takes "1/5" for "1", "5-1" for never, "10x" for "10". */
#include "types/grammar.h"

#include "base/name.h"
#include "base/util.h"

#include <strings.h>

#define URL_BYTES_MAX 2000
#define STEP_MAX 99

struct schedule_field {
    int low, high;
    const char *names; /* three letters each, from low on */
};

static const struct schedule_field schedule_fields[] = {
    {0, 59, ""},
    {0, 23, ""},
    {1, 31, ""},
    {1, 12, "janfebmaraprmayjunjulaugsepoctnovdec"},
    {0, 7, "sunmontuewedthufrisat"},
};

/* Reads one or two digits, or a name. Returns -1 if there is none, or if it is
 * out of range for the field. */
static int schedule_number(const struct schedule_field *field, const char **at)
{
    size_t digits = strspn(*at, NAME_DIGITS), i;
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
static bool schedule_item(const struct schedule_field *field, const char **at)
{
    static const struct schedule_field steps = {1, STEP_MAX, ""};
    int from;

    if (**at == '*') {
        ++*at;
    } else {
        from = schedule_number(field, at);
        if (from < 0)
            return false;
        if (**at != '-')
            return true;
        ++*at;
        if (schedule_number(field, at) < from)
            return false;
    }
    if (**at != '/')
        return true;
    ++*at;
    return schedule_number(&steps, at) > 0;
}

static bool schedule_list(const struct schedule_field *field, const char **at)
{
    while (schedule_item(field, at)) {
        if (**at != ',')
            return true;
        ++*at;
    }
    return false;
}

bool grammar_schedule(const char *text)
{
    static const char *const words[] = {"@hourly",   "@daily",   "@midnight",
                                        "@weekly",   "@monthly", "@yearly",
                                        "@annually", "@reboot"};
    size_t i;

    for (i = 0; i < ARRAY_SIZE(words); i++)
        if (streq(text, words[i]))
            return true;
    text += strspn(text, " \t");
    for (i = 0; i < ARRAY_SIZE(schedule_fields); i++) {
        if (!schedule_list(&schedule_fields[i], &text) ||
            (*text && *text != ' ' && *text != '\t'))
            return false;
        text += strspn(text, " \t");
    }
    return *text == '\0';
}

static bool url_port(const char *text, size_t size)
{
    char digits[6] = "";
    unsigned long port;

    if (size == 0 || size > 5 || strspn(text, NAME_DIGITS) < size)
        return false;
    memcpy(digits, text, size);
    port = strtoul(digits, NULL, 10);
    return digits[0] != '0' && port <= 65535;
}

/* The part of a URL between the slashes and the path. */
static bool url_authority(const char *text, size_t size)
{
    char host[256] = "";
    const char *end, *colon;

    if (size == 0 || size >= sizeof(host))
        return false;
    if (text[0] == '[') {
        end = memchr(text, ']', size);
        if (!end)
            return false;
        memcpy(host, text + 1, (size_t) (end - text) - 1);
        if (!strchr(host, ':') || !grammar_ip(host))
            return false;
        colon = ++end == text + size ? NULL : end;
        if (colon && *colon != ':')
            return false;
    } else {
        colon = memchr(text, ':', size);
        end = colon ? colon : text + size;
        memcpy(host, text, (size_t) (end - text));
        if (!grammar_host(host) && !grammar_ip(host))
            return false;
    }
    return !colon || url_port(colon + 1, size - (size_t) (colon + 1 - text));
}

bool grammar_url(const char *text)
{
    static const char letters[] =
        NAME_LETTERS NAME_DIGITS "-._~:/?#[]@!$&'()*+,;=%";
    const char *rest = after_prefix(text, "https://");
    const char *hash;
    size_t size;

    if (!rest)
        rest = after_prefix(text, "http://");
    if (!rest || strlen(text) > URL_BYTES_MAX || rest[strspn(rest, letters)])
        return false;
    size = strcspn(rest, "/?#");
    if (!url_authority(rest, size))
        return false;
    rest += size;
    hash = strchr(rest, '#');
    if (strpbrk(rest, "[]") || (hash && strchr(hash + 1, '#')))
        return false;
    for (; (rest = strchr(rest, '%')); rest++)
        if (strspn(rest + 1, NAME_DIGITS "abcdefABCDEF") < 2)
            return false;
    return true;
}

/* Matches a digit for each "0" of the shape, and other characters literally. */
static bool time_shape(const char *text, const char *shape)
{
    for (; *shape; shape++, text++)
        if (*shape == '0' ? !(*text >= '0' && *text <= '9') : *text != *shape)
            return false;
    return true;
}

static bool time_within(const char *two, int low, int high)
{
    int number = (two[0] - '0') * 10 + two[1] - '0';

    return number >= low && number <= high;
}

bool grammar_timestamp(const char *text)
{
    size_t digits;

    if (!time_shape(text, "0000-00-00T00:00:00") ||
        !time_within(text + 5, 1, 12) || !time_within(text + 8, 1, 31) ||
        !time_within(text + 11, 0, 23) || !time_within(text + 14, 0, 59) ||
        !time_within(text + 17, 0, 60))
        return false;
    text += 19;
    if (*text == '.') {
        digits = strspn(text + 1, NAME_DIGITS);
        if (digits == 0 || digits > 9)
            return false;
        text += 1 + digits;
    }
    if (streq(text, "Z") || *text == '\0')
        return *text == 'Z';
    return (time_shape(text, "+00:00") || time_shape(text, "-00:00")) &&
           text[6] == '\0' && time_within(text + 1, 0, 23) &&
           time_within(text + 4, 0, 59);
}
