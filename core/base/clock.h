/* SPDX-License-Identifier: ISC */
#ifndef CCM_BASE_CLOCK_H
#define CCM_BASE_CLOCK_H

#include <stddef.h>
#include <stdint.h>

/* Milliseconds of CLOCK_BOOTTIME: never set back, and it counts a suspended
 * machine's sleep, which a lease does not wait for. */
int64_t clock_ms(void);

/* Microseconds of the same clock, for durations that are shown. */
int64_t clock_us(void);

/* The time of day as "2026-11-22T03:04:05.678Z", for people and records; no
 * decision depends on it. */
#define CLOCK_STAMP_SIZE 32
void clock_stamp(char stamp[CLOCK_STAMP_SIZE]);

#endif
