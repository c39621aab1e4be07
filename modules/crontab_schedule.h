/* SPDX-License-Identifier: ISC */
#ifndef CCM_MODULES_CRONTAB_SCHEDULE_H
#define CCM_MODULES_CRONTAB_SCHEDULE_H

#include <stddef.h>

/* The longest schedule, in bytes, with the NUL. */
#define CRONTAB_SCHEDULE_SIZE 256

/*
 * Five fields with numbers, names, ranges, lists and steps, or a word such as
 * "@daily". Blanks and tabs around and between the fields may be many. Writes
 * it to out as it belongs into a crontab, with one blank each. Returns NULL if
 * cron understands it, or else what is wrong with it (static).
 */
const char *crontab_schedule_read(const char *schedule,
                                  char out[CRONTAB_SCHEDULE_SIZE]);

#endif
