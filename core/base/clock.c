/* SPDX-License-Identifier: ISC */
/* Clocks. */
#include "clock.h"

#include <stdio.h>
#include <time.h>

int64_t clock_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_BOOTTIME, &now);
    return (int64_t) now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t clock_ms(void)
{
    return clock_us() / 1000;
}

void clock_stamp(char stamp[CLOCK_STAMP_SIZE])
{
    struct timespec now;
    struct tm utc;
    size_t used;

    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);
    used = strftime(stamp, CLOCK_STAMP_SIZE, "%Y-%m-%dT%H:%M:%S", &utc);
    snprintf(stamp + used, CLOCK_STAMP_SIZE - used, ".%03ldZ",
             now.tv_nsec / 1000000);
}
