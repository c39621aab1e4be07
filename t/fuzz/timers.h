/* SPDX-License-Identifier: ISC */
#ifndef CCM_T_FUZZ_TIMERS_H
#define CCM_T_FUZZ_TIMERS_H

/*
 * The clock and the timers of cluster/loop.h in virtual time, for targets that
 * decide when a timer fires. They take the place of clock.c and loop.c, so
 * the loop is NULL.
 */

#include <stdbool.h>

/* Nobody waits, and it is the same time as ever. */
void fuzz_time_reset(void);
/* Moves on to the next timer and fires it. Returns false if there is none. */
bool fuzz_time_next(void);

#endif
